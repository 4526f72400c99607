"""Warnings that are acknowledged before an order, in the words that are confirmed (rules#acknowledgments)."""

from __future__ import annotations

from domain.quote.prepaid import FORFEITURE
from domain.reasons.findings import FindingCode
from domain.reasons.reasons import DOCS_PAGE

#: What a switch to another family needs.
NO_WAY_BACK = "no_way_back"
BACKUP_DONE = "backup_done"
#: What a change that is scheduled for the old plan's renewal needs where the new plan can't take it over.
SCHEDULED_CHANGE_LOST = "scheduled_change_lost"
BACKUP_GUIDE = f"{DOCS_PAGE}#backup-before-a-switch"
#: What a service that goes off with another one needs.
DEPENDENT_SERVICE_OFF = "dependent_service_off"
#: Finding -> acknowledgment that it asks for.
ACKNOWLEDGED_FINDINGS = {FindingCode.DEPENDENT_SERVICE_OFF: DEPENDENT_SERVICE_OFF}
#: Acknowledgment -> what is confirmed with it.
ACKNOWLEDGED = {
    NO_WAY_BACK: "There is no way back to the old plan.",
    BACKUP_DONE: "A backup of the users' data was made.",
    DEPENDENT_SERVICE_OFF: (
        "Services are switched off because a service that they need stays off; the quote names them."
    ),
    SCHEDULED_CHANGE_LOST: "The change that is scheduled for the old plan's renewal is lost, or does not "
    "count in the quote, as the findings say.",
    FORFEITURE: "The prepaid value that the quote names is lost.",
}
