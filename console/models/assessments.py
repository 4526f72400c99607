"""Answers about recorded assessments, and about what other inputs would have decided."""

from __future__ import annotations

from dataclasses import dataclass

from audit.assessments.records import AssessmentLine, AssessmentRecord
from audit.whatif.switches import WhatIf
from console.models.base import Answer


@dataclass(frozen=True, kw_only=True, slots=True)
class ListedAssessment(AssessmentLine):
    """One assessment of a list, with the names of its plans."""

    source_plan: str
    target_plan: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownAssessment(AssessmentRecord):
    """One assessment with everything that it rests on, and the names of its plans."""

    source_plan: str
    target_plan: str


class AssessmentList(Answer):
    """One page of an organization's assessments, the newest first."""

    organization_id: str
    assessments: tuple[ListedAssessment, ...]
    #: What the next page begins after; null: this is the last one.
    next: int | None
    #: The same as a cursor, which belongs to the filters of this page.
    next_cursor: str | None = None


class WhatIfAnswer(Answer):
    """What one switch would have been with another input."""

    #: rules, catalog, calendar or policy, and its name.
    input: str
    name: str
    answer: WhatIf


class WhatIfPages(Answer):
    """Where the parts of the history end, so that several can be asked for at the same time."""

    #: Last places of the next parts in the log; what is after the last one is a part as well.
    ends: tuple[int, ...]
    #: After which place more ends are to be asked for; null: these are all.
    next: int | None
    #: Where the history ends that is looked at.
    until: int
    #: How many parts are decided at the same time; one where the history is short, or there is one core.
    at_once: int


class WhatIfPart(Answer):
    """A part of the history, decided again with another input."""

    input: str
    name: str
    #: Switches of this part, and assessments that led to none.
    switches: int
    assessments: int
    #: Decisions that were made again.
    decisions: int
    #: Switches and assessments with a decision that differs.
    differing: tuple[WhatIf, ...]
    #: Decisions of this part that can't be made again.
    undecided: int
    #: Where the next part begins, and where the history ends that is looked at; null: this is the last one.
    next: int | None
    until: int
