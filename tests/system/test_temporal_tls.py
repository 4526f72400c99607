"""Processes that reach Temporal over TLS by settings alone (docs/temporal.md)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest

from ops.base.database_settings import DATABASE_VARIABLE
from ops.processes.processes import Service, free_port, is_answering
from ops.stack.temporal_server import SEARCH_ATTRIBUTES, EmbeddedTemporal, temporal_binary
from store.vault.keys import FileKeyProvider
from tests.support.clouds.cloud_server import SOURCE_PLAN, SandboxCloud, running_sandbox
from tests.support.clouds.plain_http import WITHOUT_TLS
from tests.support.consoles.console_world import start_body
from tests.support.system.authority import Authority
from tests.support.system.temporal_proxy import API_KEY, SERVER_NAME, TemporalProxy, temporal_proxy

pytestmark = pytest.mark.system
ROOT = Path(__file__).parents[2]
OPERATOR_KEY = "key-of-the-operator-of-this-test"
#: Ends what hangs; a busy machine is slow.
SECONDS_MAX = 120.0
UNUSABLE, REFUSED = "TEMPORAL_CERTIFICATE_UNUSABLE", "TEMPORAL_CERTIFICATE_REFUSED"


@dataclass(frozen=True, kw_only=True)
class Place:
    """A Temporal server behind its proxy, and a folder."""

    proxy: TemporalProxy
    folder: Path
    #: Of the server itself, in clear.
    address: str

    def environment(self, address: str, **variables: str) -> dict[str, str]:
        """Return the variables of a process: nothing of this machine, and TLS to an address."""
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "PLANSWITCH_KEEP_ACCOUNT": "true",
            "PLANSWITCH_DATA_DIR": str(self.folder),
            "TEMPORAL_ADDRESS": address,
            "TEMPORAL_TLS_SERVER_NAME": SERVER_NAME,
            "TEMPORAL_TLS_SERVER_CA_CERT_PATH": str(self.proxy.authority.file),
            "COLUMNS": "200",
            **variables,
        }

    def profile(self) -> dict[str, str]:
        """Return the variables of a process that finds everything in a profile."""
        file = self.folder / "temporal.toml"
        client = self.proxy.client
        file.write_text(
            f'[profile.production]\naddress = "{self.proxy.address}"\nnamespace = "default"\n'
            f'[profile.production.tls]\nserver_name = "{SERVER_NAME}"\n'
            f'server_ca_cert_path = "{self.proxy.authority.file}"\n'
            f'client_cert_path = "{client.certificate}"\nclient_key_path = "{client.key}"\n'
        )
        variables = self.environment("", TEMPORAL_CONFIG_FILE=str(file), TEMPORAL_PROFILE="production")
        left_out = ("TEMPORAL_ADDRESS", "TEMPORAL_TLS_SERVER_NAME", "TEMPORAL_TLS_SERVER_CA_CERT_PATH")
        return {name: value for name, value in variables.items() if name not in left_out}

    def with_client(self, certificate: Path, key: Path, **variables: str) -> dict[str, str]:
        """Return the variables of a process with a client certificate."""
        files = {"TEMPORAL_TLS_CLIENT_CERT_PATH": str(certificate), "TEMPORAL_TLS_CLIENT_KEY_PATH": str(key)}
        return self.environment(self.proxy.address, **files, **variables)


@pytest.fixture(scope="module", name="place")
def _place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Yield a Temporal server of the wheel behind nginx."""
    folder = tmp_path_factory.mktemp("tls")
    with EmbeddedTemporal(folder / "temporal") as temporal, temporal_proxy(folder, temporal.address) as proxy:
        yield Place(proxy=proxy, folder=folder, address=temporal.address)


def planswitch(*arguments: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a command as a process until it ends."""
    command = [sys.executable, "-m", "cli.main", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=SECONDS_MAX, check=False
    )


def test_worker_and_console_work_through_a_proxy_with_client_certificates(
    place: Place, database_url: str, tmp_path: Path
) -> None:
    """Issue 18, acceptance: by settings alone; here by one profile (docs/temporal.md#settings)."""
    FileKeyProvider.create(place.folder / "keys" / "master.key")
    port = free_port()
    with ExitStack() as running:
        sandbox = running.enter_context(running_sandbox(tmp_path / "cloud"))
        environment = {
            **place.profile(),
            DATABASE_VARIABLE: database_url,
            "PLANSWITCH_API_KEY": OPERATOR_KEY,
            "PLANSWITCH_API_PORT": str(port),
            "PLANSWITCH_CLOUD_URL": sandbox.url,
        }
        migrated = planswitch("migrate", environment=environment)
        for each in (_worker(environment, place.folder), _console(environment, place.folder, port)):
            running.enter_context(each)
        organization = sandbox.organization(users=25)
        http = running.enter_context(
            httpx2.Client(
                verify=WITHOUT_TLS,
                base_url=f"http://127.0.0.1:{port}",
                headers={"X-API-Key": OPERATOR_KEY},
                timeout=SECONDS_MAX,
            )
        )
        started = http.post("/api/v1/switches", json=start_body(organization))
        left = _users_left(sandbox, organization["organization_id"])
        ready = {each["part"]: each for each in http.get("/api/v1/ready").json()["parts"]}

    assert migrated.returncode == 0, migrated.stderr
    assert started.status_code in {200, 201, 202}, started.text
    assert left == 0
    assert ready["temporal"]["state"] == "ok"
    assert ready["worker planswitch"]["state"] == "ok"


@pytest.mark.parametrize(
    ("case", "code"),
    [
        ("a certificate of another authority", REFUSED),
        ("no certificate", REFUSED),
        ("another key", UNUSABLE),
        ("an expired certificate", UNUSABLE),
        ("a file that is none", UNUSABLE),
        ("another issuer of the server", "TEMPORAL_SERVER_UNTRUSTED"),
        ("no TLS", "TEMPORAL_PROTOCOL_DIFFERS"),
        ("a wrong API key", "TEMPORAL_ACCESS_REFUSED"),
        ("no such namespace", "TEMPORAL_NAMESPACE_MISSING"),
    ],
)
def test_what_is_wrong_is_one_clear_error(place: Place, case: str, code: str) -> None:
    """docs/temporal.md#what-is-wrong: at the start of the worker and in doctor, and no trace."""
    environment = _wrong(place, case)

    worker = planswitch("worker", environment=environment)
    doctor = planswitch("doctor", "--json", environment=environment)

    lines = [line for line in worker.stderr.splitlines() if line.startswith("error")]
    checks = {each["part"]: each for each in json.loads(doctor.stdout)["checks"]}
    assert worker.returncode == (2 if code == UNUSABLE else 7), worker.stderr
    assert [line.split()[1] for line in lines] == [f"{code}:"], worker.stderr
    assert "what to do: " in worker.stderr
    assert "Traceback" not in worker.stderr + doctor.stderr
    assert (checks["temporal"]["state"], checks["temporal"]["code"]) == ("down", code), checks["temporal"]
    assert "wrong-key" not in worker.stderr + doctor.stdout


@pytest.mark.parametrize(
    ("case", "code"),
    [("a certificate of another authority", REFUSED), ("a wrong API key", "TEMPORAL_ACCESS_REFUSED")],
)
def test_a_console_that_is_refused_says_so_once_and_serves(
    place: Place, case: str, code: str, database_url: str
) -> None:
    """docs/temporal.md#what-is-wrong: the record can be read without Temporal."""
    FileKeyProvider.create(place.folder / "keys" / "master.key")
    port = free_port()
    environment = {
        **_wrong(place, case),
        DATABASE_VARIABLE: database_url,
        "PLANSWITCH_API_KEY": OPERATOR_KEY,
        "PLANSWITCH_API_PORT": str(port),
    }
    planswitch("migrate", environment=environment)
    with _console(environment, place.folder, port) as console:
        ready = f"http://127.0.0.1:{port}/api/v1/ready"
        answer = httpx2.get(ready, verify=WITHOUT_TLS, timeout=SECONDS_MAX)
        logged = console.log_file.read_text().splitlines()

    (part,) = [each for each in answer.json()["parts"] if each["part"] == "temporal"]
    lines = [json.loads(line) for line in logged if "temporal_unusable" in line]
    assert [each["code"] for each in lines] == [code]
    assert (answer.status_code, part["code"]) == (503, code)


def test_a_console_with_an_expired_certificate_does_not_start(place: Place, database_url: str) -> None:
    """docs/temporal.md#what-is-wrong: its own file can't be used, so it ends with one error."""
    variables = {DATABASE_VARIABLE: database_url, "PLANSWITCH_API_KEY": OPERATOR_KEY}
    environment = {**_wrong(place, "an expired certificate"), **variables}
    planswitch("migrate", environment=environment)
    # Another test may have made it; without one the console ends for another reason.
    planswitch("keys", "create", "master", environment=environment)

    console = planswitch("serve", environment=environment)

    assert console.returncode == 2, console.stderr
    assert f"error {UNUSABLE}: " in console.stderr
    assert "expired at" in console.stderr
    assert "Traceback" not in console.stderr


def test_the_namespace_is_prepared_once_and_by_command_where_it_is_refused(place: Place) -> None:
    """docs/temporal.md#the-namespace: what lacks is made, the rest stays, a refusal names commands."""
    create = ["operator", "namespace", "create", "-n", "fresh", "--retention", "24h"]
    subprocess.run([temporal_binary(), *create, "--address", place.address], check=True, capture_output=True)
    allowed = {**place.with_client(place.proxy.client.certificate, place.proxy.client.key)}
    allowed["TEMPORAL_NAMESPACE"] = "fresh"
    bound = place.environment(place.proxy.bound_address, TEMPORAL_NAMESPACE="fresh")

    refused = planswitch("migrate", "--temporal", environment=bound)
    first = planswitch("migrate", "--temporal", "--json", environment=allowed)
    again = planswitch("migrate", "--temporal", "--json", environment=allowed)
    after = planswitch("migrate", "--temporal", environment=bound)

    assert (refused.returncode, "TEMPORAL_RIGHT_MISSING" in refused.stderr) == (7, True), refused.stderr
    pairs = " ".join(f"--name {name} --type Keyword" for name in SEARCH_ATTRIBUTES)
    assert refused.stdout.splitlines() == [
        f"temporal operator search-attribute create --namespace fresh {pairs}",
        "temporal operator namespace update --namespace fresh --retention 720h",
    ]
    assert (first.returncode, again.returncode, after.returncode) == (0, 0, 0), (first, again, after)
    assert len(json.loads(first.stdout)["made_attributes"]) == 5
    assert json.loads(first.stdout)["is_retention_set"]
    assert json.loads(again.stdout)["made_attributes"] == []
    assert json.loads(again.stdout)["retention_hours"] == 720


def _wrong(place: Place, case: str) -> dict[str, str]:
    """Return the variables of a process with one thing wrong."""
    proxy, client = place.proxy, place.proxy.client
    authority, folder = proxy.authority, place.folder
    stranger = Authority.make(folder, "stranger")
    foreign, ended = stranger.issue("planswitch"), authority.issue("ended", ended=True)
    good = place.with_client(client.certificate, client.key)
    cases = {
        "a certificate of another authority": place.with_client(foreign.certificate, foreign.key),
        "no certificate": place.environment(proxy.address),
        "another key": place.with_client(client.certificate, foreign.key),
        "an expired certificate": place.with_client(ended.certificate, ended.key),
        "a file that is none": place.with_client(folder / "nginx.conf", client.key),
        "another issuer of the server": {**good, "TEMPORAL_TLS_SERVER_CA_CERT_PATH": str(stranger.file)},
        "no TLS": {name: value for name, value in good.items() if not name.startswith("TEMPORAL_TLS")},
        "a wrong API key": place.environment(proxy.key_address, TEMPORAL_API_KEY="wrong-key"),
        "no such namespace": place.environment(
            proxy.key_address, TEMPORAL_API_KEY=API_KEY, TEMPORAL_NAMESPACE="missing"
        ),
    }
    return cases[case]


def _worker(environment: dict[str, str], folder: Path) -> Service:
    ready = folder / "worker.ready"
    return Service(
        name="worker",
        command=[sys.executable, "-m", "cli.main", "worker"],
        environment={**environment, "PLANSWITCH_READY_FILE": str(ready)},
        log_file=folder / "worker.log",
        ready_file=ready,
        folder=ROOT,
    )


def _console(environment: dict[str, str], folder: Path, port: int) -> Service:
    return Service(
        name="console",
        command=[sys.executable, "-m", "cli.main", "serve"],
        environment=environment,
        log_file=folder / f"serve-{port}.log",
        probe=lambda: is_answering(port, "/api/v1/health"),
        folder=ROOT,
    )


def _users_left(sandbox: SandboxCloud, organization_id: str) -> int:
    """Return how many users still hold the old plan, once nobody does or it took too long."""
    path, end = f"/sandbox/organizations/{organization_id}/users", time.monotonic() + SECONDS_MAX
    while True:
        users = sandbox.control.get(path).raise_for_status().json()["users"]
        left = sum(
            any(state["skuId"] == SOURCE_PLAN for state in user["licenseAssignmentStates"]) for user in users
        )
        if not left or time.monotonic() > end:
            return left
        time.sleep(0.2)
