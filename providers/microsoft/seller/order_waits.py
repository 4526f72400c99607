"""An order that the seller has taken and does not show yet."""

from __future__ import annotations

from typing import Any

from domain.kernel.awaited import Awaited, Party
from domain.kernel.errors import NotReadyYet

#: A new order is listed after up to 15 minutes; it is looked for this often.
ORDER_LISTED_SECONDS = 30.0


class OrderNotListed(NotReadyYet):
    """The seller does not list the order yet; a new one is listed after up to 15 minutes."""

    def __init__(self, message: str, *, remedy: str = "", **details: Any) -> None:
        super().__init__(
            message,
            retry_after_seconds=ORDER_LISTED_SECONDS,
            remedy=remedy,
            awaited=Awaited(party=Party.SELLER, action="list the order", remedy=remedy),
            **details,
        )
