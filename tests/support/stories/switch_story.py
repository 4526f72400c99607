"""A whole switch, told with the aggregates themselves and saved to a real store; no workflow needed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from domain.kernel import ids
from domain.kernel.money import Money
from domain.kernel.recorded import Meta
from domain.licenses.move import MoveRow, chunk_moved, input_digest
from domain.operator.alarms import STILL_SWITCHING, AlarmRaised
from domain.organizations.organization import Organization
from domain.ports.billing_port import BilledPeriod
from domain.ports.cloud import ProviderCall
from domain.quote.quote import Quote, quote
from domain.quote.quote_input import QuoteInput
from domain.subscriptions.subscription import BillingStarted, LicensesReceived, Provisioned, Subscription
from domain.switch import events
from domain.switch import move_events as moves
from domain.switch.control_events import SwitchPaused
from store.core.rows import CallContext
from store.switch_store import SwitchStore

E1 = "18181a46-0d4e-45cd-891e-60aabd171b4e"
E3 = "6fd2c87f-b296-42f0-b197-1e91e994b900"
BEGAN_AT = datetime(2026, 11, 10, 9, 0, tzinfo=UTC)
CUTOVER_ON = date(2026, 11, 11)
USERS = 30
FAILED = 2


def money(minor_units: int) -> Money:
    """Return euros."""
    return Money(minor_units=minor_units, currency="EUR")


@dataclass(kw_only=True)
class SwitchStory:
    """One switch of one organization, told stage by stage."""

    store: SwitchStore
    organization_id: str = field(default_factory=lambda: str(uuid4()))
    request_id: str = field(default_factory=lambda: str(uuid4()))
    reason: str = "growth"
    catalog_version: str = "2026-11"
    #: What was asked to the letter.
    asked: dict[str, Any] = field(default_factory=dict)
    seconds: int = 0

    @property
    def switch_id(self) -> str:
        """Return the id that the request leads to."""
        return ids.switch_id_of(self.organization_id, self.request_id)

    @property
    def source_id(self) -> Any:
        """Return the stream of the source."""
        return ids.subscription_stream_id(self.organization_id, "SUB-1")

    def meta(self, activity: str) -> Meta:
        """Return a cause."""
        return Meta(
            switch_id=self.switch_id,
            organization_id=self.organization_id,
            actor="olga",
            reason=self.reason,
            causation=f"request:{self.request_id}",
            workflow_id=ids.workflow_id_of(self.organization_id, self.request_id),
            run_id="run-1",
            activity=activity,
            attempt=1,
        )

    def at(self) -> datetime:
        """Return the next second of the story."""
        self.seconds += 1
        return BEGAN_AT + timedelta(seconds=self.seconds)

    def quote(self) -> Quote:
        """Return the accepted quote."""
        billed = BilledPeriod(
            subscription_id="SUB-1",
            plan_id=E1,
            quantity=USERS,
            unit_price=money(1000),
            period_start_on=date(2026, 11, 1),
            period_end_on=date(2026, 12, 1),
            paid=money(30_000),
            credited=money(0),
            billing_cycle="monthly",
            state="billing",
        )
        return quote(
            QuoteInput(
                organization_id=self.organization_id,
                source_plan_id=E1,
                target_plan_id=E3,
                billed=billed,
                quantity_target=USERS,
                tax_rate=Decimal("0.19"),
                currency="EUR",
                price_list_version="2026-11",
                quoted_on=date(2026, 11, 10),
                order_on=date(2026, 11, 10),
                expires_on=date(2026, 11, 17),
                billing_cycle="monthly",
                payment_method="card",
                target_unit_price=money(2300),
            )
        )

    def request(self) -> None:
        """Record the accepted request and reserve the organization."""
        meta = self.meta("eligibility.request_switch")
        organization = Organization.register(self.organization_id, at=self.at(), meta=meta)
        organization.reserve_switch(
            self.switch_id,
            source_stream_id=str(self.source_id),
            promised_end=BEGAN_AT + timedelta(minutes=10),
            at=self.at(),
            meta=meta,
        )
        source = Subscription.open(
            self.source_id,
            organization_id=self.organization_id,
            subscription_id="SUB-1",
            plan_id=E1,
            quantity=USERS,
            ordered_by="",
            at=self.at(),
            meta=meta,
        )
        accepted = self.quote()
        source.advance(
            events.SwitchRequested,
            at=self.at(),
            meta=meta,
            request_id=self.request_id,
            request_digest="d",
            order=self.asked,
            mode="automatic",
            target_plan_id=E3,
            quantity=USERS,
            service_settings="keep",
            payment_method="card",
            rule_set="current",
            catalog_version=self.catalog_version,
            assessment={},
        )
        source.advance(
            events.QuoteFixed,
            at=self.at(),
            meta=meta,
            quote=accepted.as_facts(),
            quote_digest=accepted.digest,
            expires_on=accepted.input.expires_on,
        )
        self.store.save(organization, source)

    def order(self) -> None:
        """Record order, credit word and provisioning, with one provider call."""
        meta = self.meta("purchase.order_replacement")
        source = self.source()
        target = Subscription.open(
            ids.replacement_stream_id(self.switch_id),
            organization_id=self.organization_id,
            subscription_id="",
            plan_id=E3,
            quantity=USERS,
            ordered_by=self.switch_id,
            at=self.at(),
            meta=meta,
        )
        advance = self.advancer(source, meta)
        advance(
            events.ReplacementOrdered,
            order_id="O1",
            ordered_at=self.at(),
            replacement_id=str(target.id),
            quantity=USERS,
            calls_digest="",
        )
        advance(events.CreditCheckNotRequired, evidence="completed")
        advance(events.ReplacementReady, subscription_id="SUB-2", calls_digest="")
        target.receive(Provisioned, at=self.at(), meta=meta, subscription_id="SUB-2", quantity=USERS)
        context = CallContext(switch_id=self.switch_id, step=meta.activity, attempt=1)
        self.store.save(source, target, calls=[self.call("checkout")], call_context=context)

    def move(self, *, failed: int = 0) -> None:
        """Record one group of the license move."""
        meta = self.meta("license_reassignment.move_slice")
        source = self.source()
        self.advancer(source, meta)(
            moves.LicenseMoveStarted,
            total=USERS,
            roster_digest="r",
            calls_digest="",
            pilot=0,
            pilot_group_id="",
        )
        self.store.save(source)
        rows = [
            MoveRow(
                position=position,
                batch_no=position // 20,
                user_key=uuid4(),
                from_plan=E1,
                to_plan=E3,
                outcome="failed" if position < failed else "moved",
            )
            for position in range(USERS)
        ]
        event = chunk_moved(
            switch_id=self.switch_id,
            pass_name="move",
            group_number=0,
            input_digest=input_digest([row.user_key for row in rows], from_plan=E1, to_plan=E3),
            rows=rows,
            batches=[],
            at=self.at(),
            meta=meta,
        )
        context = CallContext(switch_id=self.switch_id, step=meta.activity, attempt=1)
        self.store.append_chunk(event, rows, [self.call("assignLicense")], context)

    def hold(self) -> None:
        """Record that the move waits for an operator."""
        source = self.source()
        advance = self.advancer(source, self.meta("administration.record_hold"))
        advance(moves.LicenseMoveHeld, code="LICENSES_UNRESOLVED", message="2 users are left.")
        self.store.save(source)

    def alarm(self) -> None:
        """Record that the switch calls for somebody."""
        source, meta = self.source(), self.meta("alarms.raise_alarm")
        self.advancer(source, meta)(
            AlarmRaised, alarm=STILL_SWITCHING, number=1, notice_id="", code="NO_CONTACT"
        )
        self.store.save(source)

    def retry(self, *, stage: str = "moving") -> None:
        """Record that an operator lets the move go on."""
        source, meta = self.source(), self.meta("administration.record_hold")
        self.advancer(source, meta)(moves.LicenseMoveResumed, command="retry", stage=stage)
        self.store.save(source)

    def pause(self) -> None:
        """Record that an operator pauses the switch."""
        source, meta = self.source(), self.meta("controls.record_pause")
        self.advancer(source, meta)(SwitchPaused, code="OPERATOR", message="phones", until=None)
        self.store.save(source)

    def finish(self) -> None:
        """Record everything from the end of the move to the completion."""
        meta = self.meta("billing_cutover.cut_over_billing")
        source, target = self.source(), self.store.subscription(ids.replacement_stream_id(self.switch_id))
        organization = self.store.organization(self.organization_id)
        assert target is not None
        assert organization is not None
        day = self.quote().day(CUTOVER_ON)
        advance = self.advancer(source, meta)
        advance(moves.LicenseMoveFinished, moved=USERS, skipped=0, drifted=0, calls_digest="")
        target.receive(LicensesReceived, at=self.at(), meta=meta, count=USERS)
        advance(moves.SourceCancellationBegun, ends_by=None, time_zone="Europe/Berlin")
        advance(moves.SourceCancelled, cancelled_at=self.at(), cutover_on=CUTOVER_ON, calls_digest="")
        advance(
            moves.BillingCutOver,
            cutover_on=CUTOVER_ON,
            source_period_end_on=date(2026, 12, 1),
            net=day.net,
            tax=day.tax,
            total=day.total,
            invoice_id="I1",
            invoice_promised_at=self.at() + timedelta(days=30),
            calls_digest="",
        )
        target.receive(
            BillingStarted,
            at=self.at(),
            meta=meta,
            effective_on=CUTOVER_ON,
            period_end_on=date(2026, 12, 1),
            charge_id="C1",
            amount=day.net,
        )
        advance(moves.SwitchCompleted, moved=USERS, skipped=0, total=day.total)
        organization.release_switch(self.switch_id, outcome="completed", at=self.at(), meta=meta)
        self.store.save(source, target, organization)

    def tell(self) -> None:
        """Tell the whole story."""
        self.request()
        self.order()
        self.move()
        self.finish()

    def source(self) -> Subscription:
        """Load the source."""
        found = self.store.subscription(self.source_id)
        assert found is not None
        return found

    def advancer(self, source: Subscription, meta: Meta) -> Any:
        """Return a short form of `advance` for one step."""
        return lambda event_class, **facts: source.advance(event_class, at=self.at(), meta=meta, **facts)

    def call(self, operation: str) -> ProviderCall:
        """Return one answered provider call."""
        return ProviderCall(
            provider="seller",
            operation=operation,
            key="k",
            request_digest="d",
            status=201,
            code="",
            text="",
            started_at=self.at(),
            duration_ms=5,
        )
