"""Which users the directory would probably not move, told before the order (rules#operator-controls).

What is found is a warning: it can be mended until the move, and whoever fails then holds the switch. Only
where everybody who was read would fail is there nothing to begin.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from domain.catalog.plans import Plan
from domain.kernel.errors import RuleViolated
from domain.kernel.messages import Words
from domain.licenses.license_failures import license_failure, remedy_before_order
from domain.licenses.restored_settings import (
    CHANGED,
    CHANGED_STAYS,
    GROUP_STAYS,
    JOINED,
    JOINED_STAYS,
    LEFT,
    RESTORED,
    RestoringMapper,
)
from domain.licenses.service_settings import ServiceTally, SettingsMapper, service_conflict
from domain.ports.directory_port import DirectoryUser, LicenseFailureCode
from domain.reasons.findings import (
    DEPENDENT_SERVICE_OFF,
    USERS_NOT_RESTORED,
    Finding,
    FindingCode,
    finding,
)
from domain.reasons.wordings import OWNED

#: Users who are named for one finding.
NAMED_MAX = 20
#: No failure: the user moves with the group that gives the license.
FED_BY_GROUP = "MOVES_WITH_GROUP"
#: No failure either: a service goes off, since the one that it needs stays off.
DEPENDENT_OFF = "DEPENDENT_SERVICE_OFF"
#: Nor that: users without a usage location get one, as it was asked for.
LOCATION_ASKED = "LOCATION_ASKED"
_DECIDE = (
    "Leave them as they are with `--leave-others`, give them another plan first, or confirm with "
    f"`--acknowledge {USERS_NOT_RESTORED}` that they move."
)
_NOTHING_TO_DO = "Nothing to do: the subscription goes on for them."
_WITH_THEIR_GROUP = (
    "Without `--leave-others` they are taken back with their group; the others move too then, which is "
    f"confirmed with `--acknowledge {USERS_NOT_RESTORED}`."
)
#: Since the switch that is taken back -> what is told of a user who stays.
_STAYING = {JOINED: JOINED_STAYS, CHANGED: CHANGED_STAYS}
#: Code -> message and remedy of what stops nobody.
NO_FAILURES = {
    FED_BY_GROUP: (
        "a group gives the license: they move with it",
        "Nothing to do; the group's licenses change for all of its members at once.",
    ),
    DEPENDENT_OFF: (
        "a service that needs one which stays off goes off too",
        f"Switch on what it needs, or confirm with `--acknowledge {DEPENDENT_SERVICE_OFF}`.",
    ),
    LOCATION_ASKED: (
        "they have no usage location, and get the one that `--set-usage-location` names",
        "Nothing to do; the location stays, also if the switch is taken back.",
    ),
    JOINED: ("they joined the plan since the switch that is taken back", _DECIDE),
    CHANGED: ("their license was changed by hand since the switch that is taken back", _DECIDE),
    JOINED_STAYS: (
        "they joined the plan since the switch that is taken back, stay on it, and are not touched",
        _NOTHING_TO_DO,
    ),
    CHANGED_STAYS: (
        "their license was changed by hand since the switch that is taken back, they stay, not touched",
        _NOTHING_TO_DO,
    ),
    GROUP_STAYS: (
        "a group gives them the license; where some users stay no group is changed, so they stay too",
        f"Nothing to do, if they may stay. {_WITH_THEIR_GROUP}",
    ),
    LEFT: (
        "they have left the plan since the switch that is taken back, and are not touched",
        "Nothing to do, unless they are to have the plan again: assign it by hand after the switch.",
    ),
}
#: Users of these are named whole: nobody else lists them.
SINCE_NAMED_MAX = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class PreflightFinding:
    """Users for whom the same is to be expected."""

    #: Code of rules#license-failures, or one of NO_FAILURES.
    code: str
    users: int
    message: str
    remedy: str
    #: They would not be moved as they are now.
    is_failure: bool
    #: The first of them, as the directory names them; the record names keys.
    named: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Preflight:
    """What the users of the old plan are to expect."""

    users: int
    #: Users who were read; if there are very many, the first ones.
    users_checked: int
    findings: tuple[PreflightFinding, ...]
    #: Users who were read and would not be moved.
    failing: int
    #: What the look gives reason to tell beside that; recorded with the assessment.
    notices: tuple[Finding, ...] = ()

    @property
    def is_hopeless(self) -> bool:
        """Return whether everybody who was read would fail."""
        return 0 < self.users_checked == self.failing


@dataclass(kw_only=True, slots=True)
class PreflightCheck:
    """Counts users page by page.

    Args:
        source: Plan to leave.
        target: Plan to get.
        mapper: Carries the users' switched-off services over.
        is_location_asked: Users without a usage location get one.
        licenses_only: Both plans are owned, so that nothing is ordered or ends.
    """

    source: Plan
    target: Plan
    mapper: SettingsMapper
    is_location_asked: bool = False
    licenses_only: bool = False
    checked: int = 0
    failing: int = 0
    _users_by_code: dict[str, list[str]] = field(default_factory=dict)
    _counts: dict[str, int] = field(default_factory=dict)
    _services: ServiceTally = field(default_factory=ServiceTally)

    def add(self, users: Sequence[DirectoryUser], *, staying: Sequence[DirectoryUser] = ()) -> None:
        """Look at some users.

        Args:
            users: Who is to move.
            staying: Who holds the plan as well and stays: a switch back lists whom it leaves alone.
        """
        self.mapper.read([*users, *staying])
        for user in staying:
            self._list_staying(user)
        for user in users:
            self.checked += 1
            self._compare(user)
            code = self.code_of(user)
            if code:
                self.failing += code not in NO_FAILURES
                self._count(code, user.directory_id)
            if self._services.add(self.mapper, user):
                self._count(DEPENDENT_OFF, user.directory_id)

    def result(self, *, users: int, quantity: int, is_whole: bool = False) -> Preflight:
        """Return what was found.

        Args:
            users: Users who are to move, whether they were read or not.
            quantity: Licenses that are ordered.
            is_whole: Everybody on the plan was read, though fewer users may be to move than were before.
        """
        counts = dict(self._counts)
        if users > quantity:
            counts[LicenseFailureCode.NO_LICENSE_FREE] = (
                counts.get(LicenseFailureCode.NO_LICENSE_FREE, 0) + users - quantity
            )
        if is_whole or self.checked >= users:
            self._count_left(counts)
        findings = tuple(
            _finding(code, counts[code], self._users_by_code.get(code, ()), licenses_only=self.licenses_only)
            for code in sorted(counts)
        )
        return Preflight(
            users=users,
            users_checked=self.checked,
            findings=findings,
            failing=self.failing,
            notices=(
                *self._services.findings(self.mapper),
                *self._not_restored(counts),
                *self._addons_not_restored(),
            ),
        )

    def _compare(self, user: DirectoryUser) -> None:
        """Count a user whom a switch back does not restore (rules#switch-back)."""
        since = self.mapper.since(user) if isinstance(self.mapper, RestoringMapper) else RESTORED
        if since != RESTORED:
            self._count(since, user.directory_id, named_max=SINCE_NAMED_MAX)

    def _list_staying(self, user: DirectoryUser) -> None:
        """Count a user whom a switch back of some users leaves alone, and why (rules#switch-back)."""
        if not isinstance(self.mapper, RestoringMapper):
            return
        is_direct = user.has_direct(self.source.plan_id)
        code = _STAYING.get(self.mapper.since(user), "" if is_direct else GROUP_STAYS)
        if code:
            self._count(code, user.directory_id, named_max=SINCE_NAMED_MAX)

    def _count_left(self, counts: dict[str, int]) -> None:
        """Count who has left since; it can be told once everybody was read."""
        if not isinstance(self.mapper, RestoringMapper):
            return
        left, named = self.mapper.originals.left(SINCE_NAMED_MAX)
        if left:
            counts[LEFT] = left
            self._users_by_code[LEFT] = list(named)

    def _not_restored(self, counts: Mapping[str, int]) -> Iterable[Finding]:
        joined, changed = counts.get(JOINED, 0), counts.get(CHANGED, 0)
        if isinstance(self.mapper, RestoringMapper) and (joined or changed):
            yield finding(
                FindingCode.USERS_NOT_RESTORED,
                wording=OWNED if self.licenses_only else "",
                switch_id=self.mapper.originals.switch_id,
                joined=joined,
                changed=changed,
            )

    def _addons_not_restored(self) -> Iterable[Finding]:
        if isinstance(self.mapper, RestoringMapper) and self.mapper.originals.removed_addons:
            originals = self.mapper.originals
            yield finding(
                FindingCode.ADDONS_NOT_RESTORED,
                switch_id=originals.switch_id,
                addons=", ".join(originals.removed_addons),
            )

    def _count(self, code: str, directory_id: str, *, named_max: int = NAMED_MAX) -> None:
        self._counts[code] = self._counts.get(code, 0) + 1
        named = self._users_by_code.setdefault(code, [])
        if len(named) < named_max:
            named.append(directory_id)

    def code_of(self, user: DirectoryUser) -> str:
        """Return what is to be expected of a user: a code of rules#license-failures, or ""."""
        if user.is_fed(self.source.plan_id) and not user.has_direct(self.source.plan_id):
            return FED_BY_GROUP
        if user.lacks_location:
            return LOCATION_ASKED if self.is_location_asked else LicenseFailureCode.LOCATION_NOT_SERVED
        if user.license_of(self.target.plan_id) and not user.can_use(self.target.plan_id):
            return LicenseFailureCode.LICENSE_INACTIVE
        return service_conflict(self.mapper, user)


def undecided_findings(
    findings: Iterable[Mapping[str, Any]], acknowledgments: Collection[str]
) -> tuple[Mapping[str, Any], ...]:
    """Return what the record has of users whom a switch back would move and about whom nobody has decided.

    See rules#switch-back.

    Args:
        findings: Of a pre-flight, as the record has them.
        acknowledgments: What was confirmed with the order.
    """
    if USERS_NOT_RESTORED in acknowledgments:
        return ()
    return tuple(each for each in findings if each.get("code") in {JOINED, CHANGED})


def require_hope(preflight: Preflight) -> None:
    """Refuse to order for users none of whom could be moved.

    Raises:
        RuleViolated: Everybody who was read would fail.
    """
    if not preflight.is_hopeless:
        return
    failures = [each for each in preflight.findings if each.is_failure]
    causes = "; ".join(f"{each.users} users: {each.message}" for each in failures)
    raise RuleViolated(
        f"None of the {preflight.users_checked} users who were read could be moved: {causes}.",
        remedy=" ".join(each.remedy for each in failures),
    )


def recorded_message(facts: Mapping[str, Any]) -> str:
    """Return what a pre-flight in the record tells of some users; one of before has the words itself.

    Args:
        facts: One of its findings.
    """
    return str(facts["message"]) if "message" in facts else _words(facts["code"]).message


def _words(code: str, *, licenses_only: bool = False) -> Words:
    failure = license_failure(code)
    needed = remedy_before_order(failure.remedy, licenses_only=licenses_only)
    message, remedy = NO_FAILURES.get(code, (failure.message, needed))
    return Words(message=message, remedy=remedy)


def _finding(code: str, users: int, named: Iterable[str], *, licenses_only: bool) -> PreflightFinding:
    words = _words(code, licenses_only=licenses_only)
    return PreflightFinding(
        code=code,
        users=users,
        message=words.message,
        remedy=words.remedy,
        is_failure=code not in NO_FAILURES,
        named=tuple(named),
    )
