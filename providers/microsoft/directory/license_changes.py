"""License changes of up to 20 users in one call, idempotent by state.

A user's old license is removed and the new one added in ONE request, which the directory carries out whole or
not at all: nobody is without a license in between (switch#licenses).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from domain.kernel.errors import (
    InvalidInput,
    PlanSwitchError,
    ProviderBusy,
    ProviderThrottled,
    ProviderUnavailable,
)
from domain.ports.directory_port import (
    DirectoryUser,
    HeldLicense,
    LicenseChange,
    LicenseChangeResult,
    LicenseFailureCode,
)
from providers.microsoft.directory.batches import Batches, check_batch
from providers.microsoft.directory.license_errors import done, failed, result_of
from providers.transport.answers import JsonObject, understood
from providers.transport.http import segment

_OPERATION = "change_licenses"
#: What only reading the user back makes clear. Not there to be removed: done before, or taken away by hand.
#: Not found: gone, or not yet where the directory looked.
_READ_BACK = frozenset({LicenseFailureCode.NOT_HELD, LicenseFailureCode.USER_GONE})


class LicenseChanges:
    """The write side of the directory."""

    def __init__(self, batches: Batches) -> None:
        self._batches = batches

    def apply(
        self, organization_id: str, changes: Sequence[LicenseChange]
    ) -> tuple[LicenseChangeResult, ...]:
        """Send one batch and settle what its answer leaves open; results come in the order of `changes`.

        Raises:
            InvalidInput: Too many changes, one user twice, or a change of nothing.
        """
        _check(changes)
        if not changes:
            return ()
        results = self._send(organization_id, changes)
        unclear = [
            change for change, result in zip(changes, results, strict=True) if result.error in _READ_BACK
        ]
        settled = {each.directory_id: each for each in self._settle(organization_id, unclear)}
        return tuple(_settled(result, settled.get(result.directory_id)) for result in results)

    def _send(self, organization_id: str, changes: Sequence[LicenseChange]) -> list[LicenseChangeResult]:
        items = self._batches.send(organization_id, _OPERATION, [_request(change) for change in changes])
        with understood(self._batches.provider, _OPERATION):
            return [result_of(change, item) for change, item in zip(changes, items, strict=True)]

    def _settle(self, organization_id: str, unclear: Sequence[LicenseChange]) -> list[LicenseChangeResult]:
        """Read back the users who had nothing to remove: done before, done by hand, or half there."""
        if not unclear:
            return []
        try:
            users_now = self._batches.users(organization_id, [change.directory_id for change in unclear])
        except (ProviderBusy, ProviderThrottled, ProviderUnavailable) as error:
            return [_later(change, error) for change in unclear]
        users = {user.directory_id.lower(): user for user in users_now}
        return [_verdict(change, users.get(change.directory_id.lower())) for change in unclear]


def _check(changes: Sequence[LicenseChange]) -> None:
    check_batch([change.directory_id for change in changes])
    for change in changes:
        added, removed = _lower(change.add_plan_id), _lower(change.remove_plan_id)
        if added == removed:
            allowed = "a plan to add, a plan to remove, or two different ones"
            raise InvalidInput(field="add_plan_id", value=change.add_plan_id, allowed=allowed)


def _request(change: LicenseChange) -> JsonObject:
    added = {"skuId": change.add_plan_id, "disabledPlans": list(change.disabled_service_ids)}
    return {
        "method": "POST",
        "url": f"/users/{segment(change.directory_id)}/assignLicense",
        "headers": {"Content-Type": "application/json"},
        "body": {
            "addLicenses": [] if change.add_plan_id is None else [added],
            "removeLicenses": [] if change.remove_plan_id is None else [change.remove_plan_id],
        },
    }


def _settled(result: LicenseChangeResult, verdict: LicenseChangeResult | None) -> LicenseChangeResult:
    """Return what counts: the answer, or what reading back has shown of it."""
    if verdict is None or (
        result.error == LicenseFailureCode.USER_GONE and verdict.error == LicenseFailureCode.USER_GONE
    ):
        return result
    if result.error == LicenseFailureCode.USER_GONE and not (verdict.is_done or verdict.is_retryable):
        return replace(
            verdict,
            error=LicenseFailureCode.UNAVAILABLE,
            text="The directory shows the user, and did not find them.",
        )
    return verdict


def _verdict(change: LicenseChange, user: DirectoryUser | None) -> LicenseChangeResult:
    """Return what reading back tells of `change`.

    Whoever holds the target and not the source is where the change leads to. Services that differ were set by
    hand, and are left so: taking one away could take data from a user who works with it. A target that does
    not work is not where it leads to: only a state of a working license counts (switch#licenses).
    """
    if user is None:
        return failed(change, LicenseFailureCode.USER_GONE, "The user is gone.")
    sources, targets = _held(user, change.remove_plan_id), _held(user, change.add_plan_id)
    if sources:
        return _still_there(change, sources)
    if change.add_plan_id is None or any(target.is_active for target in targets):
        return done(change)
    if targets:
        return failed(
            change,
            LicenseFailureCode.LICENSE_INACTIVE,
            "The license is in a state in which it does not work.",
        )
    return failed(
        change,
        LicenseFailureCode.NOT_HELD,
        "The user holds neither of the two plans; both were left as they are.",
    )


def _still_there(change: LicenseChange, sources: Sequence[HeldLicense]) -> LicenseChangeResult:
    if all(source.assigned_by_group for source in sources):
        return failed(
            change,
            LicenseFailureCode.LICENSE_FROM_GROUP,
            "A group gives the license; change it at the group.",
        )
    return failed(change, LicenseFailureCode.USER_BUSY, "The license came back meanwhile; try again.")


def _held(user: DirectoryUser, plan_id: str | None) -> list[HeldLicense]:
    return [held for held in user.licenses if held.plan_id == _lower(plan_id)]


def _later(change: LicenseChange, error: PlanSwitchError) -> LicenseChangeResult:
    """Return that what became of `change` could not be read; trying again settles it."""
    if isinstance(error, ProviderThrottled):
        return failed(
            change, LicenseFailureCode.THROTTLED, error.message, wait_seconds=error.retry_after_seconds
        )
    return failed(change, LicenseFailureCode.UNAVAILABLE, error.message)


def _lower(text: str | None) -> str | None:
    return None if text is None else text.lower()
