"""Whether this installation is let in at the clouds of its profiles: what `doctor --cloud` looks at.

It works without a console and without a stack, and changes nothing (first-look#check-the-access).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from domain.kernel.errors import PlanSwitchError
from domain.kernel.ids import require_directory_id
from domain.ports.cloud import ProviderCall
from providers.access.credentials import Credentials
from providers.access.profiles import Access, Audience, CloudProfile, CloudProfiles
from providers.access.token_refusals import not_described
from providers.access.token_requests import TokenRequests
from providers.access.token_service import DiscoveryRefused, TokenService
from providers.access.tokens import NoSignIns, ProfileTokens, SignIns
from providers.factory import network
from providers.microsoft.tenancy.access_probe import AccessProbe
from providers.microsoft.tenancy.access_verdicts import AccessCheck, Verdict, failed
from providers.transport.http import ProviderHttp
from providers.transport.places import Place

#: Longest silence of a provider within one look.
LOOK_SECONDS = 10.0
#: Customers of a partner that are looked at where nobody names one.
LISTED_MAX = 10
_DISCOVERY = "v2.0/.well-known/openid-configuration"


@dataclass(frozen=True, kw_only=True, slots=True)
class AccessReport:
    """What was looked at for one organization."""

    profile: str
    organization_id: str
    #: Why it was this one, in words.
    chosen: str
    checks: tuple[AccessCheck, ...]

    @property
    def has_fault(self) -> bool:
        """Return whether something is wrong."""
        return any(each.verdict is Verdict.FAULT for each in self.checks)


def access_reports(
    profiles: CloudProfiles,
    organization_id: str,
    *,
    is_open_to_others: Callable[[Path], bool],
    sign_ins: SignIns | None = None,
) -> Iterator[AccessReport]:
    """Yield what is found for one organization, or for each that the profiles name.

    A profile that names none is looked at for the first customers of the partner, and for whoever signs in
    where there are none.

    Args:
        profiles: Of the installation.
        organization_id: Directory id of an organization; "" takes all that are named.
        is_open_to_others: Tells of a file whether other accounts may read it.
        sign_ins: Refresh tokens of people who signed in; None: there are none.

    Raises:
        InvalidInput: The organization's id is none.
        AccessLost: No profile is for the organization.
    """
    options: dict[str, Any] = {"is_open_to_others": is_open_to_others, "sign_ins": sign_ins}
    for profile, each, chosen in _wanted(profiles, organization_id, options):
        checks = tuple(_checks(profile, each, options))
        yield AccessReport(profile=profile.name, organization_id=each, chosen=chosen, checks=checks)


def _wanted(
    profiles: CloudProfiles, organization_id: str, options: dict[str, Any]
) -> Iterator[tuple[CloudProfile, str, str]]:
    if organization_id:
        yield profiles.of(organization_id), require_directory_id(organization_id), "it was named"
        return
    for profile in profiles.profiles:
        if profile.tenants:
            yield from ((profile, each, "the profile names it") for each in profile.tenants)
        else:
            listed = _listed(profile, options) or [(profile.tenant_id, "it signs in itself")]
            yield from ((profile, each, chosen) for each, chosen in listed)


def _listed(profile: CloudProfile, options: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the first customers of a partner, by its directory, else by the seller."""
    for whose in ("directory", "seller"):
        try:
            with open_probe(profile, profile.tenant_id, **options) as probe:
                customers = probe.customers
                ask = customers.administered if whose == "directory" else customers.sold_to
                listed = ask(profile.tenant_id)
        except PlanSwitchError:
            # The checks of whoever signs in say why.
            continue
        if listed:
            chosen = f"the {whose} lists it"
            if len(listed) > LISTED_MAX:
                chosen += f", among the first {LISTED_MAX} of {len(listed)} customers"
            return [(each.organization_id, chosen) for each in listed[:LISTED_MAX]]
    return []


def _checks(profile: CloudProfile, organization_id: str, options: dict[str, Any]) -> Iterator[AccessCheck]:
    """Yield the checks of an organization; what nobody foresaw ends them with its own words."""
    name = f"profile {profile.name}"
    try:
        with open_probe(profile, organization_id, **options) as probe:
            name = "the other checks"
            yield from probe.checks()
    except PlanSwitchError as error:
        yield failed(name, error)


@contextmanager
def open_probe(
    profile: CloudProfile,
    organization_id: str,
    *,
    is_open_to_others: Callable[[Path], bool],
    sign_ins: SignIns | None = None,
) -> Iterator[AccessProbe]:
    """Open the ways by which one organization is looked at, for reading alone.

    Args:
        profile: Of the organization; the partner's own tenant is looked at as the same profile.
        organization_id: Directory id of the organization.
        is_open_to_others: Tells of a file whether other accounts may read it.
        sign_ins: Refresh tokens of people who signed in; None: there are none.
    """
    everybody = CloudProfiles((replace(profile, tenants=()),))
    credentials = Credentials(is_open_to_others)
    tokens = ProfileTokens(everybody, TokenRequests(credentials), credentials, sign_ins or NoSignIns())
    line = network(
        (profile.directory_url, profile.seller_url), timeout_seconds=LOOK_SECONDS, ca_file=profile.ca_file
    )

    def http(audience: Audience) -> ProviderHttp:
        place = Place(
            base_url=profile.url_of(audience),
            audience=audience,
            tokens=tokens,
            line=line,
            access=Access.READ,
        )
        return ProviderHttp(provider=audience.value, place_of=lambda _: place, observer=_unrecorded)

    try:
        yield AccessProbe(
            profile=profile,
            organization_id=organization_id,
            tokens=tokens,
            directory=http(Audience.DIRECTORY),
            seller=http(Audience.SELLER),
            described=lambda organization_id: described(profile, organization_id),
            now=datetime.now(tz=UTC),
        )
    finally:
        line.close()


def _unrecorded(_call: ProviderCall) -> None:
    """Keep no record: there may be no database yet."""


def described(profile: CloudProfile, organization_id: str) -> Any:
    """Return how an organization's token service describes itself.

    Args:
        profile: Says where it is, and whom it is trusted by.
        organization_id: Of a customer, or of the partner.

    Raises:
        AccessLost: It knows no such tenant.
        ProviderUnavailable: It does not answer, or what it answers is no description.
    """
    service = TokenService(profile)
    try:
        answer = service.get(f"{profile.authority}/{organization_id}/{_DISCOVERY}")
        return orjson.loads(answer.text)
    except DiscoveryRefused as refused:
        raise not_described(profile, Audience.DIRECTORY, organization_id, refused.text) from None
    except ValueError:
        return None
    finally:
        service.close()
