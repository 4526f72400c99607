"""What a cart and its checkout answer: orders, and errors that stand inside a success."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from domain.kernel.errors import ProviderRefused
from domain.ports.refusals import Refusal, same_once
from providers.transport.answers import JsonObject, redact

#: A cart or a checkout that was taken: the error stands in the body.
_CREATED = 201
#: Where the seller writes an error's code and text, by resource; names are looked up without regard to case.
_CODES = ("code", "errorcode")
_TEXTS = ("description", "errordescription", "message", "errormessage")
#: A checkout may have made no order and say nothing.
_NO_ORDER = "The checkout made no order, and the seller gave no reason."
CANCELLED = "cancelled"


class OrderNotPlaced(ProviderRefused):
    """The seller did not take the order, or not all of it; whatever it had made of it is void."""


def cart_refusal(body: Any) -> Refusal | None:
    """Return why a cart can't be ordered: errors of its lines and their add-ons; None where it can."""
    return _merged(_error_of_record(_field(line, "error")) for line in _lines(body))


def order_errors(body: Any) -> tuple[Refusal, ...]:
    """Return every error that a checkout tells beside its orders."""
    errors = (_error_of_record(each) for each in _listed(body, "orderErrors"))
    return same_once(each for each in errors if each is not None)


def checkout_refusal(body: Any) -> Refusal | None:
    """Return why a checkout made no order at all; None where it made any, or is no checkout's answer."""
    if not isinstance(body, dict) or _listed(body, "orders"):
        return None
    errors = order_errors(body)
    if errors:
        return _merged(iter(errors))
    return Refusal(status=_CREATED, code="", text=_NO_ORDER) if _field(body, "orders") == [] else None


def whole_order(body: JsonObject, *, addons: int) -> JsonObject | None:
    """Return the order of a checkout, or None where it is one of several, or only a part of what was asked.

    Raises:
        KeyError: The answer has no orders.
    """
    orders: list[JsonObject] = body["orders"]
    is_whole = len(orders) == 1 and not order_errors(body)
    if not is_whole or len(orders[0].get("lineItems") or [{}] * (1 + addons)) < 1 + addons:
        return None
    return orders[0]


def order_ids(body: JsonObject) -> tuple[str, ...]:
    """Return the ids of every order that a checkout made.

    Raises:
        KeyError: An order has no id.
    """
    return tuple(str(each["id"]) for each in body["orders"])


def not_placed(body: JsonObject, ids: tuple[str, ...]) -> OrderNotPlaced:
    """Return the refusal of an order that was made in part, or as several, and is void by now."""
    refusal = _merged(iter(order_errors(body)))
    text = refusal.text if refusal else f"The checkout of one order made {len(ids)} orders, or a part of it."
    return OrderNotPlaced(
        f"The seller took the order only in part: {text} What it had made is void.",
        remedy="Read the seller's reason, remove it, then order again.",
        provider_code=refusal.code if refusal else "",
        provider_text=text,
        status=_CREATED,
        is_void=True,
    )


def cancelled_before(order_id: str) -> OrderNotPlaced:
    """Return the refusal of an order that the seller shows as cancelled already."""
    text = f"Order {order_id} is cancelled already."
    return OrderNotPlaced(
        text,
        remedy="Find out who cancelled it at the seller, then order again.",
        provider_code="",
        provider_text=text,
        status=200,
        is_void=True,
    )


def provisioning_refusal(body: Any) -> Refusal | None:
    """Return why a subscription could not be set up, as far as its status says it."""
    records = [_field(body, "error"), *_listed(body, "errors")]
    return _merged(iter([*(_error_of_record(each) for each in records), _error_of_record(body)]))


def _merged(errors: Iterator[Refusal | None]) -> Refusal | None:
    """Return several errors as one: the first code, and every different text."""
    refusals = [each for each in errors if each is not None]
    if not refusals:
        return None
    texts = dict.fromkeys(each.text for each in refusals if each.text)
    return Refusal(status=_CREATED, code=refusals[0].code, text=redact(" ".join(texts)), count=len(refusals))


def _error_of_record(record: Any) -> Refusal | None:
    """Return an error as the seller words it; an empty one is none."""
    if isinstance(record, str):
        return Refusal(status=_CREATED, code="", text=redact(record)) if record.strip() else None
    if not isinstance(record, dict):
        return None
    fields = {str(name).lower(): value for name, value in record.items()}
    code = next((str(fields[name]) for name in _CODES if fields.get(name)), "")
    text = next((str(fields[name]) for name in _TEXTS if fields.get(name)), "")
    return Refusal(status=_CREATED, code=redact(code), text=redact(text)) if code or text else None


def _lines(body: Any) -> Iterator[JsonObject]:
    for line in _listed(body, "lineItems"):
        yield line
        yield from _listed(line, "addonItems")


def _field(record: Any, name: str) -> Any:
    """Return a field of a record by its name, whatever its case; None where it is not there."""
    if not isinstance(record, dict):
        return None
    return next((value for key, value in record.items() if str(key).lower() == name.lower()), None)


def _listed(record: Any, name: str) -> list[Any]:
    """Return the objects of a list of a record, whatever the record is."""
    entries = _field(record, name)
    return [each for each in entries if isinstance(each, dict | str)] if isinstance(entries, list) else []
