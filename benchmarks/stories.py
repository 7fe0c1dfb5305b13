"""How fast and how right story clustering is on an archive: the newsroom's sentences multiplied to N articles.

    python benchmarks/stories.py [--articles 100000 1000000] [--days 60 60] [--out docs/benchmarks/stories.md]

An original is 5 to 12 sentences of the newsroom's stock, half of the longer words exchanged for others of its language.
Two in five are reprinted, up to six times within three days, under another headline, with 4 % of the words exchanged,
often without the last sentence, and with the copier's credit. Two in five end on a paragraph that the wire puts under
everything. Time to make the articles is not counted. Each size runs in a process of its own; peak memory is that
process's, interpreter included.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import time
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from stopwatch import DOCS, Stopwatch, machine, table, write

from crawlers.newsroom import stock
from crawlers.newsroom.wording import Writer
from models import stories
from models.stories import Text

LANGUAGES = ("kk", "ru", "ru", "en")
EXCHANGED, EDITED = 0.5, 0.04
REPRINTED, COPIES, LATEST = 0.4, (1, 1, 2, 2, 3, 6), 3
WIRED, WIRE_WORDS, WIRES = 0.4, 30, 3
CREDITS = {
    "kk": "Бұл туралы {} хабарлайды.",
    "ru": "Об этом сообщает {}.",
    "en": "{} reports.",
}
SECONDS = "seconds are processor seconds, which other work on the machine lengthens little"
OUTLETS = [f"Outlet{number}.test" for number in range(40)]
FIRST_DAY = date(2026, 1, 1)


@dataclass
class Stock:
    """What articles of one language are made of."""

    sentences: list[list[str]]
    vocabulary: list[str] = field(init=False)
    wires: list[list[str]] = field(init=False)

    def __post_init__(self) -> None:
        self.vocabulary = sorted({word for words in self.sentences for word in words if len(word) > 4})
        rng = random.Random(5)
        self.wires = [rng.choices(self.vocabulary, k=WIRE_WORDS) for _ in range(WIRES)]


def stocks(rng: random.Random) -> dict[str, Stock]:
    """The newsroom's coded and patterned sentences as words."""
    found = {}
    for lang in sorted(set(LANGUAGES)):
        texts = [each.text for article in stock.coded_articles(lang) for each in article.body]
        for theme in stock.news(lang):
            texts += [Writer(lang, rng).write(line).text for line in theme.body for _ in range(5)]
        found[lang] = Stock([text.split() for text in dict.fromkeys(texts)])
    return found


@dataclass
class Archive:
    """Articles in order of appearance; `truth` holds the number of each one's original, as they are made."""

    articles: int
    days: int
    seed: int
    truth: array[int] = field(default_factory=lambda: array("I"))
    words: int = 0

    def texts(self) -> Iterator[Text]:
        """Make the articles one by one; copies wait for their day."""
        rng = random.Random(self.seed)
        material = stocks(rng)
        waiting: defaultdict[int, list[tuple[int, str, list[list[str]]]]] = defaultdict(list)
        for day in range(self.days):
            until = self.articles * (day + 1) // self.days
            due = waiting.pop(day, [])
            while len(self.truth) < until:
                copy = due.pop() if due else None
                if copy is None:
                    lang = rng.choice(LANGUAGES)
                    body = _original(material[lang], rng)
                    number = len(self.truth)
                    for _ in range(rng.choice(COPIES) if rng.random() < REPRINTED else 0):
                        waiting[day + rng.randint(0, LATEST)].append((number, lang, body))
                    due += waiting.pop(day, [])
                    yield self._text(day, number, body)
                else:
                    number, lang, body = copy
                    yield self._text(day, number, _copied(body, lang, material[lang], rng))
            waiting[day + 1] += due

    def _text(self, day: int, story: int, sentences: Sequence[Sequence[str]]) -> Text:
        number = len(self.truth)
        self.truth.append(story)
        self.words += sum(map(len, sentences))
        name, when = f"a{number:08d}", (FIRST_DAY + timedelta(days=day)).isoformat()
        return Text(name, "\n".join(map(" ".join, sentences)), when, (when, name))


def _original(material: Stock, rng: random.Random) -> list[list[str]]:
    """Headline and body."""
    chosen = rng.choices(material.sentences, k=rng.randint(5, 12))
    body = [_exchanged(words, material, rng, EXCHANGED) for words in chosen]
    wire = [rng.choice(material.wires)] if rng.random() < WIRED else []
    return [rng.choices(material.vocabulary, k=7), *body, *wire]


def _copied(body: list[list[str]], lang: str, material: Stock, rng: random.Random) -> list[list[str]]:
    kept = body[1:-1] if rng.random() < 0.4 else body[1:]
    edited = [_exchanged(words, material, rng, EDITED) for words in kept]
    return [rng.choices(material.vocabulary, k=7), *edited, [CREDITS[lang].format(rng.choice(OUTLETS))]]


def _exchanged(words: list[str], material: Stock, rng: random.Random, share: float) -> list[str]:
    draw, others, size = rng.random, material.vocabulary, len(material.vocabulary)
    return [others[int(draw() * size)] if len(word) > 4 and draw() < share else word for word in words]


def scores(truth: Sequence[int], found: Sequence[int]) -> tuple[float, float]:
    """Precision and recall of pairs of articles, from the sizes of the groups and of what they share."""

    def pairs(groups: Counter[int] | Counter[tuple[int, int]]) -> int:
        return sum(size * (size - 1) // 2 for size in groups.values())

    right = pairs(Counter(zip(truth, found, strict=True)))
    return right / max(pairs(Counter(found)), 1), right / max(pairs(Counter(truth)), 1)


def measure(articles: int, days: int, seed: int) -> dict[str, object]:
    """Cluster one archive in this process."""
    watch = Stopwatch()
    module = sys.modules["models.stories.cluster"]
    for name, step in (("shingle", "words and shingles"), ("signatures", "MinHash"), ("shared", "look-up")):
        watch.wrap(module, name, step)
    archive = Archive(articles, days, seed)
    found: array[int] = array("I")
    began = time.process_time()
    for member in stories.stream(watch.items(archive.texts(), "making")):
        found.append(int(member.story_id[1:]))
    seconds = time.process_time() - began - watch.seconds.pop("making")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    precision, recall = scores(archive.truth, found)
    watch.seconds["comparison"] = seconds - sum(watch.seconds.values())
    return {
        "articles": articles,
        "days": days,
        "words": archive.words / articles,
        "seconds": seconds,
        "peak_mb": peak,
        "precision": precision,
        "recall": recall,
        "stories": len(set(archive.truth)),
        "steps": {step: spent / seconds for step, spent in watch.seconds.items()},
    }


def in_child(articles: int, days: int, seed: int) -> dict[str, object]:
    """`measure` in a process of its own, so that the peak is that archive's."""
    asked = ["--child", "--articles", str(articles), "--days", str(days), "--seed", str(seed)]
    done = subprocess.run([sys.executable, __file__, *asked], check=True, stdout=subprocess.PIPE)
    answer: dict[str, object] = json.loads(done.stdout)
    return answer


def page(results: Sequence[dict], command: str, host: str) -> Iterator[str]:
    """The tables in Markdown."""
    yield "# Story clustering on archives"
    yield f"Made by `{command}` on {host}. One process, one thread; {SECONDS}."
    yield " ".join(__doc__.split("\n\n")[2].split())
    columns = (
        "articles",
        "days",
        "words each",
        "stories",
        "seconds",
        "articles/s",
        "peak MB",
        "precision",
        "recall",
    )
    yield table(
        columns,
        (
            (
                f"{each['articles']:,}",
                each["days"],
                f"{each['words']:.0f}",
                f"{each['stories']:,}",
                f"{each['seconds']:.0f}",
                f"{each['articles'] / each['seconds']:.0f}",
                f"{each['peak_mb']:.0f}",
                f"{each['precision']:.4f}",
                f"{each['recall']:.4f}",
            )
            for each in results
        ),
    )
    steps = list(results[0]["steps"])
    rows = [
        (f"{each['articles']:,}", each["days"], *(f"{each['steps'][step]:.0%}" for step in steps))
        for each in results
    ]
    yield "Where the time goes:\n\n" + table(("articles", "days", *steps), rows)


def main() -> None:
    """Measure every size asked for and write the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--articles", type=int, nargs="+", default=[100_000])
    parser.add_argument(
        "--days", type=int, nargs="+", default=[60], help="of each size; the last for the rest"
    )
    parser.add_argument("--seed", type=int, default=20260302)
    parser.add_argument("--out", type=Path, default=DOCS / "stories.md")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.child:
        print(json.dumps(measure(chosen.articles[0], chosen.days[0], chosen.seed)))
        return
    host = machine()
    days = [*chosen.days, *chosen.days[-1:] * len(chosen.articles)]
    sizes = list(zip(chosen.articles, days, strict=False))
    results = [in_child(articles, over, chosen.seed) for articles, over in sizes]
    asked = [" ".join(map(str, each)) for each in zip(*sizes, strict=True)]
    command = f"python benchmarks/stories.py --articles {asked[0]} --days {asked[1]} --seed {chosen.seed}"
    write(chosen.out, page(results, command, host))


if __name__ == "__main__":
    main()
