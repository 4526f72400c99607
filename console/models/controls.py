"""Answers of commands to a running switch, and of what may be done with it."""

from __future__ import annotations

from datetime import date

from console.models.base import Answer, Recorded
from console.models.quotes import QuoteAnswer, ReasonAnswer
from domain.operator.operator_commands import CommandAdvice
from domain.operator.workflow_trouble import WorkflowTrouble
from domain.quote.lines import QuoteLine
from services.answers import CallbackTaken, CommandTaken, SwitchRestarted

__all__ = [
    "AmendedSide",
    "AmendmentAnswer",
    "AmendmentClosed",
    "CallbackTaken",
    "CommandTaken",
    "CommandsOfSwitch",
    "SwitchRestarted",
    "WorkflowOfSwitch",
]


class CommandsOfSwitch(Answer):
    """Every command with what it would do now, or why it is refused."""

    switch_id: str
    stage: str
    is_paused: bool
    commands: tuple[CommandAdvice, ...]


class WorkflowOfSwitch(Answer):
    """What Temporal knows of a switch, and where the record stands."""

    switch_id: str
    organization_id: str
    workflow_id: str
    waits: bool
    #: running, ended, lost, store_behind or in_trouble.
    state: str
    status: str
    run_id: str
    #: What is wrong; "" where all is well.
    trouble: str
    remedy: str
    troubles: tuple[Recorded[WorkflowTrouble], ...]
    #: null: the record does not hold it open.
    recorded_stage: str | None


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
