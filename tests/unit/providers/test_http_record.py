"""Every call that was sent leaves a row, whatever became of its answer (architecture#the-shape-of-a-step)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date

import httpx2
import pytest

from domain.kernel.errors import PlanSwitchError, ProviderRefused
from domain.kernel.money import Money
from domain.ports.cloud import Cloud, ProviderCall
from domain.ports.directory_port import LicenseChange
from domain.ports.seller_port import OrderLine
from providers.factory import cloud_factory
from tests.support.clouds.http_handlers import HandlerLine
from tests.support.stories.quote_inputs import billed

ORGANIZATION = "contoso"
PERSON = "161ab652-cdbc-490d-82a4-0ada1f0db247"
PLAN = "6fd2c87f-b296-42f0-b197-1e91e994b900"
DAY = date(2026, 11, 22)
EUROS = Money(minor_units=100, currency="EUR")
LINE = OrderLine(plan_id=PLAN, quantity=1, term="P1M", billing_cycle="monthly", currency="EUR")
CHANGE = LicenseChange(directory_id=PERSON, add_plan_id=PLAN)

#: Every way to ask a provider.
ASKS: dict[str, Callable[[Cloud], object]] = {
    "subscribed_plans": lambda cloud: cloud.directory.subscribed_plans(ORGANIZATION),
    "users_page": lambda cloud: cloud.directory.users_page(ORGANIZATION, PLAN, None),
    "users": lambda cloud: cloud.directory.users(ORGANIZATION, [PERSON]),
    "change_licenses": lambda cloud: cloud.directory.change_licenses(ORGANIZATION, [CHANGE]),
    "service_health": lambda cloud: cloud.health.service_health(ORGANIZATION),
    "subscriptions": lambda cloud: cloud.seller.subscriptions(ORGANIZATION),
    "subscription": lambda cloud: cloud.seller.subscription(ORGANIZATION, "S1"),
    "place_order": lambda cloud: cloud.seller.place_order(ORGANIZATION, LINE, cart_key="a", checkout_key="k"),
    "order": lambda cloud: cloud.seller.order(ORGANIZATION, "O1"),
    "provisioning": lambda cloud: cloud.seller.provisioning(ORGANIZATION, "S1"),
    "void_order": lambda cloud: cloud.seller.void_order(ORGANIZATION, "O1", key="k"),
    "cancel": lambda cloud: cloud.seller.cancel_subscription(ORGANIZATION, "S1", key="k"),
    "profile": lambda cloud: cloud.billing.profile(ORGANIZATION),
    "period": lambda cloud: cloud.billing.period(ORGANIZATION, "S1"),
    "booked_lines": lambda cloud: cloud.billing.booked_lines(ORGANIZATION, billed(subscription_id="S1")),
    "stop": lambda cloud: cloud.billing.stop(ORGANIZATION, "S1", effective_on=DAY, key="k"),
    "resume": lambda cloud: cloud.billing.resume(ORGANIZATION, "S1", key="k"),
    "credit": lambda cloud: cloud.billing.credit(
        ORGANIZATION, "S1", amount=EUROS, from_on=DAY, to_on=DAY, reason="switch", key="k"
    ),
    "start": lambda cloud: cloud.billing.start(
        ORGANIZATION,
        "S1",
        effective_on=DAY,
        period_end_on=DAY,
        quantity=1,
        unit_price=EUROS,
        amount=EUROS,
        key="k",
    ),
    "invoice": lambda cloud: cloud.billing.invoice(
        ORGANIZATION, switch_id="1", lines=[], tax=EUROS, total=EUROS, payment_method="card", key="k"
    ),
    "notice": lambda cloud: cloud.notices.send(
        ORGANIZATION, kind="k", switch_id="1", subject="s", body="b", key="k"
    ),
    "credit_check": lambda cloud: cloud.credit.check(ORGANIZATION, "C1"),
    "decide_credit_check": lambda cloud: cloud.credit.decide(ORGANIZATION, "C1", verdict="approved", key="k"),
}


def _raises(error: Exception) -> Callable[[], httpx2.Response]:
    def answer() -> httpx2.Response:
        raise error

    return answer


#: Answers that nobody expects, and those that never come.
ANSWERS: dict[str, Callable[[], httpx2.Response]] = {
    "no connection": _raises(httpx2.ConnectError("refused")),
    "time-out": _raises(httpx2.ReadTimeout("slow")),
    "broken off": _raises(httpx2.RemoteProtocolError("cut")),
    "a bug below": _raises(RuntimeError("bug")),
    "throttled": lambda: httpx2.Response(429),
    "down": lambda: httpx2.Response(503, json={"code": "down"}),
    "refused": lambda: httpx2.Response(409, json={"code": "no", "description": "No."}),
    "unknown": lambda: httpx2.Response(404),
    "a proxy's page": lambda: httpx2.Response(200, text="<html>"),
    "brackets only": lambda: httpx2.Response(200, text="[" * 100_000),
    "no text": lambda: httpx2.Response(200, content=b"\xff\xfe"),
    "nothing": lambda: httpx2.Response(200),
    "another shape": lambda: httpx2.Response(200, json={"responses": None, "items": 5, "value": 7}),
    "a list": lambda: httpx2.Response(200, json=[1]),
}


@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("ask", ASKS)
def test_every_call_that_was_sent_is_reported_once(ask: str, answer: str) -> None:
    """One request, one row: also for time-outs, broken answers and answers of another shape."""
    sent: list[str] = []
    calls: list[ProviderCall] = []

    def handler(request: httpx2.Request) -> httpx2.Response:
        sent.append(f"{request.method} {request.url.path}")
        return ANSWERS[answer]()

    build, close = cloud_factory("http://cloud.test", line=HandlerLine(handler))
    try:
        ASKS[ask](build(calls.append))
    except (PlanSwitchError, RuntimeError):
        pass
    finally:
        close()

    assert sent
    assert len(calls) == len(sent)
    assert all((call.status == 0) is bool(call.code and answer in list(ANSWERS)[:4]) for call in calls)


@pytest.mark.parametrize("bad", ["\x00", "\ud800", "\x1b[2J"])
def test_record_holds_nothing_that_postgresql_or_a_terminal_chokes_on(bad: str) -> None:
    """A provider's text can't keep its own row out of the database, and can't command a terminal."""
    calls: list[ProviderCall] = []

    def handler(_request: httpx2.Request) -> httpx2.Response:
        # Escaped, as JSON allows it: half a surrogate pair can't be sent otherwise.
        return httpx2.Response(400, content=json.dumps({"code": f"no{bad}", "description": f"Not {bad} so."}))

    build, close = cloud_factory("http://cloud.test", line=HandlerLine(handler))
    with pytest.raises(ProviderRefused) as refused:
        build(calls.append).seller.order(ORGANIZATION, "O1")
    close()

    (call,) = calls
    assert call.code.startswith("no")
    assert f"{call.code}{call.text}{refused.value}".isprintable()
