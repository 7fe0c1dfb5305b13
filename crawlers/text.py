"""Text of elements as a reader sees it: paragraphs, one space between words, no invisible characters."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from typing import Any

# HTML's block elements, and the names trafilatura gives its own.
BLOCKS = frozenset([
    "address", "article", "aside", "blockquote", "body", "center", "dd", "details", "dialog", "div", "dl",
    "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6",
    "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "tfoot",
    "thead", "tr", "ul", "video", "audio", "head", "item", "list", "quote", "row", "lb", "br", "code",
])  # fmt: skip
CELLS = frozenset({"td", "th", "cell"})
SILENT = frozenset(
    {"script", "style", "noscript", "template", "svg", "iframe", "button", "select", "option", "textarea"}
)
INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
WORD = re.compile(r"[^\W_]+")
TOKEN = re.compile(r"\w+")
CYRILLIC_LETTER = re.compile("[\u0400-\u052f]")
LATIN_LETTER = re.compile("[A-Za-z\u00aa-\u024f]")
KAZAKH = frozenset("әғқңөұүһіӘҒҚҢӨҰҮҺІ")
OTHER_CYRILLIC = ("be", "bg", "ky", "mk", "mn", "sr", "tg", "tt", "uk", "uz", "ba", "cv", "os", "sah")
ENDING = re.compile(r"[.!?…:»”\"')\]]\s*$")


def tidy(text: str) -> str:
    """Collapse white space, drop invisible characters, compose letters (NFC)."""
    return unicodedata.normalize("NFC", " ".join(INVISIBLE.sub("", text).split()))


def letters(text: str) -> str:
    """Reduce a text to its letters and digits, without case: two headlines are the same if these are."""
    return "".join(WORD.findall(unicodedata.normalize("NFKC", text).casefold()))


def tokens(text: str) -> Counter[str]:
    """Count the words of a text without case."""
    return Counter(TOKEN.findall(text.casefold()))


def paragraphs_of(element: Any) -> list[str]:
    """Cut the text of an lxml element at its block elements and line breaks; empty pieces are left out.

    Inline elements are joined exactly as the page has them: the caller has already put the spaces that a
    reader sees around links (`crawlers.boilerplate.prune`).
    """
    lines: list[str] = []
    pieces: list[str] = []

    def close() -> None:
        line = tidy("".join(pieces))
        pieces.clear()
        if line:
            lines.append(line)

    # An explicit stack, since hostile pages nest deeper than Python recurses.
    stack: list[tuple[Any, bool]] = [(element, True)]
    while stack:
        node, opening = stack.pop()
        block = node.tag in BLOCKS
        if block:
            close()
        if opening:
            stack.append((node, False))
            if isinstance(node.tag, str) and node.tag not in SILENT:
                pieces.append(node.text or "")
                stack.extend((child, True) for child in reversed(node))
        else:
            if node.tag in CELLS:
                pieces.append(" ")
            if node is not element:
                pieces.append(node.tail or "")
    close()
    return lines


def ends_like_prose(paragraph: str) -> bool:
    """Whether a paragraph closes as a sentence does."""
    return ENDING.search(paragraph) is not None


def language_of_text(text: str, declared: str | None) -> str | None:
    """Name the language of a body: the declared one, unless its letters contradict it.

    Kazakh is told from Russian by its own letters. This is for the files `extract` writes and for naming editions;
    sentences get their language from the models.
    """
    counts = script_counts(text[:20_000])
    if counts["cyrillic"] + counts["latin"] + counts["other"] < 20:
        return declared
    if counts["cyrillic"] > max(counts["latin"], counts["other"]):
        if declared in OTHER_CYRILLIC:
            return declared
        return "kk" if counts["kazakh"] > 0.02 * counts["cyrillic"] else "ru"
    if counts["latin"] >= counts["other"] and declared in ("ru", *OTHER_CYRILLIC):
        return "en"
    return declared


def script_counts(text: str) -> dict[str, int]:
    """Count letters: cyrillic, latin, other, and how many of the Cyrillic ones are Kazakh alone (`kazakh`)."""
    found = "".join(WORD.findall(text))
    cyrillic, latin = len(CYRILLIC_LETTER.findall(found)), len(LATIN_LETTER.findall(found))
    digits = sum(letter.isdigit() for letter in found)
    kazakh = sum(letter in KAZAKH for letter in found)
    return {
        "cyrillic": cyrillic,
        "latin": latin,
        "other": len(found) - cyrillic - latin - digits,
        "kazakh": kazakh,
    }
