"""Id tokens: only one that the provider signed, for us, now and for this sign-in, is believed (people)."""

from __future__ import annotations

import base64
import hashlib
import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from joserfc.jwk import OctKey, RSAKey

from domain.kernel.errors import InvalidInput, ProviderUnavailable
from ops.base.settings import load_settings
from ops.base.sign_in import sign_in_provider
from providers.identity.openid_provider import OpenIdProvider, ProviderSettings, SignInRefused
from tests.support.people.forged_provider import CLIENT_ID, ForgedProvider, forged_provider
from tests.support.people.provider import query_of

RETURN = "https://planswitch.example.com/sign-in/return"
Forge = Callable[[ForgedProvider, dict[str, Any]], str]


@pytest.fixture(name="forged")
def _forged() -> Iterator[ForgedProvider]:
    """Yield a provider that a test makes lie."""
    with forged_provider() as provider:
        yield provider


def _client(issuer: str, secret: str = "") -> OpenIdProvider:
    return OpenIdProvider(
        ProviderSettings(
            issuer=issuer,
            client_id=CLIENT_ID,
            client_secret=secret,
            scopes="openid email",
            redirect_uri=RETURN,
        )
    )


def _changed(**changes: Any) -> Forge:
    def forge(provider: ForgedProvider, claims: dict[str, Any]) -> str:
        merged = {**claims, **changes}
        return provider.signed({name: value for name, value in merged.items() if value is not None})

    return forge


def _unsigned(_provider: ForgedProvider, claims: dict[str, Any]) -> str:
    parts = [{"alg": "none"}, claims]
    texts = [base64.urlsafe_b64encode(json.dumps(each).encode()).rstrip(b"=").decode() for each in parts]
    return ".".join([*texts, ""])


def _by_another_key(provider: ForgedProvider, claims: dict[str, Any]) -> str:
    return provider.signed(claims, RSAKey.generate_key(2048, {"kid": "own"}))


def _by_shared_secret(provider: ForgedProvider, claims: dict[str, Any]) -> str:
    public = json.dumps(provider.key.as_dict(private=False))
    return provider.signed(claims, OctKey.import_key(public), alg="HS256")


def _altered(provider: ForgedProvider, claims: dict[str, Any]) -> str:
    head, _, signature = provider.signed(claims).split(".")
    body = base64.urlsafe_b64encode(json.dumps({**claims, "groups": ["admins"]}).encode()).rstrip(b"=")
    return f"{head}.{body.decode()}.{signature}"


FORGERIES: dict[str, Forge] = {
    "another issuer": _changed(iss="https://evil.example"),
    "for another client": _changed(aud="another"),
    "for two without a party": _changed(aud=[CLIENT_ID, "another"], azp="another"),
    "expired": _changed(exp=int(time.time()) - 600),
    "without an end": _changed(exp=None),
    "from the future": _changed(iat=int(time.time()) + 6_000),
    "not yet": _changed(nbf=int(time.time()) + 6_000),
    "another nonce": _changed(nonce="another"),
    "without a nonce": _changed(nonce=None),
    "about nobody": _changed(sub=None),
    "unsigned": _unsigned,
    "by another key": _by_another_key,
    "by a shared secret": _by_shared_secret,
    "altered": _altered,
    "no token": lambda _provider, _claims: "",
    "no text of tokens": lambda _provider, _claims: "a.b.c",
}


def test_a_right_token_is_believed(forged: ForgedProvider) -> None:
    """The claims are those that the provider signed; the code goes along with its verifier (PKCE)."""
    client = _client(forged.issuer)
    begun = client.begin()
    forged.nonce = begun.nonce

    claims = client.claims("a-code", nonce=begun.nonce, code_verifier=begun.code_verifier)

    assert (claims["sub"], claims["groups"]) == ("1-ida", ["ops"])
    digest = hashlib.sha256(begun.code_verifier.encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    assert query_of(begun.address)["code_challenge"] == challenge
    (redeemed,) = forged.redeemed
    assert redeemed["code_verifier"] == begun.code_verifier
    assert (redeemed["code"], redeemed["redirect_uri"]) == ("a-code", RETURN)
    assert (begun.state in begun.address, begun.code_verifier in begun.address) == (True, False)


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_token_that_nobody_may_believe_is_refused(forged: ForgedProvider, forgery: str) -> None:
    """Issuer, audience, times, nonce, signature: each of them is looked at (people)."""
    client = _client(forged.issuer)
    begun = client.begin()
    forged.nonce = begun.nonce
    forged.token = lambda claims: FORGERIES[forgery](forged, claims)

    with pytest.raises(SignInRefused, match=r"id token|does not take the code"):
        client.claims("a-code", nonce=begun.nonce, code_verifier=begun.code_verifier)


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://evil.example"},
        {"authorization_endpoint": "http://evil.example/authorize"},
        {"authorization_endpoint": None},
    ],
)
def test_another_provider_is_refused(forged: ForgedProvider, metadata: dict[str, Any]) -> None:
    """What calls itself otherwise, or leads away without HTTPS, is not the provider that is set."""
    forged.metadata = metadata

    with pytest.raises(SignInRefused):
        _client(forged.issuer).begin()


def test_a_silent_provider_is_told() -> None:
    """Nobody is let in and the remedy names the setting."""
    with pytest.raises(ProviderUnavailable, match="does not answer") as refused:
        _client("http://127.0.0.1:9").begin()

    assert "PLANSWITCH_OIDC_ISSUER" in refused.value.remedy


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"oidc_issuer": "http://provider.example"}, "PLANSWITCH_OIDC_ISSUER"),
        ({"oidc_client_id": ""}, "PLANSWITCH_OIDC_CLIENT_ID"),
        ({"public_url": ""}, "PLANSWITCH_PUBLIC_URL"),
        ({"public_url": "planswitch.example.com"}, "PLANSWITCH_PUBLIC_URL"),
        ({"public_url": "https://planswitch.example.com/x"}, "PLANSWITCH_PUBLIC_URL"),
        ({"oidc_scopes": "email"}, "PLANSWITCH_OIDC_SCOPES"),
        ({"oidc_role_claim": "groups"}, "PLANSWITCH_OIDC_ROLE_MAPPING"),
        ({"oidc_role_claim": "groups", "oidc_role_mapping": "x=root"}, "PLANSWITCH_OIDC_ROLE_MAPPING"),
    ],
)
def test_settings_that_let_nobody_in_stop_the_console(changes: dict[str, str], field: str) -> None:
    """A console with half a provider does not start, and says which setting is wrong (people)."""
    right: dict[str, Any] = {
        "oidc_issuer": "https://provider.example",
        "oidc_client_id": CLIENT_ID,
        "public_url": "https://planswitch.example.com",
    }
    assert sign_in_provider(load_settings(**right)) is not None
    assert sign_in_provider(load_settings()) is None

    with pytest.raises(InvalidInput, match=field):
        sign_in_provider(load_settings(**{**right, **changes}))
