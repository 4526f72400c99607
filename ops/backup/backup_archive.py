"""The archive of a backup: its parts, a manifest with a digest of each, and a signature over the manifest.

The key of the signature comes from the vault's master key, which such an archive does not hold: whoever can
change the archive can't sign it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import shutil
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ops.processes.private_files import PRIVATE_FILE, make_private_folder

#: Archives of format 1 hold the keys and are not signed.
FORMAT_UNSIGNED, FORMAT_VERSION = 1, 2
DUMP = "postgres.dump"
KEYS = "keys"
_MANIFEST, _SIGNATURE = "manifest.json", "manifest.hmac"
_MANIFEST_BYTES_MAX = 64 << 20
#: What a manifest may name at its top: nothing else is written into a folder.
_TOPS = (DUMP, "temporal", "sandbox", KEYS)
_KEY_BYTES, _FINGERPRINT_BYTES = 32, 8


@dataclass(frozen=True, kw_only=True, slots=True)
class SigningKey:
    """The key that signs manifests, and how it is told from others."""

    secret: bytes
    #: Hexadecimal; says which key signed without saying anything of the key.
    fingerprint: str

    @classmethod
    def of(cls, master_key: bytes) -> SigningKey:
        """Return the signing key of a vault's master key."""
        return cls(
            secret=_derived(master_key, b"planswitch backup: signature", _KEY_BYTES),
            fingerprint=_derived(master_key, b"planswitch backup: fingerprint", _FINGERPRINT_BYTES).hex(),
        )

    def sign(self, manifest: bytes) -> bytes:
        """Return the signature of a manifest, hexadecimal."""
        return hmac.new(self.secret, manifest, hashlib.sha256).hexdigest().encode()


@dataclass(frozen=True, kw_only=True, slots=True)
class Manifest:
    """What an archive says of itself."""

    format: int
    #: Name of a part -> hexadecimal SHA-256 of its content.
    files: Mapping[str, str]
    #: Fingerprint of the key that signed it; "" where none did.
    key: str
    #: As it stands in the archive, and the signature of that.
    content: bytes
    signature: bytes

    def is_signed_by(self, key: SigningKey) -> bool:
        """Return whether the key signed exactly this manifest."""
        return hmac.compare_digest(self.signature, key.sign(self.content))


def write_archive(staging: Path, target: IO[bytes], key: SigningKey | None) -> dict[str, str]:
    """Write every file of a folder as a part, and return their digests.

    Args:
        staging: The folder.
        target: Receives a tar file, gzip.
        key: Signs the manifest; None where the whole archive is sealed.
    """
    digests = {path.relative_to(staging).as_posix(): _digest(path) for path in _files(staging)}
    manifest = {"format": FORMAT_VERSION, "files": digests, "key": key.fingerprint if key else ""}
    content = json.dumps(manifest, indent=2).encode()
    (staging / _MANIFEST).write_bytes(content)
    (staging / _SIGNATURE).write_bytes(key.sign(content) if key else b"")
    with tarfile.open(fileobj=target, mode="w:gz") as archive:
        for name in (_MANIFEST, _SIGNATURE, *digests):
            archive.add(staging / name, arcname=name, filter=_private)
    return digests


def read_manifest(archive: tarfile.TarFile) -> Manifest:
    """Return the manifest; refuse an unknown format and names that are not those of parts.

    Raises:
        ValueError: It is no manifest of a backup.
        KeyError: There is none.
    """
    content = _content(archive, _MANIFEST)
    facts: dict[str, Any] = json.loads(content)
    if facts.get("format") not in {FORMAT_UNSIGNED, FORMAT_VERSION}:
        raise ValueError(f"format {facts.get('format')} is not known to this version")
    files = {str(name): str(digest) for name, digest in facts["files"].items()}
    for name in files:
        _check_name(name)
    if DUMP not in files:
        raise ValueError(f"{DUMP} is missing")
    is_signed = facts["format"] != FORMAT_UNSIGNED
    return Manifest(
        format=facts["format"],
        files=files,
        key=str(facts.get("key", "")),
        content=content,
        signature=_content(archive, _SIGNATURE) if is_signed else b"",
    )


def unpack(archive: tarfile.TarFile, manifest: Manifest, data_dir: Path) -> None:
    """Copy the parts into a folder, readable by their owner only, and compare each with its digest.

    Raises:
        ValueError: A part is not what was backed up.
        KeyError: A part is missing.
    """
    for name, digest in manifest.files.items():
        source = archive.extractfile(name)
        if source is None:
            raise ValueError(f"{name} is not a file")
        target = data_dir / name
        make_private_folder(target.parent)
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
        with os.fdopen(descriptor, "wb") as file:
            shutil.copyfileobj(source, file)
        if _digest(target) != digest:
            raise ValueError(f"{name} is not what was backed up")


def _check_name(name: str) -> None:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or path.parts[:1] not in {(top,) for top in _TOPS}:
        raise ValueError(f"{name} leaves the folder, or is no part of a stack")


def _content(archive: tarfile.TarFile, name: str) -> bytes:
    """Return a small member's content."""
    file = archive.extractfile(name)
    content = file.read(_MANIFEST_BYTES_MAX + 1) if file is not None else b""
    if len(content) > _MANIFEST_BYTES_MAX:
        raise ValueError(f"{name} is too long")
    return content


def _private(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Give a member the mode that its file is to have when somebody unpacks it by hand."""
    member.mode, member.uid, member.gid, member.uname, member.gname = PRIVATE_FILE, 0, 0, "", ""
    return member


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def _digest(path: Path) -> str:
    """Return the hexadecimal SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _derived(master_key: bytes, purpose: bytes, length: int) -> bytes:
    derivation = HKDF(algorithm=SHA256(), length=length, salt=None, info=purpose)
    return derivation.derive(master_key)
