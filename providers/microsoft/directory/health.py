"""The vendor's health board: which services of the catalog an entry stands for, and whether it works."""

from __future__ import annotations

from domain.ports.cloud import ServiceHealth
from providers.microsoft.lists import directory_rows
from providers.transport.answers import understood
from providers.transport.http import ProviderHttp, ProviderRequest

#: Name on the health board (lower case) -> services of the catalog that it stands for.
SERVICES: dict[str, tuple[str, ...]] = {
    "exchange online": ("exchange",),
    "sharepoint online": ("sharepoint",),
    "onedrive for business": ("onedrive", "sharepoint"),
    "microsoft teams": ("teams",),
    "skype for business": ("skype",),
    "skype for business online": ("skype",),
    "yammer enterprise": ("yammer", "viva_engage"),
    "microsoft viva engage": ("yammer", "viva_engage"),
    "office for the web": ("office_web",),
    "microsoft 365 for the web": ("office_web",),
    "microsoft 365 apps": ("office_apps",),
    "microsoft intune": ("intune", "mobile_device_management"),
    "power apps in microsoft 365": ("powerapps",),
    "microsoft power automate in microsoft 365": ("flow",),
    "microsoft bookings": ("bookings",),
    "microsoft forms": ("forms",),
    "microsoft stream": ("stream",),
    "planner": ("planner",),
    "sway": ("sway",),
}
#: Names on the health board on which every service rests.
FOUNDATIONS = frozenset({"microsoft 365 suite", "identity service", "microsoft entra", "microsoft entra id"})
#: The board's words that mean no open incident.
_HEALTHY = frozenset(
    {
        "serviceOperational",
        "serviceRestored",
        "postIncidentReviewPublished",
        "falsePositive",
        "resolved",
        "resolvedExternal",
        "mitigated",
        "mitigatedExternal",
    }
)


class MicrosoftHealthBoard:
    """Health of the organization's services at the vendor."""

    def __init__(self, http: ProviderHttp) -> None:
        self._http = http

    def service_health(self, organization_id: str) -> tuple[ServiceHealth, ...]:
        """Return the state of every service."""
        path = "/admin/serviceAnnouncement/healthOverviews"
        request = ProviderRequest(operation="service_health", method="GET", path=path)
        rows = directory_rows(self._http, organization_id, request, lambda row: str(row["service"]))
        with understood(self._http.provider, request.operation):
            return tuple(health_of(each["service"], each["status"]) for each in rows)


def health_of(service: str, status: str) -> ServiceHealth:
    """Return an entry of the board; a name that is not known stands for the service that is called so."""
    name = service.strip().lower()
    own_name = name.removeprefix("microsoft ").removesuffix(" online").replace(" ", "_")
    return ServiceHealth(
        service=service,
        is_healthy=status in _HEALTHY,
        concerned=None if name in FOUNDATIONS else SERVICES.get(name, (own_name,)),
        vendor_status=status,
    )
