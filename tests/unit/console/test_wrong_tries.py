"""Wrong tries by address: how many, for how long, and in how much memory."""

from __future__ import annotations

import pytest

from console.access import wrong_tries
from console.access.wrong_tries import (
    ACCOUNT_TRIES_MAX,
    ACCOUNTS,
    KEYS,
    SIGNATURES,
    TRIES_MAX,
    WINDOW_SECONDS,
    TooManyWrongTries,
    WrongTries,
    network_of,
)

ADDRESS, ANOTHER = "192.0.2.1", "192.0.2.2"


class Clock:
    """A clock that is set."""

    def __init__(self) -> None:
        self.seconds = 1_000.0

    def __call__(self) -> float:
        """Return the seconds."""
        return self.seconds


def used_up(tries: WrongTries, address: str = ADDRESS, kind: str = KEYS) -> None:
    """Be wrong as often as is allowed."""
    for _ in range(TRIES_MAX):
        tries.require_room(kind, address)
        tries.count(kind, address)


def test_address_waits_until_its_oldest_try_leaves_the_window() -> None:
    """The wait that is told is the wait that is needed, and no longer."""
    clock = Clock()
    tries = WrongTries(clock)
    used_up(tries)
    clock.seconds += 20

    with pytest.raises(TooManyWrongTries) as refused:
        tries.require_room(KEYS, ADDRESS)
    wait = refused.value.details["retry_after_seconds"]
    assert wait == WINDOW_SECONDS - 20
    clock.seconds += wait
    tries.require_room(KEYS, ADDRESS)


@pytest.mark.parametrize(("kind", "address"), [(KEYS, ANOTHER), (SIGNATURES, ADDRESS), (KEYS, "2001:db8::1")])
def test_nobody_else_is_concerned(kind: str, address: str) -> None:
    """Wrong keys of an address lock out neither another address nor the callbacks."""
    tries = WrongTries(Clock())
    used_up(tries)

    tries.require_room(kind, address)


def test_an_account_has_more_tries_than_an_address() -> None:
    """One stranger can't use up an account's tries; who comes from everywhere does (limits#wrong-keys)."""
    tries = WrongTries(Clock())
    for _ in range(ACCOUNT_TRIES_MAX):
        tries.require_room(ACCOUNTS, "psk_1")
        tries.count(ACCOUNTS, "psk_1")

    assert ACCOUNT_TRIES_MAX > TRIES_MAX
    with pytest.raises(TooManyWrongTries, match="This account was tried with 100 wrong keys"):
        tries.require_room(ACCOUNTS, "psk_1")
    tries.require_room(ACCOUNTS, "psk_2")


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many addresses are wrong, and however often, a fixed number is remembered."""
    monkeypatch.setattr(wrong_tries, "ADDRESSES_MAX", 50)
    tries = WrongTries(Clock())
    for number in range(500):
        for _ in range(TRIES_MAX + 5):
            tries.count(KEYS, f"192.0.2.{number}")

    assert len(tries) == 50
    assert all(len(each) <= TRIES_MAX for each in tries._tries.values())
    with pytest.raises(TooManyWrongTries):
        tries.require_room(KEYS, "192.0.2.499")


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("testclient", "testclient"),
        ("", ""),
    ],
)
def test_addresses_of_one_caller_count_as_one(address: str, network: str) -> None:
    """Who has one address of IPv6 has a network of them, and changes it as often as he likes."""
    assert network_of(address) == network
