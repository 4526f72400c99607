"""Noting in the record what a step waits for, so that everybody who looks is told the same."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import structlog
from temporalio import activity

from domain.awaited import Awaited, Party, is_noted, party_of
from domain.errors import NotReadyYet, PlanSwitchError, ProviderThrottled
from domain.switch_state import LIVE
from domain.waiting_events import WaitNoted

if TYPE_CHECKING:
    from activities.step import Step

_log = structlog.get_logger()
_ANSWERS = "answer"


def note_wait(step: Step, error: PlanSwitchError) -> None:
    """Record what a step waits for that is tried again; a note that can't be recorded hinders nothing.

    Args:
        step: The attempt that ends.
        error: With what it ends.
    """
    if not error.handling.is_retryable:
        return
    try:
        _note(step, error)
    except PlanSwitchError as trouble:
        # The next attempt notes it.
        _log.info("wait_not_noted", step=step.context.step, code=trouble.code)


def awaited_of(error: PlanSwitchError) -> Awaited:
    """Return what is waited for by an error that passes: what it names itself, else who did not answer."""
    named = error.details.get("awaited")
    if isinstance(named, Awaited):
        return named
    party = party_of(str(error.details.get("provider", "")))
    if isinstance(error, NotReadyYet) and party is Party.SWITCH:
        party = Party.SELLER
    action = f"{_ANSWERS} {operation}" if (operation := error.details.get("operation")) else _ANSWERS
    return Awaited(party=party, action=action, remedy=error.remedy)


def _note(step: Step, error: PlanSwitchError) -> None:
    info = activity.info()
    # The server's clock for both, which may run ahead of this machine's.
    now, since = step.at, step.begun_at
    source = step.store.subscription(step.source_id)
    state = source.switches.get(step.order.switch_id) if source else None
    if source is None or state is None or state.stage not in LIVE:
        return
    awaited = awaited_of(error)
    noted = state.of(WaitNoted)
    if noted is not None and noted.step != step.context.step:
        noted = None
    if not is_noted(
        since=since,
        now=now,
        is_changed=noted is not None and _named(noted.awaited) != _named(awaited),
        noted_since=noted.since if noted else None,
        noted_at=noted.timestamp if noted else None,
    ):
        return
    source.advance(
        WaitNoted,
        at=now,
        meta=step.meta(),
        step=step.context.step,
        party=awaited.party.value,
        action=awaited.action,
        names=list(awaited.names),
        code=error.code,
        message=error.message,
        remedy=awaited.remedy or error.remedy,
        since=since,
        looks_at=now + _delay(info, error),
        until=awaited.until,
    )
    step.save(source, what="wait")


def _named(awaited: Awaited) -> tuple[Any, ...]:
    """Return what makes two waits the same."""
    return awaited.party, awaited.action, awaited.names, awaited.until


def _delay(info: activity.Info, error: PlanSwitchError) -> timedelta:
    """Return how long Temporal waits before the next attempt."""
    if isinstance(error, NotReadyYet | ProviderThrottled):
        return timedelta(seconds=error.retry_after_seconds)
    policy = info.retry_policy
    if policy is None:
        return timedelta(0)
    longest = policy.maximum_interval or policy.initial_interval * 100
    grown = policy.initial_interval * policy.backoff_coefficient ** min(info.attempt - 1, 32)
    return min(grown, longest)
