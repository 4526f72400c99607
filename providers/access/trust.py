"""Whom a connection over TLS trusts: the machine's authorities, and those of a profile's file."""

from __future__ import annotations

import ssl
from functools import lru_cache
from pathlib import Path

import httpx2

from domain.kernel.errors import InvalidInput


def tls_context(ca_file: Path | None) -> ssl.SSLContext:
    """Return what verifies servers; whom the machine trusts is looked up as for its other clients.

    Args:
        ca_file: Certificates that are trusted beside the machine's, as PEM.

    Raises:
        InvalidInput: The file can't be read, or holds no certificates.
    """
    if ca_file is None:
        return httpx2.create_ssl_context()
    try:
        return _trusting(str(ca_file), ca_file.stat().st_mtime_ns)
    except (OSError, ssl.SSLError) as error:
        reason = error.strerror or type(error).__name__
        raise InvalidInput(
            field="ca_file", value=ca_file, allowed=f"a file with certificates as PEM ({reason})"
        ) from error


@lru_cache(maxsize=64)
def _trusting(ca_file: str, _changed_ns: int) -> ssl.SSLContext:
    context = httpx2.create_ssl_context()
    context.load_verify_locations(cafile=ca_file)
    return context
