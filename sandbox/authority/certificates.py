"""The certification authority of an installation, and the server's certificate by it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from sandbox.identity.secret_files import secret_folder, write_secret

#: Names under which the authority answers: this machine's own.
HOSTS = ("127.0.0.1", "localhost", "::1")
#: Days for which both certificates hold; they are made anew when fewer than the second number are left.
VALID_DAYS, RENEWED_BEFORE_DAYS = 397, 30
_CA, _SERVER = "ca.pem", "server.pem"
_EARLY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class TlsFiles:
    """Files of a server that speaks TLS."""

    #: What clients trust.
    ca_file: Path
    #: Certificate of the server and its private key.
    server_file: Path


def tls_files(state_dir: Path) -> TlsFiles:
    """Return the files of a data folder; the first call makes them, and a later one renews them in time.

    The key of the certification authority signs this one certificate and is thrown away, so nobody can ever
    use it for another.
    """
    folder = secret_folder(state_dir)
    files = TlsFiles(ca_file=folder / _CA, server_file=folder / _SERVER)
    if not _is_fresh(files):
        _make(files)
    return files


def _is_fresh(files: TlsFiles) -> bool:
    if not files.ca_file.exists() or not files.server_file.exists():
        return False
    certificate = x509.load_pem_x509_certificate(files.server_file.read_bytes())
    return certificate.not_valid_after_utc > datetime.now(UTC) + timedelta(days=RENEWED_BEFORE_DAYS)


def _make(files: TlsFiles) -> None:
    ca_key, server_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    issuer = _name("Planswitch sandbox CA")
    public = ca_key.public_key()
    usage = _usage(is_signing_certificates=True)
    ca = (
        _builder(issuer, issuer, public)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .sign(ca_key, SHA256())
    )
    server = (
        _builder(_name("localhost"), issuer, server_key.public_key())
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(is_signing_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(_alternatives()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(public), critical=False)
        .sign(ca_key, SHA256())
    )
    key = server_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    write_secret(files.server_file, server.public_bytes(Encoding.PEM) + key)
    write_secret(files.ca_file, ca.public_bytes(Encoding.PEM))


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _EARLY)
        .not_valid_after(now + timedelta(days=VALID_DAYS))
    )


def _usage(*, is_signing_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_signing_certificates,
        key_cert_sign=is_signing_certificates,
        crl_sign=is_signing_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _alternatives() -> list[x509.GeneralName]:
    v4, name, v6 = HOSTS
    return [x509.IPAddress(IPv4Address(v4)), x509.DNSName(name), x509.IPAddress(IPv6Address(v6))]
