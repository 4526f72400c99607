"""Answers about switches: lists, one switch, its story and users, commands to it, and what a start led to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from audit.story.refusals import ToldRefusal
from audit.users.drift import DriftSeen
from audit.users.license_edits import ToldEdit
from audit.users.user_outcomes import ServiceSettings, UnresolvedUser, UserOutcome
from console.models.base import Answer, Recorded
from console.models.quotes import FindingAnswer, QuoteAnswer, ReasonAnswer, ScheduledQuote, WaitAnswer
from domain.operator.completion_notice import CompletionNotice
from domain.operator.manual_steps import StepAdvice
from domain.operator.operator_commands import CommandAdvice
from domain.operator.workflow_trouble import WorkflowTrouble
from domain.quote.lines import QuoteLine
from projections.reads.shown_rows import EventRow, SwitchRow
from services.answers import WorkflowHistory
from services.assessment.switch_back import BackAdvice


class AttentionAnswer(Answer):
    """An alarm of a switch, and what to do about it."""

    alarm: str
    what: str
    what_to_do: str


@dataclass(kw_only=True, slots=True)
class NamedSwitch(SwitchRow):
    """A switch of the board with the names of its plans, its next look, and what calls for somebody."""

    #: The wait is looked at soon, and the record does not tell exactly when.
    looks_soon: bool
    attention: tuple[AttentionAnswer, ...]
    source_plan: str
    target_plan: str


@dataclass(kw_only=True, slots=True)
class ListedSwitch(NamedSwitch):
    """A switch of the board with its organization's name, and with what is wrong with its workflows."""

    #: As billing has it; "" where it is not known now.
    organization_name: str
    workflow_troubles: tuple[Recorded[WorkflowTrouble], ...]


@dataclass(kw_only=True, slots=True)
class ShownSwitch(ListedSwitch):
    """One switch, with what it left to do by hand, and whether it may be taken back."""

    open_points: tuple[FindingAnswer, ...]
    #: null: it has not completed.
    switch_back: Recorded[BackAdvice] | None
    #: null: it has not completed, or the notice was read.
    completion_notice: Recorded[CompletionNotice] | None


class SwitchCounts(Answer):
    """How many switches there are, over all pages."""

    all: int
    running: int
    ended: int
    attention: int
    #: Stage -> switches in it.
    stages: dict[str, int]


class SwitchList(Answer):
    """One page of switches, the newest request first."""

    #: Switches that call for somebody, wherever they stand; on the first page alone.
    attention: tuple[ListedSwitch, ...]
    switches: tuple[ListedSwitch, ...]
    #: Age of what is known about workflows; null: no worker has looked yet.
    workflows_looked_seconds_ago: float | None
    #: What the next page begins after; null: this is the last one.
    next: str | None
    #: The same as a cursor, which belongs to the filters of this page.
    next_cursor: str | None = None
    #: Switches that match, on all pages.
    total: int
    counts: SwitchCounts
    #: Every switch, whatever the filters.
    all: int


class SwitchStarted(Answer):
    """A switch that has begun, or a request that waits."""

    switch_id: str
    request_id: str
    repeated: Literal[False] = False
    users: int
    quote: ScheduledQuote
    findings: tuple[FindingAnswer, ...]
    #: null: it is not shown yet.
    switch: NamedSwitch | None
    #: What was accepted by waiting; null when the switch has begun.
    wait: WaitAnswer | None


class SwitchKnown(Answer):
    """A switch that was asked for before by the same request id."""

    switch_id: str
    request_id: str
    repeated: Literal[True] = True
    switch: NamedSwitch


class Timeline(Answer):
    """One page of the events of a switch, oldest first."""

    switch_id: str
    events: tuple[EventRow, ...]
    #: Position that the next page begins after; null: this is the last one.
    next: int | None
    #: The same as a cursor, which belongs to the filters of this page.
    next_cursor: str | None = None
    #: Events of the switch on all pages.
    total: int


@dataclass(frozen=True, kw_only=True, slots=True)
class SettingsOfSwitch(ServiceSettings):
    """What became of the services that users of a switch had switched off."""

    switch_id: str


class HistoryOfSwitch(Answer):
    """How long the histories of the workflow and its children are."""

    switch_id: str
    events: int
    workflows: tuple[WorkflowHistory, ...]


class StepsOfSwitch(Answer):
    """The steps of a manual switch, in their order; an automatic one has none."""

    switch_id: str
    #: automatic or manual.
    mode: str
    stage: str
    waits_for: str
    #: The first step that is not done; null where none is left.
    next: str | None
    steps: tuple[StepAdvice, ...]


class CommandsOfSwitch(Answer):
    """Every command with what it would do now, or why it is refused."""

    switch_id: str
    stage: str
    is_paused: bool
    commands: tuple[CommandAdvice, ...]


class UsersOfSwitch(Answer):
    """One page of what became of each user."""

    switch_id: str
    users: tuple[UserOutcome, ...]
    #: What the next page begins after; null: this is the last one.
    next: str | None
    #: The same as a cursor, which belongs to the filters of this page.
    next_cursor: str | None = None
    #: Users on all pages; null: they were not to be counted.
    total: int | None


class RefusalsOfSwitch(Answer):
    """One page of the different refusals of providers in a switch, the one that came first stands first."""

    switch_id: str
    refusals: tuple[Recorded[ToldRefusal], ...]
    #: What the next page begins after; null: this is the last one.
    next: str | None
    #: The same as a cursor, which belongs to the filters of this page.
    next_cursor: str | None = None
    #: Different refusals on all pages.
    total: int


class DriftOfSwitch(Answer):
    """What was changed by hand while licenses moved; null: nothing that was found."""

    switch_id: str
    drift: DriftSeen | None


class UnresolvedOfSwitch(Answer):
    """The users whom a switch waits for."""

    switch_id: str
    users: tuple[UnresolvedUser, ...]


class LicenseChanged(Answer):
    """A license that was given or taken by hand."""

    organization_id: str
    user: str
    actor: str
    request_id: str
    message: str


class LicenseEdits(Answer):
    """One page of the licenses that were given or taken by hand."""

    organization_id: str
    edits: tuple[Recorded[ToldEdit], ...]
    next: str | None
    #: The same as a cursor, which belongs to the filters of this page.
    next_cursor: str | None = None
    total: int


class AmendmentClosed(Answer):
    """Why the licenses of a switch can't be amended now."""

    switch_id: str
    is_allowed: bool
    why_not: str


class AmendedSide(Answer):
    """The first day's money of one quantity."""

    lines: tuple[QuoteLine, ...]
    told: tuple[QuoteLine, ...]
    net_minor_units: int
    tax_minor_units: int
    total_minor_units: int


class AmendmentAnswer(AmendmentClosed):
    """What another number of licenses would cost, and whether it may be."""

    reasons: tuple[ReasonAnswer, ...]
    plan_id: str
    plan: str
    quantity_before: int
    quantity: int
    users: int
    takes_effect: str
    #: What the operator accepts: from which quote to which.
    digest: str
    currency: str
    #: The day of both sides below: as if the switch completed today.
    on: date
    before: AmendedSide
    after: AmendedSide
    loss_to_accept: str | None
    loss_to_accept_text: str | None
    quote: QuoteAnswer
