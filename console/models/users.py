"""Answers about single users: what a switch did with them, and edits of their licenses by hand."""

from __future__ import annotations

from audit.story.refusals import ToldRefusal
from audit.users.drift import DriftSeen
from audit.users.license_edits import ToldEdit
from audit.users.unresolved import FailedUser, UnresolvedUser
from audit.users.user_outcomes import UserOutcome
from console.models.base import Answer, Recorded

__all__ = [
    "DriftOfSwitch",
    "FailedUser",
    "LicenseChanged",
    "LicenseEdits",
    "RefusalsOfSwitch",
    "UnresolvedOfSwitch",
    "UsersOfSwitch",
]


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
