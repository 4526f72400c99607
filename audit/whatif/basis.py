"""On what decisions are made again: as recorded, or with exactly one input in place of the recorded one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from functools import lru_cache

from domain.catalog.catalog import Catalog
from domain.catalog.rule_sets import RuleSet, rule_set
from domain.kernel.calendar import BusinessCalendar
from domain.kernel.errors import InvalidInput
from domain.ports.billing_port import BillingProfile

#: Fields of a rule set that decide nothing here: its name, and how it lists what it allows.
_NAMES = frozenset({"name"})


class Input(StrEnum):
    """Which input is another one."""

    #: None: what was recorded must come out again.
    RECORDED = "recorded"
    RULES = "rules"
    CATALOG = "catalog"
    CALENDAR = "calendar"
    POLICY = "policy"


@dataclass(frozen=True, kw_only=True, slots=True)
class Basis:
    """The input that is another one, and where recorded inputs are looked up."""

    #: Which one.
    changed: Input
    #: Name of the rule set, version or policy; the place of a calendar, such as DE or DE-BE; "": none.
    name: str = ""
    #: Returns the kept catalog of a version.
    catalog_of: Callable[[str], Catalog]
    #: Returns the business days of an organization in some years, as a credit check reads them.
    calendar_of: Callable[[BillingProfile, Sequence[int]], BusinessCalendar]

    def rules(self, recorded: str) -> RuleSet:
        """Return the rule set to decide by.

        Args:
            recorded: Name of the recorded one.
        """
        return rule_set(self._name_of(Input.RULES, recorded))

    def catalog(self, recorded: str) -> Catalog:
        """Return the catalog to decide by.

        Args:
            recorded: Version of the recorded one.

        Raises:
            UnknownCatalog: The version is not kept.
        """
        return self.catalog_of(self._name_of(Input.CATALOG, recorded))

    def policy(self, recorded: str) -> str:
        """Return the name of the proration policy to decide by."""
        return self._name_of(Input.POLICY, recorded)

    def calendar(self, profile: BillingProfile, years: Iterable[int]) -> BusinessCalendar:
        """Return the business days of the other place, with the organization's own zone and closing days."""
        country, _, subdivision = self.name.partition("-")
        elsewhere = replace(profile, country=country, subdivision=subdivision or None)
        return self.calendar_of(elsewhere, sorted(set(years)))

    def is_changed(self, kind: Input) -> bool:
        """Return whether this input is another one."""
        return self.changed is kind

    def why(self, recorded: str, *, rules: Sequence[str] = ()) -> str:
        """Return in words which input makes a decision another one.

        Args:
            recorded: What was recorded in the place of the input.
            rules: Fields of the rule set that the decision looks at; none: any may count.
        """
        words = f"{self.changed} {self.name} instead of {recorded}"
        if self.changed is not Input.RULES:
            return words
        changes = _rule_changes(recorded, self.name, tuple(rules))
        return f"{words}: {changes}" if changes else words

    def _name_of(self, kind: Input, recorded: str) -> str:
        return self.name if self.changed is kind else recorded


@lru_cache(maxsize=256)
def _rule_changes(recorded: str, other: str, names: tuple[str, ...]) -> str:
    """Return which fields two rule sets have otherwise, of those that are named; none: of all."""
    before, now = rule_set(recorded), rule_set(other)
    return ", ".join(
        f"{name} {_value(getattr(now, name))} instead of {_value(getattr(before, name))}"
        for name in names or [each.name for each in fields(RuleSet) if each.name not in _NAMES]
        if getattr(before, name) != getattr(now, name)
    )


def _value(value: object) -> str:
    """Return a value of a rule set as people say it."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return ", ".join(f"{key} {each}" for key, each in sorted(value.items())) or "none"
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def require_one(chosen: dict[Input, str | None]) -> Input:
    """Return the only input that was named.

    Args:
        chosen: What was named for each input; None where nothing was.

    Raises:
        InvalidInput: None was named, or more than one.
    """
    named = [kind for kind, name in chosen.items() if name is not None]
    if len(named) == 1:
        return named[0]
    raise InvalidInput(
        field="input",
        value=", ".join(named) or None,
        allowed=f"exactly one of {', '.join(chosen)}",
        remedy="Change one input at a time: then it alone makes each difference.",
    )
