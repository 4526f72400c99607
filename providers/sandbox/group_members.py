"""Groups that are put into other groups by hand."""

from __future__ import annotations

from providers.sandbox.billing import read_text
from providers.sandbox.group_routes import named_group
from providers.sandbox.model import Json, Organization
from providers.sandbox.state import Sandbox


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
