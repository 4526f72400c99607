"""People and keys over HTTP, as a console's tests make them."""

from __future__ import annotations

from typing import Any, Protocol

WHY = "a reason of the tests"


class Client(Protocol):
    """What sends requests to a console."""

    def post(self, url: str, *, json: Any, headers: Any = None) -> Any:
        """Send a body."""


def with_key(key: str) -> dict[str, str]:
    """Return the header that carries a key."""
    return {"X-API-Key": key}


def open_account(
    client: Client, key: str, name: str, *roles: str, organizations: list[str] | None = None, **more: Any
) -> None:
    """Open an account with roles."""
    grants = [{"role": role, "organizations": organizations} for role in roles]
    body = {"name": name, "grants": grants, "reason": WHY, **more}
    answer = client.post("/api/v1/people", json=body, headers=with_key(key))
    assert answer.status_code == 201, answer.text


def make_key(client: Client, key: str, account: str | None = None, **more: Any) -> tuple[str, str]:
    """Return id and text of a new key."""
    body = {"account": account, "label": "tests", "reason": WHY, **more}
    answer = client.post("/api/v1/keys", json=body, headers=with_key(key))
    assert answer.status_code == 201, answer.text
    document = answer.json()
    return document["key"]["key_id"], document["text"]
