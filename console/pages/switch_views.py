"""One switch as its page shows it: facts, what may be done now, whom it waits for, and what happened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from audit.story.holdings import Lock, locks_of
from audit.story.refusals import ToldRefusal, refusals_of_switch
from audit.story.show import AuditEntry, entries_of, events_of, findings_of, open_points_of
from audit.users.drift import DriftSeen, drift_seen
from audit.users.unresolved import UnresolvedUser, unresolved_users
from console.access.dependencies import ConsoleDependencies
from console.api.routes_controls import commands_of
from console.api.routes_switches import named
from console.models.switches import NamedSwitch
from domain.kernel.errors import PlanSwitchError
from domain.kernel.facts import digest_of
from domain.operator.operator_commands import CommandAdvice, credit_commands
from domain.reasons.findings import Finding
from domain.switch.switch_state import SwitchState
from projections.reads.shown_rows import SwitchRow
from services.base.switch_rows import recorded_source
from services.recovery.workflow_state import workflow_state
from store.record.notifications import StoredNotification

#: Newest events that the page lists; the audit has every one.
EVENTS_SHOWN = 200
#: Users whom the page names; the API has every one.
USERS_SHOWN = 100
#: Newest different refusals that the page lists.
REFUSALS_SHOWN = 20
#: Different refusals of one page of their own.
REFUSALS_LISTED = 100
RUNNING, ENDED = "running", "ended"
#: The page is of use without Temporal as well: record and lists are elsewhere, so it waits no longer.
PATIENCE_SECONDS = 3.0
NOT_IN_TIME = "`planswitch doctor` tells what is down; what is shown is from the record."


@dataclass(frozen=True, kw_only=True, slots=True)
class Trouble:
    """What is wrong with the workflow of a switch, and what to do."""

    state: str
    status: str
    trouble: str
    remedy: str


@dataclass(frozen=True, kw_only=True)
class SwitchSight:
    """One switch at one moment."""

    #: The board's row with the names of the plans.
    row: NamedSwitch
    #: As it is recorded; None: a request that waits, or whose wait has ended.
    state: SwitchState | None
    #: What was asked to the letter, and why.
    order: dict[str, Any]
    reason: str
    #: What is locked, with the promised ends.
    locks: tuple[Lock, ...]
    commands: tuple[CommandAdvice, ...]
    #: Answers to a credit check that waits for one.
    credit: tuple[CommandAdvice, ...]
    users: tuple[UnresolvedUser, ...]
    #: What providers refused so far, in their own words.
    refusals: tuple[ToldRefusal, ...]
    #: What was told before the order and before the move, and stood in nobody's way.
    findings: tuple[Finding, ...]
    #: What is left to do by hand after it.
    open_points: tuple[Finding, ...]
    #: What was changed by hand, as it was found last; None: nothing that was found.
    drift: DriftSeen | None
    #: What is wrong with its workflow; None where all is well.
    trouble: Trouble | None
    events: tuple[AuditEntry, ...]
    #: Events before those that are listed.
    earlier: int

    @property
    def shape(self) -> str:
        """Return a digest of what the forms depend on: another one, and they are out of date."""
        what = (self.commands, self.credit, self.users, self.trouble and self.trouble.state)
        return digest_of(what)[:16]


def see(console: ConsoleDependencies, row: SwitchRow) -> SwitchSight:
    """Return a switch with all that its page shows.

    Args:
        console: Where to look.
        row: The switch as the board shows it.
    """
    switch_id = row.switch_id
    source = recorded_source(console, row)
    state = source.switches.get(switch_id) if source else None
    events = events_of(console.store, switch_id, console.reads.streams_of(switch_id))
    return SwitchSight(
        row=named(console, row),
        state=state,
        order=_order(events),
        reason=events[0].event.meta["reason"],  # type: ignore[attr-defined]
        locks=locks_of(events),
        commands=commands_of(console, row, state),
        credit=credit_commands(state, datetime.now(tz=UTC)) if state else (),
        users=unresolved_users(console.store, source, switch_id) if source and state else (),
        findings=findings_of(events),
        open_points=open_points_of(events),
        refusals=refusals_of_switch(console.store, switch_id),
        drift=drift_seen(state) if state else None,
        trouble=_trouble(console, row),
        events=tuple(entries_of(events))[-EVENTS_SHOWN:],
        earlier=max(0, len(events) - EVENTS_SHOWN),
    )


def _order(events: list[StoredNotification]) -> dict[str, Any]:
    """Return what was asked; a request that waited has asked before its switch began."""
    return next((order for each in events if (order := getattr(each.event, "order", None))), {})


def _trouble(console: ConsoleDependencies, row: SwitchRow) -> Trouble | None:
    """Return what is wrong with the workflow of a switch that has not ended, and what to do."""
    if row.outcome:
        return None
    try:
        workflow = workflow_state(console, row.switch_id, patience_seconds=PATIENCE_SECONDS)
    except TimeoutError:
        return _unknown("Temporal or its worker did not answer in time.", NOT_IN_TIME)
    except PlanSwitchError as error:
        return _unknown(error.message, error.remedy)
    # What it holds for stands among the facts; a switch that has just ended is shown as such in a moment.
    is_told = not workflow.trouble or workflow.trouble.startswith(row.error_code or "?")
    is_well = workflow.state == RUNNING and is_told
    if is_well or workflow.state == ENDED:
        return None
    return Trouble(
        state=workflow.state, status=workflow.status, trouble=workflow.trouble, remedy=workflow.remedy
    )


def _unknown(why: str, remedy: str) -> Trouble:
    return Trouble(state="unknown", status="unknown", trouble=why, remedy=remedy)
