"""Whom Quill sells and bills to."""

from __future__ import annotations

from collections.abc import Mapping

from domain.ports.seller_port import PARTY_FIELDS, Party
from tests.support.clouds.quill.line import QuillLine, Wish
from tests.support.clouds.quill.state import Customer


class QuillParties:
    """Names and addresses."""

    def __init__(self, line: QuillLine) -> None:
        self._line = line

    def party(self, organization_id: str, role: str) -> Party:
        """Return a party."""
        return self._line.call(f"read_{role}", organization_id, lambda customer: _party_of(customer, role))

    def change_party(self, organization_id: str, role: str, changes: Mapping[str, str], *, key: str) -> Party:
        """Change some fields of a party."""

        def work(customer: Customer) -> Party:
            customer.parties.setdefault(role, {}).update(changes)
            customer.party_changes += 1
            return _party_of(customer, role)

        return self._line.change(
            organization_id, Wish(operation=f"change_{role}", key=key, content=(role, dict(changes))), work
        )


def _party_of(customer: Customer, role: str) -> Party:
    fields = customer.parties.get(role, {})
    return Party(
        fields={name: fields.get(name, "") for name in PARTY_FIELDS}, version=f"v{customer.party_changes}"
    )
