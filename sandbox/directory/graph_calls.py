"""Single calls on users, used both by their own path and as items of a batch."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from domain.kernel.errors import UnacceptableText
from domain.text.plain_text import require_plain_text
from sandbox.cloud.answers import (
    HTTP_CONFLICT,
    HTTP_TOO_MANY,
    HTTP_UNAVAILABLE,
    Refusal,
    without_annotations,
)
from sandbox.cloud.fold import change_licenses, use_refusal
from sandbox.cloud.licenses import bad_request, check_change, find_user, read_change
from sandbox.cloud.state import Sandbox
from sandbox.directory.user_views import changed_user_view
from sandbox.kernel.journal import Record
from sandbox.kernel.model import Json, Organization, User
from sandbox.kernel.quota import SHOWN_FROM, OrganizationQuota

#: Seconds that a planted conflict or outage asks the client to wait.
PLANTED_RETRY_AFTER_SECONDS = 1
#: Characters that a text of a user has at most.
TEXT_LENGTH_MAX = 256
_LOCATION = re.compile(r"[A-Za-z]{2}")
_WAITS = frozenset({HTTP_CONFLICT, HTTP_TOO_MANY, HTTP_UNAVAILABLE})


@dataclass(kw_only=True, slots=True)
class LicenseWrites:
    """License changes of one request: they take effect at once and go to the journal as one record."""

    sandbox: Sandbox
    organization: Organization
    now: datetime
    #: Instant of the record.
    at: str
    changes: list[Any] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def assign(self, user_key: str, body: Any) -> Json:
        """Carry out one `assignLicense` and return the user.

        Raises:
            Refusal: It is not allowed, throttled, or a refusal was planted.
        """
        self._count_write(user_key)
        change = read_change(body)
        user = find_user(self.organization, user_key)
        if user.refusals:
            self._refuse(user)
        is_exclusive = self.sandbox.settings.is_exclusive
        check_change(
            self.organization,
            user,
            change,
            plans=self.sandbox.plans,
            now=self.now,
            is_exclusive=is_exclusive,
        )
        change_licenses(self.organization, user, change.added, change.removed, self.at)
        self.changes.append([user.user_id, change.added, change.removed])
        return changed_user_view(user)

    def save(self) -> None:
        """Write what happened, if anything did, as one record."""
        if not self.changes and not self.refused:
            return
        record: Record = {
            "type": "licenses",
            "at": self.at,
            "actor": "app",
            "organization_id": self.organization.organization_id,
            "changes": self.changes,
        }
        if self.refused:
            record["refused"] = self.refused
        self.changes, self.refused = [], []
        self.sandbox.write(record)

    def restamp(self) -> None:
        """Take a new instant, after something else was written in the middle of the request."""
        self.now, self.at = self.sandbox.now(), self.sandbox.next_instant()

    def _count_write(self, user_key: str) -> None:
        if self.sandbox.settings.is_quota_on:
            check_quota(self.sandbox, self.organization, self.now, user_key)

    def quota_headers(self) -> dict[str, str]:
        """Return the header about the quota that every answer has once most of it is used."""
        settings = self.sandbox.settings
        if not settings.is_quota_on:
            return {}
        used = quota_of(self.sandbox, self.organization, self.now).app.used_part
        return {} if used < SHOWN_FROM else {"x-ms-throttle-limit-percentage": f"{used:.2f}"}

    def _refuse(self, user: User) -> None:
        first = user.refusals[0]
        status, code, text = first["status"], first["code"], first["text"]
        use_refusal(user)
        self.refused.append(user.user_id)
        headers = {"Retry-After": str(PLANTED_RETRY_AFTER_SECONDS)} if status in _WAITS else None
        raise Refusal(status, code, text, headers=headers)


def start_writes(sandbox: Sandbox, organization: Organization) -> LicenseWrites:
    """Return an empty set of license changes at the present instant."""
    at = sandbox.next_instant()
    return LicenseWrites(sandbox=sandbox, organization=organization, now=sandbox.now(), at=at)


def quota_of(sandbox: Sandbox, organization: Organization, now: datetime) -> OrganizationQuota:
    """Return what an organization may still write."""
    return sandbox.quota.of(organization.organization_id, now, app_writes=sandbox.settings.quota_writes)


def check_quota(sandbox: Sandbox, organization: Organization, now: datetime, user_key: str) -> None:
    """Count one write to a user against the quotas.

    Raises:
        Refusal: The write is throttled (429 with Retry-After).
    """
    quota = quota_of(sandbox, organization, now)
    wait = quota.retry_after_seconds(user_key.lower(), now, sandbox.settings.quota_speed)
    if wait:
        headers = {
            "Retry-After": str(wait),
            "x-ms-throttle-scope": "Tenant_Application/ReadWrite",
            "x-ms-throttle-information": "WriteLimitExceeded",
        }
        raise Refusal(HTTP_TOO_MANY, "TooManyRequests", "Please retry again later.", headers=headers)


def patch_user(sandbox: Sandbox, organization: Organization, user_key: str, body: Json) -> None:
    """Change fields of a user.

    Raises:
        Refusal: There is no such user, a field is wrong or can't be changed, or the write is throttled.
    """
    if sandbox.settings.is_quota_on:
        check_quota(sandbox, organization, sandbox.now(), user_key)
    user = find_user(organization, user_key)
    changes = without_annotations(body)
    if not changes or changes.keys() - _PATCHED.keys():
        raise bad_request(f"Only {', '.join(_PATCHED)} can be changed here, at least one of them.")
    facts = {}
    for name, value in changes.items():
        fact, is_right = _PATCHED[name]
        if not is_right(value):
            text = f"Invalid value specified for property '{name}' of resource 'User'."
            raise bad_request(text)
        facts[fact] = value.upper() if name == "usageLocation" else value
    sandbox.commit(
        "user_patched", organization_id=organization.organization_id, user_id=user.user_id, **facts
    )


def _is_text(value: Any) -> bool:
    if not isinstance(value, str) or not 0 < len(value.strip()) <= TEXT_LENGTH_MAX:
        return False
    try:
        require_plain_text(value)
    except UnacceptableText:
        return False
    return True


#: Fields that can be changed -> the name of the fact in the journal, and whether a value can be it.
_PATCHED: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "accountEnabled": ("is_enabled", lambda value: isinstance(value, bool)),
    "department": ("department", _is_text),
    "displayName": ("display_name", _is_text),
    "mail": ("mail", _is_text),
    "usageLocation": (
        "usage_location",
        lambda value: isinstance(value, str) and bool(_LOCATION.fullmatch(value)),
    ),
}
