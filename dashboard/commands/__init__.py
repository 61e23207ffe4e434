"""The command line `pantau`: parse, ask, print. Heavy imports stay inside the commands."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable

import typer

from dashboard.commands.common import INTERNAL_ERROR, REFUSED, report_crash, say_error, words
from data_access.errors import PantauError

MODULES = (
    "demo", "serve", "ingest", "watch", "figures", "condition", "case", "clock", "report", "settings", "check", "user",
    "screen", "schedule",
)  # fmt: skip

app = typer.Typer(
    name="pantau",
    help="Mengukur, langkah demi langkah dan dalam jam kerja, apakah SOP Smart Center dipatuhi.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

for _name in MODULES:
    importlib.import_module(f"dashboard.commands.{_name}").register(app)


def main() -> None:
    """The entry point: exit code 0 well, 1 somebody must look, 2 refused, 70 internal error."""
    os.umask(0o077)  # what is written here is for its owner only: records hold password hashes
    answering(lambda: app(prog_name="pantau"))


def answering(work: Callable[[], object]) -> None:
    """Do something and turn what goes wrong into a sentence and an exit code, never a trace."""
    try:
        work()
    except PantauError as refusal:
        say_error(words(refusal))
        sys.exit(REFUSED)
    except BrokenPipeError:
        sys.exit(0)
    except Exception as crash:  # the last resort: a sentence and a reference instead of a trace
        report_crash(crash)
        sys.exit(INTERNAL_ERROR)
