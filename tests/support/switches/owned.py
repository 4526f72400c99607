"""Organizations that own two plans, and switches of licenses only between them (rules#licenses-only)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from activities.assessment.circumstances import SwitchQuestion
from activities.assessment.owned_plans import owned_terms
from activities.assessment.preparation import Prepared, prepare
from activities.contract import SwitchOrder
from domain.kernel.errors import RuleViolated
from domain.kernel.ids import switch_id_of
from domain.ports.cloud import Cloud
from domain.ports.seller_port import Purchase
from domain.requests.terms import SwitchTerms, carried
from tests.support.worlds.world import ACTOR, TARGET_PLAN, World

#: Ports that a profile of the directory alone does not have.
ABSENT = ("health", "seller", "billing", "notices", "credit", "parties", "products", "payments")


@dataclass(kw_only=True)
class DirectoryAlone:
    """A cloud of which only the directory may be asked: everything else refuses, and is noted."""

    #: Names of what was asked all the same.
    calls: list[str] = field(default_factory=list)

    def of(self, cloud: Cloud) -> Cloud:
        """Return a cloud whose other ports raise."""
        absent: Any = {name: _Absent(name, self.calls) for name in ABSENT}
        return replace(cloud, **absent, inquiries=_DirectoryInquiries(cloud.inquiries, self.calls))


class _Absent:
    """A port that is not connected."""

    def __init__(self, name: str, calls: list[str]) -> None:
        self._name, self._calls = name, calls

    def __getattr__(self, call: str) -> Any:
        self._calls.append(f"{self._name}.{call}")
        raise RuleViolated(f"Nothing of {self._name} is connected, and {call} was asked.")


class _DirectoryInquiries:
    """The questions that the directory answers; the seller's are not."""

    def __init__(self, inquiries: Any, calls: list[str]) -> None:
        self.purchases, self.roles, self.caller = inquiries.purchases, inquiries.roles, inquiries.caller
        self._absent = _Absent("inquiries", calls)

    def __getattr__(self, call: str) -> Any:
        return getattr(self._absent, call)


def buy_plan(
    world: World, made: dict[str, Any], *, plan_id: str = TARGET_PLAN, quantity: int = 100, **options: Any
) -> Purchase:
    """Let the organization own another plan, from another seller; return it as the directory lists it."""
    organization_id = made["organization_id"]
    known = {each.subscription_id for each in purchases(world, organization_id)}
    options = {"is_sold_elsewhere": True, **options}
    world.sandbox.edit(organization_id, kind="purchase", plan_id=plan_id, quantity=quantity, **options)
    (bought,) = [each for each in purchases(world, organization_id) if each.subscription_id not in known]
    return bought


def purchases(world: World, organization_id: str) -> Sequence[Purchase]:
    """Return what the directory lists of an organization."""
    return world.sandbox.cloud.inquiries.purchases(organization_id)


def owned_prepared(
    world: World, made: dict[str, Any], target_id: str | None, *, switch_id: str | None = None, **changes: Any
) -> Prepared:
    """Return what the rules say on a switch of licenses only, by the directory alone."""
    cloud, catalog = DirectoryAlone().of(world.sandbox.cloud), world.toolbox.catalogs.current()
    facts: dict[str, Any] = {"source_subscription_id": None, "target_plan_id": "", **changes}
    terms = SwitchTerms(
        organization_id=made["organization_id"],
        target_subscription_id=target_id,
        licenses_only=True,
        **facts,
    )
    question = SwitchQuestion.of(owned_terms(cloud, catalog, terms), own_switch_id=switch_id)
    record = world.store.organization(made["organization_id"])
    return prepare(cloud, record, catalog, question, now=datetime.now(UTC), store=world.store)


def owned_order(world: World, made: dict[str, Any], target_id: str, **changes: Any) -> SwitchOrder:
    """Return the order of a switch of licenses only that accepts today's quote."""
    request_id = str(changes.pop("request_id", uuid.uuid4().hex))
    switch_id = switch_id_of(made["organization_id"], request_id)
    prepared = owned_prepared(world, made, target_id, switch_id=switch_id, **changes)
    return SwitchOrder(
        **carried(SwitchTerms, prepared.question.terms),
        switch_id=switch_id,
        request_id=request_id,
        quote_digest=prepared.quote.digest,
        quoted_on=prepared.quote.input.quoted_on.isoformat(),
        actor=ACTOR,
        reason="first switch",
    )
