"""Import of a published list: read, decide, save; all or nothing, and two at once one after the other."""

from __future__ import annotations

from dataclasses import dataclass

from domain.catalog.documents import built_in_content
from providers.microsoft.product_list.catalog_import import ImportedCatalog, ImportReport, import_list
from services.base.tools import decided_anew
from services.catalog.version_change import VersionName, decide_version, require_name, save_version
from store.record.catalogs import Catalogs


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
    require_name(name)
    return decided_anew(lambda: _import(catalogs, content, name, actor))


def _import(catalogs: Catalogs, content: bytes, name: str | None, actor: str) -> ImportOutcome:
    current = catalogs.current_version()
    made = import_list(
        content,
        built_in=built_in_content().document,
        current=catalogs.content(current.name).document,
    )
    wanted = VersionName(name=name, prefix="list")
    change = decide_version(catalogs, made.content, current=current, wanted=wanted)
    save_version(catalogs, change, file=content, report=made.report.as_facts(), actor=actor)
    return _outcome(made, change.version, change.status)


def _outcome(made: ImportedCatalog, version: str, status: str) -> ImportOutcome:
    return ImportOutcome(version=version, status=status, digest=made.content.digest, report=made.report)
