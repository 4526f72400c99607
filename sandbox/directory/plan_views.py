"""How the directory shows the services of licenses: on a user, on the organization, and in detail."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sandbox.cloud.state import Sandbox, named_id
from sandbox.directory.graph_views import service_views
from sandbox.kernel.clock import iso
from sandbox.kernel.model import Json, Organization, Subscription, User
from sandbox.kernel.plans import PlanBook
from sandbox.kernel.skus import services_of

#: Beginning of a service plan's name -> the directory's name of its service, as published answers have it.
_SERVICES = {
    "AAD_PREMIUM": "AADPremiumService",
    "ADALLOM_S_O365": "Adallom",
    "ATP_ENTERPRISE": "exchange",
    "BI_AZURE_P2": "PowerBI",
    "BPOS_S_TODO": "To-Do",
    "DYN365_CDS_O365": "CRM",
    "Deskless": "Deskless",
    "EQUIVIO_ANALYTICS": "exchange",
    "EXCHANGE_": "exchange",
    "FLOW_O365": "ProcessSimple",
    "FORMS_PLAN": "OfficeForms",
    "LOCKBOX_ENTERPRISE": "exchange",
    "MCO": "MicrosoftCommunicationsOnline",
    "MFA_PREMIUM": "MultiFactorService",
    "MICROSOFTBOOKINGS": "exchange",
    "MICROSOFT_SEARCH": "Bing",
    "OFFICESUBSCRIPTION": "MicrosoftOffice",
    "POWERAPPS_O365": "PowerAppsService",
    "PROJECTWORKMANAGEMENT": "ProjectWorkManagement",
    "RMS_S_": "RMSOnline",
    "SHAREPOINT": "SharePoint",
    "STREAM_O365": "MicrosoftStream",
    "SWAY": "Sway",
    "TEAMS1": "TeamspaceAPI",
    "THREAT_INTELLIGENCE": "exchange",
    "WHITEBOARD": "WhiteboardServices",
    "YAMMER_ENTERPRISE": "YammerEnterprise",
}
#: The directory's words for the state of licenses, best first.
_CAPABILITIES = ("Enabled", "Warning", "Suspended", "LockedOut")


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanViews:
    """Views of what an organization and its users have of the vendor's plans."""

    organization: Organization
    plans: PlanBook
    now: datetime

    def license_details(self, user: User) -> list[Json]:
        """Return each license of a user with the state of its services for them."""
        return [
            {
                "id": named_id(self.organization.organization_id, f"license:{user.user_id}:{plan_id}"),
                "skuId": plan_id,
                "skuPartNumber": self.plans[plan_id].part_number,
                "servicePlans": self._services(plan_id, held.disabled),
            }
            for plan_id, held in sorted(user.licenses.items())
            if plan_id in self.plans
        ]

    def assigned_plans(self, user: User) -> list[Json]:
        """Return the services that a user's licenses give them, each once."""
        plans: dict[str, Json] = {}
        for plan_id, held in sorted(user.licenses.items()):
            if plan_id not in self.plans or plan_id in user.inactive_plans:
                continue
            capability = _best(owned.capability(self.now) for owned in self._owned(plan_id))
            for service in services_of(self.organization, self.plans[plan_id]):
                if service.service_plan_id not in held.disabled:
                    view = _assigned(service.service_plan_id, service.name, capability, held.updated_at)
                    plans.setdefault(service.service_plan_id, view)
        return list(plans.values())

    def organization_plans(self) -> list[Json]:
        """Return the services that an organization's subscriptions give it, each once."""
        plans: dict[str, Json] = {}
        for plan_id, owned in self._subscriptions():
            capability = _best(each.capability(self.now) for each in owned)
            since = iso(min(each.created_at for each in owned))
            for service in services_of(self.organization, self.plans[plan_id]):
                view = _assigned(service.service_plan_id, service.name, capability, since)
                plans.setdefault(service.service_plan_id, view)
        return list(plans.values())

    def provisioned_plans(self) -> list[Json]:
        """Return how far each service of an organization is set up."""
        rows = (
            {
                "capabilityStatus": _best(each.capability(self.now) for each in owned),
                "provisioningStatus": view["provisioningStatus"],
                "service": service_name(view["servicePlanName"]),
            }
            for plan_id, owned in self._subscriptions()
            for view in service_views(self.organization, self.plans[plan_id], owned, self.now)
        )
        return list({tuple(row.values()): row for row in rows if row["service"]}.values())

    def _services(self, plan_id: str, disabled: tuple[str, ...]) -> list[Json]:
        views = service_views(self.organization, self.plans[plan_id], self._owned(plan_id), self.now)
        return [
            view | {"provisioningStatus": "Disabled"} if view["servicePlanId"] in disabled else view
            for view in views
        ]

    def _owned(self, plan_id: str) -> list[Subscription]:
        return [
            owned
            for owned in self.organization.subscriptions.values()
            if owned.plan_id == plan_id and owned.is_visible(self.now)
        ]

    def _subscriptions(self) -> Iterator[tuple[str, list[Subscription]]]:
        plan_ids = {owned.plan_id for owned in self.organization.subscriptions.values()}
        for plan_id in sorted(plan_ids & self.plans.keys()):
            if owned := self._owned(plan_id):
                yield plan_id, owned


def plan_views(sandbox: Sandbox, organization: Organization) -> PlanViews:
    """Return the views of an organization at the present instant."""
    return PlanViews(organization=organization, plans=sandbox.plans, now=sandbox.now())


def service_name(service_plan_name: str) -> str | None:
    """Return the directory's name of the service that a service plan belongs to; None: not published."""
    names = (name for start, name in _SERVICES.items() if service_plan_name.startswith(start))
    return next(names, None)


def _assigned(service_plan_id: str, service_plan_name: str, capability: str, since: str) -> Json:
    return {
        "assignedDateTime": since,
        "capabilityStatus": capability,
        "service": service_name(service_plan_name),
        "servicePlanId": service_plan_id,
    }


def _best(words: Iterable[str]) -> str:
    """Return the best state of several subscriptions; licenses without any are locked out."""
    states = frozenset(words)
    return next((word for word in _CAPABILITIES if word in states), "LockedOut")
