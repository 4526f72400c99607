"""A new version of the catalog: what comes from the list, what from the built-in catalog, what is kept."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from domain.catalog.catalog import Catalog, load_catalog
from domain.catalog.documents import CatalogContent, Document, built_in_content, content_of
from domain.catalog.plans import SwitchKind, kind_of
from domain.kernel.errors import AuditMismatch, InvalidInput
from providers.microsoft.product_list.catalog_import import ImportedCatalog, import_list
from tests.support.stories.list_parts import PRODUCTS, csv_of, guid, row

SECONDS_MAX = 2.0
BUILT_IN = built_in_content()
E3 = "6fd2c87f-b296-42f0-b197-1e91e994b900"


def _current(*rows: str) -> Document:
    """Return the document of a version that was made of `csv_of`, without the real plans."""
    empty: Document = {"service_plans": [], "plans": [], "paths": []}
    return import_list(csv_of(*rows), built_in=empty, current=empty).content.document


def _imported(content: bytes, current: Document) -> ImportedCatalog:
    empty: Document = {"service_plans": [], "plans": [], "paths": []}
    return import_list(content, built_in=empty, current=current)


@pytest.fixture(name="published", scope="module")
def _published(shared_data: Path) -> bytes:
    return (shared_data / "msft_service_plans.csv").read_bytes()


@pytest.fixture(name="real", scope="module")
def _real(published: bytes) -> ImportedCatalog:
    return import_list(published, built_in=BUILT_IN.document, current=BUILT_IN.document)


@pytest.fixture(name="catalog", scope="module")
def _catalog(real: ImportedCatalog) -> Catalog:
    return real.content.catalog("2026-12")


def test_the_real_list_is_a_version_within_two_seconds(published: bytes) -> None:
    """619 products in under 2 s of work, from bytes to the stored form; waiting for a busy machine aside."""
    began = time.process_time()
    made = import_list(published, built_in=BUILT_IN.document, current=BUILT_IN.document)
    took = time.process_time() - began

    assert took < SECONDS_MAX
    assert (made.report.products, made.report.service_plans) == (619, 791)
    assert made.report.gone == ()


def test_plans_that_we_know_stay_what_they_are(catalog: Catalog) -> None:
    """Prices, caps, ranks, tiers and names of the built-in plans are taken over by id."""
    for plan in load_catalog().plans:
        assert catalog.plan(plan.plan_id) == plan
        assert catalog.find(plan.name) == plan
    assert catalog.paths_2014 == load_catalog().paths_2014
    assert catalog.version == "2026-12"


def test_products_that_we_do_not_know_are_marked_and_never_offered(catalog: Catalog) -> None:
    """What the list does not tell is unknown: no price, no target, and no family to be the same."""
    unknown = [plan for plan in catalog.plans if plan.unknown]
    offered = {
        target.plan.plan_id
        for plan in load_catalog().plans
        for rule_set in ("2014", "2020", "current")
        for target in catalog.offered_targets(plan.plan_id, rule_set)
    }

    assert len(unknown) > 580
    assert not offered & {plan.plan_id for plan in unknown}
    assert all(plan.kind == plan.family == plan.segment == "unknown" for plan in unknown)
    first, second = unknown[:2]
    assert kind_of(first, second) is SwitchKind.OTHER_FAMILY
    with pytest.raises(InvalidInput, match="a plan with a price"):
        catalog.price(first.plan_id, "EUR")


def test_tiers_of_unknown_products_come_from_their_services(catalog: Catalog) -> None:
    """The data-service rule needs services only: tiers are computed for every product.

    See rules#target_lacks_data_services.
    """
    plan = catalog.find("SPE_E5")

    assert plan.tiers.as_tuple() == (3, 3, 3)


def test_the_same_list_again_is_the_same_version(published: bytes, real: ImportedCatalog) -> None:
    """A version is named by its content: nothing new means no new version."""
    again = import_list(published, built_in=BUILT_IN.document, current=real.content.document)

    assert again.content == real.content
    assert (again.report.added, again.report.gone, again.report.changed) == ((), (), ())


def test_order_of_the_rows_does_not_make_a_version() -> None:
    """The same products and services in another order are the same content."""
    current = _current()
    lines = csv_of(row("X", "S1"), row("X", "S2")).decode().splitlines()
    mixed = "\n".join([lines[0], *reversed(lines[1:])]) + "\n"

    assert (
        _imported(mixed.encode(), current).content
        == _imported(csv_of(row("X", "S1"), row("X", "S2")), current).content
    )


def test_a_product_that_left_the_list_is_kept_as_retired() -> None:
    """Organizations hold it: it is found and told as no longer sold, also by later imports."""
    current = _current(row("OLD", "S1"))
    made = _imported(csv_of(), current)
    again = _imported(csv_of(), made.content.document)

    assert made.report.gone == ("PART_OLD",)
    assert made.content.catalog("2").plan(guid("OLD")).is_retired
    assert again.content == made.content
    assert again.report.gone == ()


def test_a_product_that_came_back_is_sold_again() -> None:
    """Retirement by absence ends with the absence."""
    current = _current(row("OLD", "S1"))
    gone = _imported(csv_of(), current).content.document
    back = _imported(csv_of(row("OLD", "S1")), gone)

    assert back.content == content_of(current)


def test_a_refused_product_keeps_what_the_version_before_said() -> None:
    """A bad row changes nothing of its product, and does not retire it."""
    current = _current(row("P1", "S1"))
    made = _imported(csv_of(row("P1", "S1"), row("P1", "S2", Service_Plan_Id="bad")), current)

    assert made.content == content_of(current)
    assert made.report.counts["refused"] == {"product_refused": 1, "row_refused": 1}


def test_changed_services_are_told_by_name() -> None:
    """The report says which products gained and lost which services."""
    made = _imported(csv_of(row("X", "S2")), _current(row("X", "S1")))
    (change,) = made.report.changed

    assert (change.part_number, change.gained, change.lost) == ("PART_X", ("SERVICE_S2",), ("SERVICE_S1",))


def test_a_list_that_ends_early_is_refused() -> None:
    """A file cut off right after a row lacks more products than ever left the list at once."""
    current = _current()
    lines = csv_of().splitlines(keepends=True)

    with pytest.raises(InvalidInput, match="a whole list") as refused:
        _imported(b"".join(lines[: PRODUCTS // 2]), current)
    assert "nothing was changed" in refused.value.remedy


def test_a_list_of_another_vendor_is_refused(published: bytes) -> None:
    """A list without the plans that we know is not the list."""
    with pytest.raises(InvalidInput, match="it lacks"):
        import_list(csv_of(), built_in=BUILT_IN.document, current=BUILT_IN.document)


def test_the_built_in_catalog_has_the_form_of_an_imported_one() -> None:
    """Stored and read again it is the packaged catalog, and its version ends with its digest."""
    packaged = load_catalog()

    assert BUILT_IN.catalog(packaged.version) == packaged
    assert packaged.version.endswith(f"-{BUILT_IN.digest[:8]}")
    assert packaged.plan(E3).unknown == ()


def test_altered_content_is_not_read() -> None:
    """A version whose bytes are not those of its digest is no evidence."""
    altered = CatalogContent(content=BUILT_IN.content.replace(b"E3", b"E9"), digest=BUILT_IN.digest)

    with pytest.raises(AuditMismatch, match="altered"):
        altered.catalog("2026-11")
