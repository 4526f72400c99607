"""Cloud profiles: where a cloud is, as whom this installation signs in there, and for which organizations.

They are read from one file (access#profiles), and are the same in every process.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from domain.kernel.errors import AccessLost, InvalidInput
from domain.kernel.ids import directory_id_of, require_directory_id
from providers.access.fields import Fields
from providers.access.hosts import HOSTS, CloudName

PROFILES = "profiles"
#: Names in the place of a tenant.
_ANY_TENANT = frozenset({"common", "organizations", "consumers"})
#: Variable that names the file.
CLOUD_FILE = "PLANSWITCH_CLOUD_FILE"


class Grant(StrEnum):
    """On whose behalf a token is."""

    #: The application's own rights.
    APPLICATION = "application"
    #: Those of a person who signed in, used by the application.
    APPLICATION_AND_USER = "application_and_user"


class Access(StrEnum):
    """What this installation may do at a cloud."""

    READ = "read"
    WRITE = "write"


class Audience(StrEnum):
    """For whom a token is."""

    DIRECTORY = "directory"
    SELLER = "seller"
    #: Billing, credit bureau and notices, which speak our own interfaces: no token of the vendor goes there.
    INTERFACES = "interfaces"


@dataclass(frozen=True, kw_only=True)
class CloudProfile:
    """One cloud as one application sees it."""

    name: str
    cloud: CloudName
    #: Base URL of the token service, without a tenant.
    authority: str
    directory_url: str
    seller_url: str
    #: Resource that a token of the directory is for, without the scope.
    directory_audience: str
    seller_audience: str
    #: At the seller.
    grant: Grant
    #: At the directory of each organization.
    directory_grant: Grant
    #: Where the application is registered: the partner's tenant, or the organization's own.
    tenant_id: str
    client_id: str
    #: Exactly one of the three, but for a public client, which has none.
    certificate_file: Path | None
    secret_file: Path | None
    #: A program and its arguments: what it prints is the secret.
    secret_command: tuple[str, ...]
    #: Organizations by their tenant's id; empty: every one that no other profile names.
    tenants: tuple[str, ...]
    access: Access
    #: Authorities of certificates that are trusted beside the machine's, as PEM.
    ca_file: Path | None
    #: Whether the token service's address is checked at the vendor before anything is sent there.
    instance_discovery: bool
    #: It keeps no secret: people sign in with a code on another device.
    is_public_client: bool
    #: None: this profile has no such party.
    billing_url: str | None
    credit_url: str | None
    notices_url: str | None
    #: Bearer token of these three.
    interfaces_token_file: Path | None

    def grant_of(self, audience: Audience) -> Grant:
        """Return on whose behalf tokens for an audience are."""
        return self.grant if audience is Audience.SELLER else self.directory_grant

    def tenant_of(self, audience: Audience, organization_id: str) -> str:
        """Return the tenant whose token service gives a token: the directory's is the organization's own."""
        return self.tenant_id if audience is Audience.SELLER else organization_id

    def scope_of(self, audience: Audience) -> str:
        """Return the scope to ask for: everything that was granted."""
        resource = self.seller_audience if audience is Audience.SELLER else self.directory_audience
        return f"{resource}/.default"

    def url_of(self, audience: Audience) -> str:
        """Return the base URL of directory or seller."""
        return self.seller_url if audience is Audience.SELLER else self.directory_url

    @property
    def audiences_of_people(self) -> tuple[Audience, ...]:
        """Return the audiences for which a person has to sign in."""
        both = (Audience.DIRECTORY, Audience.SELLER)
        return tuple(each for each in both if self.grant_of(each) is Grant.APPLICATION_AND_USER)


@dataclass(frozen=True)
class CloudProfiles:
    """All profiles of an installation."""

    profiles: tuple[CloudProfile, ...]

    @classmethod
    def load(cls, path: Path) -> CloudProfiles:
        """Read a file of profiles; files that it names are found from its folder.

        Raises:
            InvalidInput: The file can't be read, a field has a value that is not allowed, or two profiles
                are for one organization.
        """
        tables = _tables(path)
        read = tuple(_profile(name, table, path.parent) for name, table in tables.items())
        _require_one_profile_each(read)
        return cls(read)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names of the profiles, in the order of the file."""
        return tuple(each.name for each in self.profiles)

    def named(self, name: str) -> CloudProfile:
        """Return a profile by its name.

        Raises:
            InvalidInput: There is none of that name.
        """
        for each in self.profiles:
            if each.name == name:
                return each
        raise InvalidInput(field="profile", value=name, allowed=", ".join(self.names))

    def only(self, names: Sequence[str]) -> CloudProfiles:
        """Return the profiles of some names.

        Raises:
            InvalidInput: There is none of a name.
        """
        return CloudProfiles(tuple(self.named(name) for name in dict.fromkeys(names)))

    def of(self, organization_id: str) -> CloudProfile:
        """Return the profile of an organization: the one that names it, else the one that names none.

        Raises:
            InvalidInput: It is no id that a directory gives.
            AccessLost: No profile is for it.
        """
        wanted = require_directory_id(organization_id)
        profile = self._by_tenant.get(wanted) or self._of_others
        if profile is None:
            raise AccessLost(
                f"No profile is for the organization {wanted}.",
                action=f"name the organization {wanted} in `tenants` of its profile",
                remedy=(
                    "Check the id; then add it to `tenants` of the profile that may sign in there, in the"
                    f" file that {CLOUD_FILE} names, and start the processes again."
                ),
            )
        return profile

    @cached_property
    def _by_tenant(self) -> Mapping[str, CloudProfile]:
        return {tenant: each for each in self.profiles for tenant in each.tenants}

    @cached_property
    def _of_others(self) -> CloudProfile | None:
        return next((each for each in self.profiles if not each.tenants), None)


def _tables(path: Path) -> Mapping[str, Any]:
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InvalidInput(
            field=CLOUD_FILE,
            value=path,
            allowed=f"a file that can be read ({error.strerror})",
            remedy=f"Write the file, or name another one in {CLOUD_FILE}.",
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidInput(field=CLOUD_FILE, value=path, allowed=f"a TOML file ({error})") from error
    strange = sorted(set(content) - {PROFILES})
    if strange:
        raise InvalidInput(field=strange[0], value=content[strange[0]], allowed="[profiles.NAME]")
    tables = content.get(PROFILES)
    if not isinstance(tables, dict) or not tables:
        raise InvalidInput(field=PROFILES, value=tables, allowed="at least one [profiles.NAME]")
    return tables


def _profile(name: str, table: Any, folder: Path) -> CloudProfile:
    fields = Fields(f"{PROFILES}.{name}", table, folder)
    fields.require_name(name)
    cloud = fields.choice("cloud", CloudName, CloudName.GLOBAL)
    hosts = HOSTS[cloud]
    is_public = fields.flag("is_public_client", default=False)
    by_user = Grant.APPLICATION_AND_USER
    profile = CloudProfile(
        name=name,
        cloud=cloud,
        authority=fields.url("authority", hosts.authority, is_plain_refused=True),
        directory_url=fields.url("directory_url", hosts.directory_url),
        seller_url=fields.url("seller_url", hosts.seller_url),
        directory_audience=fields.url("directory_audience", hosts.directory_audience),
        seller_audience=fields.url("seller_audience", hosts.seller_audience),
        grant=fields.choice("grant", Grant, by_user if is_public else Grant.APPLICATION),
        directory_grant=fields.choice("directory_grant", Grant, by_user if is_public else Grant.APPLICATION),
        tenant_id=fields.directory_id("tenant_id"),
        client_id=fields.directory_id("client_id"),
        certificate_file=fields.path("certificate_file"),
        secret_file=fields.path("secret_file"),
        secret_command=fields.command("secret_command"),
        tenants=fields.directory_ids("tenants"),
        access=fields.choice("access", Access, Access.READ),
        ca_file=fields.path("ca_file"),
        instance_discovery=fields.flag("instance_discovery", default=True),
        is_public_client=is_public,
        billing_url=fields.optional_url("billing_url"),
        credit_url=fields.optional_url("credit_url"),
        notices_url=fields.optional_url("notices_url"),
        interfaces_token_file=fields.path("interfaces_token_file"),
    )
    fields.require_all_read()
    _require_addresses(fields, profile)
    _require_credential(fields, profile)
    _require_interfaces_token(fields, profile)
    return profile


def _require_addresses(fields: Fields, profile: CloudProfile) -> None:
    """Refuse an authority with a tenant in it, and plain text for tokens that are worth something.

    The tokens of a sandbox that gives them itself open nothing but that sandbox.
    """
    parts = urlsplit(profile.authority).path.split("/")
    if any("." in each or each in _ANY_TENANT or directory_id_of(each) for each in parts):
        allowed = (
            "the address of the token service without a tenant, such as https://login.microsoftonline.com"
        )
        raise fields.refusal("authority", profile.authority, allowed)
    if fields.is_loopback(profile.authority):
        return
    for name in ("directory_url", "seller_url"):
        url = getattr(profile, name)
        if not url.startswith("https:"):
            allowed = "an https address; an http one only beside a sandbox's own `authority` on this machine"
            raise fields.refusal(name, url, allowed)


def _require_credential(fields: Fields, profile: CloudProfile) -> None:
    """Refuse a profile that could not prove who it is, or that says it in two ways."""
    named = fields.named("certificate_file", "secret_file", "secret_command")
    if not profile.is_public_client:
        if len(named) == 1:
            return
        raise fields.refusal(
            "certificate_file",
            " and ".join(named) or None,
            "exactly one of certificate_file, secret_file and secret_command",
        )
    if named:
        raise fields.refusal(named[0], "given", "nothing: is_public_client = true keeps no secret")
    for audience in (Audience.DIRECTORY, Audience.SELLER):
        grant = profile.grant_of(audience)
        if grant is not Grant.APPLICATION_AND_USER:
            field = "grant" if audience is Audience.SELLER else "directory_grant"
            allowed = f"{Grant.APPLICATION_AND_USER}, as is_public_client = true has no rights of its own"
            raise fields.refusal(field, grant.value, allowed)


def _require_interfaces_token(fields: Fields, profile: CloudProfile) -> None:
    """Refuse an interface of ours on another machine to which no token goes: it would let in nobody."""
    for name in ("billing_url", "credit_url", "notices_url"):
        url = getattr(profile, name)
        if url is not None and not fields.is_loopback(url) and profile.interfaces_token_file is None:
            allowed = f"a file with the bearer token of {url}"
            raise fields.refusal("interfaces_token_file", None, allowed)


def _require_one_profile_each(profiles: tuple[CloudProfile, ...]) -> None:
    """Refuse two profiles that are for one organization."""
    owners: dict[str, str] = {}
    for each in profiles:
        for tenant in each.tenants or ("",):
            other = owners.setdefault(tenant, each.name)
            if other == each.name:
                continue
            allowed = (
                f"a tenant that no other profile names; {other} names it"
                if tenant
                else f"at least one tenant: {other} is already for every organization that no profile names"
            )
            raise InvalidInput(field=f"{PROFILES}.{each.name}.tenants", value=tenant or None, allowed=allowed)
