"""First causes of a switch that went wrong: one enumeration, and what each of them says.

Which record leads to which cause stands in `classification`, and which of several comes first in
`first_cause`; docs/audit.md#why-did-it-fail has the table for people.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Cause(StrEnum):
    """Why a switch is not where it was to be; the value is what `--json` shows, and is never renamed."""

    NOTHING = "nothing"
    # The request was refused, or waits.
    RULE_BLOCKS = "rule_blocks"
    WRONG_ROLE = "wrong_role"
    WARNING_NOT_CONFIRMED = "warning_not_confirmed"
    FORFEITURE_NOT_ACCEPTED = "forfeiture_not_accepted"
    CATALOG_CHANGED = "catalog_changed"
    PRICE_CHANGED = "price_changed"
    START_NOT_DUE = "start_not_due"
    # The credit check.
    CREDIT_DECLINED = "credit_declined"
    CREDIT_UNANSWERED = "credit_unanswered"
    CREDIT_CHECK_RUNS = "credit_check_runs"
    # People.
    OPERATOR_TURNED_BACK = "operator_turned_back"
    OPERATOR_PAUSED = "operator_paused"
    PILOT_PAUSED = "pilot_paused"
    STEP_NOT_STARTED = "step_not_started"
    CHANGED_BY_HAND = "changed_by_hand"
    ACT_IN_TEMPORAL = "act_in_temporal"
    # Users and their licenses.
    OUT_OF_LICENSES = "out_of_licenses"
    USERS_NOT_ASSIGNABLE = "users_not_assignable"
    LICENSE_NOT_WORKING = "license_not_working"
    PLAN_NOT_USABLE = "plan_not_usable"
    LICENSING_GROUP = "licensing_group"
    # The providers.
    PROVIDER_OUTAGE = "provider_outage"
    PROVIDER_THROTTLED = "provider_throttled"
    PROVIDER_BUSY = "provider_busy"
    PROVIDER_SLOW = "provider_slow"
    LIST_UNRELIABLE = "list_unreliable"
    ORDER_REFUSED = "order_refused"
    CANCELLATION_REFUSED = "cancellation_refused"
    WAY_BACK_REFUSED = "way_back_refused"
    PROVIDER_REFUSED = "provider_refused"
    SERVICE_INCIDENT = "service_incident"
    SERVICES_NOT_SET_UP = "services_not_set_up"
    # This installation.
    ACCESS_EXPIRED = "access_expired"
    PERMISSION_MISSING = "permission_missing"
    PROCESS_LOST = "process_lost"
    STORE_LOST = "store_lost"
    RECORD_INCONSISTENT = "record_inconsistent"
    PROGRAM_FAULT = "program_fault"
    UNKNOWN = "unknown"


class Party(StrEnum):
    """Who can remove a cause."""

    NOBODY = "nobody"
    CUSTOMER = "customer"
    OPERATOR = "operator"
    PROVIDER = "provider"
    INSTALLATION = "installation"
    DEVELOPERS = "developers"


@dataclass(frozen=True, kw_only=True, slots=True)
class CauseWords:
    """One cause in words."""

    #: Whole sentence without its period.
    sentence: str
    #: Who can remove it.
    party: Party


def _words(sentence: str, party: Party) -> CauseWords:
    return CauseWords(sentence=sentence, party=party)


#: Cause -> its words.
CAUSES: dict[Cause, CauseWords] = {
    Cause.NOTHING: _words("Nothing went wrong, as far as is recorded", Party.NOBODY),
    Cause.RULE_BLOCKS: _words("A rule does not allow the switch", Party.CUSTOMER),
    Cause.WRONG_ROLE: _words("Who asked has a role that may not switch plans", Party.CUSTOMER),
    Cause.WARNING_NOT_CONFIRMED: _words("A warning was not confirmed", Party.CUSTOMER),
    Cause.FORFEITURE_NOT_ACCEPTED: _words(
        "The loss of value that was paid in advance was not accepted", Party.CUSTOMER
    ),
    Cause.CATALOG_CHANGED: _words(
        "A newer catalog has another price than the accepted quote", Party.CUSTOMER
    ),
    Cause.PRICE_CHANGED: _words("The switch costs more than was accepted", Party.CUSTOMER),
    Cause.START_NOT_DUE: _words("The switch is scheduled, and its day has not come", Party.NOBODY),
    Cause.CREDIT_DECLINED: _words("The credit check was declined", Party.CUSTOMER),
    Cause.CREDIT_UNANSWERED: _words("Nobody answered the credit check in time", Party.PROVIDER),
    Cause.CREDIT_CHECK_RUNS: _words("The credit check runs, and its time is not over", Party.PROVIDER),
    Cause.OPERATOR_TURNED_BACK: _words(
        "An operator took the switch back, and nothing was wrong with it", Party.OPERATOR
    ),
    Cause.OPERATOR_PAUSED: _words("An operator paused the switch", Party.OPERATOR),
    Cause.PILOT_PAUSED: _words("The pilot has moved, and the switch waits as was asked", Party.OPERATOR),
    Cause.STEP_NOT_STARTED: _words(
        "The switch goes by hand, and nobody started its next step", Party.OPERATOR
    ),
    Cause.CHANGED_BY_HAND: _words(
        "Somebody changed users, licenses or a subscription past the switch", Party.CUSTOMER
    ),
    Cause.ACT_IN_TEMPORAL: _words("Somebody acted in Temporal, past the console", Party.INSTALLATION),
    Cause.OUT_OF_LICENSES: _words("The new plan had fewer free licenses than users to move", Party.OPERATOR),
    Cause.USERS_NOT_ASSIGNABLE: _words(
        "Users can't be given the new plan as the directory has them", Party.CUSTOMER
    ),
    Cause.LICENSE_NOT_WORKING: _words("The new license was assigned and does not work", Party.PROVIDER),
    Cause.PLAN_NOT_USABLE: _words("The directory does not take the new plan", Party.PROVIDER),
    Cause.LICENSING_GROUP: _words(
        "A group of the directory that gives licenses could not move", Party.CUSTOMER
    ),
    Cause.PROVIDER_OUTAGE: _words("A provider did not answer, or answered that it can't", Party.PROVIDER),
    Cause.PROVIDER_THROTTLED: _words("A provider asked to wait", Party.PROVIDER),
    Cause.PROVIDER_BUSY: _words(
        "Somebody else changed or locked the same thing at a provider", Party.PROVIDER
    ),
    Cause.PROVIDER_SLOW: _words(
        "A provider took a call, and was not done with it in its time", Party.PROVIDER
    ),
    Cause.LIST_UNRELIABLE: _words("The pages of a provider's list led astray", Party.PROVIDER),
    Cause.ORDER_REFUSED: _words("The seller refused the order", Party.PROVIDER),
    Cause.CANCELLATION_REFUSED: _words("The seller refused to end the old subscription", Party.PROVIDER),
    Cause.WAY_BACK_REFUSED: _words("A provider refused to take back what was done", Party.PROVIDER),
    Cause.PROVIDER_REFUSED: _words("A provider refused a call", Party.PROVIDER),
    Cause.SERVICE_INCIDENT: _words("A service of the organization had an incident", Party.PROVIDER),
    Cause.SERVICES_NOT_SET_UP: _words("The new subscription was not set up in time", Party.PROVIDER),
    Cause.ACCESS_EXPIRED: _words(
        "A provider does not accept this installation's sign-in", Party.INSTALLATION
    ),
    Cause.PERMISSION_MISSING: _words(
        "This installation lacks a permission at a provider", Party.INSTALLATION
    ),
    Cause.PROCESS_LOST: _words("A process ended between a call and its record", Party.INSTALLATION),
    Cause.STORE_LOST: _words("The store of the record was away, or was set back", Party.INSTALLATION),
    Cause.RECORD_INCONSISTENT: _words("The record lacks what must stand in it", Party.INSTALLATION),
    Cause.PROGRAM_FAULT: _words("The program itself failed", Party.DEVELOPERS),
    Cause.UNKNOWN: _words("Unknown: the record does not tell the cause", Party.DEVELOPERS),
}
