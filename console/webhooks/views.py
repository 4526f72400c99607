"""What is shown of webhooks, in the API and on the pages."""

from __future__ import annotations

from datetime import datetime

from console.access.dependencies import ConsoleDependencies
from console.models.base import view_of
from console.webhooks.models import (
    AttemptAnswer,
    DeliveryAnswer,
    DeliveryList,
    DeliveryShown,
    WebhookActAnswer,
    WebhookAnswer,
    WebhookSecret,
    WebhookShown,
)
from domain.webhooks.attempts import Attempt
from domain.webhooks.endpoints import WebhookAct
from projections.reads.shown_rows import instant_text
from services.webhooks.endpoints import ACTS_SHOWN, MadeSecret, ShownEndpoint, Webhooks
from store.webhooks.deliveries import Delivery, DeliveryState


def webhooks_of(console: ConsoleDependencies) -> Webhooks:
    """Return what is done with webhooks here."""
    return Webhooks(console.store.webhooks, console.webhook_networks)


def webhook_answer(shown: ShownEndpoint) -> WebhookAnswer:
    """Return an endpoint as it is shown."""
    endpoint, backlog, act = shown.endpoint, shown.backlog, shown.endpoint.state_act
    return view_of(
        WebhookAnswer,
        endpoint.settings,
        webhook_id=endpoint.endpoint_id,
        state=endpoint.state,
        state_by=act.actor,
        state_reason=act.reason,
        state_since=instant_text(act.acted_at or endpoint.created_at),
        created_at=instant_text(endpoint.created_at),
        waiting=backlog.waiting,
        waiting_since=_text_of(backlog.oldest_at),
        failing_since=_text_of(backlog.failing_since),
        held_until=_text_of(backlog.held_until),
    )


def shown_webhook(console: ConsoleDependencies, webhook: str) -> WebhookShown:
    """Return an endpoint with what was done with it.

    Raises:
        UnknownWebhook: There is none of this id.
    """
    shown = webhooks_of(console).one(webhook)
    acts = console.store.webhooks.acts_of(shown.endpoint.endpoint_id, limit=ACTS_SHOWN)
    return WebhookShown(webhook=webhook_answer(shown), acts=tuple(map(_act_answer, acts)))


def secret_answer(console: ConsoleDependencies, made: MadeSecret) -> WebhookSecret:
    """Return an endpoint with the secret that was made."""
    return WebhookSecret(
        webhook=webhook_answer(webhooks_of(console).one(made.endpoint.endpoint_id)),
        secret=made.secret,
        previous_until=instant_text(made.previous_until),
    )


def delivery_list(
    console: ConsoleDependencies, webhook: str, *, state: DeliveryState | None, limit: int, before: int | None
) -> DeliveryList:
    """Return one page of deliveries, the newest first.

    Raises:
        UnknownWebhook: There is no endpoint of this id.
    """
    endpoint = console.store.webhooks.endpoint(webhook)
    page = console.store.webhooks.deliveries(endpoint.endpoint_id, limit=limit, before=before, state=state)
    return DeliveryList(
        deliveries=tuple(map(_delivery_answer, page)),
        next=page[-1].delivery_id if len(page) == limit else None,
    )


def shown_delivery(console: ConsoleDependencies, webhook: str, delivery_id: int) -> DeliveryShown:
    """Return one delivery with every attempt.

    Raises:
        UnknownWebhook: There is no such endpoint or delivery.
    """
    store = console.store.webhooks
    delivery = store.delivery(store.endpoint(webhook).endpoint_id, delivery_id)
    return DeliveryShown(
        delivery=_delivery_answer(delivery),
        payload=delivery.payload,
        attempts=tuple(map(_attempt_answer, store.attempts_of(delivery_id))),
    )


def _act_answer(act: WebhookAct) -> WebhookActAnswer:
    return view_of(WebhookActAnswer, act, acted_at=_text_of(act.acted_at))


def _attempt_answer(attempt: Attempt) -> AttemptAnswer:
    return view_of(AttemptAnswer, attempt, started_at=instant_text(attempt.started_at))


def _delivery_answer(delivery: Delivery) -> DeliveryAnswer:
    return view_of(
        DeliveryAnswer,
        delivery,
        message_id=delivery.webhook_id,
        position=delivery.notification_id,
        made_at=instant_text(delivery.made_at),
        attempts=delivery.attempt_count,
        next_at=_text_of(delivery.due_at),
        last=_attempt_answer(delivery.last) if delivery.last else None,
    )


def _text_of(at: datetime | None) -> str | None:
    return instant_text(at) if at else None
