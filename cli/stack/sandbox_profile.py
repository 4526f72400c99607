"""An application at the sandbox's authority, and the cloud profile that signs in as it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid4

from cli.stack.sandbox_client import SandboxClient
from domain.kernel.errors import InvalidInput
from domain.kernel.ids import require_directory_id
from ops.processes.private_files import make_private_folder, write_private
from providers.access.fields import require_profile_name

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
    #: Tenant in which it is registered.
    home_id: str
    client_id: str
    #: Who can sign in.
    person: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """What a profile is to be."""

    name: str
    #: Ids of the organizations that it names; none: every one.
    organizations: Sequence[str]
    #: It may change something at the cloud.
    is_writing: bool
    #: It has billing, credit bureau and notices too.
    is_billed: bool


def connected(sandbox: SandboxClient, folder: Path, wish: Wish) -> Connection:
    """Register an application with a certificate of its own, and write a profile that signs in as it.

    Args:
        sandbox: Where it is registered.
        folder: Takes the profile's file and the certificate with its key.
        wish: What the profile is to be.

    Raises:
        InvalidInput: The folder has such a file already, an id or the name is none, or the sandbox gives no
            tokens; nothing was registered or written.
    """
    from sandbox.authority.client_certificates import client_certificate  # noqa: PLC0415 - heavy

    name = require_profile_name(wish.name, field="--name")
    cloud_file, certificate_file = folder / _FILE, folder / f"{name}.pem"
    for each in (cloud_file, certificate_file):
        if each.exists():
            allowed = f"a folder without {each.name}, which is not overwritten"
            raise InvalidInput(field="folder", value=folder, allowed=allowed)
    ids = [require_directory_id(each, field="--organization") for each in wish.organizations]
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
        home_id=str(uuid4()),
        client_id=str(uuid4()),
        person=PERSON,
    )
    certificate, key = client_certificate(name)
    sandbox.register(made.home_id, made.client_id, certificate, _REDIRECTS, PERSON)
    make_private_folder(folder)
    write_private(certificate_file, (certificate + key).encode())
    write_private(
        cloud_file,
        _profile(made, replace(wish, organizations=list(dict.fromkeys(ids))), sandbox.url).encode(),
    )
    return made


def _profile(made: Connection, wish: Wish, url: str) -> str:
    """Return the file of the profile; JSON writes texts and lists as TOML reads them."""
    facts: dict[str, object] = {
        "authority": made.authority,
        "directory_url": f"{made.authority}/v1.0",
        "seller_url": f"{made.authority}/v1",
        "tenant_id": made.home_id,
        "client_id": made.client_id,
        "certificate_file": Path(made.certificate_file).name,
        "ca_file": made.ca_file,
        "instance_discovery": False,
        "access": "write" if wish.is_writing else "read",
    }
    if wish.organizations:
        facts["tenants"] = list(wish.organizations)
    if wish.is_billed:
        base = url.rstrip("/")
        facts |= {f"{name}_url": f"{base}/{name}/v1" for name in ("billing", "credit", "notices")}
    lines = [f"{field} = {json.dumps(value, ensure_ascii=False)}" for field, value in facts.items()]
    return "\n".join([f"[profiles.{made.profile}]", *lines, ""])
