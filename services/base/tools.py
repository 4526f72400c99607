"""What the use cases work with: the tools that a process builds once, the recorded cloud, and saving."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from domain.approvals.approval_policy import OFF, ApprovalPolicy
from domain.approvals.custody import UNKNOWN_CUSTODY, Custody
from domain.catalog.catalog import Catalog
from domain.kernel.errors import ConcurrentWrite, UnknownOrganization
from domain.kernel.ids import FIND_ID
from domain.ports.cloud import Cloud, CloudFactory, ProviderCall
from domain.webhooks.addresses import Networks
from projections.reads.queries import ReadModels
from services.base.scopes import Scope
from services.temporal.switch_workflows import SwitchWorkflows
from store.record.catalogs import Catalogs
from store.switch_store import SwitchStore

Answer = TypeVar("Answer")
#: Times something is decided anew, such as beside the steps of a lost run that still write.
SAVE_ATTEMPTS_MAX = 8


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
    #: Quiet hours of this installation, such as 22:00-06:00; "": a request names its own.
    quiet_hours: str = ""
    #: Networks to which webhooks are sent although they are not public.
    webhook_networks: Networks = ()
    #: One for each cloud profile; none where the installation has none.
    scopes: tuple[Scope, ...] = ()
    #: What needs the approval of a second person.
    approvals: ApprovalPolicy = OFF
    #: Tells who could act by whose account, so that nobody approves what they could have requested.
    custody: Custody = UNKNOWN_CUSTODY

    @cached_property
    def catalog(self) -> Catalog:
        """Return the catalog of this request: the version that is current when it is first asked for."""
        return self.catalogs.current()


@contextmanager
def recorded_cloud(tools: Tools, organization_id: str) -> Iterator[Cloud]:
    """Yield the cloud for questions about one organization; every call is recorded.

    Raises:
        UnknownOrganization: The cloud does not know it, or the caller may not see it.
    """
    require_visible(tools, organization_id)
    with installation_cloud(tools, organization_id) as cloud:
        yield cloud


@contextmanager
def installation_cloud(tools: Tools, organization_id: str) -> Iterator[Cloud]:
    """Yield the cloud for what the installation asks itself, such as a partner about its customers.

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


def require_visible(tools: Tools, organization_id: str) -> None:
    """Refuse an organization that the caller may not see, by the same words whether it exists or not.

    Raises:
        UnknownOrganization: It is none of those over which the caller holds the role (docs/roles.md#scope).
    """
    if not tools.reads.sees(organization_id):
        raise UnknownOrganization(
            f"There is no organization {organization_id!r} among those that you may see.",
            remedy="Give the directory id of an organization over which you hold a role; an administrator "
            "of this installation grants roles.",
        )


def require_known_organization(tools: Tools, organization_id: str) -> None:
    """Refuse an organization that neither the record nor the cloud knows: it has nothing to be listed.

    Raises:
        UnknownOrganization: Nobody knows it, or the caller may not see it.
    """
    require_visible(tools, organization_id)
    if tools.store.organization(organization_id) is None:
        with recorded_cloud(tools, organization_id) as cloud:
            cloud.billing.profile(organization_id)


def decided_anew(decide: Callable[[], Answer]) -> Answer:
    """Return what is decided and saved at last; each try loads, decides and saves.

    Raises:
        ConcurrentWrite: Somebody else was faster each time.
    """
    for _ in range(SAVE_ATTEMPTS_MAX - 1):
        with suppress(ConcurrentWrite):
            return decide()
    return decide()
