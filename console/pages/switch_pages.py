"""The page of one switch: where it stands, what may be done now, whom it waits for, and what happened.

Every form does what the API does, by the same functions; the page shows what the API answers.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote
from uuid import uuid4

from fastapi import APIRouter, HTTPException, Response
from fastapi.responses import RedirectResponse

from audit.story.refusals import refusal_page
from console.access.authentication import Actor, Console
from console.access.dependencies import ConsoleDependencies
from console.api.routes_amend import amendment_answer
from console.api.routes_switches import named
from console.pages.checkout_forms import Fields, Posted, body_of, number_of, text_of
from console.pages.stage_marks import mark_of
from console.pages.switch_forms import ACTIONS
from console.pages.switch_views import REFUSALS_LISTED, REFUSALS_SHOWN, USERS_SHOWN, see
from console.switches.command_bodies import AmendBody
from console.words.rendering import page
from domain.kernel.errors import PlanSwitchError
from domain.operator.operator_commands import skip_text
from domain.switch.control_events import AMEND, SKIP
from domain.switch.credit import EXTENSION_DAYS_MAX
from projections.reads.shown_rows import SwitchRow
from services.base.switch_rows import shown_change
from services.commands.failed_users import skip_outcome
from store.core.errors import UNREADABLE

router = APIRouter(include_in_schema=False)

_SEE_OTHER = 303
_NOT_FOUND = 404
#: From this status on a request may still have its effect, so that its form keeps its id.
_UNAVAILABLE = 503


@router.get("/switches/{switch}")
def switch_page(
    *, switch: str, actor: Actor, console: Console, quantity: str = "", user: str = "", done: str = ""
) -> Response:
    """Show one switch; `quantity` and `user` of the query ask what an amendment or a skip would mean."""
    row = console.reads.switch(switch)
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
    action, row = ACTIONS[_known(command)], console.reads.switch(switch)
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
    fields = {name: values[0] for name, values in (kept or {}).items() if values}
    return page(
        "switch.html",
        status=status,
        actor=actor,
        seen=sight,
        mark=mark_of(row.stage),
        users_shown=USERS_SHOWN,
        refusals_shown=REFUSALS_SHOWN,
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
