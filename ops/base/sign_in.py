"""The provider of sign-ins that the settings name, with what its claims mean."""

from __future__ import annotations

from urllib.parse import urlsplit

from domain.kernel.errors import InvalidInput
from domain.people.claims import mapping_of
from ops.base.settings import ENVIRONMENT_PREFIX, Settings
from providers.identity.openid_provider import OpenIdProvider, ProviderSettings, require_provider_address
from services.people.provider_sign_in import ClaimSettings, SignInProvider

#: Where the provider sends a browser back to.
RETURN_PATH = "/sign-in/return"
_OPENID = "openid"


def sign_in_provider(settings: Settings) -> SignInProvider | None:
    """Return the provider of sign-ins; None where none is named.

    Raises:
        InvalidInput: A setting of it is missing, or has a value that is not allowed.
        SecretUnusable: The secret can't be used.
    """
    if settings.public_url:
        _require_public_url(settings.public_url)
    mapping = mapping_of(settings.oidc_role_mapping, field=_variable("oidc_role_mapping"))
    if not settings.oidc_issuer:
        return None
    require_provider_address(settings.oidc_issuer, field=_variable("oidc_issuer"))
    for name in ("oidc_client_id", "public_url"):
        if not getattr(settings, name):
            raise _missing(name, "a value, as PLANSWITCH_OIDC_ISSUER is set")
    if settings.oidc_role_claim and not mapping:
        raise _missing("oidc_role_mapping", "what the values of PLANSWITCH_OIDC_ROLE_CLAIM mean")
    scopes = settings.oidc_scopes.split()
    if _OPENID not in scopes:
        raise InvalidInput(
            field=_variable("oidc_scopes"), value=settings.oidc_scopes, allowed=f"{_OPENID} among them"
        )
    provider = OpenIdProvider(
        ProviderSettings(
            issuer=settings.oidc_issuer,
            client_id=settings.oidc_client_id,
            client_secret=settings.oidc_client_secret(),
            scopes=" ".join(scopes),
            redirect_uri=settings.public_url.rstrip("/") + RETURN_PATH,
        )
    )
    claims = ClaimSettings(name=settings.oidc_name_claim, roles=settings.oidc_role_claim, mapping=mapping)
    return SignInProvider(provider=provider, claims=claims)


def _require_public_url(url: str) -> None:
    parts = urlsplit(url)
    is_plain = parts.scheme in {"http", "https"} and parts.hostname and parts.path in {"", "/"}
    if not is_plain or parts.query or parts.fragment or parts.username:
        raise InvalidInput(
            field=_variable("public_url"),
            value=url,
            allowed="the address of the console alone, such as https://planswitch.example.com",
        )


def _missing(name: str, allowed: str) -> InvalidInput:
    return InvalidInput(field=_variable(name), value=None, allowed=allowed)


def _variable(name: str) -> str:
    return f"{ENVIRONMENT_PREFIX}{name.upper()}"
