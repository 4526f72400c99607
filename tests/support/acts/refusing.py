"""A directory that refuses to change single users, and is real otherwise."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

from domain.ports.cloud import Cloud
from domain.ports.directory_port import LicenseChange, LicenseChangeResult, LicenseFailureCode


class RefusingDirectory:
    """Answers some users with 409; the others of their batch are changed.

    The sandbox's fault programs meet all users alike.
    """

    def __init__(self, real: Any, users: Sequence[str], retry_after_seconds: float) -> None:
        self._real = real
        self._users = users
        self._retry_after_seconds = retry_after_seconds

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def change_licenses(
        self, organization_id: str, changes: Sequence[LicenseChange]
    ) -> tuple[LicenseChangeResult, ...]:
        """Change whom it does not refuse."""
        others = [change for change in changes if change.directory_id not in self._users]
        refused = [
            LicenseChangeResult(
                directory_id=change.directory_id,
                status=409,
                error=LicenseFailureCode.USER_BUSY,
                retry_after_seconds=self._retry_after_seconds,
            )
            for change in changes
            if change.directory_id in self._users
        ]
        return (*self._real.change_licenses(organization_id, others), *refused)


def conflicting(*users: str, retry_after_seconds: float = 0.0) -> Callable[[Cloud], Cloud]:
    """Return a change of the cloud: its directory answers these users with 409, whatever is asked."""

    def change(cloud: Cloud) -> Cloud:
        directory: Any = RefusingDirectory(cloud.directory, users, retry_after_seconds)
        return dataclasses.replace(cloud, directory=directory)

    return change
