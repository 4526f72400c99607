"""Knobs of the sandbox, set through the control API or by a fault program; a change is in the journal."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from sandbox.kernel.bodies import Body

NUMBER_MAX = 1_000_000_000
#: What the credit bureau answers.
Verdict = Literal["approve", "decline", "silent"]
#: How a planted request goes wrong.
PlantedKind = Literal["throttled", "unavailable", "failed", "lost_answer", "late"]
_Seconds = Annotated[float, Field(ge=0, le=NUMBER_MAX)]
#: Days are added to the present day.
_Days = Annotated[int, Field(ge=0, le=36_500)]


class PlantedFault(Body):
    """The next requests whose method and path begin alike go wrong (planted_faults.py)."""

    model_config = ConfigDict(frozen=False)

    match: str
    kind: PlantedKind
    #: Requests that are still to come.
    count: int


class ProgramSettings(Body):
    """What a fault program may bring along; it has rules of its own in the place of planted faults."""

    #: Seconds until an order names its subscription and its seats can be assigned.
    provisioning_delay_seconds: _Seconds = 1.0
    #: Seconds from there until every service of it is set up.
    setup_delay_seconds: _Seconds = 1.0
    is_quota_on: bool = False
    #: Writes of one app at once, and how many times faster than real the quota's time runs.
    quota_writes: Annotated[int, Field(ge=1, le=NUMBER_MAX)] = 3_000
    quota_speed: Annotated[
        float, Field(gt=0, le=NUMBER_MAX, description=f"a number above 0 to {NUMBER_MAX:,}")
    ] = 1.0
    #: Added to every answer of the vendor's and billing's paths; nobody waits longer for one.
    latency_ms: Annotated[int, Field(ge=0, le=600_000)] = 0
    grace_days: _Days = 30
    #: Days in which an order can be taken back for nothing; a new order names the last instant.
    void_window_days: _Days = 7
    cancellation_window_days: _Days = 7
    #: What the credit bureau answers to the next orders by invoice.
    credit_verdict: Verdict = "approve"
    #: Orders paid by card are checked as well from a worth on (`credit_thresholds.py`).
    is_credit_checked_by_amount: bool = True
    #: Seconds from the order to the bureau's answer.
    credit_delay_seconds: _Seconds = 2.0
    #: How often the bureau sends its callback again after it was taken.
    credit_duplicates: Annotated[int, Field(ge=0, le=NUMBER_MAX)] = 0
    #: Where the bureau calls back; "" is the address that the server was started with.
    callback_url: str = ""
    #: Seconds from an invoice's issue until it reaches the customer.
    invoice_delivery_delay_seconds: _Seconds = 0.0
    #: The seller switches a high volume of plans: upgrades are put off for an hour.
    is_volume_high: bool = False
    #: The items of a batch are answered in another order than they were sent, as the vendor may.
    is_batch_shuffled: bool = True
    #: Seconds after the broken connection at which a request of the fault `late` has its effect.
    late_seconds: _Seconds = 2.0
    #: Seconds until a change of a group's licenses has reached its last member, one member after the other.
    group_delay_seconds: _Seconds = 0.0
    #: Seconds for which a token of the authority opens something, and for which a refresh token can be used.
    token_seconds: Annotated[int, Field(ge=1, le=86_400)] = 3_600
    refresh_seconds: Annotated[int, Field(ge=1, le=NUMBER_MAX)] = 90 * 86_400
    #: A refresh token is taken once, where the vendor bears a second time.
    is_refresh_single: bool = False
    #: The seller refuses people who signed in without a second factor, as since April 2026.
    is_mfa_enforced: bool = True
    #: The seller refuses applications without a person; its documents contradict each other.
    is_user_wanted_by_seller: bool = False
    #: Plans that hold the same data service in different tiers exclude each other, as E1 and E3 once did.
    is_exclusive: bool = False


class Settings(ProgramSettings):
    """All knobs."""

    faults: list[PlantedFault] = Field(default_factory=list, max_length=100)
