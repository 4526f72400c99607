"""Names of services: which service a vendor's service plan stands for, and which tier of it.

Service-plan ids and names change between editions (`FLOW_O365_P1`, `FLOW_O365_P2` ...), services do not:
gained and lost services, and services that a user switched off, are matched by the name given here
(switch#services).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

#: Families whose loss loses data (rules#target_lacks_data_services); their tiers decide whether a target is
#: offered.
DATA_FAMILIES = ("exchange", "sharepoint", "skype_teams", "yammer")

#: Tier of a service that comes in one version only.
SINGLE_TIER = 1

#: Service plans of the data families: (service, family, tier). Everything else has tiers of display only.
DATA_SERVICE_PLANS: dict[str, tuple[str, str, int]] = {
    "EXCHANGE_S_DESKLESS": ("exchange", "exchange", 1),
    "EXCHANGE_L_STANDARD": ("exchange", "exchange", 2),
    "EXCHANGE_S_STANDARD": ("exchange", "exchange", 2),
    "EXCHANGE_S_STANDARD_MIDMARKET": ("exchange", "exchange", 2),
    "EXCHANGE_S_ENTERPRISE": ("exchange", "exchange", 3),
    "SHAREPOINTDESKLESS": ("sharepoint", "sharepoint", 1),
    "SHAREPOINTLITE": ("sharepoint", "sharepoint", 2),
    "SHAREPOINTSTANDARD": ("sharepoint", "sharepoint", 2),
    "SHAREPOINTSTANDARD_EDU": ("sharepoint", "sharepoint", 2),
    "SHAREPOINTENTERPRISE_MIDMARKET": ("sharepoint", "sharepoint", 2),
    "SHAREPOINTENTERPRISE": ("sharepoint", "sharepoint", 3),
    "SHAREPOINTENTERPRISE_EDU": ("sharepoint", "sharepoint", 3),
    "ONEDRIVE_BASIC": ("onedrive", "sharepoint", 1),
    "MCOIMP": ("skype", "skype_teams", 1),
    "MCOLITE": ("skype", "skype_teams", 1),
    "MCOSTANDARD": ("skype", "skype_teams", 2),
    "MCOSTANDARD_MIDMARKET": ("skype", "skype_teams", 2),
    "MCOVOICECONF": ("phone_system", "skype_teams", 3),
    "MCOEV": ("phone_system", "skype_teams", 3),
    "TEAMS1": ("teams", "skype_teams", 1),
    "YAMMER_EDU": ("yammer", "yammer", 1),
    "YAMMER_ENTERPRISE": ("yammer", "yammer", 1),
    "YAMMER_MIDSIZE": ("yammer", "yammer", 1),
}

#: Service plans whose name does not tell the service or the tier by rule: (service, tier).
NAMED_SERVICE_PLANS: dict[str, tuple[str, int]] = {
    "AAD_BASIC_EDU": ("aad", 1),
    "AAD_PREMIUM": ("aad", 2),
    "AAD_PREMIUM_P2": ("aad", 3),
    "AAD_SMB": ("aad", 1),
    "ADALLOM_S_DISCOVERY": ("cloud_app_security", 1),
    "ADALLOM_S_O365": ("cloud_app_security", 2),
    "ADALLOM_S_STANDALONE": ("cloud_app_security", 3),
    "ATP_ENTERPRISE": ("defender_for_office", 1),
    "THREAT_INTELLIGENCE": ("defender_for_office", 2),
    "MDE_LITE": ("defender_for_endpoint", 1),
    "MDE_SMB": ("defender_for_endpoint", 1),
    "WINDEFATP": ("defender_for_endpoint", 2),
    "BI_AZURE_P2": ("power_bi", 1),
    "COMMUNICATIONS_COMPLIANCE": ("communication_compliance", 1),
    "MICROSOFT_COMMUNICATION_COMPLIANCE": ("communication_compliance", 1),
    "CONTENTEXPLORER_STANDARD": ("content_explorer", 1),
    "CONTENT_EXPLORER": ("content_explorer", 2),
    "LOCKBOX_ENTERPRISE": ("customer_lockbox", 1),
    "CUSTOMERLOCKBOXA_ENTERPRISE": ("customer_lockbox", 1),
    "DESKLESS": ("staff_hub", 1),
    "EXCHANGE_S_ARCHIVE_ADDON": ("exchange_archiving", 1),
    "EXCHANGE_S_FOUNDATION": ("exchange_foundation", 1),
    "MYANALYTICS_P2": ("my_analytics", 1),
    "EXCHANGE_ANALYTICS": ("my_analytics", 2),
    "INSIDER_RISK": ("insider_risk", 1),
    "INSIDER_RISK_MANAGEMENT": ("insider_risk", 1),
    "INTUNE_O365": ("mobile_device_management", 1),
    "INTUNE_SMBIZ": ("intune", 1),
    "INTUNE_A": ("intune", 2),
    "KAIZALA_STANDALONE": ("kaizala", 4),
    "MCOMEETADV": ("audio_conferencing", 1),
    "MFA_PREMIUM": ("multi_factor_authentication", 1),
    "MICROSOFTBOOKINGS": ("bookings", 1),
    "OFFICEMOBILE_SUBSCRIPTION": ("office_apps", 1),
    "OFFICE_BUSINESS": ("office_apps", 2),
    "OFFICE_PRO_PLUS_SUBSCRIPTION_SMBIZ": ("office_apps", 2),
    "OFFICESUBSCRIPTION": ("office_apps", 3),
    "OFFICE_FORMS_PLAN_2": ("forms", 2),
    "PROJECTWORKMANAGEMENT": ("planner", 1),
    "RMS_S_BASIC": ("rights_management", 1),
    "RMS_S_ENTERPRISE": ("rights_management", 2),
    "RMS_S_PREMIUM": ("rights_management_premium", 1),
    "RMS_S_PREMIUM2": ("rights_management_premium", 2),
    "SHAREPOINTWAC": ("office_web", 1),
    "SHAREPOINTWAC_EDU": ("office_web", 1),
    "STREAM_O365_SMB": ("stream", 2),
    "VIVAENGAGE_CORE": ("viva_engage", 1),
    "WIN10_ENT_LOC_F1": ("windows", 1),
    "WINBIZ": ("windows", 2),
    "WIN10_PRO_ENT_SUB": ("windows", 3),
}

#: Prefix of a service plan's name -> service; the tier is read from the end of the name.
SERVICE_PREFIXES: tuple[tuple[str, str], ...] = (
    ("BPOS_S_TODO_", "todo"),
    ("CDS_O365_", "dataverse_for_teams"),
    ("DYN365_CDS_O365_", "dataverse"),
    ("FLOW_O365_", "flow"),
    ("FORMS_PLAN_", "forms"),
    ("KAIZALA_O365_", "kaizala"),
    ("MIP_S_CLP", "information_protection"),
    ("POWERAPPS_O365_", "powerapps"),
    ("POWER_VIRTUAL_AGENTS_O365_", "virtual_agents"),
    ("PROJECT_O365_", "project_for_office"),
    ("SCHOOL_DATA_SYNC_", "school_data_sync"),
    ("STREAM_O365_", "stream"),
    ("WHITEBOARD_", "whiteboard"),
)

FRONTLINE_ENDING = re.compile(r"_(K|S\d|F\d|FIRSTLINE\d?)$")
NUMBERED_ENDING = re.compile(r"(\d)$")


@dataclass(frozen=True, kw_only=True, slots=True)
class ServiceName:
    """What a vendor's service plan stands for."""

    #: Service by which plans are compared, such as `flow`.
    service: str
    #: Data family, or the service itself when it holds no data of users.
    family: str
    #: Version inside the family; only tiers of one family compare.
    tier: int
    is_data_service: bool


def name_service(service_plan_name: str) -> ServiceName:
    """Return the service that a vendor's service plan stands for (switch#services).

    Args:
        service_plan_name: The vendor's name, such as `SHAREPOINTSTANDARD`; case does not matter. A name that
            is not known is a service of its own.
    """
    name = service_plan_name.upper()
    if name in DATA_SERVICE_PLANS:
        service, family, tier = DATA_SERVICE_PLANS[name]
        return ServiceName(service=service, family=family, tier=tier, is_data_service=True)
    if name in NAMED_SERVICE_PLANS:
        service, tier = NAMED_SERVICE_PLANS[name]
    else:
        service, tier = _service_by_prefix(name)
    return ServiceName(service=service, family=service, tier=tier, is_data_service=False)


def _service_by_prefix(name: str) -> tuple[str, int]:
    for prefix, service in SERVICE_PREFIXES:
        if name.startswith(prefix):
            return service, _tier_by_ending(name)
    return name.lower(), SINGLE_TIER


def _tier_by_ending(name: str) -> int:
    numbered = NUMBERED_ENDING.search(name)
    if numbered is None or FRONTLINE_ENDING.search(name):
        return SINGLE_TIER
    return SINGLE_TIER + int(numbered[1])
