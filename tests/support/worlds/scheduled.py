"""Switches that are scheduled: whatever a world starts begins when its clock says, what a step starts too."""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from temporalio.client import (
    Client,
    Interceptor,
    OutboundInterceptor,
    StartWorkflowUpdateWithStartInput,
    WorkflowUpdateHandle,
)
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from activities.assessment.preparation import Prepared
from activities.contract import SwitchOrder
from activities.request.eligibility_wait import accepted_wait
from activities.request.refusal_reasons import refusal_reasons
from domain.kernel.ids import switch_id_of
from domain.requests.start_times import local_text, stated_instant
from services.assessment.waits import wait_terms
from tests.support.clouds.cloud_server import TARGET_PLAN
from tests.support.worlds.dated import DatedWorld, DatedWorlds
from tests.support.worlds.forward import forward
from tests.support.worlds.signing import KEYS, signed_anew
from tests.support.worlds.waiting import WaitingCase, start
from tests.support.worlds.world import ACTOR
from workflows.wait.eligibility_wait import WaitRequest

ZONE = "Europe/Berlin"


class _StartsAt(OutboundInterceptor):
    """Lets a workflow begin at the instant of a clock that is ahead of the machine's."""

    def __init__(self, inner: OutboundInterceptor, worlds: DatedWorlds, now: Callable[[], datetime]) -> None:
        super().__init__(inner)
        self._worlds = worlds
        self._now = now

    async def start_update_with_start_workflow(
        self,
        input: StartWorkflowUpdateWithStartInput,  # noqa: A002  # the library's name
    ) -> WorkflowUpdateHandle[Any]:
        """Start with a delay, skip it, and let the update join what runs."""
        wanted = input.start_workflow_input
        wanted.args = [signed_anew(KEYS, each, self._now()) for each in wanted.args]
        ahead = self._now() - datetime.now(UTC)
        with contextlib.suppress(WorkflowAlreadyStartedError):
            handle = await self._worlds.shared.client.start_workflow(
                wanted.workflow,
                args=wanted.args,
                id=wanted.id,
                task_queue=wanted.task_queue,
                start_delay=ahead,
            )
            await forward(self._worlds.environment, handle, ahead)
        wanted.id_conflict_policy = WorkflowIDConflictPolicy.USE_EXISTING
        return await super().start_update_with_start_workflow(input)


class _StartsAtAll(Interceptor):
    """The client's side of `_StartsAt`."""

    def __init__(self, worlds: DatedWorlds, now: Callable[[], datetime]) -> None:
        self._worlds = worlds
        self._now = now

    def intercept_client(
        self,
        next: OutboundInterceptor,  # noqa: A002  # the library's name
    ) -> OutboundInterceptor:
        """Wrap the client's calls."""
        return _StartsAt(next, self._worlds, self._now)


def starting_at(worlds: DatedWorlds, now: Callable[[], datetime]) -> Client:
    """Return a client whose workflows begin when `now` says."""
    config = worlds.shared.client.config()
    config["interceptors"] = [*config["interceptors"], _StartsAtAll(worlds, now)]
    return Client(**config)


@dataclass(kw_only=True)
class Scheduled:
    """One request for a later day."""

    prepared: Prepared
    case: WaitingCase


def paid_year(
    world: DatedWorld, *, begun_on: str, quantity: int, seed: int = 1, **options: Any
) -> dict[str, Any]:
    """Make an organization whose licenses were paid for a year."""
    return world.sandbox.organization(
        seed=77_100 + seed,
        users=25,
        billing_cycle="annual",
        period_start_on=date.fromisoformat(begun_on),
        quantity=quantity,
        **options,
    )


async def schedule(
    world: DatedWorld,
    organization: dict[str, Any],
    start_on: str | None = None,
    *,
    until: str | None = None,
    acknowledgments: tuple[str, ...] = (),
    **asked: Any,
) -> Scheduled:
    """Schedule a switch as the console does, and return once its first look has ended."""
    prepared = await asyncio.to_thread(
        world.prepare, organization, start_on=start_on, acknowledgments=acknowledgments, **asked
    )
    assert prepared.start_on is not None
    terms = wait_terms(prepared, wait_until=until, max_total=None)
    assert terms is not None
    order = _order(organization, prepared, acknowledgments, asked)
    request = WaitRequest(
        order=order,
        accepted=accepted_wait(terms),
        source_plan_id=prepared.source.plan_id,
        reasons=refusal_reasons(prepared.assessment.blocking("automatic")),
        quote=prepared.quote.as_facts(),
    )
    handle, answer = await start(world, request)
    assert answer.accepted, answer
    case = WaitingCase(
        world=world,
        environment=world.environment,
        order=order,
        until=terms.until,
        request=request,
        handle=handle,
    )
    await case.until_looked(1)
    return Scheduled(prepared=prepared, case=case)


def _order(
    organization: dict[str, Any], prepared: Prepared, acknowledgments: tuple[str, ...], asked: dict[str, Any]
) -> SwitchOrder:
    carried = (
        *("quantity", "quiet_hours", "policy", "price_tolerance_percent"),
        *("mode", "selection", "selected"),
    )
    options = {name: asked[name] for name in carried if name in asked}
    if "start_at" in asked:
        options["start_at"] = local_text(stated_instant(asked["start_at"], ZONE), ZONE)
    request_id = uuid.uuid4().hex
    return SwitchOrder(
        switch_id=switch_id_of(organization["organization_id"], request_id),
        request_id=request_id,
        organization_id=organization["organization_id"],
        source_subscription_id=organization["subscription_id"],
        target_plan_id=TARGET_PLAN,
        **options,
        quote_digest=prepared.quote.digest,
        acknowledgments=acknowledgments,
        quoted_on=prepared.quote.input.quoted_on.isoformat(),
        actor=ACTOR,
        reason="grow",
        start_on=str(prepared.start_on),
    )


async def forward_to(world: DatedWorld, case: WaitingCase, instant: datetime) -> None:
    """Let it be a few seconds after an instant for the wait and for the sandbox."""
    world.move_clock(instant + timedelta(seconds=5))
    now = await world.environment.get_current_time(case.handle)
    await forward(world.environment, case.handle, instant + timedelta(seconds=5) - now)
