"""Who could not be moved, why, and who must do what (rules section 4)."""

from __future__ import annotations

from dataclasses import dataclass

from domain.license_failures import license_failure
from domain.subscription import Subscription
from store.switch_store import SwitchStore


@dataclass(frozen=True, kw_only=True, slots=True)
class UnresolvedUser:
    """One user whom the switch waits for."""

    #: The directory's id, or "" for a person who was erased.
    directory_id: str
    user_key: str
    error: str
    message: str
    remedy: str
    #: Trying again may help although nobody has mended anything.
    is_retryable: bool


def unresolved_users(store: SwitchStore, source: Subscription, switch_id: str) -> tuple[UnresolvedUser, ...]:
    """List the users whom no pass could move so far and nobody skipped, in the order of their error.

    Raises:
        UnknownSwitch: The source has no such switch.
    """
    state = source.switch(switch_id)
    failed = store.unresolved_users(switch_id, list(state.groups))
    errors = {key: error for key, error in failed.items() if str(key) not in state.skipped_users}
    names = store.vault.directory_ids(source.organization_id, list(errors)) if errors else {}
    users = [
        UnresolvedUser(
            directory_id=names.get(user_key, ""),
            user_key=str(user_key),
            error=error,
            message=license_failure(error).message,
            remedy=license_failure(error).remedy,
            is_retryable=license_failure(error).is_retryable,
        )
        for user_key, error in errors.items()
    ]
    return tuple(sorted(users, key=lambda user: (user.error, user.directory_id)))
