"""A sandbox that is killed keeps every change it answered."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2

from ops.processes.processes import free_ports
from tests.support.clouds.plain_http import WITHOUT_TLS
from tests.support.clouds.sandbox_world import E1, E3, PROJECT, START_SECONDS

SERVE = """
from pathlib import Path
from sandbox.server import serve
serve({host!r}, {port}, Path({folder!r}))
"""


@contextmanager
def _server(folder: Path) -> Iterator[httpx2.Client]:
    """Run a sandbox as a process of its own that is killed at the end."""
    (port,) = free_ports(1)
    code = SERVE.format(host="127.0.0.1", port=port, folder=str(folder))
    process = subprocess.Popen([sys.executable, "-c", code], cwd=PROJECT, stdout=subprocess.PIPE)
    try:
        with httpx2.Client(verify=WITHOUT_TLS, base_url=f"http://127.0.0.1:{port}") as client:
            _wait_until_up(client)
            yield client
    finally:
        process.kill()
        output, _errors = process.communicate(timeout=START_SECONDS)
        assert output == b"", "the server prints nothing"


def _wait_until_up(client: httpx2.Client) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            client.get("/health")
        except httpx2.TransportError:
            assert time.monotonic() < deadline, "the sandbox did not start"
            time.sleep(0.02)
        else:
            return


def _user_ids(client: httpx2.Client, token: dict[str, str], plan_id: str) -> set[str]:
    query = f"$filter=assignedLicenses/any(s:s/skuId eq {plan_id})&$select=id&$top=999"
    return {user["id"] for user in client.get(f"/v1.0/users?{query}", headers=token).json()["value"]}


def _order(client: httpx2.Client, token: dict[str, str], made: dict[str, Any]) -> None:
    base = f"/v1/customers/{made['organization_id']}/carts"
    line = {"CatalogItemId": f"{E3}:0001:EUR", "Quantity": 40}
    cart = client.post(base, json={"LineItems": [line]}, headers=token).json()
    assert client.post(f"{base}/{cart['id']}/checkout", headers=token).status_code == 201


def test_answered_changes_survive_a_kill(tmp_path: Path) -> None:
    """Every license change that was answered before a kill -9 is there after the restart."""
    with _server(tmp_path) as client:
        settings = {"provisioning_delay_seconds": 0, "setup_delay_seconds": 0}
        client.post("/sandbox/settings", json=settings)
        made = client.post("/sandbox/organizations", json={"seed": 1, "users": 30, "plan_id": E1}).json()
        token = {"Authorization": f"Bearer {made['token']}"}
        _order(client, token, made)
        moved = sorted(_user_ids(client, token, E1))[:13]
        body = {"addLicenses": [{"skuId": E3, "disabledPlans": []}], "removeLicenses": [E1]}
        for user_id in moved:
            path = f"/v1.0/users/{user_id}/assignLicense"
            assert client.post(path, json=body, headers=token).status_code == 200

    with _server(tmp_path) as client:
        assert _user_ids(client, token, E3) == set(moved)
        assert client.get("/sandbox/referee").json()["unlicensed_user_seconds"] == 0
