"""What a fault program does beside a call: slow days, incidents, people who come and go, few seats.

Whatever somebody with access to the cloud's own consoles might do is an edit by hand in the journal, so that
the referee books what follows from it to that hand.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from starlette.types import Scope

from sandbox.cloud.state import Sandbox
from sandbox.control.edits import plan_edit
from sandbox.control.token_happenings import TOKEN_FAULTS, TokenHappenings
from sandbox.directory.fault_items import SHUFFLED
from sandbox.faults import fault_rules
from sandbox.faults.fault_calls import Call
from sandbox.faults.fault_engine import Fired
from sandbox.kernel.model import Json, Organization, Subscription, User

_RESTORED = "serviceOperational"
_HAND = "hand"
#: Roles of the subscriptions that a switch leaves or goes to.
_PLANS = frozenset({"primary", "ordered"})
_PENDING, _SET_UP = "PendingProvisioning", "Success"
_GIVEN: Json = {"state": "given", "permissions": None}
Act = Callable[[Fired[Any], Organization], None]


class Happenings:
    """Carries out the faults of a program that answer no request.

    Args:
        sandbox: Where they happen.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._ends: set[asyncio.Task[None]] = set()
        self._tokens = TokenHappenings(sandbox)
        self._by_fault: dict[str, Act] = {
            "consent_missing": self._withdraw_consent,
            "relationship_ended": self._end_relationship,
            "agreement_missing": self._forget_agreement,
            "slow_provisioning": self._slow_down,
            "order_errors": self._plant_error,
            "cart_error": self._plant_error,
            "seats_short": self._take_seats,
            "incident": self._begin_incident,
            "user_deleted": self._delete_user,
            "user_joined": self._add_user,
            "license_removed": self._remove_license,
            "license_disabled": self._disable_license,
            "service_pending": self._leave_service_pending,
            "second_seller": self._add_second_seller,
            "scheduled_change": self._schedule_change,
            "renewal_off": self._turn_renewal_off,
        }

    async def happen(self, fired: Fired[Any], call: Call, scope: Scope) -> None:
        """Carry out a fault, before the request that it came with.

        Args:
            fired: The fault.
            call: The request.
            scope: Takes what a later part of the server has to know.
        """
        if isinstance(fired.rule, fault_rules.Latency):
            await asyncio.sleep(fired.rule.seconds)
        elif fired.rule.fault in TOKEN_FAULTS:
            self._tokens.happen(fired.rule.fault, call, scope)
        elif fired.rule.fault == "shuffled":
            scope[SHUFFLED] = fired
        elif (organization := self._sandbox.organizations.get(call.organization_id)) is not None:
            self._by_fault[fired.rule.fault](fired, organization)

    def _slow_down(self, fired: Fired[fault_rules.SlowProvisioning], organization: Organization) -> None:
        rule = fired.rule
        self._sandbox.faults.slow_down(organization.organization_id, rule.seconds, rule.setup_seconds)

    def _plant_error(self, fired: Fired[fault_rules.SellerError], organization: Organization) -> None:
        self._sandbox.faults.plant_error(organization.organization_id, fired.rule)

    def _take_seats(self, fired: Fired[fault_rules.SeatsShort], organization: Organization) -> None:
        """Take seats from the newest plan that was ordered, for a while or for good."""
        ordered = _ordered(organization)
        if not ordered:
            return
        newest, seats = ordered[-1], fired.rule.seats
        seats = min(seats, newest.quantity - 1)
        self._change_quantity(organization, newest.subscription_id, -seats)
        self._later(fired, lambda: self._change_quantity(organization, newest.subscription_id, seats))

    def _change_quantity(self, organization: Organization, subscription_id: str, change: int) -> None:
        owned: Subscription = organization.subscriptions[subscription_id]
        self._change(organization, subscription_id, quantity=owned.quantity + change)

    def _begin_incident(self, fired: Fired[fault_rules.Incident], organization: Organization) -> None:
        service = fired.rule.service
        self._edit(organization, kind="health", service=service, status=fired.rule.status)
        self._later(fired, lambda: self._edit(organization, kind="health", service=service, status=_RESTORED))

    def _delete_user(self, fired: Fired[fault_rules.Happening], organization: Organization) -> None:
        user = _chosen(fired, organization)
        if user is not None:
            self._edit(organization, kind="delete_user", user_id=user.user_id)

    def _add_user(self, fired: Fired[fault_rules.Happening], organization: Organization) -> None:
        primary = next(one for one in organization.subscriptions.values() if one.role == "primary")
        name = f"Joined {fired.rule.name} {fired.hit}"
        self._edit(organization, kind="add_user", display_name=name, plan_id=primary.plan_id)

    def _remove_license(self, fired: Fired[fault_rules.Happening], organization: Organization) -> None:
        user = _chosen(fired, organization)
        if user is not None and user.licenses:
            self._edit(organization, kind="licenses", user_id=user.user_id, remove=sorted(user.licenses))

    def _disable_license(self, fired: Fired[fault_rules.Passing], organization: Organization) -> None:
        """Disable the newest plan that was ordered for a user, for a while or for good."""
        user, ordered = _chosen(fired, organization), _ordered(organization)
        if user is None or not ordered:
            return
        edit = {"kind": "license_state", "user_id": user.user_id, "plan_id": ordered[-1].plan_id}
        self._edit(organization, **edit)
        self._later(fired, lambda: self._edit_user(organization, **edit, is_active=True))

    def _edit_user(self, organization: Organization, **wanted: Any) -> None:
        """Carry out an edit of a user who may be gone by now."""
        if wanted["user_id"] in organization.users:
            self._edit(organization, **wanted)

    def _leave_service_pending(
        self, fired: Fired[fault_rules.ServicePending], organization: Organization
    ) -> None:
        """Hold back a service of the newest plan that was ordered, for a while or for good."""
        ordered = _ordered(organization)
        if not ordered:
            return
        newest, name = ordered[-1], fired.rule.service
        services = self._sandbox.plans[newest.plan_id].services
        pending = {each.service_plan_id: _PENDING for each in services if each.name == name}
        self._change_services(organization, newest.subscription_id, pending)
        self._later(
            fired,
            lambda: self._change_services(
                organization, newest.subscription_id, dict.fromkeys(pending, _SET_UP)
            ),
        )

    def _change_services(
        self, organization: Organization, subscription_id: str, changed: dict[str, str]
    ) -> None:
        statuses = organization.subscriptions[subscription_id].service_statuses | changed
        self._change(organization, subscription_id, service_statuses=statuses)

    def _add_second_seller(self, fired: Fired[fault_rules.SecondSeller], organization: Organization) -> None:
        """Sell the old plan to the organization from elsewhere too, for a while or for good."""
        old = _old(organization)
        if old is None:
            return
        known, quantity = set(organization.subscriptions), fired.rule.quantity
        self._edit(
            organization, kind="purchase", is_sold_elsewhere=True, plan_id=old.plan_id, quantity=quantity
        )
        (added,) = set(organization.subscriptions) - known
        self._later(fired, lambda: self._change(organization, added, status="deleted"))

    def _schedule_change(self, fired: Fired[fault_rules.ScheduledChange], organization: Organization) -> None:
        """Schedule a change for the old subscription's renewal."""
        old, rule = _old(organization), fired.rule
        if old is None:
            return
        plan_id = self._other_plan_id(organization) if rule.is_other_plan else old.plan_id
        product = {
            "productId": plan_id,
            "skuId": "0001",
            "availabilityId": old.currency,
            "billingCycle": rule.billing_cycle or old.billing_cycle,
            "termDuration": old.term,
        }
        scheduled = {"product": product, "quantity": rule.quantity}
        self._change(organization, old.subscription_id, scheduled=scheduled, is_auto_renewed=True)

    def _other_plan_id(self, organization: Organization) -> str:
        """Return a plan that the organization does not have."""
        held = {one.plan_id for one in organization.subscriptions.values()}
        return next(plan_id for plan_id in sorted(self._sandbox.plans) if plan_id not in held)

    def _withdraw_consent(self, fired: Fired[fault_rules.Passing], organization: Organization) -> None:
        """Withdraw the consent to every application, for a while or for good; no token of before is taken."""
        applications = list(self._sandbox.state.identities.applications)
        before = {client_id: organization.consents.get(client_id, _GIVEN) for client_id in applications}
        for client_id in applications:
            self._edit(organization, kind="consent", client_id=client_id, state="missing")
        self._sandbox.commit("sessions_revoked", actor=_HAND, tenant_id=organization.organization_id)

        def give_back() -> None:
            for client_id, consent in before.items():
                self._edit(organization, kind="consent", client_id=client_id, **consent)

        self._later(fired, give_back)

    def _end_relationship(self, fired: Fired[fault_rules.Passing], organization: Organization) -> None:
        """End every relationship with a partner, for a while or for good."""
        self._edit(organization, kind="no_relationship")
        self._later(fired, lambda: self._edit(organization, kind="relationship"))

    def _forget_agreement(self, fired: Fired[fault_rules.Passing], organization: Organization) -> None:
        """Take the customer's agreement away, for a while or for good."""
        self._edit(organization, kind="agreement", is_accepted=False)
        self._later(fired, lambda: self._edit(organization, kind="agreement"))

    def _turn_renewal_off(self, _fired: Fired[fault_rules.Happening], organization: Organization) -> None:
        """Turn off the renewal of the old subscription, and what was scheduled for its next term."""
        old = _old(organization)
        if old is not None:
            self._change(organization, old.subscription_id, is_auto_renewed=False, scheduled=None)

    def _change(self, organization: Organization, subscription_id: str, **changes: Any) -> None:
        self._edit(organization, kind="subscription", subscription_id=subscription_id, changes=changes)

    def _edit(self, organization: Organization, **wanted: Any) -> None:
        edit: Json = plan_edit(organization, wanted, self._sandbox)
        self._sandbox.commit("edit", organization_id=organization.organization_id, actor=_HAND, edit=edit)

    def _later(self, fired: Fired[fault_rules.Passing], end: Callable[[], None]) -> None:
        """End a fault after its seconds; one of 0 seconds does not end by itself."""
        seconds = fired.rule.seconds
        if not seconds:
            return

        async def wait() -> None:
            await asyncio.sleep(seconds)
            end()

        self._keep(wait())

    def _keep(self, coroutine: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(coroutine)
        self._ends.add(task)
        task.add_done_callback(self._ends.discard)


def _ordered(organization: Organization) -> list[Subscription]:
    """Return the subscriptions that were ordered, oldest first."""
    return [one for one in organization.subscriptions.values() if one.role == "ordered"]


def _old(organization: Organization) -> Subscription | None:
    """Return the subscription that a switch leaves: the oldest plan that serves; None where none does."""
    plans = (one for one in organization.subscriptions.values() if one.role in _PLANS)
    return next((one for one in plans if one.status == "active"), None)


def _chosen(fired: Fired[Any], organization: Organization) -> User | None:
    """Return the user whom a fault draws, None where nobody is left."""
    order = organization.user_order
    return organization.users[order[int(fired.draw("user") * len(order))]] if order else None
