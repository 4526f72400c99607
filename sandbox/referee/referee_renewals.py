"""The referee's book of renewals: whether a plan that was switched to renews as the one that was left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sandbox.kernel.clock import parse_instant
from sandbox.kernel.journal import Record

#: Roles of the subscriptions that a switch leaves or goes to.
_PLANS = frozenset({"primary", "ordered"})
_HAND = "hand"


@dataclass(kw_only=True, slots=True)
class _Renewal:
    """Whether one subscription renews, as far as the journal shows."""

    is_on: bool
    #: The subscription that it replaced, "" where it replaced none.
    replaces: str = ""
    #: A switch has left it: what its seller sets from then on is no wish of anybody.
    is_left: bool = False
    #: What came of the switch to it, once a hand has set it otherwise; None: what it is now.
    frozen: bool | None = None


class RenewalBook:
    """Renewals of the plans of one organization.

    A plan that was left renewed or not as it stood before its cancellation, or before its renewal was stopped
    where its seller took no cancellation any more. The journal does not know what an order said: where it
    said `auto_renew` on or off, a difference is what was asked for.
    """

    def __init__(self) -> None:
        self._renewals: dict[str, _Renewal] = {}
        #: Left last and not replaced so far.
        self._left_last = ""

    def read(self, record: Record) -> None:
        """Take in one record."""
        documents = list(record.get("subscriptions", ()))
        if record["type"] == "edit" and "document" in record["edit"]:
            documents.append(record["edit"]["document"])
        for document in documents:
            if document["role"] in _PLANS:
                self._read_document(record, document)

    def differences(self) -> int:
        """Count the plans that renew otherwise than the one that they replaced."""
        return sum(self._differs(each) for each in self._renewals.values() if each.replaces)

    def _read_document(self, record: Record, document: dict[str, Any]) -> None:
        subscription_id = document["subscription_id"]
        known = self._renewals.setdefault(subscription_id, _Renewal(is_on=document["is_auto_renewed"]))
        if record["type"] == "billing_started" and self._left_last:
            known.replaces, self._left_last = self._left_last, ""
        if known.is_left:
            return
        if record["type"] == "subscription_cancelled" or _is_stopped(record, document):
            known.is_left, self._left_last = True, subscription_id
            return
        if record["actor"] == _HAND and known.replaces and known.is_on != document["is_auto_renewed"]:
            known.frozen = self._differs(known)
        known.is_on = document["is_auto_renewed"]

    def _differs(self, renewal: _Renewal) -> bool:
        if renewal.frozen is not None:
            return renewal.frozen
        return renewal.is_on != self._renewals[renewal.replaces].is_on


def _is_stopped(record: Record, document: dict[str, Any]) -> bool:
    """Return whether a renewal was stopped since the seller takes no cancellation any more."""
    until: str | None = document["cancellable_until"]
    if record["type"] != "subscription_changed" or document["is_auto_renewed"] or until is None:
        return False
    at: datetime = parse_instant(record["at"])
    return at > parse_instant(until)
