"""What reading costs on one core: `baqylau classify` from start to end, its steps, and a small transformer beside it.

    python benchmarks/reading.py [--sentences 3000] [--out docs/benchmarks/reading.md]

The sentences are those of models/training, as many Kazakh as Russian and English ones, shuffled, their language not told.
Every run is a process of its own on the first core this one may use, with one thread. Start-up is the time of a run on
one sentence. The transformer is an encoder of 12 layers and width 384 with random weights; it is fed token ids, one for
every four characters of the same sentences, in batches of 32 of like length. Its tokenizer, pooling and heads would come
on top. A step inside another one is counted once.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stopwatch import DOCS, Stopwatch, machine, table, write

from models.features import Passage

LAYERS, WIDTH, BATCH = 12, 384, 32
LETTERS_A_TOKEN, VOCABULARY, FEWEST = 4, 1000, 2
NEEDED = "Needed: at least 1,000 sentences a second, start-up under 6 s, less than 1 GB."


@dataclass(frozen=True)
class Run:
    """One process: seconds by the clock and by the processor, and its peak memory."""

    wall: float
    processor: float
    peak_mb: float


def sentences(count: int, seed: int) -> list[Passage]:
    """As many of each language, shuffled."""
    from models.training import data

    rng = random.Random(seed)
    chosen: list[Passage] = []
    for lang in ("kk", "ru", "en"):
        here = [row.passage for row in data.load() if row.lang == lang]
        chosen += rng.sample(here, min(count // 3, len(here)))
    return rng.sample(chosen, len(chosen))


def written(path: Path, passages: Sequence[Passage], neighbours: bool) -> Path:
    """The input of `baqylau classify`."""
    beside = [{"prev": each.prev, "next": each.next} if neighbours else {} for each in passages]
    lines = [
        json.dumps({"id": number, "text": each.text, **more}, ensure_ascii=False) + "\n"
        for number, (each, more) in enumerate(zip(passages, beside, strict=True))
    ]
    path.write_text("".join(lines), "utf-8")
    return path


def run(source: Path, *flags: str) -> Run:
    """`baqylau classify` in a process of its own."""
    command = [sys.executable, "-m", "flows.cli", "classify", str(source), str(source) + ".out", *flags]
    began = time.perf_counter()
    child = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {child.returncode}")
    return Run(time.perf_counter() - began, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def steps(source: Path) -> dict[str, float]:
    """Share of each step in this process, start-up left out."""
    from models import classify, language, lexicon, speech_acts
    from models.encoder import WordVectors
    from models.explain import Explainer
    from models.features import Featurizer
    from models.heads import Heads
    from models.speech_acts import Reader
    from models.store import Model

    reader, watch = Reader.load(), Stopwatch()
    for owner, name, step in (
        (language, "identify", "language"),
        (lexicon.Lexicon, "match", "lexicon"),
        (Featurizer, "features", "other features"),
        (WordVectors, "encode", "word vectors"),
        (Heads, "scores", "heads"),
        (Model, "calibrated", "heads"),
        (speech_acts, "decide", "codes"),
        (Reader, "_claims", "claims"),
        (Explainer, "spans", "spans"),
        (json, "loads", "JSON"),
        (json, "dumps", "JSON"),
    ):
        watch.wrap(owner, name, step)
    watch.timed(classify.run, "rest")(source, source.with_suffix(".steps"), reader)
    total = sum(watch.seconds.values())
    return {step: spent / total for step, spent in watch.seconds.items()}


def transformer(passages: Sequence[Passage]) -> float:
    """Sentences a second through a random encoder."""
    import torch
    from transformers import BertConfig, BertModel

    torch.set_num_threads(1)
    config = BertConfig(
        vocab_size=VOCABULARY,
        hidden_size=WIDTH,
        num_hidden_layers=LAYERS,
        num_attention_heads=12,
        intermediate_size=4 * WIDTH,
    )
    model = BertModel(config, add_pooling_layer=False).eval()
    lengths = sorted(min(FEWEST + len(each.text) // LETTERS_A_TOKEN, 512) for each in passages)
    batches = [lengths[start : start + BATCH] for start in range(0, len(lengths), BATCH)]
    with torch.inference_mode():
        model(torch.ones(BATCH, 8, dtype=torch.long))
        began = time.process_time()
        for batch in batches:
            mask = torch.tensor([[place < length for place in range(batch[-1])] for length in batch])
            model(torch.randint(0, VOCABULARY, mask.shape), attention_mask=mask)
        return len(lengths) / (time.process_time() - began)


def in_child(mode: str, argument: Path | int, seed: int) -> Any:
    """`steps` or `transformer` in a process of its own."""
    asked = [f"--{mode}", str(argument), "--seed", str(seed)]
    done = subprocess.run([sys.executable, __file__, *asked], check=True, stdout=subprocess.PIPE)
    return json.loads(done.stdout)


def measure(count: int, few: int, seed: int, starts: int) -> dict[str, Any]:
    """Every figure of the page."""
    passages = sentences(count, seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        one = written(folder / "one.jsonl", passages[:1], neighbours=False)
        start = min((run(one) for _ in range(starts)), key=lambda each: each.wall)
        found: dict[str, Any] = {"sentences": len(passages), "start": start, "runs": {}, "steps": {}}
        for title, neighbours, flags in (
            ("alone", False, ()),
            ("with neighbours", True, ()),
            ("with neighbours, --explain", True, ("--explain",)),
        ):
            source = written(folder / "in.jsonl", passages, neighbours)
            found["runs"][title] = run(source, *flags)
            if not flags:
                found["steps"][title] = in_child("steps", source, seed)
        found["transformer"] = in_child("transformer", few, seed)
    return found


def page(found: dict[str, Any], command: str, host: str) -> Iterator[str]:
    """The tables in Markdown."""
    start, count = found["start"], found["sentences"]
    yield "# Reading on one core"
    yield f"Made by `{command}` on {host}."
    yield " ".join(__doc__.split("\n\n")[2].split())
    yield NEEDED
    yield f"Start-up: {start.wall:.1f} s by the clock, {start.processor:.1f} s of the processor."
    columns = (
        f"{count:,} sentences",
        "sentences/s",
        "by the clock",
        "start-up left out",
        "peak MB",
        "times the transformer",
    )
    rows = []
    for title, each in found["runs"].items():
        bare = count / (each.processor - start.processor)
        rows.append(
            (
                title,
                f"{count / each.processor:.0f}",
                f"{count / each.wall:.0f}",
                f"{bare:.0f}",
                f"{each.peak_mb:.0f}",
                f"{bare / found['transformer']:.0f}",
            )
        )
    rows.append((f"transformer, {LAYERS} x {WIDTH}", "", "", f"{found['transformer']:.0f}", "", "1"))
    yield table(columns, rows)
    yield "Sentences a second are counted in processor seconds, start-up included, but where the column says otherwise."
    names = list(next(iter(found["steps"].values())))
    shares = [(title, *(f"{each[name]:.0%}" for name in names)) for title, each in found["steps"].items()]
    yield "Where the time goes:\n\n" + table(("", *names), shares)


def main() -> None:
    """Measure and write the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sentences", type=int, default=3000)
    parser.add_argument("--few", type=int, default=300, help="sentences for the transformer")
    parser.add_argument("--starts", type=int, default=3, help="runs on one sentence; the quickest counts")
    parser.add_argument("--seed", type=int, default=20260302)
    parser.add_argument("--out", type=Path, default=DOCS / "reading.md")
    parser.add_argument("--steps", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--transformer", type=int, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.steps:
        print(json.dumps(steps(chosen.steps)))
    elif chosen.transformer:
        print(json.dumps(transformer(sentences(chosen.transformer, chosen.seed))))
    else:
        host = machine()
        os.environ["OMP_NUM_THREADS"] = "1"
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
        found = measure(chosen.sentences, chosen.few, chosen.seed, chosen.starts)
        command = f"python benchmarks/reading.py --sentences {chosen.sentences} --seed {chosen.seed}"
        write(chosen.out, page(found, command, host))


if __name__ == "__main__":
    main()
