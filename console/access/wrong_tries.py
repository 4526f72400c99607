"""How often an address may be wrong: wrong keys, sign-in codes and signatures, each counted by itself.

Wrong keys are counted for the account that they name, too: who tries from many addresses gains nothing.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from ipaddress import IPv6Address, IPv6Network, ip_address

from domain.kernel.errors import PlanSwitchError

#: Wrong tries of one kind that an address has in a window.
TRIES_MAX = 30
#: Wrong keys that name one account in a window, from all addresses together. It is more than an address has:
#: one stranger alone can't keep an account's owner out.
ACCOUNT_TRIES_MAX = 100
#: Seconds in which wrong tries of an address are counted together.
WINDOW_SECONDS = 60.0
#: Addresses that are remembered; the one that was wrong longest ago gives way.
ADDRESSES_MAX = 10_000
#: Who has one address of IPv6 has all of these.
_NETWORK_BITS = 64

KEYS, SIGNATURES = "keys", "signatures"
#: Wrong keys by the account that they name, and refusals of an address that the access log takes.
ACCOUNTS, REFUSALS = "keys of one account", "refusals"
_TRIES_MAX = {ACCOUNTS: ACCOUNT_TRIES_MAX}


class TooManyWrongTries(PlanSwitchError):
    """An address was wrong so often that it is asked to wait; nothing that it sends is looked at."""

    code = "TOO_MANY_WRONG_TRIES"


class WrongTries:
    """Wrong tries by kind and address, in bounded memory; safe for several threads.

    Args:
        now: Returns seconds that only grow.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._tries: OrderedDict[tuple[str, str], deque[float]] = OrderedDict()

    def __len__(self) -> int:
        """Return how many addresses are remembered, each once for each kind."""
        return len(self._tries)

    def require_room(self, kind: str, address: str) -> None:
        """Refuse an address that was wrong too often; others are not concerned.

        Args:
            kind: What was tried, such as KEYS.
            address: Where the request comes from.

        Raises:
            TooManyWrongTries: `details["retry_after_seconds"]` says how long to wait.
        """
        with self._lock:
            tries = self._recent((kind, network_of(address)))
            is_full = len(tries) >= tries_max(kind)
            wait_seconds = tries[0] + WINDOW_SECONDS - self._now() if is_full else 0.0
        if wait_seconds > 0:
            raise TooManyWrongTries(
                f"{_who(kind)} {tries_max(kind)} wrong {kind.partition(' ')[0]} within"
                f" {WINDOW_SECONDS:.0f} seconds.",
                remedy="Wait as long as Retry-After says; then send the right one.",
                retry_after_seconds=wait_seconds,
            )

    def count(self, kind: str, address: str) -> None:
        """Remember that an address was wrong."""
        tried = (kind, network_of(address))
        with self._lock:
            tries = self._recent(tried)
            tries.append(self._now())
            self._tries[tried] = tries
            self._tries.move_to_end(tried)
            if len(self._tries) > ADDRESSES_MAX:
                self._tries.popitem(last=False)

    def _recent(self, tried: tuple[str, str]) -> deque[float]:
        tries = self._tries.get(tried, deque[float](maxlen=tries_max(tried[0])))
        while tries and tries[0] + WINDOW_SECONDS <= self._now():
            tries.popleft()
        return tries


def tries_max(kind: str) -> int:
    """Return how many wrong tries of a kind a window has."""
    return _TRIES_MAX.get(kind, TRIES_MAX)


def _who(kind: str) -> str:
    return "This account was tried with" if kind == ACCOUNTS else "This address sent"


def network_of(address: str) -> str:
    """Return what counts as one address: all that one caller can choose from."""
    try:
        ip = ip_address(address)
    except ValueError:
        return address
    if not isinstance(ip, IPv6Address):
        return str(ip)
    if ip.ipv4_mapped is not None:
        return str(ip.ipv4_mapped)
    return str(IPv6Network((ip, _NETWORK_BITS), strict=False))
