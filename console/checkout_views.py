"""A checkout as JSON: every section as it would be ordered, the quote, and what stands in the way."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from console import views
from console.checkouts import SeenCheckout
from domain.acknowledgments import ACKNOWLEDGED, BACKUP_GUIDE
from domain.addons import addon_fates
from domain.carry_over import KEEP
from domain.catalog import Catalog
from domain.checkout_terms import ACKNOWLEDGMENTS, DOMAINS, ITEMS, PAYMENT, TERM
from domain.custom_domains import own_domains
from domain.facts import as_plain
from domain.money import Money
from domain.quote_prepaid import FORFEITURE


def checkout_view(catalog: Catalog, seen: SeenCheckout, support_contact: str) -> dict[str, Any]:
    """Return a draft, or what was ordered by it."""
    checkout, prepared = seen.checkout, seen.asked.prepared if seen.asked else None
    return {
        "checkout_id": checkout.checkout_id,
        "organization_id": checkout.organization_id,
        "source_subscription_id": checkout.source_subscription_id,
        "revision": checkout.revision,
        "status": checkout.state,
        "switch_id": checkout.placed.switch_id if checkout.placed else None,
        "sections": _sections(catalog, seen),
        "total_minor_units": checkout.priced.days[0].total.minor_units,
        "total": str(checkout.priced.days[0].total),
        "quote_digest": checkout.quote_digest,
        # What an order accepts; `quoted` tells beside it what seller and rules say now.
        "quote": views.quote_facts(checkout.priced, checkout.terms.acknowledgments),
        "is_quote_current": seen.is_quote_current,
        "parties_changed": list(seen.parties_changed),
        "is_orderable": _is_orderable(seen),
        "quoted": views.quoted(catalog, prepared, support_contact) if prepared else None,
        "edits": [
            {
                "revision": each.revision,
                "section": each.section,
                "changed": list(each.changed),
                "actor": each.actor,
                "at": each.at.isoformat(),
            }
            for each in checkout.edits
        ],
        "refusal": dict(zip(("code", "message"), checkout.refusal, strict=True)),
    }


def checkout_line(catalog: Catalog, row: dict[str, Any]) -> dict[str, Any]:
    """Return a draft as a list shows it: the read model's row with the name of the plan and the total."""
    total = Money(minor_units=row["total"], currency=row["currency"])
    named = {"target_plan": views.plan_name(catalog, row["target_plan_id"]), "total": str(total)}
    return {**row, "total_minor_units": row["total"], **named}


def _sections(catalog: Catalog, seen: SeenCheckout) -> dict[str, Any]:
    checkout, terms = seen.checkout, seen.checkout.terms
    priced = checkout.priced.input
    return {
        **{role: dict(party.fields) for role, party in seen.parties.items()},
        PAYMENT: {"payment_method": terms.payment_method, "credit_check": checkout.credit_check},
        ITEMS: {
            "target_plan_id": terms.target_plan_id,
            "target_plan": views.plan_name(catalog, terms.target_plan_id),
            "quantity": terms.quantity,
            "unit_price": as_plain(priced.target_unit_price),
            "service_settings": terms.service_settings,
            "add_ons": _addons(catalog, seen),
        },
        TERM: {
            "term": terms.term or (seen.asked.prepared.source.term if seen.asked else ""),
            "billing_cycle": priced.billing_cycle,
            **({"auto_renew": terms.auto_renew} if terms.auto_renew != KEEP else {}),
        },
        DOMAINS: _domains(seen),
        ACKNOWLEDGMENTS: _acknowledgments(seen),
    }


def _addons(catalog: Catalog, seen: SeenCheckout) -> list[dict[str, Any]]:
    """Return what becomes of each add-on; what is carried stands in the cart (rules#addon_incompatible)."""
    if seen.asked is None:
        return []
    facts = seen.asked.prepared.assessment.input
    target = catalog.plan(facts.target_plan_id)
    return [asdict(each) for each in addon_fates(catalog, facts.source, facts.subscriptions, target)]


def _domains(seen: SeenCheckout) -> dict[str, Any]:
    """Return the custom domains; one that serves the public website must be confirmed as changed first."""
    confirmed = seen.checkout.terms.domains
    listed = own_domains(seen.asked.prepared.profile.custom_domains) if seen.asked else confirmed
    return {
        "confirmed": list(confirmed),
        "domains": [{"domain": each, "is_confirmed": each.lower() in confirmed} for each in listed],
    }


def _acknowledgments(seen: SeenCheckout) -> dict[str, Any]:
    given = seen.checkout.terms.acknowledgments
    missing = list(seen.asked.prepared.assessment.acknowledgments_missing) if seen.asked else []
    told = seen.checkout.priced.forfeiture
    if seen.asked and told and told.at_most.minor_units and FORFEITURE not in given:
        missing.append(FORFEITURE)
    return {
        "confirmed": list(given),
        "missing": [{"name": name, "confirms": ACKNOWLEDGED.get(name, name)} for name in missing],
        "backup_guide": BACKUP_GUIDE,
    }


def _is_orderable(seen: SeenCheckout) -> bool:
    """Tell whether an order of what is shown would be taken now."""
    if seen.asked is None or seen.parties_changed or not seen.is_quote_current:
        return False
    prepared = seen.asked.prepared
    is_confirmed = not _acknowledgments(seen)["missing"]
    return is_confirmed and prepared.assessment.is_eligible and not prepared.is_expired
