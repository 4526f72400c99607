"""Signed tokens in the compact form of JSON Web Tokens (RFC 7515, RFC 7519)."""

from __future__ import annotations

import base64
import binascii
import hashlib
from pathlib import Path
from typing import Self

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from sandbox.identity.secret_files import FOLDER, secret_folder, write_secret
from sandbox.kernel.model import Json

KEY_BITS = 2048
_PARTS = 3
_EXPONENT = 65_537
_FILE = "signing.pem"
#: Name of an algorithm -> how it pads (RFC 7518).
_PADDINGS = {
    "RS256": padding.PKCS1v15(),
    "PS256": padding.PSS(mgf=padding.MGF1(SHA256()), salt_length=padding.PSS.DIGEST_LENGTH),
}


def to_base64(content: bytes) -> str:
    """Return bytes as text for URLs, without padding."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def from_base64(text: str) -> bytes:
    """Return the bytes of such a text.

    Raises:
        ValueError: It is none.
    """
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error as error:
        raise ValueError(str(error)) from error


def token_parts(token: str) -> tuple[Json, Json] | None:
    """Return header and claims of a token, unverified; None: it has not the form of one."""
    parts = token.split(".")
    if len(parts) != _PARTS:
        return None
    try:
        header, claims = (orjson.loads(from_base64(part)) for part in parts[:2])
    except ValueError:
        return None
    return (header, claims) if isinstance(header, dict) and isinstance(claims, dict) else None


def is_signed_by(token: str, key: rsa.RSAPublicKey) -> bool:
    """Return whether a token was signed with the private half of a key, by RS256 or PS256."""
    parts = token_parts(token)
    chosen = _PADDINGS.get(str(parts[0].get("alg"))) if parts else None
    if chosen is None:
        return False
    content, _, signature = token.rpartition(".")
    try:
        key.verify(from_base64(signature), content.encode("ascii"), chosen, SHA256())
    except (InvalidSignature, ValueError):
        return False
    return True


class TokenKey:
    """The key with which an authority signs its tokens.

    Args:
        key: Its private half.
    """

    def __init__(self, key: rsa.RSAPrivateKey) -> None:
        self._key = key
        numbers = key.public_key().public_numbers()
        self._modulus = to_base64(numbers.n.to_bytes(KEY_BITS // 8, "big"))
        self.key_id = to_base64(hashlib.sha256(self._modulus.encode()).digest()[:16])

    @classmethod
    def of_folder(cls, state_dir: Path) -> Self:
        """Return the key of a data folder; the first call makes it."""
        path = secret_folder(state_dir) / _FILE
        if path.exists():
            key = load_pem_private_key(path.read_bytes(), password=None)
            if isinstance(key, rsa.RSAPrivateKey):
                return cls(key)
        made = rsa.generate_private_key(public_exponent=_EXPONENT, key_size=KEY_BITS)
        content = made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        write_secret(path, content)
        return cls(made)

    @classmethod
    def is_made(cls, state_dir: Path) -> bool:
        """Return whether a data folder has a key."""
        return (state_dir / FOLDER / _FILE).exists()

    def public_view(self) -> Json:
        """Return its public half as a JSON Web Key."""
        exponent = to_base64(_EXPONENT.to_bytes(3, "big"))
        return {
            "kty": "RSA",
            "use": "sig",
            "alg": "RS256",
            "kid": self.key_id,
            "n": self._modulus,
            "e": exponent,
        }

    def signed(self, claims: Json) -> str:
        """Return a token with these claims."""
        header = {"typ": "JWT", "alg": "RS256", "kid": self.key_id}
        content = f"{to_base64(orjson.dumps(header))}.{to_base64(orjson.dumps(claims))}"
        signature = self._key.sign(content.encode(), padding.PKCS1v15(), SHA256())
        return f"{content}.{to_base64(signature)}"

    def claims_of(self, token: str) -> Json | None:
        """Return the claims of a token that this key has signed, None of any other."""
        parts = token_parts(token)
        return parts[1] if parts and is_signed_by(token, self._key.public_key()) else None
