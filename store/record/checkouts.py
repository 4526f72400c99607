"""Logs of checkouts: drafts of orders, one stream each."""

from __future__ import annotations

from typing import cast

from domain.kernel import ids
from domain.kernel.errors import UnknownCheckout
from domain.requests.checkout import Checkout, CheckoutEvent, checkout_of
from store.core.errors import translated
from store.record.aggregates import AggregateStore


class CheckoutStore(AggregateStore):
    """Drafts of orders; a change to a revision that is no longer the newest is refused."""

    def find_checkout(self, checkout_id: str) -> Checkout | None:
        """Return a draft as it is now, or None when it was never started."""
        with translated():
            events = tuple(self._application.events.get(ids.checkout_stream_id(checkout_id)))
        return checkout_of(checkout_id, cast("tuple[CheckoutEvent, ...]", events))

    def checkout(self, checkout_id: str) -> Checkout:
        """Return a draft as it is now.

        Raises:
            UnknownCheckout: There is none of that id.
        """
        checkout = self.find_checkout(checkout_id)
        if checkout is None:
            raise UnknownCheckout(
                f"There is no checkout {checkout_id!r}.",
                remedy="Start one: `planswitch checkout start ORGANIZATION --to PLAN`.",
            )
        return checkout

    def append_checkout(self, event: CheckoutEvent) -> None:
        """Add one event to a draft.

        Raises:
            ConcurrentWrite: The draft has grown meanwhile; nothing was written.
        """
        self.save(events=[event])
