"""The page of a switch between two plans that are owned: what could receive the users, its quote and start.

Both plans were bought anywhere; the directory alone is asked (rules#licenses-only).
"""

from __future__ import annotations

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
from console.pages.file_forms import PostedFile
from console.switches.bodies import QuoteBody, SwitchBody
from console.words.rendering import page
from domain.eligibility.eligibility_checks import TARGET_LACKS_DATA_SERVICES
from domain.kernel.errors import PlanSwitchError
from domain.reasons.findings import ACKNOWLEDGED, BACKUP_DONE
from domain.reasons.reasons import LICENSES_ONLY
from services.assessment.user_files import CheckedFile, FileQuestion, checked_file

router = APIRouter(include_in_schema=False)

#: What is chosen: whose licenses, from which subscription to which, and who moves: the members of a group, or
#: the users of a file that was checked, maybe with chosen services.
_CHOSEN = ("organization", "subscription", "to", "group", "selection", "services")
#: Field of the page -> field of the preview of single users.
_PREVIEWED = {
    "organization": "organization_id",
    "subscription": "source_subscription_id",
    "to": "target_subscription_id",
    "group": "users_of_group",
    "selection": "selection",
    "services": "user_services",
}
#: Refused rows of a file that are listed.
REFUSED_SHOWN = 200
_ACKNOWLEDGED = "acknowledged"
_SEE_OTHER, _REFUSED = 303, 422
_UNAVAILABLE = 503


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
def check_users_of_file(form: PostedFile, actor: Actor, console: Console) -> Response:
    """Check a file of users; accepted, it leads to the quote of those who move. Nothing is started."""
    try:
        checked = checked_file(console, _question(form.fields), form.content)
    except PlanSwitchError as error:
        return _one(console, actor, form.fields, refusal=error)
    if checked.refused:
        return _one(console, actor, form.fields, checked=checked)
    chosen = {name: text_of(form.fields, name) for name in ("organization", "subscription", "to")}
    chosen |= {"selection": checked.selection or "", "services": checked.user_services or ""}
    path = f"/licenses-only?{urlencode({name: text for name, text in chosen.items() if text})}"
    return RedirectResponse(path, status_code=_SEE_OTHER)


def _question(fields: Fields) -> FileQuestion:
    """Return the switch that a file of users is for."""
    return FileQuestion(
        organization_id=text_of(fields, "organization"),
        source_subscription_id=text_of(fields, "subscription") or None,
        licenses_only=True,
        target_subscription_id=text_of(fields, "to") or None,
    )


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


def _one(
    console: ConsoleDependencies,
    actor: str,
    chosen: Fields,
    *,
    refusal: PlanSwitchError | None = None,
    checked: CheckedFile | None = None,
) -> Response:
    view, targets, closed = (None, None, None) if checked else _view(console, actor, chosen)
    problem = refusal or closed
    kept = kept_texts(chosen)
    # What was not answered may still be done: the same id, sent again, acts once.
    is_open = refusal is not None and refusal.handling.http_status >= _UNAVAILABLE
    return page(
        "licenses_only.html",
        status=problem.handling.http_status if problem else _REFUSED if checked else 200,
        actor=actor,
        told=problem,
        chosen={name: text_of(chosen, name) for name in _CHOSEN},
        preview=_preview_path(chosen),
        checked_file=checked,
        refused_shown=REFUSED_SHOWN,
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


def _preview_path(chosen: Fields) -> str:
    """Return the address of the preview of what is chosen, user by user."""
    known = {field: text_of(chosen, name) for name, field in _PREVIEWED.items()}
    query = {"licenses_only": "true", **{field: text for field, text in known.items() if text}}
    return f"/api/v1/user-preview?{urlencode(query)}"


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
    return {
        "licenses_only": True,
        "organization_id": text_of(fields, "organization"),
        "source_subscription_id": text_of(fields, "subscription") or None,
        "target_subscription_id": text_of(fields, "to") or None,
        "users_of_group": text_of(fields, "group") or None,
        "selection": text_of(fields, "selection") or None,
        "user_services": text_of(fields, "services") or None,
        "acknowledgments": tuple(fields.get(_ACKNOWLEDGED, ())),
    }
