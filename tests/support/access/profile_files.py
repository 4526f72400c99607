"""A file with one profile at a running authority."""

from __future__ import annotations

import json
from pathlib import Path

from tests.support.access.authority import Authority


def profile_file(running: Authority, folder: Path, name: str = "one", /, **fields: object) -> Path:
    """Write a file with one profile, or add one to it; return the file.

    Args:
        running: The authority, whose sandbox is directory and seller as well.
        folder: Takes `cloud.toml`.
        name: Of the profile.
        fields: Beside the usual ones, or in their place; None leaves one out.
    """
    facts: dict[str, object] = {
        "tenant_id": running.tenant_id,
        "client_id": running.client_id,
        "authority": running.url,
        "directory_url": f"{running.url}/v1.0",
        "seller_url": f"{running.url}/v1",
        "ca_file": str(running.ca_file),
        "instance_discovery": False,
        "certificate_file": str(running.certificate.file),
    } | fields
    lines = [f"{field} = {json.dumps(value)}" for field, value in facts.items() if value is not None]
    file = folder / "cloud.toml"
    with file.open("a", encoding="utf-8") as text:
        text.write("\n".join([f"[profiles.{name}]", *lines, ""]))
    return file
