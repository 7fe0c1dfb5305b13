"""Composing stories: ordinary news from patterns, on-target stories from coded sentences, events from their own lines.

Every sentence keeps its label, and no story is let through that is nearly another one.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence
from typing import TypeVar

from crawlers.newsroom import stock
from crawlers.newsroom.errors import StockExhausted
from crawlers.newsroom.model import Draft, Sentence
from crawlers.newsroom.shingles import Guard
from crawlers.newsroom.stock import CodedArticle, Theme
from crawlers.newsroom.wording import Variation, Writer

T = TypeVar("T")
BOUND = 0.28  # the highest similarity between two distinct stories; tests ask for 0.3
ATTEMPTS = 120
TITLE_ATTEMPTS = 8
FROM_STOCK = 0.06  # ordinary stories that retell a stock article about none of the targets
WITH_FILLER = 0.35  # ordinary stories that end on two lines from somewhere else


class Composer:
    """Writes the stories of one language; `rng` decides everything, so the same calls give the same stories."""

    def __init__(self, language: str, rng: random.Random) -> None:
        self.language = language
        self.rng = rng
        self.guard = Guard(BOUND)
        self.used: Counter[str] = Counter()
        articles = stock.coded_articles(language)
        self.plain = [article for article in articles if article.target is None]
        self.coded = [article for article in articles if article.target is not None]

    def ordinary(self) -> Draft:
        """Return a story about none of the targets."""
        return self._admitted("ordinary", self._ordinary)

    def calm(self) -> Draft:
        """Return a story about a target without one securitizing sentence."""
        return self._admitted("calm", self._calm)

    def alarming(self) -> Draft:
        """Return a story with at least one securitizing sentence from the stock."""
        return self._admitted("alarming", self._alarming)

    def of_event(self, name: str) -> Draft:
        """Return a story of a planted event: a spike, a debunking wave or a slow rise."""
        theme = stock.event_themes(self.language)[name]
        return self._admitted(name, lambda: self._event(theme))

    def whole(self, name: str) -> tuple[Draft, tuple[Sentence, ...]]:
        """Return an event's lines as one story in their own order, and the further titles written for it."""
        theme = stock.event_themes(self.language)[name]
        writer = Writer(self.language, self.rng)
        first, *others = (writer.write(title) for title in theme.titles)
        draft = Draft(first, tuple(writer.write(line) for line in theme.body), theme.name)
        self.guard.admit(draft.text)
        return draft, tuple(others)

    def _admitted(self, kind: str, compose: Callable[[], Draft]) -> Draft:
        for _ in range(ATTEMPTS):
            draft = compose()
            if self.guard.admit(draft.text):
                return draft
        raise StockExhausted(self.language, kind)

    # ordinary news

    def _ordinary(self) -> Draft:
        return self._retold() if self.rng.random() < FROM_STOCK else self._news()

    def _news(self) -> Draft:
        theme = self._least_used(stock.news(self.language), lambda theme: theme.name)
        writer = Writer(self.language, self.rng)
        lines = [self.rng.choice(theme.leads), *self.rng.sample(theme.body, self.rng.randint(4, 7))]
        body = [writer.write(line) for line in lines]
        if self.rng.random() < WITH_FILLER:
            body += self._filler(2)
        return Draft(self._fresh_title(theme, writer), tuple(body), theme.name)

    def _fresh_title(self, theme: Theme, writer: Writer) -> Sentence:
        """Return a title not printed before, if a few attempts find one."""
        for _ in range(TITLE_ATTEMPTS):
            title = writer.write(self.rng.choice(theme.titles))
            if not self.used[title.text]:
                break
        self.used[title.text] += 1
        return title

    def _retold(self) -> Draft:
        article = self._least_used(self.plain, lambda article: article.id)
        vary = Variation(self.language, self.rng)
        keep = sorted(self.rng.sample(range(1, len(article.body)), len(article.body) - 3))
        body = [vary.apply(article.body[place]) for place in (0, *keep)] + self._filler(1)
        return Draft(vary.apply(article.title), tuple(body), article.topic)

    def _filler(self, count: int) -> list[Sentence]:
        """Return neighbouring sentences about no target, from any stock article that has them."""
        for _ in range(ATTEMPTS):
            body = self.rng.choice(self.plain if self.rng.random() < 0.6 else self.coded).body
            start = self.rng.randrange(len(body))
            found = body[start : start + count]
            if len(found) == count and all(sentence.label.move == "irrelevant" for sentence in found):
                vary = Variation(self.language, self.rng)
                return [vary.apply(sentence) for sentence in found]
        return []

    # on-target stories

    def _calm(self) -> Draft:
        pool = [article for article in self.coded if article.title.label.move != "securitizing"]
        anchor = self._least_used(pool, lambda article: article.id)
        own = self._run([s for s in anchor.body if not s.securitizing], self.rng.randint(3, 5))
        if not any(sentence.label.targets for sentence in own):
            own = [s for s in anchor.body if s.label.move in ("neutral", "desecuritizing")][:4]
        return self._with_second(anchor, own, self.rng.randint(1, 3))

    def _alarming(self) -> Draft:
        pool = [article for article in self.coded if any(s.securitizing for s in article.body)]
        anchor = self._least_used(pool, lambda article: article.id)
        places = [place for place, sentence in enumerate(anchor.body) if sentence.securitizing]
        chosen = self._least_used(places, lambda place: anchor.body[place].text)
        start = max(0, chosen - self.rng.randint(1, 2))
        own = list(anchor.body[start : chosen + self.rng.randint(2, 3)])
        return self._with_second(anchor, own, self.rng.randint(1, 2))

    def _with_second(self, anchor: CodedArticle, own: list[Sentence], others: int) -> Draft:
        """Vary the anchor's sentences, then a few quiet ones of another article on the same target, then filler."""
        second = self.rng.choice(
            [article for article in self.coded if article.target == anchor.target and article != anchor]
        )
        run = self._run([s for s in second.body if not s.securitizing], others)
        vary, other = Variation(self.language, self.rng), Variation(self.language, self.rng)
        body = [vary.apply(s) for s in own] + [other.apply(s) for s in run]
        body += self._filler(self.rng.randint(1, 2))
        return Draft(vary.apply(anchor.title), tuple(body), anchor.topic)

    def _run(self, sentences: Sequence[Sentence], length: int) -> list[Sentence]:
        start = self.rng.randint(0, max(0, len(sentences) - length))
        return list(sentences[start : start + length])

    # planted events

    def _event(self, theme: Theme) -> Draft:
        moves = {move: [s for s in theme.body if s.label.move == move] for move in set(stock.MOVES.values())}
        loud = "securitizing" if moves["securitizing"] else "desecuritizing"
        lines = self._lines(
            moves[loud], self.rng.choice((1, 1, 2, 2, 3) if loud == "securitizing" else (2, 3))
        )
        if loud == "securitizing" and self.rng.random() < 0.2:
            lines += self._lines(moves["desecuritizing"], 1)
        quiet = self._lines(moves["irrelevant"], self.rng.randint(1, 2))
        opening = self._lines(moves["neutral"], self.rng.randint(1, 2))
        mixed = lines + quiet
        self.rng.shuffle(mixed)
        writer = Writer(self.language, self.rng)
        title = self._least_used(theme.titles, lambda title: title.text)
        body = [writer.write(line) for line in (*opening, *mixed)]
        return Draft(writer.write(title), (*body, *self._filler(self.rng.randint(1, 2))), theme.name)

    def _lines(self, lines: Sequence[Sentence], count: int) -> list[Sentence]:
        """Take the least used lines, each once."""
        chosen: list[Sentence] = []
        for _ in range(min(count, len(lines))):
            left = [line for line in lines if line not in chosen]
            chosen.append(self._least_used(left, lambda line: line.text))
        return chosen

    def _least_used(self, things: Sequence[T], name: Callable[[T], str]) -> T:
        """Take one of those used least so far, at random among equals, and count it as used."""
        fewest = min(self.used[name(thing)] for thing in things)
        chosen = self.rng.choice([thing for thing in things if self.used[name(thing)] == fewest])
        self.used[name(chosen)] += 1
        return chosen
