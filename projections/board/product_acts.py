"""What an act on a product looks like in the list of acts (products#acts)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from domain.kernel.ids import product_act_id_of
from domain.products.product_acts import (
    OPEN,
    SETTLE,
    ProductActAdvanced,
    ProductActBegun,
    ProductActEnded,
    ProductActHeld,
    ProductOrdered,
    ProductProvisioned,
)
from projections.board.rows import ProductActRow

#: State of an act whose later step somebody outside refused: it stays open, and a person looks.
HELD = "held"
_AMOUNTS = ("charge", "credit", "forfeited", "tax", "total")


def act_id_of(event: Any) -> str:
    """Return the act that an event belongs to; "" for an event of no act."""
    if not isinstance(event, ProductActBegun) and type(event) not in CHANGES:
        return ""
    return product_act_id_of(event.meta["organization_id"], event.request_id)


def product_act_row(before: ProductActRow | None, event: Any, position: int) -> ProductActRow:
    """Return the row of an act after one of its events.

    Args:
        before: The row so far; None before the first event.
        event: Of an act.
        position: Its notification.

    Raises:
        ValueError: An act goes on whose beginning was not seen.
    """
    if isinstance(event, ProductActBegun):
        return _begun(event, position)
    if before is None:
        raise ValueError(f"the beginning of product act {event.request_id} was not seen")
    return replace(CHANGES[type(event)](before, event), position=position)


def _begun(event: ProductActBegun, position: int) -> ProductActRow:
    return ProductActRow(
        act_id=act_id_of(event),
        stream_id=str(event.originator_id),
        organization_id=event.meta["organization_id"],
        act=event.act,
        subscription_id=event.question["subscription_id"],
        plan_id=event.question["plan_id"],
        state=OPEN,
        begun_at=event.timestamp,
        position=position,
        **_figures(event.figures),
    )


def _figures(figures: Mapping[str, Any]) -> dict[str, Any]:
    """Return licenses and amounts of an act; one currency has them all."""
    amounts = {name: figures[name]["minor_units"] for name in _AMOUNTS}
    return {"licenses": figures["quantity"], "currency": figures["total"]["currency"], **amounts}


def _ordered(row: ProductActRow, _event: ProductOrdered) -> ProductActRow:
    return row


def _provisioned(row: ProductActRow, event: ProductProvisioned) -> ProductActRow:
    return replace(_went_on(row), subscription_id=event.subscription_id)


def _advanced(row: ProductActRow, event: ProductActAdvanced) -> ProductActRow:
    row = _went_on(row)
    return replace(row, **_figures(event.result)) if event.step == SETTLE else row


def _went_on(row: ProductActRow) -> ProductActRow:
    return replace(row, state=OPEN, code="")


def _held(row: ProductActRow, event: ProductActHeld) -> ProductActRow:
    return replace(row, state=HELD, code=event.code)


def _ended(row: ProductActRow, event: ProductActEnded) -> ProductActRow:
    return replace(row, state=event.outcome, code=event.code, ended_at=event.timestamp)


#: Event class -> its function; the beginning makes the row.
CHANGES: dict[type[Any], Callable[[ProductActRow, Any], ProductActRow]] = {
    ProductOrdered: _ordered,
    ProductProvisioned: _provisioned,
    ProductActAdvanced: _advanced,
    ProductActHeld: _held,
    ProductActEnded: _ended,
}
