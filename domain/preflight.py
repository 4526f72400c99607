"""Which users the directory would probably not move, told before the order (rules section 7).

What is found is a warning: it can be mended until the move, and whoever fails then holds the switch. Only
where everybody who was read would fail is there nothing to begin.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from domain.catalog import Catalog, UnknownPlan
from domain.errors import RuleViolated
from domain.findings import Finding
from domain.license_failures import INACTIVE, license_failure
from domain.plans import Plan
from domain.ports import DirectoryUser

#: Users who are named for one finding.
NAMED_MAX = 20
NO_LOCATION = "ProhibitedInUsageLocationViolation"
NO_LICENSE = "CountViolation"
EXCLUDED = "MutuallyExclusiveViolation"
#: Lowest tier of documents that is SharePoint and not OneDrive alone.
SHAREPOINT_TIER_MIN = 2
#: No failure: the user moves with the group that gives the license.
FED_BY_GROUP = "GroupFed"
_FED_MESSAGE = "a group gives the license: they move with it"
_FED_REMEDY = "Nothing to do; the group's licenses change for all of its members at once."


@dataclass(frozen=True, kw_only=True, slots=True)
class PreflightFinding:
    """Users for whom the same is to be expected."""

    #: Word of rules section 4, or GroupFed.
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
    #: Users who were read; of very many the first ones.
    users_checked: int
    findings: tuple[PreflightFinding, ...]
    #: Users who were read and would not be moved.
    failing: int
    #: What the look gives reason to tell beside that; recorded with the assessment.
    notices: tuple[Finding, ...] = ()

    @property
    def is_hopeless(self) -> bool:
        """Tell whether everybody who was read would fail."""
        return 0 < self.users_checked == self.failing


@dataclass(kw_only=True, slots=True)
class PreflightCheck:
    """Counts users page by page.

    Args:
        catalog: Plans of the switch.
        source: Plan to leave.
        target: Plan to get.
    """

    catalog: Catalog
    source: Plan
    target: Plan
    checked: int = 0
    failing: int = 0
    _found: dict[str, list[str]] = field(default_factory=dict)
    _counts: dict[str, int] = field(default_factory=dict)
    _excluding: dict[str, bool] = field(default_factory=dict)

    def add(self, users: Iterable[DirectoryUser]) -> None:
        """Look at some users."""
        for user in users:
            self.checked += 1
            code = self._code(user)
            if code:
                self.failing += code != FED_BY_GROUP
                self._count(code, user.directory_id)

    def result(self, *, users: int, quantity: int) -> Preflight:
        """Return what was found.

        Args:
            users: Users of the old plan, whether they were read or not.
            quantity: Licenses that are ordered.
        """
        counts = dict(self._counts)
        if users > quantity:
            counts[NO_LICENSE] = counts.get(NO_LICENSE, 0) + users - quantity
        found = tuple(_finding(code, counts[code], self._found.get(code, ())) for code in sorted(counts))
        return Preflight(users=users, users_checked=self.checked, findings=found, failing=self.failing)

    def _count(self, code: str, directory_id: str) -> None:
        self._counts[code] = self._counts.get(code, 0) + 1
        named = self._found.setdefault(code, [])
        if len(named) < NAMED_MAX:
            named.append(directory_id)

    def _code(self, user: DirectoryUser) -> str:
        if user.is_fed(self.source.plan_id) and not user.has_direct(self.source.plan_id):
            return FED_BY_GROUP
        if not user.usage_location:
            return NO_LOCATION
        if user.license_of(self.target.plan_id) and not user.can_use(self.target.plan_id):
            return INACTIVE
        return EXCLUDED if any(self._excludes(held.plan_id) for held in user.licenses) else ""

    def _excludes(self, plan_id: str) -> bool:
        if plan_id in {self.source.plan_id, self.target.plan_id}:
            return False
        if plan_id not in self._excluding:
            self._excluding[plan_id] = _excludes(self.catalog, plan_id, self.target)
        return self._excluding[plan_id]


def require_hope(found: Preflight) -> None:
    """Refuse to order for users none of whom could be moved.

    Raises:
        RuleViolated: Everybody who was read would fail.
    """
    if not found.is_hopeless:
        return
    failures = [each for each in found.findings if each.is_failure]
    told = "; ".join(f"{each.users} users: {each.message}" for each in failures)
    raise RuleViolated(
        f"None of the {found.users_checked} users who were read could be moved: {told}.",
        remedy=" ".join(each.remedy for each in failures),
    )


def _finding(code: str, users: int, named: Iterable[str]) -> PreflightFinding:
    is_failure = code != FED_BY_GROUP
    told = license_failure(code)
    return PreflightFinding(
        code=code,
        users=users,
        message=told.message if is_failure else _FED_MESSAGE,
        remedy=told.remedy if is_failure else _FED_REMEDY,
        is_failure=is_failure,
        named=tuple(named),
    )


def _excludes(catalog: Catalog, plan_id: str, target: Plan) -> bool:
    """Tell whether a plan that stays has SharePoint in another version: nobody may have two of them.

    Two versions of Exchange may be held together; OneDrive alone excludes nothing.
    """
    try:
        held = catalog.plan(plan_id).tiers.sharepoint
    except UnknownPlan:
        return False
    return min(held, target.tiers.sharepoint) >= SHAREPOINT_TIER_MIN and held != target.tiers.sharepoint
