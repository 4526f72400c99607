"""Answers about what keeps workflows from going on."""

from __future__ import annotations

from console.models.base import Answer, Recorded
from domain.operator.workflow_trouble import WorkflowTrouble


class TroubleList(Answer):
    """What keeps workflows from going on, by the last look of a worker."""

    troubles: tuple[Recorded[WorkflowTrouble], ...]
    #: Where the next page begins; null: this is the last one.
    next_cursor: str | None
