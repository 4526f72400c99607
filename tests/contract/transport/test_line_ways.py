"""The ways of the line: through the machine's proxies, and with certificates that are verified."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from providers.transport.line import NoAnswer
from tests.support.clouds.line_parts import always, ask, network
from tests.support.clouds.socket_server import Talk, answer

SECRET = "Proxy-Authorization: Basic dTpwQHM="  # u:p@s


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the machine's own proxies away."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def test_a_plain_address_is_forwarded_by_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The proxy reads the whole address, and who asks; one connection to it serves many calls."""
    with network(partial(always, b"proxied")) as (line, server):
        monkeypatch.setenv("http_proxy", f"http://u:p%40s@127.0.0.1:{server.port}")
        for _ in range(2):
            assert ask(line, "http://cloud.example/v1/a?b=c").content == b"proxied"
        assert server.connections == 1
    for request in (each.decode() for each in server.requests):
        assert request.startswith("GET http://cloud.example/v1/a?b=c HTTP/1.1\r\nHost: cloud.example\r\n")
        assert f"\r\n{SECRET}\r\n" in request


def test_a_secured_address_is_not_told_to_a_proxy_that_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    """The proxy reads the host and who asks, never the token."""

    def refuse(talk: Talk) -> None:
        talk.read()
        talk.write(answer(b"", status="407 Proxy Authentication Required"))

    with network(refuse) as (line, server):
        monkeypatch.setenv("https_proxy", f"http://u:p%40s@127.0.0.1:{server.port}")
        with pytest.raises(NoAnswer, match="ProxyError"):
            ask(line, "https://cloud.example/v1/a", Authorization="Bearer t")
    (request,) = (each.decode() for each in server.requests)
    assert request.startswith("CONNECT cloud.example:443 HTTP/1.")
    assert f"\r\n{SECRET}\r\n" in request
    assert "Bearer" not in request


def _certificate(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """Return the file of a certificate for `localhost` alone, and a server's context with it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file, secret = folder / "certificate.pem", folder / "key.pem"
    file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file, secret)
    return file, context


@pytest.mark.parametrize(
    ("host", "is_trusted", "is_answered"),
    [("localhost", True, True), ("127.0.0.1", True, False), ("localhost", False, False)],
)
def test_certificates_and_names_are_verified(
    *, host: str, is_trusted: bool, is_answered: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A certificate that nobody vouches for, or that is another host's, gets no request."""
    file, context = _certificate(tmp_path)
    if is_trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(file))
    with network(partial(always, b"{}"), tls=context) as (line, server):
        url = f"https://{host}:{server.port}/"
        if is_answered:
            assert [ask(line, url).status for _ in range(2)] == [200, 200]
            assert server.connections == 1
        else:
            with pytest.raises(NoAnswer, match="SSLError"):
                ask(line, url)
            assert server.requests == []
