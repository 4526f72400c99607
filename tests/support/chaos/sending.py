"""A running stack that sends mail to a real mail server and webhooks to a real receiver."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from standardwebhooks.webhooks import Webhook

from tests.support.chaos.stack import RunningStack, running_stack
from tests.support.notices.document import caused
from tests.support.notices.mailbox import SENDER, Mailbox, running_mailbox
from tests.support.webhooks.receiver import Received, Receiver, Reply, running_receiver

SUBSCRIBER = "operations@example.com"
#: The lease of a delivery whose process was killed, and a restart, on a busy machine.
SETTLE_SECONDS = 240.0
POLL_SECONDS = 0.25
_ROWS_MAX = 200


@dataclass(frozen=True, kw_only=True)
class Arrived:
    """How often each message arrived, by its id."""

    mails: Counter[str]
    webhooks: Counter[str]

    def but(self, recorded: Arrived) -> Arrived:
        """Return what arrived and is not recorded: its answer was lost."""
        return Arrived(
            mails=Counter(set(self.mails) - set(recorded.mails)),
            webhooks=Counter(set(self.webhooks) - set(recorded.webhooks)),
        )


@dataclass(frozen=True, kw_only=True)
class SendingStack:
    """A stack with one subscriber of every notice and one endpoint of every event."""

    running: RunningStack
    mailbox: Mailbox
    receiver: Receiver
    webhook_id: str
    #: Ids of the messages that a receiver's standard library took, one for each request.
    verified: list[str]

    def arrived(self, organization_id: str) -> Arrived:
        """Return what arrived about an organization."""
        mails = [each for each in self.mailbox.delivered() if organization_id in each.body("plain")]
        return Arrived(
            mails=Counter(each.message_id for each in mails),
            webhooks=Counter(each.webhook_id for each in self.posted(organization_id)),
        )

    def posted(self, organization_id: str) -> list[Received]:
        """Return the requests about an organization that arrived at the receiver."""
        return [each for each in tuple(self.receiver.requests) if organization_id.encode() in each.body]

    def recorded(self, organization_id: str) -> Arrived:
        """Return the messages whose answer stands in the record."""
        deliveries = self.deliveries(organization_id)
        return Arrived(
            mails=Counter(each["message_id"] for each in self.notices(organization_id) if each["code"]),
            webhooks=Counter(each["message_id"] for each in deliveries if each["attempts"]),
        )

    def notices(self, organization_id: str) -> list[dict[str, Any]]:
        """Return the notices about an organization, as the API tells them."""
        answer = self._answer("/api/v1/notices", organization=organization_id)
        notices: list[dict[str, Any]] = answer["notices"]
        return notices

    def deliveries(self, organization_id: str) -> list[dict[str, Any]]:
        """Return the deliveries about an organization, as the API tells them."""
        answer = self._answer(f"/api/v1/webhooks/{self.webhook_id}/deliveries")
        return [each for each in answer["deliveries"] if each["organization_id"] == organization_id]

    def written(self, organization_id: str) -> set[str]:
        """Return the kinds of notices that the record causes, by docs/notices.md alone."""
        url = self.running.state.environment["DATABASE_URL"]
        return {kind for _, owner, kind in caused(url) if owner == organization_id}

    def is_settled(self, organization_id: str) -> bool:
        """Tell whether nothing about an organization waits, and nothing is to be made of its events."""
        notices, deliveries = self.notices(organization_id), self.deliveries(organization_id)
        ends = [each for each in deliveries if each["event_type"] == "switch.completed"]
        return (
            bool(ends)
            and {each["kind"] for each in notices} == self.written(organization_id)
            and all(each["state"] == "sent" for each in notices)
            and all(each["state"] == "delivered" for each in deliveries)
        )

    def until(self, is_so: Callable[[], bool], what: str) -> None:
        """Wait until something is so."""
        deadline = time.monotonic() + SETTLE_SECONDS
        while not is_so():
            assert time.monotonic() < deadline, what
            time.sleep(POLL_SECONDS)

    def _answer(self, path: str, **parameters: str) -> dict[str, Any]:
        answer = self.running.api.get(path, params={"limit": _ROWS_MAX, **parameters}).raise_for_status()
        facts: dict[str, Any] = answer.json()
        return facts


def sending_environment(mailbox: Mailbox) -> dict[str, str]:
    """Return the settings of a worker that sends to a mail server and to receivers of this machine."""
    return {
        "PLANSWITCH_SMTP_HOST": "127.0.0.1",
        "PLANSWITCH_SMTP_PORT": str(mailbox.port),
        "PLANSWITCH_SMTP_SECURITY": "plain",
        "PLANSWITCH_SMTP_FROM": SENDER,
        "PLANSWITCH_WEBHOOK_NETWORKS": "127.0.0.0/8",
    }


@contextmanager
def sending_stack(folder: Path, **environment: str) -> Iterator[SendingStack]:
    """Run a whole stack with somebody to send to, until the block ends.

    Args:
        folder: Holds the stack and what the mail server takes.
        environment: Further variables for all parts of the stack.
    """
    secrets: list[str] = []
    verified: list[str] = []

    def verify(request: Received) -> Reply:
        """Take what the library of a receiver takes; it refuses what is some minutes old."""
        Webhook(secrets[0]).verify(request.body, dict(request.headers))
        verified.append(request.webhook_id)
        return Reply()

    with running_mailbox(folder / "mail") as mailbox, running_receiver(verify) as receiver:
        settings = {**sending_environment(mailbox), **environment}
        with running_stack(folder / "stack", **settings) as running:
            recipient = {"address": SUBSCRIBER, "reason": "on call", "request_id": "subscribe-1"}
            running.api.post("/api/v1/notices/recipients", json=recipient).raise_for_status()
            endpoint = {"url": receiver.url, "reason": "tickets", "request_id": "webhook-1"}
            made = running.api.post("/api/v1/webhooks", json=endpoint).raise_for_status().json()
            secrets.append(made["secret"])
            yield SendingStack(
                running=running,
                mailbox=mailbox,
                receiver=receiver,
                webhook_id=made["webhook"]["webhook_id"],
                verified=verified,
            )
