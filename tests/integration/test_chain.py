"""The chain of seals: whatever was done agrees with it; a cell, row or link that is changed behind it is named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import CheckConstraint, Connection, Table, bindparam, delete, func, insert, select, text, update

from dashboard.i18n import sentence
from dashboard.printed.publish import Seen, draft, publish
from data_access.errors import Message
from data_access.records import access, letters, logins, one_load, reading, rooms, writing
from data_access.records.access import forget_actions_before, note_action
from data_access.records.bulk import note_added
from data_access.records.chain import Head, cover_earlier, head
from data_access.records.chain_check import verify
from data_access.records.covered import CHANGING, COVERED, TABLE_OF, key_of
from data_access.records.intake.loads import LoadCounts, begin_load, finish_load
from data_access.records.intake.undo import add_page_corrections
from data_access.records.letters import Scan, add_scan, forget_scans_of_letters
from data_access.records.schema import (
    audit,
    chain_link,
    letter_deed,
    load,
    one_time_link,
    pass_row,
    published_report,
    request,
    scan,
    second_factor,
    user,
)
from data_access.secret import seal_key
from etl.desk.settings_edit import with_room
from etl.figures.report import digest, parse_report_period
from etl.intake.pipeline import apply_settings
from etl.intake.undo import undo
from etl.keeping.seals import verify_chain
from etl.office import Office
from tests.books.examples import examples
from tests.books.moments import seconds
from tests.books.typed import agenda, hand_overs
from tests.offices.bureau import LETTER, Bureau, bureau_of, fresh_bureau
from tests.offices.office import give, give_books
from tests.reading.audit import recent_actions
from tests.serving.databases import ON_SQLITE

NOW = seconds("2026-11-30 09:00")


def give_deeds(office: Office, folder: Path) -> None:
    """Loads of every kind with rows that wait and are refused, one taken back, settings, an edition of a report."""
    books = {
        "agenda.csv": LETTER + "144;tidak;;;;;;;;\n",
        "disposisi.csv": hand_overs(
            "143;A2;;07/09/2026;08.00;07/09/2026;08.10", "999;A2;;;;08/09/2026;08.10",
            "143;A5;;07/09/2026;09.00;09/09/2026;10.00;08/09/2026 09:00;08/09/2026 13:30;menunggu",
        ),
        "ruang.csv": "no_agenda;ruang;tanggal;jam_mulai;jam_selesai;kegiatan\n143;SC;08/09/2026;09.00;11.00;Rapat\n",
        "kondisi.csv": "ruang;tanggal;jam;barang;kondisi\nSC;08/09/2026;08.00;AC;Baik\n",
    }  # fmt: skip
    give_books(office, folder, books, NOW)
    wrong = give(office, folder, "salah.csv", agenda("145;08/09/2026;08.00;Dinkes;Rapat;Aula;;;;"), NOW)
    assert wrong.load_id is not None
    undo(office, wrong.load_id, "salah berkas", "agendaris", NOW)
    apply_settings(office, lambda now: with_room(now, "Aula", None, []), NOW, actor="admin")
    period = parse_report_period("2026-09")
    seen = Seen(digest(draft(office, period, NOW, NOW).document), None)
    publish(office, period, seen, followups={}, reason="", actor="kadin", now=NOW)
    let_people_in(office)
    decide(office)


def let_people_in(office: Office) -> None:
    """A user with app codes and a link, a code of an agency, a screen; each of them was changed since."""
    with writing(office.records) as connection:
        kadin = access.add_user(connection, "kadin", "kadin", created_at=NOW, password_hash="lama")
        access.add_link(connection, access.PASSWORD, "tautan", created_at=NOW, expires_at=NOW + 60, user_id=kadin)
        logins.put_second_factor(connection, logins.SecondFactor(kadin, "benih", NOW, 1, ("a", "b")))
        logins.bind_identity(connection, kadin, logins.Identity("https://sso.contoh.go.id", "sidik"), NOW)
        code = letters.add_code(connection, "Dinkes", "kode", created_at=NOW, created_by="admin", last_on=20_800)
        screen = access.add_device(connection, "Lobi", "layar", created_at=NOW)
    with writing(office.records) as connection:
        access.set_password(connection, kadin, "baru")
        access.set_email(connection, kadin, "kadin@contoh.id")
        logins.put_second_factor(connection, logins.SecondFactor(kadin, "benih", NOW, 2, ("b",)))
        letters.set_code_email(connection, code, "dinkes@contoh.id")
        access.revoke_device(connection, screen, NOW)


def decide(office: Office) -> None:
    """A request with receipt, decision, scan, report and a correction on a page, all given to another letter."""
    with one_load(office.records) as connection:
        mine, other = connection.execute(select(request.c.id).order_by(request.c.id).limit(2)).scalars()
        load_id = begin_load(connection, file="layar", sha256="", kind="permohonan", options={}, started_at=NOW)
        letters.add_receipt(connection, load_id, letters.LetterReceipt(mine, 2026, 1, 1))
        letters.add_deed(connection, letters.LetterDeed(mine, load_id, "approved", NOW, "kadin", "kadin"))
        add_scan(connection, Scan(mine, "surat.pdf", "pdf", "0" * 64, 8, NOW, "agendaris", "agendaris"))
        report = {"load_id": load_id, "client_id": "t-1", "room_name": "SC", "checklist_version": "1", "checklist": []}
        report |= {"request_id": mine, "actor": "staf", "role": "staf", "received_at": NOW, "made_at": NOW}
        rooms.add_report(connection, report, "LK-{number}")
        corrected = {"load_id": load_id, "at": NOW, "actor": "agendaris", "reason": "salah ketik", "kind": "permohonan"}
        corrected |= {"target_row_id": 1, "request_id": mine, "field": "subject", "file_value": "a", "new_value": "b"}
        add_page_corrections(connection, [corrected | {"is_revoked": False}])
        finish_load(connection, load_id, LoadCounts(), finished_at=NOW)
    with one_load(office.records) as connection:
        letters.join_letter(connection, mine, other, "999", "999")


@pytest.fixture
def done(tmp_path: Path, server: str | None) -> Iterator[Bureau]:
    """A bureau in which much was done; once on SQLite, once on PostgreSQL."""
    with bureau_of(Bureau, tmp_path, server, give_deeds, now="2026-11-30 09:00") as made:
        yield made


def faults(bureau: Bureau, connection: Connection | None = None, **heads: Head) -> list[Message]:
    key = seal_key(bureau.office.home.secret_path)
    if connection is not None:
        return list(verify(connection, key, heads))
    with reading(bureau.office.records) as own:
        return list(verify(own, key, heads))


@contextmanager
def behind_it(bureau: Bureau) -> Iterator[Connection]:
    """A transaction past the product, taken back at the end."""
    with bureau.office.records.connect() as connection, connection.begin() as transaction:
        yield connection
        transaction.rollback()


def test_what_was_done_agrees_with_the_chain(done: Bureau) -> None:
    assert faults(done) == []


def other(value: object) -> object:
    if value in (0, 1):  # a flag too, as SQLite has them
        return value is False if isinstance(value, bool) else 1 - value
    return value + 1 if isinstance(value, int) else f"{value or ''}x"


def changeable(table: Table, name: str, row: Mapping[str, object]) -> list[str]:
    """The covered columns of a row that hold anything, and in which the database itself takes anything."""
    checked = " ".join(str(check.sqltext) for check in table.constraints if isinstance(check, CheckConstraint))
    said = (table.c[column] for column in COVERED[name] if row[column] is not None)
    return [column.name for column in said if not column.foreign_keys and column.name not in checked]


def test_any_cell_of_a_covered_table_that_is_changed_is_named(done: Bureau) -> None:
    with reading(done.office.records) as connection:
        first = {
            name: connection.execute(text(f'SELECT * FROM "{of}" LIMIT 1')).mappings().first()  # noqa: S608 – of the schema
            for name, of in TABLE_OF.items()
        }
    rows = {name: row for name, row in first.items() if row is not None}
    columns = {name: changeable(TABLE_OF[name], name, row) for name, row in rows.items()}
    assert {*rows} >= CHANGING
    assert len(rows) >= 27
    for place in range(3):
        with behind_it(done) as connection:
            for name, row in rows.items():
                number = key_of(TABLE_OF[name])
                column = columns[name][place * len(columns[name]) // 3]
                change = text(f'UPDATE "{number.table.name}" SET "{column}" = :new WHERE "{number.name}" = :id')  # noqa: S608
                connection.execute(change.bindparams(bindparam("new", other(row[column])), id=row[number.name]))
            told = faults(done, connection)
        tables = {str(fault.values["table"]) for fault in told if "table" in fault.values}
        assert {f"chain.table_{name}" for name in rows} <= tables


def test_another_role_password_or_second_factor_is_named_with_whose_it_is(done: Bureau) -> None:
    changes = (
        update(user).values(role="admin"), update(user).values(password_hash="lain"),
        update(user).values(is_active=False), update(second_factor).values(recovery=["c"]),
        delete(second_factor), update(one_time_link).values(used_at=None),
    )  # fmt: skip
    for change in changes:
        with behind_it(done) as connection:
            connection.execute(change)
            (fault,) = faults(done, connection)
        assert (fault.values["first"], "kadin" in sentence(fault)) == (1, fault.code != "chain.rows_missing")


def test_a_decision_given_to_another_letter_behind_the_product_is_named(done: Bureau) -> None:
    with behind_it(done) as connection:
        connection.execute(update(letter_deed).values(request_id=1))
        (fault,) = faults(done, connection)
    assert sentence(fault).startswith("surat dari tindakan atas permohonan: nomor 1 sampai 1")


def test_a_row_that_is_gone_and_one_that_nobody_told_of_are_named_with_their_load(done: Bureau) -> None:
    with behind_it(done) as connection:
        connection.execute(delete(pass_row).where(pass_row.c.id == 1))
        (gone,) = faults(done, connection)
    with behind_it(done) as connection:
        row = dict(connection.execute(select(pass_row).where(pass_row.c.id == 1)).mappings().one())
        connection.execute(insert(pass_row).values(**row | {"id": 90}))
        (strange,) = faults(done, connection)
    assert (gone.code, gone.values["first"]) == ("chain.rows_missing", 1)
    assert (strange.code, strange.values["first"], strange.values["last"]) == ("chain.rows_outside", 90, 90)
    assert strange.values["where"].values["file"] == "disposisi.csv"


def test_an_emptied_audit_a_load_taken_back_in_secret_and_another_pdf_are_named(done: Bureau) -> None:
    with behind_it(done) as connection:
        connection.execute(delete(audit))
        codes = {fault.code for fault in faults(done, connection)}
    with behind_it(done) as connection:
        connection.execute(update(load).where(load.c.id == 1).values(status="undone", undone_at=NOW))
        (undone,) = faults(done, connection)
    with behind_it(done) as connection:
        connection.execute(update(published_report).values(pdf=b"%PDF-lain"))
        (pdf,) = faults(done, connection)
    assert codes == {"chain.rows_missing"}
    assert (undone.code, undone.values["load"]) == ("chain.undone", 1)
    assert (pdf.code, pdf.values["number"]) == ("chain.pdf_changed", "2026-09/1")


def test_a_chain_that_was_cut_mended_or_emptied_is_named(done: Bureau) -> None:
    with reading(done.office.records) as connection:
        kept = head(connection)
    assert kept is not None
    with behind_it(done) as connection:
        connection.execute(delete(chain_link).where(chain_link.c.position == kept.position))
        assert "chain.cut" in {fault.code for fault in faults(done, connection, cadangan=kept)}
    with behind_it(done) as connection:
        connection.execute(update(chain_link).where(chain_link.c.position == 3).values(kind="deed", at=1))
        assert [(f.code, f.values["first"]) for f in faults(done, connection)] == [("chain.links_changed", 3)]
    with behind_it(done) as connection:
        connection.execute(update(chain_link).where(chain_link.c.position == 3).values(previous="x"))
        assert [f.code for f in faults(done, connection)] == ["chain.link_moved", "chain.links_changed"]
    with behind_it(done) as connection:
        connection.execute(delete(chain_link).where(chain_link.c.position == 3))
        assert "chain.links_missing" in {fault.code for fault in faults(done, connection)}
    with behind_it(done) as connection:
        connection.execute(delete(chain_link))
        assert {"chain.rows_outside", "chain.cut"} <= {f.code for f in faults(done, connection, cadangan=kept)}


FORGED = (
    '{"rows":[["audit","x",1,""]]}', '{"rows":[["audit",1,4611686018427387903,""]]}', '{"rows":[["lain",1,1,"AAAA"]]}',
    '{"there":{"load":[]}}', '{"gone":{"audit":[["a","b"]]}}', '{"gone":{"audit":[[5,1]]}}',
    '{"gone":{"audit":[[0,4000000000000000]]}}', '{"upto":{"audit":1e99}}', "[" * 100_000, "5",
)  # fmt: skip


@ON_SQLITE
def test_a_link_that_somebody_wrote_is_named_whatever_it_says(done: Bureau) -> None:
    for covers in FORGED:
        with behind_it(done) as connection:
            connection.execute(update(chain_link).where(chain_link.c.position == 2).values(covers=covers, mac="é"))
            assert ("chain.links_changed", 2) in [(f.code, f.values.get("first")) for f in faults(done, connection)]


def test_a_row_that_has_the_id_of_a_removed_one_is_compared(done: Bureau) -> None:
    records, sha256 = done.office.records, "0" * 64
    with writing(records) as connection:
        add_scan(connection, Scan(1, "lama.pdf", "pdf", sha256, 8, NOW, "agendaris", "agendaris"))
    with writing(records) as connection:
        last = connection.execute(select(func.max(scan.c.id))).scalar_one()
        assert forget_scans_of_letters(connection, NOW + 1) == ["surat.pdf", "lama.pdf"]
        old = {"id": last, "request_id": 1, "kind": "pdf", "sha256": sha256, "bytes": 8, "at": NOW}
        old |= {"actor": "agendaris", "role": "agendaris"}
        connection.execute(insert(scan).values(old | {"file": "baru.pdf"}))
        note_added(connection, scan, last)
    assert faults(done) == []
    changes = {"chain.rows_changed": update(scan).values(file="x.pdf"), "chain.rows_missing": delete(scan)}
    for code, change in changes.items():
        with behind_it(done) as connection:
            connection.execute(change)
            assert {fault.code for fault in faults(done, connection)} == {code}
    with writing(records) as connection:
        forget_scans_of_letters(connection, NOW + 1)
    assert faults(done) == []
    with behind_it(done) as connection:
        connection.execute(insert(scan).values(old | {"file": "lagi.pdf"}))
        assert {fault.code for fault in faults(done, connection)} == {"chain.rows_outside"}


def test_a_published_report_names_the_link_on_which_it_stands(done: Bureau) -> None:
    with behind_it(done) as connection:
        document = dict(connection.execute(select(published_report.c.document)).scalar_one())
        stood = Head.of(document["published"]["chain"])
        assert stood is not None
        link = select(chain_link.c.mac).where(chain_link.c.position == stood.position)
        assert connection.execute(link).scalar_one() == stood.mac


def test_the_check_names_what_was_changed_and_the_audit_keeps_that_it_was_looked(done: Bureau) -> None:
    office = done.office
    with office.records.connect() as connection, connection.begin():
        connection.execute(update(pass_row).where(pass_row.c.id == 1).values(note="lain"))
    _, (fault,) = verify_chain(office.home, office.records, {}, NOW)
    told = "baris disposisi: nomor 1 sampai 1 bukan lagi seperti saat dicatat. Muatan 2, berkas disposisi.csv."
    assert sentence(fault) == told
    with reading(office.records) as connection:
        (entry,) = recent_actions(connection, 1)
    assert (entry.action, entry.detail["faults"]) == ("chain_checked", 1)


def test_another_key_is_named_once(done: Bureau) -> None:
    done.office.home.secret_path.write_bytes(b"x" * 64)
    assert [fault.code for fault in faults(done)] == ["chain.key"]


def test_rows_of_before_the_chain_get_links_of_their_own_later(done: Bureau) -> None:
    records, key = done.office.records, seal_key(done.office.home.secret_path)
    with writing(records) as connection:
        connection.execute(delete(chain_link))
        connection.execute(text("UPDATE published_report SET document = '{}'"))
        note_action(connection, "login", at=NOW, actor="kadin")
    assert faults(done) == []
    with behind_it(done) as connection:
        connection.execute(delete(pass_row).where(pass_row.c.id == 1))
        assert [fault.code for fault in faults(done, connection)] == ["chain.rows_missing"]
    with one_load(records) as connection:
        while cover_earlier(connection, key, NOW):
            pass
    assert faults(done) == []
    with behind_it(done) as connection:
        connection.execute(update(pass_row).where(pass_row.c.id == 1).values(note="lain"))
        assert [fault.code for fault in faults(done, connection)] == ["chain.rows_changed"]


DEEDS = st.lists(st.sampled_from(["load", "again", "undo", "settings", "login", "forget"]), min_size=2, max_size=7)


@settings(max_examples=examples(3), suppress_health_check=[HealthCheck.too_slow])
@given(deeds=DEEDS)
def test_any_order_of_deeds_agrees_with_the_chain(deeds: list[str]) -> None:
    with fresh_bureau("2026-11-30 09:00") as bureau:
        loads: list[int] = []
        for number, deed in enumerate(deeds):
            _do(bureau, deed, number, loads)
        assert faults(bureau) == []


def _do(bureau: Bureau, deed: str, number: int, loads: list[int]) -> None:
    office, now = bureau.office, bureau.clock() + number
    if deed in ("load", "again"):
        letters = range(130) if deed == "load" else [1]
        report = bureau.give(agenda(*(f"{n};0{1 + number}/09/2026;08.00;Dinkes;Rapat;SC;;;;" for n in letters)))
        if report.load_id is not None and report.status == "loaded":
            loads.append(report.load_id)
    elif deed == "undo" and loads:
        undo(office, loads.pop(), "salah berkas", "agendaris", now)
    elif deed == "settings":
        apply_settings(office, lambda s: with_room(s, f"Ruang {number}", None, []), now, actor="admin")
    else:
        with writing(office.records) as connection:
            note_action(connection, "login", at=now, actor="kadin")
            if deed == "forget":
                forget_actions_before(connection, now)
