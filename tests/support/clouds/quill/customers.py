"""Whom Quill's partners look after: every customer of Quill, whoever asks."""

from __future__ import annotations

from domain.ports.customer_port import Customer
from tests.support.clouds.quill.line import QuillLine


class QuillCustomers:
    """Lists of customers."""

    def __init__(self, line: QuillLine) -> None:
        self._line = line

    def own_name(self, organization_id: str) -> str:
        """Return nothing: this vendor's directory has no names of customers."""
        return self._line.call("organization", organization_id, lambda _: "")

    def administered(self, partner_id: str) -> tuple[Customer, ...]:
        """Return every customer."""
        return self._line.call("administered", partner_id, lambda _: self._everybody())

    def sold_to(self, partner_id: str) -> tuple[Customer, ...]:
        """Return every customer."""
        return self._line.call("customers", partner_id, lambda _: self._everybody())

    def _everybody(self) -> tuple[Customer, ...]:
        return tuple(Customer(organization_id=each) for each in sorted(self._line.state.customers))
