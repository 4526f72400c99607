"""Approvals in the record, as a console writes them or as somebody with the database forges them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from activities.contract import SwitchOrder
from activities.signing.approvals import granted
from activities.signing.signatures import CommandKeys, order_arguments
from domain.approvals.approval import Approval
from domain.approvals.approval_events import ApprovalRequested
from domain.kernel.facts import digest_of
from domain.kernel.ids import approval_id_of, approval_stream_id
from domain.kernel.recorded import Meta
from store.switch_store import SwitchStore
from tests.support.worlds.signing import KEYS

#: Longer than any test moves its clock.
_LONG = timedelta(days=3_650)


def order_digest(order: SwitchOrder) -> str:
    """Return the digest that the start of an order is signed for."""
    return digest_of(order_arguments(replace(order, signed=None)))


def record_approval(
    store: SwitchStore,
    order: SwitchOrder,
    *,
    digest: str,
    command: str = "start",
    request_id: str = "",
    requested_by: str = "",
    by: str = "ada-approves",
    keys: CommandKeys = KEYS,
    lifetime: timedelta = _LONG,
) -> Approval:
    """Record a request for an approval, and the approval of it, signed with some key."""
    now, request_id = datetime.now(tz=UTC), request_id or order.request_id
    requested = ApprovalRequested(
        originator_id=approval_stream_id(approval_id_of(order.switch_id, command, request_id)),
        originator_version=1,
        timestamp=now,
        organization_id=order.organization_id,
        switch_id=order.switch_id,
        command=command,
        request_id=request_id,
        digest=digest,
        needs=["a test"],
        users=8,
        amount_minor_units=0,
        currency="",
        shown={},
        proposal={},
        expires_at=now + lifetime,
        meta=_meta(order, requested_by or order.actor).as_facts(),
    )
    request = Approval(requested=requested, revision=1)
    grant = granted(keys, request, at=now, meta=_meta(order, by))
    store.append_approval(requested, grant)
    return replace(request, granted=grant)


def _meta(order: SwitchOrder, actor: str) -> Meta:
    organization_id = order.organization_id
    return Meta(
        switch_id="", organization_id=organization_id, actor=actor, reason="looked at it", causation="test"
    )
