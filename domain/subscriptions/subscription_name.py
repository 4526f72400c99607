"""The name that a seller gives to a subscription we opened, as a one-event stream."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from domain.kernel.ids import subscription_name_stream_id
from domain.kernel.recorded import LogEvent, Meta, stored


@stored("subscription-name.subscription-named")
@dataclass(frozen=True)
class SubscriptionNamed(LogEvent):
    """The seller named a subscription whose stream exists since it was ordered."""

    organization_id: str
    external_id: str
    subscription_stream_id: UUID
    meta: dict[str, Any]


def subscription_named(
    organization_id: str, external_id: str, *, subscription_stream_id: UUID, at: datetime, meta: Meta
) -> SubscriptionNamed:
    """Build the event that maps the seller's name to our stream, to be saved with the aggregate."""
    return SubscriptionNamed(
        originator_id=subscription_name_stream_id(organization_id, external_id),
        originator_version=1,
        timestamp=at,
        organization_id=organization_id,
        external_id=external_id,
        subscription_stream_id=subscription_stream_id,
        meta=meta.as_facts(),
    )
