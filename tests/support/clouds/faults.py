"""Faults that are planted in the sandbox."""

from __future__ import annotations

from typing import Any

from tests.support.clouds.sandbox_world import E1, E3, World

#: How long a state lasts that a busy machine must see before it is over.
BUSY_SECONDS = 1.5


def plant(world: World, *rules: dict[str, Any], seed: int = 1) -> None:
    """Put a program in force for everybody."""
    answer = world.call("PUT", "/sandbox/faults", {"seed": seed, "rules": list(rules)})
    assert answer.status_code == 200, answer.text


def fired(world: World) -> dict[str, int]:
    """Return how often each fault has come."""
    counts: dict[str, int] = world.get("/sandbox/faults")["fired"]
    return counts


def write(world: World, user: str) -> dict[str, Any]:
    """Return an item of a batch that moves a user from E1 to E3."""
    body = {"addLicenses": [{"skuId": E3, "disabledPlans": []}], "removeLicenses": [E1]}
    return {
        "id": user[:8],
        "method": "POST",
        "url": f"/users/{user}/assignLicense",
        "headers": {"Content-Type": "application/json"},
        "body": body,
    }


def batch(world: World, users: list[str]) -> list[dict[str, Any]]:
    """Move users in one batch, and return the answers as they came."""
    answer = world.call("POST", "/v1.0/$batch", {"requests": [write(world, user) for user in users]})
    assert answer.status_code == 200, answer.text
    responses: list[dict[str, Any]] = answer.json()["responses"]
    return responses
