"""Why the directory would not move one user, and who must do what about it (rules#license-failures).

A refusal names services as people call them. A vendor's words are handed in, so that rules and record know
no vendor.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from domain.catalog.catalog import Catalog
from domain.catalog.disabled_services import service_rules
from domain.ports.directory_port import LicenseFailureCode

#: If more percent of the users tried have failed, the move holds (rules#operator-controls). The setting
#: `failure_percent_max` changes it for an installation.
FAILURE_PERCENT_MAX = Decimal(2)
FAILURE_RATE_MAX = Fraction(FAILURE_PERCENT_MAX) / 100
#: Fewer failures than this never hold a move early: one user of ten is no rate.
FAILURES_MIN = 5
#: Attempts of a step, some 20 seconds apart, that wait for users whom the directory refuses for the moment. A
#: trouble of a minute passes unnoticed, and the looks before the cancellation wait for as long once more;
#: without an end one user would keep a whole switch moving, and nobody would be asked. An attempt that ends
#: for another reason counts too: the user is tried some times in each, and again before the switch holds.
PATIENT_ATTEMPTS = 3
_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True, slots=True)
class LicenseFailure:
    """One kind of failure: in words, and who does what about it."""

    message: str
    #: What the operator does; "" where nobody has to.
    remedy: str
    #: It may pass by itself, so that trying again may help although nobody has mended anything.
    is_retryable: bool = False


#: How a running switch gets licenses while it can be amended; and what takes its place where it can't.
ORDER_MORE = "order more with `planswitch switch amend SWITCH --quantity N --reason …`"
ORDER_MORE_AT_SELLER = "buy more in the seller's own pages"
_ORDER_MORE_IN_REQUEST = "order more licenses (`--quantity N`)"
_BUY_MORE = "buy more with `planswitch product resize ORGANIZATION SUBSCRIPTION N --reason …`"
#: With this ends the remedy of a switch that holds.
THEN_RETRY = re.compile(r"[,;] then retry(?: at once)?")

OTHER = LicenseFailure(
    message="the directory refused without a reason that is known here",
    remedy="Read what the directory answered (`planswitch switch show SWITCH` and "
    "`planswitch audit show SWITCH` have its words), mend it, then retry.",
    is_retryable=True,
)
#: Code -> what it means.
LICENSE_FAILURES: Mapping[str, LicenseFailure] = {
    LicenseFailureCode.NO_LICENSE_FREE: LicenseFailure(
        message="no license of the new plan is free",
        remedy=f"Free a license of the new plan, or {ORDER_MORE}; then retry.",
        is_retryable=True,
    ),
    LicenseFailureCode.SERVICES_EXCLUDE: LicenseFailure(
        message="a service of the new plan excludes one that the user has from another plan",
        remedy="Switch that service off, or take the other plan away, then retry.",
    ),
    LicenseFailureCode.NEEDED_SERVICE_OFF: LicenseFailure(
        message="another plan of the user needs a service of the old plan",
        remedy="Give the user a plan that has the service, or take the other plan away, then retry.",
    ),
    LicenseFailureCode.LOCATION_NOT_SERVED: LicenseFailure(
        message="the user has no usage location, or one where the new plan is not offered",
        remedy="Set the user's usage location in the directory, then retry.",
    ),
    LicenseFailureCode.ADDRESS_TAKEN: LicenseFailure(
        message="another user has the same mail address",
        remedy="Give one of the two another address, then retry.",
    ),
    LicenseFailureCode.PLAN_NOT_ASSIGNABLE: LicenseFailure(
        message="the new plan is none that a user can be given",
        remedy="Choose a plan for users: cancel or roll back the switch and start one to such a plan.",
    ),
    LicenseFailureCode.PLAN_NOT_OWNED: LicenseFailure(
        message="the organization has no subscription of the new plan, as the directory sees it",
        remedy="Check at the seller that the new subscription is active, wait until the directory shows it, "
        "then retry.",
        is_retryable=True,
    ),
    LicenseFailureCode.SERVICE_NOT_IN_PLAN: LicenseFailure(
        message="a service that was to be switched off is none of the new plan in this organization",
        remedy="Compare the plan's services in the catalog with the directory's, import the newer list, "
        "then retry.",
        is_retryable=True,
    ),
    LicenseFailureCode.LICENSE_FROM_GROUP: LicenseFailure(
        message="the old license comes from a group",
        remedy="Take the user out of the group or change the group's licenses, then retry.",
    ),
    LicenseFailureCode.NOT_HELD: LicenseFailure(
        message="the user holds neither the old plan nor the new one",
        remedy="Assign the new plan in the directory if the user still needs one, then retry.",
    ),
    LicenseFailureCode.LICENSE_INACTIVE: LicenseFailure(
        message="the directory shows the new license in a state in which it does not work",
        remedy="See at the directory why the license is not active, such as a suspended subscription or a "
        "conflict, and mend it there; then retry.",
        is_retryable=True,
    ),
    LicenseFailureCode.NO_WORKING_LICENSE: LicenseFailure(
        message="the new license does not work, and the old one could not be given back: the user can't work",
        remedy="Free a license of the old plan, or make the new license work at the directory; then retry at "
        "once: the switch gives the old license back, or takes the new one for done.",
        is_retryable=True,
    ),
    LicenseFailureCode.USER_GONE: LicenseFailure(
        message="the user is not in the directory any more",
        remedy="",
    ),
    LicenseFailureCode.ACCESS_EXPIRED: LicenseFailure(
        message="the directory does not accept this installation's token (401); it says nothing of the user",
        remedy="Renew this installation's sign-in at the directory, then retry.",
        is_retryable=True,
    ),
    LicenseFailureCode.PERMISSION_MISSING: LicenseFailure(
        message="this installation may not change licenses (403); it says nothing of the user",
        remedy="Grant this installation the permission to change licenses, then retry.",
        is_retryable=True,
    ),
    LicenseFailureCode.USER_BUSY: LicenseFailure(
        message="somebody else changed or locked the user at the same moment (409, 423)",
        remedy="Stop whoever else changes licenses, then retry.",
        is_retryable=True,
    ),
    LicenseFailureCode.THROTTLED: LicenseFailure(
        message="the directory asked to wait (429)",
        remedy="Wait, then retry.",
        is_retryable=True,
    ),
    LicenseFailureCode.UNAVAILABLE: LicenseFailure(
        message="the directory did not answer, or could not",
        remedy="Wait until the directory works again, then retry.",
        is_retryable=True,
    ),
    LicenseFailureCode.OTHER: OTHER,
}


def license_failure(code: str) -> LicenseFailure:
    """Return what a failure means and what to do; an unknown one is OTHER."""
    return LICENSE_FAILURES.get(code, OTHER)


def remedy_before_order(remedy: str, *, licenses_only: bool = False) -> str:
    """Return a remedy as it holds before a switch is asked for: nothing is retried, and more is ordered.

    Args:
        remedy: As the kind of failure has it, for a switch that holds.
        licenses_only: Both plans are owned, so that the request orders none.
    """
    more = ORDER_MORE_AT_SELLER if licenses_only else _ORDER_MORE_IN_REQUEST
    return THEN_RETRY.sub("", remedy.replace(ORDER_MORE, more))


def remedy_without_order(remedy: str) -> str:
    """Return a remedy as it holds in a switch that can order no more licenses."""
    return remedy.replace(ORDER_MORE, ORDER_MORE_AT_SELLER)


def remedy_by_hand(remedy: str) -> str:
    """Return a remedy as it holds for a license that a person gives by hand, beside any switch."""
    return THEN_RETRY.sub(", then try again", remedy.replace(ORDER_MORE, _BUY_MORE))


def is_given_up(
    codes: Collection[LicenseFailureCode],
    *,
    attempt: int,
    patient_attempts: int = PATIENT_ATTEMPTS,
    is_locked: bool = False,
) -> bool:
    """Return whether users who are refused for the moment are failed now, and no more waited for.

    Args:
        codes: The newest refusal of each, which may pass by itself.
        attempt: Number of the step's attempt, from 1.
        patient_attempts: Attempts that wait; 0 where somebody waits for the answer.
        is_locked: Something has locked at least one of them, which says nothing of the user: that is
            waited for as long as it lasts.
    """
    if is_locked and patient_attempts:
        return False
    return attempt > patient_attempts and LicenseFailureCode.THROTTLED not in codes


@dataclass(kw_only=True, slots=True)
class FailureRate:
    """How many of the users tried could not be moved, and whether that is too many.

    See rules#operator-controls.
    """

    rate_max: Fraction = FAILURE_RATE_MAX
    failures_min: int = FAILURES_MIN
    tried: int = 0
    failed: int = 0

    def add(self, *, tried: int, failed: int) -> None:
        """Count users of one more group."""
        self.tried += tried
        self.failed += failed

    @property
    def is_over(self) -> bool:
        """Return whether more than the rate have failed, and more than a handful."""
        return self.failed >= self.failures_min and self.failed > self.rate_max * self.tried


def explained_failure(
    error: str, text: str, catalog: Catalog, *, services: Sequence[str] = ()
) -> LicenseFailure:
    """Return what a failure means and what to do; one about services names them (rules#license-failures).

    Args:
        error: Code of the failure.
        text: What the directory said, with the ids of the services; may be "".
        catalog: Where services have their names.
        services: Ids of those that lack what they need, where the directory gives no text, as for members of
            groups; the first one is told.
    """
    known = license_failure(error)
    named = _named(text, catalog) or _named(" ".join(services[:1]), catalog)
    if error == LicenseFailureCode.NEEDED_SERVICE_OFF and named:
        return _dependency(known, named, catalog)
    if error == LicenseFailureCode.SERVICES_EXCLUDE and len(named) > 1:
        both = " and ".join(named)
        return replace(
            known,
            message=f"{both} exclude each other",
            remedy=f"Switch one of {both} off for the user, or take its plan away, then retry.",
        )
    return known


def _dependency(known: LicenseFailure, named: Sequence[str], catalog: Catalog) -> LicenseFailure:
    """Name the service that is on, and those of which it needs one; the text may leave the latter out."""
    service, needed = named[0], list(named[1:])
    if not needed:
        needed = _needs_of(service, catalog)
    if not needed:
        return replace(
            known,
            message=f"{service} needs a service that is off for the user",
            remedy=f"Switch on what {service} needs, or {service} off, then retry.",
        )
    others = " or ".join(needed)
    return replace(
        known,
        message=f"{service} needs {others}, which is off for the user or in a plan that goes",
        remedy=f"Switch {others} on for the user, or {service} off, then retry.",
    )


def _needs_of(service: str, catalog: Catalog) -> list[str]:
    """Return what a service needs, by what people call it; nothing where that is not known."""
    shown = {
        each.name.upper(): each.friendly_name or each.name
        for plan in catalog.plans
        for each in plan.service_plans
    }
    own = next((name for name, shown_name in shown.items() if shown_name == service), "")
    needs = service_rules().needs.get(own, ())
    return sorted(shown[name] for need in needs[:1] for name in need.one_of if name in shown)


def _named(text: str, catalog: Catalog) -> list[str]:
    """Return the services of a text in its order, each once; an id that no plan has is told as it is."""
    names: dict[str, str] = {}
    for service_plan_id in _GUID.findall(text):
        listed = catalog.service_plan(service_plan_id)
        shown = (listed.friendly_name or listed.name) if listed else service_plan_id.lower()
        names.setdefault(service_plan_id.lower(), shown)
    return list(names.values())


@dataclass(frozen=True, kw_only=True, slots=True)
class VendorWords:
    """Translates between codes and one vendor's words (rules#license-failures)."""

    #: What rows and events of earlier versions hold -> code.
    stored: Mapping[str, str]
    #: Code -> the vendor's word, where it has one.
    words: Mapping[str, str]

    def code_of(self, stored: str) -> str:
        """Return the code of what a row or an event holds; newer ones hold the code itself."""
        return self.stored.get(stored, stored)

    def word_of(self, code: str) -> str:
        """Return the vendor's word for a code, or ""."""
        return self.words.get(code, "")


#: Nothing to translate.
NO_WORDS = VendorWords(stored={}, words={})
