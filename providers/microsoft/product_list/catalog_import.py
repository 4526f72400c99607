"""A new version of the catalog from the vendor's published list.

The list names products and services and nothing else. Prices, caps, families and ranks come from the
built-in catalog by id, and imported prices stay; of every other product they are unknown, and it is never
offered. A product that the
list no longer has is kept as retired, since organizations hold it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from domain.catalog.documents import (
    CatalogContent,
    Document,
    content_of,
    service_plan_row,
    tiers_of,
)
from domain.catalog.plans import UNKNOWN
from domain.catalog.price_list import with_prices_of
from domain.kernel.errors import InvalidInput
from providers.microsoft.product_list.list_rows import OUTCOMES, ListFinding
from providers.microsoft.product_list.published_list import ListedProduct, PublishedList, read_published_list

#: Products of the version before that a list may lack; more, and it was cut off.
GONE_PERCENT_MAX = 10
_PERCENT = 100
#: Keys of a row that come from the vendor's list; the others come from the built-in catalog.
_TOLD = ("part_number", "name", "aliases", "tiers", "service_plan_ids", "retired")
#: Facts of a product that the vendor's list does not have.
UNTOLD = ("kind", "family", "segment", "user_cap", "is_retired", "prices")
_LIST_REMEDY = "Download the list again and import it whole; nothing was changed."


@dataclass(frozen=True, kw_only=True, slots=True)
class ServiceChange:
    """A product whose services are others than in the version before."""

    plan_id: str
    part_number: str
    #: Names of service plans, sorted.
    gained: tuple[str, ...]
    lost: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ImportReport:
    """What was read, what was done about the dirt, and what is new against the version before."""

    rows: int
    products: int
    service_plans: int
    #: Products whose kind, family, caps and prices are known.
    known_products: int
    #: repaired, noted, refused -> kind -> number.
    counts: dict[str, dict[str, int]]
    findings: tuple[ListFinding, ...]
    #: Part numbers.
    added: tuple[str, ...]
    gone: tuple[str, ...]
    changed: tuple[ServiceChange, ...]

    def as_facts(self) -> dict[str, Any]:
        """Return the report ready for JSON."""
        return asdict(self)


@dataclass(frozen=True, kw_only=True, slots=True)
class ImportedCatalog:
    """A version that is not stored yet."""

    content: CatalogContent
    report: ImportReport


def import_list(content: bytes, *, built_in: Document, current: Document) -> ImportedCatalog:
    """Make a version of the vendor's list; the same list on top of its own version is the same version.

    Args:
        content: The file as it was downloaded.
        built_in: Document of the packaged catalog: the facts that the list does not tell.
        current: Document of the version before.

    Raises:
        InvalidInput: The file is refused; the message names line, field, value and what is allowed.
    """
    listed = read_published_list(content)
    before = _by_id(current)
    _require_whole(listed, before.values())
    known = _by_id(built_in)
    service_plans = _service_rows(current, built_in) | {
        service_plan_id: service_plan_row(service_plan_id, name, friendly_name)
        for service_plan_id, (name, friendly_name) in listed.service_plans.items()
    }
    plans = {
        product.plan_id: _plan_row(product, known.get(product.plan_id), service_plans)
        for product in listed.products
    }
    plans |= {
        plan_id: _kept(before.get(plan_id), known.get(plan_id), is_refused=plan_id in listed.refused_ids)
        for plan_id in known.keys() | before.keys()
        if plan_id not in plans
    }
    # The list has no prices: those of an imported list of prices stay.
    document = with_prices_of(_document(plans, service_plans, built_in), current)
    return ImportedCatalog(content=content_of(document), report=_report(listed, document, current))


def _require_whole(listed: PublishedList, before: Iterable[Document]) -> None:
    """Refuse a list that lacks many products that were sold before: it ends at a row by chance."""
    ids = {product.plan_id for product in listed.products} | listed.refused_ids
    sold = [row for row in before if not row["retired"] and not row["placeholder"]]
    gone = [row for row in sold if row["plan_id"] not in ids]
    if len(gone) * _PERCENT > len(sold) * GONE_PERCENT_MAX:
        raise InvalidInput(
            field="file",
            value=f"{len(listed.products)} products",
            allowed=f"a whole list; it lacks {len(gone)} of {len(sold)} products of the current catalog,"
            f" such as {gone[0]['part_number']}, and {GONE_PERCENT_MAX} % may be missing",
            remedy=_LIST_REMEDY,
        )


def _plan_row(
    product: ListedProduct, known: Document | None, service_plans: Mapping[str, Document]
) -> Document:
    columns = {
        "plan_id": product.plan_id,
        "part_number": product.part_number,
        "name": product.name,
        "tiers": tiers_of(service_plans[each]["name"] for each in product.service_plan_ids),
        "service_plan_ids": list(product.service_plan_ids),
    }
    base = known or _UNKNOWN_FACTS
    names = [*base["aliases"], *product.other_names]
    if known and known["name"] != product.name:
        names.append(known["name"])
    return {**base, **columns, "aliases": list(dict.fromkeys(names))}


_UNKNOWN_FACTS: Document = {
    "name_2014": "",
    "aliases": [],
    "kind": UNKNOWN,
    "family": UNKNOWN,
    "service_family": UNKNOWN,
    "family_rank": 0,
    "segment": UNKNOWN,
    "user_cap": None,
    "retired": False,
    "placeholder": False,
    "prices": [],
    "unknown": list(UNTOLD),
}


def _kept(before: Document | None, known: Document | None, *, is_refused: bool) -> Document:
    """Return a product that the list does not have: as it was, but no longer sold."""
    row = (known or {}) | {key: value for key, value in (before or {}).items() if not known or key in _TOLD}
    return row if is_refused or row["placeholder"] else {**row, "retired": True}


def _document(
    plans: Mapping[str, Document], service_plans: Mapping[str, Document], built_in: Document
) -> Document:
    """Return the rows in an order that the input alone decides: ours first, then by name."""
    order = {row["plan_id"]: number for number, row in enumerate(built_in["plans"])}
    rows = sorted(
        plans.values(),
        key=lambda row: (order.get(row["plan_id"], len(order)), row["name"], row["plan_id"]),
    )
    used = sorted({service_plan_id for row in rows for service_plan_id in row["service_plan_ids"]})
    return {
        "service_plans": [service_plans[service_plan_id] for service_plan_id in used],
        "plans": rows,
        "paths": built_in["paths"],
    }


def _report(listed: PublishedList, document: Document, current: Document) -> ImportReport:
    counts: dict[str, Counter[str]] = {outcome: Counter() for outcome in sorted(set(OUTCOMES.values()))}
    for finding in listed.findings:
        counts[OUTCOMES[finding.kind]][finding.kind] += 1
    before, after = _by_id(current), _by_id(document)
    listed_ids = {product.plan_id for product in listed.products}
    return ImportReport(
        rows=listed.rows,
        products=len(listed.products),
        service_plans=len(listed.service_plans),
        known_products=sum(not after[plan_id].get("unknown") for plan_id in listed_ids),
        counts={outcome: dict(sorted(count.items())) for outcome, count in counts.items()},
        findings=listed.findings,
        added=_part_numbers(row for plan_id, row in after.items() if plan_id not in before),
        gone=_part_numbers(
            row for plan_id, row in before.items() if after[plan_id]["retired"] and not row["retired"]
        ),
        changed=tuple(_changes(current, document)),
    )


def _changes(current: Document, document: Document) -> Iterable[ServiceChange]:
    before, names = _by_id(current), _service_rows(current, document)
    for row in document["plans"]:
        old = set(before.get(row["plan_id"], row)["service_plan_ids"])
        new = set(row["service_plan_ids"])
        if old != new:
            yield ServiceChange(
                plan_id=row["plan_id"],
                part_number=row["part_number"],
                gained=tuple(sorted(names[each]["name"] for each in new - old)),
                lost=tuple(sorted(names[each]["name"] for each in old - new)),
            )


def _part_numbers(rows: Iterable[Document]) -> tuple[str, ...]:
    return tuple(sorted(row["part_number"] for row in rows))


def _by_id(document: Document) -> dict[str, Document]:
    return {row["plan_id"]: row for row in document["plans"]}


def _service_rows(*documents: Document) -> dict[str, Document]:
    """Return the service plans of documents by id; a later document wins."""
    return {row["service_plan_id"]: row for document in documents for row in document["service_plans"]}
