"""The noun phrase that a number counts: people of a group, people of none, the hosts, or something else.

Between number and noun stand modifiers only. The first noun decides; a noun that is not known to denote people is
something else, so that "300 компаний китайцев" counts companies and nobody.
"""

from __future__ import annotations

from dataclasses import dataclass

from models.claims.grammar import Grammars
from models.claims.origins import complement
from models.claims.tokens import Sentence

_AGENT_LENGTH = 6
_LONGEST = 7  # tokens between a number and its noun
_QUOTES = ('"', "'", "(")


@dataclass(frozen=True, slots=True)
class Phrase:
    """What was found from a place on.

    `kind`: ``group`` (people of `target`), ``people`` (of no named group), ``own`` (the hosts), ``thing`` (not people),
    ``none`` (no noun at all). `end` is the token after the noun and its complement.
    """

    kind: str
    end: int
    target: str | None = None
    anyone: bool = False
    """People in general, whom context may make people of a group ("человек", "people")."""
    population: bool = False
    """Inhabitants, workers and so on, of whom a group can be a share."""
    citizens: bool = False
    """The country's own people: seen from it, those who leave are emigrants."""
    kin: bool = False
    """Ethnic Kazakhs: returnees, if they come home."""
    guessed: bool = False
    """Unknown words were passed over on the way to the noun."""


def read(sentence: Sentence, place: int, grammars: Grammars, collective: bool = False) -> Phrase:
    """The noun phrase that begins at a token; with `collective`, a community is people."""
    return _Reader(sentence, grammars, place, collective).read()


class _Reader:
    """One walk from a number to its noun."""

    def __init__(self, sentence: Sentence, grammars: Grammars, place: int, collective: bool) -> None:
        self._sentence, self._grammars, self._collective = sentence, grammars, collective
        self._at = self._start = place
        self._adjective: str | None = None
        self._adjective_end = place
        self._unknown = 0

    def read(self) -> Phrase:
        """Walk until something decides."""
        while self._at < min(self._start + _LONGEST, len(self._sentence)):
            found = self._decide()
            if found:
                return found
        return self._nothing()

    def _decide(self) -> Phrase | None:
        sentence, at = self._sentence, self._at
        if sentence.tokens[at].kind != "word":
            return self._punctuation()
        if self._collective and (length := sentence.has(at, "community")):
            return self._community(at + length)
        noun, adjective = sentence.labelled(at, "noun:"), sentence.labelled(at, "adj:")
        if thing := sentence.has(at, "thing"):
            if self._modifies(at, thing):
                return self._passed(thing)
            if thing >= max(noun[1] if noun else 0, sentence.any(at, "person")):
                return Phrase("thing", at)
        if adjective and (not noun or (adjective[1] >= noun[1] and not self._declined(at))):
            return self._take_adjective(*adjective)
        if noun:
            return self._passed(noun[1]) if self._is_agent(at) else self._group(noun[0], at + noun[1])
        if hosts := sentence.any(at, "own", "own_nation"):
            return self._hosts(hosts)
        if people := sentence.has(at, "person"):
            return self._people(people)
        return self._other()

    def _passed(self, length: int) -> Phrase | None:
        """Nothing decided: go past a modifier."""
        self._at += length
        return None

    def _community(self, end: int) -> Phrase:
        """ "китайская диаспора", "армия мигрантов", "community of Uyghurs"."""
        at = end + (end < len(self._sentence) and self._sentence.tokens[end].text == "of")
        group = self._sentence.labelled(at, "noun:")
        if group:
            return Phrase("group", at + group[1], group[0])
        return Phrase("group" if self._adjective else "thing", end, self._adjective)

    def _modifies(self, at: int, length: int) -> bool:
        """A thing that only says what people: "permit holders", "құжатсыз мигранттар"."""
        sentence = self._sentence
        if sentence.grammar.lang == "kk":
            return sentence.tokens[at].text.endswith(("сыз", "сіз", "сыздар", "сіздер"))
        if sentence.grammar.lang != "en" or is_plural(sentence.tokens[at].text):
            return False
        return sentence.has(at + length, "person") > 0

    def _declined(self, at: int) -> bool:
        """A Kazakh "шетелдіктердің" is a noun, where "шетелдік" may go with one."""
        word = self._sentence.tokens[at].text
        return self._inflected(word) or word.endswith(_PLURAL_OR_OBJECT)

    def _described(self, at: int, length: int) -> int | None:
        """Where the noun is that a Russian participle describes: "работающих иностранцев", "уехавших в Москву узбеков"."""
        sentence, following = self._sentence, at + length
        if not sentence.tokens[at].text.endswith(("их", "ых", "ие", "ые")):
            return None
        if sentence.has(following, "preposition") and (named := sentence.labelled(following + 1, "place:")):
            following += 1 + named[1]
        found = sentence.labelled(following, "noun:") or sentence.labelled(following, "adj:")
        return following if found else None

    def _is_agent(self, at: int) -> bool:
        """A Russian instrumental after a participle: "купленных китайцами виз" counts visas."""
        if self._sentence.grammar.lang != "ru" or at == self._start:
            return False
        participle = self._sentence.tokens[at - 1].text.endswith(("нных", "мых", "тых", "нные", "мые"))
        return participle and self._sentence.tokens[at].text.endswith(("ами", "ями"))

    def _take_adjective(self, target: str, length: int) -> Phrase | None:
        if self._adjective in (None, "migrants"):
            self._adjective = target
        self._at += length
        self._adjective_end = self._at
        if self._sentence.is_mark(self._at, "-") and not self._sentence.tokens[self._at].spaced:
            return Phrase("thing", self._at)  # "Chinese-owned firms"
        return None

    def _punctuation(self) -> Phrase | None:
        sentence, at = self._sentence, self._at
        quote = sentence.is_mark(at, *_QUOTES) and at == self._adjective_end
        hyphen = sentence.is_mark(at, "-") and at > self._start and not sentence.tokens[at].spaced
        if quote or hyphen:
            self._at += 1
            return None
        return self._nothing()

    def _nothing(self) -> Phrase:
        """The walk ended without a noun: perhaps an adjective was one ("300,000 Chinese live")."""
        foreign = self._adjective == "migrants" and self._sentence.grammar.lang == "en"
        nominal = (
            self._sentence.grammar.phrase.nominal_adjectives and not foreign
        )  # "49 foreign" are not people yet
        if self._adjective and nominal and not self._unknown:
            return Phrase("group", self._adjective_end, self._adjective)
        return Phrase("thing" if self._unknown or self._adjective else "none", self._at)

    def _group(self, target: str, end: int) -> Phrase:
        """A noun of people of a group; in English and Kazakh a further noun may follow ("migrant workers")."""
        if self._adjective and target in ("migrants", "refugee"):
            target = self._adjective if self._adjective != "migrants" and target == "migrants" else target
        if self._sentence.any(end, "own", "thing") and self._sentence.tokens[end - 1].text.endswith(
            ("их", "ых")
        ):
            return Phrase("thing", end)  # "двух приезжих учеников"
        compound = self._compound(end)
        if compound == "thing":
            return Phrase("thing", end)
        end = end if compound is None else int(compound)
        guessed = self._unknown > 0
        if target == "migrants":
            named = complement(self._sentence, end, self._grammars)
            if named and named[0] != "refugee":
                return Phrase("group", named[1], named[0], guessed=guessed)
        return Phrase("group", end, target, guessed=guessed)

    def _compound(self, end: int) -> str | int | None:
        """What the noun right after a group noun makes of it: other people, a thing, or nothing."""
        sentence, rules = self._sentence, self._sentence.grammar.phrase
        if not rules.nominal_adjectives or end >= len(sentence) or sentence.tokens[end].kind != "word":
            return None
        last = sentence.tokens[end - 1].text
        if (sentence.grammar.lang == "en" and last.endswith("s")) or self._inflected(last):
            return None
        if sentence.grammar.lang == "en" and self._plural_thing(end):
            return "thing"
        if length := sentence.has(end, "person"):
            return end + length
        if sentence.has(end, "thing") if sentence.grammar.lang == "en" else self._possessed(end):
            return "thing"
        return None

    def _plural_thing(self, place: int) -> bool:
        """ "repatriate certificates": an unknown plural after a singular noun of people."""
        known = self._sentence.any(place, "person", "function", "verb", "measure", "preposition")
        directed = self._sentence.labelled(place, "dir:")
        return is_plural(self._sentence.tokens[place].text) and not known and not directed

    def _inflected(self, word: str) -> bool:
        return self._sentence.grammar.lang == "kk" and word.endswith(_CASES)

    def _possessed(self, place: int) -> bool:
        """A Kazakh noun with a possessive ending after a bare group noun: "қытай зауыты"."""
        sentence = self._sentence
        if self._sentence.any(place, "function", "verb", "measure", "person") or sentence.labelled(
            place, "dir:"
        ):
            return False
        word = sentence.tokens[place].text
        return word.endswith(sentence.grammar.phrase.compound_endings) and not word.endswith(_ACCUSATIVE)

    def _hosts(self, length: int) -> Phrase:
        end = self._at + length
        joined = self._sentence.labelled(end + 1, "noun:") if self._sentence.is_mark(end, "-") else None
        if joined:
            return Phrase("group", end + 1 + joined[1], joined[0])  # "казахов-репатриантов"
        citizens = self._sentence.has(self._at, "own_nation") > 0
        return Phrase("own", end, citizens=citizens, kin=self._sentence.has(self._at, "kin") > 0)

    def _people(self, length: int) -> Phrase | None:
        sentence, at, end = self._sentence, self._at, self._at + length
        if described := self._described(at, length):
            return self._passed(described - at)
        while sentence.grammar.phrase.nominal_adjectives and (more := sentence.has(end, "person")):
            end += more
        target = self._adjective
        named = complement(sentence, end, self._grammars)
        if named and (target in (None, "migrants")):
            target, end = named
        if sentence.is_mark(end, "-") and (group := sentence.labelled(end + 1, "noun:")):
            target, end = group[0], end + 1 + group[1]  # "рабочих-мигрантов"
        if target:
            return Phrase("group", end, target)
        return Phrase(
            "people",
            end,
            anyone=sentence.has(at, "anyone") > 0,
            population=sentence.has(at, "population") > 0,
        )

    def _other(self) -> Phrase | None:
        """A word of no class: a modifier to be passed over, a verb that ends the phrase, or an unknown noun."""
        sentence, at = self._sentence, self._at
        if length := sentence.has(at, "modifier"):
            self._at += length
            return None
        if at == self._start and sentence.tokens[at].text == "of":
            self._at += 1
            return None
        if agent := self._agent_noun():
            return agent
        if (
            self._adjective
            and at == self._adjective_end
            and sentence.grammar.lang == "kk"
            and self._possessed(at)
        ):
            return Phrase("thing", at)
        if self._ends_phrase(at):
            return self._nothing()
        if not self._passes_over(sentence.tokens[at].text):
            return self._after_nominal() if self._adjective else Phrase("thing", at)
        self._at += 1
        return None

    def _passes_over(self, word: str) -> bool:
        """Whether an unknown word may be a modifier: by its ending, or in English any few words in the singular."""
        rules = self._sentence.grammar.phrase
        if len(word) >= rules.modifier_length and word.endswith(rules.modifier_endings):
            return True
        if (
            self._unknown >= rules.free_modifiers
            or is_plural(word)
            or (self._adjective and not self._unknown)
        ):
            return False
        self._unknown += 1
        return True

    def _agent_noun(self) -> Phrase | None:
        """A noun of no class with "китайских" or "from China", that ends like one of people: "-телей", "-ers", "-шы"."""
        word, rules = self._sentence.tokens[self._at].text, self._sentence.grammar.phrase
        if len(word) < _AGENT_LENGTH or not word.endswith(rules.agent_endings):
            return None
        if self._adjective:
            return Phrase("group", self._at + 1, self._adjective)
        named = complement(self._sentence, self._at + 1, self._grammars)
        return Phrase("group", named[1], named[0]) if named else None  # "holidaymakers from China"

    def _after_nominal(self) -> Phrase:
        """An unknown word after "Chinese" or "қытай": in Kazakh most often a verb or adverb, in English a noun."""
        if self._sentence.grammar.lang == "kk" and not self._heads_compound(self._at):
            return Phrase("group", self._adjective_end, self._adjective)
        return self._people_ahead()

    def _heads_compound(self, at: int) -> bool:
        """A possessed noun here, or after one more noun: "қытай зауыты", "қытайлық логистика операторы"."""
        if self._possessed(at):
            return True
        following = at + 1
        if not self._sentence.tokens[at - 1].text.endswith(("лық", "лік", "дық", "дік", "тық", "тік")):
            return False
        if (
            following >= len(self._sentence)
            or self._sentence.tokens[following].kind != "word"
            or self._ends_phrase(at)
        ):
            return False
        return self._possessed(following) and not self._sentence.tokens[at].text.endswith(_CASES)

    def _people_ahead(self) -> Phrase:
        """ "Chinese oil workers": people may still come within two words."""
        sentence = self._sentence
        if sentence.grammar.lang != "en":
            return Phrase("thing", self._at)
        for ahead in range(self._at + 1, min(self._at + 3, len(sentence))):
            if (
                self._ends_phrase(ahead)
                or sentence.has(ahead, "thing")
                or is_plural(sentence.tokens[ahead - 1].text)
            ):
                break
            if length := sentence.has(ahead, "person"):
                return Phrase("group", ahead + length, self._adjective)
        return Phrase("thing", self._at)

    def _ends_phrase(self, at: int) -> bool:
        sentence = self._sentence
        if sentence.tokens[at].kind != "word":
            return True
        if sentence.any(at, "preposition", "function", "copula", "anaphor") or sentence.labelled(
            at, "place:"
        ):
            return True
        if sentence.grammar.lang == "en" and is_plural(sentence.tokens[at].text):
            return False  # no verb of many ends so
        if sentence.any(at, "verb", "measure", "change") or sentence.labelled(at, "dir:"):
            return True
        word = sentence.tokens[at].text
        ends = word.endswith(sentence.grammar.phrase.verb_endings) and len(word) > 4
        return ends and (sentence.grammar.lang != "en" or at > self._start)


# Accusatives and verbal nouns ("келуі") that end like possessed nouns.
_PLURAL_OR_OBJECT = ("лар", "лер", "дар", "дер", "тар", "тер", "ты", "ті", "ды", "ді", "ны", "ні")
_ACCUSATIVE = ("уі", "уы", "ды", "ді", "тты", "тті", "кті", "қты", "пты", "пті", "сты", "сті", "шты", "шті")
_CASES = (
    "ның",
    "нің",
    "дың",
    "дің",
    "тың",
    "тің",
    "ға",
    "ге",
    "қа",
    "ке",
    "дан",
    "ден",
    "тан",
    "тен",
    "нан",
    "нен",
)


def is_plural(word: str) -> bool:
    """Whether an English word looks like a plural."""
    return word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3
