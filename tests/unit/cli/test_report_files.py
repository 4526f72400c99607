"""A report is written entry by entry, and its files are whole at every size (first-look#the-report)."""

from __future__ import annotations

import csv
import io
import json
from contextlib import suppress
from pathlib import Path

import pytest

from cli.report.customer_files import JsonSink, csv_sink, html_sink
from cli.report.customer_page import PageSink
from cli.report.customer_rows import (
    COLUMNS,
    Entry,
    Problem,
    Sink,
    Summary,
    rows,
    seller_of,
    status_of,
)
from cli.report.customer_text import ProgressSink
from console.models.customers import (
    CustomerAnswer,
    CustomerReportAnswer,
    CustomersAnswer,
    ReportedPlanAnswer,
)
from domain.kernel.errors import InvalidInput

LISTED = CustomersAnswer(
    profile="one", source="profile", source_text="those that the profile names", customers=(), passed_over=()
)


def _entry(number: int, *, is_failed: bool = False) -> Entry:
    customer = CustomerAnswer(organization_id=f"{number:08}-0000-4000-8000-000000000000", name=f"<{number}>")
    if is_failed:
        problem = Problem(code="ACCESS_LOST", message="Nobody is let in.", remedy="Sign in.")
        return Entry(customer=customer, report=None, problem=problem)
    report = CustomerReportAnswer(
        organization_id=customer.organization_id,
        name="",
        is_seller_read=True,
        plans=(),
        unread=("billing: absent",),
    )
    return Entry(customer=customer, report=report, problem=None)


def _plan(*, is_sold_elsewhere: bool) -> ReportedPlanAnswer:
    return ReportedPlanAnswer.model_construct(status="active", is_sold_elsewhere=is_sold_elsewhere)


def _report(*, is_seller_read: bool) -> CustomerReportAnswer:
    return CustomerReportAnswer.model_construct(is_seller_read=is_seller_read)


def _write(sink: Sink, *entries: Entry) -> None:
    summary = Summary()
    sink.begin(LISTED)
    for entry in entries:
        sink.add(entry)
        summary = summary.including(entry)
    sink.end(summary)


def test_each_organization_is_in_the_file_before_the_next_one_is_asked(tmp_path: Path) -> None:
    """Whoever stops the command, or loses the console, keeps what was there so far."""
    path = tmp_path / "report.csv"
    with csv_sink(path) as sink:
        sink.begin(LISTED)
        for number in range(3):
            sink.add(_entry(number))
            assert len(path.read_text(encoding="utf-8-sig").splitlines()) == number + 2


@pytest.mark.parametrize("number", [0, 1, 2])
def test_json_is_one_document_of_any_length(number: int) -> None:
    """None, one and several organizations, with the counts behind them."""
    file = io.StringIO()
    _write(JsonSink(file), *(_entry(each, is_failed=each == 1) for each in range(number)))
    document = json.loads(file.getvalue())

    assert (document["profile"], document["source"]) == ("one", "profile")
    assert len(document["organizations"]) == document["summary"]["organizations"] == number
    assert [each["problem"] is None for each in document["organizations"]] == [True, False][:number]


def test_a_row_has_a_cell_for_each_column_whatever_is_told(tmp_path: Path) -> None:
    """A failure, and an organization without plans, have a row each, with as many cells as the head."""
    path = tmp_path / "report.csv"
    with csv_sink(path) as sink:
        _write(sink, _entry(1), _entry(2, is_failed=True))
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))

    assert {len(row) for entry in (_entry(1), _entry(2, is_failed=True)) for row in rows(entry)} == {
        len(COLUMNS)
    }
    assert lines[0]["not_read"] == "billing: absent"
    assert lines[1]["error"] == "ACCESS_LOST: Nobody is let in. Sign in."


def test_the_page_shows_names_as_text_and_loads_nothing() -> None:
    """A name with brackets is no mark-up; there is no script and no address of anything."""
    file = io.StringIO()
    _write(PageSink(file), _entry(1), _entry(2, is_failed=True))
    page = file.getvalue()

    assert "&lt;1&gt;" in page
    assert "<1>" not in page
    assert "<script" not in page
    assert "http://" not in page.replace("http-equiv", "")
    assert page.count("<h2>") == 2


def test_no_empty_file_is_left_where_nothing_could_be_written(tmp_path: Path) -> None:
    """Whoever mends what was wrong names the same file again; what was written is kept."""
    taken, free = tmp_path / "taken", tmp_path / "report.csv"
    taken.touch()
    with pytest.raises(InvalidInput, match="--html"), csv_sink(free), html_sink(taken):
        pass
    assert not free.exists()

    with suppress(KeyboardInterrupt), csv_sink(free) as sink:
        sink.begin(LISTED)
        raise KeyboardInterrupt
    assert free.read_text(encoding="utf-8-sig").startswith(COLUMNS[0])


def test_a_seller_that_shows_nothing_is_no_other_seller() -> None:
    """Where the connected seller can't be read, nobody knows whose a plan is: no row says another's."""
    plan = _plan(is_sold_elsewhere=True)
    words = [
        (seller_of(plan, each), status_of(plan, each))
        for each in (_report(is_seller_read=True), _report(is_seller_read=False))
    ]

    assert words == [("another", "active, another seller's"), ("unknown", "active")]
    assert seller_of(_plan(is_sold_elsewhere=False), _report(is_seller_read=True)) == "connected"


def test_a_report_into_a_file_says_whose_organizations_and_how_far_it_is(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Hundreds take minutes; who lists them is told beside the file, since rows have no place for it."""
    customers = tuple(_entry(number).customer for number in range(60))
    passed_over = ("the directory lists nobody",)
    listed = LISTED.model_copy(update={"customers": customers, "passed_over": passed_over})
    sink = ProgressSink()
    sink.begin(listed)
    for number in range(60):
        sink.add(_entry(number))
    sink.end(Summary(organizations=60))
    told = capsys.readouterr()

    assert told.out == ""
    assert "60 organizations of profile one: those that the profile names" in told.err
    assert "passed over: the directory lists nobody" in told.err
    assert [each for each in told.err.splitlines() if " of 60 " in each] == [
        "25 of 60 organizations",
        "50 of 60 organizations",
    ]


def test_a_file_that_is_there_is_not_overwritten(tmp_path: Path) -> None:
    """Nor is it emptied; the option is named."""
    path = tmp_path / "report"
    path.write_text("mine")
    for sink, option in ((csv_sink, "--csv"), (html_sink, "--html")):
        with pytest.raises(InvalidInput, match=option), sink(path):
            pass
    assert path.read_text() == "mine"
