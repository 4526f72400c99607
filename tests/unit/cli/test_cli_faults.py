"""The command line takes a fault program for the sandbox, or refuses it before anything starts.

A sandbox that is not there is named.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import pytest
from typer.testing import CliRunner

from cli.main import app
from ops.processes.processes import free_port
from tests.support.clouds.plain_http import WITHOUT_TLS

E1 = "18181a46-0d4e-45cd-891e-60aabd171b4e"
START_SECONDS = 60.0


@contextmanager
def _running(folder: Path, program: dict[str, Any]) -> Iterator[httpx2.Client]:
    """Run `planswitch sandbox --faults FILE` as a process until the block ends."""
    file, port = folder / "faults.json", free_port()
    file.write_text(json.dumps(program), encoding="utf-8")
    command = [sys.executable, "-m", "cli.main", "sandbox", "--port", str(port), "--faults", str(file)]
    environment = {**os.environ, "PLANSWITCH_DATA_DIR": str(folder)}
    with (
        subprocess.Popen([*command, "--state-dir", str(folder / "state")], env=environment) as process,
        httpx2.Client(verify=WITHOUT_TLS, base_url=f"http://127.0.0.1:{port}") as client,
    ):
        try:
            _await(client)
            yield client
        finally:
            process.terminate()


def _await(client: httpx2.Client) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            client.get("/health").raise_for_status()
        except httpx2.TransportError:
            assert time.monotonic() < deadline, "the sandbox never came up"
            time.sleep(0.05)
        else:
            return


def test_a_good_file_is_in_force_from_the_start(tmp_path: Path) -> None:
    """`sandbox --faults FILE` lets the calls of its rules go wrong, and its settings hold."""
    rule = {"operation": "subscribed_plans", "fault": "failed", "status": 502, "hits": [1]}
    settings = {"is_quota_on": True, "quota_writes": 1}
    with _running(tmp_path, {"seed": 4, "rules": [rule], "settings": settings}) as client:
        made = client.post("/sandbox/organizations", json={"seed": 1, "users": 3, "plan_id": E1}).json()
        client.headers["Authorization"] = f"Bearer {made['token']}"
        read = [client.get("/v1.0/subscribedSkus").status_code for _ in range(2)]
        user = client.get("/v1.0/users").json()["value"][0]["id"]
        path, body = f"/v1.0/users/{user}/assignLicense", {"addLicenses": [], "removeLicenses": [E1]}
        first, second = (client.post(path, json=body) for _ in range(2))

    assert read == [502, 200]
    assert (first.status_code, second.status_code) == (200, 429)
    assert int(second.headers["Retry-After"]) > 100
    assert second.headers["x-ms-throttle-scope"] == "Tenant_Application/ReadWrite"
    assert second.headers["x-ms-throttle-information"] == "WriteLimitExceeded"


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"quota": 3}, "settings.quota is 3; allowed: no field; there are"),
        ({"faults": []}, "settings.faults is an empty list; allowed: no field"),
        ({"is_quota_on": 1}, "settings.is_quota_on is 1; allowed: true or false"),
        ({"quota_writes": 0}, "settings.quota_writes is 0; allowed: a whole number of 1"),
        ({"quota_speed": "fast"}, "settings.quota_speed is"),
        ({"credit_verdict": "maybe"}, "allowed: one of approve, decline, silent"),
        ([], "settings is an empty list; allowed: a JSON object"),
    ],
)
def test_settings_that_are_not_understood_are_refused(tmp_path: Path, settings: Any, said: str) -> None:
    """An unknown setting, or a wrong value, is told with what is allowed, before anything starts."""
    file = tmp_path / "faults.json"
    file.write_text(json.dumps({"settings": settings}), encoding="utf-8")
    state = tmp_path / "state"
    ran = CliRunner().invoke(app, ["sandbox", "--faults", str(file), "--state-dir", str(state)])

    assert ran.exit_code == 2
    assert said in " ".join(ran.output.split())
    assert not state.exists()


def test_a_bad_file_ends_the_sandbox_before_it_starts(tmp_path: Path) -> None:
    """`sandbox --faults FILE` refuses a bad file with exit code 2, and makes no journal."""
    file = tmp_path / "faults.json"
    file.write_text('{"rules": [{"fault": "late", "rate": 3, "operation": "checkout"}]}', encoding="utf-8")
    state = tmp_path / "state"

    for named, said in ((file, "rules[0].rate is 3; allowed"), (tmp_path / "none.json", "No such file")):
        ran = CliRunner().invoke(app, ["sandbox", "--faults", str(named), "--state-dir", str(state)])
        assert ran.exit_code == 2
        assert said in " ".join(ran.output.split())
    assert not state.exists()


def test_the_demo_refuses_settings_before_it_starts(tmp_path: Path) -> None:
    """The demo's program is for its own organization, so it brings no settings for everybody."""
    file = tmp_path / "faults.json"
    file.write_text('{"settings": {"is_quota_on": true}}', encoding="utf-8")
    ran = CliRunner().invoke(app, ["demo", "--faults", str(file)])

    assert ran.exit_code == 2
    assert "a program of one organization has no settings" in " ".join(ran.output.split())


def test_a_sandbox_that_is_not_there_is_named_with_the_command_that_starts_one() -> None:
    """Somebody who practices has no stack, and so no log of it to look into (sandbox#start-it)."""
    url = f"http://127.0.0.1:{free_port()}"
    ran = CliRunner().invoke(app, ["sandbox", "edit", str(UUID(int=1)), "agreement", "--url", url])
    said = " ".join(ran.output.split())

    assert ran.exit_code == 7
    assert f"The sandbox at {url} does not answer" in said
    assert "Start it with `planswitch sandbox --tls-port 8544`" in said
