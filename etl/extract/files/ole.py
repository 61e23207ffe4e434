"""The container of the old Office files: which streams it has, and the bytes of one. Layout after [MS-CFB]."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEADER_BYTES = 512
_ENTRY_BYTES = 128
_NONE = 0xFFFFFFFA
_STREAM, _ROOT = 2, 5


class BrokenContainerError(ValueError):
    """The container's tables contradict each other."""


@dataclass(frozen=True)
class _Entry:
    first: int
    size: int


class Container:
    """The streams of a container held in memory.

    Raises BrokenContainerError where its tables lead nowhere or in a circle.
    """

    def __init__(self, content: bytes) -> None:
        if len(content) < _HEADER_BYTES or not content.startswith(MAGIC):
            raise BrokenContainerError
        self._content = content
        shift, mini_shift = struct.unpack_from("<HH", content, 0x1E)
        if shift not in (9, 12) or mini_shift != 6:
            raise BrokenContainerError
        self._size = 1 << shift
        (first_directory,) = struct.unpack_from("<I", content, 0x30)
        self._cutoff, first_mini = struct.unpack_from("<II", content, 0x38)
        self._next = self._allocation()
        self._next_mini = _numbers(self._joined(first_mini))
        self._root, self._entries = _directory(self._joined(first_directory))

    @property
    def names(self) -> frozenset[str]:
        """The names of all streams."""
        return frozenset(self._entries)

    def stream(self, name: str) -> bytes:
        """The bytes of a stream."""
        entry = self._entries[name]
        if entry.size >= self._cutoff:
            return self._joined(entry.first)[: entry.size]
        inner = self._joined(self._root.first)
        places = _chain(self._next_mini, entry.first)
        return b"".join(inner[place * 64 : place * 64 + 64] for place in places)[: entry.size]

    def _sector(self, number: int) -> bytes:
        start = (number + 1) * self._size
        return self._content[start : start + self._size]

    def _joined(self, first: int) -> bytes:
        return b"".join(map(self._sector, _chain(self._next, first)))

    def _allocation(self) -> NDArray[np.uint32]:
        """For each sector the one after it."""
        numbers = _numbers(self._content[0x4C:_HEADER_BYTES]).tolist()
        (following,) = struct.unpack_from("<I", self._content, 0x44)
        seen: set[int] = set()
        while following < _NONE:
            if following in seen or not self._sector(following):
                raise BrokenContainerError
            seen.add(following)
            *more, following = _numbers(self._sector(following)).tolist()
            numbers += more
        return _numbers(b"".join(self._sector(number) for number in numbers if number < _NONE))


def _numbers(data: bytes) -> NDArray[np.uint32]:
    return np.frombuffer(data[: len(data) // 4 * 4], "<u4")


def _chain(following: NDArray[np.uint32], first: int) -> list[int]:
    """Sector numbers from the first one to the end of its chain."""
    found: list[int] = []
    while first < _NONE:
        if first >= len(following) or len(found) > len(following):
            raise BrokenContainerError
        found.append(first)
        first = int(following[first])
    return found


def _directory(data: bytes) -> tuple[_Entry, Mapping[str, _Entry]]:
    """The root's entry, and the streams by name; of two with one name the first counts."""
    root, streams = _Entry(0xFFFFFFFE, 0), {}
    for start in range(0, len(data) - _ENTRY_BYTES + 1, _ENTRY_BYTES):
        name_bytes, kind = struct.unpack_from("<HB", data, start + 64)
        first, size = struct.unpack_from("<II", data, start + 116)
        name = data[start : start + min(max(name_bytes - 2, 0), 64)].decode("utf-16-le", "replace")
        if kind == _STREAM:
            streams.setdefault(name, _Entry(first, size))
        elif kind == _ROOT:
            root = _Entry(first, size)
    return root, streams
