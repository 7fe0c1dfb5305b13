"""A sentence cut into tokens that know what they may be: numerals, words of the grammar, nouns of groups, places."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from models.claims.grammar import Grammar, Grammars, Numerals
from models.lexicon import Match
from models.text import fold_with_offsets, is_latin
from models.transliteration import skeleton

_DIGITS = r"\d{1,3}(?:[ ']\d{3})+(?![\d])(?:[.,]\d{1,2}(?!\d))?|\d{1,3}(?:[.,]\d{3})+(?!\d)(?:[.,]\d{1,2}(?!\d))?|\d+(?:[.,]\d+)?"
_TOKEN = re.compile(
    rf"(?P<other>\d{{1,4}}(?:[./]\d{{1,2}}){{2}}\d*|\d{{1,2}}:\d\d|[^\W\d_]+-?\d[\w-]*|\d+/\d+)"
    rf"|(?P<number>{_DIGITS})(?P<tail>-[^\W\d_]+)?"
    r"|(?P<word>[^\W\d_]+(?:'[^\W\d_]*)*)|(?P<mark>[^\w\s])"
)
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
_DIGIT = re.compile(r"\d")
_GROUPED = re.compile(r"\d{1,3}([ '.,])\d{3}(?!\d)")
_YEARS = range(1800, 2101)
CLAUSE_ENDS = frozenset(",;:.!?()…")


@dataclass(slots=True)
class Token:
    """One token: its folded text, where it lies in the original, and what it may be."""

    text: str
    start: int
    end: int
    kind: str
    """``number``, ``word``, ``mark`` or ``other`` (dates, times, codes: nothing to count)."""
    spaced: bool
    """White space stands before it."""
    value: float = 0.0
    tail: str = ""
    """Letters glued to digits with a hyphen, without it."""
    thousands: bool = False
    """Digits that could be read as a decimal too, "1,500": what follows decides."""
    bare: bool = False
    """Digits only: no separator, no tail."""
    numeral: Mapping[str, float] = field(default_factory=dict)
    """What a word is as a number, by kind; empty: none."""
    marks: dict[str, int] = field(default_factory=dict)
    """Classes of the grammar with the number of tokens that the pattern covers from here."""

    @property
    def is_year(self) -> bool:
        """Four bare digits that could name a year."""
        return self.bare and len(self.text) == 4 and int(self.value) in _YEARS


@dataclass(slots=True)
class Sentence:
    """Tokens, with the grammar that reads them."""

    text: str
    tokens: list[Token]
    grammar: Grammar
    numerals: Numerals
    latin: bool
    ends: dict[str, dict[int, int]]
    """Where patterns of a class begin, by the place after their end."""

    def __len__(self) -> int:
        return len(self.tokens)

    def has(self, place: int, name: str) -> int:
        """How many tokens a pattern of a class covers from a place on; 0: none."""
        return self.tokens[place].marks.get(name, 0) if 0 <= place < len(self.tokens) else 0

    def any(self, place: int, *names: str) -> int:
        """The same for several classes, the longest."""
        return max(self.has(place, name) for name in names)

    def speaks_of_people(self) -> bool:
        """Whether any word could denote people: without one, no number counts them."""
        return any(
            name in _PEOPLE or name.startswith(_ABOUT_PEOPLE) for token in self.tokens for name in token.marks
        )

    def may_begin(self, place: int) -> bool:
        """Whether an amount can begin at a place: digits, a numeral, "каждый", "several"."""
        token = self.tokens[place]
        if token.kind != "word":
            return token.kind in ("number", "other")
        return bool(token.numeral) or not _BEGINNINGS.isdisjoint(token.marks)

    def before(self, place: int, name: str) -> int | None:
        """Where the pattern of a class begins that ends right before a place."""
        return self.ends.get(name, {}).get(place)

    def labelled(self, place: int, prefix: str) -> tuple[str, int] | None:
        """The longest mark of a kind (``noun:``, ``adj:``, ``place:``, ``dir:``) at a place: its name and length."""
        if not 0 <= place < len(self.tokens):
            return None
        marks = self.tokens[place].marks
        found = [(length, name) for name, length in marks.items() if name.startswith(prefix)]
        if not found:
            return None
        length, name = max(found, key=lambda each: each[0])
        return name.removeprefix(prefix), length

    def number_of(self, place: int, kind: str) -> float | None:
        """The value of a numeral word of one kind; None where it is none."""
        return self.tokens[place].numeral.get(kind) if 0 <= place < len(self.tokens) else None

    def spelled(self, place: int) -> str:
        """A word as endings and numerals are compared: by sound where the text is in Latin script."""
        word = self.tokens[place].text
        return skeleton(word) if self.latin else word

    def is_mark(self, place: int, *marks: str) -> bool:
        """Whether one of some punctuation marks stands at a place."""
        return 0 <= place < len(self.tokens) and self.tokens[place].text in marks

    def clause(self, place: int) -> tuple[int, int]:
        """The stretch between the punctuation around a place, end exclusive."""
        start = end = place
        while start > 0 and self.tokens[start - 1].text not in CLAUSE_ENDS:
            start -= 1
        while end < len(self.tokens) and self.tokens[end].text not in CLAUSE_ENDS:
            end += 1
        return start, end


_ABOUT_PEOPLE = ("noun:", "adj:", "dir:", "place:")
_PEOPLE = frozenset({"person", "anaphor", "own", "own_nation", "population"})
_BEGINNINGS = frozenset({"each", "several", "couple"})
_NO_NUMERAL: Mapping[str, float] = {}


def may_count(text: str, grammar: Grammar) -> bool:
    """Whether a text can hold a number at all: cheap, for the many that do not."""
    if _DIGIT.search(text):
        return True
    words = _WORD.findall(text.lower().replace("ё", "е"))
    if not grammar.countable.isdisjoint(words):
        return True
    return grammar.lang == "kk" and is_latin(text) and not grammar.countable.isdisjoint(map(skeleton, words))


def cut(text: str, matches: Sequence[Match], grammar: Grammar, grammars: Grammars) -> Sentence:
    """Read a sentence into tokens.

    Args:
        text: the original sentence; all offsets refer to it.
        matches: what the project's lexicon found in it.
        grammar: of its language.
        grammars: the groups that lexicon patterns stand for.
    """
    folded, offsets = fold_with_offsets(text)
    latin = grammar.lang == "kk" and is_latin(folded)
    tokens = _tokens(folded, offsets)
    sentence = Sentence(text, tokens, grammar, grammar.by_sound if latin else grammar.numerals, latin, {})
    for place, token in enumerate(tokens):
        if token.kind == "word":
            token.numeral = sentence.numerals.get(sentence.spelled(place), _NO_NUMERAL)
    _mark(sentence, grammar.words.match(text, grammar.lang), {})
    _mark(sentence, matches, grammars.groups)
    return sentence


def _tokens(folded: str, offsets: Sequence[int]) -> list[Token]:
    found: list[Token] = []
    last = 0
    for match in _TOKEN.finditer(folded):
        kind = match.lastgroup or "mark"
        kind = "number" if kind == "tail" else kind
        start, end = match.span()
        text = match.group("number") or match.group()
        token = Token(text, offsets[start], offsets[end - 1] + 1, kind, start > last or not found)
        if kind == "number":
            _value(token, match.group("tail") or "")
        if not _is_abbreviation_dot(token, found):
            found.append(token)
        last = end
    return found


def _value(token: Token, tail: str) -> None:
    """The value of digits; where a separator could mean two things, three digits after it mean thousands."""
    token.tail = tail.removeprefix("-")
    plain = token.text
    grouped = _GROUPED.match(plain)
    token.thousands = bool(grouped and grouped.group(1) in ".," and len(re.findall(r"[.,]", plain)) == 1)
    if grouped:
        whole, *rest = re.split(r"(?<=\d{3})[.,](?=\d{1,2}$)", plain)
        plain = re.sub(r"[ '.,]", "", whole) + ("." + rest[0] if rest else "")
    token.value = float(plain.replace(",", "."))
    token.bare = token.text.isdigit()


def _is_abbreviation_dot(token: Token, found: list[Token]) -> bool:
    """The stop of "тыс." or "г." is no token."""
    return token.text == "." and bool(found) and not token.spaced and found[-1].text in _SHORT


_SHORT = frozenset(["тыс", "млн", "млрд", "г", "гг", "ж", "жж", "чел", "прибл", "no", "долл"])


def _mark(sentence: Sentence, matches: Sequence[Match], groups: Mapping[tuple[str, str], str]) -> None:
    """Note on tokens what begins there; with `groups`, only what denotes people of a group."""
    begins = {token.start: place for place, token in enumerate(sentence.tokens)}
    stops = {token.end: place + 1 for place, token in enumerate(sentence.tokens)}
    for match in matches:
        place, stop = begins.get(match.start), stops.get(match.end)
        name = match.concept
        if groups:
            target = groups.get((match.concept, match.pattern))
            name = f"noun:{target}" if target else ""
        if place is None or stop is None or not name:
            continue
        marks = sentence.tokens[place].marks
        marks[name] = max(marks.get(name, 0), stop - place)
        earlier = sentence.ends.setdefault(name, {})
        earlier[stop] = min(earlier.get(stop, place), place)
