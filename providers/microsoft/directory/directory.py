"""The vendor's directory: license pools, users, and their licenses in batches of 20."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote, urlencode
from uuid import UUID

from domain.kernel.errors import InvalidInput
from domain.ports.directory_port import (
    DirectoryUser,
    LicenseChange,
    LicenseChangeResult,
    SubscribedPlan,
    UserPage,
)
from providers.microsoft.directory.batches import Batches
from providers.microsoft.directory.license_changes import LicenseChanges
from providers.microsoft.directory.limits import BATCH_SIZE
from providers.microsoft.directory.users import USER_FIELDS, is_assignable, subscribed_plan_of, user_of
from providers.microsoft.lists import cursor_of, directory_rows
from providers.transport.answers import JsonObject, understood
from providers.transport.http import ProviderHttp, ProviderRequest

#: Users that one page of the roster asks for; the directory's own limit.
PAGE_SIZE = 999


class MicrosoftDirectory:
    """Users and their licenses at the vendor's directory."""

    def __init__(self, http: ProviderHttp) -> None:
        self._http = http
        self._batches = Batches(http)
        self._changes = LicenseChanges(self._batches)

    @property
    def batch_size(self) -> int:
        """Return how many users one batch takes."""
        return BATCH_SIZE

    def subscribed_plans(self, organization_id: str) -> tuple[SubscribedPlan, ...]:
        """Return the license pools that users can be given.

        Raises:
            UnknownOrganization: The directory does not know it.
        """
        operation = "subscribed_plans"
        request = ProviderRequest(operation=operation, method="GET", path="/subscribedSkus")
        rows = directory_rows(self._http, organization_id, request, _pool_id)
        with understood(self._http.provider, operation):
            return tuple(subscribed_plan_of(each) for each in rows if is_assignable(each))

    def users_page(self, organization_id: str, plan_id: str, cursor: str | None) -> UserPage:
        """Return one page of the users who hold `plan_id`, in the directory's order.

        Args:
            organization_id: Directory id of the organization.
            plan_id: GUID of the plan.
            cursor: What the page before gave, or None for the first page.

        Raises:
            InvalidInput: `plan_id` is no GUID.
        """
        operation = "users_page"
        query = cursor or _roster_query(plan_id)
        request = ProviderRequest(operation=operation, method="GET", path="/users", query=query)
        body = self._http.send(organization_id, request).body
        with understood(self._http.provider, operation):
            users = tuple(user_of(each) for each in body["value"])
            return UserPage(users=users, next_cursor=cursor_of(body, "/users", self._http.host))

    def users(self, organization_id: str, directory_ids: Sequence[str]) -> tuple[DirectoryUser, ...]:
        """Read back at most BATCH_SIZE users by id in one call; users who are gone are left out.

        Raises:
            InvalidInput: More than BATCH_SIZE ids, or one twice.
        """
        return self._batches.users(organization_id, directory_ids)

    def change_licenses(
        self, organization_id: str, changes: Sequence[LicenseChange]
    ) -> tuple[LicenseChangeResult, ...]:
        """Change at most BATCH_SIZE users in one batch call; results come in the order of `changes`.

        Idempotent by state: a user is read back when the directory says that there is nothing to remove.
        A user who was throttled may have been changed all the same (vendor#batches): read back with
        `users`, or repeat: a repetition of what was done ends done.

        Raises:
            InvalidInput: Too many changes, one user twice, or a change of nothing.
            ProviderUnavailable: No answer came; repeat the same changes.
        """
        return self._changes.apply(organization_id, changes)


def _pool_id(row: JsonObject) -> str:
    return str(row.get("id") or (row["skuId"], row.get("appliesTo")))


def _roster_query(plan_id: str) -> str:
    try:
        guid = UUID(plan_id)
    except ValueError as error:
        raise InvalidInput(field="plan_id", value=plan_id, allowed="a GUID of the catalog") from error
    fields = {
        "$filter": f"assignedLicenses/any(s:s/skuId eq {guid})",
        "$select": USER_FIELDS,
        "$top": str(PAGE_SIZE),
    }
    return urlencode(fields, safe="$,:/()", quote_via=quote)
