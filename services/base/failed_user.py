"""What is answered of a user who could not be moved."""

from __future__ import annotations

from dataclasses import dataclass

from audit.users.user_outcomes import UnresolvedUser


@dataclass(frozen=True, kw_only=True, slots=True)
class FailedUser(UnresolvedUser):
    """One user who could not be moved, and what a skip would mean for them."""

    switch_id: str
    #: Plan that keeps the data services without the old one; "" where there is none.
    kept_plan_id: str
    loses_license: bool
    #: The directory does not have them any more.
    is_gone: bool
