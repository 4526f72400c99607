"""What each event says of the license move, the cancellation, the cutover and the way back."""

from __future__ import annotations

from domain.event_table.event_declaration import Declaration, WaitKind, declared, plan_name
from domain.kernel.money import billed_words, charged_figure
from domain.operator import manual_events
from domain.operator.manual_steps import command_words
from domain.switch import group_events, move_events, return_events


def _drift(event: move_events.DriftFound) -> str:
    """Return what differs, without what does not."""
    counts = {
        "gone": event.users_gone,
        "new": event.new_users,
        "moved by hand": event.moved_by_hand,
        "without a license by hand": event.licenses_removed,
        "with other services by hand": event.settings_changed,
    }
    users = [f"{count} {word}" for word, count in counts.items() if count]
    licenses = {"old": event.source_licenses, "new": event.target_licenses}
    changed = [f"{count:+d} licenses of the {word} plan" for word, count in licenses.items() if count]
    return ", ".join([*users, *changed]) or "nothing"


def _pilot(event: move_events.LicenseMoveStarted) -> str:
    """Return who moves first; "" where everybody moves at once."""
    if event.pilot_group_id:
        return f"; {event.pilot} of group {event.pilot_group_id} move first"
    return f"; the first {event.pilot} move first" if event.pilot else ""


def _begun(event: manual_events.ManualStepBegun) -> str:
    """Return which step runs, and for whom."""
    users = f"{event.users} user{'s' if event.users > 1 else ''}"
    return f"step {event.step} started" + (f" for {users}" if event.users else "")


def _awaited(event: manual_events.ManualStepAwaited) -> str:
    """Return what is waited for, and why the step before did not get through."""
    again = f"; it failed before ({event.code}): {event.message}" if event.code else ""
    return f"an operator is to start step {event.step}{again}"


def _given_back(event: move_events.LicensesReduced) -> str:
    """Return what the seller gave back for the licenses that went; "" where nothing did."""
    amount = event.given_back
    return f"; its seller gave back {amount} net" if amount is not None and amount.minor_units else ""


#: Evidence of a step that was done outside -> its words.
OUTSIDE_WORDS = {
    manual_events.BOUGHT: "the seller shows {quantity} licenses that the switch has not ordered",
    manual_events.REDUCED: "the seller shows no more than {quantity} licenses of the old plan",
    manual_events.CANCELLED: "the seller shows the old subscription as cancelled",
    manual_events.MOVED_BEFORE: "{users} users held the new plan and not the old one before the roster",
    manual_events.MOVED: "{users} users held the new plan already, and not the old one",
}


def _outside(event: manual_events.ManualStepDoneOutside) -> str:
    """Return what was done in the vendor's own pages."""
    shown = OUTSIDE_WORDS.get(event.evidence, event.evidence).format(
        users=event.users, quantity=event.quantity
    )
    return f"step {event.step} was done outside: {shown}"


MOVES: tuple[Declaration, ...] = (
    declared(manual_events.ManualStepAwaited, _awaited, board="waits_for error_code error_message"),
    declared(manual_events.ManualStepBegun, _begun, board="waits_for error_code error_message"),
    declared(manual_events.ManualStepDoneOutside, _outside),
    declared(
        manual_events.SourceReductionBegun,
        lambda e: f"the seller is asked to reduce the old plan to {e.quantity} licenses: no way back",
    ),
    declared(
        manual_events.AddOnReduced,
        lambda e: f"add-on {e.subscription_id} was reduced from {e.quantity_before} to {e.quantity} licenses",
    ),
    declared(
        manual_events.SourceReductionRefused,
        lambda e: f"the seller refused the reduction ({e.code}): {e.message}",
    ),
    declared(return_events.OperatorCommanded, lambda e: f"command {command_words(e.command)} was accepted"),
    declared(
        return_events.RollBackStarted,
        lambda e: f"{e.moved} moved users will return to the old plan",
        board="error_code error_message",
    ),
    declared(
        return_events.LicensesReturned,
        lambda e: f"{e.returned} of {e.count} users returned, {e.failed} failed",
        board="moved",
    ),
    declared(
        return_events.RollBackFinished,
        lambda e: f"{e.returned} users are back on the old plan",
        board="error_code error_message",
    ),
    declared(
        return_events.CompensationStuck,
        lambda e: f"the way back is stuck in {e.step} ({e.code}): {e.message} To do: {e.what_to_do}",
        board="error_code error_message",
        begins=WaitKind.STUCK,
    ),
    declared(
        return_events.SwitchBackRequested,
        lambda e: f"switch {e.by_switch_id} takes this switch back",
        board="switched_back_by",
    ),
    declared(
        move_events.LicenseMoveStarted,
        lambda e: f"roster frozen: {e.total} users{_pilot(e)}",
        board="total pilot",
    ),
    declared(
        move_events.LicensesReassigned,
        lambda e: f"{e.moved} of {e.count} users moved, {e.failed} failed",
        board="moved failed total",
    ),
    declared(
        move_events.LicenseMoveHeld,
        lambda e: f"held ({e.code}): {e.message}",
        board="error_code error_message",
        begins=WaitKind.HOLD,
    ),
    declared(
        move_events.LicenseMoveResumed,
        lambda e: f"resumed by command {e.command}",
        board="stage waits_for error_code error_message",
    ),
    declared(move_events.UserSkipped, lambda e: f"user {e.user_key} stays behind", board="failed skipped"),
    declared(
        move_events.LicenseMoveFinished,
        lambda e: f"{e.moved} users moved, {e.skipped} skipped, {e.drifted} drifted",
        board="moved skipped failed total",
    ),
    declared(move_events.DriftFound, lambda e: f"drift: {_drift(e)}", board="total joined_late"),
    declared(
        group_events.LicensingGroupMoveStarted,
        lambda e: (
            f"group {e.group_id} with {e.members} members gets the new plan; "
            "the old one stays until all have it"
        ),
    ),
    declared(group_events.LicensingGroupHeld, lambda e: f"held ({e.code}): {e.message} To do: {e.remedy}"),
    declared(
        group_events.LicensingGroupMoved,
        lambda e: f"group {e.group_id} gives the new plan to {e.members} members and the old one to nobody",
    ),
    declared(
        group_events.LicensingGroupReturned,
        lambda e: f"group {e.group_id} gives the old plan to {e.members} members again",
    ),
    declared(move_events.DriftReconciled, lambda e: f"drift put right: {e.moved} users moved"),
    declared(move_events.StragglersMoved, lambda e: f"{e.moved} late users moved forward"),
    declared(
        move_events.SourceCancellationBegun, lambda _: "the seller is asked to end the old plan: no way back"
    ),
    declared(
        move_events.SourceCancellationUnanswered, lambda _: "its answer is not known; it is asked again"
    ),
    declared(
        move_events.SourceCancellationRefused,
        lambda e: f"the seller refused to end it ({e.code}): {e.message}",
    ),
    declared(
        move_events.RenewalStopped,
        lambda e: f"old subscription can't be cancelled: it is not renewed and ends by itself on {e.ends_on}",
    ),
    declared(
        move_events.SourceCancelled,
        lambda e: f"old subscription left; cutover on {e.cutover_on}: no way back",
        board="quote_total",
    ),
    declared(
        move_events.LicensesReduced,
        lambda e: f"old subscription reduced to {e.quantity} licenses{_given_back(e)}",
        board="quote_total",
    ),
    declared(move_events.BillingStopped, lambda e: f"old plan is billed no more from {e.effective_on}"),
    declared(
        move_events.BillingResumed,
        lambda e: f"the stop is taken back: old plan is billed from {e.effective_on} as if it had not been",
    ),
    declared(move_events.CreditIssued, lambda e: f"credit {e.amount} net; {e.consumed} was used"),
    declared(move_events.CreditForfeited, lambda e: f"{e.amount} of prepaid value is lost"),
    declared(
        move_events.CreditSettled,
        lambda e: f"credit {e.credit_id} arrived on {e.settled_on}",
        board="invoice_looks_at invoice_open_point",
    ),
    declared(
        move_events.AddOnDropped,
        lambda e: f"add-on {plan_name(e.plan_id)} is included in the new plan; {e.credit} credited",
    ),
    declared(
        move_events.AddOnCarried,
        lambda e: (
            f"add-on {plan_name(e.plan_id)} is attached to the new plan; "
            f"{e.credit} credited, {e.charge} charged"
        ),
    ),
    declared(
        move_events.QuoteCorrected,
        lambda e: (
            f"the accepted quote says {charged_figure(e.accepted_total)}; by today's formulas "
            f"{charged_figure(e.billed_total)} is billed"
        ),
    ),
    declared(
        move_events.BillingCutOver,
        lambda e: f"{billed_words(e.total, net=e.net, tax=e.tax)}, invoice {e.invoice_id}",
        board="charged_total currency invoice_promised_at",
        begins=WaitKind.INVOICE,
    ),
    declared(
        move_events.SwitchCompleted,
        lambda e: (
            f"completed: {e.moved} users moved, {e.skipped} skipped, "
            f"{charged_figure(e.total) if e.total else 'no money moved'}"
        ),
        board="moved skipped total invoice_looks_at invoice_open_point",
    ),
)
