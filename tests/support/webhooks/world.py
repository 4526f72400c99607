"""Webhooks over a real database: endpoints, recorded events, and senders as workers have them."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from typing import Any
from uuid import uuid4

import psycopg

from domain.kernel.recorded import Meta
from domain.organizations.organization import Organization
from domain.products.product_acts import ProductActEnded
from domain.webhooks.addresses import Networks
from domain.webhooks.endpoints import EndpointSettings
from providers.webhooks.posting import WebhookPost
from services.webhooks.endpoints import MadeSecret, Webhooks, Why
from services.webhooks.sender import SenderSettings, WebhookSender
from store.switch_store import SwitchStore
from store.webhooks.deliveries import Delivery
from store.webhooks.webhook_store import WebhookStore
from tests.support.consoles.store_parts import AT
from tests.support.webhooks.receiver import Receiver

#: Receivers of tests run on this machine.
LOOPBACK: Networks = (ip_network("127.0.0.0/8"),)
#: Name of a person that stands in the record, and never in a payload.
PERSON, REASON = "olga@example.com", "Olga Example asked for it"


def why(request_id: str = "", *, reason: str = "tried") -> Why:
    """Return who does something, with a request id of its own."""
    return Why(actor="olga", reason=reason, request_id=request_id or str(uuid4()))


@dataclass(kw_only=True)
class WebhookWorld:
    """A store with webhooks."""

    opened: SwitchStore
    database_url: str
    networks: Networks = LOOPBACK
    timeout_seconds: float = 5.0
    settings: SenderSettings = field(default_factory=SenderSettings)

    @property
    def store(self) -> WebhookStore:
        """Return what is stored about webhooks."""
        return self.opened.webhooks

    @property
    def use(self) -> Webhooks:
        """Return what operators do."""
        return Webhooks(self.store, self.networks)

    def endpoint(self, receiver: Receiver | str, **settings: Any) -> MadeSecret:
        """Make an endpoint."""
        url = receiver if isinstance(receiver, str) else receiver.url
        return self.use.create(EndpointSettings(url=url, **settings), why())

    def record(self, *switches: str, organization_id: str = "organization-1") -> None:
        """Record an event for each switch; a switch may come several times."""
        for switch_id in switches:
            meta = Meta(
                switch_id=switch_id,
                organization_id=organization_id,
                actor=PERSON,
                reason=REASON,
                causation="request:1",
            )
            stored = self.opened.organization(organization_id)
            organization = stored or Organization.register(organization_id, at=AT, meta=meta)
            organization.record(
                ProductActEnded,
                at=datetime.now(tz=UTC),
                meta=meta,
                request_id=str(uuid4()),
                outcome="done",
                code="",
                message=REASON,
                result={"person": PERSON},
            )
            self.opened.save(organization)

    def sender(self, **settings: Any) -> WebhookSender:
        """Return a sender of its own, as each worker process has one."""
        post = WebhookPost(networks=self.networks, timeout_seconds=self.timeout_seconds)
        return WebhookSender(self.store, post, SenderSettings(**settings) if settings else self.settings)

    def deliveries(self, made: MadeSecret) -> list[Delivery]:
        """Return the deliveries of an endpoint, the oldest first."""
        return [*reversed(self.store.deliveries(made.endpoint.endpoint_id, limit=1_000))]

    def let_pass(self, span: timedelta) -> None:
        """Let time pass for what waits, by dating it back; nothing else of the product reads these clocks."""
        with psycopg.connect(self.database_url) as connection:
            connection.execute(
                "UPDATE planswitch.webhook_queue SET due_at = due_at - %(span)s,"
                " first_attempt_at = first_attempt_at - %(span)s, claimed_until = claimed_until - %(span)s",
                {"span": span},
            )
            connection.execute(
                "UPDATE planswitch.webhook_standing SET failing_since = failing_since - %(span)s,"
                " held_until = held_until - %(span)s",
                {"span": span},
            )

    def transaction(self) -> AbstractContextManager[psycopg.Connection[Any]]:
        """Return a connection of its own to the database."""
        return psycopg.connect(self.database_url)
