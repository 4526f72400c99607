"""Endpoints of the API about webhooks: make, change, enable, disable, remove, secrets, deliveries, replay.

See webhooks#api.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from console.access.dependencies import Actor, Console
from console.webhooks.bodies import (
    DELIVERY_MAX,
    ReplayBody,
    SecretBody,
    WebhookActBody,
    WebhookBody,
    WebhookChangeBody,
    WebhookTestBody,
)
from console.webhooks.models import (
    DeliveryList,
    DeliveryShown,
    WebhookAnswer,
    WebhookList,
    WebhookRemoved,
    WebhookReplayed,
    WebhookSecret,
    WebhookShown,
    WebhookTested,
    WebhookTypeAnswer,
    WebhookTypes,
)
from console.webhooks.views import (
    delivery_list,
    secret_answer,
    shown_delivery,
    shown_webhook,
    webhook_answer,
    webhooks_of,
)
from domain.webhooks.event_types import TYPES
from store.webhooks.deliveries import DeliveryState

router = APIRouter(prefix="/api/v1/webhooks", tags=["webhooks"])

_CREATED = 201
#: Of an answer that shows a secret.
_NO_STORE = "no-store"
PAGE_MAX = 500
_Limit = Annotated[int, Query(ge=1, le=PAGE_MAX)]
_Before = Annotated[int | None, Query(ge=1, le=DELIVERY_MAX)]
_Delivery = Annotated[int, Path(ge=1, le=DELIVERY_MAX)]


@router.get("")
def list_webhooks(_actor: Actor, console: Console) -> WebhookList:
    """List the endpoints, with what waits for each; no secret is shown."""
    return WebhookList(webhooks=tuple(map(webhook_answer, webhooks_of(console).shown())))


@router.get("/types")
def list_types(_actor: Actor) -> WebhookTypes:
    """List the types of webhook events and the fields of their data."""
    return WebhookTypes(
        types=tuple(
            WebhookTypeAnswer(name=each.name, meaning=each.meaning, version=each.version, fields=each.fields)
            for each in TYPES
        )
    )


@router.post("", status_code=_CREATED)
def create_webhook(body: WebhookBody, actor: Actor, console: Console, response: Response) -> WebhookSecret:
    """Make an endpoint; the answer alone shows its secret. The same request id makes one."""
    response.headers["Cache-Control"] = _NO_STORE
    return secret_answer(console, webhooks_of(console).create(body.settings(), body.why(actor)))


@router.get("/{webhook}")
def show_webhook(webhook: str, _actor: Actor, console: Console) -> WebhookShown:
    """Show an endpoint and what was done with it, the newest first."""
    return shown_webhook(console, webhook)


@router.post("/{webhook}/change")
def change_webhook(webhook: str, body: WebhookChangeBody, actor: Actor, console: Console) -> WebhookAnswer:
    """Change URL, description, types or organizations; for events that are recorded from now on."""
    use = webhooks_of(console)
    return webhook_answer(use.one(use.change(webhook, body.changes(), body.why(actor)).endpoint_id))


@router.post("/{webhook}/enable")
def enable_webhook(webhook: str, body: WebhookActBody, actor: Actor, console: Console) -> WebhookAnswer:
    """Let an endpoint go on where it stood: what waits for it is sent."""
    use = webhooks_of(console)
    return webhook_answer(use.one(use.enable(webhook, body.why(actor)).endpoint_id))


@router.post("/{webhook}/disable")
def disable_webhook(webhook: str, body: WebhookActBody, actor: Actor, console: Console) -> WebhookAnswer:
    """Send nothing more to an endpoint; its events wait until it is enabled."""
    use = webhooks_of(console)
    return webhook_answer(use.one(use.disable(webhook, body.why(actor)).endpoint_id))


@router.post("/{webhook}/remove")
def remove_webhook(webhook: str, body: WebhookActBody, actor: Actor, console: Console) -> WebhookRemoved:
    """Remove an endpoint for good; what waits for it is dropped, and its record stays."""
    act = webhooks_of(console).remove(webhook, body.why(actor))
    return WebhookRemoved(webhook_id=act.endpoint_id, dropped=int(act.facts["count"]))


@router.post("/{webhook}/secrets", status_code=_CREATED)
def roll_secret(
    webhook: str, body: SecretBody, actor: Actor, console: Console, response: Response
) -> WebhookSecret:
    """Make a new secret; the one before signs beside it for `overlap_hours`."""
    response.headers["Cache-Control"] = _NO_STORE
    made = webhooks_of(console).roll_secret(webhook, overlap_hours=body.overlap_hours, why=body.why(actor))
    return secret_answer(console, made)


@router.post("/{webhook}/test")
def test_webhook(webhook: str, body: WebhookTestBody, actor: Actor, console: Console) -> WebhookTested:
    """Send a message of type `webhook.test`; its delivery says what became of it."""
    use = webhooks_of(console)
    endpoint_id = use.one(webhook).endpoint.endpoint_id
    return WebhookTested(webhook_id=endpoint_id, delivery_id=use.test(endpoint_id, body.why(actor)))


@router.post("/{webhook}/replay")
def replay_deliveries(webhook: str, body: ReplayBody, actor: Actor, console: Console) -> WebhookReplayed:
    """Send one delivery again, or those of a range, under the ids that they have."""
    use = webhooks_of(console)
    endpoint_id = use.one(webhook).endpoint.endpoint_id
    count = use.replay(endpoint_id, body.replay(), body.why(actor))
    return WebhookReplayed(webhook_id=endpoint_id, count=count)


@router.get("/{webhook}/deliveries")
def list_deliveries(
    webhook: str,
    _actor: Actor,
    console: Console,
    state: Annotated[DeliveryState | None, Query(description="Only deliveries in this state")] = None,
    limit: _Limit = 50,
    before: _Before = None,
) -> DeliveryList:
    """List the deliveries of an endpoint with their newest attempts, the newest first."""
    return delivery_list(console, webhook, state=state, limit=limit, before=before)


@router.get("/{webhook}/deliveries/{delivery_id}")
def show_delivery(webhook: str, delivery_id: _Delivery, _actor: Actor, console: Console) -> DeliveryShown:
    """Show a delivery with its body and every attempt."""
    return shown_delivery(console, webhook, delivery_id)
