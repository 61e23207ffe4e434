"""The text of a PDF as its reader copies it, for PDFs of one writer: page streams, font maps, nothing else."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

_OBJECT = re.compile(rb"(\d+) 0 obj\s*(.*?)(stream\r?\n|endobj)", re.DOTALL)
_TOKEN = re.compile(rb"\(|<[0-9A-Fa-f]*>|/[^\s/\[\]()<>]+|[^\s/\[\]()<>]+")
_STREAM = b"\nstream\n"
_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def pdf_text(pdf: bytes) -> str:
    """All pages, in the order in which they are drawn, every gap as one blank."""
    objects = _objects(pdf)
    return " ".join(_page_text(objects, page) for page in _pages(objects))


def page_count(pdf: bytes) -> int:
    """How many pages."""
    return len(list(_pages(_objects(pdf))))


def _objects(pdf: bytes) -> dict[int, bytes]:
    """Every object by number, those packed into object streams too; a stream's content stands unpacked behind it."""
    bodies, at = {}, 0
    while match := _OBJECT.search(pdf, at):
        head, at = match[2], match.end()
        if match[3] != b"endobj":
            length = int(re.search(rb"/Length (\d+)", head)[1])  # type: ignore[index]
            content, at = pdf[at : at + length], at + length
            head += _STREAM + (zlib.decompress(content) if b"FlateDecode" in head else content)
        bodies[int(match[1])] = head
    for body in list(bodies.values()):
        if b"/ObjStm" in body.partition(_STREAM)[0]:
            bodies |= _unpacked(body)
    return bodies


def _unpacked(body: bytes) -> dict[int, bytes]:
    content = _stream(body)
    first, count = (int(re.search(rb"/%s (\d+)" % name, body)[1]) for name in (b"First", b"N"))  # type: ignore[index]
    heads = [int(part) for part in content[:first].split()][: 2 * count]
    starts = [*heads[1::2], len(content) - first]
    return {
        number: content[first + start : first + end]
        for number, start, end in zip(heads[::2], starts, starts[1:], strict=False)
    }


def _stream(body: bytes) -> bytes:
    return body.partition(_STREAM)[2]


def _pages(objects: dict[int, bytes]) -> Iterator[bytes]:
    root = next(body for body in objects.values() if re.search(rb"/Type\s*/Pages\b", body) and b"/Parent" not in body)
    yield from _kids(objects, root)


def _kids(objects: dict[int, bytes], node: bytes) -> Iterator[bytes]:
    if not re.search(rb"/Type\s*/Pages\b", node):
        yield node
        return
    for number in re.findall(rb"(\d+) 0 R", re.search(rb"/Kids\s*\[(.*?)\]", node, re.DOTALL)[1]):  # type: ignore[index]
        yield from _kids(objects, objects[int(number)])


def _page_text(objects: dict[int, bytes], page: bytes) -> str:
    resources = _part(objects, page, b"Resources")
    fonts = _part(objects, resources, b"Font")
    maps = {name: _map(objects, objects[int(number)]) for name, number in re.findall(rb"/(\w+)\s+(\d+) 0 R", fonts)}
    numbers = re.search(rb"/Contents\s*(?:\[(.*?)\]|(\d+) 0 R)", page, re.DOTALL)
    listed = re.findall(rb"(\d+) 0 R", numbers[1]) if numbers and numbers[1] else [numbers[2]] if numbers else []
    return _words(b"\n".join(_stream(objects[int(number)]) for number in listed), maps)


def _part(objects: dict[int, bytes], body: bytes, name: bytes) -> bytes:
    """A dictionary inside another, written there or referred to."""
    match = re.search(rb"/" + name + rb"\s*(?:(\d+) 0 R|<<)", body)
    if match is None:
        return b""
    return objects[int(match[1])] if match[1] else body[match.end() :]


def _map(objects: dict[int, bytes], font: bytes) -> dict[int, str]:
    """Glyph to text, as the font says it."""
    match = re.search(rb"/ToUnicode\s+(\d+) 0 R", font)
    content = _stream(objects[int(match[1])]) if match else b""
    glyphs: dict[int, str] = {}
    for block in re.findall(rb"beginbfchar(.*?)endbfchar", content, re.DOTALL):
        for glyph, text in re.findall(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block):
            glyphs[int(glyph, 16)] = _utf16(text)
    for block in re.findall(rb"beginbfrange(.*?)endbfrange", content, re.DOTALL):
        for first, last, text in re.findall(rb"<(\w+)>\s*<(\w+)>\s*<(\w+)>", block):
            for place, glyph in enumerate(range(int(first, 16), int(last, 16) + 1)):
                glyphs[glyph] = chr(int(text, 16) + place)
    return glyphs


def _utf16(text: bytes) -> str:
    return bytes.fromhex(text.decode()).decode("utf-16-be")


def _words(content: bytes, maps: dict[bytes, dict[int, str]]) -> str:
    parts: list[str] = []
    known: dict[int, str] = {}
    name, shown = b"", []
    for token in _tokens(content):
        if token.startswith(b"/"):
            name = token[1:]
        elif token.startswith((b"(", b"<")):
            shown.append(token)
        elif token == b"Tf":
            known = maps.get(name, {})
        elif token in (b"TJ", b"Tj"):
            parts += [_glyphs(text, known) for text in shown]
        parts += [" "] if token in (b"BT", b"ET") else []
        shown = shown if token.startswith((b"(", b"<")) or _is_number(token) else []
    return " ".join("".join(parts).split())


def _is_number(token: bytes) -> bool:
    return re.fullmatch(rb"[-+.\d]+", token) is not None


def _tokens(content: bytes) -> Iterator[bytes]:
    """Names, numbers, operators and strings, these in their brackets; brackets inside a string may be balanced."""
    at = 0
    while match := _TOKEN.search(content, at):
        at = match.end()
        if match[0] == b"(":
            start, depth = match.start(), 1
            while depth:
                sign = content[at : at + 1]
                depth += {b"(": 1, b")": -1}.get(sign, 0)
                at += 2 if sign == b"\\" else 1
            yield content[start:at]
        else:
            yield match[0]


def _glyphs(text: bytes, known: dict[int, str]) -> str:
    codes = bytes.fromhex(text[1:-1].decode()) if text[:1] == b"<" else _unescaped(text[1:-1])
    return "".join(known.get(int.from_bytes(codes[at : at + 2]), "") for at in range(0, len(codes), 2))


def _unescaped(text: bytes) -> bytes:
    def plain(match: re.Match[bytes]) -> bytes:
        sign = match[1]
        return bytes([int(sign, 8)]) if sign.isdigit() else _ESCAPES.get(sign, sign)

    return re.sub(rb"\\([0-7]{1,3}|.)", plain, text, flags=re.DOTALL)
