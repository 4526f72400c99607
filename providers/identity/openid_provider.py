"""Sign-in at a provider by OpenID Connect: authorization code with PKCE, state and nonce, by Authlib.

What the provider publishes of itself is read anew for each sign-in: sign-ins are few, and keys that it has
exchanged are known at once.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from domain.kernel.errors import InvalidInput, PlanSwitchError, ProviderUnavailable

#: Seconds that the provider may be silent.
SILENCE_SECONDS = 7.0
#: Difference of clocks that a token may show, in seconds.
LEEWAY_SECONDS = 60
#: Of a token: signatures that only the provider can make. "none" and those by a shared secret are not taken.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519")
_DISCOVERY = "/.well-known/openid-configuration"
_RANDOM_BYTES = 32
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_OK = 200
_AGAIN = (
    "Sign in again. Where it lasts, an administrator checks the settings of the provider (docs/people.md)."
)


class SignInRefused(PlanSwitchError):
    """The provider, or what it sent, lets nobody in; there is no session."""

    code = "SIGN_IN_REFUSED"


@dataclass(frozen=True, kw_only=True)
class ProviderSettings:
    """Where the provider is, and as which client people sign in there.

    Args:
        issuer: Its name and address, as its tokens have it.
        client_id: Of this installation at the provider.
        client_secret: "" for a public client.
        scopes: Asked for, with blanks between; `openid` among them.
        redirect_uri: Where the provider sends the browser back to: this console.
    """

    issuer: str
    client_id: str
    client_secret: str
    scopes: str
    redirect_uri: str


@dataclass(frozen=True, kw_only=True)
class BegunAuthorization:
    """What belongs to one sign-in under way; nobody but this console may know the last two."""

    address: str
    state: str
    nonce: str
    code_verifier: str


class OpenIdProvider:
    """The client's side of the protocol."""

    def __init__(self, settings: ProviderSettings) -> None:
        require_provider_address(settings.issuer, field="issuer")
        self._settings = settings

    @property
    def issuer(self) -> str:
        """Return the name of the provider, as its tokens have it."""
        return self._settings.issuer

    def begin(self) -> BegunAuthorization:
        """Return where the browser goes, and what its return must bring.

        Raises:
            ProviderUnavailable: The provider does not answer.
            SignInRefused: It is not the provider that the settings name.
        """
        metadata = self._metadata()
        nonce, verifier, state = (secrets.token_urlsafe(_RANDOM_BYTES) for _ in range(3))
        with self._client(metadata) as client:
            address, _ = client.create_authorization_url(
                self._endpoint(metadata, "authorization_endpoint"),
                state=state,
                code_verifier=verifier,
                nonce=nonce,
            )
        return BegunAuthorization(address=address, state=state, nonce=nonce, code_verifier=verifier)

    def claims(self, code: str, *, nonce: str, code_verifier: str) -> Mapping[str, object]:
        """Redeem a code and return what the verified id token says.

        Args:
            code: As the browser brought it.
            nonce: Of the sign-in under way; the token must have it.
            code_verifier: Of the same.

        Raises:
            ProviderUnavailable: The provider does not answer.
            SignInRefused: The code is used up or foreign, or the token is not for us, expired or forged.
        """
        metadata = self._metadata()
        token = self._token(metadata, code, code_verifier)
        keys = _read(self._endpoint(metadata, "jwks_uri"))
        return self._verified(token, keys, nonce)

    def _metadata(self) -> dict[str, Any]:
        metadata = _read(self._settings.issuer.rstrip("/") + _DISCOVERY)
        if metadata.get("issuer") != self._settings.issuer:
            raise SignInRefused(
                "The provider of sign-ins calls itself by another name than PLANSWITCH_OIDC_ISSUER.",
                remedy="Set the issuer exactly as the provider publishes it.",
            )
        return metadata

    def _endpoint(self, metadata: Mapping[str, Any], name: str) -> str:
        address = metadata.get(name)
        if not isinstance(address, str) or not _is_safe(address):
            raise SignInRefused(f"The provider of sign-ins publishes no usable {name}.", remedy=_AGAIN)
        return address

    def _client(self, metadata: Mapping[str, Any]) -> OAuth2Session:
        settings = self._settings
        client = OAuth2Session(
            settings.client_id,
            settings.client_secret or None,
            token_endpoint_auth_method=_method(metadata, has_secret=bool(settings.client_secret)),
            scope=settings.scopes,
            redirect_uri=settings.redirect_uri,
            code_challenge_method="S256",
            default_timeout=SILENCE_SECONDS,
        )
        # A machine's own settings would send a name and password of theirs along (.netrc).
        client.trust_env = False
        return client

    def _token(self, metadata: Mapping[str, Any], code: str, code_verifier: str) -> Mapping[str, Any]:
        address = self._endpoint(metadata, "token_endpoint")
        try:
            with self._client(metadata) as client:
                token: Mapping[str, Any] = client.fetch_token(
                    address, code=code, code_verifier=code_verifier, allow_redirects=False
                )
        except requests.RequestException as error:
            raise _silent(error) from error
        except (AuthlibBaseError, ValueError) as error:
            why = getattr(error, "error", None) or type(error).__name__
            raise SignInRefused(
                f"The provider of sign-ins does not take the code of this sign-in ({why}).", remedy=_AGAIN
            ) from error
        return token

    def _verified(
        self, token: Mapping[str, Any], keys: Mapping[str, Any], nonce: str
    ) -> Mapping[str, object]:
        settings = self._settings
        required = {
            "iss": {"essential": True, "value": settings.issuer},
            "aud": {"essential": True, "value": settings.client_id},
        }
        parameters = {
            "nonce": nonce,
            "client_id": settings.client_id,
            "access_token": token.get("access_token"),
        }
        try:
            key_set: Any = keys
            decoded = jwt.decode(
                str(token.get("id_token", "")), KeySet.import_key_set(key_set), algorithms=list(ALGORITHMS)
            )
            claims = CodeIDToken(decoded.claims, decoded.header, required, parameters)
            claims.validate(leeway=LEEWAY_SECONDS)
        except (JoseError, AuthlibBaseError, ValueError, KeyError, TypeError) as error:
            raise SignInRefused(
                f"The id token of the provider of sign-ins is refused ({type(error).__name__}).",
                remedy=_AGAIN,
            ) from error
        return dict(claims)


def require_provider_address(address: str, *, field: str) -> None:
    """Refuse an address that others could answer for.

    Raises:
        InvalidInput: It is neither HTTPS nor on this machine.
    """
    if not _is_safe(address):
        raise InvalidInput(
            field=field, value=address or None, allowed="an https:// address, or one of this machine"
        )


def _is_safe(address: str) -> bool:
    parts = urlsplit(address)
    is_local = parts.scheme == "http" and parts.hostname in _LOOPBACK
    return bool(parts.hostname) and (parts.scheme == "https" or is_local)


def _method(metadata: Mapping[str, Any], *, has_secret: bool) -> str:
    """Return how this client proves itself, from what the provider takes."""
    if not has_secret:
        return "none"
    methods = metadata.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    return "client_secret_basic" if "client_secret_basic" in methods else "client_secret_post"


def _read(address: str) -> dict[str, Any]:
    """Return a JSON object that the provider publishes."""
    try:
        with requests.Session() as session:
            session.trust_env = False
            answer = session.get(address, timeout=SILENCE_SECONDS, allow_redirects=False)
        document = answer.json() if answer.status_code == _OK else None
    except requests.RequestException as error:
        raise _silent(error) from error
    if not isinstance(document, dict):
        raise ProviderUnavailable(
            f"The provider of sign-ins answers {answer.status_code} where it should publish its settings.",
            remedy="Check PLANSWITCH_OIDC_ISSUER, and that the provider runs.",
        )
    return document


def _silent(error: Exception) -> ProviderUnavailable:
    return ProviderUnavailable(
        f"The provider of sign-ins does not answer ({type(error).__name__}).",
        remedy="Try again. Where it lasts, check PLANSWITCH_OIDC_ISSUER, and that this machine reaches it.",
    )
