"""What needs the approval of a second person: the thresholds and the commands of an installation.

Without a threshold and without a command nothing needs it (approvals#what-needs-an-approval).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from domain.kernel.errors import InvalidInput
from domain.kernel.money import Money
from domain.ports.product_port import ProductAct

#: A start of a switch, at once or at a time.
START = "start"
#: For so many hours a request may be approved at most, whatever an installation sets.
APPROVAL_HOURS_MAX = 720
#: A request waits for longer, or starts at another time.
RESCHEDULE = "reschedule"
PRODUCT_PREFIX = "product_"
#: Commands to a running switch, under the names of their messages.
SWITCH_COMMANDS = frozenset(
    {
        *("cancel", "roll_back", "pause", "resume", "retry_failed", "retry_users", "skip_user", "take_step"),
        *("amend", "decide_credit", "extend_credit", RESCHEDULE),
    }
)
#: Everything that may be named.
COMMANDS = SWITCH_COMMANDS | {START} | {f"{PRODUCT_PREFIX}{act}" for act in ProductAct}
#: A request that nobody has decided by then can't be approved any more.
LIFETIME_DEFAULT = timedelta(days=2)
#: Command of an envelope -> name in the policy, where they differ: to let a request wait is to start it.
_ALSO = {"wait": START}


@dataclass(frozen=True, kw_only=True, slots=True)
class ApprovalPolicy:
    """What needs a second person in this installation.

    Args:
        users_over: More users that move need one; None sets no limit.
        amounts_over: Currency -> minor units; more than that needs one. Empty sets no limit. Where some are
            set, an amount of any other currency needs one.
        commands: Names of `COMMANDS` that always need one.
        lifetime: How long a request may be approved.
    """

    users_over: int | None = None
    amounts_over: Mapping[str, int] = field(default_factory=dict)
    commands: frozenset[str] = frozenset()
    lifetime: timedelta = LIFETIME_DEFAULT

    @property
    def is_on(self) -> bool:
        """Return whether anything needs an approval."""
        return self.users_over is not None or bool(self.amounts_over) or bool(self.commands)

    def needs(self, command: str, *, users: int = 0, total: Money | None = None) -> tuple[str, ...]:
        """Return in words why something needs an approval; nothing: it needs none.

        Args:
            command: Name of the command, as its envelope says it.
            users: How many move because of it.
            total: The most that it costs, with tax; None: it costs nothing.
        """
        name = _ALSO.get(command, command)
        reasons = []
        if name in self.commands:
            reasons.append(f"`{name}` always needs an approval here")
        if self.users_over is not None and users > self.users_over:
            reasons.append(f"{users} users move, and more than {self.users_over} need an approval")
        return (*reasons, *self._amount(total))

    def _amount(self, total: Money | None) -> tuple[str, ...]:
        if total is None or not self.amounts_over or total.minor_units <= 0:
            return ()
        limit = self.amounts_over.get(total.currency)
        if limit is None:
            return (f"it costs up to {total}, and no limit is set for {total.currency}",)
        if total.minor_units <= limit:
            return ()
        most = Money(minor_units=limit, currency=total.currency)
        return (f"it costs up to {total}, and more than {most} needs an approval",)


#: Nothing needs an approval.
OFF = ApprovalPolicy()


def amounts_of(text: str, *, name: str = "approval_amount_over") -> dict[str, int]:
    """Read thresholds such as `EUR:500000,USD:600000`; "" is none.

    Args:
        text: Currency and minor units, with commas between.
        name: Of the setting, for the refusal.

    Raises:
        InvalidInput: A part is no currency with a whole number, or a currency stands twice.
    """
    amounts: dict[str, int] = {}
    for part in _parts(text):
        currency, _, number = part.partition(":")
        if not (currency.isalpha() and currency.isupper() and number.isdecimal()) or currency in amounts:
            allowed = "currency:minor units, each currency once, such as EUR:500000,USD:600000"
            raise InvalidInput(field=name, value=part, allowed=allowed)
        amounts[currency] = Money(minor_units=int(number), currency=currency).minor_units
    return amounts


def commands_of(text: str, *, name: str = "approval_commands") -> frozenset[str]:
    """Read names of commands with commas between, such as `cancel,roll-back`; "" is none.

    Args:
        text: The names; `-` and `_` are alike.
        name: Of the setting, for the refusal.

    Raises:
        InvalidInput: No command has this name.
    """
    names = [part.replace("-", "_") for part in _parts(text)]
    for each in names:
        if each not in COMMANDS:
            raise InvalidInput(field=name, value=each, allowed=", ".join(sorted(COMMANDS)))
    return frozenset(names)


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
