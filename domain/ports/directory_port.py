"""The directory: users and their licenses, pools of licenses, and groups that give licenses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from domain.kernel.facts import OMITTED_AT_DEFAULT


class LicenseFailureCode(StrEnum):
    """Why a license was not given or taken, whatever the vendor's word is (rules#license-failures)."""

    NO_LICENSE_FREE = "NO_LICENSE_FREE"
    SERVICES_EXCLUDE = "SERVICES_EXCLUDE"
    NEEDED_SERVICE_OFF = "NEEDED_SERVICE_OFF"
    LOCATION_NOT_SERVED = "LOCATION_NOT_SERVED"
    ADDRESS_TAKEN = "ADDRESS_TAKEN"
    PLAN_NOT_ASSIGNABLE = "PLAN_NOT_ASSIGNABLE"
    PLAN_NOT_OWNED = "PLAN_NOT_OWNED"
    SERVICE_NOT_IN_PLAN = "SERVICE_NOT_IN_PLAN"
    LICENSE_FROM_GROUP = "LICENSE_FROM_GROUP"
    NOT_HELD = "NOT_HELD"
    #: The new license is assigned and does not work; the user keeps the old one, or has it again.
    LICENSE_INACTIVE = "LICENSE_INACTIVE"
    #: Neither license works: the new one does not, and the old one could not be given back.
    NO_WORKING_LICENSE = "NO_WORKING_LICENSE"
    USER_GONE = "USER_GONE"
    ACCESS_EXPIRED = "ACCESS_EXPIRED"
    PERMISSION_MISSING = "PERMISSION_MISSING"
    USER_BUSY = "USER_BUSY"
    #: What the directory says of its own load and not of a user.
    THROTTLED = "THROTTLED"
    UNAVAILABLE = "UNAVAILABLE"
    OTHER = "OTHER"


@dataclass(frozen=True, kw_only=True, slots=True)
class HeldLicense:
    """One license that a user holds."""

    plan_id: str
    disabled_service_ids: tuple[str, ...] = ()
    #: Group that feeds it; None is a direct assignment.
    assigned_by_group: str | None = None
    #: False: the assignment takes a license, and gives nothing.
    is_active: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class LicenseError:
    """A license that a group was to give a user, and could not."""

    plan_id: str
    group_id: str
    error: LicenseFailureCode
    #: The directory's own word, as evidence.
    code: str


@dataclass(frozen=True, kw_only=True, slots=True)
class DirectoryUser:
    """A user as the directory shows it; never stored in events (architecture#personal-data)."""

    directory_id: str
    licenses: tuple[HeldLicense, ...]
    #: What groups could not give; the user does not hold it.
    license_errors: tuple[LicenseError, ...] = ()
    #: The directory gives licenses to users with a location alone, and knows none of this one.
    lacks_location: bool = False

    def license_of(self, plan_id: str) -> HeldLicense | None:
        """Return the license of `plan_id` that the user holds, the direct one first, if any."""
        return next((held for held in self.licenses if held.plan_id == plan_id), None)

    def has_direct(self, plan_id: str) -> bool:
        """Return whether the user holds a plan by themselves, whatever groups give."""
        held = self.license_of(plan_id)
        return held is not None and held.assigned_by_group is None

    def is_fed(self, plan_id: str, group_id: str | None = None) -> bool:
        """Return whether a group, or this one, gives the user a plan."""
        groups = {held.assigned_by_group for held in self.licenses if held.plan_id == plan_id} - {None}
        return bool(groups) if group_id is None else group_id in groups

    def can_use(self, plan_id: str) -> bool:
        """Return whether the user holds a plan by an assignment that works, direct or by a group.

        An assignment in any other state is held and counts for nothing (switch#licenses).
        """
        return any(held.is_active and held.plan_id == plan_id for held in self.licenses)


@dataclass(frozen=True, kw_only=True, slots=True)
class NamedUser:
    """A user with the names that people know; what is recorded names no person (ADR 9)."""

    user: DirectoryUser
    principal_name: str
    #: "": the user has none.
    mail: str


@dataclass(frozen=True, kw_only=True, slots=True)
class NamedPage:
    """One page of users with their names, in the directory's stable order."""

    users: tuple[NamedUser, ...]
    #: Opaque; None after the last page.
    next_cursor: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class UserPage:
    """One page of users in the directory's stable order."""

    users: tuple[DirectoryUser, ...]
    #: Opaque; None after the last page.
    next_cursor: str | None
    #: Ids of what else stands on the page, such as the devices of a group.
    other_ids: tuple[str, ...] = ()


class ServiceState(StrEnum):
    """How far a service of a subscribed plan is set up for the organization."""

    #: Nothing waits for it: it works, or is off until somebody activates it.
    SET_UP = "set_up"
    #: It was added to the plan, and the organization has not activated it, maybe for weeks.
    NOT_ACTIVATED = "not_activated"
    #: It is being set up, or its state is unknown.
    PENDING = "pending"


@dataclass(frozen=True, kw_only=True, slots=True)
class ServiceStatus:
    """How far one service of a subscribed plan is set up for the organization."""

    service_id: str
    name: str
    state: ServiceState
    #: The directory's own word for the state, as evidence.
    vendor_status: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SubscribedPlan:
    """The directory's pool of licenses of one plan."""

    plan_id: str
    #: The directory's own name of the plan.
    plan_name: str
    #: Licenses that can be assigned: enabled plus those in grace.
    purchased: int
    assigned: int
    #: The directory's own word for the pool's state, as evidence.
    vendor_status: str
    services: tuple[ServiceStatus, ...]
    #: Of `purchased`, those of subscriptions that have ended: they work for a while.
    in_grace: int = field(default=0, metadata=OMITTED_AT_DEFAULT)

    @property
    def lasting(self) -> int:
        """Return the licenses of live subscriptions (products#the-list)."""
        return self.purchased - self.in_grace


@dataclass(frozen=True, kw_only=True, slots=True)
class LicenseChange:
    """Add one plan and remove another for one user, in one call (switch#licenses)."""

    directory_id: str
    #: None adds nothing.
    add_plan_id: str | None
    disabled_service_ids: tuple[str, ...] = ()
    #: None removes nothing.
    remove_plan_id: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class LicenseChangeResult:
    """What the directory answered for one user of a batch."""

    directory_id: str
    #: HTTP status of the answer, as evidence; 0 when none came.
    status: int = 200
    #: Why it was not done; None: it is done.
    error: LicenseFailureCode | None = None
    #: Something has locked the user; that says nothing of the change.
    is_locked: bool = False
    #: The directory's own code and text without personal data, and by what its support finds the answer.
    code: str = ""
    text: str = ""
    request_id: str = ""
    #: Seconds the directory asks to wait before this user is tried again, 0 when it does not say.
    retry_after_seconds: float = 0.0
    #: Part of the write quota that the directory says is used, 1.0 for all; None when it does not say.
    used_part: float | None = None

    @property
    def is_done(self) -> bool:
        """Return whether the change took effect."""
        return self.error is None

    @property
    def is_retryable(self) -> bool:
        """Return whether trying the same again may help (after reading back)."""
        return self.error in {
            LicenseFailureCode.THROTTLED,
            LicenseFailureCode.USER_BUSY,
            LicenseFailureCode.UNAVAILABLE,
        }


class Directory(Protocol):
    """Users and their licenses."""

    @property
    def batch_size(self) -> int:
        """Return how many users the adapter takes in one call of `users` or `change_licenses`."""

    def subscribed_plans(self, organization_id: str) -> tuple[SubscribedPlan, ...]:
        """Return the license pools of the organization.

        Raises:
            UnknownOrganization: The directory does not know it.
        """

    def users_page(self, organization_id: str, plan_id: str, cursor: str | None) -> UserPage:
        """Return one page of the users who hold `plan_id`, in a stable order; the list may be behind."""

    def department_page(self, organization_id: str, department: str, cursor: str | None) -> UserPage:
        """Return one page of the users of a department by its name; an unknown one has none.

        Raises:
            ProviderRefused: The directory knows no departments.
        """

    def users(self, organization_id: str, directory_ids: Sequence[str]) -> tuple[DirectoryUser, ...]:
        """Read back at most `batch_size` users by id, as they are now; users who are gone are left out.

        Raises:
            InvalidInput: More users than that.
        """

    def named_page(self, organization_id: str, plan_id: str, cursor: str | None) -> NamedPage:
        """Return one page of the users who hold `plan_id`, with their names; the list may be behind."""

    def users_by_name(self, organization_id: str, names: Sequence[str]) -> tuple[NamedUser, ...]:
        """Return the users who have one of the names as their principal name, or as their mail.

        Args:
            organization_id: Whose users they are.
            names: As people write them; the case does not count.
        """

    def set_locations(
        self, organization_id: str, directory_ids: Sequence[str], location: str
    ) -> tuple[LicenseChangeResult, ...]:
        """Give at most `batch_size` users a usage location; results come in the order of the ids.

        Args:
            organization_id: Whose users they are.
            directory_ids: Users, each once.
            location: Country, ISO 3166-1 alpha-2.

        Raises:
            InvalidInput: More users than that.
            ProviderRefused: The directory knows no locations.
        """

    def change_licenses(
        self, organization_id: str, changes: Sequence[LicenseChange]
    ) -> tuple[LicenseChangeResult, ...]:
        """Change at most `batch_size` users; results come in the order of `changes`.

        A user gets the new license and loses the old one at the same instant, or neither happens. Idempotent
        by state: a license that is there already, or gone already, counts as done. Services that the pool of
        the plan does not list can't be switched off.

        Raises:
            InvalidInput: More users than that, or a change of nothing.
        """


@dataclass(frozen=True, kw_only=True, slots=True)
class GroupSign:
    """What the directory itself says of its work on a group."""

    #: It has not worked through the newest change of the group's licenses or members.
    is_processing: bool
    #: Ids of the members to whom the group could not give a license.
    failed_ids: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class GroupPlan:
    """A plan that a licensing group gives every member."""

    plan_id: str
    #: Switched off for all of them: a group has one set.
    disabled_service_ids: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class LicensingGroup:
    """A group of the directory and what it gives."""

    group_id: str
    plans: tuple[GroupPlan, ...]

    def plan(self, plan_id: str) -> GroupPlan | None:
        """Return the plan of this id that it gives, if any."""
        return next((each for each in self.plans if each.plan_id == plan_id), None)


class LicensingGroups(Protocol):
    """Licenses by group: not atomic, the members follow in the background (vendor#groups)."""

    def feeding(self, organization_id: str, plan_id: str) -> tuple[LicensingGroup, ...]:
        """Return the groups that give a plan, in the order of their ids."""

    def change(
        self,
        organization_id: str,
        group_id: str,
        *,
        add: GroupPlan | None = None,
        remove_plan_id: str | None = None,
    ) -> None:
        """Change what a group gives, in one call; what its members hold tells when it is done.

        Idempotent by state: a plan that is there already gets these services, one that is gone counts as
        done.

        Raises:
            InvalidInput: Nothing to add and nothing to remove.
            UnknownGroup: The directory has no such group.
            ProviderRefused: The directory says no.
        """

    def members_page(self, organization_id: str, group_id: str, cursor: str | None) -> UserPage:
        """Return one page of the users in a group, those of groups in it among them, in a stable order.

        Raises:
            UnknownGroup: The directory has no such group.
        """

    def sign(self, organization_id: str, group_id: str) -> GroupSign:
        """Return whether the directory is through with a group, and which members it names as failed.

        Raises:
            UnknownGroup: The directory has no such group.
        """

    def reprocess(self, organization_id: str, directory_id: str) -> None:
        """Let all groups of a user try again; a user who is gone counts as done."""
