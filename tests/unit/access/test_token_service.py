"""Where secrets of a sign-in may go, what a refusal means, and what a browser may bring back."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import httpx2
import pytest

from cli.stack.returned_code import Returned
from domain.kernel.awaited import Party
from domain.kernel.errors import ProviderUnavailable
from providers.access import token_requests
from providers.access.credentials import Credentials
from providers.access.hosts import HOSTS, CloudName
from providers.access.profiles import Audience, CloudProfile, CloudProfiles
from providers.access.token_refusals import MEANINGS, token_refused
from providers.access.token_service import ServiceAnswer, TokenService
from store.vault.secret_files import open_to_others

HOME = "11111111-1111-4111-8111-111111111111"
ORGANIZATION = "33333333-3333-4333-8333-333333333333"
ACCESS_PAGE = Path(__file__).parents[3] / "docs" / "access.md"


@pytest.fixture(name="profile")
def _profile(tmp_path: Path) -> CloudProfile:
    """Return a profile of the vendor's cloud."""
    file = tmp_path / "cloud.toml"
    file.write_text(
        f'[profiles.one]\ntenant_id = "{HOME}"\nclient_id = "{HOME}"\ncertificate_file = "app.pem"\n'
    )
    return CloudProfiles.load(file).named("one")


@pytest.mark.parametrize(
    "url",
    [
        "https://login.microsoftonline.com.evil.test/token",
        "https://login.microsoftonline.com:8443/token",
        "https://evil.test/token",
        "http://login.microsoftonline.com/token",
    ],
)
def test_a_credential_goes_to_the_profiles_own_token_service_alone(profile: CloudProfile, url: str) -> None:
    """A service that describes itself with another address gets nothing sent there, over TLS or not."""
    service = TokenService(profile)
    try:
        with pytest.raises(ProviderUnavailable, match="gets no credential"):
            service.post(url, data={"client_assertion": "secret"})
    finally:
        service.close()


class _Service:
    """Stands at the edge of the network: describes itself, gives a token, and keeps what it was asked."""

    def __init__(self, profile: CloudProfile) -> None:
        self.asked: list[tuple[str, Any]] = []
        self._authority = profile.authority

    def get(self, url: str, **_options: Any) -> ServiceAnswer:
        """Describe the service."""
        self.asked.append((url, None))
        base = f"{self._authority}/{ORGANIZATION}/oauth2/v2.0"
        words = {"token_endpoint": f"{base}/token", "authorization_endpoint": f"{base}/authorize"}
        return ServiceAnswer(status_code=200, text=json.dumps(words))

    def post(self, url: str, data: Any = None, **_options: Any) -> ServiceAnswer:
        """Give a token."""
        self.asked.append((url, data))
        words = {"access_token": "a-token", "token_type": "Bearer", "expires_in": 3_600}
        return ServiceAnswer(status_code=200, text=json.dumps(words))

    def close(self) -> None:
        """Keep what was asked."""


@pytest.mark.parametrize("cloud", CloudName)
@pytest.mark.parametrize("override", ["", 'directory_audience = "https://other-graph.test"\n'])
def test_each_cloud_is_asked_at_its_own_token_service_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cloud: CloudName, override: str
) -> None:
    """A national cloud's application is told to no service of another cloud, also not to look one up."""
    (tmp_path / "secret").write_text("a-secret-of-the-tests")
    (tmp_path / "secret").chmod(0o600)
    file = tmp_path / "cloud.toml"
    file.write_text(
        f'[profiles.one]\ncloud = "{cloud}"\ntenant_id = "{HOME}"\nclient_id = "{HOME}"\n'
        f'secret_file = "secret"\n{override}'
    )
    profile = CloudProfiles.load(file).named("one")
    service = _Service(profile)
    monkeypatch.setattr(token_requests, "TokenService", lambda _profile: service)
    requests = token_requests.TokenRequests(Credentials(open_to_others))
    requests.of_application(profile, Audience.DIRECTORY, ORGANIZATION)

    authority = HOSTS[cloud].authority
    described, asked = service.asked
    assert described == (f"{authority}/{ORGANIZATION}/v2.0/.well-known/openid-configuration", None)
    assert asked[0] == f"{authority}/{ORGANIZATION}/oauth2/v2.0/token"
    audience = "https://other-graph.test" if override else HOSTS[cloud].directory_audience
    assert asked[1]["scope"] == f"{audience}/.default"


@pytest.mark.parametrize("number", sorted(MEANINGS))
def test_each_number_of_the_vendor_says_who_acts_and_how(profile: CloudProfile, number: str) -> None:
    """No number leads to a riddle: party, action and remedy are whole, and the vendor's text is not kept."""
    text = f"AADSTS{number}: user ada@partner.example has a problem. Trace ID: 1"
    lost = token_refused(profile, Audience.SELLER, ORGANIZATION, error="invalid_grant", text=text)
    awaited = lost.details["awaited"]

    assert lost.vendor_code == f"AADSTS{number}"
    assert awaited.party in {Party.OPERATOR, Party.ADMINISTRATOR}
    assert awaited.action
    assert awaited.remedy == lost.remedy
    for words in (lost.message, awaited.action, lost.remedy):
        assert "ada@" not in words
        assert not re.search(r"[{}]", words)


def test_the_page_of_access_has_every_number() -> None:
    """Whoever reads a number in a wait finds it in docs/access.md#access-that-is-lost."""
    table = ACCESS_PAGE.read_text(encoding="utf-8").partition("## Access that is lost")[2]
    numbers = set(re.findall(r"\b(?:AADSTS)?(\d{5,7})\b", table))

    assert set(MEANINGS) <= numbers


def test_an_application_that_is_not_known_at_home_is_a_wrong_id(profile: CloudProfile) -> None:
    """Elsewhere the same number means that an administrator has not consented."""
    text = "AADSTS700016: Application not found in the directory."
    home = token_refused(profile, Audience.SELLER, HOME, text=text)
    elsewhere = token_refused(profile, Audience.DIRECTORY, ORGANIZATION, text=text)

    assert home.details["awaited"].party is Party.OPERATOR
    assert "`client_id`" in home.remedy
    assert elsewhere.details["awaited"].party is Party.ADMINISTRATOR
    assert home.vendor_code == elsewhere.vendor_code == "AADSTS700016"


def test_a_word_that_nobody_knows_is_told_as_it_is(profile: CloudProfile) -> None:
    """A new number of the vendor is named, and a text in place of a word is not."""
    new = token_refused(profile, Audience.SELLER, ORGANIZATION, text="AADSTS9999999: New.")
    word = token_refused(profile, Audience.SELLER, ORGANIZATION, error="temporarily_odd")
    text = token_refused(profile, Audience.SELLER, ORGANIZATION, error="see ada@partner.example")

    assert [each.vendor_code for each in (new, word, text)] == ["AADSTS9999999", "temporarily_odd", ""]
    assert "AADSTS9999999" in new.message


def test_only_the_awaited_sign_in_is_taken_from_a_browser() -> None:
    """Other pages know neither the state of the sign-in nor a way to end the wait, whatever they send."""
    with Returned() as returned:
        unready = httpx2.post(returned.address, data={"state": "", "code": "c"}, trust_env=False)
        returned.state = "right"
        wrong: list[dict[str, str]] = [{"state": "wrong", "code": "c"}, {"state": "right"}, {"code": "c"}]
        answers = [httpx2.post(returned.address, data=each, trust_env=False) for each in wrong]
        long = httpx2.post(returned.address, data={"state": "right", "code": "c" * 40_000}, trust_env=False)
        taken = httpx2.post(
            returned.address, data={"state": "right", "code": "c", "other": "x"}, trust_env=False
        )
        again = httpx2.get(f"{returned.address}/?state=right&error=access_denied", trust_env=False)

        assert [each.status_code for each in (unready, *answers, long, taken)] == [400] * 5 + [200]
        assert again.status_code == 200
        assert returned.wait(1) == {"state": "right", "code": "c"}
