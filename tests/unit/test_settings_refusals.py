"""Settings that cannot be used are refused with file, key, value and what to write."""

from __future__ import annotations

import pytest

from dashboard.i18n import sentence
from etl.domain.errors import RuleError
from etl.settings.document import apply, default_settings

PROFILE = """[[calendar.profile]]
name = "Kantor"
from = 2023-04-12
hours = { mon-thu = ["07:30-12:00"] }
"""
RAMADAN = """[[calendar.profile]]
name = "Ramadan"
kind = "ramadan"
hours = { mon-fri = ["08:00-12:00"] }
"""
SOURCE = """[[source]]
name = "register"
kind = "permohonan"
files = "*.csv"
"""
DATABASE = """[[source]]
name = "e-surat"
kind = "permohonan"
url_env = "ESURAT_URL"
"""
CHECKLIST = """[[checklist]]
version = "1"
from = 2026-01-01
"""
CLOSURE = """[[room]]
name = "A"
[[room.closure]]
"""


def database(query: str, more: str = "") -> str:
    return f'{DATABASE}query = "{query}"\n{more}\n'


def refusal(text: str) -> RuleError:
    with pytest.raises(RuleError) as caught:
        apply(default_settings(), text, "kantor.toml")
    return caught.value


def test_a_refusal_is_one_sentence_with_file_key_value_and_what_to_write() -> None:
    assert sentence(refusal(PROFILE.replace("07:30-12:00", "12:00-07:30"))) == (
        'kantor.toml: calendar.profile[1].hours.mon-thu[1] = "12:00-07:30" tidak dapat dipakai; '
        'tulis jam mulai yang lebih awal dari jam selesai, misalnya "07:30-12:00".'
    )


@pytest.mark.parametrize(
    ("text", "key", "value", "expected"),
    [
        ("timezone", "baris 1", "timezone", "kunci = nilai pada baris itu"),
        ("[office]\n[office]\n", "baris 2, kolom 8", "[office]", "setiap tabel satu kali saja"),
        ("[[calendar.day]]\ndate = 2026-02-30\n", "baris 2, kolom 8", "date = 2026-02-30", "tanggal yang ada"),
        ('[office]\ntimezone = "Asia', "baris 2", 'timezone = "Asia', "tanda kutip penutup"),
        ("a = " + "[" * 5000, "berkas", "", "daftar tanpa sarang sedalam itu"),
    ],
)
def test_text_that_is_not_toml_is_refused_with_its_line(text: str, key: str, value: str, expected: str) -> None:
    error = refusal(text)
    assert (sentence(error.key), error.value) == (key, value)
    assert sentence(error.expected).startswith(expected)
    assert '"code"' not in sentence(error)


@pytest.mark.parametrize(
    ("text", "key", "expected"),
    [
        ("[ofice]\n", "ofice", '"office"'),
        ("[office]\nzone = 1\n", "office.zone", "kunci yang dikenal: name, timezone"),
        ("[calendar.libur]\n", "calendar.libur", "kunci yang dikenal: profile, day, holidays"),
        (PROFILE + "form = 2023-01-01\n", "calendar.profile[1].form", '"from"'),
        (SOURCE + 'url = "mysql://h/db"\n', "source[1].url", 'url_env = "NAMA_VARIABEL"'),
        ("[holders]\nbupati = { name = 'x' }\n", "holders.bupati", "salah satu dari kadin, sekdin"),
        ("[holders]\nkadin = { nama = 'x' }\n", "holders.kadin.nama", '"name"'),
        ("[wall]\nmask = true\n", "wall.mask", "kunci yang dikenal: mask_activity"),
        ("[retention]\nlog = '3d'\n", "retention.log", "kunci yang dikenal: access_log"),
        ("[proxy]\ntrust = []\n", "proxy.trust", '"trusted"'),
        ('[openid]\nclient_secret = "x"\n', "openid.client_secret", 'secret_env = "NAMA_VARIABEL"'),
        ("[[item]]\nname = 'LCD'\n", "item", "tabel, misalnya"),
    ],
)
def test_an_unknown_key_is_refused_with_the_one_that_was_meant(text: str, key: str, expected: str) -> None:
    error = refusal(text)
    assert error.key == key
    assert sentence(error.expected).startswith(expected)


@pytest.mark.parametrize(
    ("hours", "key", "expected"),
    [
        ('mon-thu = ["08:00-08:00"]', "mon-thu[1]", "jam mulai yang lebih awal"),
        ('mon-thu = ["7.30-12"]', "mon-thu[1]", 'jam seperti "07:30-12:00"'),
        ('mon-thu = ["07:30-25:00"]', "mon-thu[1]", 'jam seperti "07:30-12:00"'),
        ('mon-thu = ["07:30-24:30"]', "mon-thu[1]", 'jam paling akhir "24:00"'),
        ('mon-thu = "07:30-12:00"', "mon-thu", "daftar jam, misalnya"),
        ('mon-thu = ["07:30-12:00", "11:00-13:00"]', "mon-thu", "jam yang tidak bertumpang tindih"),
        ('senin = ["07:30-12:00"]', "senin", "hari mon, tue, wed"),
        ('fri-mon = ["07:30-12:00"]', "fri-mon", "rentang hari dari awal ke akhir pekan"),
        ('mon-thu = ["07:30-12:00"], tue = []', "tue", 'hari "tue" satu kali saja'),
    ],
)
def test_hours_that_cannot_be_are_refused(hours: str, key: str, expected: str) -> None:
    error = refusal(PROFILE.replace('mon-thu = ["07:30-12:00"]', hours))
    assert error.key == f"calendar.profile[1].hours.{key}"
    assert sentence(error.expected).startswith(expected)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('[office]\ntimezone = "Asia/Jakata"\n', "office.timezone"),
        ('[office]\ntimezone = "Asia"\n', "office.timezone"),
        ('[office]\ntimezone = "../etc"\n', "office.timezone"),
        ("office = 3\n", "office"),
        ("[calendar]\nprofile = []\n", "calendar.profile"),
        ('[calendar.profile]\nname = "x"\n', "calendar.profile"),
        (PROFILE.replace('["07:30-12:00"]', "[]"), "calendar.profile[1].hours"),
        (PROFILE.replace("2023-04-12", '"kemarin"'), "calendar.profile[1].from"),
        (PROFILE.replace("2023-04-12", "2023-04-12T00:00:00"), "calendar.profile[1].from"),
        (PROFILE.replace("2023-04-12", "20230412"), "calendar.profile[1].from"),
        (PROFILE + "to = 2020-01-01\n", "calendar.profile[1].to"),
        (PROFILE + PROFILE, "calendar.profile[2].from"),
        (PROFILE + "ranges = [[2026-02-19, 2026-03-20]]\n", "calendar.profile[1].ranges"),
        (PROFILE + 'kind = "mingguan"\n', "calendar.profile[1].kind"),
        (PROFILE.replace('name = "Kantor"', ""), "calendar.profile[1].name"),
        (RAMADAN, "calendar.profile[1].ranges"),
        (RAMADAN + "ranges = [[2026-03-20, 2026-02-19]]\n", "calendar.profile[1].ranges[1]"),
        (RAMADAN + "ranges = [[2026-03-20]]\n", "calendar.profile[1].ranges[1]"),
        (PROFILE + RAMADAN + "ranges = [[2026-02-19, 2026-03-20], [2026-03-20, 2026-03-25]]\n",
         "calendar.profile[2].ranges[2]"),
        ("[[calendar.day]]\ndate = 2026-09-08\n", "calendar.day[1].name"),
        ('[[calendar.day]]\ndate = 2026-09-08\nname = "a"\n' * 2, "calendar.day[2].date"),
        ('[[calendar.day]]\ndate = 2026-09-08\nname = "a"\nhours = "tutup"\n', "calendar.day[1].hours"),
        ('[calendar.holidays]\npackage = "ya"\n', "calendar.holidays.package"),
    ],
)  # fmt: skip
def test_a_calendar_that_cannot_be_is_refused(text: str, key: str) -> None:
    assert refusal(text).key == key


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('[[room]]\nname = "A"\n[[room]]\nname = "a"\n', "room[2].name"),
        ('[[room]]\nname = "A"\naliases = ["C"]\n[[room]]\nname = "B"\naliases = ["c."]\n', "room[2].aliases[1]"),
        ('[[room]]\nname = "A"\naliases = ["b"]\n[[room]]\nname = "B"\n', "room[1].aliases[1]"),
        ('[[room]]\nname = "A"\naliases = "B"\n', "room[1].aliases"),
        ('[[room]]\nname = "A"\ncapacity = "50"\n', "room[1].capacity"),
        ('[[room]]\nname = "A"\ncapacity = -1\n', "room[1].capacity"),
        ('[[room]]\nname = "A"\nhours = {}\n', "room[1].hours"),
        ('[[room]]\nname = "A"\nhours = "pagi"\n', "room[1].hours"),
        ('[[room]]\nname = "A"\nfrom = 2027-02-01\nto = 2027-01-31\n', "room[1].to"),
        ('[[room]]\nname = "A"\n[[room.hours]]\ncapacity = 60\n', "room[1].hours[1].from"),
        ('[[room]]\nname = "A"\n[[room.hours]]\nfrom = 2027-01-01\nseats = 60\n', "room[1].hours[1].seats"),
        (
            '[[room]]\nname = "A"\n[[room.hours]]\nfrom = 2027-01-01\n[[room.hours]]\nfrom = 2027-01-01\n',
            "room[1].hours[2].from",
        ),
        ('[[room]]\nname = "A"\n[[room.hours]]\nhours = { mon = ["x"] }\n', "room[1].hours[1].hours.mon[1]"),
        (CLOSURE + "from = 2026-09-10T10:00:00\nto = 2026-09-10T08:00:00\n", "room[1].closure[1].to"),
        (CLOSURE + "from = 2026-09-10\nto = 2026-09-10T08:00:00\n", "room[1].closure[1].from"),
        (CLOSURE + "from = 2026-09-10T08:00:00+07:00\nto = 2026-09-10T10:00:00\n", "room[1].closure[1].from"),
        ('[opd]\nA = ["X"]\nB = ["x"]\n', "opd.B[1]"),
        ('[opd]\nA = ["b"]\nB = []\n', "opd.A[1]"),
        ('[opd]\nA = []\n"a."= []\n', 'opd."a."'),
        ('[opd]\nA = "X"\n', "opd.A"),
    ],
)
def test_rooms_and_opd_that_cannot_be_told_apart_are_refused(text: str, key: str) -> None:
    assert refusal(text).key == key


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (SOURCE.replace("permohonan", "surat"), "source[1].kind"),
        (SOURCE + 'values = "A5"\n', "source[1].values"),
        (SOURCE + 'values = { jalan = { "V" = "A5" } }\n', "source[1].values.jalan"),
        (SOURCE + 'values = { status = { "OK" = 1 } }\n', "source[1].values.status"),
        (SOURCE + 'values = { status = { " " = "disetujui" } }\n', "source[1].values.status"),
        (SOURCE + 'values = { status = { "OK" = "disetujui", "ok " = "ditolak" } }\n', "source[1].values.status"),
        (SOURCE + 'url_env = "X"\nquery = "SELECT 1"\n', "source[1].url_env"),
        (SOURCE + 'query = "SELECT 1"\n', "source[1].query"),
        (DATABASE, "source[1].query"),
        (database("DELETE FROM surat"), "source[1].query"),
        (database("SELECT 1; COMMIT; DROP TABLE surat"), "source[1].query"),
        (database("SELECT ';' AS a /* ; */;DELETE FROM surat"), "source[1].query"),
        (database("SELECT * FROM surat WHERE id > :cursor"), "source[1].cursor"),
        (database("SELECT * FROM surat", 'cursor = "id"'), "source[1].cursor"),
        (DATABASE.replace("ESURAT_URL", "mysql://server/surat"), "source[1].url_env"),
        (DATABASE.replace("ESURAT_URL", "PANTAU_DATABASE_URL"), "source[1].url_env"),
        (SOURCE + 'every = "cepat"\n', "source[1].every"),
        (SOURCE + "every = 5\n", "source[1].every"),
        (SOURCE + 'every = "0m"\n', "source[1].every"),
        (SOURCE + 'date_order = "us"\n', "source[1].date_order"),
        (SOURCE + 'date_order = { tgl_terima = "us" }\n', "source[1].date_order.tgl_terima"),
        (SOURCE + "columns = { no_agenda = 3 }\n", "source[1].columns.no_agenda"),
        (SOURCE + 'columns = { nomor = "No" }\n', "source[1].columns.nomor"),
        (SOURCE + 'columns = { asal = { konst = "x" } }\n', "source[1].columns.asal"),
        (SOURCE + SOURCE, "source[2].name"),
    ],
)
def test_a_source_that_cannot_be_read_is_refused(text: str, key: str) -> None:
    assert refusal(text).key == key


@pytest.mark.parametrize(
    "line",
    [
        'url = "mysql://petugas:rahasia@server/surat"',
        'url = "mysql://petugas:raha@sia@server/surat"',
        'url = "mysql://server/surat?user=petugas&password=rahasia"',
        'query = "SELECT 1 -- mysql://petugas:rahasia@server"',
        'password = "rahasia"',
        'password = "rahasia',
    ],
)
def test_a_password_is_refused_and_never_repeated(line: str) -> None:
    message = sentence(refusal(SOURCE + line + "\n"))
    assert "***" in message
    assert "rahasia" not in message
    assert "sia@" not in message


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (CHECKLIST + "items = []\n", "checklist[1].items"),
        (CHECKLIST + 'items = ["Jaringan"]\n', "checklist[1].items[1]"),
        (CHECKLIST + 'items = [{ name = "AC", weight = 0 }]\n', "checklist[1].items[1].weight"),
        (CHECKLIST + 'items = [{ name = "AC", weight = 1 }, { name = "ac", weight = 2 }]\n',
         "checklist[1].items[2].name"),
        ('[[step_off]]\nstep = "C1"\nfrom = 2026-01-01\n', "step_off[1].step"),
        ('[[step_off]]\nstep = "B3"\n', "step_off[1].from"),
        ('[[step_off]]\nstep = "B3"\nfrom = 2026-01-01\nto = 2025-12-31\n', "step_off[1].to"),
        ('[holders]\nkadin = "Nama"\n', "holders.kadin"),
        ("[holders]\nkadin = { name = 'Nama', nip = 197 }\n", "holders.kadin.nip"),
        ('[retention]\naccess_log = "setahun"\n', "retention.access_log"),
        ('[proxy]\ntrusted = ["127.0.0.1", "proksi"]\n', "proxy.trusted[2]"),
        ('[proxy]\ntrusted = "127.0.0.1"\n', "proxy.trusted"),
        ('[proxy]\naddress = "pantau.contoh"\n', "proxy.address"),
        ('[openid]\nissuer = "http://sso.go.id"\nclient_id = "a"\n', "openid.issuer"),
        ('[openid]\nissuer = "https://sso.go.id?a=b"\nclient_id = "a"\n', "openid.issuer"),
        ('[openid]\nissuer = "https://sso.go.id"\n', "openid.client_id"),
        ('[openid]\nclaim = "name"\n', "openid.claim"),
        ('[openid]\nscopes = ["email"]\n', "openid.scopes"),
        ('[openid]\nsecret_env = "rahasia sekali"\n', "openid.secret_env"),
        ('[openid]\nsecret_env = "PANTAU_SMTP_URL"\n', "openid.secret_env"),
        ("[openid]\npasswords = false\n", "openid.passwords"),
        ('[wall]\nmask_activity = "ya"\n', "wall.mask_activity"),
        ('[wall]\nrotate = "1s"\n', "wall.rotate"),
        ('[wall]\nhold = "2h"\n', "wall.hold"),
        ("[monitoring]\nshare = 90\n", "monitoring.share"),
        ("[monitoring]\nn = 0\n", "monitoring.n"),
        ('[monitoring]\ncoverage = "70%"\n', "monitoring.coverage"),
        ("[monitoring]\nnear = 0.95\n", "monitoring.near"),
    ],
)  # fmt: skip
def test_a_checklist_a_switched_off_step_a_post_or_a_rule_that_cannot_be_is_refused(text: str, key: str) -> None:
    assert refusal(text).key == key
