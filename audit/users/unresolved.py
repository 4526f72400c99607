"""Who could not be moved, why, and who must do what (rules#license-failures)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from audit.users.tries import PassTimes
from domain.catalog.catalog import load_catalog
from domain.licenses.license_refusals import explained_failure
from domain.operator.retry_words import remedy_now
from domain.subscriptions.subscription import Subscription
from domain.switch.stage import TERMINAL
from providers.transport.redacted_text import named_text
from store.switch_store import SwitchStore


@dataclass(frozen=True, kw_only=True, slots=True)
class UnresolvedUser:
    """One user whom the switch waits for."""

    #: The directory's id, or "" for a person who was erased.
    directory_id: str
    user_key: str
    #: Code of rules#license-failures, and the vendor's word for it, or "".
    error: str
    vendor_code: str
    #: The directory's own code and text without personal data, and by what its support finds the answer.
    code: str
    text: str
    request_id: str
    message: str
    #: In words of what the switch takes now; "" where it has ended: nobody tries again.
    remedy: str
    #: Passes that tried it, and when the newest had; None: the record does not tell.
    tries: int
    last_tried_at: datetime | None
    #: Trying again may help although nobody has mended anything.
    is_retryable: bool


def unresolved_users(store: SwitchStore, source: Subscription, switch_id: str) -> tuple[UnresolvedUser, ...]:
    """List the users whom no pass could move so far and nobody skipped, in the order of their error.

    Raises:
        UnknownSwitch: The source has no such switch.
    """
    state = source.switch(switch_id)
    is_ended = state.stage in TERMINAL
    failed = store.unresolved_users(switch_id, list(state.chunks))
    refused = {key: each for key, each in failed.items() if str(key) not in state.skipped_users}
    names = store.vault.directory_ids(source.organization_id, list(refused)) if refused else {}
    catalog, times = load_catalog(), PassTimes(store=store, switch_id=switch_id)
    users = [
        UnresolvedUser(
            directory_id=names.get(user_key, ""),
            user_key=str(user_key),
            error=each.error,
            vendor_code=store.words.word_of(each.error),
            code=each.code,
            text=named_text(each.text, catalog),
            request_id=each.request_id,
            message=failure.message,
            remedy=remedy_now(failure.remedy, state),
            tries=each.tries,
            last_tried_at=times.at(each.pass_name, each.position),
            is_retryable=failure.is_retryable and not is_ended,
        )
        for user_key, each in refused.items()
        for failure in (explained_failure(each.error, each.text, catalog, services=each.dependents),)
    ]
    return tuple(sorted(users, key=lambda user: (user.error, user.text, user.directory_id)))


@dataclass(frozen=True, kw_only=True, slots=True)
class FailedUser(UnresolvedUser):
    """One user who could not be moved, and what a skip would mean for them."""

    switch_id: str
    #: Plan that keeps the data services without the old one; "" where there is none.
    kept_plan_id: str
    loses_license: bool
    #: The directory does not have them any more.
    is_gone: bool
