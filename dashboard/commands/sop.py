"""SOPs of their own: `pantau sop`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dashboard.commands import common, draft
from data_access.errors import Message, PantauError

if TYPE_CHECKING:
    from etl.sop_files import SopRead

group = typer.Typer(help="SOP dari berkas: memeriksa; merancang dari log.", no_args_is_help=True)

group.command("draft", help=draft.DRAFT_HELP)(draft.draft)

CHECK_HELP = """Memeriksa berkas SOP: TOML, atau lembar kerja menurut bentuk Permenpan-RB 35/2012.

Semua yang tidak dapat dipakai disebut sekaligus. Kode keluar: 0 baik; 1 dapat dipakai, tetapi ada yang dibaca dengan
dugaan; 2 ditolak."""


@group.command("check", help=CHECK_HELP)
def check(
    file: Annotated[Path, typer.Argument(metavar="BERKAS", help="Berkas .toml, .xlsx, .xls atau .ods.")],
    roles: Annotated[
        str | None,
        typer.Option(
            "--roles",
            help="Peran yang ada pemegangnya, dipisah koma; langkah dengan peran lain ditolak.",
            show_default=False,
        ),
    ] = None,
    json: common.JsonOption = False,
) -> None:
    """Check the file of an SOP."""
    from etl.sop_files import read_sop_file

    held = None if roles is None else tuple(role.strip() for role in roles.split(",") if role.strip())
    try:
        read = read_sop_file(file, held)
    except PantauError as refusal:
        _tell(json, [_line(None, refusal)], [])
        raise typer.Exit(common.REFUSED) from None
    problems = [_line(_step_of(one.key), one) for one in read.problems]
    uncertain = [_line(note.step, note.message) for note in read.notes]
    _tell(json, problems, uncertain, *([] if problems else _summary(read)))
    if problems or uncertain:
        raise typer.Exit(common.REFUSED if problems else common.NEEDS_A_PERSON)


def _step_of(key: str | Message) -> str | None:
    """The code of the step that a key belongs to: A4 of `langkah.A4.waktu_detik`."""
    table, _, rest = str(key).partition(".")
    code = rest.partition(".")[0]
    return code if table == "langkah" and code not in ("", "*") else None


def _line(step: str | None, said: PantauError | Message) -> dict[str, Any]:
    from etl.domain.errors import RuleError

    code = said.expected.code if isinstance(said, RuleError) else said.code
    return {"step": step, "code": code.rpartition(".")[2], "message": common.words(said)}


def _tell(as_json: bool, problems: list[dict[str, Any]], uncertain: list[dict[str, Any]], *lines: str) -> None:
    document = {"status": "refused" if problems else "ok", "problems": problems, "uncertain": uncertain}
    common.answer(as_json, document, *(one["message"] for one in (*problems, *uncertain)), *lines)


def _summary(read: SopRead) -> list[str]:
    from dashboard.i18n import Formats, Language

    version, f = read.version, Formats(Language.INDONESIAN, common.HOME_ZONE)
    path, series = (f.duration(seconds()) for seconds in (version.critical_path_seconds, version.series_seconds))
    return [
        common.words(
            Message("command.sop_good", title=version.title, count=len(version.steps), path=path, series=series)
        )
    ]
