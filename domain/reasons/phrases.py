"""How figures are told: money, days and instants, and those that are words, with the words as one table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from domain.kernel.awaited import NAMES_MAX
from domain.kernel.facts import as_plain
from domain.kernel.messages import Figure, Phrase, with_figures
from domain.kernel.money import Money

#: Code -> template: why a plan can't be switched to, which services or which act is meant, what becomes of a
#: scheduled change, and what to do about a way back that is stuck.
PHRASES: Mapping[str, str] = {
    "same_plan": "the organization is on this plan already",
    "no_plan": "{plan} is no plan but an {kind} product",
    "other_segment": "one is for {source}, the other for {target}",
    "not_in_2014": "the 2014 table does not have this pair",
    "not_sold": "{plan} is no longer sold",
    "data_services_lost": "it would not keep the data services",
    "none_in_2014": "the 2014 table has no pair that begins with it",
    "none_of_segment": "no other plan for {segment} that is sold keeps its data services",
    "names_and_more": "{names} and {count} more",
    "act_buy": "purchase",
    "act_buy_trial": "purchase of a trial",
    "act_resize": "another number of licenses",
    "act_cancel": "cancellation",
    "act_reactivate": "reactivation",
    "no_licenses": "no licenses of {plan} in the directory",
    "change_lost": "The switch loses it",
    "change_scheduled_again": "It is scheduled again for the new plan",
    "change_made": "The switch does the same",
    "way_back_stuck": "Remove the cause of the refusal (`planswitch audit show` has the provider's words), "
    "then `planswitch switch retry`. It is tried again by itself as well.",
}
_MONEY = frozenset({"minor_units", "currency"})
_PHRASE = frozenset({"code", "figures"})


def phrase(code: str, **figures: str | int) -> Phrase:
    """Return words that stand inside a sentence.

    Args:
        code: A row of PHRASES.
        figures: What its template names.

    Raises:
        KeyError: There is no such row, or it names another figure.
    """
    PHRASES[code].format_map(figures)
    return Phrase(code=code, figures=figures)


def names_in_row(names: Sequence[str]) -> Figure:
    """Return names as one figure: the first few, and how many more there are."""
    shown = ", ".join(names[:NAMES_MAX])
    more = len(names) - NAMES_MAX
    return phrase("names_and_more", names=shown, count=more) if more > 0 else shown


def phrase_words(recorded: str) -> str:
    """Return the words of a code that the record has in place of a text; a text of before stays as it is.

    Args:
        recorded: A row of PHRASES without figures, or the text.
    """
    return PHRASES.get(recorded, recorded)


def spoken_figures(figures: Mapping[str, Any]) -> dict[str, str | int]:
    """Return figures as a reader sees them.

    Args:
        figures: Name -> `Figure`, or what the record has of it; a text of before stays as it is.
    """
    return {name: _spoken(each) for name, each in figures.items()}


def _spoken(figure: Any) -> str | int:
    if isinstance(figure, str | int):
        return figure
    value = _recorded_value(figure) if isinstance(figure, Mapping) else figure
    if isinstance(value, Phrase):
        return with_figures(PHRASES.get(value.code, value.code), value.figures)
    # An instant is a date too; both are told as they are recorded.
    return str(as_plain(value) if isinstance(value, date) else value)


def _recorded_value(facts: Mapping[str, Any]) -> Any:
    """Return the value that the record has by its fields; what is not known here stays as it is."""
    if facts.keys() == _MONEY:
        return Money(minor_units=facts["minor_units"], currency=facts["currency"])
    return Phrase(code=facts["code"], figures=facts["figures"]) if facts.keys() == _PHRASE else facts
