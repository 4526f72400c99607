"""Quotes and bills, computed again by the function that bills, from the recorded terms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any

from audit.whatif.basis import Basis, Input
from audit.whatif.decisions import Decision, Place
from domain.catalog.addons import ATTACHABLE, INCOMPATIBLE, addon_fates
from domain.catalog.catalog import Catalog
from domain.eligibility.eligibility_checks import overlap_until
from domain.eligibility.eligibility_input import AssessmentInput, case_of
from domain.kernel.errors import InvalidInput, PlanSwitchError, RuleViolated
from domain.kernel.memo import Recent, by_identity
from domain.kernel.money import Money
from domain.periods.next_term import next_term_of
from domain.periods.proration import PER_SECOND
from domain.quote.day_quotes import DayQuote, day_quote
from domain.quote.list_prices import period_prices
from domain.quote.quote import Quote, period_price, quote
from domain.quote.quote_input import QuoteInput
from domain.switch.move_events import BillingCutOver

#: Fields of the rule set at which money looks.
_RULES = ("billing_stop",)
_NO_DAY = "no such day"


@dataclass(frozen=True, kw_only=True, slots=True)
class Fixed:
    """A recorded quote, and what was assessed for it."""

    facts: Mapping[str, Any]
    #: What was read for the assessment that goes with it; None: that is not recorded.
    assessed: AssessmentInput | None
    #: What of a prepaid value was accepted as lost, where a corrected quote says so.
    forfeited_at_most: Money | None = None


#: A quote and its bill ask for the same.
@by_identity(16)
def terms_again(basis: Basis, terms: QuoteInput, assessed: AssessmentInput | None) -> QuoteInput:
    """Return the terms of a quote on another basis; on the recorded one they come out as they are recorded.

    Args:
        basis: Rules, catalog and policy to decide by.
        terms: The recorded terms.
        assessed: What was read for them.

    Raises:
        PlanSwitchError: The record lacks what the other basis needs, or the catalog lacks plan or price.
    """
    policy = basis.policy(terms.policy)
    cutover_at = terms.cutover_at if policy == PER_SECOND else None
    if policy == PER_SECOND and cutover_at is None:
        raise RuleViolated(f"policy {PER_SECOND} counts to a stated instant, and none was stated")
    catalog = basis.catalog(terms.price_list_version)
    monthly = catalog.price(terms.target_plan_id, terms.currency).unit_price
    again = replace(
        terms,
        rule_set=basis.rules(terms.rule_set).name,
        policy=policy,
        cutover_at=cutover_at,
        price_list_version=catalog.version,
        target_unit_price=period_price(monthly, terms.billing_cycle),
    )
    if basis.changed in {Input.RULES, Input.CATALOG}:
        return _derived(basis, again, assessed, catalog)
    return again


def _derived(
    basis: Basis, terms: QuoteInput, assessed: AssessmentInput | None, catalog: Catalog
) -> QuoteInput:
    """Return the terms with what rules and catalog decide of them beside the price."""
    if assessed is None:
        raise RuleViolated("what was read of the subscriptions for this quote is not recorded")
    before = case_of(basis.catalog_of(assessed.catalog_version), assessed)
    # The version of the quote counts: an amended or scheduled one may be later than the assessment.
    rules = basis.rules(assessed.rule_set).name
    now = case_of(catalog, replace(assessed, rule_set=rules, catalog_version=catalog.version))
    changes: dict[str, Any] = {}
    overlaps = (overlap_until(before), overlap_until(now))
    if terms.licenses_leaving is None and overlaps[0] != overlaps[1]:
        is_ahead = overlaps[1] is not None and terms.order_on < overlaps[1]
        changes["overlap_until"] = overlaps[1] if is_ahead else None
    if basis.is_changed(Input.CATALOG) and terms.next_term is not None and terms.next_term.unit_price:
        prices = period_prices(catalog, terms.billed)
        changes["next_term"] = next_term_of(assessed.source, terms.billed, prices)
    _require_same_addons(terms, assessed, catalog)
    return replace(terms, **changes) if changes else terms


def _require_same_addons(terms: QuoteInput, assessed: AssessmentInput, catalog: Catalog) -> None:
    """Refuse where another catalog makes other add-ons go with the switch: nobody read their billing."""
    target = catalog.plan(terms.target_plan_id)
    fates = addon_fates(catalog, assessed.source, assessed.subscriptions, target)
    going = {each.subscription_id: each.fate == ATTACHABLE for each in fates if each.fate != INCOMPATIBLE}
    quoted = {each.subscription_id: each.is_carried for each in terms.addons}
    if terms.licenses_leaving is None and going != quoted:
        raise RuleViolated("other add-ons would go with the switch, and their billing was not recorded")


#: The same terms stand in the preview, in the request's quote, and in the bill.
_recent_terms = Recent(lambda facts: QuoteInput.from_facts(dict(facts)), count_max=3)


def _terms(facts: Mapping[str, Any]) -> QuoteInput:
    terms: QuoteInput = _recent_terms(facts)
    return terms


def compare_quote(place: Place, basis: Basis, fixed: Fixed) -> None:
    """Compare a recorded quote, day by day, with the one that is computed now."""
    try:
        recorded = _terms(fixed.facts["input"])
        again = _quoted(terms_again(basis, recorded, fixed.assessed))
    except PlanSwitchError as error:
        place.cannot(Decision.QUOTE, error.message)
        return
    if basis.is_changed(Input.RECORDED):
        _compare_facts(place, basis, fixed.facts, again)
        return
    _compare_days(place, basis, recorded, again, totals=fixed.facts["totals_minor_units"])


@lru_cache(maxsize=64)
def _quoted(terms: QuoteInput) -> Quote:
    """Compute a quote; the same terms stand in the preview, in the request, and in the quote that binds."""
    return quote(terms)


@lru_cache(maxsize=64)
def _day(terms: QuoteInput, on: date) -> DayQuote:
    """Compute a day; the quote and the bill have the same one where the switch completed on its first day."""
    return day_quote(terms, on)


def _compare_facts(place: Place, basis: Basis, facts: Mapping[str, Any], again: Quote) -> None:
    """Compare what the record keeps of a quote, to the letter: terms, policies, digest and totals."""
    now, why = again.as_facts(), basis.why("recorded")
    for name in dict.fromkeys((*facts, *now)):
        was, would_be = facts.get(name), now.get(name)
        if was == would_be:
            place.same(len(again.days) if name == "totals_minor_units" else 1)
        else:
            place.differs(Decision.QUOTE, name, recorded=str(was), would_be=str(would_be), why=why)


def _compare_days(
    place: Place, basis: Basis, recorded: QuoteInput, again: Quote, *, totals: Mapping[str, int]
) -> None:
    now = {day.on.isoformat(): day for day in again.days}
    different = [
        on
        for on in sorted(now.keys() | totals.keys())
        if on not in now or now[on].total.minor_units != totals.get(on)
    ]
    if not different and (recorded.is_prepaid or recorded.overlap_until or again.input.overlap_until):
        # What is lost, or paid beside, is told apart from the total.
        different = _days_of_other_remarks(_quoted(recorded), again)
    place.same(len(totals) - len(different))
    if different:
        first = date.fromisoformat(different[0])
        days = f"on {first}; {len(different)} of {len(totals)} days differ"
        before = figures(_day(recorded, first)) if different[0] in totals else {}
        would_be = figures(now[different[0]]) if different[0] in now else {}
        _compare_figures(place, before, would_be, why=_why(basis, recorded), days=days)


def _days_of_other_remarks(recorded: Quote, again: Quote) -> list[str]:
    pairs = zip(recorded.days, again.days, strict=True)
    return [before.on.isoformat() for before, now in pairs if figures(before) != figures(now)]


def _compare_figures(
    place: Place, before: Mapping[str, str], now: Mapping[str, str], *, why: str, days: str
) -> None:
    for name in dict.fromkeys((*before, *now)):
        was, would_be = before.get(name, _NO_DAY), now.get(name, _NO_DAY)
        if was != would_be:
            place.differs(Decision.QUOTE, name, recorded=was, would_be=would_be, why=why, days=days)


def figures(day: DayQuote) -> dict[str, str]:
    """Return the amounts of a day, and when the old plan stops, as a reader sees them."""
    return {
        "total": str(day.total),
        "net": str(day.net),
        "consumed": str(day.consumed),
        "credit": str(day.credit),
        "forfeited": str(day.forfeited),
        "overlap": str(day.overlap),
        "charge": str(day.amount("charge")),
        "old plan billed until": day.stop_on.isoformat(),
    }


def _why(basis: Basis, recorded: QuoteInput) -> str:
    names = {
        Input.RULES: recorded.rule_set,
        Input.CATALOG: recorded.price_list_version,
        Input.POLICY: recorded.policy,
    }
    return basis.why(names.get(basis.changed, "recorded"), rules=_RULES)


def compare_bill(place: Place, basis: Basis, fixed: Fixed, billed: BillingCutOver) -> None:
    """Compare what was billed on the cutover's day with what would be billed now."""
    try:
        recorded = _terms(fixed.facts["input"])
        options = _shown_by_billing(recorded, billed, fixed.forfeited_at_most)
        before = _with(recorded, billed.cutover_on, options)
        if not basis.is_changed(Input.RECORDED):
            # What was accepted as lost is what the recorded quote says; another one says something else.
            options.pop("forfeited_at_most", None)
        now = _with(terms_again(basis, recorded, fixed.assessed), billed.cutover_on, options)
    except PlanSwitchError as error:
        place.cannot(Decision.BILL, error.message)
        return
    why = _why(basis, recorded)
    amounts = {"net": billed.net, "tax": billed.tax, "total": billed.total}
    was = figures(before) | {name: str(amount) for name, amount in amounts.items()}
    would_be = figures(now) | {"tax": str(now.tax)}
    for name, value in was.items():
        place.compare(Decision.BILL, name, value, would_be[name], why=why, days=f"on {now.on}")


def _with(terms: QuoteInput, on: date, options: Mapping[str, Any]) -> DayQuote:
    return day_quote(terms, on, **options) if options else _day(terms, on)


def _shown_by_billing(
    terms: QuoteInput, billed: BillingCutOver, forfeited_at_most: Money | None
) -> dict[str, Any]:
    """Return which renewals billing had billed on the day, as the bill tells.

    Raises:
        InvalidInput: No answer of billing gives the amounts that were billed.
    """
    addons = frozenset(each.subscription_id for each in terms.addons if each.billed)
    accepted = {"forfeited_at_most": forfeited_at_most} if forfeited_at_most else {}
    candidates: tuple[dict[str, Any], ...] = (
        {},
        {"addons_not_renewed": addons},
        {"is_renewal_billed": False},
        {"is_renewal_billed": False, "addons_not_renewed": addons},
    )
    for candidate in candidates:
        options = {**candidate, **accepted}
        day = _with(terms, billed.cutover_on, options)
        is_same_period = day.source_period.end_on == billed.source_period_end_on
        if is_same_period and day.total == billed.total:
            return options
    raise InvalidInput(
        field="what billing showed of renewals",
        value=None,
        allowed="a fact of the record, which lacks it",
    )
