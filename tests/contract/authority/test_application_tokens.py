"""Tokens of an application alone: who gets one, and the vendor's words for a refusal (sandbox#tokens)."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pytest

from sandbox.kernel.clock import ManualClock
from tests.support.access.assertions import aadsts, application_token, ask, bearer, with_assertion
from tests.support.access.authority import (
    DIRECTORY_SCOPE,
    Authority,
    client_certificate,
    running_authority,
)

NOBODY = "99999999-0000-4000-8000-000000000009"


@pytest.mark.parametrize("algorithm", ["PS256", "RS256"])
def test_certificate_opens_the_directory(authority: Authority, organization_id: str, algorithm: str) -> None:
    """An assertion by either algorithm gets a token with the permissions, and the directory takes it."""
    answer = with_assertion(authority, organization_id, algorithm=algorithm)
    tokens = answer.json()

    assert (answer.status_code, tokens["token_type"], tokens["expires_in"]) == (200, "Bearer", 3600)
    users = authority.browser.get("/v1.0/users?$top=2", headers=bearer(tokens["access_token"]))
    assert len(users.json()["value"]) == 2


def test_certificate_of_somebody_else_is_refused(
    authority: Authority, organization_id: str, tmp_path: Path
) -> None:
    """A certificate that is not registered, one that is over, and a foreign signature are AADSTS700027."""
    stranger = client_certificate(tmp_path, "stranger")
    over = client_certificate(tmp_path, "over", valid_days=0)
    authority.register(certificates=[authority.certificate.certificate, over.certificate])
    forged = type(stranger)(
        file=stranger.file, certificate=authority.certificate.certificate, key=stranger.key
    )

    for certificate in (stranger, over, forged):
        refused = with_assertion(authority, organization_id, certificate=certificate)
        assert aadsts(refused) == (401, 700027)


def test_certificate_is_replaced(authority: Authority, organization_id: str, tmp_path: Path) -> None:
    """A certificate that takes the place of another is taken from then on, and the other one is not."""
    new = client_certificate(tmp_path, "new")
    authority.register(certificates=[new.certificate])

    assert with_assertion(authority, organization_id, certificate=new).status_code == 200
    assert aadsts(with_assertion(authority, organization_id)) == (401, 700027)


def test_assertion_is_for_this_authority_and_for_now(authority: Authority, organization_id: str) -> None:
    """An assertion for another address is AADSTS700023; one that is over, or of another, AADSTS700024."""
    for claims, number in (
        ({"aud": "https://login.microsoftonline.com/common/oauth2/v2.0/token"}, 700023),
        ({"exp": 1}, 700024),
        ({"sub": NOBODY}, 700024),
    ):
        assert aadsts(with_assertion(authority, organization_id, claims=claims)) == (401, number)


def test_secret_opens_until_it_ends(authority: Authority, organization_id: str) -> None:
    """A secret is taken until it ends (AADSTS7000222); another one is AADSTS7000215, none AADSTS7000216."""
    past, words = "2026-01-01T00:00:00Z", {"grant_type": "client_credentials", "scope": DIRECTORY_SCOPE}
    authority.register(secrets=[{"secret": "right"}, {"secret": "old", "ends_at": past}])
    fields = words | {"client_id": authority.client_id}

    assert ask(authority, organization_id, **fields, client_secret="right").status_code == 200
    assert aadsts(ask(authority, organization_id, **fields, client_secret="old")) == (401, 7000222)
    assert aadsts(ask(authority, organization_id, **fields, client_secret="wrong")) == (401, 7000215)
    assert aadsts(ask(authority, organization_id, **fields)) == (401, 7000216)


def test_unknown_names_are_refused(authority: Authority, organization_id: str) -> None:
    """An unknown tenant, application, resource, scope or grant has its number."""
    retired = "https://graph.windows.net/.default"
    fields = {"grant_type": "client_credentials", "scope": DIRECTORY_SCOPE, "client_id": NOBODY}

    assert aadsts(with_assertion(authority, NOBODY)) == (400, 90002)
    assert aadsts(ask(authority, organization_id, **fields)) == (400, 700016)
    assert aadsts(with_assertion(authority, organization_id, scope="https://no.example/.default")) == (
        400,
        500011,
    )
    assert aadsts(with_assertion(authority, organization_id, scope="User.Read.All")) == (400, 1002012)
    assert aadsts(with_assertion(authority, organization_id, grant_type="password")) == (400, 70003)
    assert aadsts(ask(authority, organization_id)) == (400, 900144)
    assert with_assertion(authority, organization_id, scope=retired).status_code == 200


def test_description_leads_to_the_paths(authority: Authority, organization_id: str) -> None:
    """The description names issuer, paths and keys below the address under which it was called."""
    described = authority.browser.get(f"/{organization_id}/v2.0/.well-known/openid-configuration").json()
    keys = authority.browser.get(described["jwks_uri"]).json()["keys"]

    assert described["issuer"] == f"{authority.url}/{organization_id}/v2.0"
    assert described["token_endpoint"] == f"{authority.url}/{organization_id}/oauth2/v2.0/token"
    assert [key["alg"] for key in keys] == ["RS256"]


def test_nothing_is_given_without_tls(authority: Authority, organization_id: str) -> None:
    """The plain port answers no call of the authority, and TLS none under a foreign name."""
    plain = authority.cloud.control.post(f"/{organization_id}/oauth2/v2.0/token", data={"grant_type": "x"})
    foreign = authority.browser.get(
        f"/{organization_id}/v2.0/.well-known/openid-configuration", headers={"Host": "evil.example"}
    )

    assert (plain.status_code, plain.json()["code"]) == (400, "TLS_NEEDED")
    assert (foreign.status_code, foreign.json()["code"]) == (400, "TLS_NEEDED")


def test_certification_authority_is_the_installations_own(authority: Authority) -> None:
    """A client that trusts the public authorities alone does not connect; nobody else can read the keys."""
    with pytest.raises(httpx2.ConnectError), httpx2.Client() as stranger:
        stranger.get(authority.url)

    folder = authority.ca_file.parent
    assert {oct(file.stat().st_mode & 0o777) for file in folder.iterdir()} == {"0o600"}


def test_token_ends(tmp_path: Path) -> None:
    """A token is taken until its end and refused from then on with a challenge (RFC 6750)."""
    clock = ManualClock(datetime.now(UTC))
    with running_authority(tmp_path, clock=clock) as authority:
        organization_id = authority.cloud.organization(users=2)["organization_id"]
        header = bearer(application_token(authority, organization_id))
        clock.advance(seconds=3_590)
        before = authority.browser.get("/v1.0/users", headers=header)
        clock.advance(seconds=11)
        after = authority.browser.get("/v1.0/users", headers=header)

    assert (before.status_code, after.status_code) == (200, 401)
    assert after.json()["error"]["message"] == "Lifetime validation failed, the token is expired."
    assert 'error="invalid_token"' in after.headers["www-authenticate"]


def test_identities_outlast_a_restart(tmp_path: Path) -> None:
    """Certificates, signing key and applications are of the folder: a token of before is taken afterwards."""
    with running_authority(tmp_path) as authority:
        organization_id = authority.cloud.organization(users=2)["organization_id"]
        token, trusted = application_token(authority, organization_id), authority.ca_file.read_bytes()
        journal = authority.cloud.journal.read_text()
    with running_authority(tmp_path) as authority:
        users = authority.browser.get("/v1.0/users", headers=bearer(token))

        assert (users.status_code, authority.ca_file.read_bytes()) == (200, trusted)
    assert "PRIVATE" not in journal
