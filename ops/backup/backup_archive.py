"""The file of a backup: its parts, a manifest with a digest of each, and what protects it.

Either a signature over the manifest: its key comes from the vault's master key, which such an archive does
not hold, so that whoever can change the archive can't sign it. Or a passphrase, which opens the whole file:
scrypt makes the key, AES-256-GCM seals the content piece by piece. Each sealed file has a key of its own,
from a random salt. The pieces are numbered and the last one is marked, so that none can be left out, moved
or added, and each is bound to the header.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import shutil
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from ops.processes.private_files import PRIVATE_FILE, make_private_folder, private_opener

MAGIC = b"planswitch backup 2: scrypt, aes-256-gcm\n"
PIECE_BYTES = 1 << 20
#: Rounds of scrypt as a power of two: 128 MiB and some tenths of a second for each try of a passphrase.
COST_LOG2 = 17
#: What a header may ask for; the highest takes 1 GiB.
_COSTS_LOG2 = range(14, 21)
_BLOCK_SIZE, _PARALLELISM = 8, 1
_SALT_BYTES, _KEY_BYTES, _TAG_BYTES, _COUNTER_BYTES = 16, 32, 16, 11
_HEADER_BYTES = len(MAGIC) + 1 + _SALT_BYTES
#: Archives of format 1 hold the keys and are not signed.
FORMAT_UNSIGNED, FORMAT_VERSION = 1, 2
DUMP = "postgres.dump"
KEYS = "keys"
#: The folder of seals.
SEALS = "seals"
_MANIFEST, _SIGNATURE = "manifest.json", "manifest.hmac"
_MANIFEST_BYTES_MAX = 64 << 20
#: What a manifest may name at its top: nothing else is written into a folder.
_TOPS = (DUMP, "temporal", "sandbox", SEALS, KEYS)
_FINGERPRINT_BYTES = 8


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
        with open(target, "xb", opener=private_opener) as file:
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


class SealBroken(ValueError):
    """The passphrase is another one, or the file is not what was sealed."""


class SealingWriter:
    """Takes bytes as a file does and writes them sealed; `finish` writes the last piece.

    Args:
        target: Receives header and pieces.
        passphrase: Opens the file again.
        cost_log2: Rounds of scrypt; a test may take fewer.
    """

    def __init__(self, target: IO[bytes], passphrase: str, *, cost_log2: int = COST_LOG2) -> None:
        self._target = target
        self._header = MAGIC + bytes([cost_log2]) + os.urandom(_SALT_BYTES)
        self._cipher = _cipher(self._header, passphrase)
        self._waiting = bytearray()
        self._pieces = 0
        target.write(self._header)

    def write(self, content: bytes) -> int:
        """Seal what fills a piece, and keep the rest."""
        self._waiting += content
        while len(self._waiting) > PIECE_BYTES:
            self._seal(bytes(self._waiting[:PIECE_BYTES]), is_last=False)
            del self._waiting[:PIECE_BYTES]
        return len(content)

    def flush(self) -> None:
        """Do nothing: a piece is written when it is full."""

    def finish(self) -> None:
        """Seal the last piece; without it the file does not open."""
        self._seal(bytes(self._waiting), is_last=True)
        self._waiting.clear()

    def _seal(self, piece: bytes, *, is_last: bool) -> None:
        nonce = _nonce(self._pieces, is_last=is_last)
        self._target.write(self._cipher.encrypt(nonce, piece, self._header))
        self._pieces += 1


def is_sealed(source: IO[bytes]) -> bool:
    """Return whether a file begins as a sealed one, and go back to its beginning."""
    beginning = source.read(len(MAGIC))
    source.seek(0)
    return beginning == MAGIC


def unsealed(source: IO[bytes], passphrase: str) -> Iterator[bytes]:
    """Yield the content of a sealed file piece by piece; it is whole when the last one has come.

    Raises:
        SealBroken: The passphrase is another one, or the file was changed or cut.
    """
    header = source.read(_HEADER_BYTES)
    if len(header) < _HEADER_BYTES or not header.startswith(MAGIC):
        raise SealBroken("it is not sealed, or cut in its header")
    cipher = _cipher(header, passphrase)
    size = PIECE_BYTES + _TAG_BYTES
    number, piece = 0, source.read(size)
    while True:
        following = source.read(size)
        try:
            yield cipher.decrypt(_nonce(number, is_last=not following), piece, header)
        except InvalidTag:
            raise SealBroken("the passphrase is another one, or the file was changed or cut") from None
        if not following:
            return
        number, piece = number + 1, following


def _cipher(header: bytes, passphrase: str) -> AESGCM:
    """Return the cipher of a header's salt and cost."""
    cost_log2, salt = header[len(MAGIC)], header[len(MAGIC) + 1 :]
    if cost_log2 not in _COSTS_LOG2:
        raise SealBroken(f"its header asks for 2^{cost_log2} rounds")
    derivation = Scrypt(salt=salt, length=_KEY_BYTES, n=1 << cost_log2, r=_BLOCK_SIZE, p=_PARALLELISM)
    return AESGCM(derivation.derive(passphrase.encode()))


def _nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(_COUNTER_BYTES, "big") + bytes([is_last])
