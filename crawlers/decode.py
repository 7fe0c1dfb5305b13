"""Bytes of a page to text: what the header says, what the page says, and what the bytes themselves say."""

from __future__ import annotations

import codecs
import re

META = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_.:\-]{2,40})""", re.IGNORECASE)
XML = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9_.:\-]{2,40})""", re.IGNORECASE)
MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# What browsers read under these names.
BROADER = {
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "iso8859-9": "cp1254",
}
# Some damage is normal on a page (a string cut in the middle of a letter); more means another encoding.
DAMAGE = 0.002
SAMPLE = 65536
CONTROLS = bytes([*range(9), 11, *range(14, 32), 127])
CYRILLIC = ("cp1251", "koi8-r", "cp866")
FREQUENT = "оеаинтслвркмдпуяыьзгбчйжшхюцщэфъёқғәңөұүһі"


def decode(raw: bytes, declared: str | None = None) -> str:
    """Decode a page. Never raises; bytes that mean nothing become U+FFFD, NUL and other controls are dropped.

    Args:
        raw: the body as received (already without content encoding).
        declared: the charset of the Content-Type header, if any.

    The order is: byte order mark; valid UTF-8 that is not plain ASCII (no other encoding looks like it); the
    header; the page's own declaration; detection among Cyrillic encodings, then in general. A declaration is
    believed only if nearly all bytes fit it, so windows-1251 declared as utf-8 is read as what it is.
    """
    # No letter of UTF-8 contains an ASCII byte, so the controls can be cut out of the bytes: that is the fast way.
    return _text(raw, declared).encode("utf-8", "replace").translate(None, CONTROLS).decode("utf-8")


def is_binary(raw: bytes) -> bool:
    """Whether bytes are no text in any encoding: a twentieth of them are controls other than NUL, and no BOM."""
    sample = raw[:SAMPLE]
    if any(sample.startswith(mark) for mark, _ in MARKS):
        return False
    return len(sample) - len(sample.translate(None, CONTROLS[1:])) > len(sample) // 20


def _text(raw: bytes, declared: str | None) -> str:
    for mark, name in MARKS:
        if raw.startswith(mark):
            return raw.decode(name, errors="replace").lstrip("\ufeff")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        pass
    fitting = (_fitting(raw, name) for name in (declared, _declared_inside(raw), "utf-8"))
    return next((text for text in fitting if text is not None), None) or _detected(raw)


def _declared_inside(raw: bytes) -> str | None:
    match = META.search(raw, 0, 8192) or XML.match(raw, 0, 512)
    return match[1].decode("ascii") if match else None


def _fitting(raw: bytes, name: str | None) -> str | None:
    """Decode by a declared name if it is known and nearly all bytes fit."""
    try:
        codec = codecs.lookup(name).name if name else ""
        if not codec or not codecs.lookup(codec)._is_text_encoding:
            return None
        text = raw.decode(BROADER.get(codec, codec), errors="replace")
    except (LookupError, ValueError):
        return None
    return text if text.count("\ufffd") <= max(2, DAMAGE * len(text)) else None


def _detected(raw: bytes) -> str:
    scored = [(_likeness(raw[:SAMPLE], name), name) for name in CYRILLIC]
    best, name = max(scored)
    if best > 0.5:
        return raw.decode(name, errors="replace")
    from charset_normalizer import from_bytes

    guess = from_bytes(raw[:SAMPLE]).best()
    return raw.decode(guess.encoding if guess else "cp1252", errors="replace")


def _likeness(raw: bytes, name: str) -> float:
    """Share of the non-ASCII characters that are the lower-case letters Cyrillic texts mostly consist of."""
    letters = [letter for letter in raw.decode(name, errors="replace") if letter > "\x7f"]
    return sum(letter in FREQUENT for letter in letters) / len(letters) if letters else 0.0
