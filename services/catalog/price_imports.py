"""Import of a list of prices: a version of the catalog with them, or a preview of it (cli#price-lists)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

from domain.catalog.documents import built_in_content, content_of
from domain.catalog.price_list import (
    CHANGE_PERCENT_MAX,
    PriceList,
    PriceReport,
    price_report,
    read_price_list,
    with_prices,
)
from domain.kernel.errors import InvalidInput
from domain.text.plain_text import require_plain_text, require_told
from services.base.tools import decided_anew
from services.catalog.version_change import VersionName, decide_version, require_name, save_version
from store.record.catalogs import Catalogs

_PREFIX = "prices"
#: Zone in which a day begins first (Line Islands, Kiribati).
_FIRST_ZONE = timezone(timedelta(hours=14))
_USUAL = f"prices that change by at most {CHANGE_PERCENT_MAX} %, of a day that has begun"
_ALLOW = "Look at a preview, with `--dry-run`; take it with `--allow-unusual`. Nothing was changed."


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
    #: What only an import that allows it takes, in words; empty where nothing is.
    unusual: tuple[str, ...]
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
    #: Takes large changes and days to come too.
    allows_unusual: bool = False


def import_prices(catalogs: Catalogs, order: PriceImport) -> PriceImportOutcome:
    """Make the current version with the prices of a list the current one, or say what that would do.

    Args:
        catalogs: The versions there are.
        order: The list, and who brings it.

    Raises:
        InvalidInput: A row is bad, the name can't be used or is taken, no reason is given, or something is
            unusual and not allowed; nothing was changed.
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
    listed = read_price_list(order.content, before)
    after = with_prices(before, listed, built_in=built_in_content().document)
    report = price_report(listed, before, after)
    unusual = _unusual(listed, report)
    wanted = VersionName(name=order.name, prefix=_PREFIX)
    change = decide_version(catalogs, content_of(after), current=current, wanted=wanted)
    if not order.is_preview:
        if unusual and not order.allows_unusual:
            raise InvalidInput(field="file", value="; ".join(unusual), allowed=_USUAL, remedy=_ALLOW)
        facts = {**report.as_facts(), "reason": order.reason}
        save_version(catalogs, change, file=order.content, report=facts, actor=order.actor)
    return PriceImportOutcome(
        version=change.version,
        status=change.status,
        digest=change.content.digest,
        is_preview=order.is_preview,
        unusual=unusual,
        report=report,
    )


def _unusual(listed: PriceList, report: PriceReport) -> tuple[str, ...]:
    """Return what a slip of the point or the wrong file looks like; prices count at once."""
    words = []
    if report.large:
        first, rest = report.large[0], len(report.large) - 1
        more = f" and {rest} more" if rest else ""
        words.append(f"{first.part_number} in {first.currency}{more} by more than {CHANGE_PERCENT_MAX} %")
    if listed.as_of > _today():
        words.append(f"as_of {listed.as_of}, a day to come")
    return tuple(words)


def _today() -> date:
    """Return the latest day that has begun anywhere."""
    return datetime.now(tz=_FIRST_ZONE).date()
