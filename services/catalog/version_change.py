"""Which version of the catalog an import makes current, and its save; what imports of both kinds share."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from domain.catalog.documents import CatalogContent
from domain.kernel.errors import InvalidInput
from store.record.catalogs import Catalogs, CurrentVersion

IMPORTED = "imported"
#: The import gives what a version before the current one says: that one is current again.
CURRENT_AGAIN = "current_again"
UNCHANGED = "unchanged"

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
_NAME_DIGITS = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class VersionName:
    """How a new version is to be called."""

    #: None: by the prefix and its content.
    name: str | None
    prefix: str


@dataclass(frozen=True, kw_only=True, slots=True)
class VersionChange:
    """What an import does to the versions; nothing is saved yet."""

    #: Number of the import that made the present version current.
    number: int
    #: Name of the version that becomes current.
    version: str
    #: imported, current_again or unchanged.
    status: str
    content: CatalogContent


def require_name(name: str | None) -> None:
    """Refuse a name that can't stand in addresses and on terminals.

    Raises:
        InvalidInput: It can't; None is a name made of the content.
    """
    if name is not None and not _NAME.fullmatch(name):
        allowed = "1 to 40 letters, digits, dots, dashes and underscores, a letter or digit first"
        raise InvalidInput(field="name", value=name, allowed=allowed)


def decide_version(
    catalogs: Catalogs, content: CatalogContent, *, current: CurrentVersion, wanted: VersionName
) -> VersionChange:
    """Return which version an import makes current; the same content is never two versions.

    Args:
        catalogs: The versions there are.
        content: What the import says.
        current: The version that it was made on.
        wanted: Name of a new version.

    Raises:
        InvalidInput: Another version has the name.
    """
    # Names first: an import of the same file at this moment is then found by its content, or met at the save.
    names = {each.name for each in catalogs.versions()}
    known = catalogs.name_of(content.digest)
    version = known or wanted.name or f"{wanted.prefix}-{content.digest[:_NAME_DIGITS]}"
    if known is None and version in names:
        raise InvalidInput(
            field="name",
            value=version,
            allowed="a name that no other version has",
            remedy="Give another name, or none; a version is never changed.",
        )
    status = IMPORTED if known is None else UNCHANGED if known == current.name else CURRENT_AGAIN
    return VersionChange(number=current.number, version=version, status=status, content=content)


def save_version(
    catalogs: Catalogs, change: VersionChange, *, file: bytes, report: Mapping[str, object], actor: str
) -> None:
    """Make the version current, if it is not yet.

    Raises:
        ConcurrentWrite: Another import was faster.
    """
    if change.status == UNCHANGED:
        return
    catalogs.save_import(
        CurrentVersion(number=change.number + 1, name=change.version),
        change.content if change.status == IMPORTED else None,
        file_digest=sha256(file).hexdigest(),
        report=dict(report),
        actor=actor,
    )
