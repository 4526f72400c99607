"""The whole plan of a switch for somebody who decides: read what its users have switched off, and tell it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from activities.assessment.preflight import preflight, settings_of
from activities.assessment.preparation import Prepared
from domain.catalog.addons import addon_fates
from domain.catalog.catalog import Catalog
from domain.catalog.disabled_services import UserServices
from domain.catalog.rule_sets import rule_set
from domain.licenses.pilot import PlannedPilot
from domain.licenses.promised_time import (
    INVOICE_DAYS,
    administration_lock_seconds,
    license_move_seconds,
    switch_seconds,
)
from domain.ports.cloud import Cloud
from domain.requests.switch_plan import PlanFacts, Promises, SwitchPlan, switch_plan


def preview(
    cloud: Cloud, catalog: Catalog, prepared: Prepared, pilot: PlannedPilot | None = None
) -> SwitchPlan:
    """Return the plan of a switch; it reads the settings of its users and changes nothing.

    Args:
        cloud: The outside.
        catalog: Plans and add-ons.
        prepared: The answer to the question that was asked.
        pilot: Who moves first, as `planned_pilot` has found it.
    """
    facts = prepared.assessment.input
    combinations: Counter[UserServices] = Counter()
    mapper = settings_of(catalog, prepared)
    checked = preflight(
        cloud,
        catalog,
        prepared,
        look=lambda users: combinations.update(mapper.services_of(user) for user in users),
    )
    plan = switch_plan(
        PlanFacts(
            source=mapper.source,
            target=mapper.target,
            quote=prepared.quote,
            rules=rule_set(prepared.question.terms.rule_set),
            users=prepared.users,
            quantity=prepared.quantity,
            service_settings=prepared.service_settings,
            combinations=combinations,
            preflight=checked,
            addons=addon_fates(catalog, facts.source, facts.subscriptions, mapper.target),
            may_need_credit_check=prepared.may_need_credit_check,
            promises=promises_of(prepared.users),
            time_zone=prepared.profile.time_zone,
            now=prepared.assessment.at,
            is_target_renewed=facts.carried.is_auto_renewed,
        )
    )
    return replace(plan, pilot=pilot)


def promises_of(users: int) -> Promises:
    """Return what is promised for a switch of so many users."""
    return Promises(
        switch_seconds=switch_seconds(users),
        license_move_seconds=license_move_seconds(users),
        administration_lock_seconds=administration_lock_seconds(users),
        invoice_days=INVOICE_DAYS,
    )
