"""The row of an act on a product, event by event, as dashboards see it (views#product_acts)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from domain.kernel.ids import organization_stream_id, product_act_id_of
from domain.kernel.money import Money
from domain.kernel.recorded import Meta
from domain.ports.product_port import ProductAct
from domain.products.act_terms import ActTerms, no_money
from domain.products.product_acts import (
    DONE,
    OPEN,
    REFUSED,
    SETTLE,
    ActQuestion,
    ProductActAdvanced,
    ProductActBegun,
    ProductActEnded,
    ProductActHeld,
    ProductOrdered,
    ProductProvisioned,
)
from projections.board.fold import fold
from projections.board.product_acts import HELD, act_id_of, product_act_row
from projections.board.rows import ProductActRow, Rows
from store.record.notifications import StoredNotification

ORGANIZATION = "contoso"
AT = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
REQUEST = "request-1"
LOOK = replace(no_money(7, "EUR"), charge=Money(minor_units=900, currency="EUR"))
SETTLED = replace(no_money(7, "EUR"), charge=Money(minor_units=800, currency="EUR"))


def _event(kind: type[Any], minutes: int = 0, **facts: Any) -> Any:
    meta = Meta(
        switch_id="", organization_id=ORGANIZATION, actor="olga", reason="growth", causation="request:1"
    )
    return kind(
        originator_id=organization_stream_id(ORGANIZATION),
        originator_version=2 + minutes,
        timestamp=AT + timedelta(minutes=minutes),
        meta=meta.as_facts(),
        request_id=REQUEST,
        **facts,
    )


def _begun(act: ProductAct = ProductAct.RESIZE, terms: ActTerms = LOOK) -> Any:
    question = ActQuestion(act=act, request_id=REQUEST, subscription_id="sub-1", quantity=7)
    return _event(
        ProductActBegun,
        act=str(act),
        question=question.as_facts(),
        figures=terms.as_facts(),
        acceptance={},
        proof={},
    )


def _row(*events: Any) -> ProductActRow:
    row: ProductActRow | None = None
    for position, event in enumerate(events, start=1):
        row = product_act_row(row, event, position)
    assert row is not None
    return row


def test_an_act_begins_open_with_the_figures_of_its_look() -> None:
    """The beginning makes the row; its id is that of organization and request."""
    row = _row(_begun())

    assert row.act_id == product_act_id_of(ORGANIZATION, REQUEST)
    assert (row.act, row.subscription_id, row.licenses, row.state) == ("resize", "sub-1", 7, OPEN)
    assert (row.charge, row.total, row.currency) == (900, 0, "EUR")
    assert (row.begun_at, row.ended_at, row.position) == (AT, None, 1)


def test_the_sellers_answer_fixes_the_figures() -> None:
    """The step `settle` has the figures by the day of the answer; another step leaves them."""
    settled = _event(ProductActAdvanced, 1, step=SETTLE, result=SETTLED.as_facts())
    cancelled = _event(ProductActAdvanced, 2, step="cancel", result={"cancelled_on": "2026-11-22"})

    assert _row(_begun(), settled, cancelled).charge == 800


def test_a_held_act_goes_on_and_ends() -> None:
    """A refusal of a later step holds the act in sight; what follows clears it, and it ends."""
    held = _event(ProductActHeld, 1, code="NOT_NOW", message="Not now.")
    went_on = _event(ProductActAdvanced, 2, step="credit", result={})
    done = _event(ProductActEnded, 3, outcome=DONE, code="", message="", result={})
    refused = _event(ProductActEnded, 1, outcome=REFUSED, code="NOT_NOW", message="No.", result={})

    assert (_row(_begun(), held).state, _row(_begun(), held).code) == (HELD, "NOT_NOW")
    assert (_row(_begun(), held, went_on).state, _row(_begun(), held, went_on).code) == (OPEN, "")
    ended = _row(_begun(), held, went_on, done)
    assert (ended.state, ended.code, ended.ended_at) == (DONE, "", AT + timedelta(minutes=3))
    assert (_row(_begun(), refused).state, _row(_begun(), refused).code) == (REFUSED, "NOT_NOW")


def test_what_is_bought_gets_its_name_later() -> None:
    """The order leaves the row; the seller's name of the new subscription comes with its provisioning."""
    ordered = _event(ProductOrdered, 1, order_id="o-1", is_checked=True)
    named = _event(ProductProvisioned, 2, subscription_id="sub-9", from_on=date(2026, 11, 22))
    begun = _begun(ProductAct.BUY)

    assert _row(begun, ordered).subscription_id == "sub-1"
    assert _row(begun, ordered, named).subscription_id == "sub-9"


def test_an_act_without_its_beginning_is_put_aside() -> None:
    """The stream of such an event is put aside, and no row is made up."""
    logged = _logged(_event(ProductActHeld, 1, code="NOT_NOW", message="Not now."))
    folded = fold(Rows(), [logged])

    assert (folded.product_acts, len(folded.dead_letters)) == ({}, 1)


def test_the_fold_keeps_acts_by_their_ids() -> None:
    """Acts of a batch and of batches before go on alike; other events make no act."""
    begun, held = _begun(), _event(ProductActHeld, 1, code="NOT_NOW", message="Not now.")
    together = fold(Rows(), [_logged(begun), _logged(held)])
    before = fold(Rows(), [_logged(begun)])
    after = fold(Rows(product_acts=before.product_acts), [_logged(held)])

    assert together.product_acts == after.product_acts
    assert list(together.product_acts) == [act_id_of(begun)]
    assert act_id_of(object()) == ""


def _logged(event: Any) -> StoredNotification:
    return StoredNotification(
        id=event.originator_version,
        stream_id=event.originator_id,
        version=event.originator_version,
        topic=type(event).__name__,
        state=b"",
        recorded_at=AT,
        decode=lambda _stored: event,
    )
