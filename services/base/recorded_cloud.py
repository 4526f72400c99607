"""The cloud for questions about one organization: each call leaves its row in the record."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from domain.kernel.errors import UnknownOrganization
from domain.kernel.ids import FIND_ID
from domain.ports.cloud import Cloud, ProviderCall
from services.base.tools import Tools


@contextmanager
def recorded_cloud(tools: Tools, organization_id: str) -> Iterator[Cloud]:
    """Yield the cloud for questions about one organization; every call is recorded.

    Raises:
        UnknownOrganization: The cloud does not know it.
    """
    calls: list[ProviderCall] = []
    try:
        yield tools.cloud_factory(calls.append)
    except UnknownOrganization as error:
        raise UnknownOrganization(
            f"The connected cloud knows no organization {organization_id!r}.",
            remedy=f"{error.remedy} {FIND_ID}",
        ) from error
    finally:
        tools.store.save_calls(calls)
