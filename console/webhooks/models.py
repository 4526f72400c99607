"""Answers about webhooks (webhooks#api)."""

from __future__ import annotations

from console.models.base import Answer
from domain.webhooks.attempts import Outcome
from domain.webhooks.endpoints import ActKind, EndpointState
from projections.reads.shown_rows import InstantText
from store.webhooks.deliveries import DeliveryState


class WebhookAnswer(Answer):
    """An endpoint; its secret is shown once, where it was made."""

    webhook_id: str
    url: str
    description: str
    #: Empty: every type.
    event_types: tuple[str, ...]
    #: Empty: every organization.
    organizations: tuple[str, ...]
    state: EndpointState
    #: Who led to the state, why, and when.
    state_by: str
    state_reason: str
    state_since: InstantText
    created_at: InstantText
    #: Deliveries that are not done, and when the oldest of them was made.
    waiting: int
    waiting_since: InstantText | None
    #: Since when every attempt has failed; null: the last one did not.
    failing_since: InstantText | None
    #: The receiver asked for a pause until then.
    held_until: InstantText | None


class WebhookList(Answer):
    """Every endpoint, in the order in which they were made."""

    webhooks: tuple[WebhookAnswer, ...]


class WebhookActAnswer(Answer):
    """Something that was done with an endpoint."""

    kind: ActKind
    actor: str
    reason: str
    request_id: str
    acted_at: InstantText


class WebhookShown(Answer):
    """One endpoint with what was done with it, the newest first."""

    webhook: WebhookAnswer
    acts: tuple[WebhookActAnswer, ...]


class WebhookSecret(Answer):
    """An endpoint with its new secret, which no other answer shows."""

    webhook: WebhookAnswer
    secret: str
    #: Until when the secret before signs beside it.
    previous_until: InstantText


class WebhookRemoved(Answer):
    """An endpoint that is gone."""

    webhook_id: str
    #: Deliveries that waited for it.
    dropped: int


class WebhookTested(Answer):
    """A message that tries an endpoint; its delivery says what became of it."""

    webhook_id: str
    delivery_id: int


class WebhookReplayed(Answer):
    """How many deliveries are sent again."""

    webhook_id: str
    count: int


class AttemptAnswer(Answer):
    """One attempt to deliver."""

    started_at: InstantText
    duration_ms: int
    outcome: Outcome
    #: Of the answer; 0 where none came.
    status: int
    #: The beginning of the answer, or what went wrong.
    answer: str
    #: The address that was connected to; "" where none was.
    address: str


class DeliveryAnswer(Answer):
    """One event for one endpoint."""

    delivery_id: int
    #: Header `webhook-id`: the same for each attempt and endpoint.
    message_id: str
    event_type: str
    #: Place of the event in the log; null for a test.
    position: int | None
    organization_id: str
    switch_id: str
    made_at: InstantText
    state: DeliveryState
    attempts: int
    #: When it is tried next; null where it is not.
    next_at: InstantText | None
    #: The newest attempt; null before the first.
    last: AttemptAnswer | None


class DeliveryList(Answer):
    """Deliveries of an endpoint, the newest first."""

    deliveries: tuple[DeliveryAnswer, ...]
    #: `before` of the next page; null: this is the last one.
    next: int | None


class DeliveryShown(Answer):
    """One delivery with its body and every attempt, the oldest first."""

    delivery: DeliveryAnswer
    #: As it is signed and sent.
    payload: str
    attempts: tuple[AttemptAnswer, ...]


class WebhookTypeAnswer(Answer):
    """One type of webhook event."""

    name: str
    #: What it says.
    meaning: str
    version: int
    #: Fields of `data` beside organization_id, switch_id and position.
    fields: tuple[str, ...]


class WebhookTypes(Answer):
    """Every type of webhook event."""

    types: tuple[WebhookTypeAnswer, ...]
