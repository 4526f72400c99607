"""A user and their licenses, and a page of users, as the directory shows them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


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
class UserPage:
    """One page of users in the directory's stable order."""

    users: tuple[DirectoryUser, ...]
    #: Opaque; None after the last page.
    next_cursor: str | None
    #: Ids of what else stands on the page, such as the devices of a group.
    other_ids: tuple[str, ...] = ()
