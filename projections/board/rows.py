"""Rows of the read models, as the fold computes them and the tables keep them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True, kw_only=True, slots=True)
class BoardRow:
    """One switch as people see it in a list."""

    switch_id: str
    organization_id: str
    workflow_id: str = ""
    run_id: str = ""
    request_id: str = ""
    source_subscription_id: str = ""
    #: The new subscription; "" before the seller has named it.
    target_subscription_id: str = ""
    source_plan_id: str = ""
    target_plan_id: str = ""
    stage: str = ""
    #: Who or what the switch waits for, in words; "" when it has ended.
    waits_for: str = ""
    #: Every thing that is waited for, by name: services, subscriptions; none where the words say all.
    wait_names: list[str] = field(default_factory=list)
    #: Since when it waits for that, and when it looks or acts next by itself; None: nobody knows.
    waits_since: datetime | None = None
    #: Stage of the steps, also while the switch is paused, and since when: a pause resets no wait.
    step_stage: str = ""
    step_stage_since: datetime | None = None
    looks_at: datetime | None = None
    #: Seconds from one look to the next, where they are steady; 0: nobody knows.
    looks_every_seconds: int = 0
    #: What can be done about it; "" where nothing but waiting helps.
    wait_remedy: str = ""
    #: Step that waits, "" where the stage says what is waited for.
    wait_step: str = ""
    #: Licenses of the new plan that are ordered, or will be; None before the request is recorded.
    licenses: int | None = None
    #: Users on the frozen roster, and those who joined the old plan later; 0 before it is frozen.
    total: int = 0
    joined_late: int = 0
    moved: int = 0
    failed: int = 0
    skipped: int = 0
    #: Minor units with tax: of the quoted day, and of the cutover day once that is known.
    quote_total: int | None = None
    charged_total: int | None = None
    currency: str = ""
    requested_by: str = ""
    #: None while the request itself is not recorded; such rows are not shown.
    requested_at: datetime | None = None
    #: When it was asked for first: a request that waited is asked for again when its switch begins.
    first_requested_at: datetime | None = None
    updated_at: datetime
    ended_at: datetime | None = None
    outcome: str = ""
    error_code: str = ""
    error_message: str = ""
    promised_end: datetime | None = None
    #: Names of the promises that were missed (rules#promises), oldest first.
    promises_missed: list[str] = field(default_factory=list)
    #: Names of the alarms that call for somebody (domain/operator/alarms.py), and since when the first of
    #: them does.
    alarms: list[str] = field(default_factory=list)
    alarmed_at: datetime | None = None
    #: What somebody did with Temporal's own means, in words, oldest first.
    outside_acts: list[str] = field(default_factory=list)
    #: not_required, required, approved, declined or expired; "" before the seller has said which.
    credit_check: str = ""
    credit_reminder_at: datetime | None = None
    #: From then on an operator is waited for.
    credit_deadline_at: datetime | None = None
    #: Then the order is voided by itself.
    credit_cap_at: datetime | None = None
    #: Until when the order can be voided for nothing, and when the organization was warned.
    voidable_until: datetime | None = None
    void_warned_at: datetime | None = None
    invoice_promised_at: datetime | None = None
    invoice_delivered_at: datetime | None = None
    #: When billing is asked again for what is open of the invoice, and what that is; None and "": nothing is.
    invoice_looks_at: datetime | None = None
    invoice_open_point: str = ""
    #: Until when a request waits for its switch to be eligible.
    wait_until: datetime | None = None
    #: Day before which a scheduled switch does not start, in the organization's zone.
    start_on: date | None = None
    #: Users who move first, 0 before the roster is frozen, and the group that was asked for, if any.
    pilot: int = 0
    pilot_group_id: str = ""
    #: The switch that this one takes back, and the newest one that takes this one back; "" without one.
    switch_back_of: str = ""
    switched_back_by: str = ""
    #: Both plans are owned: nothing is ordered, cancelled or billed.
    licenses_only: bool = False
    #: Who read the notice of the completion, and when; "" and None: it stands unread, or there is none.
    notice_read_by: str = ""
    notice_read_at: datetime | None = None
    #: Version from which on the events of a stream of the switch are missing here, since that one could not
    #: be folded, and the stream; None and "": nothing is missing.
    incomplete_since: int | None = None
    incomplete_stream: str = ""
    #: Newest notification that changed the row.
    position: int = 0
    #: Facts of the accepted quote.
    quote: dict[str, Any] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class TimelineRow:
    """One event of a switch."""

    switch_id: str
    position: int
    at: datetime
    stream_id: str
    version: int
    event: str
    stage: str
    actor: str
    reason: str
    causation: str
    summary: dict[str, Any]
    activity: str
    attempt: int


@dataclass(frozen=True, kw_only=True, slots=True)
class SubscriptionRow:
    """The plan of a subscription that was seen."""

    stream_id: str
    subscription_id: str
    plan_id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckoutRow:
    """The draft of one order as people see it in a list; names and addresses are the seller's alone."""

    #: Its log; later events name nothing else.
    stream_id: str
    checkout_id: str
    organization_id: str
    source_subscription_id: str
    target_plan_id: str
    quantity: int
    payment_method: str
    #: may_be_required or not_expected.
    credit_check: str
    #: open, ordered or abandoned.
    state: str
    #: Number of the log's last event.
    revision: int
    #: Minor units with tax, when completed on the first day of the quote.
    total: int
    currency: str
    #: Last day on which the quote can be ordered.
    expires_on: date
    #: Switch that the order led to; "" before it.
    switch_id: str = ""
    #: Code of the last refusal, "" before any.
    refusal_code: str = ""
    started_by: str
    started_at: datetime
    changed_by: str
    changed_at: datetime
    #: Revision from which on its events are missing here; None: nothing is missing.
    incomplete_since: int | None = None
    #: Newest notification that changed the row.
    position: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ProductActRow:
    """One act on a product, beside switches."""

    act_id: str
    #: The organization's, where its events stand.
    stream_id: str
    organization_id: str
    #: Such as resize.
    act: str
    #: The seller's id; "" before the seller has named it, or where the act is about none.
    subscription_id: str
    #: Plan that is bought; "" elsewhere.
    plan_id: str
    #: Licenses of the subscription after it.
    licenses: int
    #: Minor units without tax, by the newest figures.
    charge: int
    credit: int
    forfeited: int
    tax: int
    #: Minor units that are taken.
    total: int
    currency: str
    #: open, held, done or refused.
    state: str
    #: Of a refusal, or of what holds it up; "" without one.
    code: str = ""
    begun_at: datetime
    ended_at: datetime | None = None
    #: Version of the organization's stream from which on events are missing here; None: nothing is missing.
    incomplete_since: int | None = None
    #: Newest notification that changed the row.
    position: int


@dataclass(frozen=True, kw_only=True, slots=True)
class DeadLetter:
    """An event that could not be folded: its stream is folded no further until a rebuild."""

    notification_id: int
    topic: str
    error: str
    stream_id: str
    stream_version: int
    #: Switch that the event belongs to; "" where it can't be told.
    switch_id: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rows:
    """Everything that a batch of events may change, by key."""

    switches: Mapping[str, BoardRow] = field(default_factory=dict)
    subscriptions: Mapping[str, SubscriptionRow] = field(default_factory=dict)
    #: By stream.
    checkouts: Mapping[str, CheckoutRow] = field(default_factory=dict)
    product_acts: Mapping[str, ProductActRow] = field(default_factory=dict)
    #: Streams that are put aside, with the version since when.
    put_aside: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Folded:
    """What a batch of events makes of the rows: changed rows, new lines, and what could not be read."""

    switches: Mapping[str, BoardRow]
    subscriptions: Mapping[str, SubscriptionRow]
    checkouts: Mapping[str, CheckoutRow]
    product_acts: Mapping[str, ProductActRow]
    timeline: tuple[TimelineRow, ...]
    dead_letters: tuple[DeadLetter, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class IncompleteStream:
    """A stream that is shown up to the event before `since_version`."""

    stream_id: str
    #: Version of the first event that is missing.
    since_version: int
    #: Its place in the log, its topic, and why it could not be folded.
    notification_id: int
    topic: str
    error: str
    at: datetime
