"""Signatures of commands: nothing signed can be changed; two keys are valid while one is rolled (ADR 19)."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

import pytest

from activities.contract import SwitchOrder
from activities.signed_command import START, SignedCommand
from activities.signing.signatures import (
    FRESH_SECONDS_MAX,
    SEAL_HOURS_MAX,
    CommandKeys,
    arguments_of,
    check,
    key_id,
    order_arguments,
    seal,
    sign_order,
)
from domain.kernel.errors import CommandStale, CommandUnsigned
from tests.support.stories.samples import ORGANIZATION_ID, SWITCH_ID
from tests.support.stories.signatures import AT, KEYS, SKIP, signed
from workflows.base.messages import AmendQuantity

OLDER = CommandKeys(signing=b"the-key-of-before")
#: Field of an envelope -> another value.
OTHERS: dict[str, Any] = {
    **dict.fromkeys(("switch_id", "command", "actor", "reason", "request_id"), "another"),
    "signed_at": AT + timedelta(seconds=1),
    "arguments_digest": "0" * 64,
    "key_id": "0" * 16,
    "signature": "0" * 64,
}


def checked(envelope: SignedCommand | None, keys: CommandKeys = KEYS, **changes: Any) -> SignedCommand:
    """Check an envelope as the step does that skips a user."""
    facts: dict[str, Any] = {"actor": SKIP.actor, "reason": SKIP.reason, "request_id": SKIP.request_id}
    facts |= {"arguments": arguments_of(SKIP), "seen_at": AT + timedelta(seconds=1), **changes}
    return check(keys, envelope, switch_id=SWITCH_ID, command="skip_user", **facts)


def test_what_is_signed_is_taken() -> None:
    """The envelope says who, what, why and when."""
    envelope = checked(signed())

    assert (envelope.actor, envelope.signed_at, envelope.key_id) == ("olga", AT, key_id(KEYS.signing))


@pytest.mark.parametrize("name", OTHERS)
def test_nothing_of_an_envelope_can_be_changed(name: str) -> None:
    """Each field is under the signature; the two that a worker adds have one of their own."""
    assert {each.name for each in fields(SignedCommand)} == {*OTHERS, "admitted_at", "seal"}

    with pytest.raises(CommandUnsigned):
        checked(replace(signed(), **{name: OTHERS[name]}))


@pytest.mark.parametrize(
    "changes",
    [
        {"signature": "\u00e9" * 64},
        {"signature": "\ud800"},
        {"signed_at": AT.replace(tzinfo=None)},
        {"actor": "\ud800"},
        {"key_id": "\u00e9"},
    ],
)
def test_an_envelope_of_any_text_is_refused_as_such(changes: dict[str, Any]) -> None:
    """Whoever forges one may send anything: none of it is an error of another kind, which is tried again."""
    with pytest.raises(CommandUnsigned):
        checked(replace(signed(), **changes))


def test_no_envelope_is_no_command() -> None:
    """What carries none is refused, with what to do."""
    with pytest.raises(CommandUnsigned, match="no signature") as refused:
        checked(None)

    assert "console" in refused.value.remedy


@pytest.mark.parametrize(
    "changes",
    [
        {"actor": "ceo"},
        {"reason": "because"},
        {"request_id": "r-2"},
        {"arguments": arguments_of(replace(SKIP, is_loss_accepted=True))},
        {"arguments": {}},
    ],
)
def test_an_envelope_is_good_for_its_own_command(changes: dict[str, Any]) -> None:
    """The step compares it with what it was handed, the command's own arguments among it."""
    with pytest.raises(CommandUnsigned, match="signed for another"):
        checked(signed(), **changes)


def test_a_quantity_is_an_argument() -> None:
    """Every field that a command has beside who, why and its name is signed."""
    amend = AmendQuantity(request_id="r", actor="a", reason="w", quantity=3, accepted_digest="d")

    assert arguments_of(amend) == {"quantity": 3, "accepted_digest": "d", "is_loss_accepted": False}


@pytest.mark.parametrize("seconds", [-FRESH_SECONDS_MAX - 1, FRESH_SECONDS_MAX + 1])
def test_an_old_envelope_is_refused_at_first_sight(seconds: int) -> None:
    """Five minutes lie between the console and a worker at most, in either direction."""
    with pytest.raises(CommandStale):
        checked(signed(), seen_at=AT + timedelta(seconds=seconds))

    assert checked(signed(), seen_at=AT + timedelta(seconds=seconds - seconds // abs(seconds)))


def test_a_sealed_envelope_was_seen_in_time() -> None:
    """A step that comes later goes by the worker's seal, which nobody else can make."""
    late, sealed = AT + timedelta(hours=SEAL_HOURS_MAX), seal(KEYS, signed(), at=AT, run_id="run-1")

    assert checked(sealed, seen_at=late, run_id="run-1") == sealed
    naive = AT.replace(tzinfo=None)
    for changes in ({"seal": "0" * 64}, {"seal": "\u00e9"}, {"admitted_at": late}, {"admitted_at": naive}):
        forged = replace(sealed, **changes)
        with pytest.raises(CommandStale):
            checked(forged, seen_at=late, run_id="run-1")


@pytest.mark.parametrize("changes", [{"run_id": "run-2"}, {"run_id": ""}, {"seconds": 1}])
def test_a_seal_is_good_for_its_run_and_for_a_day(changes: dict[str, Any]) -> None:
    """Histories show seals: in another run, or a day later, none says that a command was seen in time."""
    sealed = seal(KEYS, signed(), at=AT, run_id="run-1")
    late = AT + timedelta(hours=SEAL_HOURS_MAX, seconds=changes.get("seconds", 0))
    with pytest.raises(CommandStale):
        checked(sealed, seen_at=late, run_id=changes.get("run_id", "run-1"))


def test_two_keys_are_valid_while_one_is_rolled() -> None:
    """What the older key signed and sealed counts beside the new one, until it is taken away."""
    both = CommandKeys(signing=KEYS.signing, second=OLDER.signing)
    older = seal(OLDER, signed(OLDER), at=AT, run_id="run-1")

    assert checked(older, both, seen_at=AT + timedelta(days=1), run_id="run-1") == older
    assert checked(signed(both), KEYS)
    with pytest.raises(CommandUnsigned):
        checked(older)


def test_an_order_is_signed_with_who_asked_for_it() -> None:
    """Whoever starts a switch again signs for the order as it is, in the name of whom it was asked."""
    order = _order()
    again = sign_order(KEYS, order, at=AT, actor="reconciler", reason="lost")

    def checked_start(arguments: dict[str, Any]) -> SignedCommand:
        facts: dict[str, Any] = {"switch_id": SWITCH_ID, "command": START, "seen_at": AT}
        return check(KEYS, again.signed, arguments=arguments, **facts)

    assert checked_start(order_arguments(order)).actor == "reconciler"
    for other in (replace(order, actor="ceo"), replace(order, quantity=3)):
        with pytest.raises(CommandUnsigned):
            checked_start(order_arguments(other))


def _order() -> SwitchOrder:
    facts: dict[str, Any] = {each.name: "" for each in fields(SwitchOrder) if each.type == "str"}
    facts |= {"switch_id": SWITCH_ID, "organization_id": ORGANIZATION_ID, "actor": "ada", "reason": "grow"}
    return SwitchOrder(**{**facts, "quantity": None, "acknowledgments": ()})
