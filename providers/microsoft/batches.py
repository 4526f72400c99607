"""The directory's `$batch`: at most 20 requests in one call, answered in any order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from domain.errors import InvalidInput, ProviderRefused, ProviderThrottled, ProviderUnavailable
from domain.ports import BATCH_SIZE, DirectoryUser
from domain.refusals import REFUSALS_MAX, Refusal, same_once
from providers.answers import (
    JsonObject,
    error_of,
    is_refused,
    redact,
    refusal_of,
    retry_after_seconds,
    understood,
)
from providers.http import ProviderHttp, ProviderRequest, segment
from providers.microsoft.users import USER_FIELDS, user_of

_OK = range(200, 300)
_NOT_FOUND = 404
_THROTTLED = 429
#: No item at all, a failed dependency, and every failure of the server.
_UNAVAILABLE = frozenset({0, 424, *range(500, 600)})


class Batches:
    """Batch calls to the directory of one connection."""

    def __init__(self, http: ProviderHttp) -> None:
        self._http = http

    @property
    def provider(self) -> str:
        """Return the provider's name in messages and records."""
        return self._http.provider

    def send(
        self, organization_id: str, operation: str, requests: Sequence[JsonObject]
    ) -> list[JsonObject | None]:
        """Send one batch; return the items in the order of `requests`, None for one that is missing.

        Args:
            organization_id: Directory id of the organization.
            operation: Name of the call in the record.
            requests: Method, url and body of each item; the ids are set here.
        """
        numbered = [{"id": str(number), **request} for number, request in enumerate(requests, start=1)]
        request = ProviderRequest(
            operation=operation,
            method="POST",
            path="/$batch",
            body={"requests": numbered},
            summarize=_summary,
            refusals=_refusals,
        )
        body = self._http.send(organization_id, request).body
        with understood(self.provider, operation):
            items = {str(item["id"]): item for item in body["responses"]}
            return [items.get(each["id"]) for each in numbered]

    def users(self, organization_id: str, directory_ids: Sequence[str]) -> tuple[DirectoryUser, ...]:
        """Read users by id; those who are gone are left out.

        Raises:
            InvalidInput: More than BATCH_SIZE ids, or one twice.
            ProviderThrottled: At least one user could not be read yet.
            ProviderUnavailable: The same, without a time to wait.
        """
        check_batch(directory_ids)
        if not directory_ids:
            return ()
        requests = [
            {"method": "GET", "url": f"/users/{segment(each)}?$select={USER_FIELDS}"}
            for each in directory_ids
        ]
        items = self.send(organization_id, "users", requests)
        with understood(self.provider, "users"):
            found = (self._user(item) for item in items)
            return tuple(user for user in found if user is not None)

    def _user(self, item: JsonObject | None) -> DirectoryUser | None:
        status = 0 if item is None else int(item["status"])
        if item is not None and status in _OK and not is_refused(item):
            return user_of(item["body"])
        if status == _NOT_FOUND:
            return None
        raise self._failure(status, item or {})

    def _failure(self, status: int, item: JsonObject) -> Exception:
        code, text = error_of(item.get("body"))
        said = f"The {self.provider} did not show a user ({status}: {redact(text) or 'no text'})."
        if status == _THROTTLED:
            wait = retry_after_seconds(item.get("headers") or {})
            return ProviderThrottled(said, retry_after_seconds=wait, remedy="Wait, then read again.")
        if status in _UNAVAILABLE:
            return ProviderUnavailable(said, remedy="Read again.", status=status)
        return ProviderRefused(
            said,
            remedy="Check the permissions of this installation.",
            provider_code=code,
            provider_text=redact(text),
            status=status,
        )


def check_batch(directory_ids: Sequence[str]) -> None:
    """Refuse more than one batch, and one user twice: two writes to one user would collide.

    Raises:
        InvalidInput: The batch is not what the directory takes.
    """
    if len(directory_ids) > BATCH_SIZE:
        allowed = f"at most {BATCH_SIZE} users in one call"
        raise InvalidInput(field="users", value=len(directory_ids), allowed=allowed)
    different = {each.lower() for each in directory_ids}
    if len(different) < len(directory_ids):
        repeated = len(directory_ids) - len(different)
        raise InvalidInput(field="users", value=f"{repeated} repeated", allowed="each user once")


def _refusals(body: Any) -> tuple[Refusal, ...]:
    """Return what items that were not done say, whatever the body is; each different answer once."""
    found = body.get("responses") if isinstance(body, dict) else None
    items = [each for each in found or () if isinstance(each, dict)] if isinstance(found, list) else []
    told = (each for each in items if str(each.get("status")).isdecimal() and is_refused(each))
    return same_once(refusal_of(each) for each in told)[:REFUSALS_MAX]


def _summary(body: Any) -> str:
    """Return how many items had which status; an outer 200 says nothing on them.

    Whatever the body is: the call is reported before anybody judges its shape.
    """
    found = body.get("responses") if isinstance(body, dict) else None
    items = found if isinstance(found, list) else []
    counts = Counter(str(item.get("status")) for item in items if isinstance(item, dict))
    return ", ".join(f"{count} x {status}" for status, count in sorted(counts.items()))
