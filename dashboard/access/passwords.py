"""Which passwords are taken: long ones that nobody guesses, not from lists and not from the office's own words."""

from __future__ import annotations

import re
from collections.abc import Iterable

from data_access.errors import Message
from etl.settings.document import Settings

MINIMUM_LENGTH = 12
"""Signs; a few words that have nothing to do with each other are longer and easy to keep in mind."""

_SCORE = 4
"""Of zxcvbn's five, the last: beyond ten thousand million guesses."""

_MOST_WEIGHED = 72
"""Signs of a password that are weighed; whatever stands behind them makes it no weaker."""

_WORD = re.compile(r"\w{3,}")
_BETWEEN = re.compile(r"[ ._-]+")
"""What people set between words, which makes them no harder to guess."""

_COMMON = (
    "rahasia", "sandi", "katasandi", "bismillah", "alhamdulillah", "assalamualaikum", "indonesia", "merdeka", "garuda",
    "pancasila", "jakarta", "surabaya", "sayang", "cinta", "sayangku", "cintaku", "selamat", "pagi", "bupati",
    "kabupaten", "kantor", "dinas", "pemkab", "kominfo", "admin", "operator", "pengguna", "januari", "februari",
    "maret", "april", "juni", "juli", "agustus", "september", "oktober", "november", "desember", "senin", "selasa",
    "rabu", "kamis", "jumat", "sabtu", "minggu",
)  # fmt: skip
"""What people here take first; zxcvbn's own lists are English."""


def weakness(password: str, own_words: Iterable[str] = ()) -> Message | None:
    """Why a password is not taken, and what to do; None: it is. `own_words`: of the office and the user."""
    if len(password) < MINIMUM_LENGTH:
        return Message("access.password_short", n=MINIMUM_LENGTH)
    if _is_guessed(password, _COMMON):
        return Message("access.password_common")
    if _is_guessed(password, [*_parts(own_words), *_COMMON]):
        return Message("access.password_own")
    return None


def own_words(settings: Settings, name: str) -> list[str]:
    """The names that whoever knows the office would try first."""
    rooms = [room.name for room in settings.rooms]
    agencies = [spelling for opd, aliases in settings.opd.items() for spelling in (opd, *aliases)]
    return [name, "pantau", "Smart Center", settings.office.name or "", *rooms, *agencies]


def _parts(names: Iterable[str]) -> list[str]:
    """Each name whole, without its blanks, and its words, once and in this order."""
    spelled = [name.casefold() for name in names if name]
    words = [word for name in spelled for word in _WORD.findall(name)]
    return list(dict.fromkeys([*words, *spelled, *("".join(_WORD.findall(name)) for name in spelled)]))


def _is_guessed(password: str, words: Iterable[str]) -> bool:
    from zxcvbn import zxcvbn  # only where a password is chosen: its lists are long

    spelled = {password[:_MOST_WEIGHED], _BETWEEN.sub("", password)[:_MOST_WEIGHED]}
    return any(int(zxcvbn(text, user_inputs=list(words))["score"]) < _SCORE for text in spelled)
