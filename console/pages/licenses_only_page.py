"""The page of a switch between two plans that are owned: what could receive the users, its quote and start.

Both plans were bought anywhere; the directory alone is asked (rules#licenses-only).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated
from urllib.parse import quote, urlencode
from uuid import uuid4

from fastapi import APIRouter, Query, Response
from fastapi.responses import RedirectResponse

from console.access.dependencies import Actor, Console, ConsoleDependencies
from console.api.routes_catalog import list_owned_targets
from console.api.routes_switches import make_quote, start_switch
from console.models.catalog import OwnedTargetsAnswer
from console.models.quotes import QuoteMade
from console.pages.checkout_forms import Fields, Posted, body_of, kept_texts, text_of
from console.switches.bodies import QuoteBody, SwitchBody
from console.words.rendering import page
from domain.eligibility.eligibility_checks import TARGET_LACKS_DATA_SERVICES
from domain.kernel.errors import InvalidInput, PlanSwitchError
from domain.reasons.findings import ACKNOWLEDGED, BACKUP_DONE
from domain.reasons.reasons import LICENSES_ONLY
from domain.requests.user_files import RowRefusal
from services.assessment.user_files import FileQuestion, checked_file

router = APIRouter(include_in_schema=False)

#: What is chosen: whose licenses, from which subscription to which, and who moves: a group, or users who were
#: listed, with the services that were chosen for them.
_CHOSEN = ("organization", "subscription", "to", "group", "selection", "services")
_USERS = "users"
#: A list with one of these columns is a file of users, which says of each what becomes of them.
_FILE_COLUMNS = frozenset({"action", "services_off", "services off"})
_CELLS = re.compile(r"[,;\t]")
#: Refused rows that the page lists; `switch preview --users FILE` tells every one.
_REFUSED_SHOWN = 50
_ACKNOWLEDGED = "acknowledged"
_SEE_OTHER = 303
_UNPROCESSABLE, _UNAVAILABLE = 422, 503


@router.get("/licenses-only")
def licenses_only_page(
    *,
    actor: Actor,
    console: Console,
    organization: str = "",
    subscription: str = "",
    to: str = "",
    group: str = "",
    selection: str = "",
    services: str = "",
    acknowledged: Annotated[tuple[str, ...], Query()] = (),
) -> Response:
    """Show what could receive the users, or the quote of one choice; nothing is changed."""
    texts = (organization, subscription, to, group, selection, services)
    chosen = {name: [text] for name, text in zip(_CHOSEN, texts, strict=True)}
    return _one(console, actor, {**chosen, _ACKNOWLEDGED: [*acknowledged]})


@router.post("/licenses-only/users")
def choose_users(fields: Posted, actor: Actor, console: Console) -> Response:
    """Quote for the users who are listed, or for the rows of a file of users; nothing is started."""
    try:
        chosen, refused = _selected(console, actor, fields)
    except PlanSwitchError as error:
        return _one(console, actor, fields, refusal=error)
    if refused:
        return _one(console, actor, fields, refused=refused)
    kept = {name: text_of(fields, name) for name in ("organization", "subscription", "to")}
    query = urlencode({name: text for name, text in {**kept, **chosen}.items() if text})
    return RedirectResponse(f"/licenses-only?{query}", status_code=_SEE_OTHER)


@router.post("/licenses-only")
def start_licenses_only(fields: Posted, actor: Actor, console: Console, response: Response) -> Response:
    """Start the switch by the quote that was shown; a refusal is told on the page."""
    try:
        body = body_of(
            SwitchBody,
            **_body_fields(fields),
            quote_digest=text_of(fields, "quote_digest") or None,
            request_id=text_of(fields, "request_id") or str(uuid4()),
            reason=text_of(fields, "reason"),
        )
        started = start_switch(body, actor, console, response)
    except PlanSwitchError as error:
        return _one(console, actor, fields, refusal=error)
    return RedirectResponse(f"/switches/{quote(started.switch_id, safe='')}", status_code=_SEE_OTHER)


def _selected(
    console: ConsoleDependencies, actor: str, fields: Fields
) -> tuple[dict[str, str | None], Sequence[RowRefusal]]:
    """Return the stored choice of those who move, and the rows of a file that are refused."""
    lines = [line.strip() for line in text_of(fields, _USERS).splitlines() if line.strip()]
    if not lines:
        allowed = "one user a line, or the rows of a file of users with their header"
        raise InvalidInput(field=_USERS, value=None, allowed=allowed)
    body = _body_fields(fields)
    if _FILE_COLUMNS.isdisjoint(cell.strip(' "').lower() for cell in _CELLS.split(lines[0])):
        everyone = {"users_of_group": None, "selection": None, "user_services": None}
        asked = body_of(QuoteBody, **{**body, **everyone, "users_listed": tuple(dict.fromkeys(lines))})
        return {"selection": make_quote(asked, actor, console).selection}, ()
    question = FileQuestion(
        organization_id=text_of(fields, "organization"),
        source_subscription_id=text_of(fields, "subscription") or None,
        licenses_only=True,
        target_subscription_id=text_of(fields, "to") or None,
    )
    checked = checked_file(console, question, "\n".join(lines).encode())
    return {"selection": checked.selection, "services": checked.user_services}, checked.refused


def _one(
    console: ConsoleDependencies,
    actor: str,
    chosen: Fields,
    *,
    refusal: PlanSwitchError | None = None,
    refused: Sequence[RowRefusal] = (),
) -> Response:
    view, targets, closed = _view(console, actor, chosen)
    problem, status = refusal or closed, _UNPROCESSABLE if refused else 200
    kept = kept_texts(chosen)
    # What was not answered may still be done: the same id, sent again, acts once.
    is_open = refusal is not None and refusal.handling.http_status >= _UNAVAILABLE
    return page(
        "licenses_only.html",
        status=problem.handling.http_status if problem else status,
        actor=actor,
        told=problem,
        refused=refused,
        refused_shown=_REFUSED_SHOWN,
        chosen={name: text_of(chosen, name) for name in _CHOSEN},
        checked=tuple(chosen.get(_ACKNOWLEDGED, ())),
        kept=kept,
        request_id=(kept.get("request_id", "") if is_open else "") or str(uuid4()),
        view=view,
        targets=targets,
        may_start=view is not None and _may_start(view),
        way=LICENSES_ONLY,
        words_of=ACKNOWLEDGED,
        backup=BACKUP_DONE,
    )


def _may_start(view: QuoteMade) -> bool:
    """Return whether nothing blocks the switch but what is confirmed with its start."""
    blocking = (each.code for each in view.assessment.reasons if LICENSES_ONLY in each.blocks)
    return all(code == TARGET_LACKS_DATA_SERVICES for code in blocking)


def _view(
    console: ConsoleDependencies, actor: str, chosen: Fields
) -> tuple[QuoteMade | None, OwnedTargetsAnswer | None, PlanSwitchError | None]:
    """Return the quote of a choice, or what there is to choose, or why there is neither."""
    organization_id = text_of(chosen, "organization")
    if not organization_id:
        return None, None, None
    try:
        if text_of(chosen, "to"):
            return make_quote(body_of(QuoteBody, **_body_fields(chosen)), actor, console), None, None
        source = text_of(chosen, "subscription") or None
        return None, list_owned_targets(organization_id, actor, console, source), None
    except PlanSwitchError as error:
        return None, None, error


def _body_fields(fields: Fields) -> dict[str, object]:
    """Return what was chosen, as the API takes it."""
    selection = text_of(fields, "selection") or None
    return {
        "licenses_only": True,
        "organization_id": text_of(fields, "organization"),
        "source_subscription_id": text_of(fields, "subscription") or None,
        "target_subscription_id": text_of(fields, "to") or None,
        "users_of_group": None if selection else text_of(fields, "group") or None,
        "selection": selection,
        "user_services": text_of(fields, "services") or None,
        "acknowledgments": tuple(fields.get(_ACKNOWLEDGED, ())),
    }
