"""The health board: which services are on it, and the vendor's words for their state."""

from __future__ import annotations

#: Services on the health board: id and the vendor's name.
HEALTH_BOARD = {
    "Exchange": "Exchange Online",
    "SharePoint": "SharePoint Online",
    "OneDriveForBusiness": "OneDrive for Business",
    "microsoftteams": "Microsoft Teams",
    "Lync": "Skype for Business",
    "yammer": "Microsoft Viva Engage",
    "OSDPPlatform": "Microsoft 365 suite",
}

#: The vendor's words for the state of a service.
HEALTH_WORDS = frozenset(
    [
        "serviceOperational",
        "investigating",
        "restoringService",
        "verifyingService",
        "serviceRestored",
        "postIncidentReviewPublished",
        "serviceDegradation",
        "serviceInterruption",
        "extendedRecovery",
        "falsePositive",
        "investigationSuspended",
        "resolved",
        "mitigatedExternal",
        "mitigated",
        "resolvedExternal",
        "confirmed",
        "reported",
    ]
)


def service_id(named: str) -> str:
    """Return the id of a service of the board that is named by its id or its name."""
    return next(one for one, name in HEALTH_BOARD.items() if named in {one, name})
