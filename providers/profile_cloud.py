"""The ports over several profiles at once: an organization's calls go to the cloud of its profile."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from domain.kernel.errors import PartyMissing
from domain.ports.cloud import CloudFactory
from providers.access.profiles import CloudProfile, CloudProfiles
from providers.factory import AUDIENCES, built_over, network, require_time_out
from providers.transport.http import REQUEST_TIMEOUT_SECONDS
from providers.transport.line import Line
from providers.transport.places import Place, TokenSource


def profile_factory(
    profiles: CloudProfiles,
    tokens: TokenSource,
    *,
    request_timeout_seconds: float = REQUEST_TIMEOUT_SECONDS,
    line: Line | None = None,
    repeats_reads: bool = False,
) -> tuple[CloudFactory, Callable[[], None]]:
    """Return what builds the ports of all profiles, and what closes their connections.

    Args:
        profiles: They say of each organization where its cloud is.
        tokens: Bearer tokens of all of them.
        request_timeout_seconds: Longest silence of a provider within one call.
        line: In place of the network, for tests; is closed as the network would be.
        repeats_reads: Whether a read that fails is sent again at once.

    Raises:
        InvalidInput: An address, the machine's proxy for it, a file of authorities or the time-out can't be
            used.
    """
    require_time_out(request_timeout_seconds)
    lines = {
        each.name: line
        or network(_urls(each).values(), timeout_seconds=request_timeout_seconds, ca_file=each.ca_file)
        for each in profiles.profiles
    }
    places = {
        (each.name, party): Place(
            base_url=url,
            audience=AUDIENCES[party],
            tokens=tokens,
            line=lines[each.name],
            access=each.access,
            repeats_reads=repeats_reads,
        )
        for each in profiles.profiles
        for party, url in _urls(each).items()
    }

    def close() -> None:
        for each in lines.values():
            each.close()

    return built_over(partial(_place_of, profiles, places)), close


def _place_of(
    profiles: CloudProfiles, places: Mapping[tuple[str, str], Place], party: str, organization_id: str
) -> Place:
    profile = profiles.of(organization_id)
    place = places.get((profile.name, party))
    if place is None:
        raise party_missing(profile, party)
    return place


def party_missing(profile: CloudProfile, party: str) -> PartyMissing:
    """Return the refusal of what needs a party that a profile does not name."""
    return PartyMissing(
        f"The profile {profile.name} has no {party}, which this needs.",
        remedy=(
            f"Name it in the profile ({party}_url, docs/access.md#profiles). What needs the directory alone"
            " works without."
        ),
        party=party,
        profile=profile.name,
    )


def _urls(profile: CloudProfile) -> dict[str, str]:
    urls = {
        "directory": profile.directory_url,
        "seller": profile.seller_url,
        "billing": profile.billing_url,
        "credit": profile.credit_url,
        "notices": profile.notices_url,
    }
    return {party: url for party, url in urls.items() if url is not None}
