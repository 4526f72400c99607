"""Errors: one base class, a stable code, and a message that says what happened and what to do.

The table `CODES` is the only place that maps a code to an HTTP status, a command's exit code and whether
Temporal retries (architecture#the-shape-of-a-step).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from domain.kernel.awaited import Awaited, Party
from domain.kernel.shown_values import short_value, shown_value


@dataclass(frozen=True, kw_only=True, slots=True)
class Handling:
    """What an edge does with an error."""

    #: HTTP status of the API's problem document.
    http_status: int
    #: Exit code of the command line (0-10, see docs/cli.md).
    exit_code: int
    #: Whether a Temporal activity that fails so is tried again.
    is_retryable: bool


USAGE = Handling(http_status=422, exit_code=2, is_retryable=False)
NOT_FOUND = Handling(http_status=404, exit_code=3, is_retryable=False)
REFUSED = Handling(http_status=409, exit_code=4, is_retryable=False)
CONFLICT = Handling(http_status=409, exit_code=5, is_retryable=False)
CONFLICT_RETRYABLE = Handling(http_status=409, exit_code=5, is_retryable=True)
WAITS = Handling(http_status=409, exit_code=10, is_retryable=False)
UNAUTHORIZED = Handling(http_status=401, exit_code=6, is_retryable=False)
FORBIDDEN = Handling(http_status=403, exit_code=6, is_retryable=False)
UNAVAILABLE = Handling(http_status=503, exit_code=7, is_retryable=True)
MISMATCH = Handling(http_status=500, exit_code=9, is_retryable=False)
UNEXPECTED = Handling(http_status=500, exit_code=1, is_retryable=False)

#: Stable code -> handling. A code that is missing here is handled as UNEXPECTED.
CODES: dict[str, Handling] = {
    "INVALID_INPUT": USAGE,
    "UNACCEPTABLE_TEXT": USAGE,
    "UNREADABLE_MESSAGE": USAGE,
    "RESULT_UNREADABLE": REFUSED,
    "OUTSIDE_ACTIVITY": REFUSED,
    "CORRUPT_FILE": USAGE,
    "UNKNOWN_PLAN": NOT_FOUND,
    "AMBIGUOUS_PLAN": USAGE,
    "UNKNOWN_CATALOG": NOT_FOUND,
    "UNKNOWN_ORGANIZATION": NOT_FOUND,
    "UNKNOWN_SUBSCRIPTION": NOT_FOUND,
    "UNKNOWN_SWITCH": NOT_FOUND,
    "AMBIGUOUS_SWITCH": USAGE,
    "UNKNOWN_CHECKOUT": NOT_FOUND,
    "UNKNOWN_ASSESSMENT": NOT_FOUND,
    "UNKNOWN_VIEW": NOT_FOUND,
    "UNKNOWN_GROUP": NOT_FOUND,
    "UNKNOWN_WEBHOOK": NOT_FOUND,
    "UNKNOWN_NOTICE": NOT_FOUND,
    "UNKNOWN_SUBSCRIBER": NOT_FOUND,
    "MAIL_SERVER_ABSENT": REFUSED,
    "MAIL_UNDELIVERED": UNAVAILABLE,
    "NOT_FOUND": NOT_FOUND,
    "METHOD_NOT_ALLOWED": Handling(http_status=405, exit_code=2, is_retryable=False),
    "NOT_ELIGIBLE_FOR_SWITCH": REFUSED,
    "SWITCH_IN_PROGRESS": CONFLICT,
    "QUOTE_CHANGED": CONFLICT,
    "CHECKOUT_CHANGED": CONFLICT,
    "REQUEST_REUSED": CONFLICT,
    "IDEMPOTENCY_KEY_REUSED": USAGE,
    "IDEMPOTENCY_KEY_BUSY": CONFLICT_RETRYABLE,
    "ANSWER_NOT_KEPT": CONFLICT,
    "RULE_VIOLATED": REFUSED,
    "NO_QUESTION": REFUSED,
    "COMMAND_UNSIGNED": REFUSED,
    "COMMAND_STALE": REFUSED,
    "STEP_UNPROVED": REFUSED,
    "STEP_OUT_OF_ORDER": REFUSED,
    "STEP_NOT_NEXT": CONFLICT,
    "RECORD_INCONSISTENT": MISMATCH,
    "CONCURRENT_WRITE": CONFLICT_RETRYABLE,
    "STORE_BEHIND": Handling(http_status=503, exit_code=9, is_retryable=False),
    "STORE_UNAVAILABLE": UNAVAILABLE,
    "READS_BEHIND": UNAVAILABLE,
    "SCHEMA_OUTDATED": UNEXPECTED,
    "OLD_PROCESSES": CONFLICT,
    "DATABASE_RIGHT_MISSING": UNAVAILABLE,
    "VAULT_LOCKED": MISMATCH,
    "RUNS_AS_ROOT": Handling(http_status=500, exit_code=2, is_retryable=False),
    "SANDBOX_ABSENT": Handling(http_status=500, exit_code=2, is_retryable=False),
    "SECRET_UNUSABLE": Handling(http_status=500, exit_code=2, is_retryable=False),
    "UNAUTHORIZED": UNAUTHORIZED,
    "SIGN_IN_REFUSED": UNAUTHORIZED,
    "UNKNOWN_ACCOUNT": NOT_FOUND,
    "UNKNOWN_KEY": NOT_FOUND,
    "UNKNOWN_SESSION": NOT_FOUND,
    "ACCOUNT_EXISTS": CONFLICT,
    "LAST_ADMINISTRATOR": REFUSED,
    "FORBIDDEN": FORBIDDEN,
    "ACCESS_LOG_UNAVAILABLE": UNAVAILABLE,
    "TOO_MANY_WRONG_TRIES": Handling(http_status=429, exit_code=6, is_retryable=False),
    "BODY_TOO_LARGE": Handling(http_status=413, exit_code=2, is_retryable=False),
    "HEADERS_TOO_LARGE": Handling(http_status=431, exit_code=2, is_retryable=False),
    "REQUEST_TIMED_OUT": Handling(http_status=408, exit_code=7, is_retryable=False),
    "REQUEST_UNREADABLE": Handling(http_status=400, exit_code=2, is_retryable=False),
    "MEDIA_TYPE_REFUSED": Handling(http_status=415, exit_code=2, is_retryable=False),
    "PROVIDER_UNAVAILABLE": UNAVAILABLE,
    "PROVIDER_THROTTLED": UNAVAILABLE,
    "PROVIDER_BUSY": UNAVAILABLE,
    "PROVIDER_REFUSED": REFUSED,
    "PAGE_EXPIRED": UNAVAILABLE,
    "PAGING_UNRELIABLE": UNAVAILABLE,
    "ACCESS_EXPIRED": UNAVAILABLE,
    "ACCESS_LOST": UNAVAILABLE,
    "PARTY_MISSING": REFUSED,
    "SIGN_IN_UNFINISHED": Handling(http_status=409, exit_code=7, is_retryable=False),
    "PERMISSION_MISSING": UNAVAILABLE,
    "READ_ONLY_ACCESS": Handling(http_status=409, exit_code=4, is_retryable=True),
    "NOT_READY_YET": UNAVAILABLE,
    "PROVISIONING_EXPIRED": REFUSED,
    "LICENSES_UNRESOLVED": REFUSED,
    "ADMINISTRATION_LOCKED": CONFLICT,
    "LAST_LICENSE": REFUSED,
    "SWITCH_NOT_COMPLETED": REFUSED,
    "SWITCH_BACK_CLOSED": REFUSED,
    "SWITCH_BACK_REPEATED": REFUSED,
    "SWITCH_OVERTAKEN": REFUSED,
    "LICENSES_IN_USE": REFUSED,
    "ACT_ELSEWHERE": REFUSED,
    "PRODUCT_ACT_OPEN": CONFLICT,
    "WEBHOOK_DISABLED": REFUSED,
    "APPROVAL_REQUIRED": WAITS,
    "APPROVAL_CLOSED": CONFLICT,
    "APPROVER_MISSING": Handling(http_status=403, exit_code=6, is_retryable=False),
    "OWN_APPROVAL": Handling(http_status=403, exit_code=6, is_retryable=False),
    "UNKNOWN_APPROVAL": NOT_FOUND,
    "CREDIT_CHECK_OVERDUE": REFUSED,
    "GROUP_FEEDS_OTHER_PLANS": REFUSED,
    "GROUP_SUBSET": REFUSED,
    "AUDIT_MISMATCH": MISMATCH,
    "NOT_SEALED": NOT_FOUND,
    "NOT_SEALED_YET": CONFLICT,
    "SEAL_DIVERGED": MISMATCH,
    "SEAL_ORIGIN_REFUSED": REFUSED,
    "SEAL_KEY_FOREIGN": MISMATCH,
    "SEAL_KEY_UNUSABLE": Handling(http_status=500, exit_code=2, is_retryable=False),
    "SEAL_FOLDER_UNUSABLE": Handling(http_status=500, exit_code=2, is_retryable=False),
    "PROCESS_ENDED": UNAVAILABLE,
    "STACK_IN_USE": CONFLICT,
    "SERVER_UNAVAILABLE": UNAVAILABLE,
    "TEMPORAL_ABSENT": UNAVAILABLE,
    "TEMPORAL_CERTIFICATE_UNUSABLE": Handling(http_status=500, exit_code=2, is_retryable=False),
    "TEMPORAL_CERTIFICATE_REFUSED": UNAVAILABLE,
    "TEMPORAL_SERVER_UNTRUSTED": UNAVAILABLE,
    "TEMPORAL_PROTOCOL_DIFFERS": UNAVAILABLE,
    "TEMPORAL_ACCESS_REFUSED": UNAVAILABLE,
    "TEMPORAL_NAMESPACE_MISSING": UNAVAILABLE,
    "TEMPORAL_RIGHT_MISSING": UNAVAILABLE,
    "UNKNOWN_BUILD": NOT_FOUND,
    "DEPLOYMENT_BUSY": CONFLICT,
    "WORKER_ABSENT": UNAVAILABLE,
}


class PlanSwitchError(Exception):
    """Something the operator can act on; the base of every error of this product."""

    #: Of the class, mostly; an error that carries a reason of rules#reasons has that reason's code.
    code: str = "UNEXPECTED"

    def __init__(self, message: str, *, remedy: str = "", **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.details = details

    def __reduce__(self) -> tuple[Any, ...]:
        """Let an error go from one process to another, whatever arguments its class takes."""
        return _error_again, (type(self), self.args, self.__dict__.copy())

    @property
    def handling(self) -> Handling:
        """Return how the edges treat this error."""
        return handling_of(self.code)


def _error_again(
    kind: type[PlanSwitchError], args: tuple[Any, ...], facts: dict[str, Any]
) -> PlanSwitchError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(facts)
    return error


def handling_of(code: str) -> Handling:
    """Return the table's row for `code`, or the one of unexpected errors."""
    return CODES.get(code, UNEXPECTED)


class InvalidInput(PlanSwitchError):
    """A field has a value that is not allowed, or none; nothing was changed.

    Args:
        field: Its name, as whoever gave it knows it.
        value: What was given; None: nothing was. `Words` tell about it.
        allowed: What it may be.
        remedy: What to do; "" says to correct the field.
    """

    code = "INVALID_INPUT"

    def __init__(self, *, field: str, value: Any, allowed: str, remedy: str = "") -> None:
        act = "Give" if value is None else "Correct"
        super().__init__(
            f"{field} is {shown_value(value)}; allowed: {allowed}.",
            remedy=remedy or f"{act} {field} and try again.",
            field=field,
            value=short_value(value),
            allowed=allowed,
        )


class UnacceptableText(PlanSwitchError):
    """A text has a character that no reader can bear (domain/text/plain_text.py); nothing was changed."""

    code = "UNACCEPTABLE_TEXT"

    def __init__(self, *, field: str, character: str, place: int) -> None:
        super().__init__(
            f"{field} has the control character {character} at place {place}; allowed: text without control"
            " characters, other than tab and new line.",
            remedy=f"Take {character} out of {field} and try again; nothing was changed.",
            field=field,
            character=character,
            place=place,
        )


class UnreadableMessage(PlanSwitchError):
    """A message of Temporal is missing, of another kind, or can't be read; nothing was done."""

    code = "UNREADABLE_MESSAGE"


class UnknownOrganization(PlanSwitchError):
    """No organization has this id at the connected cloud."""

    code = "UNKNOWN_ORGANIZATION"


class UnknownSubscription(PlanSwitchError):
    """The organization has no subscription of this id."""

    code = "UNKNOWN_SUBSCRIPTION"


class UnknownGroup(PlanSwitchError):
    """The directory has no group of this id."""

    code = "UNKNOWN_GROUP"


class UnknownSwitch(PlanSwitchError):
    """No switch has this id."""

    code = "UNKNOWN_SWITCH"


class AmbiguousSwitch(PlanSwitchError):
    """Several switches are named so; the message lists them, and nothing was changed."""

    code = "AMBIGUOUS_SWITCH"


class NotEligible(PlanSwitchError):
    """At least one rule blocks the switch; the reasons are in `details["reasons"]`."""

    code = "NOT_ELIGIBLE_FOR_SWITCH"


class SwitchInProgress(PlanSwitchError):
    """Another switch holds the organization (rules#switch_in_progress)."""

    code = "SWITCH_IN_PROGRESS"


class QuoteChanged(PlanSwitchError):
    """The accepted quote is no longer the quote; nothing was ordered."""

    code = "QUOTE_CHANGED"


class UnknownCheckout(PlanSwitchError):
    """No checkout has this id."""

    code = "UNKNOWN_CHECKOUT"


class UnknownAssessment(PlanSwitchError):
    """No recorded assessment has this number or id."""

    code = "UNKNOWN_ASSESSMENT"


class UnknownView(PlanSwitchError):
    """No view of dashboards has this name."""

    code = "UNKNOWN_VIEW"


class CheckoutChanged(PlanSwitchError):
    """The checkout is not what it was when it was looked at; nothing was changed or ordered."""

    code = "CHECKOUT_CHANGED"


class RequestReused(PlanSwitchError):
    """The request id was used before for another request."""

    code = "REQUEST_REUSED"


class RuleViolated(PlanSwitchError):
    """A command came in a state in which the rules do not allow it."""

    code = "RULE_VIOLATED"


class NoQuestion(RuleViolated):
    """A request that waits was answered, and asks nothing."""

    code = "NO_QUESTION"


class StepOutOfOrder(PlanSwitchError):
    """A step was asked for before its turn: the record lacks what it needs; nothing was done."""

    code = "STEP_OUT_OF_ORDER"

    def __init__(self, message: str) -> None:
        super().__init__(
            f"{message} Nothing was done.",
            remedy=(
                "`planswitch switch show` tells where the switch stands. If it does not go on by itself, "
                "`planswitch doctor` says what blocks it."
            ),
        )


class RecordInconsistent(PlanSwitchError):
    """The record lacks what must stand in it by now: no retry finds it, so an operator is waited for."""

    code = "RECORD_INCONSISTENT"

    def __init__(self, whose: str, *, missing: str) -> None:
        super().__init__(
            f"The record of {whose} lacks {missing}, which must stand in it by now.",
            remedy="`planswitch audit show SWITCH` shows it; report it with `planswitch support bundle`.",
        )


class CommandUnsigned(PlanSwitchError):
    """A command or a request that came over Temporal is not signed by this installation (ADR 19)."""

    code = "COMMAND_UNSIGNED"
    REMEDY = (
        "Send it through the console: `planswitch switch --help` tells how. If it came from there, console "
        "and worker have different command keys."
    )

    def __init__(self, message: str) -> None:
        super().__init__(f"{message} Nothing was changed.", remedy=self.REMEDY)


class CommandStale(CommandUnsigned):
    """A command or a request was signed too long before it was seen (ADR 19)."""

    code = "COMMAND_STALE"
    REMEDY = (
        "Send it anew, with a new request id. If that does not help, the clocks of console and Temporal "
        "differ."
    )


class ConcurrentWrite(PlanSwitchError):
    """Somebody else wrote to the same stream first: load again and decide again."""

    code = "CONCURRENT_WRITE"


class StoreBehind(PlanSwitchError):
    """The stream is shorter than what an earlier step recorded: an older database was restored."""

    code = "STORE_BEHIND"


class ProviderUnavailable(PlanSwitchError):
    """A provider did not answer, or answered that it can't now."""

    code = "PROVIDER_UNAVAILABLE"


class ProviderThrottled(PlanSwitchError):
    """A provider asks to wait; `details["retry_after_seconds"]` says how long."""

    code = "PROVIDER_THROTTLED"

    def __init__(self, message: str, *, retry_after_seconds: float, remedy: str = "", **details: Any) -> None:
        super().__init__(message, remedy=remedy, retry_after_seconds=retry_after_seconds, **details)
        self.retry_after_seconds = retry_after_seconds


class ProviderBusy(PlanSwitchError):
    """A provider changes or locks the thing at this moment (409, 412, 423): read again, then ask again."""

    code = "PROVIDER_BUSY"


class PageExpired(PlanSwitchError):
    """A provider takes the link to a next page no more; the list is read again from its first page."""

    code = "PAGE_EXPIRED"


class PagingUnreliable(PlanSwitchError):
    """The pages of a list lead back to ones that were read before, or do not end."""

    code = "PAGING_UNRELIABLE"


class InstallationTrouble(PlanSwitchError):
    """A provider does not let this installation in; that says nothing of an organization or a user.

    Only its subclasses are raised.
    """

    code = "ACCESS_EXPIRED"


class AccessExpired(InstallationTrouble):
    """A provider does not accept this installation's token (401); one that is renewed is tried once."""

    def __init__(self, message: str, *, remedy: str = "", claims: str = "", **details: Any) -> None:
        super().__init__(message, remedy=remedy, **details)
        #: What the renewed token has to meet, as the provider words it; "" where it asks for nothing more.
        self.claims = claims


class AccessLost(InstallationTrouble):
    """No token lets this installation in any more: somebody signs in, consents or renews; then it goes on.

    Args:
        message: What happened.
        action: What is waited for, as an infinitive that follows `waits for an operator to`.
        remedy: How that is done.
        party: Who does it.
        vendor_code: The vendor's own word, such as AADSTS65001; "" where it has none.
        details: More facts.
    """

    code = "ACCESS_LOST"

    def __init__(
        self,
        message: str,
        *,
        action: str,
        remedy: str,
        party: Party = Party.OPERATOR,
        vendor_code: str = "",
        **details: Any,
    ) -> None:
        awaited = Awaited(party=party, action=action, remedy=remedy)
        super().__init__(message, remedy=remedy, awaited=awaited, vendor_code=vendor_code, **details)
        self.vendor_code = vendor_code


class PermissionMissing(InstallationTrouble):
    """This installation may not do at a provider what the product needs (403)."""

    code = "PERMISSION_MISSING"


class ReadOnlyAccess(InstallationTrouble):
    """This installation may only read at a provider: what would change something was not sent."""

    code = "READ_ONLY_ACCESS"


class PartyMissing(PlanSwitchError):
    """The profile of the organization names no such party, and what was asked for needs one."""

    code = "PARTY_MISSING"


class ProviderRefused(PlanSwitchError):
    """A provider answered no; its own code and text are in the details."""

    code = "PROVIDER_REFUSED"


class NotReadyYet(PlanSwitchError):
    """Something that takes time has not happened yet; ask again after `retry_after_seconds`."""

    code = "NOT_READY_YET"

    def __init__(self, message: str, *, retry_after_seconds: float, remedy: str = "", **details: Any) -> None:
        super().__init__(message, remedy=remedy, retry_after_seconds=retry_after_seconds, **details)
        self.retry_after_seconds = retry_after_seconds


class ProvisioningExpired(PlanSwitchError):
    """Nobody waited on for a subscription that was late (rules#waiting-for-the-new-subscription)."""

    code = "PROVISIONING_EXPIRED"


class LicensesUnresolved(PlanSwitchError):
    """Users are left that could not be moved; the switch holds (rules#operator-controls)."""

    code = "LICENSES_UNRESOLVED"


class AdministrationIsLocked(PlanSwitchError):
    """License administration is locked by a switch that moves licenses (switch#steps, step 7)."""

    code = "ADMINISTRATION_LOCKED"


class LastLicense(PlanSwitchError):
    """An edit by hand takes the license that alone keeps a user's data services (rules#licenses-by-hand)."""

    code = "LAST_LICENSE"


class LicensesInUse(PlanSwitchError):
    """An act takes licenses that users have; nothing was changed (products#cancel-and-reduce)."""

    code = "LICENSES_IN_USE"


class ActElsewhere(PlanSwitchError):
    """A person has to do this act at the vendor: the provider can't (products#an-act-elsewhere)."""

    code = "ACT_ELSEWHERE"


class ProductActOpen(PlanSwitchError):
    """An act on a product was asked for before and is not finished (products#acts)."""

    code = "PRODUCT_ACT_OPEN"


class CreditCheckOverdue(PlanSwitchError):
    """The credit check of what was bought has no answer in its time: a person asks (products#acts)."""

    code = "CREDIT_CHECK_OVERDUE"


class AuditMismatch(PlanSwitchError):
    """What was recomputed is not what was recorded."""

    code = "AUDIT_MISMATCH"
