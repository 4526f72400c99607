"""Events of a checkout: a log of its own for each draft of an order (rules#checkout).

Names and addresses are never in them: the seller keeps those, the log keeps the seller's version tag and the
names of the fields that were changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from domain.kernel.recorded import LogEvent, stored


@stored("checkout.started")
@dataclass(frozen=True)
class CheckoutStarted(LogEvent):
    """A draft was opened, with a first quote."""

    organization_id: str
    request_id: str
    #: Recognizes a repeated request.
    input_digest: str
    #: What stays as it is: source_subscription_id, rule_set and policy.
    asked: dict[str, Any]
    #: What is to be ordered, without names and addresses.
    terms: dict[str, Any]
    #: sold_to and billed_to -> the seller's version tag of what was shown.
    parties: dict[str, str]
    quote: dict[str, Any]
    #: may_be_required or not_expected.
    credit_check: str
    meta: dict[str, Any]


@stored("checkout.edited")
@dataclass(frozen=True)
class CheckoutEdited(LogEvent):
    """A section was changed, or only looked at again; either way it was quoted anew."""

    request_id: str
    input_digest: str
    section: str
    #: Names of the fields.
    changed: list[str]
    #: All terms after the change.
    terms: dict[str, Any]
    parties: dict[str, str]
    quote: dict[str, Any]
    credit_check: str
    meta: dict[str, Any]


@stored("checkout.ordered")
@dataclass(frozen=True)
class CheckoutOrdered(LogEvent):
    """What was shown is ordered: from here the switch tells the story, and nothing is edited."""

    #: Request of the switch.
    request_id: str
    switch_id: str
    quote_digest: str
    meta: dict[str, Any]


@stored("checkout.reopened")
@dataclass(frozen=True)
class CheckoutReopened(LogEvent):
    """The switch was refused before anything was ordered: the draft may be edited again."""

    #: Why, in the stable code and the words of the refusal.
    code: str
    message: str
    meta: dict[str, Any]


@stored("checkout.abandoned")
@dataclass(frozen=True)
class CheckoutAbandoned(LogEvent):
    """Nobody will order it: the draft is kept as it was and changed no more."""

    meta: dict[str, Any]
