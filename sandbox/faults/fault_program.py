"""Fault programs: which calls go wrong, how, and at which of their hits; read and checked here.

A program is an object `{"seed": 42, "rules": [...]}`. A rule names a call (`operation`, see fault_calls.py,
or `call`, a pattern such as `POST /v1/customers/*/carts/*`), when (`hits`, a list of 1-based numbers, or
`rate`, from 0 to 1; `count` at most so often) and the `fault` with its parameters (fault_rules.py).
`settings` are settings of the sandbox that come with it, such as `{"is_quota_on": true}`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from domain.kernel.errors import InvalidInput
from domain.text.file_text import read_text_file
from domain.text.json_text import read_json
from domain.text.plain_text import require_plain_text
from sandbox.faults import fault_rules
from sandbox.faults.fault_rules import Answer, FaultRule, ItemFault
from sandbox.kernel.bodies import Body, read_body, read_kind
from sandbox.kernel.model import Json
from sandbox.kernel.settings import ProgramSettings

FILE_BYTES_MAX = 1_000_000
#: Programs that come along, by their names.
_PROGRAMS = Path(__file__).with_name("programs")
#: Word for a fault -> what a rule of it may say.
KINDS: dict[str, type[FaultRule]] = {
    "throttled": fault_rules.Throttled,
    "failed": fault_rules.Failed,
    "refused": fault_rules.Refused,
    "lost_answer": fault_rules.Answer,
    "timeout_before": fault_rules.Timeout,
    "timeout_after": fault_rules.Timeout,
    "late": fault_rules.Late,
    "latency": fault_rules.Latency,
    "token_expired": fault_rules.Happening,
    "claims_challenge": fault_rules.Happening,
    "sessions_revoked": fault_rules.Happening,
    "token_refused": fault_rules.TokenRefused,
    "audience_wrong": fault_rules.OddToken,
    "mfa_missing": fault_rules.OddToken,
    "consent_missing": fault_rules.Passing,
    "relationship_ended": fault_rules.Passing,
    "agreement_missing": fault_rules.Passing,
    "shuffled": fault_rules.Shuffled,
    "slow_provisioning": fault_rules.SlowProvisioning,
    "order_errors": fault_rules.OrderErrors,
    "cart_error": fault_rules.CartError,
    "seats_short": fault_rules.SeatsShort,
    "incident": fault_rules.Incident,
    "user_deleted": fault_rules.Happening,
    "user_joined": fault_rules.Happening,
    "license_removed": fault_rules.Happening,
    "license_disabled": fault_rules.Passing,
    "service_pending": fault_rules.ServicePending,
    "second_seller": fault_rules.SecondSeller,
    "scheduled_change": fault_rules.ScheduledChange,
    "renewal_off": fault_rules.Happening,
    "page_expired": fault_rules.Paging,
    "page_repeated": fault_rules.Paging,
    "entry_repeated": fault_rules.Paging,
    "item_throttled": fault_rules.ItemThrottled,
    "item_failed": fault_rules.ItemFailed,
    "item_refused": fault_rules.ItemRefused,
    "item_missing": fault_rules.ItemWithoutSuccess,
    "callback_late": fault_rules.CallbackLate,
    "callback_duplicated": fault_rules.CallbackDuplicated,
}
#: Faults that answer a request, and those of one item of a batch.
ANSWERS = frozenset(name for name, kind in KINDS.items() if issubclass(kind, Answer))
ITEMS = frozenset(name for name, kind in KINDS.items() if issubclass(kind, ItemFault))


class _Program(Body):
    """A program as it stands in JSON, its rules unread."""

    seed: Annotated[int, Field(ge=0, le=2**63)] = 0
    rules: list[Any] = Field(default_factory=list, max_length=200, description="a list of at most 200 rules")
    settings: ProgramSettings = ProgramSettings()


class FaultProgram(Body):
    """A checked program."""

    seed: int = 0
    rules: tuple[FaultRule, ...] = ()
    #: Settings of the sandbox that come with it: name -> value.
    settings: Json = Field(default_factory=dict)
    #: As it was given.
    document: Json = Field(default_factory=dict)


def read_program(named: str) -> FaultProgram:
    """Return a program.

    Args:
        named: A program that comes along, such as storm, or the path of a JSON file.

    Raises:
        InvalidInput: It can't be read, is no JSON, or a field is not what it may be.
    """
    known = {file.stem: file for file in _PROGRAMS.glob("*.json")}
    path = known.get(named) or Path(named)
    words = " or ".join(sorted(known))
    allowed = f"{words}, or a JSON file of at most {FILE_BYTES_MAX} bytes with seed, rules and settings"
    try:
        if path.stat().st_size > FILE_BYTES_MAX:
            raise InvalidInput(field="--faults", value=str(path), allowed=allowed)
        document = read_json(read_text_file(path.read_bytes()).text.encode(), field=str(path))
    except OSError as error:
        raise InvalidInput(
            field="--faults", value=str(path), allowed=allowed, remedy=f"Correct the file: {error.strerror}."
        ) from error
    return parse_program(document)


def parse_program(document: Any) -> FaultProgram:
    """Return a checked program.

    Args:
        document: As it stands in JSON.

    Raises:
        InvalidInput: A field is not what it may be; it names the field, the value and what is allowed.
        UnacceptableText: A text has a control character.
    """
    require_plain_text(document)
    program = read_body(_Program, document)
    return FaultProgram(
        seed=program.seed,
        rules=tuple(_rule(rule, f"rules[{number}]") for number, rule in enumerate(program.rules)),
        settings=program.settings.model_dump(exclude_unset=True),
        document=document,
    )


def _rule(value_of_name: Any, at: str) -> FaultRule:
    named = {"name": at} | value_of_name if isinstance(value_of_name, dict) else value_of_name
    return read_kind(KINDS, named, "fault", at)
