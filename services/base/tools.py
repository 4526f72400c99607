"""What the use cases work with; the composition root of a process builds it once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from activities.contract import RequestSwitchResult, SwitchOrder
from domain.catalog.catalog import Catalog
from domain.ports.cloud import CloudFactory
from projections.reads.queries import ReadModels
from store.record.catalogs import Catalogs
from store.switch_store import SwitchStore


class SwitchStarter(Protocol):
    """Whoever starts workflows."""

    async def require_worker(self, organization_id: str, request_id: str) -> None:
        """Refuse where no worker would take a start."""

    async def start(
        self, order: SwitchOrder, *, source_plan_id: str, repetition: str = ""
    ) -> RequestSwitchResult:
        """Start the switch of an order, or join it, and return what became of the request."""


@dataclass(frozen=True, kw_only=True)
class Tools:
    """Record, read models, Temporal and the outside."""

    store: SwitchStore
    reads: ReadModels
    workflows: SwitchStarter
    cloud_factory: CloudFactory
    catalogs: Catalogs

    @cached_property
    def catalog(self) -> Catalog:
        """Return the catalog of this request: the version that is current when it is first asked for."""
        return self.catalogs.current()
