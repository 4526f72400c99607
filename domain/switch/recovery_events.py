"""Events of a switch whose workflow was lost and started again from the record."""

from __future__ import annotations

from domain.kernel.recorded import stored
from domain.switch.stage import LIVE
from domain.switch.switch_state import SwitchEvent


@stored("subscription.workflow-restarted")
class WorkflowRestarted(SwitchEvent):
    """The switch is open and its workflow was not, so it is started again; recorded before the start."""

    AFTER = LIVE

    #: What became of the workflow: missing, terminated, failed, timed_out, canceled, completed or running.
    found: str
    #: The run that is lost, as far as it is known; who restarts and why is in the meta.
    lost_run_id: str
