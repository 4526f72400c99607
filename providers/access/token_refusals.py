"""What a refusal of the token service means: who must act, and how (access#access-that-is-lost).

The vendor's numbers are from its documentation of sign-in errors; its texts may name people and are not kept.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from domain.kernel.awaited import Party
from domain.kernel.errors import AccessLost
from providers.access.profiles import Audience, CloudProfile

_NUMBER = re.compile(r"AADSTS(\d{4,9})")
_NOT_REGISTERED = "AADSTS700016"
_WORD = re.compile(r"[A-Za-z_]{1,60}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Meaning:
    """What is missing, and who mends it; braces are filled with the facts of the profile."""

    message: str
    action: str
    remedy: str
    party: Party = Party.OPERATOR


_SIGN_IN = "Run `planswitch cloud sign-in {profile}`"
_CONSENT = Meaning(
    message="The organization {tenant} has not consented to the application {client_id}",
    action="consent to the application {client_id}",
    remedy="An administrator of the organization opens {consent_url} and consents. It goes on by itself.",
    party=Party.ADMINISTRATOR,
)
_GRANT_OVER = Meaning(
    message="The sign-in of the profile {profile} for the {audience} is over or was revoked",
    action="sign in again",
    remedy=_SIGN_IN + "; it goes on by itself.",
)
_SECOND_FACTOR = Meaning(
    message="The sign-in of the profile {profile} for the {audience} lacks a second factor",
    action="sign in again with a second factor",
    remedy=_SIGN_IN + " and confirm with a second factor; it goes on by itself.",
)
_RELATIONSHIP = Meaning(
    message="Who signed in for the profile {profile} has no rights in the tenant {tenant}",
    action="agree to a relationship of delegated administration",
    remedy=(
        "Request a relationship of delegated administration, or renew the one that has ended; an"
        " administrator of the organization accepts it. It goes on by itself."
    ),
    party=Party.ADMINISTRATOR,
)
_CERTIFICATE = Meaning(
    message="The certificate of the profile {profile} is not registered with the application {client_id}",
    action="register the certificate of the profile {profile}",
    remedy=(
        "Register the certificate with the application, or put the one that is registered into"
        " `certificate_file`. It is read again by itself."
    ),
)
_NO_APPLICATION = Meaning(
    message="The tenant {tenant}, the home of the profile {profile}, has no application {client_id}",
    action="correct the application of the profile {profile}",
    remedy="Check `client_id` and `tenant_id` of the profile, or register the application there.",
)
_SECRET_OVER = Meaning(
    message="The secret of the profile {profile} has expired",
    action="renew the secret of the profile {profile}",
    remedy="Make a new secret for the application, better a certificate. It is read again by itself.",
)
_WRONG_SECRET = Meaning(
    message="The secret of the profile {profile} is not that of the application {client_id}",
    action="correct the secret of the profile {profile}",
    remedy="Put the secret's value, not its id, where the profile names it. It is read again by itself.",
)
_NO_TENANT = Meaning(
    message="The cloud of the profile {profile} knows no tenant {tenant}",
    action="correct the tenant {tenant}",
    remedy="Check the id, and `cloud` of the profile: a tenant is in one cloud alone.",
)
_AUDIENCE = Meaning(
    message="The {audience} that the profile {profile} asks tokens for is none in the tenant {tenant}",
    action="correct the audience of the {audience}",
    remedy="Check `cloud`, `directory_audience` and `seller_audience` of the profile.",
)
_BLOCKED = Meaning(
    message="A policy of the tenant {tenant} blocks the sign-in of the profile {profile}",
    action="let the application {client_id} in by their policies",
    remedy="An administrator of the tenant looks into its sign-in log and changes the policy.",
    party=Party.ADMINISTRATOR,
)
_DISABLED = Meaning(
    message="The application {client_id}, or who signed in for it, is disabled in the tenant {tenant}",
    action="enable the application {client_id}",
    remedy="An administrator of the tenant enables it; it goes on by itself.",
    party=Party.ADMINISTRATOR,
)
_REDIRECT = Meaning(
    message="The application {client_id} does not know the address to which a sign-in returns",
    action="register the address http://localhost",
    remedy="Register http://localhost as a redirect address of the application, then sign in again.",
)
_UNKNOWN = Meaning(
    message="The token service refuses a token of the {audience} to the profile {profile}",
    action="mend what the token service refuses",
    remedy="Look the vendor's code up; `planswitch doctor` checks everything else.",
)
_NOT_SIGNED_IN = Meaning(
    message="Nobody has signed in for the {audience} with the profile {profile}",
    action="sign in",
    remedy=_SIGN_IN + "; it goes on by itself.",
)

_UNKNOWN_SERVICE = Meaning(
    message="The vendor does not know the token service {authority} of the profile {profile}",
    action="correct the token service of the profile {profile}",
    remedy="Check `authority`; set `instance_discovery = false` if it is right, and nobody else's.",
)

_NO_SERVICE = Meaning(
    message="{authority}, which the profile {profile} names, is no token service for the tenant {tenant}",
    action="correct the token service of the profile {profile}",
    remedy="Check `authority` and `cloud` of the profile; `authority` is an address without a tenant.",
)

#: The vendor's number -> what it means.
MEANINGS = {
    "50011": _REDIRECT,
    "50020": _RELATIONSHIP,
    "50034": _RELATIONSHIP,
    "50053": _GRANT_OVER,
    "50055": _GRANT_OVER,
    "50057": _DISABLED,
    "50072": _SECOND_FACTOR,
    "50074": _SECOND_FACTOR,
    "50076": _SECOND_FACTOR,
    "50078": _SECOND_FACTOR,
    "50079": _SECOND_FACTOR,
    "50105": _CONSENT,
    "50132": _GRANT_OVER,
    "50133": _GRANT_OVER,
    "50158": _SECOND_FACTOR,
    "50173": _GRANT_OVER,
    "500011": _AUDIENCE,
    "53000": _BLOCKED,
    "53001": _BLOCKED,
    "53003": _BLOCKED,
    "65001": _CONSENT,
    "65004": _CONSENT,
    "65005": _CONSENT,
    "650051": _CONSENT,
    "650052": _AUDIENCE,
    "650056": _CONSENT,
    "650057": _AUDIENCE,
    "70000": _GRANT_OVER,
    "70008": _GRANT_OVER,
    "70011": _AUDIENCE,
    "70043": _GRANT_OVER,
    "90002": _NO_TENANT,
    "900023": _NO_TENANT,
    "90094": _CONSENT,
    "700016": _CONSENT,
    "700023": _CERTIFICATE,
    "700024": _CERTIFICATE,
    "700027": _CERTIFICATE,
    "700081": _GRANT_OVER,
    "700082": _GRANT_OVER,
    "700084": _GRANT_OVER,
    "7000112": _DISABLED,
    "7000215": _WRONG_SECRET,
    "7000216": _WRONG_SECRET,
    "7000218": _WRONG_SECRET,
    "7000222": _SECRET_OVER,
    "7000229": _CONSENT,
    "1002012": _AUDIENCE,
}


def consent_url(profile: CloudProfile, tenant_id: str) -> str:
    """Return the page on which an administrator of a tenant consents to a profile's application."""
    return f"{profile.authority}/{tenant_id}/adminconsent?client_id={profile.client_id}"


def token_refused(
    profile: CloudProfile, audience: Audience, tenant_id: str, *, error: str = "", text: str = ""
) -> AccessLost:
    """Return the error for a token that the token service refused.

    Args:
        profile: Whose token.
        audience: For whom.
        tenant_id: Of which tenant.
        error: The service's word, such as invalid_grant.
        text: Its text, of which only the number is kept.
    """
    number = _NUMBER.search(text)
    code = number[0] if number else error if _WORD.fullmatch(error) else ""
    meaning = MEANINGS.get(number[1], _UNKNOWN) if number else _UNKNOWN
    if code == _NOT_REGISTERED and tenant_id == profile.tenant_id:
        # Elsewhere it says that nobody has consented; at home the application would be there.
        meaning = _NO_APPLICATION
    return _lost(meaning, profile, audience, tenant_id, code)


def not_signed_in(profile: CloudProfile, audience: Audience, tenant_id: str) -> AccessLost:
    """Return the error for a token that only a person can give, where nobody has signed in."""
    return _lost(_NOT_SIGNED_IN, profile, audience, tenant_id, "")


def not_described(profile: CloudProfile, audience: Audience, tenant_id: str, text: str) -> AccessLost:
    """Return the error for a service that does not describe itself for a tenant: it knows none, or is none.

    Args:
        profile: Whose token.
        audience: For whom.
        tenant_id: Of which tenant.
        text: What it said in the place of a description.
    """
    if _NUMBER.search(text):
        return token_refused(profile, audience, tenant_id, text=text)
    return _lost(_NO_SERVICE, profile, audience, tenant_id, "")


def unknown_service(profile: CloudProfile, audience: Audience, tenant_id: str) -> AccessLost:
    """Return the error for a token service that the vendor does not know: nothing was sent there."""
    return _lost(_UNKNOWN_SERVICE, profile, audience, tenant_id, "")


def _lost(
    meaning: Meaning, profile: CloudProfile, audience: Audience, tenant_id: str, code: str
) -> AccessLost:
    facts = {
        "profile": profile.name,
        "audience": audience.value,
        "authority": profile.authority,
        "tenant": tenant_id,
        "client_id": profile.client_id,
        "consent_url": consent_url(profile, tenant_id),
    }
    named = f" ({code})" if code else ""
    return AccessLost(
        f"{meaning.message.format(**facts)}{named}.",
        action=meaning.action.format(**facts),
        remedy=meaning.remedy.format(**facts),
        party=meaning.party,
        vendor_code=code,
        profile=profile.name,
        audience=audience.value,
    )
