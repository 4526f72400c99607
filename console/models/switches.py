"""Answers about switches: lists, one switch, its story, and what a start led to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from audit.users.user_outcomes import ServiceSettings
from console.models.base import Answer, Recorded
from console.models.quotes import FindingAnswer, ScheduledQuote, WaitAnswer
from domain.operator.workflow_trouble import WorkflowTrouble
from projections.reads.shown_rows import EventRow, SwitchRow
from services.answers import WorkflowHistory


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
    """A switch of the board, with what is wrong with its workflows."""

    workflow_troubles: tuple[Recorded[WorkflowTrouble], ...]


@dataclass(kw_only=True, slots=True)
class ShownSwitch(ListedSwitch):
    """One switch, with what it left to do by hand."""

    open_points: tuple[FindingAnswer, ...]


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
