"""A sentence with what is known around it, and the groups of people that it names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from models import targets as target_rules
from models.claims import phrases
from models.claims.grammar import Grammars
from models.claims.tokens import Sentence
from models.lexicon import Match


@dataclass(frozen=True, slots=True)
class Scene:
    """A sentence with what is known around it: `lent` targets, which are its own or its neighbours'."""

    sentence: Sentence
    grammars: Grammars
    lent: tuple[str, ...]
    matches: Sequence[Match]

    @classmethod
    def of(
        cls, sentence: Sentence, grammars: Grammars, lent: Sequence[str], matches: Sequence[Match]
    ) -> Scene:
        """Put together what is known."""
        return cls(sentence, grammars, tuple(lent), matches)

    @property
    def named(self) -> list[tuple[int, str]]:
        """Where people of a group are named, with the group, in text order."""
        found: list[tuple[int, str]] = []
        at = 0
        while at < len(self.sentence):
            group = group_at(self, at)
            if group:
                found.append((at, group[0]))
            at += max(1, group[1] if group else 1)
        return found

    @property
    def own(self) -> list[str]:
        """The targets that the sentence itself is about, by the rules."""
        return target_rules.detect(self.matches, self.sentence.grammar.lang)

    @property
    def targets(self) -> list[str]:
        """The groups named by nouns, each once."""
        return list(dict.fromkeys(target for _, target in self.named))


def group_at(scene: Scene, at: int) -> tuple[str, int] | None:
    """People of a group in a phrase that begins at a token (adjectives included), as target and length."""
    sentence = scene.sentence
    if not (
        sentence.any(at, "person", "community")
        or sentence.labelled(at, "noun:")
        or sentence.labelled(at, "adj:")
    ):
        return None
    phrase = phrases.read(sentence, at, scene.grammars, collective=True)
    return (phrase.target, phrase.end - at) if phrase.kind == "group" and phrase.target else None
