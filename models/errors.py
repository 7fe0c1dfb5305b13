"""What may go wrong while reading text: wrong configuration, wrong input, missing or damaged model files."""

from __future__ import annotations

from baqylau import BaqylauError, Faults, Terminal


class ModelsError(BaqylauError):
    """Base of every error this layer raises on purpose."""


class CodebookFaults(Faults, ModelsError):
    """The codebook breaks its own rules; every fault is listed with its path."""


class LexiconFaults(Faults, ModelsError):
    """The lexicon or its target rules are malformed; every fault is listed with its line or path."""


class ModelMissing(Terminal, ModelsError):
    """A model file that a reader needs is not where it was looked for."""


class ModelDamaged(Terminal, ModelsError):
    """A model file is there but cannot be used: truncated, of another format, or of another shape."""


class InputRefused(Terminal, ModelsError):
    """An input file or line cannot be read at all."""


class GrammarFaults(Faults, ModelsError):
    """The grammar of claims or its gazetteer is malformed; every fault is listed with its file and path."""


class CodingFaults(Faults, ModelsError):
    """Coded sentences break the codebook's rules; every fault is listed with its file and line."""
