"""Answers about a question: assessment, findings, quote, plan of the switch, and what a wait accepts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from console.models.base import Answer, JsonObject, Recorded
from console.models.system import SupportContact
from domain.licenses.pilot import PlannedPilot
from domain.licenses.preflight import PreflightFinding
from domain.quote.lines import QuoteLine
from domain.reasons.reasons import AUTOMATIC, Retry
from domain.requests.switch_plan import (
    Advice,
    PlannedAddon,
    PlannedDates,
    PlannedLock,
    PlannedServices,
    PlannedStep,
)
from projections.reads.shown_rows import InstantText


class ReasonAnswer(Answer):
    """What blocks the switch, and what the customer does about it."""

    code: str
    message: str
    remedy: str
    #: Modes that it blocks; none: it is a notice.
    blocks: tuple[str, ...]
    #: Steps before which it counts.
    stages: tuple[str, ...]
    retry: Recorded[Retry]
    evidence: JsonObject
    #: Page and anchor that explain the code.
    docs: str
    #: Where the remedy says support; null elsewhere.
    support: SupportContact | None


class FindingAnswer(Answer):
    """A remark beside an answer that blocks nothing."""

    code: str
    message: str
    #: "" where there is nothing to do.
    remedy: str
    details: JsonObject
    docs: str


class AssessmentAnswer(Answer):
    """Whether a switch to one plan may be, without the inputs, which are in the record."""

    target_plan_id: str
    target_plan: str
    #: automatic, manual or licenses_only -> nothing blocks it.
    eligible: dict[str, bool]
    #: upgrade, downgrade or crossgrade.
    direction: str
    #: same_family, from_standalone or other_family.
    kind: str
    services_gained: tuple[str, ...]
    services_lost: tuple[str, ...]
    services_lowered: tuple[str, ...]
    #: Service -> the vendor's name of it, for those that are gained or lost.
    service_names: dict[str, str]
    acknowledgments_missing: tuple[str, ...]
    reasons: tuple[ReasonAnswer, ...]
    rule_set: str
    catalog_version: str
    input_digest: str


class TargetAnswer(AssessmentAnswer):
    """One plan to switch to, and why it stands where it stands in the list."""

    reason: str


class OwnedTargetAnswer(AssessmentAnswer):
    """One subscription that is owned, bought anywhere, and could receive the users."""

    #: By its seller's name of it, and by the directory's own; both name it to a switch.
    subscription_id: str
    directory_id: str
    #: active, suspended, disabled or deleted.
    status: str
    #: Licenses of its plan that are free, and users who hold it, over all its sellers.
    free: int
    users: int


class ForfeitureAnswer(Answer):
    """What is lost of a prepaid value."""

    at_most_minor_units: int
    at_most: str
    #: First day on which a switch would lose nothing.
    first_on_without: date
    #: What `start_on` takes to schedule the switch for that day.
    start_on: str
    #: No switch starts before the loss is accepted.
    is_accepted: bool


class OverlapAnswer(Answer):
    """Until when, and for how much, the old plan goes on beside the new one."""

    until: date
    days_at_most: int
    at_most_minor_units: int
    at_most: str
    #: What an operator acknowledges to accept it.
    acknowledgment: str


class QuotedDay(Answer):
    """What the switch costs when it completes on one day."""

    on: date
    consumed_minor_units: int
    credit_minor_units: int
    forfeited_minor_units: int
    overlap_minor_units: int
    net_minor_units: int
    tax_minor_units: int
    total_minor_units: int
    #: What stands on the invoice of the switch; its sum is the net amount.
    lines: tuple[QuoteLine, ...]
    #: Lines beside it that are billed elsewhere or not at all.
    told: tuple[QuoteLine, ...]


class QuoteAnswer(Answer):
    """A quote with its table by day; the first day's total is the total."""

    digest: str
    quoted_on: date
    expires_on: date
    currency: str
    total_minor_units: int
    total: str
    policy: str
    #: null where nothing is lost.
    forfeiture: ForfeitureAnswer | None
    #: null where the old plan ends with the cutover.
    overlap: OverlapAnswer | None
    days: tuple[QuotedDay, ...]


class ScheduledQuote(QuoteAnswer):
    """A quote, and the day on which its switch starts."""

    #: null: at once.
    start_on: date | None


class RightSizingAnswer(Answer):
    """What as many licenses as users would cost."""

    unused: int
    quantity: int
    is_possible: bool
    billing_cycle: str
    how: str
    period_quoted_minor_units: int
    period_right_sized_minor_units: int
    first_day_total_minor_units: int
    forfeited_at_most_minor_units: int
    period_quoted: str
    period_right_sized: str
    first_day_total: str
    forfeited_at_most: str


class QuotedQuestion(Answer):
    """Assessment and quote of one question."""

    organization_id: str
    organization: str
    source_subscription_id: str
    source_plan_id: str
    source_plan: str
    quantity: int
    users: int
    service_settings: str
    payment_method: str
    #: may_be_required or not_expected.
    credit_check: str
    assessment: AssessmentAnswer
    findings: tuple[FindingAnswer, ...]
    quote: ScheduledQuote
    #: null where no license would be unused.
    right_sizing: RightSizingAnswer | None
    #: automatic or manual: in which the switch is asked for.
    mode: str = AUTOMATIC
    #: Both plans are owned: no money moves, and the figures of the quote are none.
    licenses_only: bool = False
    #: Subscription that is owned and receives the users; "" where one is ordered.
    target_subscription_id: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedLine(QuoteLine):
    """One line of the first day's invoice, or one that is shown beside it."""

    #: you_pay, you_get_back or told.
    direction: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PreflightPoint(PreflightFinding):
    """Users for whom the same is to be expected."""

    #: The vendor's word for the code, or "".
    vendor_code: str


class PreflightAnswer(Answer):
    """Which users would probably not be moved; notices of the look are among the findings of the answer."""

    users: int
    #: Users who were read; if there are very many, the first ones.
    users_checked: int
    findings: tuple[PreflightPoint, ...]
    failing: int


class SwitchPlanAnswer(Answer):
    """The whole plan of a switch: steps, locks, dates, money, and what users are to expect."""

    users: int
    quantity: int
    steps: tuple[PlannedStep, ...]
    locks: tuple[PlannedLock, ...]
    advice: Recorded[Advice]
    services: PlannedServices
    dates: Recorded[PlannedDates]
    money: tuple[PlannedLine, ...]
    credit_check: str
    addons: tuple[PlannedAddon, ...]
    preflight: PreflightAnswer | None
    pilot: PlannedPilot | None


class WaitAnswer(Answer):
    """What is accepted by waiting."""

    until: InstantText
    #: Beginning of the day of a scheduled start; null: it starts as soon as nothing blocks it.
    not_before: InstantText | None
    currency: str
    total_at_most_minor_units: int
    total_at_most: str
    forfeited_at_most_minor_units: int


class QuoteMade(QuotedQuestion):
    """Assessment, quote and plan of a switch that was asked about; nothing is ordered."""

    plan: SwitchPlanAnswer
    #: null: nobody asked to wait.
    wait: WaitAnswer | None
    #: Stored selection of the users who move; null: everyone does.
    selection: str | None = None
    #: How many users it has.
    selected: int = 0
