"""A vendor's words for what has codes of our own: handed in, so that rules and record know no vendor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class VendorWords:
    """Translates between codes and one vendor's words (rules#license-failures)."""

    #: What rows and events of earlier versions hold -> code.
    stored: Mapping[str, str]
    #: Code -> the vendor's word, where it has one.
    words: Mapping[str, str]

    def code_of(self, stored: str) -> str:
        """Return the code of what a row or an event holds; newer ones hold the code itself."""
        return self.stored.get(stored, stored)

    def word_of(self, code: str) -> str:
        """Return the vendor's word for a code, or ""."""
        return self.words.get(code, "")


#: Nothing to translate.
NO_WORDS = VendorWords(stored={}, words={})
