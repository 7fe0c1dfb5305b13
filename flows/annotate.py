"""From versions to sentences, from sentences to speech acts: Arrow tables in, Arrow tables out."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import pyarrow as pa

from models import language, sentences

if TYPE_CHECKING:
    from flows.settings import Reading
    from models.claims import Claim
    from models.speech_acts import Reader

# Below this, the language of the whole text is a better guess than that of one short sentence.
SURE = 0.8

SENTENCES = pa.schema(
    [
        ("sentence_id", pa.string()),
        ("version_id", pa.string()),
        ("position", pa.int32()),
        ("text", pa.string()),
        ("start_offset", pa.int32()),
        ("end_offset", pa.int32()),
        ("lang", pa.string()),
        ("script", pa.string()),
    ]
)
SPEECH_ACTS = pa.schema(
    [
        ("reading_id", pa.string()),
        ("sentence_id", pa.string()),
        ("lang", pa.string()),
        ("targets", pa.list_(pa.string())),
        ("move", pa.string()),
        ("p_securitizing", pa.float64()),
        ("voice", pa.string()),
        ("referents", pa.list_(pa.string())),
        ("measure", pa.bool_()),
        ("frames", pa.list_(pa.string())),
        ("scores", pa.map_(pa.string(), pa.float64())),
        ("spans", pa.list_(pa.struct([("start", pa.int32()), ("end", pa.int32()), ("label", pa.string())]))),
        ("error", pa.string()),
    ]
)

CLAIMS = pa.schema(
    [
        ("reading_id", pa.string()),
        ("sentence_id", pa.string()),
        ("ordinal", pa.int32()),
        ("target", pa.string()),
        ("low", pa.float64()),
        ("high", pa.float64()),
        ("point", pa.float64()),
        ("unit", pa.string()),
        ("direction", pa.string()),
        ("place", pa.string()),
        ("year", pa.int32()),
        ("hedge", pa.string()),
        ("rejected", pa.bool_()),
        ("text", pa.string()),
        ("start_offset", pa.int32()),
        ("end_offset", pa.int32()),
    ]
)


class Found(NamedTuple):
    """What reading some sentences gave: tables in the schemas `SPEECH_ACTS` and `CLAIMS`."""

    acts: pa.Table
    claims: pa.Table


@lru_cache(maxsize=2)
def reader(settings: Reading) -> Reader:
    """The reader that the settings name, loaded once in a process."""
    from models.speech_acts import Reader

    return Reader.load(settings.model, encoder=settings.encoder, classifier=settings.classifier)


def split(versions: pa.Table) -> pa.Table:
    """Sentences of versions: position 0 is the title, the body's follow.

    Args:
        versions: columns version_id, title, body, edition_language.

    Returns:
        a table in the schema `SENTENCES`, in the order of the versions.
    """
    rows = [row for version in versions.to_pylist() for row in _sentences_of(version)]
    return pa.Table.from_pylist(rows, schema=SENTENCES)


def _sentences_of(version: dict[str, Any]) -> list[dict[str, Any]]:
    title, body = version["title"], version["body"]
    whole = language.identify(f"{title}. {body}"[:4000])
    spans = [(0, len(title), title)] if title.strip() else []
    offset = len(spans)
    spans += [
        (span.start, span.end, body[span.start : span.end]) for span in sentences.split(body, whole.code)
    ]
    found = language.identify_many([text for _, _, text in spans])
    return [
        {
            "sentence_id": f"{version['version_id']}-{position:04d}",
            "version_id": version["version_id"],
            "position": position,
            "text": text,
            "start_offset": start,
            "end_offset": end,
            "lang": (own if own.confidence >= SURE else whole).code,
            "script": own.script,
        }
        for position, ((start, end, text), own) in enumerate(zip(spans, found, strict=True), start=1 - offset)
    ]


def read(reader: Reader, reading_id: str, unread: pa.Table) -> Found:
    """Speech acts of sentences, one row each, and their claims; a sentence that cannot be read gets a row that says why.

    Args:
        unread: columns sentence_id, text, lang, prev, next, published_day.

    Returns:
        the acts in the order of the sentences, and the claims in the order of the acts.
    """
    from models.speech_acts import Passage

    passages = [
        Passage(row["sentence_id"], row["text"], row["lang"], row["prev"] or "", row["next"] or "")
        for row in unread.to_pylist()
    ]
    acts = reader.read(passages)
    rows = [_act_row(reading_id, act) for act in acts]
    days = unread["published_day"].to_pylist()
    claimed = [
        row
        for act, passage, day in zip(acts, passages, days, strict=True)
        for row in _claim_rows(reading_id, act, passage.text, day)
    ]
    return Found(pa.Table.from_pylist(rows, schema=SPEECH_ACTS), pa.Table.from_pylist(claimed, schema=CLAIMS))


def _claim_rows(reading_id: str, act: Any, text: str, published: date | None) -> list[dict[str, Any]]:
    """The claims of one sentence; where one names no year, "last year" is that before publication."""
    claims = getattr(act, "claims", [])
    if published and any(claim.year is None for claim in claims):
        from models.claims import extract

        claims = extract(text, act.lang, targets=act.targets, year_of=published)
    return [_claim_row(reading_id, act.id, ordinal, claim) for ordinal, claim in enumerate(claims)]


def _claim_row(reading_id: str, sentence_id: str, ordinal: int, claim: Claim) -> dict[str, Any]:
    return {
        "reading_id": reading_id,
        "sentence_id": sentence_id,
        "ordinal": ordinal,
        "target": claim.target,
        "low": claim.low,
        "high": claim.high,
        "point": claim.point,
        "unit": claim.unit,
        "direction": claim.direction,
        "place": claim.place,
        "year": claim.year,
        "hedge": claim.hedge,
        "rejected": claim.rejected,
        "text": claim.text,
        "start_offset": claim.start,
        "end_offset": claim.end,
    }


def _act_row(reading_id: str, act: Any) -> dict[str, Any]:
    error = getattr(act, "error", None)
    if error is not None:
        empty = {"targets": [], "referents": [], "frames": [], "measure": False, "scores": [], "spans": []}
        return {"reading_id": reading_id, "sentence_id": act.id, "error": error} | empty
    return {
        "reading_id": reading_id,
        "sentence_id": act.id,
        "lang": act.lang,
        "targets": list(act.targets),
        "move": act.move,
        "p_securitizing": act.p_securitizing,
        "voice": act.voice,
        "referents": list(act.referents),
        "measure": act.measure,
        "frames": list(act.frames),
        "scores": _kept_scores(act),
        "spans": [{"start": span["start"], "end": span["end"], "label": span["label"]} for span in act.spans],
    }


def _kept_scores(act: Any) -> list[tuple[str, float]]:
    """Every probability of a sentence on a target; of the many others only those of the move."""
    everything = act.move != "irrelevant"
    return [(name, value) for name, value in act.scores.items() if everything or name.startswith("move:")]
