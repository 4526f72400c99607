"""Import of a published list: read, decide, save; all or nothing, and two at once one after the other."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256

from domain.catalog.documents import built_in_content
from domain.kernel.errors import InvalidInput
from providers.microsoft.product_list.catalog_import import ImportedCatalog, ImportReport, import_list
from services.base.tools import decided_anew
from store.record.catalogs import Catalogs, CurrentVersion

IMPORTED = "imported"
#: The list gives what a version before the current one says: that one is current again.
CURRENT_AGAIN = "current_again"
UNCHANGED = "unchanged"

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
_NAME_DIGITS = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class ImportOutcome:
    """What became of an import."""

    #: Name of the version that is current now.
    version: str
    #: imported, current_again or unchanged.
    status: str
    digest: str
    report: ImportReport


def import_catalog(catalogs: Catalogs, content: bytes, *, name: str | None, actor: str) -> ImportOutcome:
    """Make a published list the current version of the catalog.

    Args:
        catalogs: The versions there are.
        content: The file as it was downloaded.
        name: Name of the version, or None to be named by its content.
        actor: Who imports it.

    Raises:
        InvalidInput: The file is refused, or the name can't be used; nothing was changed.
        ConcurrentWrite: Others were faster each time.
    """
    if name is not None and not _NAME.fullmatch(name):
        allowed = "1 to 40 letters, digits, dots, dashes and underscores, a letter or digit first"
        raise InvalidInput(field="name", value=name, allowed=allowed)
    return decided_anew(lambda: _import(catalogs, content, name, actor))


def _import(catalogs: Catalogs, content: bytes, name: str | None, actor: str) -> ImportOutcome:
    current = catalogs.current_version()
    made = import_list(
        content,
        built_in=built_in_content().document,
        current=catalogs.content(current.name).document,
    )
    # Names first: an import of the same file at this moment is then found by its content, or met at the save.
    names = {each.name for each in catalogs.versions()}
    known = catalogs.name_of(made.content.digest)
    if known == current.name:
        return _outcome(made, known, UNCHANGED)
    version = known or name or f"list-{made.content.digest[:_NAME_DIGITS]}"
    if known is None and version in names:
        raise InvalidInput(
            field="name",
            value=version,
            allowed="a name that no other version has",
            remedy="Give another name, or none; a version is never changed.",
        )
    catalogs.save_import(
        CurrentVersion(number=current.number + 1, name=version),
        None if known else made.content,
        file_digest=sha256(content).hexdigest(),
        report=made.report.as_facts(),
        actor=actor,
    )
    return _outcome(made, version, CURRENT_AGAIN if known else IMPORTED)


def _outcome(made: ImportedCatalog, version: str, status: str) -> ImportOutcome:
    return ImportOutcome(version=version, status=status, digest=made.content.digest, report=made.report)
