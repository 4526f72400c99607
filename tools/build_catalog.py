"""Build the files in `domain/catalog/data/` that the vendor's published lists decide.

They are `catalog.json`, `paths_2014.json` and `price_list.csv`.

Usage: `python -m tools.build_catalog DATA_DIR`, where DATA_DIR holds plans_2014.csv, upgrade_paths_2014.csv,
msft_service_plans.csv and license_prices.csv. The output depends on the input alone.
"""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid5

from domain.catalog.documents import content_of, service_plan_row, tiers_of
from domain.catalog.price_list import COLUMNS
from domain.kernel.ids import NAMESPACE
from domain.text.file_text import read_text_file
from providers.microsoft.product_list.list_rows import clean_cell
from providers.microsoft.product_list.published_list import read_published_list
from tools.catalog_plans import COMPANIONS, PLAN_NOTES

CATALOG_VERSION = "2026-11"
#: Digits of the content's digest in the version.
VERSION_DIGITS = 8
OUTPUT_DIR = Path(__file__).resolve().parent.parent / "domain" / "catalog" / "data"
CURRENCIES = ("USD", "EUR")
MINOR_UNITS_PER_UNIT = 100
CURRENT_PRICE_LIST = "2026-H2 list"
#: First day of that list.
CURRENT_PRICES_ON = "2026-07-01"
USER_CAPS = {"small_business": 25, "midsize": 300, "business": 300}
SERVICE_FAMILIES = {"frontline": "enterprise"}

Json = dict[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class VendorLists:
    """The vendor's lists, cleaned and indexed."""

    #: GUID -> ids of its service plans, sorted.
    service_plan_ids: dict[str, tuple[str, ...]]
    #: GUID -> (part number, display name).
    products: dict[str, tuple[str, str]]
    #: Service plan id -> (name, friendly name).
    service_plans: dict[str, tuple[str, str]]
    #: (GUID, currency) -> list price per license and month in minor units.
    prices: dict[tuple[str, str], int]


def read_rows(path: Path) -> Iterator[dict[str, str]]:
    """Yield the rows of a CSV file with every cell cleaned."""
    text = read_text_file(path.read_bytes()).text
    for row in csv.DictReader(io.StringIO(text, newline="")):
        yield {str(column): clean_cell(cell or "")[0] for column, cell in row.items()}


def read_vendor_lists(data_dir: Path) -> VendorLists:
    """Read the product list and the price list; products are keyed by lower-case GUID."""
    listed = read_published_list((data_dir / "msft_service_plans.csv").read_bytes())
    return VendorLists(
        service_plan_ids={product.plan_id: product.service_plan_ids for product in listed.products},
        products={product.plan_id: (product.part_number, product.name) for product in listed.products},
        service_plans=listed.service_plans,
        prices=_read_prices(data_dir / "license_prices.csv"),
    )


def _read_prices(path: Path) -> dict[tuple[str, str], int]:
    return {
        (row["skuId"].lower(), row["currency"]): int(
            Decimal(row["price_per_user_month"]) * MINOR_UNITS_PER_UNIT
        )
        for row in read_rows(path)
        if row["as_of"].startswith(CURRENT_PRICE_LIST) and row["currency"] in CURRENCIES
    }


def placeholder_id(name: str) -> str:
    """Return the marked id of a plan that the vendor's list does not have."""
    return str(uuid5(NAMESPACE, f"plan:{name}"))


def build_catalog(data_dir: Path) -> Json:
    """Join the vendor's lists with our notes into the catalog document."""
    lists = read_vendor_lists(data_dir)
    plans = [_plan(row, lists) for row in read_rows(data_dir / "plans_2014.csv")]
    plans += [
        _companion(notes.plan_id, notes.kind, notes.aliases, notes.invented_prices, lists)
        for notes in COMPANIONS
    ]
    used = {service_plan_id for plan in plans for service_plan_id in plan["service_plan_ids"]}
    return {
        "service_plans": [service_plan_row(each, *lists.service_plans[each]) for each in sorted(used)],
        "plans": plans,
    }


def _plan(row: dict[str, str], lists: VendorLists) -> Json:
    name, family = row["plan_name"], row["family"]
    notes = PLAN_NOTES[name]
    is_listed = row["in_list"] == "yes"
    plan_id = row["GUID"].lower() if is_listed else placeholder_id(name)
    service_plan_ids = (
        lists.service_plan_ids[plan_id] if is_listed else _ids_of(notes.service_plan_names, lists)
    )
    return {
        "plan_id": plan_id,
        "part_number": row["String_Id"] or notes.part_number,
        "name": row["list_display_name"] or name,
        "name_2014": name,
        "aliases": list(notes.aliases),
        "kind": "plan",
        "family": family,
        "service_family": SERVICE_FAMILIES.get(family, family),
        "family_rank": notes.rank,
        "segment": "education" if family == "education" else "commercial",
        "user_cap": USER_CAPS.get(family),
        "retired": notes.retired or not is_listed,
        "placeholder": not is_listed,
        "tiers": _tiers(service_plan_ids, lists),
        "prices": _prices(plan_id, notes.invented_prices, lists),
        "service_plan_ids": list(service_plan_ids),
    }


def _companion(
    plan_id: str, kind: str, aliases: Iterable[str], invented: tuple[int, int] | None, lists: VendorLists
) -> Json:
    part_number, name = lists.products[plan_id]
    service_plan_ids = lists.service_plan_ids[plan_id]
    return {
        "plan_id": plan_id,
        "part_number": part_number,
        "name": name,
        "name_2014": "",
        "aliases": list(aliases),
        "kind": kind,
        "family": kind,
        "service_family": kind,
        "family_rank": 0,
        "segment": "commercial",
        "user_cap": None,
        "retired": False,
        "placeholder": False,
        "tiers": _tiers(service_plan_ids, lists),
        "prices": _prices(plan_id, invented, lists),
        "service_plan_ids": list(service_plan_ids),
    }


def _ids_of(service_plan_names: tuple[str, ...], lists: VendorLists) -> tuple[str, ...]:
    return tuple(
        sorted(
            service_plan_id
            for service_plan_id, (name, _) in lists.service_plans.items()
            if name in service_plan_names
        )
    )


def _tiers(service_plan_ids: Iterable[str], lists: VendorLists) -> Json:
    return dict(tiers_of(lists.service_plans[service_plan_id][0] for service_plan_id in service_plan_ids))


def _prices(plan_id: str, invented: tuple[int, int] | None, lists: VendorLists) -> list[Json]:
    prices = []
    for index, currency in enumerate(CURRENCIES):
        listed = lists.prices.get((plan_id, currency))
        if listed is None and invented is None:
            message = f"plan {plan_id} has no {currency} price: add an invented one to catalog_plans.py"
            raise ValueError(message)
        amount = listed if listed is not None else (invented or (0, 0))[index]
        prices.append({"currency": currency, "unit_price_minor_units": amount, "invented": listed is None})
    return prices


def build_paths(data_dir: Path) -> Json:
    """Build the 2014 table: pairs of 2014 names, in the order of the published table."""
    known = {row["plan_name"] for row in read_rows(data_dir / "plans_2014.csv")}
    return {
        "rule_set": "2014",
        "paths": [
            [_known_name(row["from_plan"], known), _known_name(row["to_plan"], known)]
            for row in read_rows(data_dir / "upgrade_paths_2014.csv")
        ],
    }


def _known_name(name: str, known: set[str]) -> str:
    """Return the catalog's spelling; the table leaves out `(edu)`."""
    return name if name in known else f"{name} (edu)"


def render(document: Json, *, rows_of: tuple[str, ...]) -> str:
    """Write a document with one line per row of the named lists, so that a change shows as a line."""
    parts = []
    for key, value in document.items():
        if key in rows_of:
            rows = ",\n".join("  " + json.dumps(row, ensure_ascii=False) for row in value)
            parts.append(f' "{key}": [\n{rows}\n ]')
        else:
            parts.append(f' "{key}": {json.dumps(value)}')
    return "{\n" + ",\n".join(parts) + "\n}\n"


def build_price_list(data_dir: Path, names: dict[str, str]) -> str:
    """Build the list of prices in every currency, of the plans that we know, for `catalog import-prices`.

    It is no part of the catalog: a version that switches name stays what it is.

    Args:
        data_dir: Folder of the vendor's lists.
        names: Plan id -> its name, for people who read the list.
    """
    output = io.StringIO()
    writer = csv.writer(output, lineterminator="\n")
    writer.writerow([*COLUMNS, "name"])
    for row in read_rows(data_dir / "license_prices.csv"):
        plan_id = row["skuId"].lower()
        if row["as_of"].startswith(CURRENT_PRICE_LIST) and plan_id in names:
            price = [row["currency"], row["price_per_user_month"], CURRENT_PRICES_ON]
            writer.writerow([plan_id, *price, row["source"], names[plan_id]])
    return output.getvalue()


def build_files(data_dir: Path) -> dict[str, str]:
    """Return the text of each packaged file by its name."""
    catalog, paths = build_catalog(data_dir), build_paths(data_dir)
    # Another content is another version by itself: switches of the past must find theirs.
    digest = content_of({**catalog, "paths": paths["paths"]}).digest
    version = f"{CATALOG_VERSION}-{digest[:VERSION_DIGITS]}"
    return {
        "catalog.json": render({"version": version, **catalog}, rows_of=("service_plans", "plans")),
        "paths_2014.json": render(paths, rows_of=("paths",)),
        "price_list.csv": build_price_list(
            data_dir, {plan["plan_id"]: plan["name"] for plan in catalog["plans"]}
        ),
    }


def main(arguments: list[str]) -> int:
    """Write the packaged files and return the exit code."""
    if len(arguments) != 1:
        print("usage: python -m tools.build_catalog DATA_DIR", file=sys.stderr)
        return 2
    for name, text in build_files(Path(arguments[0])).items():
        (OUTPUT_DIR / name).write_text(text, encoding="utf-8")
        print(f"wrote {OUTPUT_DIR / name}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
