"""A low, steady load: switches at a cloud with faults, and all that people and machines read beside them."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx2
import structlog

from domain.catalog.catalog import load_catalog

#: Faults that pass: none of them keeps a switch from its end.
FAULTS: dict[str, Any] = {
    "seed": 2026,
    "rules": [
        {"call": "*", "fault": "throttled", "rate": 0.03, "retry_after_seconds": 1},
        {"call": "*", "fault": "failed", "rate": 0.03, "status": 503},
        {"call": "*", "fault": "lost_answer", "rate": 0.02},
        {"call": "*", "fault": "timeout_before", "rate": 0.01, "seconds": 0.5},
        {"call": "*", "fault": "timeout_after", "rate": 0.01, "seconds": 0.5},
        {"call": "*", "fault": "latency", "rate": 0.05, "seconds": 0.3},
        {"fault": "item_throttled", "rate": 0.05, "count": 1, "retry_after_seconds": 1},
        {"fault": "item_failed", "rate": 0.03, "count": 1, "is_carried_out": True},
        {"operation": "change_licenses", "fault": "shuffled", "rate": 0.5},
    ],
}
#: Seconds from one to the next of its kind.
SWITCH_SECONDS, READ_SECONDS, PAGE_SECONDS = 18.0, 4.0, 7.0
STREAM_SECONDS, EXPORT_SECONDS, TEST_SECONDS = 20.0, 30.0, 60.0
USERS = (20, 60)
#: A stream of events stays open for so long, and its client leaves without a word.
STREAM_OPEN_SECONDS = 8.0
PAUSE_SECONDS = 5.0
#: One switch of so many is by invoice, paused and resumed, cancelled.
INVOICE_OF, PAUSED_OF, CANCELLED_OF = 5, 8, 12
#: Switches that are still read.
RECENT = 30
#: A request that met a fault of the cloud is sent again.
TRIES_MAX, AGAIN_SECONDS = 30, 2.0
_TICK_SECONDS = 0.2
_TIMEOUT_SECONDS = 60.0
_SERVER_ERROR, _CLIENT_ERROR = 500, 400
#: The console's answers while the cloud fails.
_CLOUD_FAILED = frozenset({502, 503, 504})
#: Addresses without a switch of their own, and those of one.
_READS = (
    "/api/v1/switches?limit=20",
    "/api/v1/ready",
    "/api/v1/projections",
    "/api/v1/troubles",
    "/api/v1/catalog/plans",
    "/api/v1/notices?limit=20",
    "/api/v1/access-log?limit=20",
    "/metrics",
)
_READS_OF_SWITCH = (
    "/api/v1/switches/{switch}",
    "/api/v1/switches/{switch}/timeline?limit=50",
    "/api/v1/switches/{switch}/users?limit=50",
    "/api/v1/switches/{switch}/audit",
    "/api/v1/switches/{switch}/explanation",
    "/api/v1/switches/{switch}/plan-and-actual",
    "/api/v1/switches/{switch}/refusals",
)
_PAGES = ("/", "/switches/{switch}", "/checkouts", "/schedule", "/reports", "/notices", "/docs")
_EXPORTS = (
    "/api/v1/switches.csv",
    "/api/v1/switches/{switch}/users.jsonl",
    "/api/v1/switches/{switch}/timeline.csv",
    "/api/v1/access-log/export?format=csv",
    "/api/v1/views/switches?format=csv",
    "/api/v1/switches/{switch}/bundle",
)
_STREAMS = ("/api/v1/changes", "/api/v1/switches/{switch}/events")
_log = structlog.get_logger()


@dataclass(kw_only=True)
class _Task:
    """What is done again and again."""

    act: Callable[[], None]
    every_seconds: float
    due_at: float = 0.0


@dataclass(kw_only=True)
class Load:
    """Works on a stack until it is told to stop.

    Args:
        console_url: Base URL of the console.
        key: The operator's key.
        sandbox_url: Base URL of the sandbox.
        webhook_url: Where the stack sends webhooks.
        scale: How many times faster than usual everything comes.
    """

    console_url: str
    key: str
    sandbox_url: str
    webhook_url: str
    scale: float = 1.0
    #: What was done, and what went wrong, by kind.
    counts: Counter[str] = field(default_factory=Counter)
    started: list[str] = field(default_factory=list)
    organizations: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Open the clients."""
        self._draw = random.Random("planswitch-soak")
        self._recent: deque[str] = deque(maxlen=RECENT)
        self._console = _client(self.console_url, {"X-API-Key": self.key})
        # Pages are read as a browser does: by a session, and not by a key.
        self._browser = _client(self.console_url, {})
        self._sandbox = _client(self.sandbox_url, {})
        self._resume: deque[tuple[float, str]] = deque()
        self._streams: list[threading.Thread] = []
        self._plan, self._target = (load_catalog().find(name).plan_id for name in ("E1", "E3"))
        self._endpoint = ""

    def prepare(self) -> None:
        """Plant the faults, subscribe a recipient, make an endpoint of webhooks, and sign a browser in."""
        self._sandbox.put("/sandbox/faults", json=FAULTS).raise_for_status()
        made = self._ask("POST", "/api/v1/webhooks", {"url": self.webhook_url, "reason": "soak"})
        self._endpoint = str(
            made.get("webhook_id") or made.get("endpoint_id") or made["webhook"]["webhook_id"]
        )
        recipient = {"address": "operations@example.com", "reason": "soak"}
        self._ask("POST", "/api/v1/notices/recipients", recipient)
        signed_in = self._browser.post("/sign-in", data={"key": self.key})
        if signed_in.status_code >= _CLIENT_ERROR:
            signed_in.raise_for_status()

    def run(self, until: float) -> None:
        """Work until a reading of the monotonic clock."""
        tasks = self._tasks()
        while time.monotonic() < until:
            for task in tasks:
                if task.due_at <= time.monotonic():
                    task.due_at = time.monotonic() + task.every_seconds / self.scale
                    self._try(task.act)
            time.sleep(_TICK_SECONDS)
        for stream in self._streams:
            stream.join(STREAM_OPEN_SECONDS * 2)
        self._try(self.resume_all)

    def verdict(self) -> dict[str, Any]:
        """Return what the referee says on all organizations together."""
        answer = self._sandbox.get("/sandbox/referee", timeout=600)
        verdict: dict[str, Any] = answer.raise_for_status().json()
        return verdict

    def resume_all(self) -> None:
        """Let every switch go on that is still paused."""
        while self._resume:
            self._resume_one()

    def close(self) -> None:
        """Close the clients."""
        for client in (self._console, self._browser, self._sandbox):
            client.close()

    def _tasks(self) -> list[_Task]:
        return [
            _Task(act=self._switch, every_seconds=SWITCH_SECONDS),
            _Task(act=lambda: self._read((*_READS, *_READS_OF_SWITCH)), every_seconds=READ_SECONDS),
            _Task(act=lambda: self._read(_PAGES, browser=True), every_seconds=PAGE_SECONDS),
            _Task(act=self._stream, every_seconds=STREAM_SECONDS),
            _Task(act=self._export, every_seconds=EXPORT_SECONDS),
            _Task(act=self._test_webhook, every_seconds=TEST_SECONDS),
            _Task(act=self._resume_due, every_seconds=1.0),
        ]

    def _try(self, act: Callable[[], None]) -> None:
        """Do something; what fails is counted, and the load goes on."""
        try:
            act()
        except (httpx2.HTTPError, LookupError, ValueError) as error:
            self.counts[f"failed {type(error).__name__}"] += 1
            _log.warning("soak_act_failed", error=f"{type(error).__name__}: {error}")

    def _switch(self) -> None:
        number = len(self.organizations) + 1
        users = self._draw.randint(*USERS)
        facts = {"seed": 7_000_000 + number, "users": users, "plan_id": self._plan}
        made = self._sandbox.post("/sandbox/organizations", json=facts).raise_for_status().json()
        self.organizations.append(str(made["organization_id"]))
        body = {
            "organization_id": made["organization_id"],
            "target_plan": self._target,
            "payment_method": "card" if number % INVOICE_OF else "invoice",
            "request_id": f"soak-{number}",
            "accept": True,
            "reason": "soak",
        }
        switch_id = str(self._until_taken("/api/v1/switches", body)["switch_id"])
        self.started.append(switch_id)
        self._recent.append(switch_id)
        if number % CANCELLED_OF == 0:
            self._command(switch_id, "cancel")
        elif number % PAUSED_OF == 0:
            self._command(switch_id, "pause")
            self._resume.append((time.monotonic() + PAUSE_SECONDS, switch_id))

    def _resume_due(self) -> None:
        while self._resume and self._resume[0][0] <= time.monotonic():
            self._resume_one()

    def _resume_one(self) -> None:
        self._command(self._resume.popleft()[1], "resume")

    def _command(self, switch_id: str, word: str) -> None:
        answer = self._console.post(f"/api/v1/switches/{switch_id}/{word}", json={"reason": "soak"})
        # It may have come too late, which is no fault.
        self.counts[f"{word} {answer.status_code}"] += 1

    def _read(self, addresses: Sequence[str], *, browser: bool = False) -> None:
        if address := self._address(addresses):
            client = self._browser if browser else self._console
            self._count(client.get(address), address)

    def _export(self) -> None:
        if address := self._address(_EXPORTS):
            with self._console.stream("GET", address) as answer:
                self.counts["bytes exported"] += sum(len(part) for part in answer.iter_bytes())
                self._count(answer, address)

    def _test_webhook(self) -> None:
        self._ask("POST", f"/api/v1/webhooks/{self._endpoint}/test", {})

    def _stream(self) -> None:
        self._streams = [each for each in self._streams if each.is_alive()]
        if address := self._address(_STREAMS):
            thread = threading.Thread(target=self._follow, args=(address,), daemon=True)
            thread.start()
            self._streams.append(thread)

    def _follow(self, address: str) -> None:
        """Read a stream for some seconds, and leave in the middle of it."""
        end = time.monotonic() + STREAM_OPEN_SECONDS
        with _client(
            self.console_url, {"X-API-Key": self.key}, timeout_seconds=STREAM_OPEN_SECONDS
        ) as client:
            try:
                with client.stream("GET", address) as answer:
                    self._count(answer, address)
                    for _line in answer.iter_lines():
                        self.counts["lines streamed"] += 1
                        if time.monotonic() > end:
                            break
            except httpx2.TimeoutException:
                self.counts["streams left in silence"] += 1
            except httpx2.HTTPError as error:
                self.counts[f"stream failed {type(error).__name__}"] += 1

    def _address(self, addresses: Sequence[str]) -> str:
        """Return one of the addresses, of a switch of late; "" while there is none."""
        address = self._draw.choice(addresses)
        if "{switch}" not in address:
            return address
        return address.replace("{switch}", self._draw.choice(self._recent)) if self._recent else ""

    def _until_taken(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Send a request again while the cloud behind the console fails; its id makes it one switch."""
        for _try in range(TRIES_MAX):
            answer = self._console.post(path, json=body)
            if answer.status_code not in _CLOUD_FAILED:
                break
            self.counts["sent again"] += 1
            time.sleep(AGAIN_SECONDS)
        self._count(answer, path)
        document: dict[str, Any] = answer.raise_for_status().json()
        return document

    def _ask(self, method: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = self._console.request(method, path, json=body)
        self._count(answer, path)
        document: dict[str, Any] = answer.raise_for_status().json()
        return document

    def _count(self, answer: httpx2.Response, address: str) -> None:
        self.counts["requests"] += 1
        if answer.status_code >= _CLIENT_ERROR:
            self.counts[f"answered {answer.status_code}"] += 1
            _log.warning("soak_answer", address=address, status=answer.status_code)
        if answer.status_code == _SERVER_ERROR:
            self.counts["server errors"] += 1


def _client(url: str, headers: dict[str, str], *, timeout_seconds: float = _TIMEOUT_SECONDS) -> httpx2.Client:
    return httpx2.Client(base_url=url, headers=headers, timeout=timeout_seconds, trust_env=False)
