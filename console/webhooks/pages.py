"""Pages of webhooks: the list with a form for a new one, and one with its deliveries (webhooks#page).

Every form does what the API does, by the same functions. A secret is shown in the answer to the form that
made it, and on no other page.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote
from uuid import uuid4

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from console.access.dependencies import Actor, Console, ConsoleDependencies
from console.pages.checkout_forms import Fields, Posted, body_of, kept_texts, number_of, text_of
from console.webhooks.bodies import (
    ReplayBody,
    SecretBody,
    WebhookActBody,
    WebhookBody,
    WebhookChangeBody,
    WebhookTestBody,
)
from console.webhooks.models import WebhookSecret
from console.webhooks.views import (
    delivery_list,
    secret_answer,
    shown_delivery,
    shown_webhook,
    webhook_answer,
    webhooks_of,
)
from console.words.rendering import page
from domain.kernel.errors import InvalidInput, PlanSwitchError
from domain.webhooks.endpoints import OVERLAP_HOURS, OVERLAP_HOURS_MAX, EndpointState
from domain.webhooks.event_types import TYPES
from store.webhooks.deliveries import DeliveryState

router = APIRouter(include_in_schema=False)

_SEE_OTHER = 303
PAGE_ROWS = 50
_NUMBER_DIGITS_MAX = 18


@router.get("/webhooks")
def list_page(actor: Actor, console: Console) -> Response:
    """Show the endpoints, with what waits for each, and the form for a new one."""
    return _list(console, actor)


@router.post("/webhooks")
def create(fields: Posted, actor: Actor, console: Console) -> Response:
    """Make an endpoint, and show its secret this once."""
    try:
        body = body_of(WebhookBody, **_settings_of(fields), **_act_of(fields))
        made = secret_answer(console, webhooks_of(console).create(body.settings(), body.why(actor)))
    except PlanSwitchError as error:
        return _list(console, actor, error=error, kept=fields)
    return _one(console, actor, made.webhook.webhook_id, made=made)


@router.get("/webhooks/{webhook}")
def webhook_page(webhook: str, actor: Actor, console: Console, state: str = "", before: str = "") -> Response:
    """Show one endpoint, its deliveries and its forms; the state of the list is in its address."""
    return _one(console, actor, webhook, state=_state_of(state), before=_place_of(before))


@router.get("/webhooks/{webhook}/deliveries/{delivery_id}")
def delivery_page(webhook: str, delivery_id: str, actor: Actor, console: Console) -> Response:
    """Show one delivery with its body and every attempt."""
    shown = shown_webhook(console, webhook)
    delivery = shown_delivery(console, shown.webhook.webhook_id, _place_of(delivery_id) or 0)
    return page(
        "webhook_delivery.html",
        actor=actor,
        webhook=shown.webhook,
        view=delivery,
        request_id=str(uuid4()),
    )


@router.get("/webhooks/{webhook}/{form}")
def form_page(webhook: str, form: str, _actor: Actor) -> Response:
    """Lead to the form: a reload of one that was refused asks for this address."""
    return _to(webhook, form if form in _ACTS else "")


@router.post("/webhooks/{webhook}/{form}")
def act(webhook: str, form: str, fields: Posted, actor: Actor, console: Console) -> Response:
    """Do what a form of the endpoint's page says."""
    carry_out = _ACTS.get(form)
    if carry_out is None:
        raise InvalidInput(field="form", value=form, allowed=", ".join(_ACTS))
    try:
        made = carry_out(console, webhook, fields, actor)
    except PlanSwitchError as error:
        return _one(console, actor, webhook, form=form, error=error, kept=fields)
    if made is not None:
        return _one(console, actor, webhook, made=made)
    return RedirectResponse("/webhooks", status_code=_SEE_OTHER) if form == "remove" else _to(webhook)


def _change(console: ConsoleDependencies, webhook: str, fields: Fields, actor: str) -> None:
    body = body_of(WebhookChangeBody, **_settings_of(fields), **_act_of(fields))
    webhooks_of(console).change(webhook, body.changes(), body.why(actor))


def _enable(console: ConsoleDependencies, webhook: str, fields: Fields, actor: str) -> None:
    webhooks_of(console).enable(webhook, body_of(WebhookActBody, **_act_of(fields)).why(actor))


def _disable(console: ConsoleDependencies, webhook: str, fields: Fields, actor: str) -> None:
    webhooks_of(console).disable(webhook, body_of(WebhookActBody, **_act_of(fields)).why(actor))


def _remove(console: ConsoleDependencies, webhook: str, fields: Fields, actor: str) -> None:
    webhooks_of(console).remove(webhook, body_of(WebhookActBody, **_act_of(fields)).why(actor))


def _test(console: ConsoleDependencies, webhook: str, fields: Fields, actor: str) -> None:
    webhooks_of(console).test(webhook, body_of(WebhookTestBody, **_act_of(fields)).why(actor))


def _roll(console: ConsoleDependencies, webhook: str, fields: Fields, actor: str) -> WebhookSecret:
    body = body_of(SecretBody, overlap_hours=number_of(fields, "overlap_hours"), **_act_of(fields))
    hours = body.overlap_hours
    return secret_answer(
        console, webhooks_of(console).roll_secret(webhook, overlap_hours=hours, why=body.why(actor))
    )


def _replay(console: ConsoleDependencies, webhook: str, fields: Fields, actor: str) -> None:
    texts = {name: text for name in ("since", "until") if (text := text_of(fields, name))}
    one = {"delivery_id": number_of(fields, "delivery_id")} if text_of(fields, "delivery_id") else {}
    only_failed = bool(text_of(fields, "only_failed"))
    body = body_of(ReplayBody, **texts, **one, only_failed=only_failed, **_act_of(fields))
    webhooks_of(console).replay(webhook, body.replay(), body.why(actor))


_Act = Callable[[ConsoleDependencies, str, Fields, str], WebhookSecret | None]
#: Form of the page -> what it does.
_ACTS: dict[str, _Act] = {
    "change": _change,
    "enable": _enable,
    "disable": _disable,
    "remove": _remove,
    "test": _test,
    "secrets": _roll,
    "replay": _replay,
}


def _settings_of(fields: Fields) -> dict[str, object]:
    return {
        "url": text_of(fields, "url"),
        "description": text_of(fields, "description"),
        "event_types": tuple(fields.get("event_types", ())),
        "organizations": tuple(text_of(fields, "organizations").split()),
    }


def _act_of(fields: Fields) -> dict[str, object]:
    """Return reason and request id; a form without the latter gets one."""
    request_id = text_of(fields, "request_id")
    return {"reason": text_of(fields, "reason"), **({"request_id": request_id} if request_id else {})}


def _state_of(text: str) -> DeliveryState | None:
    if not text:
        return None
    if text not in tuple(DeliveryState):
        raise InvalidInput(field="state", value=text, allowed=", ".join(DeliveryState))
    return DeliveryState(text)


def _place_of(text: str) -> int | None:
    """Return the number of a delivery that an address names."""
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > _NUMBER_DIGITS_MAX:
        raise InvalidInput(field="delivery", value=text, allowed="the number of a delivery")
    return int(text)


def _list(
    console: ConsoleDependencies,
    actor: str,
    *,
    error: PlanSwitchError | None = None,
    kept: Fields | None = None,
) -> Response:
    return page(
        "webhooks.html",
        status=error.handling.http_status if error else 200,
        actor=actor,
        rows=[webhook_answer(each) for each in webhooks_of(console).shown()],
        types=[each.name for each in TYPES],
        told=error,
        kept=kept_texts(kept),
        chosen=(kept or {}).get("event_types", ()),
        disabled=EndpointState.DISABLED,
        request_id=str(uuid4()),
    )


def _one(
    console: ConsoleDependencies,
    actor: str,
    webhook: str,
    *,
    form: str = "",
    error: PlanSwitchError | None = None,
    kept: Fields | None = None,
    made: WebhookSecret | None = None,
    state: DeliveryState | None = None,
    before: int | None = None,
) -> Response:
    shown = shown_webhook(console, webhook)
    endpoint_id = shown.webhook.webhook_id
    return page(
        "webhook.html",
        status=error.handling.http_status if error else 200,
        actor=actor,
        view=shown.webhook,
        acts=shown.acts,
        log=delivery_list(console, endpoint_id, state=state, limit=PAGE_ROWS, before=before),
        states=tuple(DeliveryState),
        state=state or "",
        is_first=before is None,
        types=[each.name for each in TYPES],
        form=form,
        told=error,
        kept=kept_texts(kept),
        made=made,
        disabled=EndpointState.DISABLED,
        overlap_hours=OVERLAP_HOURS,
        overlap_hours_max=OVERLAP_HOURS_MAX,
        request_id=str(uuid4()),
    )


def _to(webhook: str, form: str = "") -> Response:
    mark = f"#{quote(form)}" if form else ""
    return RedirectResponse(f"/webhooks/{quote(webhook, safe='')}{mark}", status_code=_SEE_OTHER)
