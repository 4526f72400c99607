"""Every kind of what may need an approval is carried out as it was requested (approvals)."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx2

from ops.stack.embedded import CALLBACK_PATH
from providers.reference.callback_signatures import HEADER, sign
from tests.support.clouds.plain_http import WITHOUT_TLS
from tests.support.consoles.approving import ADA, OLGA, ApprovalWorld
from tests.support.consoles.console_world import CREDIT_SECRET, start_body
from tests.support.consoles.waits import WAITING, day
from tests.support.products.acts import owe

_MANY = 8
_POLLS = 1_200


async def _row(approving: ApprovalWorld, switch_id: str, field: str) -> dict[str, Any]:
    for _ in range(_POLLS):
        row: dict[str, Any] = (await approving.get(OLGA, f"/api/switches/{switch_id}")).json()
        if row.get(field):
            return row
        await asyncio.sleep(0.1)
    raise AssertionError(f"{field} of switch {switch_id} was never filled")


async def test_a_scheduled_start_waits_for_its_time_once_it_is_approved(approving: ApprovalWorld) -> None:
    """A start at a time is held to the same thresholds, and so is another time of it."""
    organization = await approving.console.organization(users=_MANY)
    body = start_body(organization, request_id="later", start_on=day(3))
    refused = await approving.post(OLGA, "/api/switches", body)
    assert refused.json()["code"] == "APPROVAL_REQUIRED", refused.text
    shown = await approving.only()
    assert shown["command"] == "wait"
    decided = await approving.decide(ADA, "approve", shown)
    assert decided.status_code == 200, decided.text
    switch_id = shown["switch_id"]
    await approving.console.until(switch_id, WAITING)
    change = {"start_on": day(5), "accept": True, "reason": "later", "request_id": "change-1"}
    moved = await approving.post(OLGA, f"/api/switches/{switch_id}/schedule", change)
    assert moved.json()["code"] == "APPROVAL_REQUIRED", moved.text
    decided = await approving.decide(ADA, "approve", await approving.only())
    assert decided.status_code == 200, decided.text
    schedule = await approving.get(OLGA, f"/api/switches/{switch_id}/schedule")
    assert schedule.json()["start_on"] == day(5)


async def test_a_checkout_stays_ordered_until_it_is_approved(approving: ApprovalWorld) -> None:
    """The order of a draft is held as well; a refusal opens the draft again."""
    organization = await approving.console.organization(users=_MANY)
    body = {"organization_id": organization["organization_id"], "target_plan": "E3"}
    draft = (await approving.post(OLGA, "/api/checkouts", body)).json()
    path = f"/api/checkouts/{draft['checkout_id']}"
    order = {"revision": draft["revision"], "reason": "growth"}
    refused = await approving.post(OLGA, f"{path}/order", order)
    assert refused.json()["code"] == "APPROVAL_REQUIRED", refused.text
    assert (await approving.get(OLGA, path)).json()["status"] == "ordered"
    await approving.decide(ADA, "refuse", await approving.only())
    reopened = (await approving.get(OLGA, path)).json()
    assert reopened["status"] == "open"
    again = await approving.post(OLGA, f"{path}/order", {**order, "revision": reopened["revision"]})
    assert again.json()["code"] == "APPROVAL_REQUIRED", again.text
    shown = await approving.only()
    decided = await approving.decide(ADA, "approve", shown)
    assert decided.status_code == 200, decided.text
    row = await approving.console.ended(shown["switch_id"])
    assert row["stage"] == "completed"


async def test_an_act_on_a_product_is_carried_out_at_what_was_shown(approving: ApprovalWorld) -> None:
    """A payment that needs an approval is recorded when it has one, at exactly that amount."""
    organization = await approving.console.organization(users=3)
    await owe(approving.console, organization)
    path = f"/api/organizations/{organization['organization_id']}/payments"
    body = {"reason": "due", "accept": True, "request_id": "pay-1"}
    refused = await approving.post(OLGA, path, body)
    assert refused.json()["code"] == "APPROVAL_REQUIRED", refused.text
    shown = await approving.only()
    assert (shown["command"], shown["switch_id"]) == ("product_pay", "")
    await owe(approving.console, organization, 20_000)
    stale = await approving.decide(ADA, "approve", shown)
    assert stale.json()["code"] == "QUOTE_CHANGED", stale.text
    again = await approving.post(OLGA, path, body)
    assert again.json()["code"] == "APPROVAL_REQUIRED", again.text
    decided = await approving.decide(ADA, "approve", await approving.only())
    assert (decided.status_code, decided.json()["state"]) == (200, "done"), decided.text


async def test_the_bureau_is_exempt_and_an_operator_is_not(approving: ApprovalWorld) -> None:
    """An operator's answer to a credit check needs an approval; the bureau's signed callback does not."""
    console = approving.console
    await asyncio.to_thread(console.world.sandbox.settings, credit_verdict="silent", credit_delay_seconds=0.2)
    organization = await console.organization(users=25)
    body = start_body(organization, request_id="invoice", payment_method="invoice")
    await approving.post(OLGA, "/api/switches", body)
    started = await approving.decide(ADA, "approve", await approving.only())
    assert started.status_code == 200, started.text
    row = await _row(approving, started.json()["switch_id"], "credit_check")
    path = f"/api/switches/{row['switch_id']}/credit/approve"
    refused = await approving.post(OLGA, path, {"reason": "known", "request_id": "credit-1"})
    assert refused.json()["code"] == "APPROVAL_REQUIRED", refused.text
    taken = await _call_back(approving, row)
    assert taken.status_code == 200, taken.text
    # The sandbox's own bureau stays silent, so nothing is set up there: the record alone has the answer.
    await console.until(row["switch_id"], "credit_cleared")
    decided = (await approving.get(OLGA, f"/api/switches/{row['switch_id']}")).json()
    assert decided["credit_check"] == "approved"


async def _call_back(approving: ApprovalWorld, row: dict[str, Any]) -> httpx2.Response:
    """Send what the bureau would call back: it approves the order of a switch."""
    organization_id = row["organization_id"]
    token = {"Authorization": f"Bearer sandbox-{organization_id}"}
    control = approving.console.world.sandbox.control
    orders = control.get(f"/v1/customers/{organization_id}/orders", headers=token)
    (order,) = orders.json()["items"]
    callback = {
        "callback_id": str(uuid4()),
        "organization_id": organization_id,
        "order_id": order["id"],
        "check_id": order["creditCheck"]["checkId"],
        "verdict": "approved",
        "decided_at": datetime.now(UTC).isoformat(),
    }
    body = json.dumps(callback).encode()
    headers = {HEADER: sign(CREDIT_SECRET, body, datetime.now(UTC)), "Content-Type": "application/json"}
    async with httpx2.AsyncClient(verify=WITHOUT_TLS, base_url=approving.url, timeout=30) as http:
        return await http.post(CALLBACK_PATH, content=body, headers=headers)


async def test_a_console_that_asks_nobody_gets_nothing_through(approving: ApprovalWorld) -> None:
    """The worker judges by its own settings: another console, without any, starts nothing large."""
    organization = await approving.console.organization(users=_MANY)
    refused = await approving.console.post("/api/switches", start_body(organization, request_id="past"))
    assert (refused.status_code, refused.json()["code"]) == (409, "APPROVAL_REQUIRED"), refused.text
    assert (await approving.get(OLGA, "/api/switches")).json()["total"] == 0
