"""Headline, authors, section, tags and language of an article page, chosen among what the page says of itself."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from crawlers.boilerplate import select
from crawlers.structured import Structured, texts
from crawlers.text import letters, tidy

# How far a place is believed when places disagree on the headline. Places that agree add up.
WEIGHTS = {"selector": 3.0, "h1": 1.2, "json_ld": 1.1, "og": 1.0, "title": 0.5, "twitter": 0.4}
SECOND_H1 = 0.6
CONTAINED = 0.4
SEPARATOR = re.compile(r"\s+[|\-–—•·»«:/]+\s+|\s*[|•]\s*|\s*::\s*")
LONGEST_TITLE = 400
AUTHOR_NAMES = (
    "author",
    "article:author",
    "dc.creator",
    "parsely-author",
    "sailthru.author",
    "byl",
    "cxenseparse:author",
    "dcterms.creator",
)
AUTHOR_NOISE = re.compile(
    r"^(?:by|автор(?:ы)?|авторы?|text|текст|von|par|por|written by|мәтін)\s*[:\-]?\s+", re.IGNORECASE
)
NOT_A_NAME = re.compile(r"https?:|www\.|@|^\d+$|^admin$|^editor$|^редакция$|^null$|^none$", re.IGNORECASE)
BETWEEN_NAMES = re.compile(r"\s*[,;]\s*|\s+(?:and|and by|и|және|und|et|y)\s+")
BETWEEN_TAGS = re.compile(r"\s*[,;]\s*")
LANGUAGE = re.compile(r"^\s*([A-Za-z]{2,3})(?:[-_.]|\s*$)")
LANGUAGE_ALIASES = {"kz": "kk", "kaz": "kk", "rus": "ru", "eng": "en", "iw": "he"}


def title_of(tree: Any, said: Structured, url: str, selector: str | None = None) -> str:
    """Choose the headline: the text most places agree on, without the outlet's name at its end.

    The places are the source's selector, `h1`, JSON-LD, og:title, the title tag and twitter:title.
    """
    names = _site_names(said, url)
    found = [
        (place, _unsited(text, names), weight) for place, text, weight in _candidates(tree, said, selector)
    ]
    found = [entry for entry in found if entry[1] and letters(entry[1]) not in names]
    if not found:
        return ""
    known = {letters(text) for place, text, _ in found if place in ("h1", "json_ld", "selector")}
    cut = [(_cut_to_known(text, known), weight) for _, text, weight in found]
    forms = [letters(text) for text, _ in cut]
    # max() keeps the first of equals: the order of the candidates is the order of preference.
    best = max(
        range(len(cut)), key=lambda place: _support(forms[place], forms, [weight for _, weight in cut])
    )
    return cut[best][0][:LONGEST_TITLE]


def _candidates(tree: Any, said: Structured, selector: str | None) -> list[tuple[str, str, float]]:
    found = [
        ("selector", element_line(element)) for element in (select(tree, selector)[:1] if selector else [])
    ]
    found += [("h1", element_line(element)) for element in list(tree.iter("h1"))[:6]]
    if said.article:
        names = ("headline", "name") if said.is_article else ("headline",)
        found += [
            ("json_ld", text)
            for text in next(filter(None, (texts(said.article.get(name)) for name in names)), [])[:1]
        ]
    found += [("og", said.first("og:title")), ("twitter", said.first("twitter:title"))]
    found += [("title", element_line(element)) for element in list(tree.iter("title"))[:1]]
    weighted: list[tuple[str, str, float]] = []
    for place, text in found:
        again = place == "h1" and any(seen == "h1" for seen, _, _ in weighted)
        weighted.append((place, tidy(html.unescape(text)), SECOND_H1 if again else WEIGHTS[place]))
    return weighted


def element_line(element: Any) -> str:
    """Join all text nodes of an element with spaces."""
    return tidy(" ".join(element.itertext(with_tail=False)))


def _site_names(said: Structured, url: str) -> set[str]:
    """Letters of every name the outlet may put beside its headlines."""
    host = (urlsplit(url).hostname or "").removeprefix("www.") if "//" in url else ""
    names = {letters(name) for name in said.site_names} | {letters(host)}
    names |= {letters(label) for label in host.split(".")[:-1] if len(label) > 2}
    names |= {name.removeprefix("the") for name in names}
    return {name for name in names if len(name) > 1}


def _unsited(title: str, names: set[str]) -> str:
    """Cut the outlet's name (and a section beside it) from the end or the start of a title."""
    for _ in range(3):
        parts = list(SEPARATOR.finditer(title))
        if not parts:
            return title
        tail, head = title[parts[-1].end() :], title[: parts[0].start()]
        if _is_site(tail, names) and title[: parts[-1].start()]:
            title = title[: parts[-1].start()]
        elif _is_site(head, names) and title[parts[0].end() :]:
            title = title[parts[0].end() :]
        else:
            return title
    return title


def _is_site(part: str, names: set[str]) -> bool:
    plain = letters(part)
    return plain.removeprefix("the") in names or plain in names


def _cut_to_known(title: str, known: set[str]) -> str:
    """Cut a title at a separator if what is left is exactly what the headline itself says."""
    if letters(title) in known:
        return title
    for part in reversed(list(SEPARATOR.finditer(title))):
        if letters(title[: part.start()]) in known:
            return title[: part.start()]
    return title


def _support(form: str, forms: list[str], weights: list[float]) -> float:
    """Sum the weights of the places that say the same, and a part of those that say more or less of it."""
    total = 0.0
    for other, weight in zip(forms, weights, strict=True):
        if other == form:
            total += weight
        elif min(len(other), len(form)) >= 12 and (other in form or form in other):
            total += CONTAINED * weight
    return total


def authors_of(tree: Any, said: Structured, selector: str | None = None) -> tuple[str, ...]:
    """Collect the names of the authors, at most ten; the outlet itself is none."""
    found = texts(said.article.get("author")) or texts(said.article.get("creator")) if said.is_article else []
    if not found:
        found = [value for name in AUTHOR_NAMES for value in said.meta.get(name, ())]
    if not found:
        found = [
            element_line(element) for element in tree.xpath("//*[@itemprop='author' or @rel='author']")[:5]
        ]
    if selector and (own := [element_line(element) for element in select(tree, selector)[:5]]):
        found = own
    outlet = {letters(name) for name in said.site_names}
    names = [_name(part) for value in found for part in BETWEEN_NAMES.split(value)]
    return tuple(dict.fromkeys(name for name in names if name and letters(name) not in outlet))[:10]


def _name(text: str) -> str:
    name = tidy(AUTHOR_NOISE.sub("", text)).strip(" .,:;|/—–-")
    return "" if NOT_A_NAME.search(name) or not 2 <= len(name) <= 80 or not letters(name) else name


def section_of(tree: Any, said: Structured, selector: str | None = None) -> str | None:
    """Name the section, or None."""
    own = [element_line(element) for element in select(tree, selector)[:1]] if selector else []
    found = (
        own
        + texts(said.article.get("articleSection"))
        + [said.first("article:section", "og:article:section", "section")]
    )
    return next((text[:120] for text in found if text), None)


def tags_of(tree: Any, said: Structured, selector: str | None = None) -> tuple[str, ...]:
    """Collect the tags, at most thirty."""
    found = [element_line(element) for element in select(tree, selector)] if selector else []
    found = found or said.meta.get("article:tag", []) + said.meta.get("og:article:tag", [])
    found = found or texts(said.article.get("keywords")) if said.is_article else found
    found = found or [said.first("news_keywords", "keywords")]
    tags = (tidy(tag).lstrip("#") for value in found for tag in BETWEEN_TAGS.split(value))
    return tuple(dict.fromkeys(tag for tag in tags if 1 < len(tag) <= 80))[:30]


def language_of(tree: Any, said: Structured) -> str | None:
    """Give the language the page declares (two letters), which need not be the language of its text."""
    root = tree if tree.tag == "html" else next(tree.iter("html"), tree)
    return first_language(
        [
            root.get("lang")
            or root.get("{http://www.w3.org/XML/1998/namespace}lang")
            or root.get("xml:lang")
            or "",
            *texts(said.article.get("inLanguage")),
            said.first("og:locale", "content-language", "language", "dc.language"),
        ]
    )


def order_of_numbers(tree: Any, said: Structured) -> str:
    """Tell how a page of an unknown source writes dates in numbers: "mdy" where it says it is American, else "dmy"."""
    root = next(tree.iter("html"), tree)
    declared = {
        (root.get("lang") or "").lower(),
        said.first("og:locale", "content-language").lower().replace("_", "-"),
    }
    return "mdy" if "en-us" in declared else "dmy"


def first_language(values: Iterable[str]) -> str | None:
    """Return the primary subtag of the first value that is a language tag."""
    for value in values:
        if match := LANGUAGE.match(value):
            code = match[1].lower()
            return LANGUAGE_ALIASES.get(code, code)
    return None
