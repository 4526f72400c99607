"""Everything by which a process is let in at the clouds of its profiles."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from providers.access.credentials import Credentials
from providers.access.profiles import CloudProfiles
from providers.access.token_requests import TokenRequests
from providers.access.tokens import NoSignIns, ProfileTokens, SignIns


@dataclass(frozen=True, kw_only=True, slots=True)
class CloudAccess:
    """Profiles, and the tokens for them."""

    profiles: CloudProfiles
    credentials: Credentials
    requests: TokenRequests
    tokens: ProfileTokens


def cloud_access(
    profiles: CloudProfiles,
    *,
    is_open_to_others: Callable[[Path], bool],
    sign_ins: SignIns | None = None,
) -> CloudAccess:
    """Return what lets a process in.

    Args:
        profiles: Of the installation.
        is_open_to_others: Tells of a file whether other accounts may read it.
        sign_ins: Refresh tokens of people; None: nobody has signed in.
    """
    credentials = Credentials(is_open_to_others)
    requests = TokenRequests(credentials)
    tokens = ProfileTokens(profiles, requests, credentials, sign_ins or NoSignIns())
    return CloudAccess(profiles=profiles, credentials=credentials, requests=requests, tokens=tokens)
