"""The credit bureau: decides orders by invoice after a while, sets up what it approves, and calls back."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx2
import structlog

from providers.reference.callback_signatures import HEADER, sign
from sandbox.cloud.fold import subscription_document
from sandbox.cloud.state import Sandbox, named_id
from sandbox.kernel.clock import iso, parse_instant
from sandbox.kernel.journal import JournalBroken
from sandbox.kernel.model import Json, Organization, seconds

#: Setting of the verdict -> status of the check.
STATUS_OF = {"approve": "approved", "decline": "declined"}
#: A subscription is invisible so long as its order is not approved.
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
POLL_SECONDS = 0.1
#: A callback that is not taken is sent again after so long, and at most so often.
RETRY_SECONDS = 1.0
ATTEMPTS_MAX = 60
_CALLBACK_TIMEOUT_SECONDS = 60.0
#: Answers after which a callback is not sent again: taken, refused for good.
_TAKEN = range(200, 300)
_REFUSED = frozenset({400, 401, 409, 422})

_log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class BureauSettings:
    """How the bureau reaches its client."""

    #: Signs callbacks; empty sends none.
    secret: bytes = b""
    #: Signs beside it while it is rolled; b"": there is none.
    second_secret: bytes = b""
    #: Used while the setting `callback_url` is empty.
    callback_url: str = ""

    @property
    def secrets(self) -> tuple[bytes, ...]:
        """Return all secrets that sign a callback."""
        return tuple(each for each in (self.secret, self.second_secret) if each)


def new_check(sandbox: Sandbox, organization: Organization, order_id: str, now: datetime) -> Json:
    """Return the document of a new check; what it will be answered is decided now."""
    settings = sandbox.settings
    return {
        "check_id": named_id(organization.organization_id, f"credit-check:{order_id}"),
        "order_id": order_id,
        "status": "required",
        "requested_at": iso(now),
        "decided_at": None,
        "verdict": settings.credit_verdict,
        "due_at": iso(now + seconds(settings.credit_delay_seconds)),
        "callback_id": "",
        "is_told": False,
    }


def credit_check_view(check: Json) -> Json:
    """Return a check as the seller's order shows it."""
    shown = {
        "status": check["status"],
        "checkId": check["check_id"],
        "requestedAt": check["requested_at"],
    }
    return shown | ({"decidedAt": check["decided_at"]} if check["decided_at"] else {})


def check_view(organization: Organization, check: Json) -> Json:
    """Return a check as the bureau shows it (docs/api/credit.yaml)."""
    names = ("check_id", "order_id", "status", "requested_at", "decided_at")
    return {"organization_id": organization.organization_id} | {name: check[name] for name in names}


class Bureau:
    """The bureau's work beside the requests.

    Args:
        sandbox: Holds the checks.
        settings: Secret and address of the callbacks.
    """

    def __init__(self, sandbox: Sandbox, settings: BureauSettings) -> None:
        self._sandbox = sandbox
        self._settings = settings
        self._telling: dict[str, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Decide what is due and tell it, until cancelled."""
        try:
            while not self._sandbox.is_broken:
                self._work()
                await asyncio.sleep(POLL_SECONDS)
        except JournalBroken as error:
            _log.error("credit_bureau_stopped", error=str(error))
        finally:
            for task in self._telling.values():
                task.cancel()
            await asyncio.gather(*self._telling.values(), return_exceptions=True)

    def _work(self) -> None:
        now = self._sandbox.now()
        for organization in list(self._sandbox.organizations.values()):
            for check in list(organization.checks.values()):
                if check["status"] == "required" and _is_due(organization, check, now):
                    decide(self._sandbox, organization, check, STATUS_OF[check["verdict"]])
                elif check["callback_id"] and not check["is_told"] and self._url():
                    self._tell(organization, check)

    def _url(self) -> str:
        if not self._settings.secret:
            return ""
        return self._sandbox.settings.callback_url or self._settings.callback_url

    def _tell(self, organization: Organization, check: Json) -> None:
        if check["check_id"] not in self._telling:
            work = self._call_back(organization, check)
            self._telling[check["check_id"]] = asyncio.get_running_loop().create_task(work)

    async def _call_back(self, organization: Organization, check: Json) -> None:
        """Send a callback until it is taken, then as many duplicates as the settings want."""
        body = json.dumps(
            {
                "callback_id": check["callback_id"],
                "organization_id": organization.organization_id,
                "order_id": check["order_id"],
                "check_id": check["check_id"],
                "verdict": check["status"],
                "decided_at": check["decided_at"],
            }
        ).encode()
        late_seconds, again = self._sandbox.faults.on_callback(organization.organization_id)
        await asyncio.sleep(late_seconds)
        left = 1 + self._sandbox.settings.credit_duplicates + again
        # A client reads the machine's certificates, which takes 30 ms: it is made where one calls back.
        async with httpx2.AsyncClient(timeout=_CALLBACK_TIMEOUT_SECONDS, trust_env=False) as http:
            for _ in range(ATTEMPTS_MAX):
                status = await self._send(http, body)
                if status in _TAKEN:
                    left -= 1
                if status in _REFUSED or not left:
                    break
                if status not in _TAKEN:
                    await asyncio.sleep(RETRY_SECONDS)
        self._sandbox.commit(
            "credit_told", organization_id=organization.organization_id, checks=[check | {"is_told": True}]
        )

    async def _send(self, http: httpx2.AsyncClient, body: bytes) -> int:
        headers = {
            "Content-Type": "application/json",
            HEADER: sign(self._settings.secrets, body, datetime.now(UTC)),
        }
        try:
            answer = await http.post(self._url(), content=body, headers=headers)
        except httpx2.HTTPError as error:
            _log.warning("credit_callback_unanswered", error=type(error).__name__)
            return 0
        _log.info("credit_callback_answered", status=answer.status_code)
        return answer.status_code


def decide(sandbox: Sandbox, organization: Organization, check: Json, status: str) -> None:
    """Decide a check: an approved order is set up from now on."""
    now = sandbox.now()
    order = organization.orders[check["order_id"]]
    decided = check | {"status": status, "decided_at": iso(now), "callback_id": str(uuid4())}
    sandbox.commit(
        "credit_decided",
        organization_id=organization.organization_id,
        orders=[order | {"creditCheck": credit_check_view(decided)}],
        checks=[decided],
        subscriptions=_provisioned(sandbox, organization, check, now) if status == "approved" else [],
    )


def _is_due(organization: Organization, check: Json, now: datetime) -> bool:
    is_open = organization.orders[check["order_id"]]["status"] != "cancelled"
    return is_open and check["verdict"] in STATUS_OF and now >= parse_instant(check["due_at"])


def _provisioned(
    sandbox: Sandbox, organization: Organization, check: Json, now: datetime
) -> list[dict[str, Any]]:
    delay, setup = sandbox.delays(organization.organization_id)
    visible_at = now + seconds(delay)
    ready_at = visible_at + seconds(setup)
    return [
        subscription_document(owned, visible_at=visible_at, ready_at=ready_at)
        for owned in organization.subscriptions.values()
        if owned.order_id == check["order_id"]
    ]
