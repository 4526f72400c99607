"""How much memory a console takes while it sends a long list as a file: it must not grow with the list."""

from __future__ import annotations

import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import httpx2

from bench.base.lone_console import lone_console
from bench.base.processes import peak_megabytes, reset_peak
from bench.large.large_switch import SWITCH_ID, large_switch
from projections.running.projector import Projector
from projections.running.schema import create

ROWS_DEFAULT = 1_000_000
#: The memory at so many times fewer rows is what that at all of them is compared with.
FEWER = 10
#: A first export brings in what every export needs.
_WARM_ROWS = 1_000
_FORMS = ("csv", "jsonl")
_TIMEOUT_SECONDS = 3_600.0


def measure(rows: int) -> dict[str, Any]:
    """Export the users of a switch of so many, and of a tenth of them, as both kinds of file.

    Args:
        rows: Users of the switch.
    """
    few, many = (_exported(each) for each in (rows // FEWER, rows))
    return {"rows": rows} | {
        f"{form}_{name}": figure
        for form in _FORMS
        for name, figure in {
            "rows_per_second": many[form]["rows_per_second"],
            "peak_megabytes": many[form]["peak_megabytes"],
            "peak_megabytes_of_a_tenth": few[form]["peak_megabytes"],
            "peak_ratio": many[form]["peak_megabytes"] / few[form]["peak_megabytes"],
        }.items()
    }


def summarize(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the medians of the runs."""
    return {name: round(median(run[name] for run in runs), 2) for name in runs[0]}


def _exported(rows: int) -> dict[str, dict[str, float]]:
    with large_switch(rows) as large, TemporaryDirectory() as folder:
        create(large.database_url)
        Projector(large.database_url).catch_up()
        console = lone_console(large.database_url, Path(folder), master_key_file=large.master_key_file)
        with console as (process_id, environment):
            client = httpx2.Client(
                base_url=environment["PLANSWITCH_API_URL"],
                headers={"X-API-Key": environment["PLANSWITCH_API_KEY"]},
                timeout=_TIMEOUT_SECONDS,
                trust_env=False,
            )
            with client:
                for form in _FORMS:
                    _lines(client, form, rows_max=_WARM_ROWS)
                return {form: _measured(client, form, process_id, rows) for form in _FORMS}


def _measured(client: httpx2.Client, form: str, process_id: int, rows: int) -> dict[str, float]:
    reset_peak(process_id)
    began = time.perf_counter()
    lines = _lines(client, form, rows_max=None)
    seconds = time.perf_counter() - began
    # A table has a line more, with the names of its columns.
    assert lines == rows + (form == "csv"), f"{lines} lines of {rows} rows"
    return {"rows_per_second": rows / seconds, "peak_megabytes": peak_megabytes(process_id)}


def _lines(client: httpx2.Client, form: str, *, rows_max: int | None) -> int:
    """Read an export and return its lines; one that is cut short is left in the middle."""
    lines = 0
    with client.stream("GET", f"/api/v1/switches/{SWITCH_ID}/users.{form}") as answer:
        answer.raise_for_status()
        for part in answer.iter_bytes():
            lines += part.count(b"\n")
            if rows_max is not None and lines >= rows_max:
                break
    return lines
