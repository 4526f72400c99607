"""What the use cases work with; the composition root of a process builds it once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property

from domain.catalog.catalog import Catalog
from domain.kernel.errors import UnknownOrganization
from domain.organizations.organization_ids import FIND_ID
from domain.ports.cloud import Cloud, CloudFactory, ProviderCall
from projections.reads.queries import ReadModels
from services.temporal.switch_workflows import SwitchWorkflows
from store.record.catalogs import Catalogs
from store.switch_store import SwitchStore


@dataclass(frozen=True, kw_only=True)
class Tools:
    """Record, read models, Temporal and the outside.

    A use case raises what its tools raise, such as `OrchestrationUnavailable` and `StoreUnavailable`; its own
    docstring names what it refuses.
    """

    store: SwitchStore
    reads: ReadModels
    workflows: SwitchWorkflows
    cloud_factory: CloudFactory
    catalogs: Catalogs

    @cached_property
    def catalog(self) -> Catalog:
        """Return the catalog of this request: the version that is current when it is first asked for."""
        return self.catalogs.current()


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
