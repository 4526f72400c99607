"""What an operator may do with a switch now, and what each command would do: stated before it acts.

The rules stand in rules#operator-controls. Advice on a step that waits, and remedies of users who could not
be moved, name only what the switch takes now. The record may be a moment old: the switch itself decides when
it is asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.catalog.catalog import Catalog, UnknownPlan
from domain.catalog.plans import data_services_lowered
from domain.licenses.license_failures import THEN_RETRY, remedy_without_order
from domain.operator.amendment import ENDED, GOING_BACK, licenses_ordered, no_amendment
from domain.ports.credit_port import APPROVED, DECLINED
from domain.ports.directory_port import DirectoryUser
from domain.switch import control_events
from domain.switch.credit import EXTENSION_DAYS_MAX, rule_on_decision, rule_on_extension
from domain.switch.move_events import LicenseMoveStarted
from domain.switch.return_events import CANCEL, ROLL_BACK
from domain.switch.stage import AFTER_PIVOT, BEFORE_MOVE, IN_CREDIT_CHECK, RETURNING, TERMINAL, Stage
from domain.switch.switch_state import SwitchState

RETRY = "retry"
#: A request that waits to be eligible looks at once.
LOOK = "look"
#: Answers of an operator to a credit check.
APPROVE, DECLINE, EXTEND = "approve", "decline", "extend"
#: Seconds within which a pause takes effect.
PAUSE_SECONDS = 2

#: What a cancel does to a request that waits.
WAITING_ENDS = "The wait ends; nothing was ordered."
#: The same of licenses only.
WAITING_ENDS_OWNED = "The wait ends; nobody was moved."
TOO_LATE = "The old subscription is cancelled, or being cancelled: the switch only goes forward now."
BY_ITSELF = "It is tried again by itself"
_WAIT_ENDS = "`planswitch switch cancel SWITCH --reason …` ends the wait."
_SKIP = (
    "The named user is not moved any more, and the switch no longer waits for them. Their license of the old "
    "plan ends with its cancellation: if no other license keeps their data services, you must accept that "
    "loss."
)
_SKIP_OWNED = (
    "The named user is not moved any more, and the switch no longer waits for them. They keep the old plan."
)
GOES_BACK = "Nothing: the switch goes back to the old plan."


@dataclass(frozen=True, kw_only=True, slots=True)
class CommandAdvice:
    """One command on a switch."""

    command: str
    is_allowed: bool
    #: What it would do.
    what: str
    #: Why it is refused; "" where it is allowed.
    why_not: str


def operator_commands(
    state: SwitchState, *, moved: int | None = None, plan: str = ""
) -> tuple[CommandAdvice, ...]:
    """Return every command of rules#operator-controls with what it would do now, or why it is refused.

    Args:
        state: The switch as it is recorded.
        moved: Users who moved and have not returned, as the board counts them while they move; None: as it
            is recorded, which is later by one pass.
        plan: Name of the old plan; "" if the text needs none.
    """
    users = max(0, state.moved - state.returned) if moved is None else moved
    return (
        _advice(control_events.PAUSE, _pause_text(state), _no_pause(state)),
        _advice(control_events.RESUME, _resume_text(state), _no_resume(state)),
        _advice(RETRY, _retry_text(state), _no_retry(state)),
        _advice(
            control_events.RETRY_USERS,
            "The named users are tried again; the switch stays on hold.",
            _no_users(state, is_writing=True),
        ),
        _advice(
            control_events.SKIP,
            _SKIP_OWNED if state.is_licenses_only else _SKIP,
            _no_users(state, is_writing=False),
        ),
        _advice(control_events.AMEND, _amend_text(state), no_amendment(state)),
        _advice(CANCEL, _back_text(state, CANCEL, users, plan), _no_way_back(state)),
        _advice(ROLL_BACK, _back_text(state, ROLL_BACK, users, plan), _no_way_back(state)),
    )


def is_waiting_for_retry(state: SwitchState) -> bool:
    """Return whether a step has failed for good: the switch waits for an operator and accepts a retry."""
    return state.wait is not None and state.wait.is_for_good


def wait_commands(*, licenses_only: bool = False) -> tuple[CommandAdvice, ...]:
    """Return what a request takes while it waits until its switch may be (rules#waiting).

    Args:
        licenses_only: Both plans are owned.
    """
    return (
        _advice(LOOK, "Checks at once whether the switch is allowed; if so, starts it.", ""),
        _advice(CANCEL, WAITING_ENDS_OWNED if licenses_only else WAITING_ENDS, ""),
    )


def credit_commands(state: SwitchState, now: datetime) -> tuple[CommandAdvice, ...]:
    """Return how a credit check may be answered in the bureau's place; none where none waits.

    See rules#credit-check.

    Args:
        state: The switch as it is recorded.
        now: When the operator would answer.
    """
    if state.stage not in IN_CREDIT_CHECK:
        return ()
    approval = rule_on_decision(state, "", APPROVED, operator_at=now)
    refusal = rule_on_decision(state, "", DECLINED, operator_at=now)
    extension = rule_on_extension(state, "", asked_at=now)
    longer = f"The check may take up to {EXTENSION_DAYS_MAX} days more, once, and never beyond its end."
    return (
        _advice(APPROVE, "The switch goes on by itself.", "" if approval.is_new else approval.message),
        _advice(
            DECLINE,
            "The order is voided, the old plan is kept, and nothing is charged.",
            "" if refusal.is_new else refusal.message,
        ),
        _advice(EXTEND, longer, "" if extension.is_new else extension.message),
    )


def skip_text(who: str, *, is_gone: bool, is_losing: bool) -> str:
    """Return what skipping a user would mean for them (rules#operator-controls).

    Args:
        who: The user's directory id or key.
        is_gone: The directory has no such user any more.
        is_losing: No other license keeps the data services of the old plan.
    """
    if is_gone:
        return f"{who} is gone from the directory; the switch no longer waits for them."
    if not is_losing:
        return f"{who} is not moved any more, and keeps the data services that the old plan has."
    return (
        f"{who} is not moved any more, and is WITHOUT a license that keeps the data services from the moment "
        "at which the old plan is cancelled."
    )


def kept_plan(catalog: Catalog, source_plan_id: str, user: DirectoryUser) -> str:
    """Return a working plan of a user besides the old one that keeps every data service, or ""."""
    others = (held.plan_id for held in user.licenses if held.is_active and held.plan_id != source_plan_id)
    return next((plan_id for plan_id in others if _keeps(catalog, source_plan_id, plan_id)), "")


def loses_license(catalog: Catalog, source_plan_id: str, user: DirectoryUser | None) -> bool:
    """Return whether a user who is skipped loses data services with the old plan's cancellation.

    Args:
        catalog: Plans of the switch.
        source_plan_id: Plan that is left.
        user: As the directory shows the user now; None is gone.
    """
    if user is None or user.license_of(source_plan_id) is None:
        return False
    return not kept_plan(catalog, source_plan_id, user)


def _advice(command: str, what: str, why_not: str) -> CommandAdvice:
    return CommandAdvice(command=command, is_allowed=not why_not, what=what, why_not=why_not)


def _keeps(catalog: Catalog, source_plan_id: str, plan_id: str) -> bool:
    try:
        return not data_services_lowered(catalog.plan(source_plan_id), catalog.plan(plan_id))
    except UnknownPlan:
        return False


def _over(state: SwitchState) -> str:
    """Return why nothing leads another way any more; "" while the old plan is there."""
    if state.stage in TERMINAL:
        return ENDED
    return TOO_LATE if state.stage in AFTER_PIVOT else ""


def _no_way_back(state: SwitchState) -> str:
    return _over(state) or (GOING_BACK if state.stage in RETURNING else "")


def _no_pause(state: SwitchState) -> str:
    return _no_way_back(state) or ("It is paused already." if state.is_paused else "")


def _no_resume(state: SwitchState) -> str:
    return _over(state) or ("" if state.is_paused else "It is not paused.")


def _no_retry(state: SwitchState) -> str:
    if state.stage in TERMINAL:
        return ENDED
    if state.stage in {Stage.HELD, Stage.STUCK, Stage.PROVISIONING_OVERDUE} or is_waiting_for_retry(state):
        return ""
    return "Nothing waits for a retry."


def _no_users(state: SwitchState, *, is_writing: bool) -> str:
    over = _no_way_back(state)
    if over:
        return over
    if state.stage != Stage.HELD:
        return "The switch is not on hold."
    if is_writing and state.is_paused:
        return "It is paused: nobody is moved."
    return "" if state.failed else "The switch waits for nobody."


def _pause_text(state: SwitchState) -> str:
    text = (
        f"The switch begins nothing new, and within {PAUSE_SECONDS} seconds sends no further batch. Users "
        "keep working; promises and locks stay as they are."
    )
    return f"{text} {_moved(state)}" if state.has(LicenseMoveStarted) else text


def _resume_text(state: SwitchState) -> str:
    if not state.has(LicenseMoveStarted):
        return "The switch goes on where it was; no license is moved so far."
    return f"The switch goes on where it was; what is recorded is not repeated. {_moved(state)}"


def _retry_text(state: SwitchState) -> str:
    if state.stage == Stage.PROVISIONING_OVERDUE:
        return (
            "The switch keeps waiting for the new subscription, and no longer voids its order by itself: "
            "after its window the seller may refuse to take it back."
        )
    if not state.failed:
        return "What failed is tried again."
    verb = "is" if state.failed == 1 else "are"
    return f"The {_users(state.failed)} who could not be moved {verb} tried again with what is left to do."


def _amend_text(state: SwitchState) -> str:
    licenses = _count(licenses_ordered(state), "license")
    return (
        f"The {licenses} of the new plan become the number that you name, at the seller at once and in the "
        "quote by which the cutover bills. You see that quote first."
    )


def _back_text(state: SwitchState, command: str, users: int, plan: str) -> str:
    """Return what a cancel or a roll-back would do; the stage decides which of the two it is."""
    is_moving = state.stage not in BEFORE_MOVE
    ends = "rolled back" if is_moving else "cancelled"
    same = {
        (CANCEL, True): "The same as a roll-back, because licenses already move. ",
        (ROLL_BACK, False): "The same as a cancel, because no license has moved so far. ",
    }.get((command, is_moving), "")
    where = f" to {plan}" if plan else ""
    verb = "returns" if users == 1 else "return"
    back = f"{_users(users)} who moved {verb}{where} with their original services; then " if users else ""
    # Nothing was ordered where both plans are owned (rules#licenses-only).
    freed = "the locks are released."
    what = freed if state.is_licenses_only else f"the order is voided, nothing is charged, and {freed}"
    sentence = f"{back}{what}"
    return f"{same}{sentence[0].upper()}{sentence[1:]} The switch ends as {ends}."


def _moved(state: SwitchState) -> str:
    started = state.of(LicenseMoveStarted)
    total = started.total if started else 0
    return f"{state.moved} of {_users(total)} moved, {state.failed} could not be moved."


def _users(count: int) -> str:
    return _count(count, "user")


def _count(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def advice_on_wait(state: SwitchState | None) -> str:
    """Return what can be done while a step is tried again by itself; never a command that is refused.

    Args:
        state: The switch as it is recorded; None: a request that waits, for which nothing was begun.
    """
    if state is None:
        return f"{BY_ITSELF}; {_WAIT_ENDS}"
    return f"{BY_ITSELF}; {way_out(state) or 'nothing else is to be done.'}"


def way_out(state: SwitchState) -> str:
    """Return how the switch can still be taken back; "" where it only goes forward, or goes back already."""
    allowed = {each.command for each in operator_commands(state) if each.is_allowed}
    if state.stage in BEFORE_MOVE and CANCEL in allowed:
        return "`planswitch switch cancel SWITCH --reason …` takes the switch back."
    if ROLL_BACK in allowed:
        return "`planswitch switch rollback SWITCH --reason …` leads back to the old plan."
    return ""


def remedy_now(remedy: str, state: SwitchState) -> str:
    """Return a remedy that ends with a retry as it holds where the switch stands; "" where it has ended.

    Args:
        remedy: As the kind of failure has it, for a switch that holds.
        state: The switch as it is recorded.
    """
    if state.stage in TERMINAL or not remedy:
        return ""
    if state.stage in RETURNING:
        return GOES_BACK
    if no_amendment(state):
        remedy = remedy_without_order(remedy)
    if state.stage == Stage.HELD:
        return remedy
    after = ", then resume" if state.is_paused else "; it is tried again by itself"
    return THEN_RETRY.sub(after, remedy)
