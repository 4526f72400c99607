"""The terms of a switch: who leaves which plan for which, and what an operator may choose with it.

Each option is declared here alone: the body of the API and the order inherit it, the question and a draft
hold it, and its facts are recorded, signed and digested. Workflows import this module, so that it imports
almost nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, Literal, get_args, get_type_hints

from domain.kernel.errors import InvalidInput
from domain.kernel.facts import OMITTED_AT_DEFAULT, digest_of
from domain.requests.countries import COUNTRIES

Mode = Literal["automatic", "manual"]
ServiceSettings = Literal["keep", "grant_all"]
PaymentMethod = Literal["card", "invoice"]
Term = Literal["P1M", "P1Y"]
BillingCycle = Literal["monthly", "annual"]
AutoRenew = Literal["keep", "on", "off"]
#: A mode, and the way of a switch between two plans that are owned.
MANUAL, LICENSES_ONLY = "manual", "licenses_only"

#: Terms as the seller sells them: each with the billing cycles that go with it.
TERM_CYCLES: Mapping[str, tuple[str, ...]] = {"P1M": ("monthly",), "P1Y": ("monthly", "annual")}
#: How a custom domain is acknowledged whose public website was changed first.
DOMAIN_PREFIX = "domain:"
#: Texts of which none is "" outside memory. The list is closed: a newer option is absent at its default.
EMPTY_FOR_NONE = frozenset(
    {"billing_cycle", "caller", "pilot_group_id", "service_settings", "start_on", "term"}
)
#: Options that may differ between a request and its repetition: who asks, and what the quote says as well.
_NOT_REQUESTED = frozenset(
    {
        *("caller", "caller_role", "policy", "start_on"),
        # When it starts may be changed before it does (rules#scheduled-starts).
        *("start_at", "quiet_hours", "price_tolerance_percent"),
    }
)


@dataclass(frozen=True, kw_only=True)
class SwitchOptions:
    """What an operator may choose; with its default an option changes nothing.

    A new option is a `field` with `metadata=OMITTED_AT_DEFAULT`: at its default it stands in no digest, event
    or message, so that those of before stay as they are.
    """

    #: Licenses to order; None orders as many as the source has.
    quantity: int | None = None
    #: automatic (we do every step) or manual (an operator does them).
    mode: Mode = "automatic"
    #: None is the rule set's default.
    service_settings: ServiceSettings | None = None
    payment_method: PaymentMethod = "card"
    rule_set: str = "current"
    #: Name of the proration policy.
    policy: str = "per_day"
    #: None is the source's term.
    term: Term | None = None
    #: None is the source's cycle.
    billing_cycle: BillingCycle | None = None
    #: Everything that was confirmed: warnings, losses, and domains behind `domain:`.
    acknowledgments: tuple[str, ...] = ()
    #: User of the directory on whose behalf it is asked, whose role is read there; None takes `caller_role`.
    caller: str | None = None
    caller_role: str = "global_admin"
    #: Day before which it does not start: ISO date, `without-forfeiture` or `renewal`; None starts at once.
    start_on: str | None = None
    #: Users who move first, before somebody checks the result; 0 moves all at once.
    pilot: int = 0
    #: Seconds after which the others follow by themselves, if all of the pilot moved; 0 waits for `resume`.
    pilot_soak_seconds: int = 0
    #: Group of the directory whose members move first, in place of `pilot`.
    pilot_group_id: str | None = None
    #: How the new plan renews: keep (as the old one does), on or off.
    auto_renew: AutoRenew = "keep"
    #: By hand: subscription of the target plan that is owned already; None orders a new one.
    target_subscription_id: str | None = field(default=None, metadata=OMITTED_AT_DEFAULT)
    #: By hand: stored selection of the users who move, while the others stay; None moves everyone.
    selection: str | None = field(default=None, metadata=OMITTED_AT_DEFAULT)
    #: How many users it has.
    selected: int = field(default=0, metadata=OMITTED_AT_DEFAULT)
    #: Stored choice of services that are off under the new plan, user by user; None: nobody chose any.
    user_services: str | None = field(default=None, metadata=OMITTED_AT_DEFAULT)
    #: Country that users get as usage location who have none, ISO 3166-1 alpha-2; None: nobody gets one.
    set_usage_location: str | None = field(default=None, metadata=OMITTED_AT_DEFAULT)
    #: The completed switch that this one takes back (rules#switch-back), by its id; None takes none back.
    switch_back_of: str | None = field(default=None, metadata=OMITTED_AT_DEFAULT)
    #: Instant before which it does not start, ISO by the organization's clocks; None: no instant is stated.
    start_at: str | None = field(default=None, metadata=OMITTED_AT_DEFAULT)
    #: Window in which it starts, such as 22:00-06:00 by the organization's clocks, or `configured`.
    quiet_hours: str | None = field(default=None, metadata=OMITTED_AT_DEFAULT)
    #: Percent by which a switch that waited may cost more than was accepted, without a new question.
    price_tolerance_percent: str = field(default="0", metadata=OMITTED_AT_DEFAULT)
    #: Both plans are owned: licenses move, and nothing is ordered, cancelled or billed (rules#licenses-only).
    licenses_only: bool = field(default=False, metadata=OMITTED_AT_DEFAULT)

    @property
    def is_by_hand(self) -> bool:
        """Return whether an operator starts each step; a switch of licenses only runs by itself."""
        return self.mode == MANUAL and not self.licenses_only

    @property
    def way(self) -> str:
        """Return by which column of the rules a request is judged: automatic, manual or licenses_only."""
        return LICENSES_ONLY if self.licenses_only else self.mode


@dataclass(frozen=True, kw_only=True)
class SwitchTerms(SwitchOptions):
    """The options with what they are about."""

    organization_id: str
    #: The seller's id of the subscription to leave; None is the only active plan.
    source_subscription_id: str | None
    target_plan_id: str

    #: Fields without which a message of before was none; a default is for who makes terms, not for who sends.
    wire_needs: ClassVar[frozenset[str]] = frozenset()
    #: Fields that are written before the others: what proves a step digests its message as it is written.
    wire_order: ClassVar[tuple[str, ...]] = ()

    def as_facts(self) -> dict[str, Any]:
        """Return the fields, those of a subclass among them, as they are recorded, signed and sent."""
        return _outward(carried(type(self), self))

    def request_digest(self, quote_digest: str) -> str:
        """Return sha256 over what is asked for; who asks and why may differ in a repetition.

        Args:
            quote_digest: Of the accepted quote.
        """
        facts = _outward(carried(SwitchTerms, self))
        for name in _NOT_REQUESTED:
            facts.pop(name, None)
        # What is told in a shape of its own came when requests had digests already.
        soak, pilot = facts.pop("pilot_soak_seconds"), facts.pop("pilot")
        group_id, auto_renew = facts.pop("pilot_group_id"), facts.pop("auto_renew")
        facts |= {"acknowledgments": sorted(self.acknowledgments), "quote_digest": quote_digest}
        facts |= {"pilot": [pilot, soak]} if pilot else {}
        facts |= {"pilot_group": [group_id, soak]} if group_id else {}
        return digest_of(facts if auto_renew == "keep" else {**facts, "auto_renew": auto_renew})

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Callable[[Any], Any]) -> Any:
        """Let pydantic, which reads records and messages, take every shape that there was, and write one."""

        def read(facts: Any) -> Any:
            missing = sorted(cls.wire_needs - facts.keys()) if isinstance(facts, Mapping) else ()
            if missing:
                raise ValueError(f"missing: {', '.join(missing)}")
            return inward(facts)

        def written(terms: SwitchTerms, write: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
            facts = _outward(write(terms))
            return {name: facts[name] for name in cls.wire_order if name in facts} | facts

        return {
            "type": "function-before",
            "function": {"type": "no-info", "function": read},
            "schema": handler(source),
            "serialization": {"type": "function-wrap", "function": written},
        }


_OMITTED = {each.name: each.default for each in fields(SwitchOptions) if each.metadata == OMITTED_AT_DEFAULT}
#: Option -> the words that it may be.
_WORDS: Mapping[str, tuple[str, ...]] = {
    name: tuple(word for each in (kind, *get_args(kind)) for word in get_args(each) if isinstance(word, str))
    for name, kind in get_type_hints(SwitchOptions).items()
}


def inward(facts: Any, *, texts: frozenset[str] = EMPTY_FOR_NONE) -> Any:
    """Return what was recorded or sent, with None for the "" that stands for none.

    Args:
        facts: JSON of terms; anything else stays as it is.
        texts: Names of the texts that may be "".
    """
    if not isinstance(facts, Mapping):
        return facts
    return {name: None if value == "" and name in texts else value for name, value in facts.items()}


def _outward(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return fields in the shape that was recorded and sent from the beginning."""
    return {
        name: "" if value is None and name in EMPTY_FOR_NONE else value
        for name, value in facts.items()
        if name not in _OMITTED or value != _OMITTED[name]
    }


def carried(kind: type[SwitchOptions], options: SwitchOptions) -> dict[str, Any]:
    """Return every option, or every term, under its name, to make something else with the same ones.

    Args:
        kind: SwitchOptions or SwitchTerms.
        options: Whose they are.
    """
    return {each.name: getattr(options, each.name) for each in fields(kind)}


def domains_in(acknowledgments: Iterable[str]) -> list[str]:
    """Return the custom domains that were confirmed, among everything that was."""
    named = (each for each in acknowledgments if each.startswith(DOMAIN_PREFIX))
    return [each.removeprefix(DOMAIN_PREFIX) for each in named]


def require_possible(options: SwitchOptions) -> None:
    """Refuse words that an option does not have, and a term or a billing cycle that the seller does not sell.

    Raises:
        InvalidInput: There is no such word or country, or term and cycle do not go together.
    """
    for name, words in _WORDS.items():
        value = getattr(options, name)
        if words and value is not None and value not in words:
            raise InvalidInput(field=name, value=value, allowed=" or ".join(words))
    require_sold(options.term, options.billing_cycle)
    location = options.set_usage_location
    if location is not None and location not in COUNTRIES:
        allowed = "a country of ISO 3166-1 in two capitals, such as DE"
        raise InvalidInput(field="set_usage_location", value=location, allowed=allowed)


def require_sold(term: str | None, billing_cycle: str | None) -> None:
    """Refuse a term, or a billing cycle with it, that the seller does not sell; None is the source's.

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
