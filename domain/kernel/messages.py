"""Texts apart from facts: what is stored is a code with its figures; the text is made when somebody reads it.

See docs/adr/0030-texts-are-made-when-they-are-read.md. A record from before has the text itself, which is
shown as it is stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias

from domain.kernel.money import Money


@dataclass(frozen=True, kw_only=True, slots=True)
class Words:
    """What is told: what is the matter, and what can be done about it."""

    message: str
    #: "" where there is nothing to do.
    remedy: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Phrase:
    """A figure that is words itself: the code of its template, and the figures in it."""

    #: A code of domain/reasons/phrases.py.
    code: str
    figures: Mapping[str, str | int]


#: What stands in the place of a `{name}`: a name or an id, a number, or what is spelled by its kind.
Figure: TypeAlias = str | int | date | datetime | Money | Phrase


def with_figures(template: str, figures: Mapping[str, str | int]) -> str:
    """Return a template with its figures; a figure that a record lacks stays its name in braces.

    Args:
        template: Words with `{name}` for each figure.
        figures: The figures as a reader sees them.
    """
    return template.format_map(_Figures(figures))


class _Figures(dict[str, str | int]):
    def __missing__(self, name: str) -> str:
        return f"{{{name}}}"
