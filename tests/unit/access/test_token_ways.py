"""The way to a token service: whom it trusts, which proxy it takes, what it never follows (access#tokens)."""

from __future__ import annotations

import logging
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from domain.kernel.awaited import Party
from domain.kernel.errors import AccessLost, InvalidInput, ProviderUnavailable
from providers.access.credentials import Credentials
from providers.access.profiles import Audience, CloudProfile, CloudProfiles
from providers.access.token_requests import TokenRequests
from providers.access.token_service import TokenService
from sandbox.authority.certificates import TlsFiles, tls_files
from store.vault.secret_files import open_to_others
from tests.support.clouds.line_parts import always
from tests.support.clouds.socket_server import Script, SocketServer, Talk, answer, serving

HOME = "11111111-1111-4111-8111-111111111111"
SECRET = "never-told-to-anybody"
BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the machine's own proxies and files of authorities away."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    for name in (*BUNDLES, "SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(name="files", scope="module")
def _files(tmp_path_factory: pytest.TempPathFactory) -> TlsFiles:
    """Return the certificates of a server on this machine, and of who vouches for it."""
    return tls_files(tmp_path_factory.mktemp("tls"))


@contextmanager
def _served(files: TlsFiles, script: Script) -> Iterator[SocketServer]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.server_file)
    with serving(script, tls=context) as server:
        yield server


def _profile(folder: Path, authority: str, ca_file: Path | None = None) -> CloudProfile:
    (folder / "secret").write_text(SECRET)
    (folder / "secret").chmod(0o600)
    trusted = f'ca_file = "{ca_file}"\n' if ca_file else ""
    file = folder / "cloud.toml"
    file.write_text(
        f'[profiles.one]\ntenant_id = "{HOME}"\nclient_id = "{HOME}"\nsecret_file = "secret"\n'
        f'authority = "{authority}"\ninstance_discovery = false\n{trusted}'
    )
    return CloudProfiles.load(file).named("one")


def _got(profile: CloudProfile, url: str, *, timeout_seconds: float = 30.0) -> int:
    """Return the status of a GET."""
    service = TokenService(profile, timeout_seconds=timeout_seconds)
    try:
        return service.get(url).status_code
    finally:
        service.close()


@pytest.mark.parametrize("bundle", BUNDLES)
def test_a_file_of_authorities_that_the_environment_names_counts_for_nothing(
    files: TlsFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bundle: str
) -> None:
    """The profile's file is trusted beside a foreign bundle, and no bundle takes the profile's place."""
    foreign = tls_files(tmp_path / "foreign").ca_file
    with _served(files, partial(always, b"{}")) as server:
        url = f"https://127.0.0.1:{server.port}"
        monkeypatch.setenv(bundle, str(foreign))
        assert _got(_profile(tmp_path, url, files.ca_file), f"{url}/a") == 200

        monkeypatch.setenv(bundle, str(files.ca_file))
        for ca_file in (None, foreign):
            with pytest.raises(ProviderUnavailable, match="certificate"):
                _got(_profile(tmp_path, url, ca_file), f"{url}/b")
        assert len(server.requests) == 1


def test_a_service_of_this_machine_is_reached_without_a_proxy(
    files: TlsFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy can't reach this machine for us; host and port are alike in any spelling."""
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    with _served(files, partial(always, b"{}")) as server:
        for host in ("127.0.0.1", "LOCALHOST"):
            profile = _profile(tmp_path, f"https://{host}:{server.port}", files.ca_file)
            assert _got(profile, f"https://{host.lower()}:{server.port}/a") == 200


def test_a_proxy_reads_the_host_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The secret goes through a tunnel or nowhere: a proxy that opens none leaves the service silent."""

    def refuse(talk: Talk) -> None:
        talk.read()
        talk.write(answer(b"", status="502 Bad Gateway"))

    profile = _profile(tmp_path, "https://authority.example")
    with serving(refuse) as proxy:
        monkeypatch.setenv("https_proxy", f"http://u:p%40s@127.0.0.1:{proxy.port}")
        with pytest.raises(ProviderUnavailable, match=r"authority\.example gave no usable answer") as caught:
            TokenRequests(Credentials(open_to_others)).of_application(profile, Audience.DIRECTORY, HOME)

    (request,) = (each.decode() for each in proxy.requests)
    assert request.startswith("CONNECT authority.example:443 HTTP/1.1\r\n")
    assert "\r\nProxy-Authorization: Basic dTpwQHM=\r\n" in request
    assert SECRET not in request
    assert "p@s" not in caught.value.message
    assert caught.value.details["awaited"].party is Party.TOKEN_SERVICE


def test_a_host_that_the_environment_excepts_takes_no_proxy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """NO_PROXY names hosts that are reached directly; this one is not there."""
    with serving(partial(always, b"{}")) as proxy:
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{proxy.port}")
        monkeypatch.setenv("no_proxy", "authority.invalid")
        with pytest.raises(ProviderUnavailable):
            _got(_profile(tmp_path, "https://authority.invalid"), "https://authority.invalid/a")
        assert proxy.requests == []


def test_a_proxy_of_no_use_is_waited_for_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An operator mends the environment; its password is in no message."""
    monkeypatch.setenv("https_proxy", "socks5://user:hidden@proxy.example:1080")
    profile = _profile(tmp_path, "https://authority.example")

    with pytest.raises(AccessLost, match="proxy of the environment") as caught:
        TokenRequests(Credentials(open_to_others)).of_application(profile, Audience.DIRECTORY, HOME)
    assert "hidden" not in f"{caught.value.message}{caught.value.details}"
    with pytest.raises(InvalidInput):
        TokenService(profile)


def test_no_redirect_is_followed(files: TlsFiles, tmp_path: Path) -> None:
    """Whoever answers that the service is elsewhere gets no credential there, not even at the same host."""

    def lead_away(talk: Talk) -> None:
        while talk.read():
            talk.write(answer(b"{}", status="307 Temporary Redirect", headers=f"Location: {elsewhere}\r\n"))

    with serving(partial(always, b"{}")) as other, _served(files, lead_away) as server:
        elsewhere = f"http://127.0.0.1:{other.port}/token"
        url = f"https://127.0.0.1:{server.port}"
        service = TokenService(_profile(tmp_path, url, files.ca_file))
        try:
            with pytest.raises(ProviderUnavailable, match="leads to another address"):
                service.post(f"{url}/token", data={"client_secret": SECRET})
        finally:
            service.close()
        assert other.requests == []
        assert len(server.requests) == 1


def test_a_silent_service_is_not_waited_for_without_an_end(files: TlsFiles, tmp_path: Path) -> None:
    """A server that takes the call and says nothing is an outage after the time-out."""

    def be_silent(talk: Talk) -> None:
        while talk.read():
            pass

    with _served(files, be_silent) as server:
        url = f"https://127.0.0.1:{server.port}"
        with pytest.raises(ProviderUnavailable, match="ReadTimeout"):
            _got(_profile(tmp_path, url, files.ca_file), f"{url}/a", timeout_seconds=0.3)


def test_an_answer_that_can_not_be_read_is_in_no_log(
    files: TlsFiles, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The library would write a broken answer into the log as it came, with the token in it."""
    token = "eyJhbGciOiJub25lIn0.broken-token"

    def broken(talk: Talk) -> None:
        while request := talk.read():
            kind = request.split(b" ")[0]
            base = f"https://127.0.0.1:{server.port}"
            described = f'{{"token_endpoint": "{base}/{HOME}/token", "authorization_endpoint": "{base}/a"}}'
            body = described.encode() if kind == b"GET" else f'{{"access_token": "{token}", '.encode()
            talk.write(answer(body))

    with _served(files, broken) as server, caplog.at_level(logging.DEBUG):
        profile = _profile(tmp_path, f"https://127.0.0.1:{server.port}", files.ca_file)
        with pytest.raises(ProviderUnavailable, match="can't be read") as caught:
            TokenRequests(Credentials(open_to_others)).of_application(profile, Audience.DIRECTORY, HOME)

    assert any(SECRET in each.decode() for each in server.requests)
    assert token not in caplog.text + caught.value.message
    assert SECRET not in caplog.text + caught.value.message


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        ("404 Not Found", b"<html>Nothing here.</html>", "is no token service for the tenant"),
        ("400 Bad Request", b'{"error_description": "AADSTS90002: Tenant x not found."}', "AADSTS90002"),
    ],
)
def test_a_service_that_does_not_describe_itself_is_lost_access(
    files: TlsFiles, tmp_path: Path, status: str, body: bytes, words: str
) -> None:
    """The library raises a bare ValueError there: an operator reads what to correct in its place."""

    def refuse(talk: Talk) -> None:
        while talk.read():
            talk.write(answer(body, status=status))

    with _served(files, refuse) as server:
        profile = _profile(tmp_path, f"https://127.0.0.1:{server.port}", files.ca_file)
        with pytest.raises(AccessLost, match=words) as caught:
            TokenRequests(Credentials(open_to_others)).of_application(profile, Audience.DIRECTORY, HOME)

    assert "`cloud` of the profile" in caught.value.remedy
    assert caught.value.details["awaited"].party is Party.OPERATOR
