"""The page of one switch: where it stands, what may be done now, whom it waits for, and what happened.

Every form does what the API does, by the same functions; the page shows what the API answers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar
from urllib.parse import quote, urlencode
from uuid import uuid4

from fastapi import APIRouter, HTTPException, Response
from fastapi.responses import RedirectResponse

from audit.autopsy.explanation import Explanation
from audit.plan.comparison import plan_and_actual
from audit.plan.rows import PlanAndActual
from audit.story.holdings import Lock, locks_of
from audit.story.refusals import ToldRefusal, refusal_page, refusals_of_switch
from audit.story.show import AuditEntry, entries_of, events_of, findings_of, open_points_of
from audit.users.drift import DriftSeen, drift_seen
from audit.users.user_outcomes import UnresolvedUser, unresolved_users
from console.access.api_roles import LOOKS_AT_USERS
from console.access.current_caller import may
from console.access.dependencies import Actor, Console, ConsoleDependencies
from console.api.routes_controls import amendment_answer, commands_of
from console.api.routes_switches import named
from console.models.base import view_of
from console.models.switches import NamedSwitch
from console.pages.checkout_forms import Fields, Posted, body_of, kept_texts, number_of, text_of
from console.pages.pages import mark_of
from console.switches.bodies import (
    AmendBody,
    CommandBody,
    ExtensionBody,
    NoticeBody,
    RetryUsersBody,
    SkipBody,
    StepBody,
    Verdict,
)
from console.switches.explanations import calls_for_explanation, explain_row
from console.switches.views import unread_notice
from console.words.rendering import page
from domain.kernel.errors import AmbiguousSwitch, PlanSwitchError
from domain.kernel.facts import digest_of
from domain.operator.completion_notice import READ_NOTICE, CompletionNotice
from domain.operator.manual_steps import ManualStep, StepAdvice, next_step, step_list
from domain.operator.operator_commands import (
    APPROVE,
    DECLINE,
    EXTEND,
    LOOK,
    RETRY,
    CommandAdvice,
    credit_commands,
    skip_text,
)
from domain.reasons.findings import Finding
from domain.switch.control_events import AMEND, PAUSE, RESUME, RETRY_USERS, SKIP
from domain.switch.credit import EXTENSION_DAYS_MAX
from domain.switch.return_events import CANCEL, ROLL_BACK
from domain.switch.switch_state import SwitchState
from projections.reads.shown_rows import SwitchRow
from services.assessment.switch_back import BackAdvice, back_advice
from services.base.switch_rows import recorded_source, shown_change
from services.base.tools import Tools
from services.commands.amendments import amend
from services.commands.completion_notices import read_notice
from services.commands.credit_decisions import DECIDE_CREDIT, EXTEND_CREDIT
from services.commands.failed_users import retry_users, skip_outcome, skip_user
from services.commands.manual_steps import take_step
from services.commands.send import RETRY_FAILED, send
from services.recovery.restarts import restart
from services.recovery.workflow_state import workflow_state
from store.core.errors import UNREADABLE
from store.record.notifications import StoredNotification

router = APIRouter(include_in_schema=False)

#: Newest events that the page lists; the audit has every one.
EVENTS_SHOWN = 200
#: Users whom the page names; the API has every one.
USERS_SHOWN = 100
#: Records that the page names as evidence of why.
EVIDENCE_SHOWN = 5
#: Newest different refusals that the page lists.
REFUSALS_SHOWN = 20
#: Different refusals of one page of their own.
REFUSALS_LISTED = 100
RUNNING, ENDED = "running", "ended"
#: The page is of use without Temporal as well: record and lists are elsewhere, so it waits no longer.
PATIENCE_SECONDS = 3.0
NOT_IN_TIME = "`planswitch doctor` tells what is down; what is shown is from the record."
#: A box that is checked.
CHECKED = "yes"
RESTART = "restart"
_SEE_OTHER = 303
_NOT_FOUND = 404
#: From this status on a request may still have its effect, so that its form keeps its id.
_UNAVAILABLE = 503


@router.get("/switches/{switch}")
def switch_page(
    *, switch: str, actor: Actor, console: Console, quantity: str = "", user: str = "", done: str = ""
) -> Response:
    """Show one switch; `quantity` and `user` of the query ask what an amendment or a skip would mean."""
    try:
        row = console.reads.switch(switch)
    except AmbiguousSwitch:
        # An old subscription has one for each time that somebody tried: the list shows them all.
        return RedirectResponse(f"/?{urlencode({'find': switch})}", status_code=_SEE_OTHER)
    user = user if _looks_at_users(row) else ""
    fields = {name: [text] for name, text in (("quantity", quantity), ("user", user)) if text}
    try:
        shown = _shown(console, row, fields)
    except PlanSwitchError as error:
        section = AMEND if "quantity" in fields else SKIP
        return _one(console, row, actor, section=section, refusal=error, kept=fields)
    return _one(console, row, actor, shown=shown, done=done if done in ACTIONS else "")


@router.get("/switches/{switch}/refusals")
def refusals_page(switch: str, actor: Actor, console: Console, after: str | None = None) -> Response:
    """List what providers refused in a switch, page by page."""
    switch_id = console.reads.switch(switch).switch_id
    refusals = refusal_page(console.store, switch_id, after=after, limit=REFUSALS_LISTED)
    return page(
        "switch_refusals.html", actor=actor, switch_id=switch_id, told=refusals, is_first=after is None
    )


@router.get("/switches/{switch}/{command}")
def command_page(switch: str, command: str, _actor: Actor) -> Response:
    """Lead to the page: a reload of a form that was refused asks for this address."""
    return _to(switch, _known(command))


@router.post("/switches/{switch}/{command}")
def act(switch: str, command: str, fields: Posted, actor: Actor, console: Console) -> Response:
    """Send a command; a refusal is told at its form, a success shows the page anew."""
    action, row = ACTIONS[_known(command)], console.reads.switch_to_change(switch)
    switch_id = row.switch_id
    try:
        action(console, row, fields, actor)
    except PlanSwitchError as error:
        shown = _shown_again(console, row, command, fields)
        return _one(console, row, actor, section=command, refusal=error, kept=fields, shown=shown)
    shown_change(console.reads, switch_id, row.position)
    return _to(switch_id, "done", done=command)


def _known(command: str) -> str:
    if command not in ACTIONS:
        raise HTTPException(_NOT_FOUND)
    return command


def _shown(console: ConsoleDependencies, row: SwitchRow, fields: Fields) -> dict[str, Any]:
    """Return what an amendment, and a skip, that is asked for would mean; nothing is changed.

    Raises:
        PlanSwitchError: What is asked for can't be told.
    """
    shown: dict[str, Any] = {}
    if "quantity" in fields:
        wanted = body_of(AmendBody, reason="look", quantity=number_of(fields, "quantity"))
        amendment = amendment_answer(console, row, wanted.quantity)
        shown["amendment"] = {"quantity": wanted.quantity, **dict(amendment)}
    if "user" in fields:
        failed = skip_outcome(console, row, text_of(fields, "user"))
        who = failed.directory_id or failed.user_key
        text = skip_text(who, is_gone=failed.is_gone, is_losing=failed.loses_license)
        shown["user"] = {"user_key": failed.user_key, "loses_license": failed.loses_license, "text": text}
    return shown


def _shown_again(
    console: ConsoleDependencies, row: SwitchRow, command: str, fields: Fields
) -> dict[str, Any]:
    """Return what a command that was refused would mean as it stands now, as far as that can be told."""
    name = {AMEND: "quantity", SKIP: "user"}.get(command, "")
    try:
        return _shown(console, row, {name: fields[name]} if name in fields else {})
    except PlanSwitchError:
        # The refusal is told; what it was about can't be shown any more.
        return {}


def _one(
    console: ConsoleDependencies,
    row: SwitchRow,
    actor: str,
    *,
    section: str = "",
    refusal: PlanSwitchError | None = None,
    kept: Fields | None = None,
    shown: dict[str, Any] | None = None,
    done: str = "",
) -> Response:
    status = refusal.handling.http_status if refusal else 200
    try:
        sight = see(console, row)
    except UNREADABLE as error:
        # The switch is shown as far as it could be folded; what is done to it is the workflow's business.
        known, mark = named(console, row), mark_of(row.stage)
        return page(
            "switch_incomplete.html", status=status, actor=actor, row=known, mark=mark, told=refusal or error
        )
    fields = kept_texts(kept)
    return page(
        "switch.html",
        status=status,
        actor=actor,
        seen=sight,
        mark=mark_of(row.stage),
        users_shown=USERS_SHOWN,
        refusals_shown=REFUSALS_SHOWN,
        evidence_shown=EVIDENCE_SHOWN,
        days_max=EXTENSION_DAYS_MAX,
        amendment=(shown or {}).get("amendment"),
        skipping=(shown or {}).get("user"),
        section=section,
        told=refusal,
        kept=fields,
        # What was not answered may still be done: the same id, sent again, acts once.
        kept_id=fields.get("request_id", "") if status >= _UNAVAILABLE else "",
        request_id=str(uuid4()),
        done=done,
    )


def _to(switch_id: str, section: str, *, done: str = "") -> Response:
    """Show the switch by a request of its own, so that a reload sends nothing again."""
    query = f"?done={quote(done)}" if done else ""
    return RedirectResponse(f"/switches/{quote(switch_id, safe='')}{query}#{section}", status_code=_SEE_OTHER)


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
    #: Name of its organization, as billing or its directory has it; "" where it is not known now.
    organization_name: str
    #: As it is recorded; None: a request that waits, or whose wait has ended.
    state: SwitchState | None
    #: What was asked to the letter, and why.
    order: dict[str, Any]
    reason: str
    #: What is locked, with the promised ends.
    locks: tuple[Lock, ...]
    commands: tuple[CommandAdvice, ...]
    #: Steps of a switch by hand; none of one that runs by itself.
    steps: tuple[StepAdvice, ...]
    #: Answers to a credit check that waits for one.
    credit: tuple[CommandAdvice, ...]
    users: tuple[UnresolvedUser, ...]
    #: What providers refused so far, in their own words.
    refusals: tuple[ToldRefusal, ...]
    #: What was told before the order and before the move, and stood in nobody's way.
    findings: tuple[Finding, ...]
    #: What was done, until somebody has read it; None: it has not completed, or was read.
    notice: CompletionNotice | None
    #: What is left to do by hand after it.
    open_points: tuple[Finding, ...]
    #: What was changed by hand, as it was found last; None: nothing that was found.
    drift: DriftSeen | None
    #: Whether it may be taken back by a new switch; None: it has not completed.
    back: BackAdvice | None
    #: What is wrong with its workflow; None where all is well.
    trouble: Trouble | None
    #: Why it failed, waits or was late; None: nothing calls for that.
    explanation: Explanation | None
    #: The plan of the accepted quote beside what happened; services are not counted here.
    plan: PlanAndActual
    events: tuple[AuditEntry, ...]
    #: Events before those that are listed.
    earlier: int

    @property
    def shape(self) -> str:
        """Return a digest of what the forms depend on: another one, and they are out of date."""
        what = (self.commands, self.credit, self.users, self.trouble and self.trouble.state)
        return digest_of((*what, self.steps) if self.steps else what)[:16]

    @property
    def next_step(self) -> str:
        """Return the first step of a switch by hand that is not done; "" where none is left."""
        return next_step(self.state) if self.state else ""


def see(console: ConsoleDependencies, row: SwitchRow) -> SwitchSight:
    """Return a switch with all that its page shows the caller."""
    switch_id, is_for_users = row.switch_id, _looks_at_users(row)
    source = recorded_source(console, row)
    state = source.switches.get(switch_id) if source else None
    events = events_of(console.store, switch_id, console.reads.streams_of(switch_id))
    return SwitchSight(
        row=named(console, row),
        organization_name=console.reads.names.names_of([row.organization_id]).get(row.organization_id, ""),
        state=state,
        order=_order(events),
        reason=events[0].event.meta["reason"],  # type: ignore[attr-defined]
        locks=locks_of(events),
        commands=commands_of(console, row, state),
        steps=step_list(state) if state else (),
        credit=credit_commands(state, datetime.now(tz=UTC)) if state else (),
        users=unresolved_users(console.store, source, switch_id) if is_for_users and source and state else (),
        findings=findings_of(events),
        notice=unread_notice(console.catalog, row),
        open_points=open_points_of(events),
        refusals=refusals_of_switch(console.store, switch_id) if is_for_users else (),
        drift=drift_seen(state) if state else None,
        back=back_advice(console, row),
        trouble=_trouble(console, row),
        explanation=explain_row(console, row) if calls_for_explanation(row) else None,
        plan=plan_and_actual(events, now=datetime.now(tz=UTC)),
        events=tuple(entries_of(events))[-EVENTS_SHOWN:],
        earlier=max(0, len(events) - EVENTS_SHOWN),
    )


def _looks_at_users(row: SwitchRow) -> bool:
    """Return whether the caller may see single users of a switch (docs/roles.md#data-of-persons)."""
    return any(may(role, row.organization_id) for role in LOOKS_AT_USERS)


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
    return view_of(Trouble, workflow)


def _unknown(why: str, remedy: str) -> Trouble:
    return Trouble(state="unknown", status="unknown", trouble=why, remedy=remedy)


Body = TypeVar("Body", bound=CommandBody)


Action = Callable[[Tools, SwitchRow, Fields, str], object]


def _body(fields: Fields, model: type[Body], **values: Any) -> Body:
    """Return the body of a command; the form's own request id lets a second click act once."""
    request_id = text_of(fields, "request_id") or str(uuid4())
    return body_of(model, reason=text_of(fields, "reason"), request_id=request_id, **values)


def _plain(update: str) -> Action:
    """Return the action of a command that takes a reason and nothing else."""
    return lambda tools, row, fields, actor: send(
        tools, row, update, _body(fields, CommandBody).command(actor)
    )


def _retry_users(tools: Tools, row: SwitchRow, fields: Fields, actor: str) -> object:
    body = _body(fields, RetryUsersBody, users=(text_of(fields, "user"),))
    return retry_users(tools, row, body.of_users(actor))


def _skip(tools: Tools, row: SwitchRow, fields: Fields, actor: str) -> object:
    is_accepted = text_of(fields, "accept_loss") == CHECKED
    body = _body(fields, SkipBody, user=text_of(fields, "user"), accept_loss=is_accepted)
    return skip_user(tools, row, body.command(actor))


def _amend(tools: Tools, row: SwitchRow, fields: Fields, actor: str) -> object:
    body = _body(
        fields,
        AmendBody,
        quantity=number_of(fields, "quantity"),
        accepted_digest=text_of(fields, "accepted_digest") or None,
        accept_forfeiture=text_of(fields, "accept_forfeiture") == CHECKED,
    )
    return amend(tools, row, body.command(actor), takes_any=False)


def _decide(verdict: Verdict) -> Action:
    """Return the action that answers a credit check in the bureau's place."""
    return lambda tools, row, fields, actor: send(
        tools, row, DECIDE_CREDIT, _body(fields, CommandBody).decision(actor, verdict)
    )


def _extend(tools: Tools, row: SwitchRow, fields: Fields, actor: str) -> object:
    body = _body(fields, ExtensionBody, days=number_of(fields, "days"))
    return send(tools, row, EXTEND_CREDIT, body.extension(actor))


def _step(step: str) -> Action:
    """Return the action that starts a step of a switch by hand; users stand one on a line."""

    def start(tools: Tools, row: SwitchRow, fields: Fields, actor: str) -> object:
        lines = text_of(fields, "users_listed").splitlines()
        body = _body(
            fields,
            StepBody,
            users_listed=tuple(each.strip() for each in lines if each.strip()),
            users_of_group=text_of(fields, "users_of_group") or None,
            users_of_department=text_of(fields, "users_of_department") or None,
        )
        return take_step(tools, row, body.step(actor, step), body.choice)

    return start


def _restart(tools: Tools, row: SwitchRow, fields: Fields, actor: str) -> object:
    return restart(tools, row.switch_id, _body(fields, CommandBody).command(actor))


def _read_notice(tools: Tools, row: SwitchRow, fields: Fields, actor: str) -> object:
    body = body_of(NoticeBody, request_id=text_of(fields, "request_id") or str(uuid4()))
    return read_notice(tools, row, body.command(actor))


#: Command, which is the last part of its form's address -> what does it.
ACTIONS: Mapping[str, Action] = {
    PAUSE: _plain(PAUSE),
    RESUME: _plain(RESUME),
    RETRY: _plain(RETRY_FAILED),
    RETRY_USERS: _retry_users,
    SKIP: _skip,
    AMEND: _amend,
    CANCEL: _plain(CANCEL),
    ROLL_BACK: _plain(ROLL_BACK),
    LOOK: _plain(LOOK),
    APPROVE: _decide("approve"),
    DECLINE: _decide("decline"),
    EXTEND: _extend,
    RESTART: _restart,
    READ_NOTICE: _read_notice,
    **{f"step-{step}": _step(step) for step in ManualStep},
}
