"""Who acted, from key or page over Temporal to the record (people#actors-cant-be-forged)."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx2

from tests.support.access.people import WHY, with_key
from tests.support.acts.strangers import CEO, MESSAGES, named_anywhere, update
from tests.support.clouds.plain_http import WITHOUT_TLS
from tests.support.consoles.console_world import KEY, ConsoleWorld, start_body

OWN_PAGE = {"Sec-Fetch-Site": "same-origin"}


async def _key_of(console: ConsoleWorld, name: str) -> str:
    """Return a key of a new person who may operate."""
    admin = with_key(KEY)

    def made() -> str:
        grants = [{"role": "operator"}]
        person = {"name": name, "grants": grants, "reason": WHY}
        console.http.post("/api/v1/people", json=person, headers=admin).raise_for_status()
        wanted = {"account": name, "label": "tests", "reason": WHY}
        answer = console.http.post("/api/v1/keys", json=wanted, headers=admin)
        return str(answer.raise_for_status().json()["text"])

    return await asyncio.to_thread(made)


async def test_the_record_names_the_account_behind_the_credential(console: ConsoleWorld) -> None:
    """A switch by one person's key, paused on another's page: no body, header, field or message forges it."""
    idas, maxs = await _key_of(console, "ida"), await _key_of(console, "max")
    organization = await console.organization(users=5)
    console.world.block(f"GET /v1/customers/{organization['organization_id']}/orders")
    headers = {**with_key(idas), "X-Actor": CEO, "X-Forwarded-User": CEO}

    def sent(path: str, body: dict[str, Any]) -> httpx2.Response:
        return console.http.post(path, json=body, headers=headers)

    forged = await asyncio.to_thread(sent, "/api/switches", start_body(organization, actor=CEO))
    started = await asyncio.to_thread(sent, "/api/switches", start_body(organization))
    assert (forged.status_code, started.status_code) == (422, 201), started.text
    switch_id = started.json()["switch_id"]

    with httpx2.Client(base_url=console.url, verify=WITHOUT_TLS, trust_env=False) as browser:
        await asyncio.to_thread(browser.post, "/sign-in", data={"key": maxs})
        fields = {"reason": "by page", "request_id": "r-page", "actor": CEO}
        path = f"/switches/{switch_id}/pause"
        page = await asyncio.to_thread(browser.post, path, data=fields, headers=OWN_PAGE)
    assert page.status_code in {200, 303}, page.text
    workflow_id = f"switch:{organization['organization_id']}:{started.json()['request_id']}"
    stranger = await update(console.world, workflow_id, "resume", MESSAGES["resume"])

    assert "COMMAND_UNSIGNED" in stranger.text
    named = named_anywhere(console.world)
    assert {"ida", "max"} <= named
    assert CEO not in named
