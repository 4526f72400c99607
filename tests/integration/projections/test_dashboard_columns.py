"""The columns of the views of dashboards are an interface (views#what-stays-as-it-is)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from projections.reads.dashboard_views import DashboardView, dashboard_views

ROOT = Path(__file__).parents[3]
GOLDEN = ROOT / "tests" / "golden" / "views" / "columns.txt"
PAGE = ROOT / "docs" / "views.md"
_HEADING = re.compile(r"^### (\w+)\n\n(.+)\n\n((?:\|.*\n)+)", re.MULTILINE)
_ROW = re.compile(r"^\| `(\w+)` \| ([^|]+) \| (.+) \|$", re.MULTILINE)
#: Every view has these; `projection` begins with them, and the others end with them.
COMMON = ["projection_position", "projection_lag", "projection_lag_seconds"]


@pytest.fixture(name="views")
def _views(database_url: str) -> tuple[DashboardView, ...]:
    """Return the views as the database describes them."""
    return dashboard_views(database_url)


def test_a_column_stays_with_its_type_and_place(views: tuple[DashboardView, ...]) -> None:
    """No column was removed, renamed, retyped or moved; a new one is added to the list, at its view's end."""
    kept = [line for line in GOLDEN.read_text(encoding="utf-8").splitlines() if line]
    current = [f"{view.name} {column.name} {column.type}" for view in views for column in view.columns]

    assert len(kept) > 150
    assert current == kept


def test_the_page_says_what_the_comments_say(views: tuple[DashboardView, ...]) -> None:
    """Each view and column of the database stands in docs/views.md with the same words, and no other one."""
    sections = {name: (text, table) for name, text, table in _HEADING.findall(PAGE.read_text("utf-8"))}

    assert {view.name: view.meaning for view in views} == {name: text for name, (text, _) in sections.items()}
    for view in views:
        described = _ROW.findall(sections[view.name][1])
        assert described == [(each.name, each.type, each.meaning) for each in view.columns], view.name


def test_each_row_says_how_far_it_is(views: tuple[DashboardView, ...]) -> None:
    """Position and lag stand in every view (views#how-far-they-are)."""
    for view in views:
        names = [each.name for each in view.columns]
        assert (names[:3] if view.name == "projection" else names[-3:]) == COMMON, view.name


def test_units_stand_in_the_names(views: tuple[DashboardView, ...]) -> None:
    """Amounts are whole minor units beside their currency; instants, days and yes or no are named as such."""
    for view in views:
        types = {each.name: each.type for each in view.columns}
        amounts = {types[name] for name in types if name.endswith("_minor_units")}
        assert amounts <= {"bigint"}, view.name
        assert not amounts or types["currency"] == "text", view.name
        for name, kind in types.items():
            assert (kind == "timestamp with time zone") == (name.endswith("_at") or name in _INSTANTS), name
            assert (kind == "date") == name.endswith("_on") or name == "waits_on", name
            assert (kind == "boolean") == name.startswith("is_"), name


_INSTANTS = {"at", "waits_since", "live_since", "promised_end", "wait_until"}
