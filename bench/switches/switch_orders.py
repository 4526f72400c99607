"""Organizations of the sandbox, and orders of switches that accept today's quote."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count

from activities.assessment.circumstances import SwitchQuestion
from activities.assessment.preparation import prepare
from activities.contract import SwitchOrder
from cli.stack.sandbox_client import MadeOrganization, SandboxClient
from domain.catalog.catalog import load_catalog
from domain.kernel.ids import switch_id_of
from domain.ports.cloud import ProviderCall
from domain.requests.terms import SwitchTerms, carried
from providers.factory import cloud_factory

FROM_PLAN, TO_PLAN = "E1", "E3"
THREADS = 4


@dataclass(frozen=True, kw_only=True)
class OrderMaker:
    """Makes organizations and accepts their quotes, which is no part of what is measured."""

    sandbox_url: str
    users: int
    _seeds = count(1)

    def orders(self, number: int) -> list[SwitchOrder]:
        """Return orders of so many organizations that nobody else has."""
        build_cloud, close_cloud = cloud_factory(self.sandbox_url)
        catalog = load_catalog()
        target = catalog.find(TO_PLAN).plan_id
        cloud = build_cloud(_unheard)

        def order(organization: MadeOrganization) -> SwitchOrder:
            terms = SwitchTerms(
                organization_id=organization.organization_id,
                source_subscription_id=organization.subscription_id,
                target_plan_id=target,
            )
            prepared = prepare(cloud, None, catalog, SwitchQuestion(terms=terms), now=datetime.now(UTC))
            return _accepted(terms, prepared.quote.digest, prepared.quote.input.quoted_on.isoformat())

        try:
            with ThreadPoolExecutor(THREADS) as pool:
                return list(pool.map(order, self._organizations(number)))
        finally:
            close_cloud()

    def _organizations(self, number: int) -> list[MadeOrganization]:
        plan_id = load_catalog().find(FROM_PLAN).plan_id
        with SandboxClient(self.sandbox_url) as sandbox:
            return [
                sandbox.create_organization(
                    {"seed": next(self._seeds), "users": self.users, "plan_id": plan_id}
                )
                for _ in range(number)
            ]


def _unheard(_call: ProviderCall) -> None:
    """Let a call of the quote pass: the record keeps those of switches."""


def _accepted(terms: SwitchTerms, quote_digest: str, quoted_on: str) -> SwitchOrder:
    request_id = uuid.uuid4().hex
    return SwitchOrder(
        **carried(SwitchTerms, terms),
        switch_id=switch_id_of(terms.organization_id, request_id),
        request_id=request_id,
        quote_digest=quote_digest,
        quoted_on=quoted_on,
        actor="bench",
        reason="bench",
    )
