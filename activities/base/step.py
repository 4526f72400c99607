"""The shape that every step has: load, done already?, guard, call with a key, save, return.

A step's clock is the time at which its attempt started; every call to a provider leaves a row, also when the
attempt fails.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from functools import cached_property
from typing import Any, TypeVar
from uuid import UUID

import structlog
from temporalio import activity

from activities.base.call_journal import CallJournal, UnsavedCalls
from activities.base.known_orders import WAIT_STEPS, KnownOrders
from activities.base.points import NoPoints, Points
from activities.base.write_quotas import WriteQuotas
from activities.contract import SYSTEM_ACTOR, StepInput, StreamPosition, SwitchOrder
from activities.signing.approvals import Approvals, command_approved
from activities.signing.signatures import Authority, CommandKeys
from domain.approvals.approval_policy import OFF, ApprovalPolicy
from domain.catalog.catalog import Catalog
from domain.kernel.errors import ConcurrentWrite, RecordInconsistent, StepOutOfOrder, UnknownSubscription
from domain.kernel.ids import idempotency_key, replacement_stream_id
from domain.kernel.recorded import Meta, RecordedAggregate
from domain.licenses.license_failures import FAILURE_RATE_MAX, FAILURES_MIN
from domain.operator.amendment import bound_facts
from domain.organizations.organization import Organization
from domain.ports.attempts import AttemptCounter
from domain.ports.cloud import Cloud, CloudFactory, ProviderCall
from domain.ports.spans import annotate
from domain.quote.quote import Quote
from domain.subscriptions.subscription import Subscription, TargetEvent
from domain.switch.control_events import CommandApproved
from domain.switch.events import ReplacementOrdered, SwitchRequested
from domain.switch.switch_state import SwitchEvent, SwitchState
from domain.text.plain_text import cleaned_text
from store.core.base import StoredDomainEvent
from store.core.rows import CallContext, DetailRows, Saved
from store.record.catalogs import Catalogs
from store.switch_store import SwitchStore

Answer = TypeVar("Answer")

#: Times a decision is taken again when somebody else wrote first.
SAVE_ATTEMPTS_MAX = 8
SETTLE_SECONDS = 15.0

_log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class Toolbox:
    """What the composition root hands to the activities."""

    store: SwitchStore
    cloud_factory: CloudFactory
    catalogs: Catalogs
    #: They prove who commands.
    command_keys: CommandKeys
    #: Steps of before this have no proof (activities/signing/step_proofs.py); None: all have.
    proved_since: datetime | None = None
    #: What needs a second person, by the settings of this worker.
    approvals: ApprovalPolicy = OFF
    #: Users in one activity of the license move.
    slice_size: int
    #: Slices at a time.
    lanes: int
    #: Batches of one slice in flight at a time.
    batches_in_flight: int
    #: Told of the points that steps reach.
    points: Points = field(default_factory=NoPoints)
    #: Write quotas of the directory, shared by all that this worker does.
    write_quotas: WriteQuotas = field(default_factory=WriteQuotas)
    #: Calls whose rows the store could not take so far.
    unsaved_calls: UnsavedCalls = field(default_factory=UnsavedCalls)
    #: Orders that the record has shown.
    known_orders: KnownOrders = field(default_factory=KnownOrders)
    #: How long a writer that lost its worker may still be writing: the two seconds of its fence, one request
    #: time-out, and a margin.
    settle_seconds: float = SETTLE_SECONDS
    #: A move holds when more than this share of the users tried has failed, and at least so many users.
    failure_rate_max: Fraction = FAILURE_RATE_MAX
    failures_min: int = FAILURES_MIN
    #: Address of the installation's contact, whom alarms call; "" calls nobody.
    alarm_contact: str = ""


class Step:
    """One attempt of one step: its clock, its cloud, its record."""

    def __init__(self, toolbox: Toolbox, step_input: StepInput) -> None:
        info = activity.info()
        self.toolbox = toolbox
        self.store = toolbox.store
        self.order: SwitchOrder = step_input.order
        self.after = step_input.after
        self.at: datetime = info.started_time
        #: When what the step waits for was first waited for; a step that goes on with a wait sets it back.
        self.begun_at: datetime = info.scheduled_time
        run_id = info.workflow_run_id or ""
        of = {"run_id": run_id, "workflow_id": info.workflow_id or ""}
        approvals = Approvals(toolbox.approvals, toolbox.store, toolbox.command_keys)
        keys, seen_at = toolbox.command_keys, info.scheduled_time
        self.authority = Authority(keys, self.order, seen_at=seen_at, approvals=approvals, **of)
        self.calls = CallJournal(self._calls_of_earlier_attempts)
        self._has_saved_calls = False
        annotate(
            switch_id=str(self.order.switch_id),
            organization_id=self.order.organization_id,
            request_id=self.order.request_id,
        )
        self._attempts = AttemptCounter(lambda key: self._keyed_before.get(key, ()))
        self._loaded: Subscription | None = None
        self.cloud: Cloud = toolbox.cloud_factory(
            self._take_call, lambda operation: self.reach(f"call:{operation}"), self._attempts
        )
        self.context = CallContext(
            switch_id=self.order.switch_id,
            step=info.activity_type,
            attempt=info.attempt,
            run_id=run_id,
            activity_id=info.activity_id,
        )

    def reach(self, point: str) -> None:
        """Tell that this step is at a point (activities/base/points.py)."""
        name = f"{self.context.step}:{point}"
        self.toolbox.points.reached(self.order.switch_id, self.order.organization_id, name)

    @contextmanager
    def committing(self, what: str = "") -> Iterator[None]:
        """Tell of the points around a commit; `what` names one that is not the step's main one."""
        suffix = f":{what}" if what else ""
        self.reach(f"save{suffix}")
        yield
        self.reach(f"saved{suffix}")

    def _take_call(self, call: ProviderCall) -> None:
        self.calls.observe(call)
        self._attempts.observe(call)
        self.reach(f"called:{call.operation}")

    def _calls_of_earlier_attempts(self) -> list[ProviderCall]:
        if self.context.attempt == 1 and not self._has_saved_calls:
            return []
        return self.store.step_calls(self.order.switch_id, self.context.step)

    def meta(self, *, actor: str = "", reason: str = "", causation: str = "") -> Meta:
        """Return who and what causes the events of this step."""
        info = activity.info()
        # Every step writes to the source, so its newest version is what this step follows.
        last = next((each for each in self.after if each.stream_id == str(self.source_id)), None)
        before = f"{last.stream_id}@{last.version}" if last else f"request:{self.order.request_id}"
        return Meta(
            switch_id=self.order.switch_id,
            organization_id=self.order.organization_id,
            # Histories of before, and hands outside, may bring text that is refused at every edge by now.
            actor=self.authority.name(actor or self.authority.acting),
            reason=cleaned_text(reason or self.authority.acting_reason),
            causation=cleaned_text(causation or before),
            workflow_id=info.workflow_id or "",
            run_id=info.workflow_run_id or "",
            activity=info.activity_type,
            activity_id=info.activity_id,
            attempt=info.attempt,
        )

    def own_meta(self, reason: str, *, causation: str = "") -> Meta:
        """Return who, why and after what of what the switch did by itself; "" is what the step follows."""
        return self.meta(actor=SYSTEM_ACTOR, reason=reason, causation=causation)

    def require_order(self) -> None:
        """Refuse an order that the record knows otherwise (activities/base/known_orders.py).

        Raises:
            CommandUnsigned: It is another one.
        """
        is_wait = self.context.step.startswith(WAIT_STEPS)
        self.toolbox.known_orders.require(self.order, self.store, self.authority, is_wait=is_wait)

    def key(self, call: str) -> str:
        """Return the idempotency key of a provider call: never the attempt, run or time.

        A call whose answer was lost repeats its key, so that the effect comes once. After a refusal the next
        call has a new key.
        """
        refused = self._refused_keys
        # Looked up before anything is sent under the key: what this attempt sends is counted beside it.
        _ = self._keyed_before
        keys = (idempotency_key(self.order.switch_id, call, number) for number in range(len(refused) + 1))
        return next(key for key in keys if key not in refused)

    @cached_property
    def _refused_keys(self) -> frozenset[str]:
        """Keys that were refused before this attempt; a refusal in it ends it, so they are read once."""
        return self.store.refused_keys(self.order.switch_id)

    @cached_property
    def _keyed_before(self) -> Mapping[str, Sequence[ProviderCall]]:
        """Key -> what was called under it before this attempt (ADR 40)."""
        return self.store.keyed_calls(self.order.switch_id)

    @cached_property
    def catalog(self) -> Catalog:
        """Catalog that the switch was requested with; it stays the same through all steps."""
        return self.toolbox.catalogs.version(self.order.catalog_version)

    @cached_property
    def source_id(self) -> UUID:
        """Stream of the subscription that the switch leaves."""
        return self.store.resolve_subscription(self.order.organization_id, self.order.source_subscription_id)

    def source(self) -> Subscription:
        """Load the source subscription.

        Raises:
            UnknownSubscription: It was never recorded.
        """
        subscription = self.store.subscription(self.source_id)
        if subscription is None:
            raise UnknownSubscription(f"Subscription {self.order.source_subscription_id} is not recorded.")
        self._loaded = subscription
        return subscription

    def seen_source(self) -> Subscription:
        """Return the source as this attempt loaded it last: for what never changes once it is recorded."""
        return self._loaded or self.source()

    @cached_property
    def accepted_quote(self) -> Quote:
        """The quote that the operator accepted last, computed again from the record."""
        return Quote.from_facts(bound_facts(self.state_of(self.seen_source())))

    def target(self) -> Subscription:
        """Load the subscription that the switch ordered.

        Raises:
            StepOutOfOrder: Nothing was ordered.
            RecordInconsistent: It was ordered, and its stream is not there.
        """
        subscription = self.store.subscription(replacement_stream_id(self.order.switch_id))
        if subscription is not None:
            return subscription
        switch = f"switch {self.order.switch_id}"
        if self.state_of(self.seen_source()).has(ReplacementOrdered):
            raise RecordInconsistent(switch, missing="the subscription that it ordered")
        raise StepOutOfOrder(f"The record of {switch} has no order yet.")

    def organization(self) -> Organization:
        """Load the organization, or open its stream."""
        organization = self.store.organization(self.order.organization_id)
        return organization or Organization.register(self.order.organization_id, at=self.at, meta=self.meta())

    def state_of(self, source: Subscription) -> SwitchState:
        """Return this switch's state in its source."""
        return source.switch(self.order.switch_id)

    def advance(
        self, source: Subscription, event_class: type[SwitchEvent], meta: Meta | None = None, /, **facts: Any
    ) -> None:
        """Record one event of the switch at the time of this step.

        Args:
            source: The subscription that the switch leaves.
            event_class: What has happened.
            meta: Who and what causes it; the step itself when None.
            facts: Fields of the event.

        Raises:
            RuleViolated: The switch is in a stage in which this may not happen.
        """
        source.advance(event_class, at=self.at, meta=meta or self.meta(), **facts)

    def receive(
        self, target: Subscription, event_class: type[TargetEvent], meta: Meta | None = None, /, **facts: Any
    ) -> None:
        """Record one event of the switch on the subscription that it ordered, as `advance` does."""
        target.receive(event_class, at=self.at, meta=meta or self.meta(), **facts)

    def recorded(self) -> tuple[Subscription, SwitchState] | None:
        """Load the source and this switch's state in it; None where the record does not know the switch."""
        source = self.store.subscription(self.source_id)
        state = source.switches.get(self.order.switch_id) if source else None
        return (source, state) if source is not None and state is not None else None

    def save(
        self,
        *aggregates: RecordedAggregate,
        events: Sequence[StoredDomainEvent] = (),
        rows: DetailRows | None = None,
        what: str = "",
    ) -> tuple[StreamPosition, ...]:
        """Save aggregates, single events, rows and the calls of this attempt in one transaction.

        Args:
            aggregates: Those that may have changed.
            events: Single events.
            rows: Rows about users, which stand or fall with the events.
            what: Names a commit that is not the step's main one.

        Raises:
            ConcurrentWrite: Somebody else wrote first: load again and decide again.
        """
        changed = [aggregate for aggregate in aggregates if aggregate.pending_events]
        self._record_approvals(changed)
        calls = self.calls.drain()
        try:
            with self.committing(what):
                saved = self.store.save(
                    *changed, events=events, rows=rows, calls=calls, call_context=self.context
                )
        except BaseException:
            # The provider was asked, whatever became of the save: the rows go with the next one.
            self.calls.put_back(calls)
            raise
        # What a commit on the way took belongs to the step's event that is still to come.
        self._has_saved_calls |= bool(what and calls)
        return positions_of(saved)

    def _record_approvals(self, changed: Sequence[RecordedAggregate]) -> None:
        """Record beside what the step did who approved it (approvals#what-is-recorded)."""
        if not self.authority.approvals:
            return
        own = (each for each in changed if isinstance(each, Subscription) and each.id == self.source_id)
        for source in own:
            for approval, granted in self.authority.approvals:
                if (approval.approval_id, granted.digest) not in self.state_of(source).approved:
                    meta = self.meta(actor=granted.meta["actor"], reason=granted.meta["reason"])
                    self.advance(source, CommandApproved, meta, **command_approved(approval, granted))

    def save_apart(self) -> None:
        """Save the calls of this attempt as those of no switch."""
        calls = self.calls.drain()
        try:
            with self.committing("calls"):
                self.store.save_calls(calls)
        except BaseException:
            self.calls.put_back(calls)
            raise

    def decide_and_save(
        self,
        decide: Callable[[], tuple[Sequence[RecordedAggregate], Answer]],
        *,
        rows: Callable[[], DetailRows | None] = lambda: None,
        what: str = "",
    ) -> tuple[Answer, tuple[StreamPosition, ...]]:
        """Load, decide and save; decide anew when somebody else wrote first.

        Args:
            decide: Loads what it needs and returns the changed aggregates and the answer.
            rows: Returns the rows about users that stand or fall with what was decided last.
            what: Names a commit that is not the step's main one.

        Raises:
            ConcurrentWrite: It did not work in SAVE_ATTEMPTS_MAX tries.
        """
        attempts = 0
        while True:
            attempts += 1
            aggregates, answer = decide()
            try:
                return answer, self.save(*aggregates, rows=rows(), what=what)
            except ConcurrentWrite:
                if attempts == SAVE_ATTEMPTS_MAX:
                    raise

    def change_source(
        self, change: Callable[[Subscription], Answer], *, what: str = ""
    ) -> tuple[Answer, tuple[StreamPosition, ...]]:
        """Load the source, let `change` record on it and answer, and save it, as `decide_and_save`."""

        def decide() -> tuple[list[Subscription], Answer]:
            source = self.source()
            return [source], change(source)

        return self.decide_and_save(decide, what=what)


def request_of(step: Step, source: Subscription) -> SwitchRequested:
    """Return the recorded request of the step's switch."""
    return step.state_of(source).require(SwitchRequested)


def positions_of(saved: Saved) -> tuple[StreamPosition, ...]:
    """Return what a save wrote, in the words of the workflows."""
    return tuple(StreamPosition(stream_id=p.stream_id, version=p.version) for p in saved.positions)


def position_of(aggregate: RecordedAggregate) -> StreamPosition:
    """Return how far a loaded aggregate is."""
    return StreamPosition(stream_id=str(aggregate.id), version=aggregate.version)
