"""Nobody approves what an account of theirs requests: accounts and keys are real (approvals)."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx2

from domain.approvals.custody import UNKNOWN_CUSTODY
from tests.support.access.people import make_key, open_account
from tests.support.clouds.plain_http import WITHOUT_TLS
from tests.support.consoles.approving import (
    ADA,
    ApprovalWorld,
    approval_settings,
    served_approvals,
)
from tests.support.consoles.console_world import KEY, start_body

_MANY = 8
_ROLES = ("operator", "approver")


def _post(url: str, key: str, path: str, body: dict[str, Any]) -> httpx2.Response:
    headers = {"X-API-Key": key}
    with httpx2.Client(verify=WITHOUT_TLS, base_url=url, headers=headers, timeout=60) as http:
        return http.post(path, json=body)


async def _keys(approving: ApprovalWorld) -> dict[str, str]:
    """Open a person with two programs, one of which belongs to the other; return their own keys."""

    def make() -> dict[str, str]:
        with httpx2.Client(verify=WITHOUT_TLS, base_url=approving.url, timeout=60) as http:
            open_account(http, KEY, "paula", *_ROLES)
            for name, owner in (("bot", "paula"), ("bot-of-bot", "bot")):
                open_account(http, KEY, name, *_ROLES, kind="service_account", owner=owner)
            return {name: make_key(http, KEY, name)[1] for name in ("paula", "bot", "bot-of-bot")}

    return await asyncio.to_thread(make)


async def _requested(approving: ApprovalWorld, key: str, request_id: str) -> dict[str, Any]:
    """Ask for a switch that needs an approval, and return the request for it."""
    organization = await approving.console.organization(users=_MANY)
    body = start_body(organization, request_id=request_id)
    refused = await asyncio.to_thread(_post, approving.url, key, "/api/v1/switches", body)
    assert (refused.status_code, refused.json()["code"]) == (409, "APPROVAL_REQUIRED"), refused.text
    (shown,) = (each for each in await approving.waiting() if each["request_id"] == request_id)
    return shown


async def _decided(url: str, key: str, act: str, shown: dict[str, Any]) -> httpx2.Response:
    body = {"reason": "looked at it", "digest": shown["digest"]}
    path = f"/api/v1/approvals/{shown['approval_id']}/{act}"
    return await asyncio.to_thread(_post, url, key, path, body)


async def test_no_account_of_the_requester_decides(approving: ApprovalWorld) -> None:
    """Person, program, and the program's program are one; somebody else approves, and the worker acts."""
    keys = await _keys(approving)
    for requester in ("paula", "bot"):
        shown = await _requested(approving, keys[requester], f"by-{requester}")
        answers = [
            await _decided(approving.url, keys[who], act, shown)
            for who in keys
            for act in ("approve", "refuse")
        ]
        assert {(each.status_code, each.json()["code"]) for each in answers} == {(403, "OWN_APPROVAL")}
        assert approving.console.world.store.requested([shown["switch_id"]]) == frozenset()

    approved = await approving.decide(ADA, "approve", shown)
    assert (approved.status_code, approved.json()["state"]) == (200, "done"), approved.text
    row = await approving.console.ended(shown["switch_id"])
    assert (row["stage"], row["requested_by"]) == ("completed", "bot")


async def test_the_maker_of_a_key_does_not_decide_by_it(approving: ApprovalWorld) -> None:
    """What the installation's account requests, nobody approves by a key that it made."""
    keys = await _keys(approving)
    shown = await _requested(approving, KEY, "by-the-maker")
    decided = await _decided(approving.url, keys["paula"], "approve", shown)

    assert (decided.status_code, decided.json()["code"]) == (403, "OWN_APPROVAL")


async def test_the_maker_of_the_requesters_key_does_not_decide(approving: ApprovalWorld) -> None:
    """Who made or rotated the key of the requester could have requested it, until the holder rotates it."""
    keys = await _keys(approving)
    shown = await _requested(approving, keys["paula"], "by-a-made-key")
    refused = await _decided(approving.url, KEY, "approve", shown)
    rotated = await asyncio.to_thread(_rotated, approving.url, keys["paula"])
    again = await _decided(approving.url, KEY, "approve", shown)
    later = await _requested(approving, rotated, "by-an-own-key")
    decided = await _decided(approving.url, KEY, "approve", later)

    assert (refused.status_code, refused.json()["code"]) == (403, "OWN_APPROVAL"), refused.text
    assert "made a key of paula" in refused.json()["detail"]
    # What counts is whose key it was when it was requested.
    assert again.json()["code"] == "OWN_APPROVAL"
    assert (decided.status_code, decided.json()["state"]) == (200, "done"), decided.text


def _rotated(url: str, key: str) -> str:
    """Return the key by which its holder replaces it at once."""
    headers = {"X-API-Key": key}
    with httpx2.Client(verify=WITHOUT_TLS, base_url=url, headers=headers, timeout=60) as http:
        key_id = key.split("_")[1]
        body = {"days": 1, "overlap_hours": 0, "reason": "nobody else knows it from here on"}
        answer = http.post(f"/api/v1/keys/{key_id}/rotate", json=body)
        assert answer.is_success, answer.text
        text: str = answer.json()["text"]
        return text


async def test_the_worker_knows_whose_account_approved(approving: ApprovalWorld) -> None:
    """A console that takes each account for somebody else's starts nothing by such an approval."""
    keys = await _keys(approving)
    shown = await _requested(approving, keys["paula"], "believed")
    settings = approval_settings(approving.console.settings)
    with served_approvals(settings, custody=UNKNOWN_CUSTODY) as believing:
        decided = await _decided(believing, keys["bot"], "approve", shown)
    after = await approving.get(ADA, f"/api/v1/approvals/{shown['approval_id']}")

    assert decided.json().get("state") != "done", decided.text
    assert after.json()["state"] != "done", after.text
    assert approving.console.world.store.requested([shown["switch_id"]]) == frozenset()
