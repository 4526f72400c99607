"""A checkout over HTTP: started, edited, ordered."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx2

from tests.support.consoles.console_world import ConsoleWorld


async def start(console: ConsoleWorld, organization: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Start a checkout to E3."""
    body = {"organization_id": organization["organization_id"], "target_plan": "E3", **changes}
    answer = await console.post("/api/checkouts", body)
    assert answer.status_code == 201, answer.text
    started: dict[str, Any] = answer.json()
    return started


async def edit(
    console: ConsoleWorld, draft: dict[str, Any], section: str, *, request_id: str = "", **changes: Any
) -> httpx2.Response:
    """Change one section on the revision of `draft`."""
    path = f"/api/checkouts/{draft['checkout_id']}/{section}"
    body: dict[str, Any] = {"revision": draft["revision"], "changes": changes}
    if request_id:
        body["request_id"] = request_id
    return await asyncio.to_thread(console.http.patch, path, json=body)


async def order(console: ConsoleWorld, draft: dict[str, Any], **changes: Any) -> httpx2.Response:
    """Order the revision of `draft`."""
    body = {"revision": draft["revision"], "reason": "growth", **changes}
    return await console.post(f"/api/checkouts/{draft['checkout_id']}/order", body)
