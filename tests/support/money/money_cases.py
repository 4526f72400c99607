"""What one chain of switches does, drawn from its seed alone: plans, days, licenses, policies, currency."""

from __future__ import annotations

import random
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

ADD, REMOVE, SWITCH, GIFT, REPLACE = "add", "remove", "switch", "gift", "replace"
#: What is to be with the next term: other licenses, or that there is none.
SCHEDULE, END = "schedule", "end"
#: Plans by part number; one of them costs nothing.
PLANS = (
    "STANDARDPACK",
    "ENTERPRISEPACK",
    "ENTERPRISEPREMIUM",
    "DESKLESSPACK",
    "EXCHANGESTANDARD",
    "O365_BUSINESS_PREMIUM",
    "SPE_E3",
    "STANDARDWOFFPACK_FACULTY",
)
#: Those to which every add-on attaches, or which include it.
PLANS_FOR_ADDONS = ("STANDARDPACK", "ENTERPRISEPACK", "ENTERPRISEPREMIUM", "SPE_E3")
ADDONS = ("MCOEV", "ATP_ENTERPRISE", "EXCHANGEARCHIVE_ADDON")
CURRENCIES = ("EUR", "USD", "JPY", "KWD")
#: Days on which months differ: a plan is bought on one of them as often as on any other.
EDGES = (date(2024, 2, 29), date(2023, 1, 31), date(2024, 1, 30), date(2025, 1, 29), date(2027, 12, 31))
LICENSES_MAX = 400
#: Days of which a quote has a table, and a completion that comes later than that.
TABLE_DAYS, LATE_DAYS = 7, 11


#: Days after the first of a period on which a plan is bought that ends with another one.
LATE_DAYS_MAX = {"monthly": 26, "annual": 350}


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """What happens next in a chain."""

    #: add, remove, gift (money back for no licenses), replace (the same plan anew), schedule (other licenses
    #: from the renewal on), end (no renewal) or switch.
    kind: str
    #: Days since what happened before.
    after_days: int
    #: Licenses, or for a gift the part of what was paid, in hundredths.
    amount: int
    target: str = ""
    policy: str = "per_day"
    rule_set: str = "current"
    mode: str = "automatic"
    #: monthly or annual; "" keeps the cycle.
    cycle: str = ""
    #: Days from the order to the completion.
    takes_days: int = 0
    #: Another number of licenses while it runs; 0: none.
    amended_to: int = 0
    #: Second of the day at which a cutover by seconds was scheduled.
    second: int = 0
    #: The old plan is past its cancellation window: it is paid until its term ends.
    is_kept: bool = False

    @property
    def is_judged(self) -> bool:
        """Tell whether the journal alone tells the amounts: not by the second, nor of a limited loss.

        After its table a switch by hand loses no more than was disclosed, which no journal holds.
        """
        is_limited_by_hand = self.mode == "manual" and self.takes_days > TABLE_DAYS
        return self.policy != "per_second" and not is_limited_by_hand


@dataclass(frozen=True, kw_only=True, slots=True)
class Chain:
    """One run: an organization and what happens to its plan."""

    seed: int
    currency: str
    plan: str
    cycle: str
    start_on: date
    licenses: int
    contract: str
    tax: str
    #: Add-ons beside the first plan, with their licenses.
    addons: tuple[tuple[str, int], ...]
    steps: tuple[Step, ...]
    #: Days of the first period before the purchase: its first term is short, and ends with another one's.
    late_days: int = 0


def chain_of(seed: int) -> Chain:
    """Return the chain of a seed; the same seed is the same chain."""
    draw = random.Random(f"planswitch-money:{seed}")
    cycle = "annual" if draw.random() < 0.3 else "monthly"
    licenses = draw.choice((1, 7, draw.randint(2, 60), draw.randint(2, LICENSES_MAX)))
    policy = draw.choices(
        ("per_day", "vendor_day", "kill_bill", "fixed_30", "per_second"), weights=(50, 14, 12, 12, 12)
    )[0]
    contract = "productKey" if draw.random() < 0.06 else "subscription"
    has_addons = draw.random() < 0.2
    start_on, is_co_termed = _start(draw), draw.random() < 0.25
    plans = PLANS_FOR_ADDONS if has_addons else PLANS
    return Chain(
        seed=seed,
        currency=draw.choice(CURRENCIES),
        plan=draw.choice(plans),
        cycle=cycle,
        start_on=start_on,
        licenses=licenses,
        contract=contract,
        tax=draw.choice(("0", "0.19", "0.10", "0.077", "0.255")),
        addons=tuple((part, draw.randint(1, 30)) for part in draw.sample(ADDONS, 2)) if has_addons else (),
        steps=_steps(draw, policy, cycle, plans),
        late_days=draw.randint(1, LATE_DAYS_MAX[cycle]) if is_co_termed else 0,
    )


def _start(draw: random.Random) -> date:
    if draw.random() < 0.25:
        return draw.choice(EDGES)
    year, month = draw.randint(2023, 2028), draw.randint(1, 12)
    last = monthrange(year, month)[1]
    return date(year, month, min(last, draw.choice((draw.randint(1, 31), draw.randint(27, 31)))))


def _steps(draw: random.Random, policy: str, cycle: str, plans: Sequence[str]) -> tuple[Step, ...]:
    """Draw one to four switches with changes of licenses between them, over up to three periods."""
    switches = draw.choices((1, 2, 3, 4), weights=(25, 40, 25, 10))[0]
    days_left = draw.choice((28, 60, 88)) if cycle == "monthly" else draw.choice((40, 300, 800))
    steps: list[Step] = []
    if draw.random() < 0.12:
        steps.append(Step(kind=REPLACE, after_days=_gap(draw, days_left, 3), amount=0))
    for number in range(switches):
        changes = draw.choices((0, 1, 2), weights=(60, 28, 12))[0]
        steps += [_change_of(draw, _gap(draw, days_left, 4 * switches), policy) for _ in range(changes)]
        steps += _next_term(draw)
        is_last = number == switches - 1
        steps.append(_switch(draw, policy, _gap(draw, days_left, switches + 1), plans, is_last=is_last))
    return tuple(steps)


def _next_term(draw: random.Random) -> list[Step]:
    """Draw what is asked of the seller for the next term."""
    kind = draw.choices(("", SCHEDULE, END), weights=(80, 13, 7))[0]
    return [Step(kind=kind, after_days=0, amount=draw.randint(1, LICENSES_MAX))] if kind else []


def _gap(draw: random.Random, days: int, parts: int) -> int:
    return draw.choice(
        (0, draw.randint(0, max(1, 2 * days // parts)), draw.randint(1, max(1, days // parts)))
    )


def _change_of(draw: random.Random, after_days: int, policy: str) -> Step:
    # By months of 30 days or by a ratio of nine decimals it is not said what a part of a gift is worth.
    kinds = (ADD, ADD, REMOVE, GIFT) if policy in {"per_day", "vendor_day"} else (ADD, ADD, REMOVE)
    kind = draw.choice(kinds)
    return Step(kind=kind, after_days=after_days, amount=draw.randint(1, 40))


def _switch(
    draw: random.Random, policy: str, after_days: int, plans: Sequence[str], *, is_last: bool
) -> Step:
    by_seconds = policy == "per_second" and is_last
    days = draw.choices((0, draw.randint(1, TABLE_DAYS), LATE_DAYS), weights=(45, 45, 10))[0]
    return Step(
        kind=SWITCH,
        after_days=after_days,
        amount=draw.choice((0, 0, draw.randint(1, LICENSES_MAX))),
        target=draw.choice(plans),
        policy=policy if policy != "per_second" or by_seconds else "per_day",
        rule_set="2014" if draw.random() < 0.12 and not by_seconds else "current",
        mode="manual" if draw.random() < 0.15 else "automatic",
        cycle=draw.choice(("monthly", "annual")) if draw.random() < 0.12 else "",
        takes_days=days,
        amended_to=draw.randint(1, LICENSES_MAX) if draw.random() < 0.15 else 0,
        second=draw.randint(1, 86_399) if by_seconds else 0,
        is_kept=draw.random() < 0.06,
    )
