"""The vendor's directory: license pools, users, and their licenses in batches of 20, idempotent by state.

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
    NamedPage,
    NamedUser,
    SubscribedPlan,
    UserPage,
)
from providers.microsoft.directory.batches import BATCH_SIZE, Batches, check_batch
from providers.microsoft.directory.license_errors import done, failed, result_of
from providers.microsoft.directory.users import (
    NAMED_FIELDS,
    USER_FIELDS,
    department_query,
    holders_query,
    is_assignable,
    named_user_of,
    subscribed_plan_of,
    user_of,
)
from providers.microsoft.lists import cursor_of, directory_rows
from providers.transport.answers import JsonObject, understood
from providers.transport.http import ProviderHttp, ProviderRequest, segment

#: What only reading the user back makes clear. Not there to be removed: done before, or taken away by hand.
#: Not found: gone, or not yet where the directory looked.
_READ_BACK = frozenset({LicenseFailureCode.NOT_HELD, LicenseFailureCode.USER_GONE})


class MicrosoftDirectory:
    """Users and their licenses at the vendor's directory."""

    def __init__(self, http: ProviderHttp) -> None:
        self._http = http
        self._batches = Batches(http)

    @property
    def batch_size(self) -> int:
        """Return how many users one batch takes."""
        return BATCH_SIZE

    def subscribed_plans(self, organization_id: str) -> tuple[SubscribedPlan, ...]:
        """Return the license pools that users can be given."""
        request = ProviderRequest(operation="subscribed_plans", method="GET", path="/subscribedSkus")
        rows = directory_rows(self._http, organization_id, request, _pool_id)
        with understood(self._http.provider, request.operation):
            return tuple(subscribed_plan_of(each) for each in rows if is_assignable(each))

    def users_page(self, organization_id: str, plan_id: str, cursor: str | None) -> UserPage:
        """Return one page of the users who hold `plan_id`, in the directory's order.

        Raises:
            InvalidInput: `plan_id` is no GUID.
        """
        query = cursor or holders_query(plan_id, fields=USER_FIELDS)
        request = ProviderRequest(operation="users_page", method="GET", path="/users", query=query)
        return self._users_page(organization_id, request)

    def department_page(self, organization_id: str, department: str, cursor: str | None) -> UserPage:
        """Return one page of the users of a department, in the directory's order."""
        query = cursor or department_query(department, fields=USER_FIELDS)
        request = ProviderRequest(operation="department_page", method="GET", path="/users", query=query)
        return self._users_page(organization_id, request)

    def _users_page(self, organization_id: str, request: ProviderRequest) -> UserPage:
        host = self._http.host_of(organization_id)

        def page_of(body: JsonObject) -> UserPage:
            users = tuple(user_of(each) for each in body["value"])
            return UserPage(users=users, next_cursor=cursor_of(body, request.path, host))

        return self._http.read(organization_id, request, page_of)

    def named_page(self, organization_id: str, plan_id: str, cursor: str | None) -> NamedPage:
        """Return one page of the users who hold `plan_id`, with their names.

        Raises:
            InvalidInput: `plan_id` is no GUID.
        """
        query = cursor or holders_query(plan_id, fields=NAMED_FIELDS)
        request = ProviderRequest(operation="named_users_page", method="GET", path="/users", query=query)

        host = self._http.host_of(organization_id)

        def page(body: JsonObject) -> NamedPage:
            users = tuple(named_user_of(each) for each in body["value"])
            return NamedPage(users=users, next_cursor=cursor_of(body, "/users", host))

        return self._http.read(organization_id, request, page)

    def users_by_name(self, organization_id: str, names: Sequence[str]) -> tuple[NamedUser, ...]:
        """Return the users who have one of the names, 150 names in one batch."""
        return self._batches.users_by_name(organization_id, names)

    def users(self, organization_id: str, directory_ids: Sequence[str]) -> tuple[DirectoryUser, ...]:
        """Read back at most BATCH_SIZE users by id in one call, each once; who is gone is left out."""
        return self._batches.users(organization_id, directory_ids)

    def change_licenses(
        self, organization_id: str, changes: Sequence[LicenseChange]
    ) -> tuple[LicenseChangeResult, ...]:
        """Change at most BATCH_SIZE users in one batch call, and settle what its answer leaves open.

        A user is read back when the directory says that there is nothing to remove. A user who was throttled
        may have been changed all the same (vendor#batches): read back with `users`, or repeat: a repetition
        of what was done ends done.
        """
        _check(changes)
        if not changes:
            return ()
        results = self._results(organization_id, changes)
        unclear = [
            change for change, result in zip(changes, results, strict=True) if result.error in _READ_BACK
        ]
        settled = {each.directory_id: each for each in self._settle(organization_id, unclear)}
        return tuple(_settled(result, settled.get(result.directory_id)) for result in results)

    def set_locations(
        self, organization_id: str, directory_ids: Sequence[str], location: str
    ) -> tuple[LicenseChangeResult, ...]:
        """Give at most BATCH_SIZE users a usage location in one batch call."""
        check_batch(directory_ids)
        if not directory_ids:
            return ()
        operation = "set_locations"
        requests = [_location_request(each, location) for each in directory_ids]
        items = self._batches.send(organization_id, operation, requests)
        changes = [LicenseChange(directory_id=each, add_plan_id=None) for each in directory_ids]
        with understood(self._http.provider, operation):
            return tuple(result_of(change, item) for change, item in zip(changes, items, strict=True))

    def _results(self, organization_id: str, changes: Sequence[LicenseChange]) -> list[LicenseChangeResult]:
        operation = "change_licenses"
        items = self._batches.send(organization_id, operation, [_request(change) for change in changes])
        with understood(self._http.provider, operation):
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


def _pool_id(row: JsonObject) -> str:
    return str(row.get("id") or (row["skuId"], row.get("appliesTo")))


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


def _location_request(directory_id: str, location: str) -> JsonObject:
    return {
        "method": "PATCH",
        "url": f"/users/{segment(directory_id)}",
        "headers": {"Content-Type": "application/json"},
        "body": {"usageLocation": location},
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
