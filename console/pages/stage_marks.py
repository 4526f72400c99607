"""How a stage looks on the pages: meaning (its color), icon and word; no color tells anything alone."""

from __future__ import annotations

from domain.switch.stage import BOARD
from domain.switch.stage_words import phrase_of, words_of


def mark_of(stage: str) -> tuple[str, str, str]:
    """Return meaning, icon and word of a stage."""
    words = words_of(stage)
    return words.meaning, words.icon, phrase_of(stage)


#: Stage -> meaning, icon and word; the list of switches gets the same table.
MARKS: dict[str, tuple[str, str, str]] = {stage: mark_of(stage) for stage in BOARD}
