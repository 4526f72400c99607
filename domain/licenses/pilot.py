"""Who moves first: so many users of the roster, or the members of a directory's group (rules#pilot-group)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from domain.kernel.errors import InvalidInput
from domain.ports.directory_port import DirectoryUser

_FIELD = "pilot_group_id"
_ELSE = "or name another group, or start without `--pilot-group`."


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedPilot:
    """The pilot of a switch as it is told before the order; the roster decides when it is frozen."""

    #: Users who move first.
    users: int
    #: The group whose members they are; "": the first users of the roster.
    group_id: str = ""
    #: Members of the group, whatever they hold.
    members: int = 0
    #: Members whose license of the old plan is a licensing group's alone: they move with that group, later.
    fed: int = 0


@dataclass(kw_only=True, slots=True)
class PilotCount:
    """Counts the members of a pilot's group page by page.

    Args:
        group_id: The group.
        plan_id: Plan to leave.
    """

    group_id: str
    plan_id: str
    members: int = 0
    users: int = 0
    fed: int = 0

    def add(self, members: Iterable[DirectoryUser]) -> None:
        """Count some members."""
        for user in members:
            self.members += 1
            if user.has_direct(self.plan_id):
                self.users += 1
            else:
                self.fed += user.is_fed(self.plan_id)

    def result(self) -> PlannedPilot:
        """Return the pilot that the members are.

        Raises:
            InvalidInput: None of them can move first.
        """
        if not self.members:
            raise _refused(self.group_id, "a group with members", f"Put the pilot's users into it, {_ELSE}")
        if not self.users:
            raise _refused(self.group_id, "a group with a member who can move first", self._why())
        return PlannedPilot(users=self.users, group_id=self.group_id, members=self.members, fed=self.fed)

    def _why(self) -> str:
        if not self.fed:
            return (
                f"None of its {self.members} members holds the plan that is left: put users of it in, {_ELSE}"
            )
        return (
            f"{self.fed} of its {self.members} members have the plan from a licensing group, which moves all "
            f"of its members at once, and nobody holds it directly: put users who do in, {_ELSE}"
        )


def unknown_group(group_id: str) -> InvalidInput:
    """Return the refusal of a group that the directory does not have."""
    return _refused(
        group_id, "the id of a group of the directory", f"Look its object id up in the directory, {_ELSE}"
    )


def require_one_pilot(pilot: int, pilot_group_id: str | None) -> None:
    """Refuse a pilot that is told by a number and by a group.

    Raises:
        InvalidInput: Both are given.
    """
    if pilot and pilot_group_id:
        raise InvalidInput(
            field=_FIELD,
            value=pilot_group_id,
            allowed=f"empty with a pilot of {pilot} users",
            remedy="Give one of the two: `--pilot N` or `--pilot-group GROUP`.",
        )


class PilotOptions(Protocol):
    """The options of a switch that name its pilot (`domain/requests/terms.py`)."""

    @property
    def pilot(self) -> int:
        """Users who move first."""

    @property
    def pilot_group_id(self) -> str | None:
        """Group whose members move first."""

    @property
    def pilot_soak_seconds(self) -> int:
        """Seconds after which the others follow by themselves."""


def require_soaked_pilot(options: PilotOptions) -> None:
    """Refuse a time to look at a pilot that nobody is in: everybody would move at once.

    Raises:
        InvalidInput: There is a time to look at the pilot, and no pilot.
    """
    if options.pilot_soak_seconds and not (options.pilot or options.pilot_group_id):
        raise InvalidInput(
            field="pilot_soak_seconds",
            value=options.pilot_soak_seconds,
            allowed="0 without a pilot: nobody would move first, and everybody at once",
            remedy="Name who moves first: `--pilot N` or `--pilot-group GROUP`.",
        )


def require_pilot_fits(pilot: int, users: int) -> None:
    """Refuse a pilot of more users than there are to move: it would be all of them.

    Args:
        pilot: Users who are to move first.
        users: Users who move; where there are none, other reasons stand in the way.

    Raises:
        InvalidInput: The pilot is larger.
    """
    if users and pilot > users:
        raise InvalidInput(
            field="pilot",
            value=pilot,
            allowed=f"0 to {users}, the users who move",
            remedy=f"Name at most {users} users, or none: then all of them move at once.",
        )


def _refused(group_id: str, allowed: str, remedy: str) -> InvalidInput:
    return InvalidInput(field=_FIELD, value=group_id, allowed=allowed, remedy=remedy)
