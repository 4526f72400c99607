"""Import of a list of prices: a version of the catalog with them, or a preview of it (cli#price-lists)."""

from __future__ import annotations

from dataclasses import dataclass

from domain.catalog.documents import content_of
from domain.catalog.price_list import PriceReport, price_report, read_price_list, with_prices
from domain.text.plain_text import require_plain_text, require_told
from services.base.tools import decided_anew
from services.catalog.version_change import VersionName, decide_version, require_name, save_version
from store.record.catalogs import Catalogs

_PREFIX = "prices"


@dataclass(frozen=True, kw_only=True, slots=True)
class PriceImportOutcome:
    """What became of an import of prices, or what would."""

    #: Name of the version that is current now, or would be.
    version: str
    #: imported, current_again or unchanged.
    status: str
    digest: str
    #: Nothing was written.
    is_preview: bool
    report: PriceReport


@dataclass(frozen=True, kw_only=True, slots=True)
class PriceImport:
    """Who imports which prices, and why."""

    #: The file.
    content: bytes
    #: Name of the version; None: by its content.
    name: str | None
    actor: str
    #: Recorded with the import; a preview needs none.
    reason: str
    is_preview: bool


def import_prices(catalogs: Catalogs, order: PriceImport) -> PriceImportOutcome:
    """Make the current version with the prices of a list the current one, or say what that would do.

    Args:
        catalogs: The versions there are.
        order: The list, and who brings it.

    Raises:
        InvalidInput: A row is bad, the name can't be used or is taken, or no reason is given; nothing was
            changed.
        UnacceptableText: The reason has a control character.
        ConcurrentWrite: Others were faster each time.
    """
    require_name(order.name)
    require_plain_text(order.reason, field="reason")
    if not order.is_preview:
        require_told(order.reason)
    return decided_anew(lambda: _import(catalogs, order))


def _import(catalogs: Catalogs, order: PriceImport) -> PriceImportOutcome:
    current = catalogs.current_version()
    before = catalogs.content(current.name).document
    prices = read_price_list(order.content, before)
    report = price_report(prices, before)
    wanted = VersionName(name=order.name, prefix=_PREFIX)
    change = decide_version(catalogs, content_of(with_prices(before, prices)), current=current, wanted=wanted)
    if not order.is_preview:
        facts = {**report.as_facts(), "reason": order.reason}
        save_version(catalogs, change, file=order.content, report=facts, actor=order.actor)
    return PriceImportOutcome(
        version=change.version,
        status=change.status,
        digest=change.content.digest,
        is_preview=order.is_preview,
        report=report,
    )
