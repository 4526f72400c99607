"""Quill's contracts: a plan is changed in place, and the contract goes by another id from then on.

While a change is not finished both plans can be worked with: the edition before serves on until it is
cancelled. An order that replaces nothing is a contract of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from domain.ports.credit_port import DECLINED, REQUIRED, CreditCheckState
from domain.ports.product_port import Capability, ProductAct
from domain.ports.seller_port import (
    Cancellation,
    OrderLine,
    PlacedOrder,
    Provisioning,
    RenewalTerms,
    SellerSubscription,
    StoppedRenewal,
    SubscriptionSettings,
)
from tests.support.clouds.quill.line import QuillLine, Wish
from tests.support.clouds.quill.state import PRICES, SERVING, VOID, Customer, Edition, QuillRefusal

#: Quill gives reasons of its own; none of them is one of ours (rules#unknown_reason).
UNKNOWN_REASON = "UNKNOWN_REASON"
VOID_DAYS = 7
UNITS_MAX = 10_000
#: Quill ends contracts for good, and knows no trials.
ACTS = frozenset({ProductAct.BUY, ProductAct.RESIZE, ProductAct.CANCEL})
PLACE = "Quill's customer desk"
_TERM_DAYS = {"P1M": 30, "P1Y": 365}


class QuillSeller:
    """Orders and contracts."""

    def __init__(self, line: QuillLine) -> None:
        self._line = line

    def subscriptions(self, organization_id: str) -> tuple[SellerSubscription, ...]:
        """Return every edition of every contract."""

        def read(customer: Customer) -> tuple[SellerSubscription, ...]:
            return tuple(_subscription_of(each) for each in customer.editions.values())

        return self._line.call("subscriptions", organization_id, read)

    def subscription(self, organization_id: str, subscription_id: str) -> SellerSubscription:
        """Return one edition of a contract."""
        return self._line.call(
            "subscription",
            organization_id,
            lambda customer: _subscription_of(customer.edition(subscription_id)),
        )

    def place_order(
        self, organization_id: str, line: OrderLine, *, cart_key: str, checkout_key: str
    ) -> PlacedOrder:
        """Change the plan of the contract that is replaced, or begin a contract."""
        edition_id = self._line.change(
            organization_id,
            Wish(operation="checkout", key=f"{cart_key}/{checkout_key}", content=line),
            lambda customer: self._ordered(customer, line).edition_id,
        )
        return self._line.call(
            "order", organization_id, lambda customer: _order_of(customer, customer.edition(edition_id))
        )

    def reason_of(self, code: str, text: str) -> str:
        """Return which of our reasons a refusal means: of those that Quill gives, none has a counterpart."""
        return UNKNOWN_REASON

    def order(self, organization_id: str, order_id: str) -> PlacedOrder:
        """Return an order; whoever looks at it again hears the contract's new id."""

        def read(customer: Customer) -> PlacedOrder:
            edition = _ordered_by(customer, order_id)
            if edition.check_id is None or customer.checks[edition.check_id].is_decided:
                edition.is_named = True
            return _order_of(customer, edition)

        return self._line.call("order", organization_id, read)

    def provisioning(self, organization_id: str, subscription_id: str) -> Provisioning:
        """Return that a contract is set up, which it is at once."""
        return self._line.call(
            "provisioning",
            organization_id,
            lambda customer: Provisioning(status="success", quantity=customer.edition(subscription_id).units),
        )

    def void_order(self, organization_id: str, order_id: str, *, key: str) -> PlacedOrder:
        """Take a change of the plan back."""

        def work(customer: Customer) -> PlacedOrder:
            edition = _ordered_by(customer, order_id)
            if edition.status == SERVING:
                customer.end(edition, VOID, self._line.state.now())
            return _order_of(customer, edition)

        return self._line.change(
            organization_id, Wish(operation="void_order", key=key, content=order_id), work
        )

    def cancel_subscription(self, organization_id: str, subscription_id: str, *, key: str) -> Cancellation:
        """End an edition; where its plan was changed, the change is finished by that."""

        def work(customer: Customer) -> Cancellation:
            edition = customer.edition(subscription_id)
            if edition.status == SERVING:
                customer.end(edition, "ended", self._line.state.now())
            return Cancellation(
                subscription_id=edition.edition_id,
                status="deleted",
                cancelled_at=edition.ended_at or self._line.state.now(),
            )

        return self._line.change(
            organization_id, Wish(operation="cancel_subscription", key=key, content=subscription_id), work
        )

    def change_quantity(
        self, organization_id: str, subscription_id: str, *, quantity: int, key: str
    ) -> SellerSubscription:
        """Buy more licenses of a contract, or give some back."""

        def change(customer: Customer, edition: Edition) -> None:
            if not max(1, len(customer.holders(edition.plan_id))) <= quantity <= UNITS_MAX:
                raise QuillRefusal("units_out_of_range")
            edition.units = quantity

        return self._changed(
            organization_id,
            subscription_id,
            Wish(operation="change_quantity", key=key, content=(subscription_id, quantity)),
            change,
        )

    def change_settings(
        self, organization_id: str, subscription_id: str, settings: SubscriptionSettings, *, key: str
    ) -> SellerSubscription:
        """Set how a contract goes on."""

        def change(_customer: Customer, edition: Edition) -> None:
            is_renewed = edition.is_renewed if settings.is_auto_renewed is None else settings.is_auto_renewed
            if settings.scheduled is not None and not is_renewed:
                raise QuillRefusal("nothing_renews")
            edition.is_renewed = is_renewed
            edition.scheduled = settings.scheduled or edition.scheduled
            edition.nickname = settings.friendly_name or edition.nickname

        return self._changed(
            organization_id,
            subscription_id,
            Wish(operation="change_settings", key=key, content=(subscription_id, settings)),
            change,
        )

    def capability(self, act: ProductAct) -> Capability:
        """Return what Quill does by its interface; people do the rest at its desk."""
        return Capability(act=act, is_able=act in ACTS, place=PLACE)

    def reactivate(self, organization_id: str, subscription_id: str, *, key: str) -> SellerSubscription:
        """Refuse: what has ended stays so."""

        def work(customer: Customer) -> SellerSubscription:
            edition = customer.edition(subscription_id)
            if edition.status != SERVING:
                raise QuillRefusal("contract_over")
            return _subscription_of(edition)

        wish = Wish(operation="reactivate", key=key, content=subscription_id)
        return self._line.change(organization_id, wish, work)

    def buy_trial(
        self, organization_id: str, subscription_id: str, *, quantity: int, key: str
    ) -> SellerSubscription:
        """Return the contract as it is: none is a trial."""
        del quantity, key
        return self.subscription(organization_id, subscription_id)

    def stop_renewal(
        self, organization_id: str, subscription_id: str, *, ends_by: date, key: str
    ) -> StoppedRenewal:
        """Let a contract end with its term."""

        def change(_customer: Customer, edition: Edition) -> None:
            if edition.ends_on > ends_by:
                raise QuillRefusal("ends_later")
            edition.is_renewed = False

        changed = self._changed(
            organization_id,
            subscription_id,
            Wish(operation="stop_renewal", key=key, content=(subscription_id, ends_by)),
            change,
        )
        assert changed.renewal is not None
        assert changed.renewal.ends_on is not None
        return StoppedRenewal(
            subscription_id=subscription_id,
            ends_on=changed.renewal.ends_on,
            stopped_at=self._line.state.now(),
        )

    def _changed(
        self,
        organization_id: str,
        subscription_id: str,
        wish: Wish,
        change: Callable[[Customer, Edition], None],
    ) -> SellerSubscription:
        """Change an edition; a change that leaves it as it is counts as none."""

        def work(customer: Customer) -> SellerSubscription:
            edition = customer.edition(subscription_id)
            before = _subscription_of(edition)
            change(customer, edition)
            edition.revision += before != _subscription_of(edition)
            return _subscription_of(edition)

        return self._line.change(organization_id, wish, work)

    def _ordered(self, customer: Customer, line: OrderLine) -> Edition:
        if line.plan_id not in PRICES or line.addons:
            raise QuillRefusal("plan_not_sold")
        state = self._line.state
        replaced = line.replaced_subscription_id
        contract_id = customer.edition(replaced).contract_id if replaced else state.new_id("contract")
        edition = Edition(
            edition_id=state.new_id(contract_id),
            contract_id=contract_id,
            plan_id=line.plan_id,
            units=line.quantity,
            order_id=state.new_id("order"),
            started_at=state.now(),
            ends_on=state.now().date() + timedelta(days=_TERM_DAYS[line.term]),
            is_named=False,
            check_id=state.new_id("check") if line.payment_method == "invoice" else None,
        )
        if edition.check_id is not None:
            customer.checks[edition.check_id] = CreditCheckState(
                check_id=edition.check_id, status=REQUIRED, requested_at=state.now()
            )
        customer.editions[edition.edition_id] = edition
        return edition


def _ordered_by(customer: Customer, order_id: str) -> Edition:
    edition = next((each for each in customer.editions.values() if each.order_id == order_id), None)
    if edition is None:
        raise QuillRefusal("order_missing")
    return edition


def _order_of(customer: Customer, edition: Edition) -> PlacedOrder:
    check = None if edition.check_id is None else customer.checks[edition.check_id]
    is_void = edition.status == VOID or (check is not None and check.status == DECLINED)
    standing = "completed" if edition.is_named else "pending"
    return PlacedOrder(
        order_id=edition.order_id,
        status="cancelled" if is_void else standing,
        subscription_id=edition.edition_id if edition.is_named else None,
        ordered_at=edition.started_at,
        credit_check=check,
        voidable_until=edition.started_at + timedelta(days=VOID_DAYS),
    )


def _subscription_of(edition: Edition) -> SellerSubscription:
    return SellerSubscription(
        subscription_id=edition.edition_id,
        plan_id=edition.plan_id,
        plan_name=edition.plan_id,
        quantity=edition.units,
        status="active" if edition.status == SERVING else "deleted",
        term="P1M",
        billing_cycle="monthly",
        contract_type="subscription",
        is_trial=False,
        order_id=edition.order_id,
        started_at=edition.started_at,
        cancellable_until=None,
        version=f"{edition.edition_id}/{edition.revision}",
        renewal=RenewalTerms(
            ends_on=edition.ends_on, is_automatic=edition.is_renewed, scheduled=edition.scheduled
        ),
        friendly_name=edition.nickname,
    )
