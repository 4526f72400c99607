"""What a profile proves its application with: a certificate, a secret in a file, or what a program prints.

It is read anew for each token, so that a certificate can be replaced while everything runs. Nothing of it is
logged, handed to another program or kept longer than its call.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.x509 import load_pem_x509_certificates

from domain.kernel.errors import AccessLost
from providers.access.profiles import CloudProfile

#: Seconds that a program has to print a secret.
COMMAND_SECONDS_MAX = 30.0
_CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n?")

#: What the library takes: a secret, or key and certificate.
Credential = str | Mapping[str, str]


class Credentials:
    """The credentials of profiles.

    Args:
        is_open_to_others: Tells of a file whether other accounts may read it.
    """

    def __init__(self, is_open_to_others: Callable[[Path], bool]) -> None:
        self._is_open_to_others = is_open_to_others

    def credential(self, profile: CloudProfile) -> Credential | None:
        """Return what proves a profile's application; None for a public client.

        Raises:
            AccessLost: It can't be read, or is none.
        """
        if profile.certificate_file is not None:
            return self._certificate(profile, profile.certificate_file)
        if profile.secret_file is not None:
            text = self._text(profile, "secret_file", profile.secret_file)
            return _secret(profile, "secret_file", text)
        if profile.secret_command:
            return _secret(profile, "secret_command", _printed(profile))
        return None

    def interfaces_token(self, profile: CloudProfile) -> str | None:
        """Return the bearer token of a profile's own interfaces; None where it names none.

        Raises:
            AccessLost: It can't be read, or is none.
        """
        file, field = profile.interfaces_token_file, "interfaces_token_file"
        return None if file is None else _secret(profile, field, self._text(profile, field, file))

    def _certificate(self, profile: CloudProfile, file: Path) -> Credential:
        text = self._text(profile, "certificate_file", file)
        field = "certificate_file"
        try:
            key = load_pem_private_key(text.encode(), password=None)
            certificates = load_pem_x509_certificates("".join(_CERTIFICATE.findall(text)).encode())
        except (ValueError, TypeError, UnsupportedAlgorithm):
            reason = f"{file} is no PEM with a private key, without a passphrase, and a certificate"
            raise unusable(profile, field, reason) from None
        if not isinstance(key, RSAPrivateKey):
            raise unusable(profile, field, f"the private key of {file} is no RSA key, as the vendor takes it")
        own = [each for each in certificates if each.public_key() == key.public_key()]
        if not own:
            raise unusable(profile, field, f"the private key of {file} is not that of its certificate")
        # Others are those that vouch for it.
        certificate = own[0].public_bytes(Encoding.PEM).decode()
        return {"private_key": text, "public_certificate": certificate}

    def _text(self, profile: CloudProfile, field: str, file: Path) -> str:
        try:
            is_open, text = self._is_open_to_others(file), file.read_text(encoding="utf-8")
        except OSError as error:
            raise unusable(profile, field, f"{file} can't be read: {error.strerror}") from error
        except UnicodeDecodeError:
            raise unusable(profile, field, f"{file} holds no text") from None
        if is_open:
            remedy = f"Run `chmod 600 {file}`; if somebody may have read it, replace what is in it."
            raise unusable(profile, field, f"other accounts may read {file}", remedy)
        return text


def _printed(profile: CloudProfile) -> str:
    """Return what the profile's program prints; no shell reads the command, and nothing shows the output."""
    program = profile.secret_command[0]
    try:
        # In a session of its own: it can ask nobody for a password, and ends with all that it started.
        process = subprocess.Popen(
            profile.secret_command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        raise unusable(profile, "secret_command", f"{program} can't be run: {type(error).__name__}") from None
    output = _output(process)
    if output is None:
        reason = f"{program} did not end within {COMMAND_SECONDS_MAX:.0f} seconds"
        raise unusable(profile, "secret_command", reason)
    if process.returncode:
        raise unusable(profile, "secret_command", f"{program} ended with code {process.returncode}")
    try:
        return output.decode("utf-8")
    except UnicodeDecodeError:
        raise unusable(profile, "secret_command", f"{program} printed no text") from None


def _output(process: subprocess.Popen[bytes]) -> bytes | None:
    """Return what a program prints until it ends; None, and its end, where that takes too long."""
    with process:
        try:
            return process.communicate(timeout=COMMAND_SECONDS_MAX)[0]
        except subprocess.TimeoutExpired:
            with suppress(OSError):
                os.killpg(process.pid, signal.SIGKILL)
            return None


def _secret(profile: CloudProfile, field: str, text: str) -> str:
    secret = text.strip()
    verb = "printed" if field == "secret_command" else "holds"
    if not secret:
        raise unusable(profile, field, f"it {verb} nothing")
    if not secret.isprintable() or not secret.isascii():
        raise unusable(profile, field, f"what it {verb} is not one line of plain letters, digits and signs")
    return secret


def unusable(profile: CloudProfile, field: str, reason: str, remedy: str = "") -> AccessLost:
    """Return the error for a file or a program of a profile that can't be used; it is tried again."""
    return AccessLost(
        f"The {field} of the profile {profile.name} can't be used: {reason}.",
        action=f"mend the {field} of the profile {profile.name}",
        remedy=remedy or f"Mend it, or name another {field} in the profile. It is read again by itself.",
        profile=profile.name,
    )
