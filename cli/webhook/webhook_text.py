"""What `planswitch webhook` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.text.output import ago, fields, short, wrapped
from cli.text.tables import table

if TYPE_CHECKING:
    from console.webhooks.models import (
        AttemptAnswer,
        DeliveryAnswer,
        DeliveryList,
        DeliveryShown,
        WebhookAnswer,
        WebhookList,
        WebhookSecret,
        WebhookShown,
        WebhookTypes,
    )

_INDENT = 2


def list_lines(answer: WebhookList) -> list[str]:
    """Return the webhooks, and why one is disabled."""
    if not answer.webhooks:
        return wrapped("No webhook. Make one: planswitch webhook create URL --reason …", 0)
    head = ["WEBHOOK", "STATE", "WAITING", "URL"]
    lines = table(
        head, [[short(each.webhook_id), _state(each), each.waiting, each.url] for each in answer.webhooks]
    )
    for each in answer.webhooks:
        if each.state == "disabled":
            lines += ["", *_disabled(each)]
    return lines


def webhook_lines(each: WebhookAnswer) -> list[str]:
    """Return one webhook as it stands."""
    lines = fields(
        {
            "webhook": each.webhook_id,
            "url": each.url,
            "for": each.description or "-",
            "state": f"{_state(each)}, {ago(each.state_since)} by {each.state_by}",
            "types": ", ".join(each.event_types) or "all",
            "organizations": ", ".join(each.organizations) or "all",
            "waiting": each.waiting,
            "failing since": ago(each.failing_since) if each.failing_since else "-",
        }
    )
    return [*lines, "", *_disabled(each)] if each.state == "disabled" else lines


def shown_lines(answer: WebhookShown) -> list[str]:
    """Return one webhook with what was done with it."""
    lines = [*webhook_lines(answer.webhook), "", "what was done with it"]
    for each in answer.acts:
        reason = f": {each.reason}" if each.reason else ""
        words = str(each.kind).replace("_", " ")
        lines += wrapped(f"{ago(each.acted_at)}, {each.actor}, {words}{reason}", _INDENT, "  ")
    return lines


def secret_lines(answer: WebhookSecret) -> list[str]:
    """Return a webhook with its secret, which nothing shows again."""
    advice = "Give it to the receiver now: nothing shows it again. It verifies each message by it"
    return [
        *webhook_lines(answer.webhook),
        "",
        f"secret  {answer.secret}",
        *wrapped(f"{advice} (docs/webhooks.md#verify).", 0),
    ]


def type_lines(answer: WebhookTypes) -> list[str]:
    """Return the types of events with their fields."""
    lines: list[str] = []
    for each in answer.types:
        lines += wrapped(f"{each.name}: {each.meaning}", 0, "  ")
        lines += wrapped(", ".join(each.fields) or "no field of its own", _INDENT, "  ")
    return lines


def deliveries_lines(answer: DeliveryList) -> list[str]:
    """Return a page of deliveries."""
    if not answer.deliveries:
        return ["No delivery."]
    head = ["DELIVERY", "STATE", "EVENT", "SWITCH", "ATTEMPTS", "LAST"]
    lines = table(head, [_row(each) for each in answer.deliveries])
    if answer.next is not None:
        lines += ["", f"More: add --before {answer.next}"]
    return lines


def delivery_lines(answer: DeliveryShown) -> list[str]:
    """Return one delivery with every attempt."""
    each = answer.delivery
    lines = fields(
        {
            "delivery": each.delivery_id,
            "message": each.message_id,
            "event": each.event_type,
            "state": each.state,
            "next": ago(each.next_at) if each.next_at else "-",
        }
    )
    lines += ["", *wrapped(answer.payload, 0)]
    for attempt in answer.attempts:
        lines += ["", *wrapped(f"{ago(attempt.started_at)}: {_attempt(attempt)}", 0, "  ")]
        if attempt.answer:
            lines += wrapped(attempt.answer, _INDENT, "  ")
    return lines


def _state(each: WebhookAnswer) -> str:
    return "failing" if each.state == "enabled" and each.failing_since else str(each.state)


def _disabled(each: WebhookAnswer) -> list[str]:
    name = short(each.webhook_id)
    lines = wrapped(f"{name} is disabled by {each.state_by}: {each.state_reason}", 0)
    return [*lines, *wrapped(f"What to do: planswitch webhook enable {name} --reason …", _INDENT, "  ")]


def _row(each: DeliveryAnswer) -> list[object]:
    last = _attempt(each.last) if each.last else "-"
    return [each.delivery_id, each.state, each.event_type, short(each.switch_id) or "-", each.attempts, last]


def _attempt(attempt: AttemptAnswer) -> str:
    status = f" {attempt.status}" if attempt.status else ""
    return f"{str(attempt.outcome).replace('_', ' ')}{status}, {attempt.duration_ms} ms"
