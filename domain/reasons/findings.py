"""Every finding as one table: what is told beside an answer and stands in nobody's way (rules#findings).

A finding never blocks and asks for no consent: that is what reasons and acknowledgments are for. It is shown
with the quote and recorded with the assessment. The last table has the warnings that are acknowledged before
an order, in the words that are confirmed (rules#acknowledgments).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum, unique
from typing import Any

from domain.kernel.facts import OMITTED_AT_DEFAULT, as_plain
from domain.kernel.messages import Figure, Words, with_figures
from domain.quote.quote_input import FORFEITURE
from domain.reasons.phrases import spoken_figures
from domain.reasons.wordings import OWNED

#: Explains every code to an operator.
DOCS_PAGE = "docs/rules.md"


@unique
class FindingCode(StrEnum):
    """What may be found; the order is the order in which findings are listed."""

    AUTO_RENEW_OFF = "AUTO_RENEW_OFF"
    SCHEDULED_CHANGE = "SCHEDULED_CHANGE"
    SCHEDULED_TERMS_NOT_QUOTED = "SCHEDULED_TERMS_NOT_QUOTED"
    TERM_END_DIFFERS = "TERM_END_DIFFERS"
    REFUND_WINDOW_DIFFERS = "REFUND_WINDOW_DIFFERS"
    BILLING_CYCLE_DIFFERS = "BILLING_CYCLE_DIFFERS"
    BILLED_PERIOD_DIFFERS = "BILLED_PERIOD_DIFFERS"
    DEPENDENT_SERVICE_OFF = "DEPENDENT_SERVICE_OFF"
    SERVICE_NOT_IN_PLAN = "SERVICE_NOT_IN_PLAN"
    PLAN_HAS_MORE_SERVICES = "PLAN_HAS_MORE_SERVICES"
    SERVICES_NOT_ACTIVATED = "SERVICES_NOT_ACTIVATED"
    TARGET_HELD = "TARGET_HELD"
    USERS_NOT_RESTORED = "USERS_NOT_RESTORED"
    ADDONS_NOT_RESTORED = "ADDONS_NOT_RESTORED"
    SETTING_LOST = "SETTING_LOST"
    LOCATIONS_STAY = "LOCATIONS_STAY"


@dataclass(frozen=True, kw_only=True, slots=True)
class FindingTemplate:
    """One row of the table."""

    #: `{name}` is filled from the details.
    message: str
    remedy: str


#: Code -> row; every code has one.
FINDINGS: Mapping[FindingCode, FindingTemplate] = {
    FindingCode.AUTO_RENEW_OFF: FindingTemplate(
        message="Subscription {subscription_id} does not renew: it ends on {ends_on}.",
        remedy="Complete the switch before that day, or turn its renewal on at the seller.",
    ),
    FindingCode.SCHEDULED_CHANGE: FindingTemplate(
        message=(
            "Subscription {subscription_id} is scheduled to become {quantity} licenses of {plan} "
            "with its renewal on {begins_on}; the quote has renewals like that. {outcome}."
        ),
        remedy="",
    ),
    FindingCode.SCHEDULED_TERMS_NOT_QUOTED: FindingTemplate(
        message=(
            "Subscription {subscription_id} is scheduled to become {terms} with its renewal on "
            "{begins_on}. The quote can't price such a renewal: it has renewals as they are now."
        ),
        remedy="Complete the switch before that day, or take the scheduled change back at the seller; "
        "confirm with `--acknowledge scheduled_change_lost` that it does not count in the quote.",
    ),
    FindingCode.TERM_END_DIFFERS: FindingTemplate(
        message="The seller states that the term of subscription {subscription_id} ends on {stated}; counted "
        "from its purchase it would end on {computed}. The stated day counts.",
        remedy="",
    ),
    FindingCode.REFUND_WINDOW_DIFFERS: FindingTemplate(
        message="The seller takes a cancellation of subscription {subscription_id} until {cancellable_until} "
        "and states a refund until {refundable_until}.",
        remedy="Ask the seller what it gives back before the switch is completed after the earlier of both.",
    ),
    FindingCode.BILLING_CYCLE_DIFFERS: FindingTemplate(
        message="The seller states the billing cycle {stated} for subscription {subscription_id}; billing "
        "states {billed}. What billing states counts for money.",
        remedy="Ask billing which cycle is agreed.",
    ),
    FindingCode.BILLED_PERIOD_DIFFERS: FindingTemplate(
        message="The seller states that the term of subscription {subscription_id} ends on {stated}; billing "
        "states a paid period until {billed}. What billing states counts for money.",
        remedy="Ask billing why its period does not end with the term.",
    ),
    FindingCode.DEPENDENT_SERVICE_OFF: FindingTemplate(
        message=(
            "{service} needs {needs}, which is off for {users} users: {service} is switched off for them too."
        ),
        remedy="Switch {needs} on for them first, or confirm with `--acknowledge dependent_service_off`.",
    ),
    FindingCode.SERVICE_NOT_IN_PLAN: FindingTemplate(
        message="The directory does not list {service} in the organization's {plan}: it can't be switched "
        "off there for {users} users.",
        remedy="Nothing to do while the directory does not list it; look again when it does.",
    ),
    FindingCode.PLAN_HAS_MORE_SERVICES: FindingTemplate(
        message="The directory lists {count} services in the organization's {plan} that the catalog does not "
        "have: {services}.",
        remedy="Import the vendor's present list with `planswitch catalog import FILE`.",
    ),
    FindingCode.SERVICES_NOT_ACTIVATED: FindingTemplate(
        message="Services of {plan} are not activated in the organization: {services}. They hold no data of "
        "users, and nothing waits for them.",
        remedy="Activate them in the admin center if they are wanted.",
    ),
    FindingCode.TARGET_HELD: FindingTemplate(
        message="{plan} is there already: {purchased} licenses, {assigned} of them assigned.",
        remedy="A switch orders licenses of its own; order fewer if you want to use the free ones.",
    ),
    FindingCode.USERS_NOT_RESTORED: FindingTemplate(
        message="Users who joined the plan since switch {switch_id}: {joined}; changed by hand since: "
        "{changed}. They get nothing back. The subscription ends, so they would move as they are.",
        remedy="Leave them as they are (`planswitch switch back {switch_id} --leave-others`, by hand), give "
        "them another plan first (`planswitch license assign ORGANIZATION USER PLAN --reason …`), or confirm "
        "with `--acknowledge users_not_restored` that they move.",
    ),
    FindingCode.ADDONS_NOT_RESTORED: FindingTemplate(
        message="Switch {switch_id} removed add-ons that its plan includes: {addons}. The switch back orders "
        "none of them.",
        remedy="Order them at the seller after the switch back, if they are wanted.",
    ),
    FindingCode.SETTING_LOST: FindingTemplate(
        message="The new subscription {subscription_id} did not get {setting} of the old one ({why}).",
        remedy="Set it at the seller by hand: {wanted}.",
    ),
    FindingCode.LOCATIONS_STAY: FindingTemplate(
        message="Users who keep the usage location {location}, for which the switch asked: {users}.",
        remedy="Nothing to do, if the location is right; `planswitch switch users ID` lists them.",
    ),
}

#: Code and name of other words -> what stands in place of the row, as for reasons.
FINDING_WORDINGS: Mapping[tuple[FindingCode, str], FindingTemplate] = {
    (FindingCode.USERS_NOT_RESTORED, OWNED): FindingTemplate(
        message="Users who joined the plan since switch {switch_id}: {joined}; changed by hand since: "
        "{changed}. They get nothing back, and would move as they are.",
        remedy="Leave them as they are (`planswitch switch back {switch_id} --leave-others`), give them "
        "another plan first (`planswitch license assign ORGANIZATION USER PLAN --reason …`), or confirm with "
        "`--acknowledge users_not_restored` that they move.",
    ),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One notice: what was found, by its code and the figures that it rests on.

    What it says, and what can be done about it, is made of them when somebody reads it.
    """

    code: FindingCode
    details: Mapping[str, Figure] = field(default_factory=dict)
    #: Name of other words for the code; "" takes the row's.
    wording: str = field(default="", metadata=OMITTED_AT_DEFAULT)
    #: Words of a record of before, which has them itself.
    own_words: Words | None = field(default=None, metadata=OMITTED_AT_DEFAULT)

    @property
    def message(self) -> str:
        """Return what was found, in words."""
        return self._words.message

    @property
    def remedy(self) -> str:
        """Return what can be done about it; "" where there is nothing to do."""
        return self._words.remedy

    @property
    def _words(self) -> Words:
        return self.own_words or finding_words(self.code, self.details, self.wording)

    @property
    def docs(self) -> str:
        """Return where the code is explained to an operator."""
        return docs_link(self.code)


def docs_link(code: str) -> str:
    """Return the page and anchor that explain a code."""
    return f"{DOCS_PAGE}#{code.lower()}"


def finding(code: FindingCode, *, wording: str = "", **details: Figure) -> Finding:
    """Return the finding of `code` with its details.

    Args:
        code: Row of the table.
        wording: Name of other words for it; "" takes the row's.
        details: Figures and ids that it rests on; no person's name. The row names some of them.

    Raises:
        KeyError: There is no such wording, or the details lack a figure of the words.
    """
    row = FINDING_WORDINGS[code, wording] if wording else FINDINGS[code]
    for template in (row.message, row.remedy):
        # What could not be told must not be recorded.
        template.format_map(details)
    return Finding(code=code, details=details, wording=wording)


def finding_words(code: FindingCode, details: Mapping[str, Any], wording: str = "") -> Words:
    """Return what a finding says and what can be done about it.

    Args:
        code: Row of the table.
        details: The figures, as they are or as the record has them.
        wording: Name of other words for it; one that is not known here, of a newer version, takes the row's.
    """
    row, figures = FINDING_WORDINGS.get((code, wording), FINDINGS[code]), spoken_figures(details)
    return Words(message=with_figures(row.message, figures), remedy=with_figures(row.remedy, figures))


def recorded_finding(facts: Mapping[str, Any]) -> Finding:
    """Return a finding of the record; one of before has its words itself.

    Args:
        facts: What an assessment has of it: `code` and `details`, and `wording` where it has one.
    """
    code, details = FindingCode(facts["code"]), facts["details"]
    if "message" not in facts:
        return Finding(code=code, details=details, wording=facts.get("wording", ""))
    return Finding(
        code=code, details=details, own_words=Words(message=facts["message"], remedy=facts["remedy"])
    )


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings in the order of the table, each of them once."""
    order = list(FindingCode)
    distinct: list[Finding] = []
    for each in findings:
        if each not in distinct:
            distinct.append(each)
    return tuple(sorted(distinct, key=lambda each: order.index(each.code)))


def finding_facts(findings: Iterable[Finding]) -> dict[str, Any]:
    """Return the findings for the record; nothing at all where there are none, so that digests stay."""
    facts = [as_plain(each) for each in findings]
    return {"findings": facts} if facts else {}


#: What a switch to another family needs.
NO_WAY_BACK = "no_way_back"
BACKUP_DONE = "backup_done"
#: What a change that is scheduled for the old plan's renewal needs where the new plan can't take it over.
SCHEDULED_CHANGE_LOST = "scheduled_change_lost"
BACKUP_GUIDE = f"{DOCS_PAGE}#backup-before-a-switch"
#: What a service that goes off with another one needs.
DEPENDENT_SERVICE_OFF = "dependent_service_off"
#: What a switch back needs where users would move whose settings it can't restore.
USERS_NOT_RESTORED = "users_not_restored"
#: Finding -> acknowledgment that it asks for.
ACKNOWLEDGED_FINDINGS = {
    FindingCode.DEPENDENT_SERVICE_OFF: DEPENDENT_SERVICE_OFF,
    FindingCode.USERS_NOT_RESTORED: USERS_NOT_RESTORED,
}
#: Acknowledgment -> what is confirmed with it.
ACKNOWLEDGED = {
    NO_WAY_BACK: "There is no way back to the old plan.",
    BACKUP_DONE: "A backup of the users' data was made.",
    DEPENDENT_SERVICE_OFF: (
        "Services are switched off because a service that they need stays off; the quote names them."
    ),
    SCHEDULED_CHANGE_LOST: "The change that is scheduled for the old plan's renewal is lost, or does not "
    "count in the quote, as the findings say.",
    USERS_NOT_RESTORED: "Users who joined, or were changed by hand, since the switch that is taken back move "
    "as they are now, and lose what the plan of before lacks; the quote names them.",
    FORFEITURE: "The prepaid value that the quote names is lost.",
}
