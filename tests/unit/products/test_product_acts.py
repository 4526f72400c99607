"""Acts on products in the organization's stream: once for a request, and never beside what locks them out.

See products#acts.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from domain.eligibility.eligibility_checks import ACTS
from domain.kernel.errors import (
    AdministrationIsLocked,
    NotReadyYet,
    ProductActOpen,
    RequestReused,
    SwitchInProgress,
)
from domain.kernel.money import Money
from domain.kernel.recorded import Meta
from domain.organizations.organization import OpenAct, Organization
from domain.ports.credit_port import REQUIRED, CreditCheckState
from domain.ports.product_port import ProductAct
from domain.ports.seller_port import PlacedOrder
from domain.products.act_terms import no_money
from domain.products.product_acts import (
    DONE,
    OPEN,
    REFUSED,
    SETTLE,
    ActQuestion,
    act_state,
    begin_act,
    end_act,
    hold_act,
    note_effect,
    note_order,
    note_provisioning,
    open_acts,
    require_free,
    unserved_from,
)

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
META = Meta(switch_id="", organization_id="contoso", actor="olga", reason="due", causation="request:r-1")
TERMS = no_money(9, "EUR")
HELD: dict[str, Any] = {"promised_end": AT + timedelta(hours=1), "at": AT, "meta": META}


def organization() -> Organization:
    """Return an organization without any switch or act."""
    return Organization.register("contoso", at=AT, meta=META)


def question(act: ProductAct = ProductAct.RESIZE, request_id: str = "r-1", **facts: Any) -> ActQuestion:
    """Return what somebody wants of a subscription."""
    return ActQuestion(act=act, request_id=request_id, **{"subscription_id": "sub-1", **facts})


def begin(contoso: Organization, wanted: ActQuestion) -> None:
    """Record that an act is wanted."""
    begin_act(contoso, wanted, TERMS, at=AT, meta=META)


def order(order_id: str = "order-1", credit_check: CreditCheckState | None = None) -> PlacedOrder:
    """Return an order that the seller took."""
    return PlacedOrder(
        order_id=order_id, status="pending", subscription_id=None, ordered_at=AT, credit_check=credit_check
    )


def end(contoso: Organization, request_id: str = "r-1", code: str = "") -> None:
    """Record how an act ended."""
    end_act(contoso, request_id, at=AT, meta=META, result={}, code=code, message=code)


def test_an_act_is_recorded_once_with_who_and_why() -> None:
    """A repetition adds nothing, at the begin and at the end; the first end stands."""
    contoso = organization()
    for _ in range(2):
        begin(contoso, question(quantity=9))
    opened = act_state(contoso, "r-1")
    end(contoso)
    end(contoso, code="PROVIDER_REFUSED")
    ended = act_state(contoso, "r-1")

    assert opened is not None
    assert ended is not None
    assert (opened.outcome, ended.outcome, ended.code) == (OPEN, DONE, "")
    assert (ended.question, ended.terms) == (question(quantity=9), TERMS)
    assert (ended.actor, ended.reason, ended.at) == ("olga", "due", AT)
    assert len(contoso.pending_events) == 3


def test_a_request_id_names_one_act() -> None:
    """The same id with another act or another figure is REQUEST_REUSED."""
    contoso = organization()
    begin(contoso, question(quantity=9))

    for other in (question(quantity=8), question(ProductAct.CANCEL)):
        with pytest.raises(RequestReused):
            begin(contoso, other)


def test_a_purchase_tells_its_order_and_its_first_day() -> None:
    """Order and name of what was bought stand in the record, each once."""
    contoso = organization()
    begin(contoso, question(ProductAct.BUY, subscription_id="", plan_id="e3", quantity=9))
    for order_id in ("order-1", "order-2"):
        note_order(contoso, "r-1", order(order_id), at=AT, meta=META)
    for day in (20, 21):
        note_provisioning(contoso, "r-1", (f"sub-{day}", date(2026, 11, day)), at=AT, meta=META)
    end(contoso, code="PROVIDER_REFUSED")
    state = act_state(contoso, "r-1")

    assert state is not None
    assert (state.order_id, state.bought_id, state.billed_from) == ("order-1", "sub-20", date(2026, 11, 20))
    assert (state.outcome, open_acts(contoso)) == (REFUSED, ())


def test_an_effect_is_recorded_and_holds_the_act_open() -> None:
    """The first answer to a step stands; what holds an act up is told once, and ends with the next step."""
    contoso = organization()
    begin(contoso, question(ProductAct.CANCEL))
    for status in ("suspended", "deleted"):
        note_effect(contoso, "r-1", ("cancel", {"status": status}), at=AT, meta=META)
    for _ in range(2):
        hold_act(contoso, "r-1", ("PROVIDER_REFUSED", "no"), at=AT, meta=META)
    held = act_state(contoso, "r-1")
    recorded = len(contoso.pending_events)
    note_effect(contoso, "r-1", ("stop", {}), at=AT, meta=META)
    freed = act_state(contoso, "r-1")

    assert held is not None
    assert freed is not None
    assert (held.outcome, held.code, held.message) == (OPEN, "PROVIDER_REFUSED", "no")
    assert (held.effects, held.has_effect, recorded) == ({"cancel": {"status": "suspended"}}, True, 4)
    assert (freed.outcome, freed.code) == (OPEN, "")
    with pytest.raises(ProductActOpen):
        contoso.reserve_switch("switch-1", source_stream_id="", **HELD)


def test_figures_are_settled_by_the_day_of_the_answer() -> None:
    """What was given back from the day of the seller's answer on is what a return begins with."""
    contoso, day = organization(), date(2026, 11, 22)
    begin(contoso, question(ProductAct.CANCEL))
    figures = replace(TERMS, from_on=day)
    note_effect(contoso, "r-1", (SETTLE, figures.as_facts()), at=AT, meta=META)
    end(contoso)
    state = act_state(contoso, "r-1")

    assert state is not None
    assert (state.terms, state.settled) == (TERMS, figures)
    assert unserved_from(contoso, "sub-1") == day
    assert unserved_from(contoso, "sub-2") is None


def test_a_lock_lets_no_act_on_licenses_through() -> None:
    """Administration that a switch has locked refuses every act but a payment, and names the switch."""
    contoso = organization()
    contoso.reserve_switch("switch-1", source_stream_id="", **HELD)
    contoso.lock_administration("switch-1", **HELD)

    for act in set(ProductAct) - {ProductAct.PAY}:
        with pytest.raises(AdministrationIsLocked, match="switch-1"):
            require_free(contoso, question(act), is_less=False)


def test_the_remedy_of_a_switch_passes_its_own_lock() -> None:
    """A switch that holds since its old plan does not serve lets it be paid and reactivated; nothing else."""
    contoso = organization()
    contoso.reserve_switch("switch-1", source_stream_id="", **HELD)
    contoso.lock_administration("switch-1", **HELD)

    require_free(contoso, question(ProductAct.PAY, subscription_id=""), is_less=False)
    require_free(contoso, question(ProductAct.REACTIVATE), is_less=False, is_moved=True, is_needed=True)
    for act in set(ProductAct) - {ProductAct.PAY, ProductAct.REACTIVATE}:
        with pytest.raises(AdministrationIsLocked):
            require_free(contoso, question(act), is_less=False, is_moved=True, is_needed=True)


def test_a_running_switch_loses_nothing_under_it() -> None:
    """While a switch runs nothing is taken away and bought licenses come; a credit check takes no order."""
    contoso = organization()
    contoso.reserve_switch("switch-1", source_stream_id="", **HELD)

    require_free(contoso, question(), is_less=False)
    with pytest.raises(SwitchInProgress, match="switch-1"):
        require_free(contoso, question(ProductAct.CANCEL), is_less=True)
    for act in (ProductAct.RESIZE, ProductAct.BUY_TRIAL):
        with pytest.raises(SwitchInProgress, match="switch-1"):
            require_free(contoso, question(act), is_less=False, is_moved=True)
    require_free(contoso, question(ProductAct.REACTIVATE), is_less=False, is_moved=True)
    contoso.lock_commerce("switch-1", **HELD)
    with pytest.raises(SwitchInProgress):
        require_free(contoso, question(ProductAct.BUY, subscription_id=""), is_less=False)


def test_an_open_act_holds_the_next_one() -> None:
    """Two acts on one subscription never run beside each other; on another one they may."""
    contoso = organization()
    begin(contoso, question())

    with pytest.raises(ProductActOpen, match="r-1"):
        require_free(contoso, question(ProductAct.CANCEL, "r-2"), is_less=True)
    require_free(contoso, question(request_id="r-3", subscription_id="sub-2"), is_less=False)
    end(contoso)
    require_free(contoso, question(ProductAct.CANCEL, "r-2"), is_less=True)


def test_lock_waits_for_an_act_that_may_still_change_something() -> None:
    """An act from before the lock is waited for, until the seller has answered to it."""
    contoso = organization()
    contoso.reserve_switch("switch-1", source_stream_id="", **HELD)
    begin(contoso, question(request_id="r-1"))
    begin(contoso, question(ProductAct.BUY, "r-2", subscription_id=""))

    with pytest.raises(NotReadyYet, match="r-1"):
        contoso.lock_administration("switch-1", **HELD)
    note_effect(contoso, "r-1", ("reactivate", {}), at=AT, meta=META)
    with pytest.raises(NotReadyYet, match="r-2"):
        contoso.lock_administration("switch-1", **HELD)
    check = CreditCheckState(check_id="check", status=REQUIRED, requested_at=AT)
    note_order(contoso, "r-2", order(credit_check=check), at=AT, meta=META)
    contoso.lock_administration("switch-1", **HELD)

    assert contoso.administration_lock is not None


def test_credit_check_of_a_purchase_is_pending_until_it_is_decided() -> None:
    """It is told until the seller has named what was bought, or the act has ended; a card has none."""
    checked, declined, paid = organization(), organization(), organization()
    check = CreditCheckState(check_id="check", status=REQUIRED, requested_at=AT)
    for contoso, pending in ((checked, check), (declined, check), (paid, None)):
        begin(contoso, question(ProductAct.BUY, subscription_id=""))
        note_order(contoso, "r-1", order(credit_check=pending), at=AT, meta=META)
    held = checked.credit_check
    state = act_state(checked, "r-1")
    note_provisioning(checked, "r-1", ("sub-2", date(2026, 11, 21)), at=AT, meta=META)
    end(declined, code="PROVIDER_REFUSED")

    assert held is not None
    assert state is not None
    assert (held.switch_id, held.since, held.promised_end) == ("", AT, AT + timedelta(days=14))
    assert state.is_checked
    assert [each.credit_check for each in (checked, declined, paid)] == [None, None, None]


def test_an_act_that_lets_no_switch_begin_is_told() -> None:
    """products#acts: what refuses a start stands in the answer before it; a credit check is told as that."""
    contoso, checked, paying = organization(), organization(), organization()
    begin(contoso, question())
    open_act = contoso.open_act
    hold_act(contoso, "r-1", ("PROVIDER_REFUSED", "No."), at=AT + timedelta(hours=1), meta=META)
    held = contoso.open_act
    end(contoso)
    begin(paying, question(ProductAct.PAY, subscription_id=""))
    begin(checked, question(ProductAct.BUY, subscription_id=""))
    check = CreditCheckState(check_id="check", status=REQUIRED, requested_at=AT)
    note_order(checked, "r-1", order(credit_check=check), at=AT, meta=META)
    pending = checked.open_act
    note_provisioning(checked, "r-1", ("sub-2", date(2026, 11, 21)), at=AT, meta=META)

    assert open_act == OpenAct(act="resize", since=AT)
    assert held == OpenAct(act="resize", since=AT + timedelta(hours=1), held_code="PROVIDER_REFUSED")
    assert (contoso.open_act, paying.open_act, pending) == (None, None, None)
    assert checked.open_act == OpenAct(act="buy", since=AT)


def test_every_act_that_keeps_a_switch_out_has_words() -> None:
    """The answer of the rules names it (rules#switch_in_progress)."""
    assert set(ProductAct) - {ProductAct.PAY} == set(ACTS)


def test_no_switch_begins_on_shifting_ground() -> None:
    """An open act and a credit check keep a switch out; a payment, and an order that is taken, do not."""
    resizing, paying, buying, checked = organization(), organization(), organization(), organization()
    begin(resizing, question())
    begin(paying, question(ProductAct.PAY, subscription_id=""))
    for contoso in (buying, checked):
        begin(contoso, question(ProductAct.BUY, subscription_id=""))
    check = CreditCheckState(check_id="check", status=REQUIRED, requested_at=AT)
    note_order(checked, "r-1", order(credit_check=check), at=AT, meta=META)

    for contoso in (resizing, buying, checked):
        with pytest.raises(ProductActOpen):
            contoso.reserve_switch("switch-1", source_stream_id="", **HELD)
    for contoso in (resizing, checked):
        end(contoso)
    note_order(buying, "r-1", order(), at=AT, meta=META)
    for contoso in (resizing, paying, buying, checked):
        contoso.reserve_switch("switch-1", source_stream_id="", **HELD)
        assert contoso.live_switch is not None
    assert TERMS.total == Money.zero("EUR")
