"""Rows of the read models as people and programs read them: ids, instants and days are ISO text.

Nobody changes a row. It is not frozen, as a list makes hundreds: a frozen one takes four times as long.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from pydantic import JsonValue, WithJsonSchema

#: An instant as ISO text, in UTC.
InstantText = Annotated[str, WithJsonSchema({"type": "string", "format": "date-time"})]
#: A day as ISO text.
DayText = Annotated[str, WithJsonSchema({"type": "string", "format": "date"})]


def instant_text(at: datetime) -> str:
    """Return an instant as every answer spells it: in UTC, with a `Z`."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


@dataclass(kw_only=True, slots=True)
class SwitchRow:
    """One switch of the board."""

    switch_id: str
    organization_id: str
    workflow_id: str
    run_id: str
    request_id: str
    source_subscription_id: str
    #: The new subscription; "" before the seller has named it.
    target_subscription_id: str
    source_plan_id: str
    target_plan_id: str
    stage: str
    #: Who or what the switch waits for, in words; "" when it has ended.
    waits_for: str
    #: Every thing that is waited for, by name: services, subscriptions; none where the words say all.
    wait_names: list[str]
    #: Since when it waits for that, and when it looks or acts next by itself; None: nobody knows.
    waits_since: InstantText | None
    looks_at: InstantText | None
    #: Seconds from one look to the next, where they are steady; 0: nobody knows.
    looks_every_seconds: int
    #: What can be done about it; "" where nothing but waiting helps.
    wait_remedy: str
    #: Step that waits, "" where the stage says what is waited for.
    wait_step: str
    #: Licenses of the new plan that are ordered, or will be; None before the request is recorded.
    licenses: int | None
    #: Users on the frozen roster, and those who joined the old plan later; 0 before it is frozen.
    total: int
    moved: int
    failed: int
    skipped: int
    #: Minor units with tax: of the quoted day, and of the cutover day once that is known.
    quote_total: int | None
    charged_total: int | None
    currency: str
    requested_by: str
    requested_at: InstantText
    #: When it was asked for first: a request that waited is asked for again when its switch begins.
    first_requested_at: InstantText
    updated_at: InstantText
    ended_at: InstantText | None
    outcome: str
    error_code: str
    error_message: str
    promised_end: InstantText | None
    #: Names of the promises that were missed (rules#promises), oldest first.
    promises_missed: list[str]
    #: Names of the alarms that call for somebody (domain/operator/alarms.py), and since when the first of
    #: them does.
    alarms: list[str]
    alarmed_at: InstantText | None
    #: What somebody did with Temporal's own means, in words, oldest first.
    outside_acts: list[str]
    #: not_required, required, approved, declined or expired; "" before the seller has said which.
    credit_check: str
    credit_reminder_at: InstantText | None
    #: From then on an operator is waited for.
    credit_deadline_at: InstantText | None
    #: Then the order is voided by itself.
    credit_cap_at: InstantText | None
    #: Until when the order can be voided for nothing, and when the organization was warned.
    voidable_until: InstantText | None
    void_warned_at: InstantText | None
    invoice_promised_at: InstantText | None
    invoice_delivered_at: InstantText | None
    #: When billing is asked again for what is open of the invoice, and what that is; None and "": nothing is.
    invoice_looks_at: InstantText | None
    invoice_open_point: str
    #: Until when a request waits for its switch to be eligible.
    wait_until: InstantText | None
    #: Day before which a scheduled switch does not start, in the organization's zone.
    start_on: DayText | None
    #: Users who move first, 0 before the roster is frozen, and the group that was asked for, if any.
    pilot: int
    pilot_group_id: str
    #: The switch that this one takes back, and the newest one that takes this one back; "" without one.
    switch_back_of: str
    switched_back_by: str
    #: Both plans are owned: nothing is ordered, cancelled or billed.
    licenses_only: bool
    #: Who read the notice of the completion, and when; "" and None: it stands unread, or there is none.
    notice_read_by: str
    notice_read_at: InstantText | None
    joined_late: int
    #: Version from which on the events of a stream of the switch are missing here, since that one could not
    #: be folded, and the stream; None and "": nothing is missing.
    incomplete_since: int | None
    incomplete_stream: str
    #: Newest notification that changed the row.
    position: int


@dataclass(kw_only=True, slots=True)
class EventRow:
    """One event of a switch."""

    switch_id: str
    position: int
    at: InstantText
    stream_id: str
    version: int
    event: str
    stage: str
    actor: str
    reason: str
    causation: str
    summary: dict[str, JsonValue]
    activity: str
    attempt: int


@dataclass(kw_only=True, slots=True)
class Draft:
    """The draft of one order in the list of checkouts, but for its total."""

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
    currency: str
    #: Last day on which the quote can be ordered.
    expires_on: DayText
    #: Switch that the order led to; "" before it.
    switch_id: str
    #: Code of the last refusal, "" before any.
    refusal_code: str
    started_by: str
    started_at: InstantText
    changed_by: str
    changed_at: InstantText
    #: Revision from which on its events are missing here; None: nothing is missing.
    incomplete_since: int | None
    #: Newest notification that changed the row.
    position: int


@dataclass(kw_only=True, slots=True)
class DraftRow(Draft):
    """A draft as the read model has it."""

    #: Minor units with tax, when completed on the first day of the quote.
    total: int
