"""Messenger markdown reduced to what its reader sees."""

from __future__ import annotations

import re

LINK = re.compile(r"\[([^\[\]]*)\]\((?:[^()\s]|\([^()\s]*\))*\)")
# Paired signs around a run of text; single `*` and `_` stay, since they also stand in plain text.
PAIRS = re.compile(r"\*\*|__|~~|\|\||```|`")


def plain(text: str) -> str:
    """Turn `**bold**` into bold, `[text](address)` into text, and drop the other paired signs.

    Addresses go, the words of links stay. Line breaks are kept, so that paragraphs stay apart.
    """
    for _ in range(3):
        text, changed = LINK.subn(r"\1", text)
        if not changed:
            break
    return PAIRS.sub("", text)
