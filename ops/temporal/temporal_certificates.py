"""Certificates and keys for Temporal, looked at before it is asked: what they lack is told by its file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from temporalio.envconfig import ClientConfigTLS, DataSource
from temporalio.service import TLSConfig

from services.temporal.connection_faults import TemporalCertificateUnusable

CLIENT_CERTIFICATE = "client certificate"
CLIENT_KEY = "client key"
SERVER_ISSUER = "certificate of the server's issuer"
_RESTART = "Worker and console take replaced files when they start again."


def usable_tls(tls: ClientConfigTLS, *, now: datetime) -> TLSConfig:
    """Return how a connection is protected, with every file read.

    Args:
        tls: What a profile or the environment names.
        now: The instant at which certificates must be valid.

    Raises:
        TemporalCertificateUnusable: A file can't be read or holds something else, certificate and key do not
            belong together, or a certificate is not valid now.
    """
    certificate = _read(tls.client_cert, CLIENT_CERTIFICATE)
    key = _read(tls.client_private_key, CLIENT_KEY)
    issuer = _read(tls.server_root_ca_cert, SERVER_ISSUER)
    if (certificate is None) != (key is None):
        there, lacking = (CLIENT_KEY, CLIENT_CERTIFICATE) if key else (CLIENT_CERTIFICATE, CLIENT_KEY)
        raise _unusable(f"The {there} for Temporal is set, and the {lacking} is not", f"Set the {lacking}.")
    if certificate is not None and key is not None:
        _require_pair(tls, certificate, key, now)
    if issuer is not None:
        source = _named(SERVER_ISSUER, tls.server_root_ca_cert)
        _require_valid(_certificates(issuer, source), source, now, is_each_needed=False)
    return TLSConfig(
        domain=tls.server_name,
        server_root_ca_cert=issuer,
        client_cert=certificate,
        client_private_key=key,
    )


def _read(source: DataSource | None, what: str) -> bytes | None:
    if not isinstance(source, Path):
        return source.encode() if isinstance(source, str) else source
    try:
        return source.read_bytes()
    except OSError as error:
        raise _unusable(
            f"{_named(what, source)} can't be read: {error.strerror}",
            "Name a file that exists and that this account may read.",
        ) from error


def _require_pair(tls: ClientConfigTLS, certificate: bytes, key: bytes, now: datetime) -> None:
    source = _named(CLIENT_CERTIFICATE, tls.client_cert)
    chain = _certificates(certificate, source)
    # Those behind the first one are its issuers.
    _require_valid(chain[:1], source, now, is_each_needed=True)
    key_source = _named(CLIENT_KEY, tls.client_private_key)
    try:
        private = load_pem_private_key(key, None)
    except (ValueError, TypeError) as error:
        raise _unusable(f"{key_source} holds no private key that can be used", _PEM_REMEDY) from error
    form = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    if private.public_key().public_bytes(*form) != chain[0].public_key().public_bytes(*form):
        raise _unusable(
            f"{key_source} is not the key of {source[0].lower()}{source[1:]}",
            "Name the key that the certificate was made for.",
        )


_PEM_REMEDY = "Name a file in PEM form, a key without a passphrase."


def _certificates(data: bytes, source: str) -> Sequence[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(data)
    except ValueError as error:
        raise _unusable(f"{source} holds no certificate that can be read", _PEM_REMEDY) from error


def _require_valid(
    certificates: Sequence[x509.Certificate], source: str, now: datetime, *, is_each_needed: bool
) -> None:
    """Refuse certificates that are not valid now; of issuers one that is valid is enough."""
    faults = [_validity_fault(each, now) for each in certificates]
    invalid = [each for each in faults if each]
    if invalid and (is_each_needed or len(invalid) == len(faults)):
        raise _unusable(f"{source} {invalid[0]}", "Have a new one made, and put it in its place.")


def _validity_fault(certificate: x509.Certificate, now: datetime) -> str:
    if now > certificate.not_valid_after_utc:
        return f"expired at {certificate.not_valid_after_utc:%Y-%m-%d %H:%M:%S} UTC"
    if now < certificate.not_valid_before_utc:
        return f"is not valid before {certificate.not_valid_before_utc:%Y-%m-%d %H:%M:%S} UTC"
    return ""


def _named(what: str, source: DataSource | None) -> str:
    """Return what is spoken of, with its file, and never what it holds."""
    return f"The {what} for Temporal" + (f" ({source})" if isinstance(source, Path) else "")


def _unusable(what: str, remedy: str) -> TemporalCertificateUnusable:
    return TemporalCertificateUnusable(f"{what}.", remedy=f"{remedy} {_RESTART}")
