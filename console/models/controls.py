"""Answers about a running switch: what may be done with it, its users, and edits of licenses by hand."""

from __future__ import annotations

from datetime import date

from audit.story.refusals import ToldRefusal
from audit.users.drift import DriftSeen
from audit.users.license_edits import ToldEdit
from audit.users.unresolved import UnresolvedUser
from audit.users.user_outcomes import UserOutcome
from console.models.base import Answer, Recorded
from console.models.quotes import QuoteAnswer, ReasonAnswer
from domain.operator.operator_commands import CommandAdvice
from domain.quote.lines import QuoteLine


class UsersOfSwitch(Answer):
    """One page of what became of each user."""

    switch_id: str
    users: tuple[UserOutcome, ...]
    #: What the next page begins after; null: this is the last one.
    next: str | None
    #: Users on all pages; null: they were not to be counted.
    total: int | None


class RefusalsOfSwitch(Answer):
    """One page of the different refusals of providers in a switch, the one that came first stands first."""

    switch_id: str
    refusals: tuple[Recorded[ToldRefusal], ...]
    #: What the next page begins after; null: this is the last one.
    next: str | None
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
    total: int


class CommandsOfSwitch(Answer):
    """Every command with what it would do now, or why it is refused."""

    switch_id: str
    stage: str
    is_paused: bool
    commands: tuple[CommandAdvice, ...]


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
