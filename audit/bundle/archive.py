"""The file of a bundle: one zip, written always in the same bytes and read with suspicion.

Zip has two tables of contents, room between members and names that lead elsewhere; two programs can see two
files in one. So a bundle has one layout: its members one behind the other, without gaps, and nothing else.
"""

from __future__ import annotations

import json
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from audit.bundle.errors import BundleRefused
from audit.bundle.members import (
    INDEX,
    LINE_BYTES_MAX,
    MEMBERS_MAX,
    TOTAL_BYTES_MAX,
    bytes_max,
    is_member,
)
from domain.kernel.facts import canonical_json

#: The oldest instant that a zip can state; the true one would make two bundles of one switch differ.
_NO_TIME = (1980, 1, 1, 0, 0, 0)
_MODE = 0o100644 << 16
_LEVEL = 6
_UTF8_NAME = 0x800
_LOCAL_HEADER_BYTES, _CENTRAL_HEADER_BYTES, _END_BYTES = 30, 46, 22
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_READ_BYTES = 1024 * 1024


class BundleWriter:
    """Writes the members of a bundle one by one, and at last the index with the digest of each."""

    def __init__(self, file: IO[bytes]) -> None:
        """Write to a file that can be sought in."""
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL)
        self._members: list[dict[str, Any]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        error_class: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._zip.close()

    def add(self, name: str, content: bytes) -> None:
        """Write one member."""
        self.add_parts(name, (content,))

    def add_parts(self, name: str, parts: Iterable[bytes]) -> None:
        """Write one member that comes in parts, so that the rows of many users need little memory."""
        digest, size = sha256(), 0
        with self._zip.open(_info(name), "w") as member:
            for part in parts:
                digest.update(part)
                size += len(part)
                member.write(part)
        self._members.append({"name": name, "bytes": size, "sha256": digest.hexdigest()})

    def finish(self, facts: dict[str, Any]) -> None:
        """Write the index: what is said of the bundle, and its members in their order."""
        index = json_member({**facts, "members": self._members})
        with self._zip.open(_info(INDEX), "w") as member:
            member.write(index)


def json_member(facts: Any) -> bytes:
    """Return facts as a member of a bundle: sorted keys, two blanks of indent, always the same bytes."""
    return (json.dumps(facts, sort_keys=True, indent=2, ensure_ascii=False) + "\n").encode()


def row_line(facts: Any) -> bytes:
    """Return facts as one line of rows."""
    return (canonical_json(facts) + "\n").encode()


class BundleArchive:
    """A bundle that is read. Nothing is unpacked to a folder, and no size is believed before it is read."""

    def __init__(self, path: Path) -> None:
        """Open a file and look at its layout.

        Raises:
            BundleRefused: It can't be read, or its layout is none of a bundle.
        """
        try:
            self._file = path.open("rb")
        except OSError as error:
            raise BundleRefused("", f"can't be opened: {error.strerror}") from error
        try:
            self._zip = zipfile.ZipFile(self._file)
            self._infos = _checked_members(self._zip, path.stat().st_size)
        except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
            self._file.close()
            raise BundleRefused("", f"is no zip that can be read: {error}") from error
        except BundleRefused:
            self._file.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        error_class: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._file.close()

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the members in the order of the file."""
        return tuple(self._infos)

    def content(self, name: str) -> bytes:
        """Return a member.

        Raises:
            BundleRefused: It is missing, too large, or its checksum is wrong.
        """
        return b"".join(self._parts(name))

    def digest(self, name: str) -> tuple[int, str]:
        """Return the length of a member, and its sha256 in hexadecimal digits.

        Raises:
            BundleRefused: As `content` does.
        """
        digest, size = sha256(), 0
        for part in self._parts(name):
            digest.update(part)
            size += len(part)
        return size, digest.hexdigest()

    def lines(self, name: str) -> Iterator[bytes]:
        """Yield the lines of a member without their ends.

        Raises:
            BundleRefused: As `content` does; or a line is too long, or the last one has no end.
        """
        rest = b""
        for part in self._parts(name):
            *whole, rest = (rest + part).split(b"\n")
            if len(rest) > LINE_BYTES_MAX or any(len(line) > LINE_BYTES_MAX for line in whole):
                raise BundleRefused(name, f"has a line of more than {LINE_BYTES_MAX} bytes")
            yield from whole
        if rest:
            raise BundleRefused(name, "does not end with a whole line")

    def _parts(self, name: str) -> Iterator[bytes]:
        info = self._infos.get(name)
        if info is None:
            raise BundleRefused(name, "is missing")
        limit, size = bytes_max(name), 0
        try:
            with self._zip.open(info) as member:
                while part := member.read(_READ_BYTES):
                    size += len(part)
                    if size > limit:
                        raise BundleRefused(name, f"has more than the {limit} bytes that are read")
                    yield part
        except (zipfile.BadZipFile, NotImplementedError, OSError, EOFError, ValueError, zlib.error) as error:
            raise BundleRefused(name, f"can't be read: {error}") from error


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _NO_TIME)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = _MODE
    info.create_system = 3
    return info


def _checked_members(archive: zipfile.ZipFile, file_bytes: int) -> dict[str, zipfile.ZipInfo]:
    """Return the members by name, where the file has nothing but them.

    Raises:
        BundleRefused: A name is none of a bundle or stands twice, a size is too large, or there is more.
    """
    infos = archive.infolist()
    if len(infos) > MEMBERS_MAX:
        raise BundleRefused("", f"has {len(infos)} members, and {MEMBERS_MAX} are allowed")
    if sum(info.file_size for info in infos) > TOTAL_BYTES_MAX:
        raise BundleRefused("", f"has more than the {TOTAL_BYTES_MAX} bytes that are read")
    members: dict[str, zipfile.ZipInfo] = {}
    offset = 0
    for info in infos:
        _check_member(info, offset)
        if info.filename in members:
            raise BundleRefused(info.filename, "stands in it twice")
        members[info.filename] = info
        offset += _LOCAL_HEADER_BYTES + len(info.filename) + info.compress_size
    table = sum(_CENTRAL_HEADER_BYTES + len(name) for name in members)
    if archive.comment or file_bytes != offset + table + _END_BYTES:
        raise BundleRefused("", "has bytes that belong to no member")
    return members


def _check_member(info: zipfile.ZipInfo, offset: int) -> None:
    name = info.filename
    if info.orig_filename != name or not is_member(name):
        raise BundleRefused(name, "has a name that no member of a bundle has")
    if info.file_size > bytes_max(name):
        raise BundleRefused(name, f"has {info.file_size} bytes, and {bytes_max(name)} are allowed")
    is_plain = info.flag_bits & ~_UTF8_NAME == 0 and info.compress_type in _METHODS
    if not is_plain or info.extra or info.comment or info.external_attr != _MODE:
        raise BundleRefused(name, "is packed in a way that no bundle has")
    if info.header_offset != offset:
        raise BundleRefused(name, "does not begin where the member before it ends")
