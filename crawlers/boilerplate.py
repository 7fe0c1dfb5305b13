"""What stands on an article page without belonging to the article: found in the tree, then in the paragraphs.

The lists are in `data/boilerplate.toml`. Links to other stories carry the words of those stories into this one, so
they go first; a block that holds the headline or a large part of the text always stays.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

from lxml.etree import XPath

from crawlers.dates import is_date_line
from crawlers.text import ends_like_prose, letters, tidy

LISTS = Path(__file__).parent / "data" / "boilerplate.toml"
LARGE = 0.35
SHORT = 300
HEADLINE = 160
OPENING = r"[\s>»›→►▶•●■◆★*|\-–—–#📌👉🔗❗️⚡️📲📱✅\"“«(\[]*"
PARTS = (
    "div",
    "section",
    "aside",
    "ul",
    "ol",
    "p",
    "a",
    "span",
    "table",
    "figure",
    "blockquote",
    "nav",
    "footer",
)
DROPPED = ("script", "style", "noscript", "template", "svg", "iframe", "figcaption", "button", "nav")
STARTS = (
    "p",
    "div",
    "li",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "blockquote",
    "strong",
    "b",
    "em",
    "i",
    "span",
    "a",
    "td",
    "u",
)
HOLDERS = frozenset([
    "p", "div", "li", "h2", "h3", "h4", "h5", "h6", "blockquote", "td", "section", "aside", "ul", "ol",
    "article", "main", "body", "table", "tr",
])  # fmt: skip
WRAPPERS = frozenset({"div", "section", "article", "main", "body", "aside", "li", "td"})
CASE_CHANGE = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
TEXT_LENGTH = XPath("string-length(normalize-space())")
ARTICLE_BODY = XPath(".//*[@itemprop='articleBody']")
NO_WORD = re.compile(r"[^a-z0-9 ]+")


@dataclass(frozen=True)
class Lists:
    """Compiled `data/boilerplate.toml`."""

    related: re.Pattern[str]
    recalled: re.Pattern[str]
    lines: re.Pattern[str]
    tickers: re.Pattern[str]
    classes: re.Pattern[str]
    challenge_titles: tuple[str, ...]
    challenge_marks: tuple[str, ...]


@cache
def lists() -> Lists:
    """Read the lists once. Patterns are lower case: texts are casefolded before they are matched."""
    table = tomllib.loads(LISTS.read_text(encoding="utf-8"))

    def starting(lines: Iterable[str]) -> re.Pattern[str]:
        return re.compile(OPENING + "(?:" + "|".join(lines) + ")")

    return Lists(
        related=starting(table["related"]),
        recalled=starting(table["recalled"]),
        lines=starting(table["lines"]),
        tickers=re.compile("(?:" + "|".join(table["tickers"]) + ")"),
        classes=re.compile(r"(?:^|[ -])(?:" + "|".join(table["classes"]) + r")(?=$|[ -])"),
        challenge_titles=tuple(table["challenge"]["titles"]),
        challenge_marks=tuple(table["challenge"]["marks"]),
    )


def prune(tree: Any, remove: Sequence[str] = ()) -> None:
    """Take out of the tree, in place, what does not belong to the article.

    Args:
        tree: root of an lxml.html page.
        remove: CSS selectors of the source; one that is no selector is passed over (`sources check` reports it).
    """
    for selector in remove:
        for element in select(tree, selector):
            _drop(element)
    for element in list(tree.iter(*DROPPED)):
        _drop(element)
    text_length = _text_length(tree)
    for element in list(tree.iter(*PARTS)):
        if element.tag == "aside" or _named_so(element):
            _drop_if_small(element, text_length)
    _drop_links_to_other_stories(tree, text_length)
    _space_links(tree)


def _text_length(tree: Any) -> int:
    """Roughly how long the article can be: all `<p>`, or half of the page where it uses none."""
    in_paragraphs = sum(_length(paragraph) for paragraph in tree.iter("p"))
    return in_paragraphs if in_paragraphs >= SHORT else _length(tree) // 2


def select(tree: Any, selector: str) -> list[Any]:
    """Return the elements a CSS selector finds; none for a text that is no selector."""
    compiled = _compiled(selector)
    return list(compiled(tree)) if compiled is not None else []


@lru_cache(maxsize=1024)
def _compiled(selector: str) -> Any:
    from cssselect import SelectorError
    from lxml.cssselect import CSSSelector

    try:
        return CSSSelector(selector, translator="html")
    except SelectorError:
        return None


def _named_so(element: Any) -> bool:
    name = f"{element.get('class') or ''} {element.get('id') or ''}"
    return len(name) > 3 and _is_foreign_name(name[:400])


@lru_cache(maxsize=65536)
def _is_foreign_name(name: str) -> bool:
    plain = CASE_CHANGE.sub("-", name).lower()
    return lists().classes.search(NO_WORD.sub("-", plain)) is not None


def _drop(element: Any) -> None:
    if element.getparent() is not None:
        element.drop_tree()


def _drop_if_small(element: Any, text_length: int) -> None:
    if element.getparent() is None or _length(element) > LARGE * text_length or _within_a_sentence(element):
        return
    if next(element.iter("h1"), None) is None and not ARTICLE_BODY(element):
        element.drop_tree()


def _within_a_sentence(element: Any) -> bool:
    """Whether an inline element is part of a longer line: cutting it out would break a sentence."""
    if element.tag not in ("a", "span"):
        return False
    around = element.getparent()
    return around.tag not in WRAPPERS and _length(around) > 2 * _length(element)


def _length(element: Any) -> int:
    length: Any = TEXT_LENGTH(element)
    return int(length)


def _line(element: Any) -> str:
    return tidy(" ".join(element.itertext(with_tail=False)))


def _link_share(element: Any) -> float:
    length = _length(element)
    linked = _length(element) if element.tag == "a" else sum(_length(link) for link in element.iter("a"))
    return linked / length if length else 0.0


def _drop_links_to_other_stories(tree: Any, text_length: int) -> None:
    found = lists()
    for element in list(tree.iter(*STARTS)):
        start = (element.text or "").strip()
        if not start or len(start) > SHORT:
            continue
        start = start.casefold()
        if match := found.related.match(start):
            _drop_related(_holder(element), match[0], text_length)
        elif found.recalled.match(start):
            _drop_recalled(_holder(element))


def _holder(element: Any) -> Any:
    """The smallest block around an element."""
    while element is not None and element.tag not in HOLDERS:
        element = element.getparent()
    return element


def _drop_related(block: Any, marker: str, text_length: int) -> None:
    if block is None or block.getparent() is None:
        return
    line = _line(block).casefold()
    if not line.startswith(marker.strip()) or len(line) > 2 * SHORT:
        return
    rest = line[len(marker.strip()) :].strip(" :.,–—-→»>")
    if not rest:
        _drop_list_under(block, text_length)
    elif _link_share(block) >= 0.5 or (
        line[len(marker.strip()) :].lstrip().startswith(":") and len(line) <= SHORT
    ):
        block.drop_tree()


def _drop_list_under(heading: Any, text_length: int) -> None:
    """Drop a heading such as `Read also` with the links that follow it, in its box or beside it."""
    parent = heading.getparent()
    for sibling in list(islice(heading.itersiblings(), 12)):
        if _length(sibling) and (_link_share(sibling) < 0.6 or _length(sibling) > LARGE * text_length):
            break
        sibling.drop_tree()
    heading.drop_tree()
    # The heading stood alone in a wrapper: the list is what follows the wrapper.
    if parent is not None and parent.tag in ("div", "section", "p") and not _length(parent):
        following = parent.getnext()
        if (
            following is not None
            and _link_share(following) >= 0.6
            and _length(following) <= LARGE * text_length
        ):
            following.drop_tree()


def _drop_recalled(block: Any) -> None:
    """Drop a paragraph that retells earlier stories if it is mostly a link, or closes the text with one."""
    if (
        block is None
        or block.getparent() is None
        or _length(block) > 2 * SHORT
        or next(block.iter("a"), None) is None
    ):
        return
    following = islice(block.itersiblings("p", "div"), 40)
    last = not any(_length(sibling) > 40 for sibling in following)
    if last or _link_share(block) >= 0.3:
        block.drop_tree()


def _space_links(tree: Any) -> None:
    """Put the space a reader sees between a link and the words around it (`передаетTengrinews.kzсо`)."""
    for link in tree.iter("a"):
        outer, previous = link.getparent(), link.getprevious()
        left = (previous.tail if previous is not None else outer.text if outer is not None else None) or ""
        if left and (left[-1].isalnum() or left[-1] in ".,;:!?") and _inside(link)[:1].isalnum():
            _pad(outer, previous)
        if link.tail and link.tail[0].isalnum() and _inside(link)[-1:].isalnum():
            link.tail = f" {link.tail}"


def _inside(link: Any) -> str:
    return "".join(link.itertext(with_tail=False))


def _pad(outer: Any, previous: Any) -> None:
    if previous is not None:
        previous.tail = f"{previous.tail} "
    else:
        outer.text = f"{outer.text} "


def clean_paragraphs(paragraphs: Iterable[str], title: str = "") -> list[str]:
    """Drop paragraphs that are about the site or lead to other stories, the repeated title and a repeated lead.

    Args:
        paragraphs: the article's paragraphs in order.
        title: its headline; a first paragraph that only repeats it is dropped.
    """
    kept: list[str] = []
    under_related = 0
    for paragraph in paragraphs:
        lower = paragraph.casefold()
        if under_related and len(paragraph) <= HEADLINE and not ends_like_prose(paragraph):
            under_related -= 1
            continue
        under_related = 5 if _is_bare_marker(lower) else 0
        if not under_related and not _is_noise(lower) and not is_date_line(paragraph):
            kept.append(paragraph)
    return _without_repeats(kept, title)


def _is_bare_marker(lower: str) -> bool:
    match = lists().related.match(lower)
    return match is not None and not lower[match.end() :].strip(" :.,–—-→»>")


def _is_noise(lower: str) -> bool:
    if len(lower) > SHORT:
        return False
    found = lists()
    if match := found.related.match(lower):
        return lower[match.end() :].lstrip().startswith(":") or lower[: match.end()].rstrip().endswith(":")
    return found.lines.match(lower) is not None or found.tickers.match(lower) is not None


def _without_repeats(paragraphs: list[str], title: str) -> list[str]:
    """Drop the title at the top, a lead printed twice, and any long paragraph seen before."""
    headline, kept, seen = letters(title), [], set()
    for place, paragraph in enumerate(paragraphs):
        plain = letters(paragraph)
        if plain in seen and len(plain) > 40:
            continue
        if place < 2 and headline and plain == headline:
            continue
        if (
            place == 0
            and len(plain) > 40
            and len(paragraphs) > 1
            and letters(paragraphs[1]).startswith(plain)
        ):
            continue
        seen.add(plain)
        kept.append(paragraph)
    return kept
