"""Tokens of profiles from a running authority over TLS: kept, renewed, refused, and by whom it is mended."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from domain.kernel.awaited import Party
from domain.kernel.errors import AccessLost, InvalidInput, ProviderUnavailable
from providers.access.credentials import Credentials
from providers.access.profiles import Audience, CloudProfiles
from providers.access.token_requests import TokenAnswer, TokenRequests
from providers.access.tokens import REFUSED_SECONDS, NoSignIns, ProfileTokens, SignIns
from store.vault.secret_files import open_to_others
from tests.support.access.authority import Authority, client_certificate
from tests.support.access.profile_files import profile_file

NOBODY = "99999999-0000-4000-8000-000000000009"
LOOPBACK = "http://localhost:51234"


class _Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        """Return the seconds that the test has set."""
        return self.now


class _OneSignIn:
    """Keeps the refresh token of one person in memory."""

    def __init__(self, refresh_token: str) -> None:
        self.refresh_token = refresh_token

    def renewed(
        self, profile: str, audience: str, client_id: str, redeem: Callable[[str], tuple[str, TokenAnswer]]
    ) -> TokenAnswer | None:
        """Redeem it, and keep the next one."""
        self.refresh_token, answer = redeem(self.refresh_token)
        return answer


class _Counted(TokenRequests):
    """Counts how often a token service was asked."""

    asked = 0

    def of_application(self, *words: Any, **options: Any) -> TokenAnswer:
        """Ask, and count it."""
        self.asked += 1
        return super().of_application(*words, **options)


class _Access:
    """Tokens of one profile, with all that a test changes."""

    def __init__(
        self, running: Authority, folder: Path, sign_ins: SignIns | None = None, /, **fields: object
    ) -> None:
        (folder / "cloud.toml").unlink(missing_ok=True)
        self.profiles = CloudProfiles.load(profile_file(running, folder, **fields))
        self.profile = self.profiles.named("one")
        self.clock = _Clock()
        credentials = Credentials(open_to_others)
        self.requests = _Counted(credentials)
        self.tokens = ProfileTokens(
            self.profiles, self.requests, credentials, sign_ins or NoSignIns(), clock=self.clock
        )

    def token(self, organization_id: str, audience: Audience = Audience.DIRECTORY) -> str:
        """Return a token."""
        return self.tokens.token(organization_id, audience)


def _person(authority: Authority, access: _Access, audience: Audience = Audience.SELLER) -> TokenAnswer:
    """Sign the person in by a browser."""
    flow = access.requests.begun_sign_in(access.profile, audience, LOOPBACK)
    _action, fields = authority.posted_sign_in(flow["auth_uri"])
    return access.requests.finished_sign_in(access.profile, audience, flow, fields)


def test_a_certificate_lets_in_at_directory_and_seller(
    authority: Authority, organization_id: str, tmp_path: Path
) -> None:
    """The directory takes a token of the organization's tenant, the seller one of ours."""
    access = _Access(authority, tmp_path)
    directory, seller = (
        access.token(organization_id, each) for each in (Audience.DIRECTORY, Audience.SELLER)
    )

    browser = authority.browser
    assert browser.get("/v1.0/users", headers={"Authorization": f"Bearer {directory}"}).status_code == 200
    path = f"/v1/customers/{organization_id}/subscriptions"
    assert browser.get(path, headers={"Authorization": f"Bearer {directory}"}).status_code == 401
    assert directory != seller


def test_a_token_is_kept_and_renewed_before_it_ends(
    authority: Authority, organization_id: str, tmp_path: Path
) -> None:
    """One token for each tenant and audience, asked for again five minutes before the end of its hour."""
    access = _Access(authority, tmp_path)
    first = access.token(organization_id)

    assert access.token(organization_id) == first
    assert access.requests.asked == 1
    access.clock.now += 3_600 - 301
    assert access.token(organization_id) == first
    access.clock.now += 2
    assert access.token(organization_id) != first
    assert access.requests.asked == 2


def test_a_token_that_can_not_be_renewed_early_is_used_to_its_end(
    authority: Authority, organization_id: str, tmp_path: Path
) -> None:
    """A token service that is away for a moment stops nobody who still holds a token."""
    access = _Access(authority, tmp_path)
    first = access.token(organization_id)
    authority.register(certificates=[])
    access.clock.now += 3_600 - 200
    assert access.token(organization_id) == first

    access.clock.now += 190
    with pytest.raises(AccessLost):
        access.token(organization_id)


def test_a_refused_token_is_renewed_once_for_all_who_hold_it(
    authority: Authority, organization_id: str, tmp_path: Path
) -> None:
    """Of several who were refused with the same token one asks; the others get what it got."""
    access = _Access(authority, tmp_path)
    old = access.token(organization_id)
    new = access.tokens.renewed(organization_id, Audience.DIRECTORY, refused=old)

    assert new != old
    assert access.tokens.renewed(organization_id, Audience.DIRECTORY, refused=old) == new
    assert access.requests.asked == 2


def test_a_claims_challenge_is_handed_on(authority: Authority, organization_id: str, tmp_path: Path) -> None:
    """After the sessions of a tenant were ended, a token that meets the challenge is taken again."""
    access = _Access(authority, tmp_path)
    old = access.token(organization_id)
    authority.revoke(organization_id)
    claims = json.dumps({"access_token": {"nbf": {"essential": True, "value": "1"}}})
    new = access.tokens.renewed(organization_id, Audience.DIRECTORY, refused=old, claims=claims)

    answers = [
        authority.browser.get("/v1.0/users", headers={"Authorization": f"Bearer {each}"}).status_code
        for each in (old, new)
    ]
    assert answers == [401, 200]


@pytest.mark.parametrize("claims", ["no json", "[]", "5"])
def test_claims_that_make_no_sense_ask_for_nothing(
    authority: Authority, organization_id: str, tmp_path: Path, claims: str
) -> None:
    """A provider that garbles its challenge gets another token, and no step fails by it."""
    access = _Access(authority, tmp_path)
    old = access.token(organization_id)

    assert access.tokens.renewed(organization_id, Audience.DIRECTORY, refused=old, claims=claims) != old


def test_a_token_service_that_fails_is_waited_for(
    authority: Authority, organization_id: str, tmp_path: Path
) -> None:
    """A server's failure says nothing of anybody's access."""
    access = _Access(authority, tmp_path)
    authority.faults(organization_id, {"operation": "token", "fault": "failed", "status": 503, "hits": [1]})

    with pytest.raises(ProviderUnavailable, match="status 503"):
        access.token(organization_id)
    assert access.token(organization_id)


def test_a_certificate_is_replaced_while_everything_runs(
    authority: Authority, organization_id: str, tmp_path: Path
) -> None:
    """The file is read for each token; nobody starts a process again."""
    file = tmp_path / "app.pem"
    file.write_text(authority.certificate.file.read_text())
    file.chmod(0o600)
    access = _Access(authority, tmp_path, certificate_file=str(file))
    old = access.token(organization_id)
    new = client_certificate(tmp_path, "new")
    authority.register(certificates=[new.certificate])
    with pytest.raises(AccessLost, match="AADSTS700027"):
        access.tokens.renewed(organization_id, Audience.DIRECTORY, refused=old)

    file.write_text(new.file.read_text())
    access.clock.now += REFUSED_SECONDS
    assert access.token(organization_id)


def test_a_secret_comes_from_a_file_or_from_a_program(
    authority: Authority, organization_id: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Both prove the application; no line of any log has the secret, and no shell reads the command."""
    secret = "the-secret $HOME `id`"
    authority.register(secrets=[{"secret": secret}])
    file = tmp_path / "secret"
    file.write_text(secret + "\n")
    file.chmod(0o600)
    command = [sys.executable, "-c", "import sys; print(sys.argv[1])", secret]
    with caplog.at_level(logging.DEBUG):
        for fields in ({"secret_file": str(file)}, {"secret_command": command}):
            access = _Access(authority, tmp_path, certificate_file=None, **fields)
            token = access.token(organization_id)
            assert token
            assert secret not in caplog.text
            assert token not in caplog.text


@pytest.mark.parametrize(
    ("fields", "mode", "words"),
    [
        ({"secret_file": "secret"}, 0o644, "other accounts may read"),
        ({"secret_file": "absent"}, 0o600, "No such file"),
        ({"certificate_file": "secret"}, 0o600, "no PEM with a private key"),
        ({"certificate_file": "broken"}, 0o600, "no PEM with a private key"),
        ({"certificate_file": "usable", "ca_file": "absent"}, 0o600, "ca_file of the profile one"),
        ({"secret_command": ["true"]}, 0o600, "printed nothing"),
        ({"secret_command": ["false"]}, 0o600, "ended with code 1"),
        ({"secret_command": ["no-such-program-here"]}, 0o600, "can't be run"),
    ],
)
def test_a_credential_that_can_not_be_used_waits_for_the_operator(
    authority: Authority, tmp_path: Path, fields: dict[str, object], mode: int, words: str
) -> None:
    """A running switch waits until the file is mended; its content is in no message."""
    file = tmp_path / "secret"
    file.write_text("hidden-content")
    file.chmod(mode)
    broken = authority.certificate.file.read_text().replace("-----BEGIN PRIVATE KEY-----\nM", "-----BEGIN")
    (tmp_path / "broken").write_text(broken)
    (tmp_path / "broken").chmod(mode)
    (tmp_path / "usable").symlink_to(authority.certificate.file)
    access = _Access(authority, tmp_path, **{"certificate_file": None, **fields})

    with pytest.raises(AccessLost, match=words) as caught:
        access.token(NOBODY)

    assert caught.value.handling.is_retryable
    assert "hidden-content" not in caught.value.message


def test_what_is_missing_is_named_with_who_mends_it(
    authority: Authority, organization_id: str, tmp_path: Path
) -> None:
    """Each number of the vendor leads to one party and one remedy; a consent link is told, and not opened."""
    access = _Access(authority, tmp_path)
    stranger = client_certificate(tmp_path, "stranger")
    foreign = _Access(authority, tmp_path, certificate_file=str(stranger.file))

    with pytest.raises(AccessLost) as unknown:
        access.token(NOBODY)
    with pytest.raises(AccessLost) as unregistered:
        foreign.token(organization_id)

    assert (unknown.value.vendor_code, unregistered.value.vendor_code) == ("AADSTS90002", "AADSTS700027")
    assert "knows no tenant" in unknown.value.message
    assert unregistered.value.details["awaited"].party is Party.OPERATOR


def test_a_refusal_is_not_asked_for_again_at_once(authority: Authority, tmp_path: Path) -> None:
    """Hundreds of users may fail in the same second; the service is asked once, and again after seconds."""
    access = _Access(authority, tmp_path)
    for _ in range(3):
        with pytest.raises(AccessLost, match="AADSTS90002"):
            access.token(NOBODY)
    assert access.requests.asked == 1

    access.clock.now += REFUSED_SECONDS
    with pytest.raises(AccessLost):
        access.token(NOBODY)
    assert access.requests.asked == 2


def test_a_token_service_that_is_away_is_waited_for(authority: Authority, tmp_path: Path) -> None:
    """No answer, and a server whose certificate nobody vouches for, are outages and no refusals."""
    absent = _Access(authority, tmp_path, authority="https://127.0.0.1:9")
    with pytest.raises(ProviderUnavailable, match=r"127\.0\.0\.1:9 gave no usable answer") as caught:
        absent.token(NOBODY)
    assert caught.value.details["awaited"].party is Party.TOKEN_SERVICE

    untrusted = _Access(authority, tmp_path, ca_file=None)
    with pytest.raises(ProviderUnavailable, match="certificate"):
        untrusted.token(NOBODY)


def test_a_person_signs_in_by_a_browser_and_stays_signed_in(
    authority: Authority, organization_id: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The refresh token is redeemed for each token, and the one that follows is kept (PKCE, rotation)."""
    caplog.set_level(logging.DEBUG)
    authority.register(redirect_uris=["http://localhost"])
    authority.cloud.settings(is_refresh_single=True)
    by_user = {"grant": "application_and_user"}
    answer = _person(authority, _Access(authority, tmp_path, **by_user))
    sign_ins = _OneSignIn(answer.refresh_token)
    access = _Access(authority, tmp_path, sign_ins, **by_user)
    first = access.token(organization_id, Audience.SELLER)

    header = {"Authorization": f"Bearer {first}", "ValidateMfa": "true"}
    path = f"/v1/customers/{organization_id}/subscriptions"
    assert authority.browser.get(path, headers=header).headers["isMfaCompliant"] == "true"
    assert sign_ins.refresh_token != answer.refresh_token
    assert access.tokens.renewed(organization_id, Audience.SELLER, refused=first) != first
    for secret in (first, answer.refresh_token, sign_ins.refresh_token):
        assert secret not in caplog.text


def test_a_silent_service_is_asked_again_after_a_while_and_holds_nobody_up(
    authority: Authority, organization_id: str, tmp_path: Path
) -> None:
    """Who holds a good token goes on with it; the renewal is tried every half minute, not with each call."""
    access = _Access(authority, tmp_path)
    first = access.token(organization_id)
    authority.faults(organization_id, {"operation": "token", "fault": "failed", "status": 503, "hits": [1]})
    access.clock.now += 3_600 - 200
    assert [access.token(organization_id) for _ in range(3)] == [first] * 3
    assert access.requests.asked == 2

    access.clock.now += 31
    assert access.token(organization_id) != first


def test_an_organization_in_another_spelling_has_the_same_token(
    authority: Authority, organization_id: str, tmp_path: Path
) -> None:
    """One is kept, whatever the id looked like; what is no id is asked about nowhere."""
    access = _Access(authority, tmp_path)
    first = access.token(organization_id)

    assert access.token(f"{{{organization_id.upper()}}}") == first
    assert access.requests.asked == 1
    with pytest.raises(InvalidInput, match="directory id"):
        access.token("contoso.com")
    assert access.requests.asked == 1


def test_a_sign_in_that_was_ended_names_the_command(
    authority: Authority, organization_id: str, tmp_path: Path
) -> None:
    """A revoked grant (AADSTS50173), and nobody who has signed in, ask for a sign-in by its command."""
    authority.register(redirect_uris=["http://localhost"])
    by_user = {"grant": "application_and_user"}
    answer = _person(authority, _Access(authority, tmp_path, **by_user))
    authority.revoke(authority.tenant_id)
    ended = _Access(authority, tmp_path, _OneSignIn(answer.refresh_token), **by_user)
    nobody = _Access(authority, tmp_path, **by_user)

    for access, code in ((ended, "AADSTS50173"), (nobody, "")):
        with pytest.raises(AccessLost) as caught:
            access.token(organization_id, Audience.SELLER)
        assert caught.value.vendor_code == code
        assert "`planswitch cloud sign-in one`" in caught.value.remedy
        assert caught.value.details["awaited"].party is Party.OPERATOR


def test_a_device_signs_in_once_its_person_has(authority: Authority, tmp_path: Path) -> None:
    """A public client has no secret: a person enters a code elsewhere, and the device asks until then."""
    authority.register(is_public_client=True)
    access = _Access(authority, tmp_path, certificate_file=None, is_public_client=True)
    flow = access.requests.begun_device(access.profile, Audience.SELLER)

    assert access.requests.finished_device(access.profile, Audience.SELLER, flow) is None
    authority.confirm_device(flow["user_code"])
    answer = access.requests.finished_device(access.profile, Audience.SELLER, flow)
    assert answer is not None
    assert answer.refresh_token
    assert answer.refresh_token not in repr(answer)
