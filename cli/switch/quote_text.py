"""What `switch targets` and `switch quote` print: offers, prices by day, reasons, and the plan."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from cli.text import answers
from cli.text.output import (
    ago,
    amount,
    bound_text,
    charged_text,
    counted,
    fields,
    figure,
    first_users,
    support_lines,
    with_ids,
    wrapped,
)
from cli.text.tables import table
from domain.catalog.plans import listed_services
from domain.kernel.money import NO_CURRENCY
from domain.reasons.findings import ACKNOWLEDGED, BACKUP_DONE, BACKUP_GUIDE
from domain.reasons.reasons import AUTOMATIC, LICENSES_ONLY, weight_words

if TYPE_CHECKING:
    from audit.story.show import FindingStory
    from domain.licenses.pilot import PlannedPilot
    from domain.quote.lines import QuoteLine
    from domain.requests.switch_plan import (
        PlannedAddon,
        PlannedDates,
        PlannedLock,
        PlannedServices,
        ServiceCount,
    )

NO_MONEY = "none moves: nothing is ordered, cancelled, billed or credited; both plans are owned"
#: Services that are named of one kind.
SERVICES_SHOWN = 6
#: Users that are named for one finding.
NAMED_SHOWN = 5
_INDENT = 2
_HANGING = 4
_STEP_INDENT = 6
_MONEY_INDENT = 32
_DIRECTIONS = {"you_pay": "you pay", "you_get_back": "you get back", "told": "not invoiced:"}
#: Whether the new plan renews -> its words.
_RENEWED = {None: "as the seller sets it", True: "by itself", False: "not: it ends with its term"}
#: The lock whose end the advice tells.
_ADMINISTRATION = "administration"
_SERVICES = {
    "kept": "stay switched off",
    "no_counterpart": "without counterpart",
    "newly_granted": "newly granted",
    "dependents": "go off with others",
}


def targets(answer: answers.catalog.TargetsAnswer) -> list[str]:
    """Return the offered plans with what blocks each."""
    source = answer.source
    about = (answer.organization_id, source.subscription_id)
    head = [f"{source.plan}, {source.quantity} licenses, {answer.users} users", ""]
    if not answer.targets:
        return [*head, "No plan is offered:", *reasons(answer.reasons, about=about)]
    rows = [
        [
            each.target_plan,
            each.direction,
            _yes(each.eligible["automatic"]),
            _yes(each.eligible["manual"]),
            len(each.services_gained),
            len(each.services_lost),
        ]
        for each in answer.targets
    ]
    lines = table(["TO", "DIRECTION", "AUTOMATIC", "MANUAL", "GAINED", "LOST"], rows)
    first = answer.targets[0]
    lines += ["", *wrapped(f"first is {first.target_plan}: {first.reason}", 0)]
    return [*head, *lines, *common_reasons(answer.targets, about)]


def quote(answer: answers.quotes.QuotedQuestion, mode: str = AUTOMATIC) -> list[str]:
    """Return the price of a switch by day, and whether it may be in the mode that is asked about."""
    assessed, quoted = answer.assessment, answer.quote
    if answer.licenses_only:
        return _without_money(answer)
    currency = quoted.currency
    head = fields(
        {
            "organization": f"{answer.organization} ({answer.organization_id})",
            "switch": f"{answer.source_plan} -> {assessed.target_plan} ({assessed.direction})",
            "licenses": f"{answer.quantity} ({answer.users} users move)",
            "gained": listed_services(assessed.services_gained, assessed.service_names),
            "lost": listed_services(assessed.services_lost, assessed.service_names),
            "paid by": payment(answer),
            "possible": _possible(assessed, quoted.forfeiture, mode),
        }
    )
    names = ["forfeited", "net", "tax", "total"] if quoted.forfeiture else ["net", "tax", "total"]
    rows = [
        [
            day.on,
            figure(-day.credit_minor_units, currency),
            figure(_sum(day.lines, "charge"), currency),
            *(figure(getattr(day, f"{name}_minor_units"), currency) for name in names),
        ]
        for day in quoted.days
    ]
    days = table([f"{currency}, ON", "CREDIT", "CHARGE", *(name.upper() for name in names)], rows)
    tail = [f"quote {quoted.digest}", f"valid until {quoted.expires_on}, prorated {quoted.policy}"]
    remarks = [*_beside(quoted.overlap), *_loss(quoted.forfeiture), *_unused(answer.right_sizing)]
    noticed = [
        *reasons(assessed.reasons, mode, about=_about(answer)),
        *findings(answer.findings),
        *to_confirm(assessed),
    ]
    return [*head, *noticed, "", *days, "", *remarks, *tail]


def _about(answer: answers.quotes.QuotedQuestion) -> tuple[str, str]:
    """Return whose switch is asked about, and what it leaves."""
    return answer.organization_id, answer.source_subscription_id


def _without_money(answer: answers.quotes.QuotedQuestion) -> list[str]:
    """Return what a switch between two owned plans is, and that no money moves."""
    assessed, quoted = answer.assessment, answer.quote
    who = "everyone" if answer.mode == AUTOMATIC else "those who were selected"
    head = fields(
        {
            "organization": f"{answer.organization} ({answer.organization_id})"
            if answer.organization
            else answer.organization_id,
            "switch": f"{answer.source_plan} -> {assessed.target_plan} ({assessed.direction}), licenses only",
            "from": f"subscription {answer.source_subscription_id}",
            "to": f"subscription {answer.target_subscription_id}",
            "users": f"{answer.users} move ({who})",
            "licenses": f"{answer.quantity} of {assessed.target_plan} are free",
            "gained": listed_services(assessed.services_gained, assessed.service_names),
            "lost": listed_services(assessed.services_lost, assessed.service_names),
            "money": NO_MONEY,
            "possible": _possible(assessed, None, LICENSES_ONLY),
        }
    )
    noticed = [
        *reasons(assessed.reasons, LICENSES_ONLY, about=_about(answer)),
        *findings(answer.findings),
        *to_confirm(assessed),
    ]
    return [*head, *noticed, "", f"quote {quoted.digest}", f"valid until {quoted.expires_on}"]


def quote_and_plan(answer: answers.quotes.QuoteMade, mode: str = AUTOMATIC) -> list[str]:
    """Return the price of a switch by day, and below it everything that is needed to decide."""
    if answer.licenses_only:
        return [*quote(answer, mode), *_plan_without_money(answer.plan)]
    return [*quote(answer, mode), *plan(answer.plan, answer.quote.currency)]


def _possible(
    assessed: answers.quotes.AssessmentAnswer, loss: answers.quotes.ForfeitureAnswer | None, mode: str
) -> str:
    """Return whether the switch may be; a loss that nobody has accepted yet is no yes."""
    if not assessed.eligible[mode]:
        return "no"
    if assessed.acknowledgments_missing:
        return "yes, after you confirm what is below"
    return "yes, after you accept the forfeiture" if loss and not loss.is_accepted else "yes"


def to_confirm(assessed: answers.quotes.AssessmentAnswer) -> list[str]:
    """Return what has to be acknowledged before the order, with the option that does it."""
    missing = assessed.acknowledgments_missing
    lines = [
        line
        for name in missing
        for line in wrapped(f"to confirm: {ACKNOWLEDGED.get(name, name)} (--acknowledge {name})", _INDENT)
    ]
    return [*lines, f"    how to back up: {BACKUP_GUIDE}"] if BACKUP_DONE in missing else lines


def _unused(sizing: answers.quotes.RightSizingAnswer | None) -> list[str]:
    """Return how many licenses nobody would use, what as many as users cost, and how to ask for them."""
    if sizing is None:
        return []
    period = {"monthly": "month", "annual": "year"}[sizing.billing_cycle]
    lines = wrapped(
        f"{counted(sizing.unused, 'license')} would be unused: {sizing.period_quoted} a {period} net, "
        f"{sizing.period_right_sized} with the {sizing.quantity} that are needed",
        0,
    )
    if sizing.is_possible:
        lost = f", {sizing.forfeited_at_most} forfeited" if sizing.forfeited_at_most_minor_units else ""
        total = f"then {charged_text(sizing.first_day_total)} with tax on the first day{lost}"
        return [*lines, *wrapped(f"{sizing.how}: {total}", _INDENT), ""]
    return [*lines, *wrapped(sizing.how, _INDENT), ""]


def _beside(days: answers.quotes.OverlapAnswer | None) -> list[str]:
    """Return what goes on of an old plan that can't be cancelled, and how to accept or avoid it."""
    if days is None:
        return []
    return [
        *wrapped(
            f"the old plan can't be cancelled now: it goes on beside the new one until {days.until}, up to"
            f" {days.days_at_most} days worth {days.at_most} net, of which nothing is credited",
            0,
        ),
        f"accept that with --acknowledge {days.acknowledgment}, or wait with --on renewal",
        "",
    ]


def _loss(forfeiture: answers.quotes.ForfeitureAnswer | None) -> list[str]:
    """Return what is lost of a value that was paid in advance, and how not to lose it."""
    if forfeiture is None:
        return []
    loss = f"up to {forfeiture.at_most} of the prepaid value is forfeited: start with --accept-forfeiture"
    free = f"a switch that is ordered on {forfeiture.first_on_without} forfeits nothing"
    return [*wrapped(loss, 0), *wrapped(f"{free}: schedule it with --on {forfeiture.start_on}", 0), ""]


def reasons(
    rows: Iterable[answers.quotes.ReasonAnswer], mode: str = "", *, about: tuple[str, str] = ("", "")
) -> list[str]:
    """Return each reason with its remedy.

    Args:
        rows: The reasons.
        mode: In which the switch is asked for; "" where no mode is chosen yet.
        about: Organization and subscription that they are about, for the commands of remedies; "": not known.
    """
    lines = []
    for reason in rows:
        word, alone = weight_words(reason.blocks, mode)
        scope = f" ({alone})" if alone else ""
        lines += wrapped(f"{word} {reason.code}{scope}: {reason.message}", _INDENT)
        if reason.remedy:
            lines += wrapped(f"what to do: {with_ids(reason.remedy, *about)}", _HANGING)
        lines += support_lines(reason.support.contact if reason.support else None, _HANGING, *about)
        if reason.docs:
            lines.append(f"{' ' * _HANGING}more: {reason.docs}")
    return lines


def findings(rows: Iterable[answers.quotes.FindingAnswer | FindingStory]) -> list[str]:
    """Return each finding with its remedy; none of them blocks the switch."""
    lines = []
    for each in rows:
        lines += wrapped(f"finding {each.code}: {each.message}", _INDENT)
        if each.remedy:
            lines += wrapped(f"what to do: {each.remedy}", _HANGING)
        if each.docs:
            lines.append(f"{' ' * _HANGING}more: {each.docs}")
    return lines


def common_reasons(
    rows: Sequence[answers.quotes.AssessmentAnswer], about: tuple[str, str], mode: str = ""
) -> list[str]:
    """Return every reason once, although it blocks several targets.

    Args:
        rows: The targets.
        about: Organization and subscription that they are about.
        mode: In which the switch is asked for; "" where no mode is chosen yet.
    """
    reasons_by_text: dict[tuple[str, str], answers.quotes.ReasonAnswer] = {}
    for each in rows:
        for reason in each.reasons:
            reasons_by_text.setdefault((reason.code, reason.message), reason)
    return ["", *reasons(reasons_by_text.values(), mode, about=about)] if reasons_by_text else []


def accepted(terms: answers.quotes.WaitAnswer | None) -> list[str]:
    """Return what is accepted by waiting."""
    if terms is None:
        return []
    if terms.currency == NO_CURRENCY:
        start = f"waits for {ago(terms.not_before)}, or" if terms.not_before else "waits"
        return wrapped(f"{start} until nothing blocks it, {ago(terms.until)} at most; then it starts", 0)
    if terms.not_before:
        return wrapped(
            f"waits for {ago(terms.not_before)}, then starts by the quote of that day; or as soon as"
            f" nothing blocks it, until {ago(terms.until)}; {bound_text(terms.total_at_most)}",
            0,
        )
    return wrapped(
        f"waits until {ago(terms.until)} at most, then starts by itself by the quote of that day,"
        f" {bound_text(terms.total_at_most)}",
        0,
    )


def payment(answer: answers.quotes.QuotedQuestion | answers.checkouts.PaymentSection) -> str:
    """Return how it is paid for, and whether a credit check is likely."""
    is_likely = answer.credit_check == "may_be_required"
    return f"{answer.payment_method}{'; a credit check may be required' if is_likely else ''}"


def _sum(lines: Sequence[QuoteLine], kind: str) -> int:
    return sum(line.amount.minor_units for line in lines if line.kind == kind)


def _yes(is_so: bool) -> str:
    return "yes" if is_so else "no"


def plan(facts: answers.quotes.SwitchPlanAnswer, currency: str) -> list[str]:
    """Return the plan of a switch in lines."""
    return [
        "",
        *_steps(facts),
        "",
        *pilot_lines(facts.pilot),
        *_locks(facts),
        "",
        *_services(facts.services),
        "",
        *_preflight(facts.preflight),
        *_addons(facts.addons, currency),
        *_dates(facts.dates),
        "",
        *_money(facts, currency),
    ]


def _plan_without_money(facts: answers.quotes.SwitchPlanAnswer) -> list[str]:
    """Return the plan of a switch of licenses only: it has no dates of bills, no add-ons and no money."""
    lines = [*_steps(facts), "", *pilot_lines(facts.pilot), *_locks(facts), "", *_services(facts.services)]
    return ["", *lines, "", *_preflight(facts.preflight)]


def _steps(facts: answers.quotes.SwitchPlanAnswer) -> list[str]:
    lines = [f"steps, {facts.users} users affected:"]
    for number, step in enumerate(facts.steps, 1):
        promise = f" ({step.promise})" if step.promise else ""
        lines += wrapped(f"{step.what}{promise}", _STEP_INDENT, f"  {number:>2}. ")
    return lines


def _preflight(preflight: answers.quotes.PreflightAnswer | None) -> list[str]:
    """Return which users would not be moved as they are now, and what to do before the move."""
    if preflight is None:
        return []
    failing = (
        "all of them can be moved" if not preflight.failing else f"{preflight.failing} would not be moved"
    )
    lines = [f"pre-flight, {preflight.users_checked} of {preflight.users} users checked: {failing}"]
    for each in preflight.findings:
        lines += wrapped(f"{each.users} users, {each.code}: {each.message}", _INDENT)
        lines += wrapped(f"what to do: {each.remedy}", _HANGING)
        lines += [f"{' ' * _STEP_INDENT}{name}" for name in each.named[:NAMED_SHOWN]]
        more = each.users - NAMED_SHOWN
        lines += [f"{' ' * _STEP_INDENT}and {more} more"] if more > 0 and each.named else []
    return [*lines, ""]


def pilot_lines(pilot: PlannedPilot | None) -> list[str]:
    """Return who moves first, and who of the group does not."""
    if pilot is None:
        return []
    if not pilot.group_id:
        move = "moves" if pilot.users == 1 else "move"
        return [f"pilot: {first_users(pilot.users)} {move} first, then the switch pauses", ""]
    lines = wrapped(
        f"pilot: {pilot.users} users of group {pilot.group_id} move first, then the switch pauses", 0
    )
    others = pilot.members - pilot.users - pilot.fed
    if pilot.fed:
        text = (
            f"{pilot.fed} of its members have the plan from a licensing group and move later, with that group"
        )
        lines += wrapped(text, _INDENT)
    if others:
        lines += wrapped(f"{others} of its members do not hold the plan", _INDENT)
    return [*lines, ""]


def _locks(facts: answers.quotes.SwitchPlanAnswer) -> list[str]:
    lines = ["locks:"]
    for each in facts.locks:
        when = f"from {_words(each.from_step)} to the end of {_words(each.to_step)}"
        text = f"{when}, {_lasts(each)}: {each.what}"
        lines += wrapped(text, _HANGING, f"{' ' * _INDENT}{each.lock}, ")
    return [*lines, *wrapped(_advice(facts), _INDENT, " " * _INDENT)]


def _advice(facts: answers.quotes.SwitchPlanAnswer) -> str:
    """Return when to start, and until when administration is locked then."""
    advice = facts.advice
    start, until = _minute(advice.start_at), _minute(advice.until)
    # By hand nothing is promised: the operator's steps begin the lock and end it.
    if any(each.lock == _ADMINISTRATION and each.promised_seconds is None for each in facts.locks):
        return (
            f"advice: start step reassign at {start} UTC, and the last step soon after it;"
            f" administration is free again when the switch completes ({advice.why})"
        )
    return f"advice: start at {start} UTC; administration is free again by {until} UTC ({advice.why})"


def _lasts(lock: PlannedLock) -> str:
    seconds = lock.promised_seconds
    return "while it lasts" if seconds is None else f"{-(-seconds // 60)} min"


def _minute(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M}"


def _words(name: str) -> str:
    return name.replace("_", " ")


def _services(services: PlannedServices) -> list[str]:
    counted, users = services.users_counted, services.users
    over = f"{users} users" if counted >= users else f"the first {counted} of {users} users"
    pairs = {label: _named(getattr(services, name)) for name, label in _SERVICES.items()}
    return [f"services ({services.service_settings}), counted over {over}:", *fields(pairs)]


def _named(counts: Sequence[ServiceCount]) -> str:
    shown = [f"{each.name} ({each.users})" for each in counts[:SERVICES_SHOWN]]
    if len(counts) > SERVICES_SHOWN:
        shown.append(f"and {len(counts) - SERVICES_SHOWN} more, see --json")
    return ", ".join(shown) or "-"


def _addons(addons: Sequence[PlannedAddon], currency: str) -> list[str]:
    if not addons:
        return []
    lines = ["add-ons:"]
    for each in addons:
        money = [
            f"{amount(getattr(each, f'{name}_minor_units'), currency)} {name}"
            for name in ("credit", "charge")
            if getattr(each, f"{name}_minor_units")
        ]
        text = f"{each.name}, {'; '.join([each.what, *money])}"
        lines += wrapped(text, _HANGING, f"{' ' * _INDENT}{each.quantity} ")
    return [*lines, ""]


def _dates(facts: PlannedDates) -> list[str]:
    quoted = "inside the quote" if facts.is_renewal_quoted else "after the quote"
    renewal = {"old plan renews": f"{facts.renews_on}, {quoted}"}
    if facts.renews_on is None:
        renewal = {"old plan ends": f"{facts.ends_on}, it does not renew"}
    return fields(
        {
            "first day": facts.first_on,
            "quote until": facts.expires_on,
            **renewal,
            "new plan renews": _RENEWED[facts.is_target_renewed],
            "void for nothing": f"until {_minute(facts.voidable_until)} UTC, when it is ordered now; "
            f"warned {_minute(facts.void_warning_at)}",
            "invoice by": f"{facts.invoice_by}, when it completes on the first day",
        }
    )


def _money(facts: answers.quotes.SwitchPlanAnswer, currency: str) -> list[str]:
    lines = [f"money when it completes on {facts.dates.first_on}, net of tax:"]
    for each in facts.money:
        what = f"{_DIRECTIONS[each.direction]} {amount(abs(each.amount.minor_units), currency)}"
        text = f"{each.description}{_days(each)}"
        lines += wrapped(text, _MONEY_INDENT, f"{' ' * _INDENT}{what} ")
    return [*lines, *wrapped(facts.credit_check, _INDENT, " " * _INDENT)]


def _days(line: answers.quotes.PlannedLine) -> str:
    """Return the days of a line, the last one included."""
    last = line.to_on - timedelta(days=1)
    return f" ({line.from_on} to {last})" if line.from_on <= last else ""
