"""Rule sets: what the rules of 2014, of 2020 and of today decide differently, as data (rules#rule-sets)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Literal

import domain.catalog
from domain.kernel.errors import InvalidInput
from domain.kernel.money import Money

CURRENT = "current"
_DAYS_OF_WEEK = 7
_NUMBERS = {1: "one", 2: "two", 3: "three"}

#: `billing_stop`: old billing ends on the day of the order, or on the day of completion.
AT_ORDER = "at_order"
AT_COMPLETION = "at_completion"
#: `credit_wait_unit` and `credit_hold_unit`; seconds are for demonstrations.
BUSINESS_DAYS = "business_days"
CALENDAR_DAYS = "calendar_days"
SECONDS = "seconds"
#: `administration_lock`: locked from the credit check on, or from the first license on.
AT_CREDIT_CHECK = "credit_check"
#: `offers`: only the pairs of the 2014 table, or these and whatever keeps the data services.
TABLE_2014 = "table_2014"
TABLE_2014_OR_TIERS = "table_2014_or_tiers"


@dataclass(frozen=True, kw_only=True, slots=True)
class RuleSet:
    """The decisions of one time; an audit applies the rule set of its day."""

    name: str
    #: automatic, manual.
    modes: tuple[str, ...]
    #: Most users of an automatic switch; None is no limit (TOO_MANY_USERS).
    user_limit: int | None
    #: Family of the source -> most users it may have to be switched (SOURCE_USER_CAP).
    source_user_caps: dict[str, int]
    #: keep or grant_all: the default for services that users have switched off (switch#services).
    service_settings: Literal["keep", "grant_all"]
    #: Fewer licenses than purchased may be ordered (LICENSE_REMOVAL_IN_SWITCH).
    is_right_sizing: bool
    #: license_move or credit_check: the step from which administration is locked.
    administration_lock: str
    #: at_order or at_completion.
    billing_stop: str
    #: How long the credit check may take, in `credit_wait_unit`.
    credit_wait: int
    #: business_days, calendar_days or seconds.
    credit_wait_unit: str
    #: How long after the order it is voided by itself, in `credit_hold_unit`.
    credit_hold: int
    #: calendar_days or seconds.
    credit_hold_unit: str
    #: table_2014 or table_2014_or_tiers (NO_PATH).
    offers: str
    #: A switch back across families is possible (NO_WAY_BACK).
    has_way_back: bool
    #: Days after its completion within which a switch may be taken back; None is never (rules#switch-back).
    switch_back_days: int | None
    #: Currency -> least order total that may be paid by invoice; absent is no minimum.
    invoice_minimum_minor_units: dict[str, int]
    #: Currency -> order total from which a credit check may be required; absent is none.
    credit_threshold_minor_units: dict[str, int]

    def invoice_minimum(self, currency: str) -> Money | None:
        """Return the least order total that may be paid by invoice, or None (INVOICE_BELOW_MINIMUM)."""
        return _money(self.invoice_minimum_minor_units, currency)

    def credit_threshold(self, currency: str) -> Money | None:
        """Return the order total from which a credit check may be required (rules#rule-sets)."""
        return _money(self.credit_threshold_minor_units, currency)

    def lacks_amounts(self, currency: str) -> bool:
        """Return whether it has amounts of orders in other currencies, and none in this one."""
        amounts = (self.invoice_minimum_minor_units, self.credit_threshold_minor_units)
        return any(each and currency not in each for each in amounts)


def rule_set(name: str) -> RuleSet:
    """Return the rule set of this name.

    Raises:
        InvalidInput: There is no such rule set.
    """
    rule_sets = _rule_sets()
    if name not in rule_sets:
        raise InvalidInput(field="rule_set", value=name, allowed=", ".join(rule_sets))
    return rule_sets[name]


def wait_words(count: int, unit: str) -> str:
    """Return how long a wait of a rule set is, in words: two business days, two weeks, 6 seconds.

    Args:
        count: How many of the unit.
        unit: business_days, calendar_days or seconds.
    """
    if unit == CALENDAR_DAYS and count % _DAYS_OF_WEEK == 0:
        count, unit = count // _DAYS_OF_WEEK, "weeks"
    name = unit.replace("_", " ")
    return f"{_NUMBERS.get(count, str(count))} {name.removesuffix('s') if count == 1 else name}"


def rule_set_names() -> tuple[str, ...]:
    """Return the names of all rule sets, oldest first."""
    return tuple(_rule_sets())


@lru_cache(maxsize=1)
def _rule_sets() -> dict[str, RuleSet]:
    text = files(domain.catalog).joinpath("data/rule_sets.json").read_text("utf-8")
    entries = json.loads(text)["rule_sets"]
    return {entry["name"]: RuleSet(**{**entry, "modes": tuple(entry["modes"])}) for entry in entries}


def _money(amounts: dict[str, int], currency: str) -> Money | None:
    minor_units = amounts.get(currency)
    return None if minor_units is None else Money(minor_units=minor_units, currency=currency)
