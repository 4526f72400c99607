"""Orders as the record knows them: what a step is handed over Temporal must be the same (ADR 19)."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from pydantic import TypeAdapter

from activities.base.wait_contract import BEGIN_WAIT
from activities.contract import REQUEST_SWITCH, SwitchOrder
from activities.signing.signatures import Authority
from domain.kernel.errors import CommandUnsigned
from domain.kernel.ids import eligibility_wait_stream_id
from domain.requests.wait_events import EligibilityWait
from domain.switch.events import SwitchRequested
from domain.text.plain_text import cleaned_facts
from store.switch_store import SwitchStore

#: Steps that begin something: they take an order that the record does not know, if it is signed.
BEGINNINGS = frozenset({REQUEST_SWITCH.name, BEGIN_WAIT.name})
#: Steps of a request that waits; the record keeps its order apart from the switch's.
WAIT_STEPS = "eligibility_wait."
#: Orders that a worker keeps in mind, so that not every step asks the record for one.
ORDERS_MAX = 2_000
#: What the record does not keep of an order.
_UNRECORDED = ("caller", "caller_role", "signed")
_ORDERS = TypeAdapter(SwitchOrder)


class KnownOrders:
    """Orders that the record has shown to this worker; the newest ones are kept."""

    def __init__(self) -> None:
        self._orders: OrderedDict[tuple[bool, str], dict[str, Any]] = OrderedDict()
        self._lock = threading.Lock()

    def require(self, order: SwitchOrder, store: SwitchStore, authority: Authority, *, is_wait: bool) -> None:
        """Refuse an order that the record knows otherwise; who asked for it may be named from then on.

        While the record does not know the switch, only its signature can prove an order: the steps that begin
        one ask for that, and nobody is named before.

        Args:
            order: What a step was handed.
            store: The record.
            authority: Of the step.
            is_wait: It is a step of a request that waits.

        Raises:
            CommandUnsigned: It says something else, or names somebody else.
        """
        key, facts = (is_wait, order.switch_id), comparable(order)
        with self._lock:
            is_known = self._orders.get(key) == facts
        if not is_known:
            recorded = wait_order(store, order) if is_wait else switch_order(store, order)
            if recorded is None:
                return
            if comparable(recorded) != facts:
                raise CommandUnsigned(
                    f"The order of switch {order.switch_id} is not the one that is recorded."
                )
            self._remember(key, facts)
        authority.allow(order.actor)

    def _remember(self, key: tuple[bool, str], facts: dict[str, Any]) -> None:
        with self._lock:
            self._orders[key] = facts
            while len(self._orders) > ORDERS_MAX:
                self._orders.popitem(last=False)


def comparable(order: SwitchOrder) -> dict[str, Any]:
    """Return what two orders must have in common to be the same one."""
    facts = {name: value for name, value in asdict(order).items() if name not in _UNRECORDED}
    return dict(cleaned_facts(facts))


def recorded_order(facts: Mapping[str, Any]) -> SwitchOrder:
    """Return an order that was recorded; a field that came since has the value that it had without it."""
    return _ORDERS.validate_python(facts)


def switch_order(store: SwitchStore, order: SwitchOrder) -> SwitchOrder | None:
    """Return the order of a switch as it is recorded, or None where it is not."""
    stream_id = store.resolve_subscription(order.organization_id, order.source_subscription_id)
    source = store.subscription(stream_id)
    state = source.switches.get(order.switch_id) if source else None
    requested = state.of(SwitchRequested) if state else None
    return None if requested is None else recorded_order(requested.order)


def wait_order(store: SwitchStore, order: SwitchOrder) -> SwitchOrder | None:
    """Return the order of a request that waits as it is recorded, or None where it is not."""
    wait = store.load(eligibility_wait_stream_id(order.switch_id))
    return recorded_order(wait.order) if isinstance(wait, EligibilityWait) else None
