"""The subscription: the heart of the record. As source it carries a switch, as target it receives one."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar, Self
from uuid import UUID

from domain.kernel.errors import RuleViolated, UnknownSwitch
from domain.kernel.money import Money
from domain.kernel.recorded import Meta, RecordedAggregate, RecordedCreation, RecordedEvent, stored
from domain.switch.events import SwitchRequested
from domain.switch.switch_state import SwitchEvent, SwitchState


class TargetEvent(RecordedEvent):
    """Something that happened to the subscription that a switch leads to."""

    switch_id: str

    def apply(self, aggregate: Subscription) -> None:
        """Note the fact."""
        aggregate.received[type(self).TOPIC] = self


@stored("subscription.provisioned")
class Provisioned(TargetEvent):
    """The seller named and set up the subscription."""

    subscription_id: str
    quantity: int

    def apply(self, aggregate: Subscription) -> None:
        """Take the seller's name."""
        super().apply(aggregate)
        aggregate.subscription_id = self.subscription_id
        aggregate.status = "active"


@stored("subscription.voided")
class Voided(TargetEvent):
    """The order of this subscription was taken back."""

    def apply(self, aggregate: Subscription) -> None:
        """Close the subscription."""
        super().apply(aggregate)
        aggregate.status = "voided"


@stored("subscription.quantity-changed")
class QuantityChanged(TargetEvent):
    """The switch that leads here has another number of licenses (ADR 14)."""

    quantity: int

    def apply(self, aggregate: Subscription) -> None:
        """Take the new number."""
        super().apply(aggregate)
        aggregate.quantity = self.quantity


@stored("subscription.licenses-received")
class LicensesReceived(TargetEvent):
    """The users of the source hold this plan now."""

    count: int


@stored("subscription.billing-started")
class BillingStarted(TargetEvent):
    """This plan is billed from this day on."""

    effective_on: date
    period_end_on: date
    charge_id: str
    amount: Money


@stored("subscription.invoice-issued")
class InvoiceIssued(TargetEvent):
    """The invoice with the credit went out (rules#promises)."""

    invoice_id: str
    number: str
    tax: Money
    total: Money
    charged: Money


class Subscription(RecordedAggregate):
    """N licenses of one plan; at most one switch of it is live (guarded by the organization)."""

    TOPIC: ClassVar[str] = "subscription"

    class Created(RecordedCreation):
        """The subscription was seen at the seller, or ordered by a switch."""

        TOPIC: ClassVar[str] = "subscription.opened"

        organization_id: str
        #: The seller's id, or "" while the order has none.
        subscription_id: str
        plan_id: str
        quantity: int
        #: Switch that ordered it, or "" when it was there before.
        ordered_by: str

    def __init__(
        self, *, organization_id: str, subscription_id: str, plan_id: str, quantity: int, ordered_by: str
    ) -> None:
        self.organization_id = organization_id
        self.subscription_id = subscription_id
        self.plan_id = plan_id
        self.quantity = quantity
        self.ordered_by = ordered_by
        self.status = "ordered" if ordered_by else "active"
        #: Switches that leave this subscription, by id.
        self.switches: dict[str, SwitchState] = {}
        #: Topic -> newest event of the switch that leads here.
        self.received: dict[str, RecordedEvent] = {}

    @classmethod
    def open(
        cls,
        stream_id: UUID,
        *,
        organization_id: str,
        subscription_id: str,
        plan_id: str,
        quantity: int,
        ordered_by: str,
        at: datetime,
        meta: Meta,
    ) -> Self:
        """Open the stream of a subscription (ids: domain.kernel.ids)."""
        return cls._create(
            cls.Created,
            id=stream_id,
            timestamp=at,
            meta=meta.as_facts(),
            organization_id=organization_id,
            subscription_id=subscription_id,
            plan_id=plan_id,
            quantity=quantity,
            ordered_by=ordered_by,
        )

    def switch(self, switch_id: str) -> SwitchState:
        """Return the state of a switch that leaves this subscription.

        Raises:
            UnknownSwitch: No such switch was requested here.
        """
        state = self.switches.get(switch_id)
        if state is None:
            raise UnknownSwitch(
                f"Subscription {self.subscription_id} has no switch {switch_id}.",
                remedy="`planswitch switch list` shows the switches.",
            )
        return state

    def advance(self, event_class: type[SwitchEvent], *, at: datetime, meta: Meta, **facts: Any) -> None:
        """Record one event of the switch named in `meta`, if its stage allows it.

        Raises:
            RuleViolated: The switch is in a stage in which this may not happen.
            UnknownSwitch: No such switch was requested here.
        """
        switch_id = meta.switch_id
        if event_class is SwitchRequested:
            self._refuse_second_request(switch_id)
        else:
            state = self.switch(switch_id)
            if not event_class.may_follow(state):
                raise RuleViolated(
                    f"{event_class.__name__} may not follow stage '{state.stage}' of switch {switch_id}; "
                    f"it may follow {', '.join(sorted(event_class.AFTER))}.",
                    remedy="`planswitch switch show` tells what the switch waits for.",
                )
        self.record(event_class, at=at, meta=meta, switch_id=switch_id, **facts)

    def receive(self, event_class: type[TargetEvent], *, at: datetime, meta: Meta, **facts: Any) -> None:
        """Record one event of the switch that leads to this subscription.

        Raises:
            RuleViolated: Another switch ordered this subscription, or it is void.
        """
        if self.ordered_by not in {"", meta.switch_id} or self.status == "voided":
            raise RuleViolated(
                f"Subscription {self.subscription_id or self.id} ({self.status}) is not the target "
                f"of switch {meta.switch_id}."
            )
        self.record(event_class, at=at, meta=meta, switch_id=meta.switch_id, **facts)

    def _refuse_second_request(self, switch_id: str) -> None:
        if switch_id in self.switches:
            raise RuleViolated(f"Switch {switch_id} was requested before.")
        if self.status != "active":
            raise RuleViolated(
                f"Subscription {self.subscription_id} is {self.status}; it cannot be switched."
            )
