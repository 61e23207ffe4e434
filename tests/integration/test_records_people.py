"""Users, screens, one-time links, settings and the access log, on SQLite and on PostgreSQL."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import Engine

from data_access.records import reading, writing
from data_access.records.access import (
    UserRefusedError,
    add_device,
    add_link,
    add_user,
    all_devices,
    all_users,
    device_by_token,
    forget_actions_before,
    has_users,
    hold_admins,
    is_link_usable,
    note_action,
    note_device_seen,
    note_seen,
    revoke_device,
    set_active,
    set_password,
    set_role,
    use_link,
    user_by_id,
    user_by_name,
)
from data_access.records.logins import Identity, bind_identity, bound_users, unbind_identities, user_of_identity
from data_access.records.office import current_settings, save_settings, settings_history
from tests.books.record_rows import NINE_O_CLOCK
from tests.reading.audit import recent_actions
from tests.reading.refusals import says


def test_a_user_is_found_by_name_whatever_its_case(records_engine: Engine) -> None:
    with writing(records_engine) as connection:
        user_id = add_user(connection, " Sari ", "agendaris", created_at=NINE_O_CLOCK, password_hash="hash")
        found = user_by_name(connection, "SARI")
    assert (found.id, found.name, found.role, found.is_active) == (user_id, "sari", "agendaris", True)


def test_a_person_of_a_provider_is_one_user_and_a_user_one_person(records_engine: Engine) -> None:
    person, other = Identity("https://sso", "a"), Identity("https://sso", "b")
    with writing(records_engine) as connection:
        sari, budi = (add_user(connection, name, "staf", created_at=NINE_O_CLOCK) for name in ("sari", "budi"))
        bound = [(sari, person), (budi, person), (sari, other), (sari, Identity("https://lain", "a"))]
        taken = [bind_identity(connection, user_id, identity, NINE_O_CLOCK) for user_id, identity in bound]
        assert taken == [True, False, False, True]
        assert [user_of_identity(connection, one) for one in (person, other)] == [sari, None]
        assert [unbind_identities(connection, sari) for _ in range(2)] == [True, False]
        assert bound_users(connection) == {}


def test_of_two_administrators_who_disable_each_other_at_once_one_stays(records_engine: Engine) -> None:
    with writing(records_engine) as connection:
        admins = [add_user(connection, name, "admin", created_at=NINE_O_CLOCK) for name in ("sari", "budi")]
    both = Barrier(2)

    def disable(user_id: int) -> None:
        both.wait(10)
        with writing(records_engine) as connection:
            if hold_admins(connection) != [user_id]:
                time.sleep(0.3)
                set_active(connection, user_id, is_active=False)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(disable, admins))
    with reading(records_engine) as connection:
        assert sum(user.is_active for user in all_users(connection)) == 1


def test_a_name_is_given_once_and_the_refusal_spoils_nothing(records_engine: Engine) -> None:
    with writing(records_engine) as connection:
        add_user(connection, "sari", "agendaris", created_at=NINE_O_CLOCK)
        with pytest.raises(UserRefusedError, check=says("'sari' sudah dipakai; pilih nama lain")):
            add_user(connection, "Sari", "kadin", created_at=NINE_O_CLOCK)
        add_user(connection, "budi", "kadin", created_at=NINE_O_CLOCK)
    with reading(records_engine) as connection:
        assert [user.name for user in all_users(connection)] == ["budi", "sari"]


@pytest.mark.parametrize(("role", "opd"), [("bupati", None), ("opd", None), ("kadin", "Dinas Kesehatan")])
def test_a_role_that_does_not_fit_is_refused(records_engine: Engine, role: str, opd: str | None) -> None:
    with writing(records_engine) as connection, pytest.raises(UserRefusedError):
        add_user(connection, "sari", role, opd=opd, created_at=NINE_O_CLOCK)


def test_a_new_password_role_or_ban_ends_the_sessions_begun_before(records_engine: Engine) -> None:
    with writing(records_engine) as connection:
        user_id = add_user(connection, "sari", "staf", created_at=NINE_O_CLOCK)
        set_password(connection, user_id, "new hash")
        set_role(connection, user_id, "opd", "Dinas Kesehatan")
        set_active(connection, user_id, is_active=False)
        note_seen(connection, user_id, NINE_O_CLOCK + 60)
        user = user_by_id(connection, user_id)
    assert (user.session_version, user.password_hash, user.opd, user.is_active, user.last_seen_at) == (
        4, "new hash", "Dinas Kesehatan", False, NINE_O_CLOCK + 60,
    )  # fmt: skip


def test_nobody_may_log_in_before_the_first_user(records_engine: Engine) -> None:
    with writing(records_engine) as connection:
        before = has_users(connection)
        add_user(connection, "sari", "admin", created_at=NINE_O_CLOCK)
        assert (before, has_users(connection)) == (False, True)


def test_a_revoked_screen_is_shut_out_and_stays_listed(records_engine: Engine) -> None:
    with writing(records_engine) as connection:
        device_id = add_device(connection, "Lobi", "token hash", created_at=NINE_O_CLOCK, created_by="admin")
        note_device_seen(connection, device_id, NINE_O_CLOCK + 3, "Chromium")
        before = device_by_token(connection, "token hash")
        revoke_device(connection, device_id, NINE_O_CLOCK + 60)
        revoke_device(connection, device_id, NINE_O_CLOCK + 120)
        assert device_by_token(connection, "token hash") is None
        assert [device.revoked_at for device in all_devices(connection)] == [NINE_O_CLOCK + 60]
    assert (before.label, before.last_seen_at, before.user_agent) == ("Lobi", NINE_O_CLOCK + 3, "Chromium")


def test_a_link_works_once_in_its_time_and_for_its_purpose(records_engine: Engine) -> None:
    with writing(records_engine) as connection:
        add_link(connection, "first_admin", "hash", created_at=NINE_O_CLOCK, expires_at=NINE_O_CLOCK + 900)
        tried = [
            use_link(connection, "password", "hash", NINE_O_CLOCK),
            use_link(connection, "first_admin", "hash", NINE_O_CLOCK + 900),
            use_link(connection, "first_admin", "hash", NINE_O_CLOCK + 899),
            use_link(connection, "first_admin", "hash", NINE_O_CLOCK + 899),
        ]
    assert [link is not None for link in tried] == [False, False, True, False]


def test_of_two_who_use_a_link_at_once_one_wins(records_engine: Engine) -> None:
    with writing(records_engine) as connection:
        add_link(connection, "first_admin", "hash", created_at=NINE_O_CLOCK, expires_at=NINE_O_CLOCK + 900)

    def try_it(_: int) -> bool:
        with writing(records_engine) as connection:
            return use_link(connection, "first_admin", "hash", NINE_O_CLOCK + 1) is not None

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(try_it, range(4))) == [False, False, False, True]


def test_a_new_link_ends_the_earlier_one_of_the_same_person_only(records_engine: Engine) -> None:
    times = {"created_at": NINE_O_CLOCK, "expires_at": NINE_O_CLOCK + 900}
    with writing(records_engine) as connection:
        sari = add_user(connection, "sari", "staf", created_at=NINE_O_CLOCK)
        add_link(connection, "password", "nobody's", **times)
        add_link(connection, "password", "first", user_id=sari, **times)
        add_link(connection, "password", "second", user_id=sari, **times)
        usable = [is_link_usable(connection, "password", h, NINE_O_CLOCK) for h in ("nobody's", "first", "second")]
    assert usable == [True, False, True]


def test_the_newest_settings_are_in_force_and_the_earlier_ones_stay(records_engine: Engine) -> None:
    with writing(records_engine) as connection:
        before = current_settings(connection)
        save_settings(connection, {"room": ["Aula é"]}, at=NINE_O_CLOCK, actor="admin", reason="kapasitas")
        save_settings(connection, {"room": []}, at=NINE_O_CLOCK + 1)
    with reading(records_engine) as connection:
        assert current_settings(connection).document == {"room": []}
        assert settings_history(connection)[1].document == {"room": ["Aula é"]}
    assert before is None


def test_the_access_log_forgets_what_the_retention_no_longer_allows(records_engine: Engine) -> None:
    with writing(records_engine) as connection:
        note_action(connection, "login", at=NINE_O_CLOCK, actor="sari", address="10.0.0.7")
        note_action(connection, "settings", at=NINE_O_CLOCK + 60, actor="admin", detail={"table": "room"})
        assert forget_actions_before(connection, NINE_O_CLOCK + 60) == 1
        left = recent_actions(connection)
    assert [(entry.action, entry.detail) for entry in left] == [("settings", {"table": "room"})]
