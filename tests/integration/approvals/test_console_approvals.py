"""What needs a second person is not done before one approves it, whichever way it is asked (approvals)."""

from __future__ import annotations

from typing import Any

import httpx2

from tests.support.clouds.cloud_server import SOURCE_PLAN
from tests.support.consoles.approving import ADA, BERT, OLGA, VERA, ApprovalWorld
from tests.support.consoles.console_world import start_body
from tests.support.consoles.waits import WAITING, day
from tests.support.products.acts import edit

_MANY = 8


async def _requested(approving: ApprovalWorld, **changes: Any) -> tuple[dict[str, Any], httpx2.Response]:
    """Ask for a switch of more users than may move without an approval, as Olga."""
    organization = await approving.console.organization(users=_MANY)
    body = start_body(organization, request_id="large", **changes)
    return body, await approving.post(OLGA, "/api/switches", body)


async def test_a_large_start_waits_and_is_carried_out_by_its_approval(approving: ApprovalWorld) -> None:
    """A start over the threshold does nothing; the approval starts it in the requester's name."""
    body, refused = await _requested(approving)
    assert refused.status_code == 409, refused.text
    assert refused.json()["code"] == "APPROVAL_REQUIRED"
    assert "8 users move" in refused.json()["detail"]
    listed = await approving.get(OLGA, "/api/switches")
    assert listed.json()["total"] == 0

    shown = await approving.only()
    assert (shown["requested_by"], shown["reason"], shown["users"]) == (OLGA, "growth", _MANY)
    assert {"name": "does", "text": "moves 8 users"} in shown["would"]
    assert approving.console.world.store.requested([shown["switch_id"]]) == frozenset()

    decided = await approving.decide(ADA, "approve", shown)
    assert decided.status_code == 200, decided.text
    assert (decided.json()["state"], decided.json()["decided_by"]) == ("done", ADA)
    row = await approving.console.ended(shown["switch_id"])
    assert (row["stage"], row["requested_by"]) == ("completed", OLGA)

    audit = await approving.console.run("audit", "show", shown["switch_id"])
    assert "was approved by a second person" in audit.out.replace("\n", " "), audit.out
    assert ADA in audit.out
    again = await approving.post(OLGA, "/api/switches", body)
    assert again.status_code == 200, again.text


async def test_the_same_request_again_waits_for_the_same_approval(approving: ApprovalWorld) -> None:
    """A request that is repeated makes no second one."""
    body, first = await _requested(approving)
    second = await approving.post(OLGA, "/api/switches", body)
    assert (first.status_code, second.status_code) == (409, 409)
    assert len(await approving.waiting()) == 1


async def test_a_small_start_needs_nobody(approving: ApprovalWorld) -> None:
    """At the threshold and below nothing is asked."""
    organization = await approving.console.organization(users=5)
    started = await approving.post(OLGA, "/api/switches", start_body(organization, request_id="small"))
    assert started.status_code == 201, started.text
    await approving.console.ended(started.json()["switch_id"])


async def test_nobody_approves_their_own_request(approving: ApprovalWorld) -> None:
    """Whoever requests does not decide, with whatever roles; neither does who is no approver."""
    organization = await approving.console.organization(users=_MANY)
    refused = await approving.post(BERT, "/api/switches", start_body(organization, request_id="own"))
    assert refused.status_code == 409, refused.text
    shown = await approving.only()
    codes = {}
    for who in (BERT, OLGA, VERA):
        for act in ("approve", "refuse"):
            answer = await approving.decide(who, act, shown)
            codes[who, act] = (answer.status_code, answer.json()["code"])
    assert {codes[BERT, act] for act in ("approve", "refuse")} == {(403, "OWN_APPROVAL")}
    assert {codes[who, act] for who in (OLGA, VERA) for act in ("approve", "refuse")} == {(403, "FORBIDDEN")}
    assert (await approving.only())["state"] == "waiting"


async def test_a_changed_request_voids_its_approval(approving: ApprovalWorld) -> None:
    """Another command under the same request id is another request: what was shown can't be approved."""
    body, _ = await _requested(approving)
    before = await approving.only()
    changed = await approving.post(OLGA, "/api/switches", {**body, "reason": "another one", "quantity": 9})
    assert changed.status_code == 409, changed.text
    after = await approving.only()
    assert after["approval_id"] == before["approval_id"]
    assert after["digest"] != before["digest"]
    stale = await approving.decide(ADA, "approve", before)
    assert (stale.status_code, stale.json()["code"]) == (409, "APPROVAL_CLOSED")
    other = await approving.post(BERT, "/api/switches", body)
    assert (other.status_code, other.json()["code"]) == (409, "REQUEST_REUSED")


async def test_a_refused_request_does_nothing(approving: ApprovalWorld) -> None:
    """A refusal ends the request; the same request again is refused with who refused it and why."""
    body, _ = await _requested(approving)
    shown = await approving.only()
    refused = await approving.decide(ADA, "refuse", shown, reason="not this year")
    assert (refused.status_code, refused.json()["state"]) == (200, "refused")
    late = await approving.decide(ADA, "approve", shown)
    assert (late.status_code, late.json()["code"]) == (409, "APPROVAL_CLOSED")
    again = await approving.post(OLGA, "/api/switches", body)
    assert again.status_code == 409
    assert "ada refused the request: not this year" in again.json()["detail"]


async def test_a_quote_that_is_out_of_date_voids_the_request(approving: ApprovalWorld) -> None:
    """What has changed since the request is said, and nothing is started."""
    _, _ = await _requested(approving)
    shown = await approving.only()
    joiner = {"kind": "add_user", "display_name": "Newcomer", "plan_id": SOURCE_PLAN}
    organization = {"organization_id": shown["organization_id"]}
    await edit(approving.console, organization, **joiner)
    decided = await approving.decide(ADA, "approve", shown)
    assert (decided.status_code, decided.json()["code"]) == (409, "QUOTE_CHANGED"), decided.text
    assert "9 users move, and 8 were requested" in decided.json()["detail"]
    after = await approving.get(ADA, f"/api/v1/approvals/{shown['approval_id']}")
    assert (after.json()["state"], after.json()["outcome_code"]) == ("void", "QUOTE_CHANGED")


async def test_a_command_that_always_needs_it_waits(approving: ApprovalWorld) -> None:
    """A cancel is not sent before a second person approves it; then it is, in the requester's name."""
    organization = await approving.console.organization(users=3)
    body = start_body(organization, request_id="held", start_on=day(3))
    started = await approving.post(OLGA, "/api/switches", body)
    assert started.status_code == 201, started.text
    switch_id = started.json()["switch_id"]
    await approving.console.until(switch_id, WAITING)
    command = {"reason": "not needed", "request_id": "cancel-1"}
    refused = await approving.post(OLGA, f"/api/switches/{switch_id}/cancel", command)
    assert (refused.status_code, refused.json()["code"]) == (409, "APPROVAL_REQUIRED"), refused.text
    page = await approving.form(
        OLGA, f"/switches/{switch_id}/cancel", reason="by page", request_id="cancel-2"
    )
    assert "APPROVAL_REQUIRED" in page.text
    waiting = {each["request_id"]: each for each in await approving.waiting()}
    assert set(waiting) == {"cancel-1", "cancel-2"}
    decided = await approving.decide(ADA, "approve", waiting["cancel-1"])
    assert decided.status_code == 200, decided.text
    row = await approving.console.ended(switch_id)
    assert row["outcome"] == "cancelled"


async def test_command_line_and_pages_decide_alike(approving: ApprovalWorld) -> None:
    """The command line says how to watch a start that waits, and pages show and decide it."""
    organization = (await approving.console.organization(users=_MANY))["organization_id"]
    started = await approving.run(OLGA, "switch", "start", organization, "--to", "E3", "--yes")
    assert started.code == 10, started
    assert "planswitch approval show" in started.err.replace("\n", " ")
    listed = await approving.run(ADA, "approval", "list", "--state", "waiting")
    assert OLGA in listed.out, listed
    shown = await approving.only()
    table = await approving.get(ADA, "/approvals")
    assert (table.status_code, "Look and decide" in table.text) == (200, True)
    # Every page tells who may decide how much waits, and nobody else.
    badges = {who: "wait for you" in (await approving.get(who, "/reports")).text for who in (ADA, OLGA, VERA)}
    assert badges == {ADA: True, OLGA: False, VERA: False}
    address = f"/approvals/{shown['approval_id']}"
    page = await approving.get(ADA, address)
    assert "Approve and carry out" in page.text
    assert "Approve and carry out" not in (await approving.get(OLGA, address)).text
    own = await approving.form(OLGA, f"{address}/approve", digest=shown["digest"], reason="mine")
    assert (own.status_code, "needs the role approver" in own.text) == (403, True)
    unasked = await approving.run(ADA, "approval", "approve", shown["approval_id"], "--reason", "fine")
    assert unasked.code == 2, unasked
    approved = await approving.run(
        ADA, "approval", "approve", shown["approval_id"][:8], "--reason", "fine", "--yes"
    )
    assert approved.code == 0, approved
    assert "done" in approved.out
    row = await approving.console.ended(shown["switch_id"])
    assert row["stage"] == "completed"
