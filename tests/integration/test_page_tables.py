"""Every table of the settings on the screen: a row tried, put in force, refused; two people at once; every field."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest

from dashboard.i18n.catalogue import catalogue
from dashboard.pages.settings.tables import FIELD, OWN_PAGES, Id, UnusableFormError, tried
from dashboard.pages.settings.typed import how_written, shown_value, typed_row, typed_value
from dashboard.web.pages import PAGES
from etl.settings.document import Settings, apply, default_settings
from etl.settings.forms import FieldKind, FormTable, Shape, differences, tables
from tests.offices.desk import Desk, desk
from tests.offices.september import END_OF_SEPTEMBER, give_letters
from tests.reading.layout import components, words
from tests.serving.callbacks import call

FULL = r"""
[office]
name = "Diskominfo"
[[room]]
name = "Smart Center"
aliases = ["SC", "Ruang SC"]
capacity = 1500
hours = { mon-thu = ["08:00-12:00", "13:00-16:00"], sat = ["08:00-10:30"] }
[[room.closure]]
from = 2026-09-10T08:00:05
to = 2026-09-10T10:00:00
reason = "AC; kipas"
[[room]]
name = "Ruang Rapat"
from = 2026-01-01
to = 2028-12-31
[[room.hours]]
hours = { mon-fri = ["08:00-16:00"] }
[[room.hours]]
from = 2027-01-01
capacity = 60
[[room.hours]]
from = 2027-06-01
hours = { mon-thu = ["08:00-12:00"], fri = ["08:00-11:00"] }
[[calendar.day]]
date = 2026-09-08
name = "Libur daerah"
hours = ["07:30-10:00"]
[opd]
"Dinas Kesehatan" = ["Dinkes"]
[item]
"Proyektor" = ["Infocus"]
[[source]]
name = "e-surat"
kind = "permohonan"
url_env = "ESURAT_URL"
query = "SELECT id FROM surat\nWHERE id > :cursor ORDER BY id"
cursor = "id"
columns = { no_agenda = "no", asal = { const = "tidak disebut" } }
date_order = { tgl_terima = "dmy" }
every = "1h30m"
values = { langkah = { "Verifikasi" = "A5" } }
numbering = "month"
[[source]]
name = "buku"
kind = "disposisi"
files = "*.csv"
[[step_off]]
step = "B3"
from = 2023-06-22
to = 2024-01-01
[holders]
kadin = { name = "Budi", title = "Pembina", nip = "1978" }
[recording]
from = 2026-09-01
steps = { A6 = 2026-10-01, B3 = false }
[[mandate]]
role = "kadin"
user = "sekdin"
from = 2026-12-01
to = 2026-12-05
[monitoring]
share = 0.925
[privacy]
controller = "Diskominfo"
contact = "privasi@contoh.go.id"
purposes = "Mengukur waktu layanan"
[retention]
scans = "365d"
photos = "730d"
rejects = "90d"
[proxy]
trusted = ["127.0.0.1"]
address = "https://a.go.id"
[openid]
issuer = "https://sso.a.go.id/realms/kabupaten"
client_id = "pantau"
secret_env = "PANTAU_OPENID_RAHASIA"
claim = "preferred_username"
scopes = ["openid", "profile"]
label = "SSO Kabupaten"
passwords = false
[alerts]
smtp_env = "SURAT"
webhook_env = "KAIT"
sender = "pantau@kantor.go.id"
off = ["overdue"]
[[alerts.lead]]
alert = "overdue"
time = "30m"
"""


@pytest.fixture
def served(tmp_path: Path) -> Desk:
    return desk(tmp_path, give_letters, END_OF_SEPTEMBER, pages=PAGES)


def shown(served: Desk, search: str) -> Any:
    inputs = [{"id": "tables-url", "property": "search", "value": search}]
    reply = call(served.browser_of("admin"), f"{Id.BODY}.children", [*inputs, {"id": Id.CHANGED, "property": "data"}])
    assert reply.status_code == 200, reply.text
    return reply.json["response"][Id.BODY]["children"]


def held(part: Any, id: str) -> Any:
    (store,) = [one for one in components(part, "Store") if one["id"] == id]
    return store["data"]


def typed_in(part: Any) -> dict[str, str]:
    """What stands in the fields of the form."""
    fields = [one for kind in ("Input", "Textarea", "Select") for one in components(part, kind)]
    return {one["id"]["key"]: one["value"] for one in fields if isinstance(one.get("id"), dict)}


class Form:
    """The form of a row as one browser has it open."""

    def __init__(self, served: Desk, table: str, row: int | str) -> None:
        self.served, self.part = served, shown(served, f"?bagian={table}&baris={row}")
        self.tried: Any = None

    def press(self, button: Id, outputs: dict[str, Any], state: list[Any]) -> Any:
        inputs = [{"id": id, "property": "n_clicks", "value": int(id == button)} for id in outputs["buttons"]]
        bare = [{"id": id, "property": prop} for id, _, prop in (name.rpartition(".") for name in outputs["names"])]
        browser = self.served.signed_in("admin")
        more = {"state": state, "outputs": bare, "changedPropIds": [f"{button}.n_clicks"]}
        reply = call(browser, f"..{'...'.join(outputs['names'])}..", inputs, **more)
        assert reply.status_code == 200, reply.text
        return reply.json["response"]

    def check(self, button: Id = Id.CHECK, **changes: str) -> str:
        typed = typed_in(self.part) | changes
        ids = [{"type": FIELD, "key": key} for key in typed]
        of = [
            [{"id": id, "property": "value", "value": value} for id, value in zip(ids, typed.values(), strict=True)],
            [{"id": id, "property": "id", "value": id} for id in ids],
            {"id": Id.BEGUN, "property": "data", "value": held(self.part, Id.BEGUN)},
        ]
        names = {"names": [f"{Id.TRIED}.children", f"{Id.FORM}.children"], "buttons": [Id.CHECK, Id.REMOVE]}
        reply = self.press(button, names, of)
        self.tried = reply[Id.TRIED]["children"]
        self.part = reply.get(Id.FORM, {}).get("children", self.part)
        return words([self.tried, self.part])

    def apply(self) -> str:
        names = [f"{Id.RESULT}.children", f"{Id.CHANGED}.data", "tables-url.search"]
        wanted = {"id": Id.WANTED, "property": "data", "value": held(self.tried, Id.WANTED)}
        address = {"id": "tables-url", "property": "search", "value": "?bagian=room&baris=1"}
        state = [wanted, {"id": Id.CHANGED, "property": "data", "value": 0}, address]
        reply = self.press(Id.APPLY, {"names": names, "buttons": [Id.APPLY]}, state)
        return words(reply[Id.RESULT]["children"])


def test_a_day_of_the_office_is_tried_and_put_in_force(served: Desk) -> None:
    form = Form(served, "calendar.day", "baru")
    said = form.check(date="09/09/2026", name="Libur daerah", hours="")
    assert "Hari kantor sendiri · 09/09/2026 ditambahkan" in said
    assert "angka bulanan per langkah berubah" in said
    assert served.office.settings.calendar.days == ()
    assert "berlaku sebagai versi 1" in form.apply()
    (day,) = served.office.settings.calendar.days
    assert (str(day.on), day.name, day.hours) == ("2026-09-09", "Libur daerah", ())


@pytest.mark.parametrize("table", tables(), ids=lambda table: table.path)
def test_every_field_of_every_table_is_typed_as_it_is_shown(table: FormTable) -> None:
    """A row of each table with every field, drawn as a form and read again, is that row; and all has its words."""
    document = apply(default_settings(), FULL, "penuh.toml").to_document()
    rows = table.rows(document)
    assert rows
    for row in rows:
        assert set(row) <= {field.key for field in table.fields}
        shown = {field.key: shown_value(field, row.get(field.key)) for field in table.fields}
        again, errors = typed_row(table.fields, shown)
        assert errors == {}
        after = Settings.from_document(table.with_rows(document, [again if one is row else one for one in rows]))
        assert differences(Settings.from_document(document), after) == []
    name = table.path.replace(".", "_")
    keys = {f"tables.of_{name}", f"tables.lead_{name}"} | {f"tables.field_{field.key}" for field in table.fields}
    assert keys - catalogue().keys() == set()


def test_kinds_of_alerts_are_listed_and_typed_in_words_or_as_the_file_has_them() -> None:
    fields = {field.key: field for table in tables() if table.path == "alerts" for field in table.fields}
    assert all("Mendekati batas, Melewati batas, " in how_written(fields[key]) for key in ("off", "lead"))
    assert typed_value(fields["off"], "melewati batas\nnear") == ["overdue", "near"]
    assert shown_value(fields["off"], ["overdue"]) == "Melewati batas"
    assert typed_value(fields["lead"], "Melewati batas; 30 menit") == [{"alert": "overdue", "time": "30m"}]


def test_every_kind_of_field_has_a_row_that_says_it() -> None:
    document = apply(default_settings(), FULL, "penuh.toml").to_document()
    said = {(table.path, key) for table in tables() for row in table.rows(document) for key in row}
    fields = {(table.path, field.key) for table in tables() for field in table.fields}
    assert fields - said == set()
    assert {part.kind for table in tables() for field in table.fields for part in (field, *field.cells)} == {*FieldKind}


def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(served: Desk) -> None:
    form = Form(served, "calendar.day", "baru")
    assert "“besok” tidak dapat dipakai; tulis hari/bulan/tahun" in form.check(date="besok", name="Libur")
    assert typed_in(form.part) == {"date": "besok", "name": "Libur", "source": "", "hours": ""}
    assert "tulis jam yang tidak bertumpang tindih" in form.check(date="08/09/2026", hours="07.30-10.00, 09.00-11.00")
    assert typed_in(form.part)["hours"] == "07.30-10.00, 09.00-11.00"
    assert not served.office.book.version


def test_a_row_is_changed_and_removed(served: Desk) -> None:
    form = Form(served, "room", 1)
    assert "menjadi 60" in form.check(capacity="60")
    form.apply()
    assert served.office.settings.rooms[0].capacity == 60
    other = Form(served, "opd", 1)
    before = list(served.office.settings.opd)
    assert "dihapus" in other.check(Id.REMOVE)
    other.apply()
    assert list(served.office.settings.opd) == before[1:]


def test_every_table_is_drawn_with_its_form(served: Desk) -> None:
    """What a new row says that is left as it stands is what the settings say by themselves."""
    for table in (one for one in tables() if one.path not in OWN_PAGES):
        row = 1 if table.shape is Shape.ONE else "baru"
        typed = typed_in(shown(served, f"?bagian={table.path}&baris={row}"))
        assert typed.keys() == {field.key for field in table.fields}, table.path
    assert typed_in(shown(served, "?bagian=calendar.profile&baris=baru"))["estimated"] == "false"


def test_what_a_page_of_its_own_changes_is_shown_here_with_the_way_there_and_changed_there_only(served: Desk) -> None:
    for path, (address, _) in OWN_PAGES.items():
        part = shown(served, f"?bagian={path}&baris=baru")
        assert typed_in(part) == {}
        assert address in {one.get("href") for one in components(part, "Link")}
    form = Form(served, "room", 1)
    begun = held(form.part, Id.BEGUN) | {"bagian": "mandate"}
    with pytest.raises(UnusableFormError):
        tried(served.office, END_OF_SEPTEMBER, {}, begun, is_removal=False)


def other_admin(served: Desk) -> None:
    """Somebody else changes the capacity of the first room."""
    other = Form(served, "room", 1)
    other.check(capacity="45")
    other.apply()


def test_the_second_of_two_admins_is_told_what_the_first_changed_and_overwrites_nothing(served: Desk) -> None:
    form = Form(served, "opd", "baru")
    form.check(name="Dinas Baru")
    other_admin(served)
    said = form.apply()
    assert "Versi 1 dari admin" in said
    assert "lebih baru daripada versi 0" in said
    assert "Ruang · Smart Center · Kapasitas : (kosong) menjadi 45" in said
    assert "Dinas Baru" not in served.office.settings.opd
    said = form.check()
    assert ("Versi 1 dari admin" in said, typed_in(form.part)["name"]) == (True, "Dinas Baru")
    assert "versi 2" in form.apply()
    assert ("Dinas Baru" in served.office.settings.opd, served.office.settings.rooms[0].capacity) == (True, 45)


def test_a_row_that_another_admin_changed_is_shown_before_it_is_replaced(served: Desk) -> None:
    form = Form(served, "room", 1)
    other_admin(served)
    said = form.check(capacity="60")
    assert "(kosong) menjadi 45" in said
    assert "45 menjadi 60" in said
    form.apply()
    assert [room.capacity for room in served.office.settings.rooms] == [60]


def test_versions_are_listed_and_undone_by_a_new_one(served: Desk) -> None:
    before = served.office.settings
    other_admin(served)
    assert "Ruang: Smart Center diubah" in words(shown(served, "?bagian=riwayat"))
    form = Form(served, "room", 1)
    form.part = form.tried = shown(served, "?bagian=riwayat&versi=0")
    assert "45 menjadi (kosong)" in words(form.tried)
    assert "versi 2" in form.apply()
    assert (served.office.settings, served.office.book.version) == (before, 2)
    assert "Kembali ke versi 0" in words(shown(served, "?bagian=riwayat"))


def test_the_file_is_fetched_and_given_again_with_a_preview(served: Desk) -> None:
    admin = served.signed_in("admin")
    text = admin.get("/pengaturan/semua/berkas.toml").text
    assert apply(default_settings(), text, "unduhan.toml") == served.office.settings
    assert served.signed_in("kabid").get("/pengaturan/semua/berkas.toml").status_code == 403
    assert "Tidak ada nilai yang berbeda" in words(given(served, text))
    assert "Senin" in words(given(served, text.replace('"07:30-12:00"', '"08:00-12:00"')))
    assert "rahasia" not in words(given(served, '[office]\nname = "postgresql://a:rahasia@b/c"'))
    assert "pengaturan.toml" in words(given(served, "[monitoring]\nshare = 7"))
    assert not served.office.book.version


def given(served: Desk, text: str) -> Any:
    contents = f"data:application/toml;base64,{base64.b64encode(text.encode()).decode()}"
    inputs = [{"id": "tables-file", "property": "contents", "value": contents}]
    state = [{"id": "tables-file", "property": "filename", "value": "pengaturan.toml"}]
    more = {"state": state, "changedPropIds": ["tables-file.contents"]}
    reply = call(served.signed_in("admin"), "tables-file-tried.children", inputs, **more)
    assert reply.status_code == 200, reply.text
    return reply.json["response"]["tables-file-tried"]["children"]


@pytest.mark.parametrize("begun", [None, 7, {}, {"bagian": "room", "row": 3}, {"bagian": "x", "version": 10**30}])
def test_a_form_that_no_page_made_is_refused_in_words(begun: Any, served: Desk) -> None:
    form = Form(served, "room", 1)
    for store in components(form.part, "Store"):
        store["data"] = begun
    assert "Muat ulang halaman" in form.check()
