"""The kinds of faults, with their parameters and the calls they can meet (reliability#fault-programs)."""

from __future__ import annotations

import hashlib
from fnmatch import fnmatchcase
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, field_validator, model_validator

from sandbox.faults.fault_calls import (
    CALLBACK,
    CHANGE_LICENSES,
    CHECKOUT,
    CREATE_CART,
    FORMER_NAMES,
    ITEM_OPERATIONS,
    LISTS,
    OPERATIONS,
    TOKEN,
    Call,
)
from sandbox.identity.refusal_words import WORDS
from sandbox.kernel.bodies import Body, OneOf
from sandbox.kernel.health_board import HEALTH_BOARD, HEALTH_WORDS

HITS_MAX = 1_000_000
SECONDS_MAX = 1_000_000
_DRAW_BYTES = 8
_DRAWS = 256**_DRAW_BYTES

_Seconds = Annotated[
    float, Field(ge=0, le=SECONDS_MAX, description=f"a number of seconds from 0 to {SECONDS_MAX:,}")
]
_Licenses = Annotated[int, Field(ge=1, le=1_000_000)]
_Words = Annotated[str, Field(min_length=1, max_length=500)]
_Hit = Annotated[int, Field(ge=1, le=HITS_MAX)]
_ServerFailure = Literal[500, 502, 503, 504]


def draw(*parts: object) -> float:
    """Return a number from 0 to below 1 that depends on `parts` alone."""
    digest = hashlib.sha256("|".join(map(str, parts)).encode()).digest()
    return float(int.from_bytes(digest[:_DRAW_BYTES], "big") / _DRAWS)


class FaultRule(Body):
    """Which calls go wrong, and at which of their hits."""

    #: Calls that the fault can meet; empty: every one.
    operations: ClassVar[frozenset[str]] = frozenset()
    #: The call of a rule that names none; "": it has to name one.
    usual: ClassVar[str] = ""

    #: Part of every draw: two rules of one program draw apart. Its place in the program by default.
    name: _Words = ""
    fault: str
    operation: Annotated[str, OneOf(sorted(OPERATIONS))] = ""
    #: Pattern of method and path, in the place of an operation.
    call: _Words = ""
    hits: Annotated[
        frozenset[_Hit],
        Field(
            strict=False,
            min_length=1,
            max_length=1_000,
            description=f"a list of 1 to 1,000 hits from 1 to {HITS_MAX:,}",
        ),
    ] = frozenset()
    rate: Annotated[float, Field(ge=0, le=1)] = 0.0
    #: Times at most at one point; 0 is no limit.
    count: Annotated[int, Field(ge=1, le=HITS_MAX)] = 0

    @model_validator(mode="before")
    @classmethod
    def _with_operation(cls, rule: Any) -> Any:
        return {"operation": rule.get("call", cls.usual)} | rule if cls.usual else rule

    @field_validator("operation")
    @classmethod
    def _met_operation(cls, name: str) -> str:
        if cls.operations and name not in cls.operations:
            raise ValueError(" or ".join(sorted(cls.operations)) + (", or nothing" if cls.usual else ""))
        return FORMER_NAMES.get(name, name)

    @model_validator(mode="after")
    def _check_choices(self) -> Self:
        choices = [("hits", "rate")] if self.usual else [("hits", "rate"), ("operation", "call")]
        for choice in choices:
            if len(self.model_fields_set.intersection(choice)) != 1:
                raise ValueError(f"a rule with either {' or '.join(choice)}")
        return self

    def meets(self, call: Call) -> bool:
        """Return whether a call is one of this rule."""
        if self.operation:
            return self.operation == call.operation
        return fnmatchcase(f"{call.method} {call.path}", self.call)

    def fires(self, seed: int, point: str, hit: int) -> bool:
        """Return whether a hit of a point goes wrong: a function of seed, rule, point and number alone."""
        return hit in self.hits or draw(seed, self.name, point, hit) < self.rate


class RequestFault(FaultRule):
    """Something goes wrong with a request."""


class Answer(RequestFault):
    """How a call goes wrong; the first that fires answers the request."""


class AnsweredNo(Answer):
    """The call is answered by something that is no success."""

    #: The call has its effect all the same.
    is_carried_out: bool = False


class Throttled(AnsweredNo):
    """The call is answered 429."""

    retry_after_seconds: _Seconds = 1


class Failed(AnsweredNo):
    """The call is answered as by a server that fails."""

    status: _ServerFailure = 500
    retry_after_seconds: _Seconds = 0


class Refused(AnsweredNo):
    """The call is refused."""

    status: Literal[400, 401, 403, 409, 412, 423] = 423
    code: _Words = "Locked"
    text: _Words = "The resource is locked by another request."


class Timeout(Answer):
    """The line stands still, then breaks, before the effect of the call or after it."""

    seconds: _Seconds = 15


class Late(Answer):
    """The line breaks first, and the effect follows."""

    seconds: _Seconds = 2


class TokenRefused(Answer):
    """The authority gives no token, in the words of a number (AADSTS)."""

    operations: ClassVar = frozenset({TOKEN})
    usual: ClassVar = TOKEN
    number: Annotated[str, OneOf(sorted(WORDS))] = "65001"


class Happening(RequestFault):
    """Something happens beside the call, which goes on."""


class OddToken(Happening):
    """The authority gives a token that is not what was asked for."""

    operations: ClassVar = frozenset({TOKEN})
    usual: ClassVar = TOKEN


class Latency(Happening):
    """The answer takes longer."""

    seconds: _Seconds


class Shuffled(Happening):
    """The answers of a batch leave in a drawn order."""

    operations: ClassVar = ITEM_OPERATIONS


class SlowProvisioning(Happening):
    """Orders from here on take longer."""

    operations: ClassVar = frozenset({CHECKOUT})
    usual: ClassVar = CHECKOUT
    seconds: _Seconds
    setup_seconds: _Seconds = 0


class SellerError(Happening):
    """The seller answers with an error inside of a success."""

    code: _Words
    text: _Words


class OrderErrors(SellerError):
    """A checkout has an error, and no order beside it or one."""

    operations: ClassVar = frozenset({CHECKOUT})
    usual: ClassVar = CHECKOUT
    code: _Words = "800089"
    text: _Words = "No more of this product for this customer."
    is_partial: bool = False


class CartError(SellerError):
    """A line of a cart has an error."""

    operations: ClassVar = frozenset({CREATE_CART})
    usual: ClassVar = CREATE_CART
    code: _Words = "10005"
    text: _Words = "Not available in the customer's market."


class Passing(Happening):
    """Something that ends by itself after its seconds; with 0 it stays."""

    seconds: _Seconds = 0


class SeatsShort(Passing):
    """The newest order lacks seats."""

    seats: _Licenses


class Incident(Passing):
    """A service is degraded."""

    service: Annotated[str, OneOf(HEALTH_BOARD.values())] = "Exchange Online"
    status: Annotated[str, OneOf(sorted(HEALTH_WORDS))] = "serviceDegradation"
    seconds: _Seconds


class ServicePending(Passing):
    """A service of the newest plan that was ordered is not activated."""

    service: _Words = "VIVA_LEARNING_SEEDED"


class SecondSeller(Passing):
    """The organization has the old plan from another seller too."""

    quantity: _Licenses = 10


class ScheduledChange(Happening):
    """A change is scheduled for the renewal of the old subscription."""

    quantity: _Licenses = 5
    #: That of the subscription by default.
    billing_cycle: Literal["monthly", "annual"] | None = None
    is_other_plan: bool = False


class Paging(RequestFault):
    """A list of the directory goes wrong; while such a rule is in force, its pages are short."""

    operations: ClassVar = LISTS
    page_size: Annotated[int, Field(ge=1, le=999)] = 5


class ItemFault(FaultRule):
    """One item of a batch goes wrong; its hits are counted for each user."""

    operations: ClassVar = ITEM_OPERATIONS
    usual: ClassVar = CHANGE_LICENSES


class ItemWithoutSuccess(ItemFault):
    """The item is no success: it has no answer, or one that says no."""

    #: The item has its effect all the same.
    is_carried_out: bool = False


class ItemThrottled(ItemWithoutSuccess):
    """The item is answered 429."""

    retry_after_seconds: _Seconds = 1


class ItemFailed(ItemWithoutSuccess):
    """The item is answered as by a server that fails."""

    status: _ServerFailure = 503


class ItemRefused(ItemFault):
    """The item is refused."""

    status: Literal[400, 401, 403, 404, 409, 412, 423] = 409
    code: _Words = "Request_Conflict"
    text: _Words = "Another object is being updated; concurrency violation."


class CallbackFault(FaultRule):
    """The credit bureau's callback goes wrong."""

    operations: ClassVar = frozenset({CALLBACK})
    usual: ClassVar = CALLBACK


class CallbackLate(CallbackFault):
    """It comes later."""

    seconds: _Seconds


class CallbackDuplicated(CallbackFault):
    """It comes again."""

    times: Annotated[int, Field(ge=1, le=100)] = 1
