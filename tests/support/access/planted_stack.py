"""What the pages of people and of all that goes out show: planted in a running stack, through its API."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from domain.people.roles import Role
from tests.support.access.people import make_key, open_account
from tests.support.chaos.stack import POLL_SECONDS, RunningStack

#: Settings of such a stack: a cancel needs a second person; webhooks and mail go to this machine, where
#: nobody listens.
ENVIRONMENT = {
    "PLANSWITCH_APPROVAL_COMMANDS": "cancel",
    "PLANSWITCH_WEBHOOK_NETWORKS": "127.0.0.0/8",
    "PLANSWITCH_SMTP_HOST": "127.0.0.1",
    "PLANSWITCH_SMTP_PORT": "9",
    "PLANSWITCH_SMTP_SECURITY": "plain",
    "PLANSWITCH_SMTP_FROM": "planswitch@example.com",
}
WHY = "The contract of the customer was renewed for a year, and its finance department asked for one invoice"
#: No blank, no hyphen: only a page that breaks words can show such a name at 320 pixels.
LONG_NAME = "maximilian.featherstonehaugh_cholmondeley@operations.example.com"
VIEWER, ADMINISTRATOR = "vera@example.com", "ada@example.com"
OPERATOR = "olga@example.com"
_DAYS_AHEAD = 3
_USERS = 12
_WAIT_SECONDS = 90.0


@dataclass(frozen=True, kw_only=True)
class Planted:
    """A stack with something on each of its pages, and who may look."""

    url: str
    #: Role -> key of somebody who holds it over all organizations.
    keys: dict[Role, str]
    #: Name of what an address leaves open -> what stands there.
    names: dict[str, str]


def plant(running: RunningStack) -> Planted:
    """Plant people, a key, an approval, an endpoint, a recipient, and two switches whose events go out."""
    keys = {
        Role.ADMINISTRATOR: _person(running, ADMINISTRATOR, Role.ADMINISTRATOR),
        Role.VIEWER: _person(running, VIEWER, Role.VIEWER),
    }
    some = [str(uuid4()), str(uuid4())]
    open_account(running.api, _key(running), LONG_NAME, Role.OPERATOR, Role.APPROVER, organizations=some)
    webhook = _posted(
        running,
        "/api/v1/webhooks",
        url="http://127.0.0.1:9/receivers/billing-and-provisioning/planswitch",
        description=WHY,
        reason=WHY,
    )["webhook"]
    for address in ("operations@example.com", LONG_NAME):
        _posted(running, "/api/v1/notices/recipients", address=address, reason=WHY, request_id=uuid4().hex)
    completed = running.start_switch(running.organization(seed=7, users=_USERS))
    scheduled = _scheduled(running)
    running.wait_for(completed, "completed")
    operator = _person(running, OPERATOR, Role.OPERATOR)
    approval = _cancel_request(running, scheduled, operator)
    return Planted(
        url=running.state.urls["console"],
        keys=keys,
        names={
            "person": LONG_NAME,
            "completed": completed,
            "scheduled": scheduled,
            "approval": approval,
            "webhook": webhook["webhook_id"],
            "delivery": _attempted(running, webhook["webhook_id"]),
        },
    )


def _person(running: RunningStack, name: str, role: Role) -> str:
    open_account(running.api, _key(running), name, role)
    return make_key(running.api, _key(running), name)[1]


def _key(running: RunningStack) -> str:
    return running.api.headers["X-API-Key"]


def _scheduled(running: RunningStack) -> str:
    """Start a switch of a later day: it waits for as long as its page is looked at."""
    organization_id = running.organization(seed=8, users=_USERS)
    day = (datetime.now(tz=UTC) + timedelta(days=_DAYS_AHEAD)).date().isoformat()
    body = {"organization_id": organization_id, "target_plan": "ENTERPRISEPACK", "accept": True}
    started = _posted(running, "/api/v1/switches", **body, start_on=day, reason=WHY, request_id=uuid4().hex)
    return str(started["switch_id"])


def _cancel_request(running: RunningStack, switch_id: str, key: str) -> str:
    """Ask for a cancel, which waits for a second person, and return the id of the request.

    An operator asks: the installation's account made the administrator's key, so that the administrator may
    not decide what that account wants.
    """
    command = {"reason": WHY, "request_id": uuid4().hex}
    deadline = time.monotonic() + _WAIT_SECONDS
    while True:
        answer = running.api.post(
            f"/api/v1/switches/{switch_id}/cancel", json=command, headers={"X-API-Key": key}
        )
        if answer.json().get("code") == "APPROVAL_REQUIRED":
            break
        assert time.monotonic() < deadline, answer.text
        time.sleep(POLL_SECONDS)
    listed = running.api.get("/api/v1/approvals").raise_for_status().json()
    return str(listed["approvals"][0]["approval_id"])


def _attempted(running: RunningStack, webhook_id: str) -> str:
    """Wait for a delivery that was tried, and return its number."""
    deadline = time.monotonic() + _WAIT_SECONDS
    while True:
        answer = running.api.get(f"/api/v1/webhooks/{webhook_id}/deliveries").raise_for_status()
        tried = [each for each in answer.json()["deliveries"] if each["attempts"]]
        if tried:
            return str(tried[0]["delivery_id"])
        assert time.monotonic() < deadline, answer.text
        time.sleep(POLL_SECONDS)


def _posted(running: RunningStack, path: str, **body: Any) -> dict[str, Any]:
    answer = running.api.post(path, json=body)
    assert answer.is_success, answer.text
    document: dict[str, Any] = answer.json()
    return document
