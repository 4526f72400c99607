"""Answers about what is scheduled and what waits (rules#scheduled-starts)."""

from __future__ import annotations

from typing import Literal

from console.models.base import Answer
from console.models.quotes import QuotedQuestion, WaitAnswer
from projections.reads.shown_rows import DayText, InstantText

#: What a request waits for at first: an instant, a day, quiet hours, or its reasons to clear.
StartKind = Literal["instant", "day", "quiet_hours", "eligibility"]


class PriceQuestion(Answer):
    """A price above what was accepted, which somebody must accept or decline."""

    message: str
    total_at_most: str
    total: str
    forfeited_at_most: str
    forfeited: str
    asked_at: InstantText
    #: Without an answer the request ends then as `price_changed`.
    answer_by: InstantText


class ScheduleAnswer(Answer):
    """One request that waits: when it starts, what it waits for, and for how much it would begin."""

    switch_id: str
    request_id: str
    organization_id: str
    #: As billing has it; "" where it is not known now.
    organization_name: str
    source_subscription_id: str
    source_plan: str
    target_plan: str
    starts_by: StartKind
    #: When it starts, in words of its organization's clocks; "" as soon as nothing blocks it.
    starts: str
    start_on: DayText | None
    #: Stated instant with the offset of the organization's clocks.
    start_at: str | None
    quiet_hours: str | None
    #: Before this instant it does not start; null: no time was asked for.
    not_before: InstantText | None
    until: InstantText
    waits_for: str
    wait_names: tuple[str, ...]
    waits_since: InstantText | None
    looks_at: InstantText | None
    looks_soon: bool
    wait_remedy: str
    policy: str
    price_tolerance_percent: str
    currency: str
    total_at_most_minor_units: int
    total_at_most: str
    #: Of a value that was paid in advance, how much may be lost.
    forfeited_at_most_minor_units: int
    requested_by: str
    requested_at: InstantText
    #: null: no price waits for an answer.
    price: PriceQuestion | None


class ScheduleList(Answer):
    """Requests that are scheduled or wait to be eligible, the newest first."""

    schedules: tuple[ScheduleAnswer, ...]
    #: Matches on all pages.
    total: int
    #: How many wait, over all organizations.
    all: int
    next: str | None
    #: The same as a cursor, which belongs to the filters of this page.
    next_cursor: str | None = None


class StartOffered(QuotedQuestion):
    """The quote of another time, or of now, and what is accepted with it; nothing is changed."""

    switch_id: str
    #: When it would start, in words; "" as soon as nothing blocks it.
    starts: str
    wait: WaitAnswer
