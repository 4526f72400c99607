"""Workflows that have come to an end which no worker of ours gave them, while the record goes on (ADR 19).

Whoever takes the task of a workflow from its queue can answer that it is done. The history of such a run has
no last step. A run that has done its last step has ended by itself, and the record is what was set back.
"""

from __future__ import annotations

from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client

from activities.base.outside_acts import act_key
from activities.contract import COMPLETE_SWITCH, END_SWITCH, REQUEST_SWITCH, RequestSwitchResult
from domain.switch.outside_events import ANSWER_TASK
from services.recovery.run_acts import OutsideAct
from services.temporal.workflow_runs import completed_steps, history_of

ABOUT = "The workflow was answered as done in Temporal, in a worker's place and before its last step."
_LAST_STEPS = frozenset({COMPLETE_SWITCH.name, END_SWITCH.name})


async def early_end(client: Client, workflow_id: str, run_id: str) -> OutsideAct | None:
    """Return the act by which a completed run was ended before its last step; None where it has done that.

    Args:
        client: Of Temporal.
        workflow_id: The workflow.
        run_id: Its run, which is completed.
    """
    events = await history_of(client, workflow_id, run_id)
    done = completed_steps(events)
    if not events or set(done) & _LAST_STEPS or not await _goes_on(client, done.get(REQUEST_SWITCH.name)):
        return None
    key = act_key(run_id, ANSWER_TASK)
    return OutsideAct(act=ANSWER_TASK, about=ABOUT, workflow_id=workflow_id, run_id=run_id, key=key)


async def _goes_on(client: Client, answer: HistoryEvent | None) -> bool:
    """Return whether the first step let the run go on: one that ends there needs no last step."""
    if answer is None:
        return True
    payloads = answer.activity_task_completed_event_attributes.result.payloads
    try:
        (result,) = await client.data_converter.decode(payloads, [RequestSwitchResult])
    except Exception:  # noqa: BLE001 - what a stranger has put there says nothing
        return True
    return bool(result.accepted and not result.ended)
