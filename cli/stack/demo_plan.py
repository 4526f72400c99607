"""What the demo does, what it did, and the summary for a person who sees the product for the first time.

Its people are made by a seed, or described in a file; a bad one changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from cli.base.errors import CorruptFile
from cli.text.output import charged_amount, counted, fields, wrapped
from domain.catalog.catalog import Catalog
from domain.kernel.errors import InvalidInput, UnacceptableText
from domain.kernel.shown_values import shown_value
from domain.switch.stage import Stage
from domain.text.file_text import read_text_file
from domain.text.json_text import read_json
from domain.text.plain_text import require_plain_text

FILE_BYTES_MAX = 1_000_000
USERS_MAX = 300_000
SEED_MAX = 2**31
NAME_MAX = 200
#: Largest number among the options.
NUMBER_MAX = 1_000_000
#: Years in which a period may begin.
YEARS = range(2000, 2100)
CURRENCIES = ("EUR", "USD")
CYCLES = ("monthly", "annual")
_EXAMPLE = '{"seed": 7, "users": 120, "plan": "E1", "display_name": "Example", "currency": "EUR"}'
_REQUIRED = ("seed", "users", "plan")
CARD, INVOICE = "card", "invoice"
#: What the sandbox's credit bureau answers -> how the switch ends.
CREDIT_OUTCOMES = {"approve": Stage.COMPLETED, "decline": Stage.DECLINED, "silent": Stage.EXPIRED}
APPROVE = "approve"
#: Rule set with waits of seconds, for a credit check that ends while one watches.
DEMO_RULE_SET = "demo"
#: Figure of the sandbox's referee -> what it counts.
REFEREE_WORDS = {
    "unlicensed_user_seconds": "seconds in which a user had no license",
    "data_service_gap_user_seconds": "seconds in which a user missed mail, files or chat",
    "double_charges": "days charged twice",
    "unbilled_days": "days not charged at all",
    "orphan_orders": "orders left behind",
    "wrong_amounts": "amounts that are not the price of their days",
    "renewal_differences": "new plans that renew otherwise than the old ones",
}
#: The same where both plans are owned: what nobody was to do.
OWNED_WORDS = {
    "orders": "orders placed",
    "cancellations": "subscriptions cancelled",
}
_FIGURES = {**REFEREE_WORDS, **OWNED_WORDS}


@dataclass(frozen=True, kw_only=True, slots=True)
class DemoPlan:
    """What the demo does."""

    organization: dict[str, object]
    source_plan_id: str
    target_plan_id: str
    #: card or invoice.
    payment_method: str = CARD
    #: approve, decline or silent: how the credit bureau answers.
    credit: str = APPROVE
    #: Name of the fault program, "" for a calm demo, and the program.
    faults: str = ""
    fault_program: dict[str, object] = field(default_factory=dict)
    #: Both plans are owned, the new one from another seller: licenses move, and nothing is ordered or billed.
    licenses_only: bool = False

    @property
    def rule_set(self) -> str:
        """Return the rule set: that of today, or the one with a credit check of seconds."""
        return DEMO_RULE_SET if self.payment_method == INVOICE else "current"

    @property
    def expected_outcome(self) -> str:
        """Return how the switch has to end."""
        return CREDIT_OUTCOMES[self.credit] if self.payment_method == INVOICE else Stage.COMPLETED


@dataclass(frozen=True, kw_only=True, slots=True)
class DemoResult:
    """What the demo did, in the fields that `demo --json` prints."""

    status: str
    switch_id: str
    from_plan: str
    to_plan: str
    users: int
    moved: int
    failed: int
    #: Services that users had switched off and that stayed so, over all users.
    services_kept: int
    #: not_required, approved, declined or expired.
    credit_check: str
    #: Minor units with tax, of the quote for the cutover day.
    quote_total: int | None
    #: Minor units, read from the sandbox's ledger.
    charged_total: int
    currency: str
    #: Stored events of the switch.
    events: int
    #: Events in Temporal's histories, parent and children.
    history_events: int
    #: From the request to the end of the switch.
    seconds: float
    #: What the sandbox's own journal proves.
    referee: dict[str, int]
    #: How it had to end: completed, declined or expired.
    expected: str = Stage.COMPLETED
    #: Name of the fault program, "" when the cloud was calm.
    faults: str = ""
    #: With faults: attempts of steps that were repeated, and throttled answers and failures that they met.
    absorbed: dict[str, int] = field(default_factory=dict)
    #: Both plans were owned: no money was to move.
    licenses_only: bool = False

    @property
    def is_completed(self) -> bool:
        """Return whether everybody works on the new plan."""
        return self.status == Stage.COMPLETED and self.moved == self.users

    @property
    def is_as_expected(self) -> bool:
        """Return whether the switch ended as it was told to, with everybody or nobody moved."""
        return self.is_completed if self.expected == Stage.COMPLETED else self._is_kept

    @property
    def _is_kept(self) -> bool:
        return self.status == self.expected and self.moved == 0

    @property
    def is_proven(self) -> bool:
        """Return whether the money is as quoted and the referee found nothing."""
        due = self.quote_total if self.expected == Stage.COMPLETED and not self.licenses_only else 0
        return self.charged_total == due and not any(self.referee.values())


def summary(result: DemoResult, kept: Path | None) -> list[str]:
    """Return what happened, what it cost, and what proves it."""
    mark = "✔" if result.is_as_expected else "✖"
    lines = [
        "",
        f"{mark} {result.from_plan} -> {result.to_plan}: {result.status} in {result.seconds:.1f} s",
        "",
        *fields(
            {
                "users": f"{result.moved} of {result.users} moved, {result.failed} failed",
                "settings": f"{result.services_kept} switched-off services stayed off",
                **_money(result),
                "record": f"{result.events} events; {result.history_events} in Temporal's history",
                "switch": result.switch_id,
            }
        ),
        "",
        "The sandbox cloud kept a journal of its own; it finds",
        *(f"{figure:>6}  {_FIGURES[name]}" for name, figure in result.referee.items()),
    ]
    if result.faults:
        lines += ["", *_absorbed(result)]
    if kept is not None:
        lines += ["", "Look around in it:", f"  planswitch up --data-dir {kept}"]
    return lines


def _money(result: DemoResult) -> dict[str, str]:
    """Return what was quoted and charged, or that no money was to move."""
    if result.licenses_only:
        return {"money": "none: nothing was ordered, cancelled or billed; both plans are owned"}
    return {
        "credit check": result.credit_check.replace("_", " "),
        "quoted": f"{charged_amount(result.quote_total, result.currency)} for the day of the cutover",
        "charged": f"{charged_amount(result.charged_total, result.currency)} by the seller's ledger",
    }


def _absorbed(result: DemoResult) -> list[str]:
    """Return what went wrong, in a sentence that fits the terminal."""
    met = result.absorbed
    return wrapped(
        f"The program {result.faults} throttled {counted(met['throttles'], 'call')} and made "
        f"{counted(met['failures'], 'call')} fail; the switch repeated {counted(met['retries'], 'attempt')} "
        "of steps, and absorbed all of it.",
        0,
    )


def read_organization(path: Path, catalog: Catalog) -> dict[str, object]:
    """Return the sandbox's request for the organization that a file describes.

    Args:
        path: A JSON file.
        catalog: The plans there are.

    Raises:
        CorruptFile: It can't be read, is no JSON, or a field is not what it may be.
        UnknownPlan: No plan is called so.
    """
    facts = _parsed(path)
    for name in _REQUIRED:
        if name not in facts:
            raise _corrupt(path, f"it has no field {name!r}")
    for name, value in facts.items():
        if name not in _FIELDS:
            raise _corrupt(path, f"{name!r} is no field; there are {', '.join(_FIELDS)}")
        allowed, is_allowed = _FIELDS[name]
        if not is_allowed(value):
            raise _corrupt(path, f"{name} is {shown_value(value)}; allowed: {allowed}")
    plan = catalog.find(facts.pop("plan"))
    return {**facts, "plan_id": plan.plan_id}


def _parsed(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > FILE_BYTES_MAX:
            raise _corrupt(path, f"it is larger than {FILE_BYTES_MAX} bytes")
        facts = read_json(read_text_file(path.read_bytes()).text.encode(), field="it")
    except InvalidInput as error:
        raise _corrupt(path, error.message.rstrip(".")) from error
    except OSError as error:
        raise _corrupt(path, f"it can't be read ({error.strerror})") from error
    if not isinstance(facts, dict):
        raise _corrupt(path, "it holds no object")
    _require_plain(path, facts)
    return facts


def _require_plain(path: Path, facts: dict[str, Any]) -> None:
    try:
        require_plain_text(facts)
    except UnacceptableText as error:
        raise _corrupt(path, error.message.rstrip(".")) from error


def _corrupt(path: Path, why: str) -> CorruptFile:
    return CorruptFile(
        f"{path} describes no organization: {why}.",
        remedy=f"Correct the file; an example: {_EXAMPLE} Nothing was written.",
    )


def _is_date(value: Any) -> bool:
    try:
        return date.fromisoformat(value).year in YEARS
    except (TypeError, ValueError):
        return False


def _is_options(value: Any) -> bool:
    """Return whether it is an object in which no number is larger than anything that can be made."""
    return isinstance(value, dict) and all(
        0 <= each <= NUMBER_MAX for each in _numbers(value) if not isinstance(each, bool)
    )


def _numbers(value: Any) -> Iterator[float]:
    if isinstance(value, int | float):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _numbers(each)


#: Field -> what it may be, in words, and the test.
_FIELDS: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "seed": (f"an integer from 0 to {SEED_MAX}", lambda v: type(v) is int and 0 <= v <= SEED_MAX),
    "users": (f"an integer from 1 to {USERS_MAX}", lambda v: type(v) is int and 1 <= v <= USERS_MAX),
    "plan": ("a plan of the catalog, such as E1", lambda v: isinstance(v, str) and bool(v)),
    "organization_id": ("a GUID in text", lambda v: isinstance(v, str) and bool(v)),
    "display_name": (
        f"text of 1 to {NAME_MAX} characters",
        lambda v: isinstance(v, str) and 0 < len(v) <= NAME_MAX,
    ),
    "currency": (" or ".join(CURRENCIES), lambda v: v in CURRENCIES),
    "billing_cycle": (" or ".join(CYCLES), lambda v: v in CYCLES),
    "period_start_on": (f"a date such as 2026-11-01, in a year from {YEARS[0]} to {YEARS[-1]}", _is_date),
    "options": (f"an object whose numbers are from 0 to {NUMBER_MAX:,}", _is_options),
}
