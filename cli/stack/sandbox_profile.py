"""An application at the sandbox's authority, and the cloud profile that signs in as it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from cli.stack.sandbox_client import SandboxClient
from domain.kernel.errors import InvalidInput
from domain.kernel.ids import canonical_id
from ops.processes.private_files import make_private_folder, write_private

PERSON = "operator@partner.example"
#: Addresses to which a sign-in on this machine leads back, at any port.
_REDIRECTS = ("http://localhost", "http://127.0.0.1")
_FILE = "cloud.toml"


@dataclass(frozen=True, kw_only=True, slots=True)
class Connection:
    """What was registered and written."""

    profile: str
    cloud_file: str
    certificate_file: str
    ca_file: str
    authority: str
    tenant_id: str
    client_id: str
    #: Who can sign in.
    person: str


def connected(
    sandbox: SandboxClient, folder: Path, name: str, organizations: Sequence[str], *, is_writing: bool
) -> Connection:
    """Register an application with a certificate of its own, and write a profile that signs in as it.

    Args:
        sandbox: Where it is registered.
        folder: Takes the profile's file and the certificate with its key.
        name: Of the profile.
        organizations: Ids of those that the profile names; none: every one.
        is_writing: The profile may change something at the cloud.

    Raises:
        InvalidInput: The folder has such a file already, an id or the name is none, or the sandbox gives no
            tokens.
    """
    from sandbox.authority.client_certificates import client_certificate  # noqa: PLC0415 - heavy

    cloud_file, certificate_file = folder / _FILE, folder / f"{name}.pem"
    if not name.replace("-", "").replace("_", "").isalnum() or not name.isascii():
        raise InvalidInput(field="--name", value=name, allowed="letters, digits, dashes and underscores")
    if cloud_file.exists():
        raise InvalidInput(
            field="folder", value=str(folder), allowed=f"a folder without {_FILE}, which is not overwritten"
        )
    ids = [canonical_id(each) for each in organizations]
    authority = sandbox.authority()
    if not authority["url"]:
        raise InvalidInput(
            field="--url",
            value=sandbox.url,
            allowed="the address of a sandbox that gives tokens",
            remedy="Start the sandbox with --tls-port 8544.",
        )
    made = Connection(
        profile=name,
        cloud_file=str(cloud_file.absolute()),
        certificate_file=str(certificate_file.absolute()),
        ca_file=authority["ca_file"],
        authority=authority["url"],
        tenant_id=str(uuid4()),
        client_id=str(uuid4()),
        person=PERSON,
    )
    certificate, key = client_certificate(name)
    sandbox.register(made.tenant_id, made.client_id, certificate, _REDIRECTS, PERSON)
    make_private_folder(folder)
    write_private(certificate_file, (certificate + key).encode())
    write_private(cloud_file, _profile(made, ids, is_writing=is_writing).encode())
    return made


def _profile(made: Connection, organizations: Sequence[str], *, is_writing: bool) -> str:
    """Return the file of the profile; JSON writes texts and lists as TOML reads them."""
    facts: dict[str, object] = {
        "authority": made.authority,
        "directory_url": f"{made.authority}/v1.0",
        "seller_url": f"{made.authority}/v1",
        "tenant_id": made.tenant_id,
        "client_id": made.client_id,
        "certificate_file": Path(made.certificate_file).name,
        "ca_file": made.ca_file,
        "instance_discovery": False,
        "access": "write" if is_writing else "read",
    }
    if organizations:
        facts["tenants"] = list(organizations)
    lines = [f"{field} = {json.dumps(value)}" for field, value in facts.items()]
    return "\n".join([f"[profiles.{made.profile}]", *lines, ""])
