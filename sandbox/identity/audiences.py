"""Names under which clients ask for a token of the directory or of the seller (sandbox#tokens)."""

from __future__ import annotations

from enum import StrEnum


class Resource(StrEnum):
    """What a token is for."""

    DIRECTORY = "directory"
    SELLER = "seller"


#: Audience -> whose it is, in every cloud: global, United States government, China.
AUDIENCES = {
    "https://graph.microsoft.com": Resource.DIRECTORY,
    "https://graph.microsoft.us": Resource.DIRECTORY,
    "https://dod-graph.microsoft.us": Resource.DIRECTORY,
    "https://microsoftgraph.chinacloudapi.cn": Resource.DIRECTORY,
    "00000003-0000-0000-c000-000000000000": Resource.DIRECTORY,
    "https://api.partnercenter.microsoft.com": Resource.SELLER,
    "https://partner.partnercenterapi.microsoftonline.cn": Resource.SELLER,
    "fa3d9a0c-3fb0-42cc-9193-47c7ecd2edbd": Resource.SELLER,
}
#: The seller took tokens of this audience once; the authority still gives them, and every API refuses them.
RETIRED_AUDIENCE = "https://graph.windows.net"
#: Scopes that name no resource.
PLAIN_SCOPES = frozenset({"openid", "profile", "email", "offline_access"})


def audience_of(scope: str) -> str:
    """Return the audience of a scope such as `https://graph.microsoft.com/.default`."""
    return scope.rpartition("/")[0].rstrip("/")


def is_known_audience(audience: str) -> bool:
    """Return whether the authority gives tokens of an audience."""
    return audience in AUDIENCES or audience == RETIRED_AUDIENCE
