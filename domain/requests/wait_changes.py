"""Changes of a request that waits, and questions about its price (rules#scheduled-starts)."""

from __future__ import annotations

from dataclasses import dataclass

from domain.kernel.errors import RequestReused
from domain.kernel.money import Money
from domain.requests.start_times import StartTerms

#: Code of a request whose switch costs more than was accepted.
PRICE_ASKED = "PRICE_ASKED"
#: Nobody was asked about a price.
NO_QUESTION = "No new price waits for an answer."
NO_QUESTION_REMEDY = "`planswitch schedule list` shows what is scheduled, and what waits for an answer."


@dataclass(frozen=True, kw_only=True, slots=True)
class Excess:
    """What of a quote is more than was accepted."""

    total: Money
    #: What was accepted for that, with its tolerance.
    accepted: Money
    #: In words.
    words: str


@dataclass(frozen=True, kw_only=True, slots=True)
class WaitChange:
    """What a change asked for: its request id counts once, and for nothing else."""

    #: None: a new price was accepted.
    start: StartTerms | None
    #: Of the quote that was accepted with it.
    quote_digest: str


def reused_change(request_id: str) -> RequestReused:
    """Return the refusal of a request id that was taken before, for another change."""
    return RequestReused(
        f"The request id {request_id} was taken before for another change of this request.",
        remedy="Send the change anew, with a new request id.",
    )
