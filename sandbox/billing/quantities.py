"""Licenses bought or given back inside a period: what billing books for the days that are left."""

from __future__ import annotations

from datetime import date
from typing import Any

from sandbox.billing.billing import find_billed, ledger_entry
from sandbox.cloud.answers import invalid
from sandbox.cloud.edit_body import Place, SubscriptionEdit
from sandbox.cloud.fold import subscription_document
from sandbox.cloud.state import Sandbox, named_id
from sandbox.kernel.bodies import Day, Quantity
from sandbox.kernel.calendar_days import billing_day_of, local_day, part_price
from sandbox.kernel.clock import iso
from sandbox.kernel.journal import LICENSES_ADDED, LICENSES_REMOVED
from sandbox.kernel.model import Json, Organization, Subscription

BILLING = "billing"


def quantity_changes(
    sandbox: Sandbox, organization: Organization, owned: Subscription, quantity: int
) -> tuple[dict[str, Any], Json]:
    """Return what changes with the licenses from today on, and what goes into the ledger with it.

    Nothing is booked when the quantity stays, or while nothing is billed.
    """
    today = local_day(sandbox.now(), organization.zone)
    if quantity == owned.quantity or owned.billing is None or owned.billing["state"] != BILLING:
        return {"quantity": quantity}, {}
    entry_facts, billing = _booking(owned, quantity, today)
    entry = ledger_entry(organization, entry_facts.pop("kind"), iso(sandbox.now()), **entry_facts)
    facts = {"entries": [entry], "sequence": organization.sequence + 1}
    return {"quantity": quantity, "billing": billing}, facts


class QuantityEdit(SubscriptionEdit):
    """Licenses are bought or given back from a day of the current period on; billing books the days left."""

    quantity: Quantity
    from_on: Day

    def facts(self, place: Place) -> Json:
        """Return what the journal keeps of it."""
        owned, from_on = self.owned(place), self.from_on.isoformat()
        billing = owned.billing or {"state": "", "period_start_on": "", "period_end_on": ""}
        if billing["state"] != BILLING:
            raise invalid("The subscription must be billed.")
        if not billing["period_start_on"] <= from_on < billing["period_end_on"]:
            raise invalid(f"from_on must be in the period from {billing['period_start_on']}.")
        facts, changed = _booking(owned, self.quantity, self.from_on)
        name = f"hand-quantity:{owned.subscription_id}:{owned.version}"
        entry = {
            "entry_id": named_id(place.organization.organization_id, name),
            "booked_at": f"{from_on}T12:00:00Z",
            **facts,
        }
        document = subscription_document(
            owned, quantity=self.quantity, billing=changed, version=owned.version + 1
        )
        return {"document": document, "entries": [entry]}


def _booking(owned: Subscription, quantity: int, from_on: date) -> tuple[Json, Json]:
    """Return the ledger's facts of a change of licenses, and the period with its money."""
    billing = owned.billing or {}
    end = date.fromisoformat(billing["period_end_on"])
    added = quantity - owned.quantity
    amount = part_price(
        owned.unit_price_minor_units * abs(added),
        from_on,
        end,
        billing_cycle=owned.billing_cycle,
        billing_day=billing_day_of(billing, owned.billing_cycle),
    )
    is_more = added > 0
    money = "paid_minor_units" if is_more else "credited_minor_units"
    facts = {
        "kind": "charge" if is_more else "credit",
        "subscription_id": owned.subscription_id,
        "from_on": from_on.isoformat(),
        "to_on": end.isoformat(),
        "amount_minor_units": amount,
        "currency": owned.currency,
        "quantity": added,
        "reason": LICENSES_ADDED if is_more else LICENSES_REMOVED,
    }
    return facts, billing | {money: billing[money] + amount}


def booked_view(organization: Organization, subscription_id: str, *, from_on: date, to_on: date) -> Json:
    """Return the charges and credits of a subscription whose days lie in a period.

    Raises:
        Refusal: There is no such subscription (404).
    """
    owned = find_billed(organization, subscription_id)
    first, end = from_on.isoformat(), to_on.isoformat()
    return {
        "lines": [
            _line(owned, entry)
            for entry in organization.ledger
            if entry["kind"] in {"charge", "credit"}
            and entry["subscription_id"] == owned.subscription_id
            and first <= entry["from_on"]
            and entry["to_on"] <= end
        ]
    }


def _line(owned: Subscription, entry: Json) -> Json:
    is_charge = entry["kind"] == "charge"
    names = ("entry_id", "currency", "from_on", "to_on")
    return {name: entry[name] for name in names} | {
        "amount_minor_units": entry["amount_minor_units"] * (1 if is_charge else -1),
        # Entries of journals from before tell no licenses: a charge was for all of them.
        "quantity": entry.get("quantity", owned.quantity if is_charge else 0),
    }
