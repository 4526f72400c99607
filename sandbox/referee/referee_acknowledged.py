"""What a customer confirmed with an order, and which data services a user keeps by rule all the same.

A service goes off with the one that it needs only where the customer has that one off and has confirmed it
with this order (rules#dependent_service_off); whatever else is lost is a gap.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sandbox.kernel.journal import Record
from sandbox.kernel.needs import without_unmet
from sandbox.kernel.plans import PlanBook, SandboxPlan, SandboxService

ACKNOWLEDGMENT = "acknowledgment"
DEPENDENT_SERVICE_OFF = "dependent_service_off"

#: Plan -> ids of services switched off.
Settings = Mapping[str, frozenset[str]]


class AcknowledgmentBook:
    """The confirmations of one organization; each counts for the next order of its plan, and for no other.

    Where both plans are owned there is no order: then it counts until another one is made.
    """

    def __init__(self) -> None:
        self._confirmed: dict[str, bool] = {}
        self._ordered: dict[str, bool] = {}

    def read(self, record: Record) -> None:
        """Take in one record."""
        if record["type"] == "order_placed":
            for document in record["subscriptions"]:
                plan_id = document["plan_id"]
                self._ordered[plan_id] = self._confirmed.pop(plan_id, False)
        elif record["type"] == "edit" and record["edit"]["kind"] == ACKNOWLEDGMENT:
            edit = record["edit"]
            book = self._ordered if edit.get("is_owned") else self._confirmed
            book[edit["plan_id"]] = DEPENDENT_SERVICE_OFF in edit["codes"]

    def covers(self, plan_id: str) -> bool:
        """Return whether services of a plan may go off with those that they need."""
        return self._ordered.get(plan_id, False)


def tiers_due(
    chosen: Settings, held: Iterable[str], plans: PlanBook, acknowledged: AcknowledgmentBook
) -> dict[str, int]:
    """Return the data-service tiers that a user has to keep: of each service that was on what still can be.

    Args:
        chosen: What the customer himself has given the user, and has switched off of it.
        held: Plans that the user holds now.
        plans: The price book.
        acknowledged: What was confirmed.
    """
    possible = tiers_of(
        service
        for plan_id in held
        for service in _possible(plans[plan_id], chosen, plans, is_bound=acknowledged.covers(plan_id))
    )
    due: dict[str, int] = {}
    for service in services_on(chosen, plans):
        family = service.family
        if family is not None and service.tier <= possible.get(family, 0):
            due[family] = max(service.tier, due.get(family, 0))
    return due


def tiers_of(services: Iterable[SandboxService]) -> dict[str, int]:
    """Return the highest tier of each data-service family."""
    tiers: dict[str, int] = {}
    for service in services:
        if service.family is not None:
            tiers[service.family] = max(service.tier, tiers.get(service.family, 0))
    return tiers


def services_on(settings: Settings, plans: PlanBook) -> list[SandboxService]:
    """Return the services that are on in any of several plans."""
    return [
        service
        for plan_id, off in settings.items()
        for service in plans[plan_id].services
        if service.service_plan_id not in off
    ]


def _possible(
    plan: SandboxPlan, chosen: Settings, plans: PlanBook, *, is_bound: bool
) -> Iterable[SandboxService]:
    """Return the services of a plan that can be on while what the customer has off stays off."""
    if not is_bound:
        return plan.services
    on = {_kind(service) for service in services_on(chosen, plans)}
    off = {
        _kind(service)
        for plan_id, ids in chosen.items()
        for service in plans[plan_id].services
        if service.service_plan_id in ids
    }
    kept_off = [each.service_plan_id for each in plan.services if _kind(each) in off - on]
    gone = frozenset(without_unmet(plan, kept_off))
    return [each for each in plan.services if each.service_plan_id not in gone]


def _kind(service: SandboxService) -> tuple[str, int]:
    """Return what makes services of two editions the same: the data that they hold, else their name."""
    return (service.name, 0) if service.family is None else (service.family, service.tier)
