"""A settings file that uses every table."""

OFFICE_FILE = """
[office]
timezone = "Asia/Jakarta"
[[calendar.profile]]
name = "Perpres 21/2023"
source = "Perpres 21/2023 pasal 4"
from = 2023-04-12
hours = { mon-thu = ["07:30-12:00", "13:00-16:00"], fri = ["07:30-11:30", "13:00-16:30"] }
[[calendar.profile]]
name = "Ramadan"
kind = "ramadan"
ranges = [[2026-02-19, 2026-03-20]]
hours = { mon-thu = ["08:00-12:00", "12:30-15:00"], fri = ["08:00-11:30", "12:30-15:30"] }
[[calendar.day]]
date = 2026-09-08
name = "Libur daerah"
source = "SE Bupati"
hours = []
[calendar.holidays]
package = true
[[room]]
name = "Smart Center"
aliases = ["SC", "Ruang Smart Center"]
capacity = 50
hours = { mon-fri = ["08:00-12:00", "13:00-16:00"] }
[[room.closure]]
from = 2026-09-10T08:00:00
to = 2026-09-10T10:00:00
reason = "perbaikan AC"
[opd]
"Dinas Kesehatan" = ["Dinkes", "DINAS KESEHATAN KAB. TRENGGALEK"]
[[source]]
name = "e-surat"
kind = "permohonan"
url_env = "ESURAT_URL"
query = "SELECT * FROM surat WHERE id > :cursor ORDER BY id"
cursor = "id"
columns = { no_agenda = "no_agenda", tgl_terima = "tgl_diterima", asal = { const = "tidak disebut" } }
date_order = "ymd"
every = "5m"
[[checklist]]
version = "2026-1"
from = 2026-01-01
items = [{ name = "Jaringan", weight = 2 }]
[[step_off]]
step = "B3"
from = 2023-06-22
[holders]
kadin = { name = "Nama", title = "Kepala Dinas", nip = "1" }
[monitoring]
share = 0.85
n = 8
coverage = 0.6
near = 0.5
[wall]
mask_activity = true
rotate = "30s"
hold = "5m"
[retention]
access_log = "365d"
[privacy]
controller = "Diskominfo Luwu Timur"
contact = "privasi@contoh.go.id"
purposes = "Mengukur waktu layanan"
"""
