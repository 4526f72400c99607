"""Whoever reaches Temporal or the database gets nothing through without an approval (ADR 47).

What is sent here past the console has the signature of the installation: only the approval lacks.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from temporalio.client import WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError

from activities.contract import RequestSwitchResult
from activities.signing.signatures import CommandKeys
from domain.kernel.facts import digest_of
from domain.switch.control_events import CommandApproved
from tests.support.acts.approving import order_digest, record_approval
from tests.support.worlds.world import OPERATOR, World, meta_of, unique_request_id

_REQUIRED = "APPROVAL_REQUIRED"


async def _answer(
    world: World, *, is_other: bool = False, users: int = 8, **approval: Any
) -> tuple[RequestSwitchResult, list[Any]]:
    """Start a switch past the console, with what stands in the database; answer, and what is recorded."""
    order = world.order(world.organization(users), request_id=unique_request_id("past"))
    if approval:
        digest = "of another command" if is_other else order_digest(order)
        record_approval(world.store, order, digest=digest, **approval)
    handle, answer = await world.start(order)
    if answer.accepted:
        await world.result(handle)
    return answer, world.source_events(order)


async def test_a_start_without_an_approval_is_refused_by_the_worker(guarded_world: World) -> None:
    """The worker judges by its own settings and figures, whatever the console has done."""
    answer, events = await _answer(guarded_world)
    assert (answer.accepted, answer.code) == (False, _REQUIRED)
    assert "8 users move" in answer.message
    assert events == []


@pytest.mark.parametrize(
    "forged",
    [
        {"is_other": True, "by": "ada"},
        {"by": "ada", "requested_by": "somebody-else"},
        {"by": "ada", "keys": CommandKeys(signing=b"a-key-that-a-stranger-made")},
        {"by": "ada-herself", "requested_by": "ada-herself"},
        {"by": "ada", "lifetime": timedelta(seconds=-1)},
    ],
    ids=["another-command", "another-requester", "another-key", "own-request", "expired"],
)
async def test_a_forged_approval_does_not_count(guarded_world: World, forged: dict[str, Any]) -> None:
    """An approval of something else, of nobody, of oneself, or of before is none."""
    answer, events = await _answer(guarded_world, **forged)
    assert (answer.accepted, answer.code) == (False, _REQUIRED)
    assert events == []


async def test_an_approved_start_is_recorded_with_who_approved_it(guarded_world: World) -> None:
    """The switch's own record names who approved it and who requested it."""
    answer, events = await _answer(guarded_world, by="vera-approves")
    assert answer.accepted, answer
    (approved,) = [each for each in events if isinstance(each.event, CommandApproved)]
    assert meta_of(approved)["actor"] == "vera-approves"
    event: Any = approved.event
    assert (event.command, event.requested_by) == ("start", "ada")


async def test_a_command_without_an_approval_is_refused_by_the_worker(guarded_world: World) -> None:
    """A signed cancel that nobody approved has no effect; the same one that is approved has it."""
    world = guarded_world
    world.sandbox.settings(provisioning_delay_seconds=3_600)
    order = world.order(world.organization(3), request_id=unique_request_id("held"))
    handle, answer = await world.start(order)
    assert answer.accepted, answer
    await world.until_stage(handle, "provisioning")
    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await world.cancel(handle, "cancel-1")
    assert isinstance(refused.value.cause, ApplicationError)
    assert refused.value.cause.type == _REQUIRED
    record_approval(
        world.store,
        order,
        digest=digest_of({}),
        command="cancel",
        request_id="cancel-2",
        requested_by=OPERATOR,
        by="vera-approves",
    )
    taken = await world.cancel(handle, "cancel-2")
    assert taken.accepted, taken
    ended = await world.result(handle)
    assert ended.outcome == "cancelled"
    approved = [each for each in world.source_events(order) if isinstance(each.event, CommandApproved)]
    assert {meta_of(each)["actor"] for each in approved} == {"vera-approves"}
