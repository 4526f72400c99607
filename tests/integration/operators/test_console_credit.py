"""The credit check through API and command line: signed callbacks, and an operator's answers."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from ops.stack.embedded import CALLBACK_PATH
from providers.reference.callback_signatures import CLOCK_SKEW_SECONDS, HEADER, sign
from sandbox.billing.bureau import BureauSettings
from tests.support.clouds.plain_http import WITHOUT_TLS
from tests.support.consoles.console_world import COLUMNS, CREDIT_SECRET, ConsoleWorld

POLLS = 1_200


@pytest.fixture(name="bureau")
def _bureau() -> BureauSettings:
    """Return a bureau that calls back."""
    return BureauSettings(secret=CREDIT_SECRET)


async def _started(console: ConsoleWorld, *, verdict: str = "silent", **settings: Any) -> dict[str, Any]:
    """Start a switch by invoice; return its row as soon as it waits for the check, or later."""
    await asyncio.to_thread(
        console.world.sandbox.settings, credit_verdict=verdict, credit_delay_seconds=0.2, **settings
    )
    organization = await console.organization(users=25)
    body = {
        "organization_id": organization["organization_id"],
        "target_plan": "E3",
        "payment_method": "invoice",
        "accept": True,
        "reason": "growth",
    }
    answer = await console.post("/api/switches", body)
    assert answer.status_code == 201, answer.text
    return await _row(console, answer.json()["switch_id"], "credit_check")


async def _row(console: ConsoleWorld, switch_id: str, field: str) -> dict[str, Any]:
    """Return the row of a switch as soon as a field of it is filled."""
    for _ in range(POLLS):
        row: dict[str, Any] = (await console.get(f"/api/switches/{switch_id}")).json()
        if row.get(field):
            return row
        await asyncio.sleep(0.1)
    raise AssertionError(f"{field} of switch {switch_id} was never filled")


def _order_of(console: ConsoleWorld, row: dict[str, Any]) -> dict[str, Any]:
    organization_id = row["organization_id"]
    token = {"Authorization": f"Bearer sandbox-{organization_id}"}
    orders = console.world.sandbox.control.get(f"/v1/customers/{organization_id}/orders", headers=token)
    order: dict[str, Any] = orders.json()["items"][0]
    return order


def _callback(console: ConsoleWorld, row: dict[str, Any], **changes: Any) -> bytes:
    order = _order_of(console, row)
    body = {
        "callback_id": str(uuid4()),
        "organization_id": row["organization_id"],
        "order_id": order["id"],
        "check_id": order["creditCheck"]["checkId"],
        "verdict": "declined",
        "decided_at": datetime.now(UTC).isoformat(),
    }
    return json.dumps(body | changes).encode()


async def _call(console: ConsoleWorld, body: bytes, header: str | None = None) -> httpx2.Response:
    """Call back without the operator's key."""
    signature = sign(CREDIT_SECRET, body, datetime.now(UTC)) if header is None else header
    headers = {HEADER: signature, "Content-Type": "application/json"}
    async with httpx2.AsyncClient(verify=WITHOUT_TLS, base_url=console.url, timeout=30) as http:
        return await http.post(CALLBACK_PATH, content=body, headers=headers)


def _topics(console: ConsoleWorld, name: str) -> list[str]:
    topics = [each.topic for each in console.world.store.notifications()]
    return [topic for topic in topics if name in topic]


async def test_bureau_approves_and_the_switch_completes(console: ConsoleWorld) -> None:
    """The sandbox's own callbacks, one of them doubled, carry the switch to its end by themselves."""
    url = f"{console.url}{CALLBACK_PATH}"

    row = await _started(console, verdict="approve", callback_url=url, credit_duplicates=2)
    ended = await console.ended(row["switch_id"])

    assert (ended["outcome"], ended["credit_check"], ended["moved"]) == ("completed", "approved", 25)
    assert len(_topics(console, "credit-check-approved")) == 1
    audit = (await console.get(f"/api/switches/{row['switch_id']}/audit")).json()
    actors = {each["actor"] for each in audit["events"] if "approved" in each["event"]}
    assert actors == {"credit-bureau"}


async def test_bad_or_old_callback_changes_nothing(console: ConsoleWorld) -> None:
    """Unsigned, forged, too old, malformed, for nobody's order or another check: refused, unrecorded."""
    row = await _started(console)
    body = _callback(console, row)
    long_ago = datetime.now(UTC) - timedelta(seconds=CLOCK_SKEW_SECONDS + 5)

    unsigned = await _call(console, body, "")
    forged = await _call(console, body, sign(b"guess", body, datetime.now(UTC)))
    old = await _call(console, body, sign(CREDIT_SECRET, body, long_ago))
    malformed = await _call(console, b"{}")
    unknown = await _call(console, _callback(console, row, order_id="none"))
    other = await _call(console, _callback(console, row, check_id="none"))

    answers = (unsigned, forged, old, malformed, unknown, other)
    assert [each.status_code for each in answers] == [401, 401, 401, 422, 404, 409]
    assert [each.json()["code"] for each in answers[3:]] == [
        "INVALID_INPUT",
        "UNKNOWN_SWITCH",
        "RULE_VIOLATED",
    ]
    assert _topics(console, "credit-check-declined") == []


async def test_replay_and_contradiction_after_the_end(console: ConsoleWorld) -> None:
    """A callback sent again is answered alike, even after the switch has ended; another answer is 409."""
    row = await _started(console)
    body = _callback(console, row)

    first = await _call(console, body)
    ended = await console.ended(row["switch_id"])
    replayed = await _call(console, body)
    against = await _call(console, _callback(console, row, verdict="approved"))

    assert (first.status_code, first.json()["repeated"]) == (200, False)
    assert (replayed.status_code, replayed.json()["repeated"]) == (200, True)
    assert against.status_code == 409
    assert "was declined" in against.json()["detail"]
    assert (ended["outcome"], ended["credit_check"]) == ("declined", "declined")
    assert len(_topics(console, "credit-check-declined")) == 1


async def test_callback_for_a_cancelled_switch_is_refused(console: ConsoleWorld) -> None:
    """An answer that comes after the operator's void finds a finished switch: 409, nothing recorded."""
    row = await _started(console)
    body = _callback(console, row, verdict="approved")

    voided = await console.run(
        "credit", "void", row["switch_id"][:8], "--reason", "changed our mind", "--yes"
    )
    await console.ended(row["switch_id"])
    late = await _call(console, body)

    assert voided.code == 0, voided.err
    assert late.status_code == 409
    assert _topics(console, "credit-check-approved") == []


async def test_operator_sees_extends_and_approves(console: ConsoleWorld) -> None:
    """`switch show` tells what is waited for and until when; extend and approve go into the record."""
    row = await _started(console)
    switch = row["switch_id"][:8]

    shown = await console.run("switch", "show", switch)
    extended = await console.run("credit", "extend", switch, "--days", "1", "--reason", "they asked")
    again = await console.run("credit", "extend", switch, "--reason", "again")
    approved = await console.run("credit", "approve", switch, "--reason", "known for years", "--json")
    ended = await console.ended(row["switch_id"])
    late = await console.run("credit", "decline", switch, "--reason", "too late")

    assert all(word in shown.out for word in ("the credit check", "reminder", "overdue", "void by itself"))
    assert shown.longest_line <= COLUMNS
    assert (extended.code, again.code, approved.code, late.code) == (0, 4, 0, 4)
    assert "extended before" in again.err
    assert json.loads(approved.out)["message"] == "The credit check is approved."
    assert (ended["outcome"], ended["credit_check"]) == ("completed", "approved")
    assert ended["credit_deadline_at"] > row["credit_deadline_at"]


async def test_quote_by_invoice_tells_of_the_check(console: ConsoleWorld) -> None:
    """The quote says that a credit check may be required, before anything is ordered."""
    organization = await console.organization(users=25)
    body = {"organization_id": organization["organization_id"], "target_plan": "E3"}

    by_card = (await console.post("/api/quotes", body)).json()
    by_invoice = (await console.post("/api/quotes", body | {"payment_method": "invoice"})).json()
    shown = await console.run(
        "switch", "quote", organization["organization_id"], "--to", "E3", "--payment-method", "invoice"
    )

    assert (by_card["credit_check"], by_invoice["credit_check"]) == ("not_expected", "may_be_required")
    assert "a credit check may be required" in shown.out
