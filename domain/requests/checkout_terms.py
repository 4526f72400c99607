"""What a checkout orders, and what may be changed in which section (rules#checkout)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from domain.kernel.errors import InvalidInput
from domain.kernel.shown_values import Words
from domain.periods.next_term import KEEP
from domain.ports.seller_port import BILLED_TO, PARTY_FIELDS, SOLD_TO
from domain.quote.prepaid import FORFEITURE
from domain.requests.terms import DOMAIN_PREFIX, SwitchTerms, domains_in, inward, require_possible

PAYMENT, ITEMS, TERM = "payment", "items", "term"
DOMAINS, ACKNOWLEDGMENTS = "domains", "acknowledgments"
#: Section -> fields that may be changed in it.
SECTION_FIELDS: Mapping[str, tuple[str, ...]] = {
    SOLD_TO: PARTY_FIELDS,
    BILLED_TO: PARTY_FIELDS,
    PAYMENT: ("payment_method",),
    ITEMS: ("target_plan_id", "quantity", "service_settings"),
    TERM: ("term", "billing_cycle", "auto_renew"),
    DOMAINS: ("confirmed",),
    ACKNOWLEDGMENTS: ("confirmed", "accept_forfeiture"),
}
#: Fields of the sections that are terms of the switch under the same name.
_IN_SECTIONS = tuple(name for section in (PAYMENT, ITEMS, TERM) for name in SECTION_FIELDS[section])
TEXT_MAX = 500
LIST_MAX = 100
QUANTITY_MAX = 1_000_000


def draft_facts(terms: SwitchTerms) -> dict[str, Any]:
    """Return the terms as the sections of a draft are recorded; domains stand apart from warnings."""
    facts = terms.as_facts()
    named = {name: facts[name] for name in _IN_SECTIONS if name in facts}
    if terms.auto_renew == KEEP:
        # Drafts of before have no word on it.
        del named["auto_renew"]
    return {**named, DOMAINS: domains_in(terms.acknowledgments), ACKNOWLEDGMENTS: warnings_in(terms)}


def fixed_facts(terms: SwitchTerms) -> dict[str, Any]:
    """Return what a draft is started with and never changes."""
    return {name: getattr(terms, name) for name in ("source_subscription_id", "rule_set", "policy")}


def draft_terms(organization_id: str, basis: Mapping[str, Any], recorded: Mapping[str, Any]) -> SwitchTerms:
    """Build the terms again from what is recorded of a draft.

    Args:
        organization_id: Who switches.
        basis: What `fixed_facts` returned.
        recorded: What `draft_facts` returned.
    """
    named = {name: fact for name, fact in recorded.items() if name in _IN_SECTIONS}
    terms = SwitchTerms(organization_id=organization_id, **inward({**basis, **named}))
    return _confirming(terms, recorded[ACKNOWLEDGMENTS], recorded[DOMAINS])


def warnings_in(terms: SwitchTerms) -> list[str]:
    """Return what was confirmed beside domains, the loss of prepaid value among it."""
    return [each for each in terms.acknowledgments if not each.startswith(DOMAIN_PREFIX)]


def _confirming(terms: SwitchTerms, warnings: Iterable[str], domains: Iterable[str]) -> SwitchTerms:
    """Return the terms with other confirmations, each once."""
    named = (*warnings, *(f"{DOMAIN_PREFIX}{domain}" for domain in domains))
    return replace(terms, acknowledgments=tuple(dict.fromkeys(named)))


def require_changes(section: str, changes: Mapping[str, Any]) -> None:
    """Refuse a change of what is not there, or to what it can't be.

    Raises:
        InvalidInput: There is no such section or field, or the value is not allowed.
    """
    fields = SECTION_FIELDS.get(section)
    if fields is None:
        raise InvalidInput(field="section", value=section, allowed=", ".join(SECTION_FIELDS))
    for name, value in changes.items():
        if name not in fields:
            raise InvalidInput(
                field=f"{section}.{name}",
                value=Words("no field here"),
                allowed=", ".join(fields),
                remedy="Name one of the fields that are allowed.",
            )
        is_allowed, allowed = _VALUES.get(name, _TEXT)
        if not is_allowed(value):
            # A party's value is personal: the message tells the field alone.
            shown = Words("a value that is not shown") if section in {SOLD_TO, BILLED_TO} else value
            raise InvalidInput(field=f"{section}.{name}", value=shown, allowed=allowed)


def edited(terms: SwitchTerms, section: str, changes: Mapping[str, Any]) -> SwitchTerms:
    """Return the terms after a change of one section; sold-to and billed-to change nothing here.

    Another plan takes the acknowledgments back: they were given for the plan before.

    Raises:
        InvalidInput: The change is not possible.
    """
    require_changes(section, changes)
    if section in {SOLD_TO, BILLED_TO} or not changes:
        return terms
    domains = domains_in(terms.acknowledgments)
    if section == DOMAINS:
        return _confirming(terms, warnings_in(terms), (name.lower() for name in changes["confirmed"]))
    if section == ACKNOWLEDGMENTS:
        return _confirming(terms, _acknowledged(terms, changes), domains)
    after = replace(terms, **inward(changes))
    require_possible(after)
    return _confirming(after, (), domains) if after.target_plan_id != terms.target_plan_id else after


def without_forfeiture(terms: SwitchTerms) -> SwitchTerms:
    """Return the terms with the loss not accepted: another loss than the accepted one is told now."""
    kept = tuple(each for each in terms.acknowledgments if each != FORFEITURE)
    return replace(terms, acknowledgments=kept)


def _acknowledged(terms: SwitchTerms, changes: Mapping[str, Any]) -> list[str]:
    is_accepted = changes.get("accept_forfeiture", FORFEITURE in terms.acknowledgments)
    confirmed = changes.get("confirmed", warnings_in(terms))
    others = (each for each in confirmed if each != FORFEITURE)
    return [*others, *([FORFEITURE] if is_accepted else [])]


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= TEXT_MAX and value.isprintable()


def _is_list(value: Any) -> bool:
    return isinstance(value, list | tuple) and len(value) <= LIST_MAX and all(map(_is_text, value))


_COUNTRY = re.compile("[A-Z]{2}")
Allowed = tuple[Callable[[Any], bool], str]
_TEXT: Allowed = (_is_text, f"text of at most {TEXT_MAX} characters in one line")
_VALUES: Mapping[str, Allowed] = {
    "quantity": (
        lambda value: type(value) is int and 0 < value <= QUANTITY_MAX,
        f"a number from 1 to {QUANTITY_MAX}",
    ),
    "confirmed": (_is_list, f"a list of at most {LIST_MAX} texts"),
    "accept_forfeiture": (lambda value: isinstance(value, bool), "true or false"),
    "country": (
        lambda value: _is_text(value) and bool(_COUNTRY.fullmatch(value)),
        "two capital letters (ISO 3166)",
    ),
}
