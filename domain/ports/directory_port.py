"""License pools, users and changes of their licenses, as a Protocol of the outside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from domain.ports.user_port import DirectoryUser, LicenseFailureCode, UserPage


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

    def users(self, organization_id: str, directory_ids: Sequence[str]) -> tuple[DirectoryUser, ...]:
        """Read back at most `batch_size` users by id, as they are now; users who are gone are left out.

        Raises:
            InvalidInput: More users than that.
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
