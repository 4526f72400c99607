"""Which record leads to which cause: codes of errors, users and rules, and answers of providers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from audit.autopsy.causes import Cause
from domain.kernel.awaited import Party
from domain.ports.cloud import ProviderCall
from domain.ports.directory_port import LicenseFailureCode
from domain.reasons.reasons import REASONS
from providers.transport.http import UNREADABLE

_SERVER_FAILURES_FROM, _REFUSALS_FROM = 500, 400
#: Status of an answer -> what it says.
_STATUSES = {
    401: Cause.ACCESS_EXPIRED,
    403: Cause.PERMISSION_MISSING,
    409: Cause.PROVIDER_BUSY,
    412: Cause.PROVIDER_BUSY,
    423: Cause.PROVIDER_BUSY,
    429: Cause.PROVIDER_THROTTLED,
}
#: Code of an error with which a step ended or waits -> cause, where the code alone decides.
OF_CODE: dict[str, Cause] = {
    "PROVIDER_UNAVAILABLE": Cause.PROVIDER_OUTAGE,
    "PROVIDER_THROTTLED": Cause.PROVIDER_THROTTLED,
    "PROVIDER_BUSY": Cause.PROVIDER_BUSY,
    "PAGE_EXPIRED": Cause.LIST_UNRELIABLE,
    "PAGING_UNRELIABLE": Cause.LIST_UNRELIABLE,
    "ACCESS_EXPIRED": Cause.ACCESS_EXPIRED,
    "ACCESS_LOST": Cause.ACCESS_EXPIRED,
    "PERMISSION_MISSING": Cause.PERMISSION_MISSING,
    "READ_ONLY_ACCESS": Cause.PERMISSION_MISSING,
    "PROVISIONING_EXPIRED": Cause.SERVICES_NOT_SET_UP,
    "CREDIT_DECLINED": Cause.CREDIT_DECLINED,
    "CREDIT_EXPIRED": Cause.CREDIT_UNANSWERED,
    "CREDIT_CHECK_OVERDUE": Cause.CREDIT_UNANSWERED,
    "STORE_UNAVAILABLE": Cause.STORE_LOST,
    "STORE_BEHIND": Cause.STORE_LOST,
    "CONCURRENT_WRITE": Cause.STORE_LOST,
    "RECORD_INCONSISTENT": Cause.RECORD_INCONSISTENT,
    # The seller or billing shows another quantity than the accepted quote.
    "AUDIT_MISMATCH": Cause.CHANGED_BY_HAND,
    "STEP_UNPROVED": Cause.ACT_IN_TEMPORAL,
    "RESULT_UNREADABLE": Cause.ACT_IN_TEMPORAL,
    "OUTSIDE_ACTIVITY": Cause.ACT_IN_TEMPORAL,
    "UNEXPECTED": Cause.PROGRAM_FAULT,
    "GROUP_FEEDS_OTHER_PLANS": Cause.LICENSING_GROUP,
    "GROUP_SUBSET": Cause.LICENSING_GROUP,
}
#: Code of a rule -> cause, where it is more than a rule that blocks.
OF_REASON: dict[str, Cause] = {
    "SERVICE_UNHEALTHY": Cause.SERVICE_INCIDENT,
    "WRONG_ROLE": Cause.WRONG_ROLE,
}
#: Why a user could not be moved -> cause.
OF_USER: dict[str, Cause] = {
    LicenseFailureCode.NO_LICENSE_FREE: Cause.OUT_OF_LICENSES,
    LicenseFailureCode.SERVICES_EXCLUDE: Cause.USERS_NOT_ASSIGNABLE,
    LicenseFailureCode.NEEDED_SERVICE_OFF: Cause.USERS_NOT_ASSIGNABLE,
    LicenseFailureCode.LOCATION_NOT_SERVED: Cause.USERS_NOT_ASSIGNABLE,
    LicenseFailureCode.ADDRESS_TAKEN: Cause.USERS_NOT_ASSIGNABLE,
    LicenseFailureCode.LICENSE_FROM_GROUP: Cause.USERS_NOT_ASSIGNABLE,
    LicenseFailureCode.PLAN_NOT_ASSIGNABLE: Cause.PLAN_NOT_USABLE,
    LicenseFailureCode.PLAN_NOT_OWNED: Cause.PLAN_NOT_USABLE,
    LicenseFailureCode.SERVICE_NOT_IN_PLAN: Cause.PLAN_NOT_USABLE,
    LicenseFailureCode.NOT_HELD: Cause.CHANGED_BY_HAND,
    LicenseFailureCode.LICENSE_INACTIVE: Cause.LICENSE_NOT_WORKING,
    LicenseFailureCode.NO_WORKING_LICENSE: Cause.LICENSE_NOT_WORKING,
    LicenseFailureCode.USER_GONE: Cause.CHANGED_BY_HAND,
    LicenseFailureCode.ACCESS_EXPIRED: Cause.ACCESS_EXPIRED,
    LicenseFailureCode.PERMISSION_MISSING: Cause.PERMISSION_MISSING,
    LicenseFailureCode.USER_BUSY: Cause.PROVIDER_BUSY,
    LicenseFailureCode.THROTTLED: Cause.PROVIDER_THROTTLED,
    LicenseFailureCode.UNAVAILABLE: Cause.PROVIDER_OUTAGE,
    LicenseFailureCode.OTHER: Cause.PROVIDER_REFUSED,
}
#: Beginning of a step's name -> what it means if a provider refuses it.
_REFUSED_STEPS = (
    ("purchase.", Cause.ORDER_REFUSED),
    ("cancellation.", Cause.CANCELLATION_REFUSED),
    ("reduction.", Cause.CANCELLATION_REFUSED),
    ("administration.end_switch", Cause.WAY_BACK_REFUSED),
    ("roll_back.", Cause.WAY_BACK_REFUSED),
)
#: Steps that ask whether the new subscription is there.
_PROVISIONING_STEPS = ("purchase.confirm_provisioning", "provisioning.")
#: Beginning of a step's name, and who is waited for -> what has not happened yet.
_NOT_READY = (
    ("purchase.confirm_provisioning", Party.OPERATOR, Cause.OUT_OF_LICENSES),
    # A switch back that waits for a decision about users who were changed since.
    ("license_reassignment.start_license_move", Party.OPERATOR, Cause.CHANGED_BY_HAND),
    ("", Party.OPERATOR, Cause.OPERATOR_PAUSED),
    ("administration.end_switch", Party.SELLER, Cause.PROVIDER_SLOW),
    ("", Party.DIRECTORY, Cause.LICENSING_GROUP),
    ("cancellation.", Party.SWITCH, Cause.PROCESS_LOST),
)


def cause_of_answer(call: ProviderCall) -> Cause:
    """Return what a failed call says: no answer, obstacle of the installation, or a refusal."""
    if call.status == 0 or call.status >= _SERVER_FAILURES_FROM or call.code == UNREADABLE:
        return Cause.PROVIDER_OUTAGE
    if call.status < _REFUSALS_FROM:
        return Cause.PROVIDER_REFUSED
    return _STATUSES.get(call.status, Cause.PROVIDER_REFUSED)


def cause_of_reasons(codes: Iterable[str]) -> tuple[Cause, str]:
    """Return the cause of reasons that block, and the code that decides: what is no mere rule comes first."""
    known = list(codes)
    special = next((code for code in known if code in OF_REASON), "")
    if special:
        return OF_REASON[special], special
    return (Cause.RULE_BLOCKS, known[0]) if known else (Cause.UNKNOWN, "")


def cause_of_error(code: str, step: str, *, party: str = "", names: Sequence[str] = ()) -> Cause:
    """Return the cause of an error with which a step ended, or for which it waits.

    Args:
        code: Stable code of the error, or of a rule that the seller refers to.
        step: Name of the step, "" where it is not known.
        party: Who is waited for (`awaited.Party`), "" where nobody is.
        names: What is waited for by name; reasons begin with their code.
    """
    if code in OF_CODE:
        return OF_CODE[code]
    reasons = [each for each in (name.partition(":")[0] for name in names) if each in REASONS]
    if reasons:
        return cause_of_reasons(reasons)[0]
    if code == "NOT_READY_YET":
        return _not_ready(step, party, names)
    if code in OF_REASON:
        return OF_REASON[code]
    if code == "PROVIDER_REFUSED" or code in REASONS:
        return _refused(step, code)
    return Cause.UNKNOWN


def _not_ready(step: str, party: str, names: Sequence[str]) -> Cause:
    """Return why something that takes time has not happened yet."""
    refused = [OF_USER[name] for name in names if name in OF_USER]
    if refused:
        return refused[0]
    for beginning, waited_for, cause in _NOT_READY:
        if step.startswith(beginning) and party == waited_for:
            return cause
    return Cause.SERVICES_NOT_SET_UP if step.startswith(_PROVISIONING_STEPS) else Cause.UNKNOWN


def _refused(step: str, code: str) -> Cause:
    for beginning, cause in _REFUSED_STEPS:
        if step.startswith(beginning):
            return cause
    return Cause.PROVIDER_REFUSED if code == "PROVIDER_REFUSED" else Cause.RULE_BLOCKS
