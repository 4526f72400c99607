"""Groups that are put into other groups by hand."""

from __future__ import annotations

from sandbox.billing.billing import read_text
from sandbox.cloud.state import Sandbox
from sandbox.directory.group_routes import named_group
from sandbox.kernel.model import Json, Organization


def plan_group_nested(organization: Organization, wanted: Json, _sandbox: Sandbox) -> Json:
    """Return an edit that puts a group into another, or takes it out (name, inner, is_member)."""
    group, name = named_group(organization, wanted)
    inner, inner_name = named_group(organization, {"name": read_text(wanted, "inner")})
    return {
        "group_id": group.group_id,
        "name": name,
        "inner_id": inner.group_id,
        "inner_name": inner_name,
        "is_member": bool(wanted.get("is_member", True)),
    }
