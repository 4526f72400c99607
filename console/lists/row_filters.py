"""Filters of lists that are read from the record itself: each page is read, and what matches is kept.

A page of such a list may have fewer rows than its limit, or none, and another page behind it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Annotated, TypeVar

from fastapi import Depends, Query

from domain.kernel.limits import TEXT_MAX

Row = TypeVar("Row")
_Equal = Annotated[
    str | None, Query(max_length=TEXT_MAX, description="The whole value as rows have it, in any case")
]


@dataclass(frozen=True, kw_only=True, slots=True)
class RowFilter:
    """What rows are filtered by; each field is named as that of a row, and None filters nothing."""

    def of(self, rows: Iterable[Row]) -> tuple[Row, ...]:
        """Return the rows that match every field."""
        wanted = {each.name: getattr(self, each.name) for each in fields(self)}
        named = {name: text.strip().casefold() for name, text in wanted.items() if text is not None}
        return tuple(row for row in rows if all(_has(row, name, text) for name, text in named.items()))


@dataclass(frozen=True, kw_only=True, slots=True)
class UserFilter(RowFilter):
    """What became of a user."""

    outcome: _Equal = None
    pass_name: _Equal = None
    error: _Equal = None
    directory_id: _Equal = None


@dataclass(frozen=True, kw_only=True, slots=True)
class RefusalFilter(RowFilter):
    """Who refused what."""

    step: _Equal = None
    provider: _Equal = None
    operation: _Equal = None
    code: _Equal = None


@dataclass(frozen=True, kw_only=True, slots=True)
class EditFilter(RowFilter):
    """Who gave or took which license."""

    actor: _Equal = None
    action: _Equal = None
    plan: _Equal = None
    outcome: _Equal = None
    directory_id: _Equal = None


@dataclass(frozen=True, kw_only=True, slots=True)
class AssessmentFilter(RowFilter):
    """Who asked for what, and what was answered."""

    actor: _Equal = None
    verdict: _Equal = None
    mode: _Equal = None
    stage: _Equal = None
    rule_set: _Equal = None
    #: One of the codes that stood in the way.
    codes: _Equal = None


def _has(row: object, name: str, text: str) -> bool:
    value = getattr(row, name)
    values = value if isinstance(value, tuple) else (value,)
    return text in {str(each).casefold() for each in values}


Users = Annotated[UserFilter, Depends()]
Refusals = Annotated[RefusalFilter, Depends()]
Edits = Annotated[EditFilter, Depends()]
Assessments = Annotated[AssessmentFilter, Depends()]
#: No filter, for callers without one.
EVERY_ASSESSMENT = AssessmentFilter()
