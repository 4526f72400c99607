"""What the use cases work with; the composition root of a process builds it once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from domain.catalog.catalog import Catalog
from domain.ports.cloud import CloudFactory
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
