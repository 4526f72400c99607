"""An organization in which every kind of matter stands beside its products, at a sandbox."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.support.clouds.cloud_server import SandboxCloud

DUE = 123_456


def troubled(sandbox: SandboxCloud) -> dict[str, Any]:
    """Make an organization with a conflict, an incident, a balance, and products in several statuses."""
    organization = sandbox.organization(users=12, group_licensed=0)
    organization_id, subscription_id = organization["organization_id"], organization["subscription_id"]
    others = [each for each in organization["subscription_ids"] if each != subscription_id]
    grace = (datetime.now(UTC) + timedelta(days=20)).isoformat().replace("+00:00", "Z")
    sandbox.edit(organization_id, kind="health", service="Exchange Online", status="serviceDegradation")
    sandbox.edit(organization_id, kind="profile", changes={"balance_due_minor_units": DUE})
    _change(sandbox, organization_id, subscription_id, quantity=10)
    matters: tuple[dict[str, Any], ...] = (
        {"is_trial": True},
        {"status": "expired", "grace_ends_at": grace},
        {"is_auto_renewed": False},
    )
    for other, changes in zip(others, matters, strict=False):
        _change(sandbox, organization_id, other, **changes)
    return organization


def _change(sandbox: SandboxCloud, organization_id: str, subscription_id: str, **changes: Any) -> None:
    sandbox.edit(organization_id, kind="subscription", subscription_id=subscription_id, changes=changes)
