"""What a checkout orders, and what may be changed in which section (rules#checkout)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from domain.kernel.errors import InvalidInput
from domain.kernel.shown_values import Words
from domain.periods.carry_over import KEEP, require_auto_renew
from domain.ports.party_port import BILLED_TO, PARTY_FIELDS, SOLD_TO
from domain.quote.prepaid import FORFEITURE

#: Terms as the seller sells them: each with the billing cycles that go with it.
TERM_CYCLES = {"P1M": ("monthly",), "P1Y": ("monthly", "annual")}
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
DOMAIN_PREFIX = "domain:"
TEXT_MAX = 500
LIST_MAX = 100
QUANTITY_MAX = 1_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckoutTerms:
    """What is ordered; names and addresses are the seller's (domain/ports/party_port.py)."""

    target_plan_id: str
    quantity: int
    #: card or invoice.
    payment_method: str
    #: keep, grant_all, or "" for the rule set's default.
    service_settings: str = ""
    #: P1M or P1Y; "" is the source's term.
    term: str = ""
    #: monthly or annual; "" is the source's cycle.
    billing_cycle: str = ""
    #: How the new plan renews: keep (as the old one does), on or off.
    auto_renew: str = KEEP
    #: Custom domains of which the public website was confirmed as changed.
    domains: tuple[str, ...] = ()
    #: Warnings that were confirmed, the loss of prepaid value among them.
    acknowledgments: tuple[str, ...] = ()

    @property
    def confirmed(self) -> tuple[str, ...]:
        """Return everything that was confirmed, as the start of a switch takes it."""
        return (*self.acknowledgments, *(f"{DOMAIN_PREFIX}{domain}" for domain in self.domains))

    def as_facts(self) -> dict[str, Any]:
        """Return the terms as JSON-able facts."""
        facts = asdict(self)
        if self.auto_renew == KEEP:
            # Drafts of before have no word on it.
            del facts["auto_renew"]
        return {name: list(fact) if isinstance(fact, tuple) else fact for name, fact in facts.items()}

    @classmethod
    def from_facts(cls, facts: Mapping[str, Any]) -> CheckoutTerms:
        """Build the terms again from what `as_facts` gave."""
        read: dict[str, Any] = {
            name: tuple(fact) if isinstance(fact, list) else fact for name, fact in facts.items()
        }
        return cls(**read)


def require_sold(term: str, billing_cycle: str) -> None:
    """Refuse a term, or a billing cycle with it, that the seller does not sell; "" is the source's.

    Raises:
        InvalidInput: There is no such term or cycle, or they do not go together.
    """
    if term and term not in TERM_CYCLES:
        raise InvalidInput(field="term", value=term, allowed=" or ".join(TERM_CYCLES))
    allowed = TERM_CYCLES[term or "P1Y"]
    if billing_cycle and billing_cycle not in allowed:
        behind = f" with term {term}" if term else ""
        raise InvalidInput(
            field="billing_cycle", value=billing_cycle, allowed=f"{' or '.join(allowed)}{behind}"
        )


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


def edited(terms: CheckoutTerms, section: str, changes: Mapping[str, Any]) -> CheckoutTerms:
    """Return the terms after a change of one section; sold-to and billed-to change nothing here.

    Another plan takes the acknowledgments back: they were given for the plan before.

    Raises:
        InvalidInput: The change is not possible.
    """
    require_changes(section, changes)
    if section in {SOLD_TO, BILLED_TO} or not changes:
        return terms
    if section == DOMAINS:
        return replace(terms, domains=_distinct(name.lower() for name in changes["confirmed"]))
    if section == ACKNOWLEDGMENTS:
        return replace(terms, acknowledgments=_acknowledged(terms, changes))
    after = replace(terms, **changes)
    require_sold(after.term, after.billing_cycle)
    require_auto_renew(after.auto_renew)
    return replace(after, acknowledgments=()) if after.target_plan_id != terms.target_plan_id else after


def without_forfeiture(terms: CheckoutTerms) -> CheckoutTerms:
    """Return the terms with the loss not accepted: another loss than the accepted one is told now."""
    kept = tuple(each for each in terms.acknowledgments if each != FORFEITURE)
    return replace(terms, acknowledgments=kept)


def _acknowledged(terms: CheckoutTerms, changes: Mapping[str, Any]) -> tuple[str, ...]:
    is_accepted = changes.get("accept_forfeiture", FORFEITURE in terms.acknowledgments)
    given = changes.get("confirmed", terms.acknowledgments)
    others = (each for each in given if each != FORFEITURE)
    return _distinct([*others, *([FORFEITURE] if is_accepted else [])])


def _distinct(names: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


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
