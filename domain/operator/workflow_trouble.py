"""What keeps a workflow from going on, as the workers' rounds find it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkflowTrouble:
    """Something that keeps a workflow from going on, and that it does not tell itself."""

    workflow_id: str
    switch_id: str
    #: Stable code: WORKFLOW_TASK_FAILING, WORKFLOW_PAUSED, WORKFLOW_LOST, WORKFLOW_LEFT_OPEN,
    #: ACTIVITY_PAUSED; RECORD_INCONSISTENT where its record lacks an event.
    code: str
    #: Since when; None where Temporal does not tell.
    since: datetime | None
    message: str
    remedy: str
    #: Id of the activity; "" for the workflow as a whole.
    place: str = ""
