"""SWITCH_IN_PROGRESS: the promised end is right, or unknown and for whom it waits.

See waits#when-another-switch-ends.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from domain.kernel.errors import AdministrationIsLocked, SwitchInProgress
from domain.licenses.promised_time import license_move_seconds
from domain.operator.manual_events import ManualStepAwaited
from domain.operator.switch_end import GOING_BACK, credit_holder, lock_holder, switch_holder
from domain.organizations.organization import LockHolder, Organization, switch_in_progress
from domain.switch import events, provisioning_events, return_events, waiting_events
from domain.switch import move_events as moves
from domain.switch.control_events import SwitchPaused, SwitchResumed
from domain.switch.events import SwitchRequested
from domain.switch.switch_state import SwitchEvent, SwitchState
from tests.support.stories.aggregate_stories import at, facts_of, meta_of, opened
from tests.support.stories.eligibility_inputs import reason_of
from tests.support.stories.samples import ORGANIZATION_ID, SWITCH_ID

#: Ten minutes after the beginning.
PROMISED = 600
DAY = 86_400
HOLDER = LockHolder(switch_id=SWITCH_ID, since=at(), promised_end=at(PROMISED))

Told = tuple[type[SwitchEvent], int, dict[str, Any]]

ORDERED: list[Told] = [(events.ReplacementOrdered, 1, {})]
CREDIT: list[Told] = [
    *ORDERED,
    (
        events.CreditCheckRequired,
        10,
        # Over a weekend: two business days are four days here.
        {"reminder_at": at(3 * DAY), "deadline_at": at(4 * DAY), "cap_at": at(14 * DAY)},
    ),
]
OVERDUE: list[Told] = [*CREDIT, (events.CreditCheckOverdue, 4 * DAY, {})]
CLEARED: list[Told] = [*ORDERED, (events.CreditCheckNotRequired, 2, {})]
READY: list[Told] = [*CLEARED, (events.ReplacementReady, 30, {})]
MOVING: list[Told] = [*READY, (moves.LicenseMoveStarted, 500, {"total": 200_000})]
EXTENDED: list[Told] = [*OVERDUE, (events.CreditCheckExtended, 5 * DAY, {"deadline_at": at(6 * DAY)})]
FEW: list[Told] = [*READY, (moves.LicenseMoveStarted, 60, {"total": 20})]
MOVED: list[Told] = [*FEW, (moves.LicenseMoveFinished, 90, {})]
CANCELLING: list[Told] = [*MOVED, (moves.SourceCancellationBegun, 100, {})]
BACK: list[Told] = [*FEW, (return_events.RollBackStarted, 80, {})]
INCIDENT: Told = (
    waiting_events.WaitNoted,
    40,
    {
        "party": "switch",
        "action": "find that nothing blocks the switch",
        "names": ["SERVICE_UNHEALTHY"],
    },
)


def state_of(told: list[Told], **asked: Any) -> SwitchState:
    """Return the state of a switch after a story; `asked` are facts of its request."""
    source = opened()
    requested: Told = (SwitchRequested, 0, asked)
    for event_class, seconds, facts in (requested, *told):
        source.advance(event_class, at=at(seconds), meta=meta_of(), **facts_of(event_class, **facts))
    return source.switch(SWITCH_ID)


@pytest.mark.parametrize(
    ("told", "now", "promised_at"),
    [
        ([], 5, at(PROMISED)),
        (ORDERED, 5, at(PROMISED)),
        (CREDIT, 3_600, at(PROMISED + 4 * DAY - 10)),
        (EXTENDED, 5 * DAY + 60, at(PROMISED + 6 * DAY - 10)),
        (
            [*CREDIT, (events.CreditCheckApproved, DAY, {})],
            DAY + 5,
            at(PROMISED) + timedelta(seconds=DAY - 10),
        ),
        (CLEARED, 20, at(PROMISED)),
        (READY, 40, at(PROMISED)),
        (MOVING, 700, at(500) + timedelta(seconds=license_move_seconds(200_000))),
        (FEW, 70, at(PROMISED)),
        ([*FEW, (SwitchPaused, 80, {}), (SwitchResumed, 90, {"stage": "moving"})], 95, at(PROMISED)),
        (MOVED, 95, at(PROMISED)),
        (CANCELLING, 110, at(PROMISED)),
        ([*CANCELLING, (moves.SourceCancelled, 120, {})], 130, at(PROMISED)),
    ],
    ids=[
        "requested",
        "ordered",
        "credit check over a weekend",
        "credit check extended",
        "credit check approved",
        "provisioning",
        "ready",
        "moving so many that it takes longer",
        "moving",
        "resumed",
        "moved",
        "cancelling",
        "cutting over",
    ],
)
def test_a_promise_that_stands_is_the_one_of_now(told: list[Told], now: int, promised_at: datetime) -> None:
    """A credit check puts the end off by its business days, a large move by what it takes for sure."""
    holder = switch_holder(HOLDER, state_of(told), at(now))

    assert (holder.promised_end, holder.waits_for) == (promised_at, "")
    assert reason_of("SWITCH_IN_PROGRESS", lock_holder=holder).evidence == {
        "switch_id": SWITCH_ID,
        "since": at().isoformat(),
        "promised_end": promised_at.isoformat(),
    }


@pytest.mark.parametrize(
    ("told", "now", "words"),
    [
        (OVERDUE, 4 * DAY + 5, "an operator: the credit check is overdue"),
        (CREDIT, 4 * DAY + 5, "the credit check"),
        ([*CREDIT, (events.CreditCheckDeclined, DAY, {})], DAY + 5, GOING_BACK),
        ([*CREDIT, (events.CreditCheckExpired, DAY, {})], DAY + 5, GOING_BACK),
        (
            [*CLEARED, (return_events.OperatorCommanded, 9, {"command": "cancel", "request_id": "c"})],
            10,
            GOING_BACK,
        ),
        (
            [*CLEARED, (provisioning_events.ProvisioningOverdue, 9, {})],
            10,
            "an operator: the new subscription",
        ),
        ([*CLEARED, (SwitchPaused, 9, {"until": None})], 10, "an operator to resume it"),
        ([*FEW, (SwitchPaused, 70, {"until": at(900)})], 75, "an operator to resume it, or until 2026-11-22"),
        (
            [*READY, INCIDENT],
            50,
            "the switch itself to find that nothing blocks the switch: SERVICE",
        ),
        ([*FEW, (moves.LicenseMoveHeld, 70, {})], 75, "an operator: repair, then retry"),
        (BACK, 85, "the directory to return licenses"),
        ([*BACK, (return_events.CompensationStuck, 90, {})], 95, "an operator: it can't be taken back yet"),
        (CLEARED, PROMISED, "the seller to set up the new subscription"),
        (FEW, PROMISED, "the directory to move licenses"),
        (CANCELLING, PROMISED, "the seller to answer the cancellation"),
    ],
    ids=[
        "credit check overdue",
        "credit check past its deadline",
        "declined",
        "expired",
        "cancelled",
        "provisioning overdue",
        "paused",
        "paused after the pilot",
        "an incident before the first license",
        "held",
        "rolling back",
        "stuck",
        "provisioning too late",
        "moving too late",
        "cancelling too late",
    ],
)
def test_an_end_that_nobody_can_promise_is_unknown_and_tells_for_whom_it_waits(
    told: list[Told], now: int, words: str
) -> None:
    """What a person decides, what leads back and what is late already has no promised end."""
    holder = switch_holder(HOLDER, state_of(told), at(now))
    found = reason_of("SWITCH_IN_PROGRESS", lock_holder=holder)
    refusal = switch_in_progress(holder)

    assert holder.waits_for.startswith(words)
    assert f"its end is unknown: it waits for {words}" in found.message
    assert "promised_end" not in found.evidence
    assert f"planswitch switch show {SWITCH_ID}" in found.remedy
    assert isinstance(refusal, SwitchInProgress)
    assert (refusal.details["promised_end"], refusal.details["waits_for"]) == (None, holder.waits_for)
    assert refusal.remedy.startswith(f"Its end is unknown: it waits for {words}")


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ([(ManualStepAwaited, 1, {"step": "buy"})], "an operator: start step buy"),
        ([*MOVED, (ManualStepAwaited, 95, {"step": "cancel"})], "an operator: start step cancel"),
        ([*FEW, (ManualStepAwaited, 70, {"step": "reassign"})], "an operator: start step reassign"),
        (FEW, "the directory to move licenses"),
        (CREDIT, "the credit check"),
        (CANCELLING, ""),
    ],
    ids=["first step", "last step", "some are moved", "a step runs", "credit check", "point of no return"],
)
def test_a_switch_by_hand_promises_no_end_before_its_last_step(told: list[Told], words: str) -> None:
    """An operator starts each step: lock and place are held until then, and nobody knows how long."""
    state = state_of(told, mode="manual")

    assert switch_holder(HOLDER, state, at(100)).waits_for.startswith(words)
    assert bool(switch_holder(HOLDER, state, at(100)).waits_for) == bool(words)
    assert lock_holder(HOLDER, state, at(100)).waits_for.startswith(words)


def test_a_wait_that_is_over_takes_no_promise_away() -> None:
    """The step that waited got through: the promise stands again."""
    source = opened()
    stories: list[Told] = [(SwitchRequested, 0, {}), *CLEARED, INCIDENT]
    for event_class, seconds, facts in stories:
        source.advance(event_class, at=at(seconds), meta=meta_of(), **facts_of(event_class, **facts))
    waiting = switch_holder(HOLDER, source.switch(SWITCH_ID), at(45))
    source.advance(events.ReplacementReady, at=at(50), meta=meta_of(), **facts_of(events.ReplacementReady))

    assert waiting.waits_for
    assert switch_holder(HOLDER, source.switch(SWITCH_ID), at(55)).waits_for == ""


@pytest.mark.parametrize(
    ("told", "now", "promised_at", "words"),
    [
        (CREDIT, 3_600, at(4 * DAY), ""),
        (
            [*OVERDUE, (events.CreditCheckExtended, 5 * DAY, {"deadline_at": at(6 * DAY)})],
            5 * DAY,
            at(6 * DAY),
            "",
        ),
        (OVERDUE, 4 * DAY + 5, at(4 * DAY), "an operator: the credit check is overdue"),
        ([*CREDIT, (events.CreditCheckDeclined, DAY, {})], DAY + 5, at(4 * DAY), GOING_BACK),
    ],
    ids=["running", "extended", "overdue", "declined"],
)
def test_a_pending_credit_check_tells_its_deadline_or_for_whom_it_waits(
    told: list[Told], now: int, promised_at: datetime, words: str
) -> None:
    """CREDIT_CHECK_PENDING promises the deadline of now; an overdue check promises nothing."""
    holder = credit_holder(HOLDER, state_of(told), at(now))
    found = reason_of("CREDIT_CHECK_PENDING", credit_check=holder)

    assert (holder.promised_end, holder.waits_for) == (promised_at, words)
    assert ("its end is unknown" in found.message) == bool(words)
    assert ("two business days" in found.remedy) == (not words)


def test_a_locked_administration_promises_no_end_that_has_passed() -> None:
    """An edit by hand is refused with the promised end, or with whom the switch waits for."""
    organization = Organization.register(ORGANIZATION_ID, at=at(), meta=meta_of())
    organization.reserve_switch(
        SWITCH_ID, source_stream_id="s", promised_end=at(PROMISED), at=at(), meta=meta_of()
    )
    organization.lock_administration(SWITCH_ID, promised_end=at(3_600), at=at(), meta=meta_of())
    held = state_of([*FEW, (moves.LicenseMoveHeld, 70, {})])
    locked = organization.administration_lock
    assert locked is not None
    assert lock_holder(locked, state_of(FEW), at(80)).waits_for == ""

    organization.administration_lock = lock_holder(locked, held, at(80))

    with pytest.raises(AdministrationIsLocked) as refused:
        organization.require_administration_free()
    assert refused.value.details["promised_end"] is None
    assert "it waits for an operator: repair, then retry" in refused.value.remedy


def test_a_holder_that_the_record_does_not_tell_promises_only_what_lies_ahead() -> None:
    """A source that can't be read: the promise of then counts until it has passed."""
    assert switch_holder(HOLDER, None, at(5)) == HOLDER
    assert switch_holder(HOLDER, None, at(PROMISED)).waits_for == "something that the record does not have"
