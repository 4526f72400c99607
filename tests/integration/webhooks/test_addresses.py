"""Where messages go: to checked addresses, over TLS of the name, and nowhere else (webhooks#addresses)."""

from __future__ import annotations

import ssl
from dataclasses import replace
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from domain.webhooks.addresses import Address
from domain.webhooks.attempts import Outcome
from providers.webhooks.posting import WebhookPost
from sandbox.authority.certificates import TlsFiles, tls_files
from tests.support.webhooks.receiver import Receiver, running_receiver
from tests.support.webhooks.world import LOOPBACK

BODY, HEADERS = b"{}", {"webhook-id": "evt_1"}


def _port(receiver: Receiver) -> int:
    port = urlsplit(receiver.url).port
    assert port is not None
    return port


@pytest.fixture(name="files")
def _files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TlsFiles:
    """Return a certificate for localhost that this machine trusts."""
    files = tls_files(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(files.ca_file))
    return files


def _server_tls(files: TlsFiles) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.server_file)
    return context


def test_nothing_is_sent_to_an_address_that_is_not_public() -> None:
    """Without the setting loopback gets nothing, by its number, by a name, and by a mapped address."""
    with running_receiver() as receiver:
        port, post = _port(receiver), WebhookPost()
        attempts = [
            post.send(f"{scheme}://{host}:{port}/", BODY, HEADERS)
            for scheme in ("http", "https")
            for host in ("127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "127.1", "0.0.0.0")
        ]

    assert receiver.requests == []
    assert {each.outcome for each in attempts} == {Outcome.ADDRESS_REFUSED}


def test_a_name_with_one_private_address_gets_nothing() -> None:
    """All addresses of a name are checked, whichever stands first."""
    names: dict[str, list[Address]] = {"mixed.example": [ip_address("8.8.8.8"), ip_address("10.0.0.1")]}
    post = WebhookPost(resolve=lambda host, _port: names[host])

    attempt = post.send("https://mixed.example/", BODY, HEADERS)

    assert (attempt.outcome, attempt.address) == (Outcome.ADDRESS_REFUSED, "")


def test_plain_http_is_for_the_networks_of_the_setting() -> None:
    """A public address gets nothing without TLS, also where other networks are allowed."""
    post = WebhookPost(networks=LOOPBACK, resolve=lambda _host, _port: [ip_address("8.8.8.8")])

    attempt = post.send("http://example.com/", BODY, HEADERS)

    assert attempt.outcome is Outcome.ADDRESS_REFUSED


def test_a_name_is_looked_up_once_and_that_address_is_connected_to(files: TlsFiles) -> None:
    """A name that leads elsewhere a moment later changes nothing; the certificate is that of the name."""
    asked_hosts: list[str] = []

    def rebinding(host: str, _port: int) -> list[Address]:
        asked_hosts.append(host)
        return [ip_address("127.0.0.1")] if len(asked_hosts) == 1 else [ip_address("127.0.0.2")]

    post = WebhookPost(networks=LOOPBACK, resolve=rebinding)
    with running_receiver(tls=_server_tls(files)) as receiver:
        attempt = post.send(f"https://localhost:{_port(receiver)}/hook?x=1", BODY, HEADERS)

    assert (attempt.outcome, attempt.address, asked_hosts) == (Outcome.DELIVERED, "127.0.0.1", ["localhost"])
    (request,) = receiver.requests
    assert request.path == "/hook?x=1"
    assert request.headers["host"] == f"localhost:{_port(receiver)}"


def test_a_certificate_of_another_name_is_refused(files: TlsFiles) -> None:
    """Whoever answers at the address must be the host of the URL."""
    post = WebhookPost(networks=LOOPBACK, resolve=lambda _host, _port: [ip_address("127.0.0.1")])
    with running_receiver(tls=_server_tls(files)) as receiver:
        attempt = post.send(f"https://hooks.example.com:{_port(receiver)}/", BODY, HEADERS)

    assert attempt.outcome is Outcome.UNREACHABLE
    assert receiver.requests == []


def test_an_authority_that_nobody_knows_is_refused(tmp_path: Path) -> None:
    """A certificate by an authority of its own is none."""
    files = tls_files(tmp_path)
    with running_receiver(tls=_server_tls(files)) as receiver:
        post = replace(WebhookPost(), networks=LOOPBACK)
        attempt = post.send(receiver.url, BODY, HEADERS)

    assert attempt.outcome is Outcome.UNREACHABLE
    assert receiver.requests == []


def test_a_proxy_of_the_machine_gets_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy would look the name up by itself."""
    with running_receiver() as proxy, running_receiver() as receiver:
        for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        attempt = WebhookPost(networks=LOOPBACK).send(receiver.url, BODY, HEADERS)

    assert attempt.outcome is Outcome.DELIVERED
    assert (len(proxy.requests), len(receiver.requests)) == (0, 1)
