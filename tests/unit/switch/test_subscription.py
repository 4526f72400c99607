"""The subscription's stages: what may follow what, and what each event leads to."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pytest

from domain.kernel.errors import RuleViolated, UnknownSwitch
from domain.operator import alarms, manual_events
from domain.subscriptions.subscription import (
    BillingStarted,
    LicensesReceived,
    Provisioned,
    Subscription,
    Voided,
)
from domain.switch import control_events as controls
from domain.switch import events, provisioning_events, settings_events, waiting_events
from domain.switch import group_events as groups
from domain.switch import move_events as moves
from domain.switch import outside_events as outside
from domain.switch import preflight_events as preflights
from domain.switch import recovery_events as recovery
from domain.switch import return_events as returns
from domain.switch.stage import LIVE, TERMINAL, Stage
from domain.switch.switch_state import SwitchEvent
from tests.support.stories.aggregate_stories import (
    advance,
    at,
    events_of,
    facts_of,
    meta_of,
    opened,
    source_at,
)
from tests.support.stories.samples import SWITCH_ID

ALL_STAGES = sorted(LIVE | TERMINAL)
BEFORE_PIVOT = LIVE - {Stage.CANCELLING, Stage.SOURCE_CANCELLED, Stage.CUT_OVER}
OPEN_MOVE = {Stage.MOVING, Stage.HELD}
AMENDABLE = OPEN_MOVE | {Stage.READY, Stage.MOVED}
WAITING = {Stage.ORDERED, Stage.CREDIT_CHECK, Stage.CREDIT_OVERDUE}

#: Event -> stages that it may follow, and the stage it leads to; None leaves the stage
#: (architecture#streams-and-events).
TABLE: dict[type[SwitchEvent], tuple[Collection[str], str | None]] = {
    events.QuoteFixed: ({"requested"}, None),
    manual_events.ManualStepAwaited: (BEFORE_PIVOT, None),
    manual_events.ManualStepBegun: (BEFORE_PIVOT, None),
    manual_events.ManualStepDoneOutside: (LIVE, None),
    manual_events.SourceReductionBegun: ({"moved"}, "cancelling"),
    manual_events.SourceReductionRefused: ({"cancelling"}, "moved"),
    manual_events.AddOnReduced: ({"source_cancelled"}, None),
    events.WarningAcknowledged: ({"requested"}, None),
    events.ForfeitureAccepted: ({"requested"} | AMENDABLE, None),
    events.OverlapAccepted: ({"requested"}, None),
    events.ReplacementOrdered: ({"requested", "stuck"}, "ordered"),
    events.CreditCheckNotRequired: ({"ordered"}, "credit_cleared"),
    events.CreditCheckRequired: ({"ordered"}, "credit_check"),
    events.CreditCheckReminded: ({"credit_check"}, None),
    events.CreditCheckOverdue: ({"credit_check"}, "credit_overdue"),
    events.CreditCheckExtended: ({"credit_check", "credit_overdue"}, "credit_check"),
    events.CreditCheckApproved: (WAITING, "credit_cleared"),
    events.CreditCheckDeclined: (WAITING, None),
    events.CreditCheckExpired: ({"credit_check", "credit_overdue"}, None),
    events.ReplacementReady: ({"ordered", "credit_cleared", "provisioning_overdue"}, "ready"),
    provisioning_events.ProvisioningOverdue: ({"ordered", "credit_cleared"}, "provisioning_overdue"),
    provisioning_events.ProvisioningWaitedOn: ({"provisioning_overdue"}, "credit_cleared"),
    events.ReplacementVoided: (BEFORE_PIVOT, None),
    moves.LicenseMoveStarted: ({"ready"}, "moving"),
    moves.LicensesReassigned: (OPEN_MOVE | {"moved", "cancelling", "source_cancelled"}, None),
    moves.LicenseMoveHeld: (OPEN_MOVE | {"ready", "moved"}, "held"),
    moves.UserSkipped: (OPEN_MOVE, None),
    moves.LicenseMoveFinished: (OPEN_MOVE, "moved"),
    controls.CommandApproved: (ALL_STAGES, None),
    moves.DriftFound: (LIVE, None),
    moves.DriftReconciled: (LIVE, None),
    moves.SourceCancellationBegun: ({"moved"}, "cancelling"),
    moves.SourceCancellationUnanswered: ({"cancelling"}, None),
    moves.SourceCancellationRefused: ({"cancelling"}, "moved"),
    moves.RenewalStopped: ({"cancelling"}, None),
    moves.SourceCancelled: ({"cancelling"}, "source_cancelled"),
    moves.LicensesReduced: ({"moved", "cancelling"}, "source_cancelled"),
    moves.StragglersMoved: ({"source_cancelled"}, None),
    moves.BillingStopped: ({"ordered", "source_cancelled"}, None),
    moves.BillingResumed: (BEFORE_PIVOT, None),
    moves.CreditIssued: ({"source_cancelled"}, None),
    moves.CreditForfeited: ({"source_cancelled"}, None),
    moves.AddOnDropped: ({"source_cancelled"}, None),
    moves.AddOnCarried: ({"source_cancelled"}, None),
    moves.QuoteCorrected: ({"source_cancelled"}, None),
    moves.BillingCutOver: ({"source_cancelled"}, "cut_over"),
    settings_events.SettingsCarried: ({"cut_over"}, None),
    settings_events.SettingsLost: ({"cut_over"}, None),
    settings_events.SourceSettingsChanged: ({"moved"}, None),
    settings_events.ServiceSettingsReassessed: ({"moving"}, None),
    settings_events.LocationsAsked: (
        {"ready", "moving", "held", "moved", "cancelling", "source_cancelled"},
        None,
    ),
    moves.SwitchCompleted: ({"cut_over"}, "completed"),
    recovery.WorkflowRestarted: (LIVE, None),
    outside.OutsideActFound: (LIVE | TERMINAL, None),
    waiting_events.WaitNoted: (LIVE, None),
    waiting_events.WaitEnded: (LIVE, None),
    alarms.AlarmRaised: (LIVE | TERMINAL, None),
    moves.CreditSettled: ({"source_cancelled", "cut_over", "completed"}, None),
    events.VoidWindowClosing: (BEFORE_PIVOT, None),
    events.PromiseMissed: (LIVE | TERMINAL, None),
    events.NoticeSent: (LIVE | TERMINAL, None),
    events.CompletionNoticeRead: ({"completed"}, None),
    events.SwitchDeclined: (BEFORE_PIVOT, "declined"),
    events.SwitchExpired: (BEFORE_PIVOT, "expired"),
    events.SwitchCancelled: (BEFORE_PIVOT, "cancelled"),
    events.SwitchFailed: (BEFORE_PIVOT, "failed"),
    events.SwitchRolledBack: (BEFORE_PIVOT, "rolled_back"),
    returns.OperatorCommanded: (LIVE | TERMINAL, None),
    preflights.PreflightChecked: ({"requested", "ready"}, None),
    controls.SwitchPaused: (BEFORE_PIVOT - {"rolling_back", "stuck"}, None),
    controls.SwitchResumed: (BEFORE_PIVOT - {"rolling_back", "stuck"}, None),
    controls.QuantityAmended: (AMENDABLE, None),
    returns.RollBackStarted: (OPEN_MOVE | {"moved"}, "rolling_back"),
    returns.LicensesReturned: ({"rolling_back", "stuck"}, None),
    returns.RollBackFinished: ({"rolling_back", "stuck"}, None),
    returns.CompensationStuck: (BEFORE_PIVOT, "stuck"),
    returns.SwitchBackRequested: ({"completed"}, None),
    groups.LicensingGroupMoveStarted: (OPEN_MOVE | {"moved", "cancelling", "source_cancelled"}, None),
    groups.LicensingGroupHeld: (
        OPEN_MOVE | {"moved", "cancelling", "source_cancelled", "rolling_back", "stuck"},
        None,
    ),
    groups.LicensingGroupMoved: (OPEN_MOVE | {"moved", "cancelling", "source_cancelled"}, None),
    groups.LicensingGroupReturned: ({"rolling_back", "stuck"}, None),
}
#: Their rules need more than the stage; each has a test of its own.
APART = {events.SwitchRequested, moves.LicenseMoveResumed, provisioning_events.TargetConfirmed}


def subclasses(parent: type[SwitchEvent]) -> set[type[SwitchEvent]]:
    """Return every stored event class below `parent`."""
    below = {each for child in parent.__subclasses__() for each in {child} | subclasses(child)}
    return {each for each in below if hasattr(each, "TOPIC")}


def test_table_names_every_event_of_a_switch() -> None:
    """No event of a switch is without a line in the table of stages."""
    assert subclasses(SwitchEvent) == set(TABLE) | APART


@pytest.mark.parametrize("event_class", TABLE, ids=lambda each: each.__name__)
def test_event_follows_the_stages_of_its_line_and_no_other(event_class: type[SwitchEvent]) -> None:
    """Each event is taken after its stages, refused after any other, and leads where its line says."""
    after, leads_to = TABLE[event_class]
    for stage in ALL_STAGES:
        source = source_at(stage)
        if stage in after:
            advance(source, event_class)
            assert source.switch(SWITCH_ID).stage == (leads_to or stage)
            assert source.switch(SWITCH_ID).has(event_class)
        else:
            with pytest.raises(RuleViolated, match=f"{event_class.__name__} may not follow stage '{stage}'"):
                advance(source, event_class)
            assert source.collect_events() == []


def test_no_event_leads_back_over_the_point_of_no_return() -> None:
    """Once the source may be cancelled a switch only rolls forward (switch#ways-back)."""
    endings: list[type[SwitchEvent]] = [
        events.SwitchFailed,
        events.SwitchCancelled,
        events.SwitchRolledBack,
        events.ReplacementVoided,
    ]
    for stage in (Stage.CANCELLING, Stage.SOURCE_CANCELLED, Stage.CUT_OVER, Stage.COMPLETED):
        for ending in endings:
            with pytest.raises(RuleViolated):
                advance(source_at(stage), ending)


def test_refusal_tells_what_may_precede_and_where_to_look() -> None:
    """A refused event names its switch, the stage, what would do, and the command that tells more."""
    with pytest.raises(RuleViolated) as caught:
        advance(source_at(Stage.REQUESTED), moves.SourceCancelled)

    assert str(caught.value) == (
        f"SourceCancelled may not follow stage 'requested' of switch {SWITCH_ID}; it may follow cancelling."
    )
    assert "switch show" in caught.value.remedy


def test_unknown_switch_is_told() -> None:
    """An event of a switch that nobody requested here is refused by name."""
    with pytest.raises(UnknownSwitch, match="has no switch no-such"):
        advance(opened(), events.QuoteFixed, "no-such")


def test_request_opens_a_switch_once() -> None:
    """The first request opens the switch; the same switch is not requested twice."""
    source = opened()
    advance(source, events.SwitchRequested)

    assert source.switch(SWITCH_ID).stage == Stage.REQUESTED
    with pytest.raises(RuleViolated, match="was requested before"):
        advance(source, events.SwitchRequested)


def test_cancelled_subscription_takes_no_request() -> None:
    """What was switched away is not switched again."""
    source = source_at(Stage.CANCELLING)
    advance(source, moves.SourceCancelled)

    assert source.status == "cancelled"
    with pytest.raises(RuleViolated, match="is cancelled; it cannot be switched"):
        advance(source, events.SwitchRequested, "another")


def test_partial_switch_keeps_the_source() -> None:
    """Reduced licenses leave the old subscription active for those who stay (switch#manual-mode)."""
    source = source_at(Stage.MOVED)
    advance(source, moves.LicensesReduced)

    assert source.status == "active"


def test_licenses_only_confirms_in_place_of_an_order_and_completes_without_a_bill() -> None:
    """Both plans are owned: no other switch may pass an order, or a bill (rules#licenses-only)."""
    owned, ordering = opened(), opened()
    advance(owned, events.SwitchRequested, order={"licenses_only": True})
    advance(ordering, events.SwitchRequested)
    advance(owned, provisioning_events.TargetConfirmed)

    assert owned.switch(SWITCH_ID).stage == Stage.READY
    with pytest.raises(RuleViolated, match="TargetConfirmed may not follow stage 'requested'"):
        advance(ordering, provisioning_events.TargetConfirmed)
    for stage in (*LIVE, *TERMINAL):
        owned.switch(SWITCH_ID).stage = stage
        if stage == Stage.MOVED:
            continue
        with pytest.raises(RuleViolated, match="SwitchCompleted may not follow"):
            advance(owned, moves.SwitchCompleted, total=None)
    owned.switch(SWITCH_ID).stage = Stage.MOVED
    advance(owned, moves.SwitchCompleted, total=None)
    assert (owned.switch(SWITCH_ID).stage, owned.status) == (Stage.COMPLETED, "active")


def test_switches_of_one_subscription_keep_apart() -> None:
    """A failed switch and its successor each have their own stage and record."""
    source = source_at(Stage.FAILED, "first")
    advance(source, events.SwitchRequested, "second")
    advance(source, events.QuoteFixed, "second")

    assert source.switch("first").stage == Stage.FAILED
    assert not source.switch("first").has(events.QuoteFixed)
    assert source.switch("second").of(events.QuoteFixed) is not None


@pytest.mark.parametrize(
    ("before", "back_to"),
    [
        ([], Stage.READY),
        ([moves.LicenseMoveStarted], Stage.MOVING),
        ([moves.LicenseMoveStarted, moves.LicenseMoveFinished], Stage.MOVED),
    ],
)
def test_resumed_move_goes_back_to_where_it_was_held(before: list[type[SwitchEvent]], back_to: str) -> None:
    """A hold ends in the stage in which it began."""
    source = source_at(Stage.READY)
    for event_class in before:
        advance(source, event_class)
    advance(source, moves.LicenseMoveHeld)
    assert source.switch(SWITCH_ID).stage == Stage.HELD
    assert moves.stage_before_hold(source.switch(SWITCH_ID)) == back_to

    advance(source, moves.LicenseMoveResumed)

    assert source.switch(SWITCH_ID).stage == back_to


@pytest.mark.parametrize("stage", sorted(set(ALL_STAGES) - {Stage.HELD}))
def test_only_a_held_move_is_resumed(stage: str) -> None:
    """Nothing but a hold can be resumed."""
    with pytest.raises(RuleViolated, match="it may follow held"):
        advance(source_at(stage), moves.LicenseMoveResumed)


def group(source: Subscription, pass_name: str, number: int, **counts: int) -> None:
    """Record one group of a pass."""
    usual = {"moved": 0, "failed": 0, "earlier_moved": 0, "earlier_failed": 0}
    facts: dict[str, Any] = usual | counts
    advance(source, moves.LicensesReassigned, pass_name=pass_name, group_number=number, **facts)


def test_each_user_counts_once_over_all_passes() -> None:
    """A user who failed first and moved in a retry counts as moved, not as both.

    See switch#the-outcome-of-each-user.
    """
    source = source_at(Stage.MOVING)
    group(source, "move", 0, moved=498, failed=2)
    group(source, "move", 1, moved=100)
    group(source, "retry-1", 0, moved=1, failed=1, earlier_failed=2)
    state = source.switch(SWITCH_ID)

    assert (state.moved, state.failed, state.skipped) == (599, 1, 0)
    assert state.chunks == {"move": {0, 1}, "retry-1": {0}}

    advance(source, moves.UserSkipped)
    assert (state.moved, state.failed, state.skipped) == (599, 0, 1)


def test_newest_event_of_a_class_answers_a_repeated_step() -> None:
    """A step that is done already answers with what was recorded last."""
    source = source_at(Stage.CREDIT_CHECK)
    advance(source, events.CreditCheckExtended, deadline_at=at(1))
    advance(source, events.CreditCheckExtended, deadline_at=at(2))
    newest = source.switch(SWITCH_ID).of(events.CreditCheckExtended)

    assert newest is not None
    assert newest.deadline_at == at(2)
    assert source.switch(SWITCH_ID).of(events.CreditCheckApproved) is None


def receive(target: Subscription, event_class: Any, switch_id: str = SWITCH_ID, **changes: Any) -> None:
    """Record one event of the switch that leads to a subscription."""
    facts = facts_of(event_class, **changes)
    target.receive(event_class, at=at(), meta=meta_of(switch_id), **facts)


def test_replacement_takes_the_sellers_name_and_its_users() -> None:
    """An ordered subscription becomes active under the seller's name and receives licenses."""
    target = opened(ordered_by=SWITCH_ID)
    assert target.status == "ordered"

    recorded = events_of(
        target,
        lambda each: receive(each, Provisioned, subscription_id="SUB-9"),
        lambda each: receive(each, LicensesReceived),
        lambda each: receive(each, BillingStarted),
    )

    assert recorded == ["Provisioned", "LicensesReceived", "BillingStarted"]
    assert (target.status, target.subscription_id) == ("active", "SUB-9")
    assert set(target.received) == {
        "subscription.provisioned",
        "subscription.licenses-received",
        "subscription.billing-started",
    }


def test_replacement_of_another_switch_is_not_taken() -> None:
    """A switch can't receive into what another switch ordered."""
    with pytest.raises(RuleViolated, match="is not the target"):
        receive(opened(ordered_by="another"), Provisioned)


def test_voided_replacement_receives_nothing_more() -> None:
    """A taken-back order is closed: nothing may be provisioned, moved or billed on it."""
    target = opened(ordered_by=SWITCH_ID)
    receive(target, Voided)

    assert target.status == "voided"
    for event_class in (Provisioned, LicensesReceived, BillingStarted, Voided):
        with pytest.raises(RuleViolated, match="voided"):
            receive(target, event_class)


def test_subscription_that_was_there_before_may_be_a_target() -> None:
    """The manual path may name a subscription that the organization owns already (switch#manual-mode)."""
    target = opened()
    receive(target, LicensesReceived)

    assert "subscription.licenses-received" in target.received


def test_a_command_is_kept_with_who_gave_it() -> None:
    """A run that begins anew goes on with the command that was recorded.

    See reliability#lost-workflows-and-lost-stores.
    """
    source = source_at(Stage.MOVING)

    advance(source, returns.OperatorCommanded)

    (command,) = source.switch(SWITCH_ID).commands.values()
    assert isinstance(command, returns.OperatorCommanded)
    assert command.command
    assert command.meta["actor"]


def test_what_is_stuck_remembers_where() -> None:
    """A second cause does not hide in which stage taking back got stuck (switch#ways-back)."""
    source = source_at(Stage.ROLLING_BACK)

    advance(source, returns.CompensationStuck)
    advance(source, returns.CompensationStuck)

    assert source.switch(SWITCH_ID).stuck_in == Stage.ROLLING_BACK
