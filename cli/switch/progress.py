"""Live progress of a switch: a bar on a terminal, plain lines otherwise; always on stderr."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from cli.base.client import ConsoleClient
from cli.base.errors import ApiProblem, ServerUnavailable
from cli.text import answers
from cli.text.output import note
from client.api import switches as switches_api

if TYPE_CHECKING:
    #: Shows a row of the board.
    Progress = Callable[[answers.switches.ShownSwitch], None]

#: A followed switch is read this often.
POLL_SECONDS = 0.25
#: A switch that was just started is shown this soon, or the projector is down.
APPEARS_SECONDS = 20.0
UNKNOWN = "UNKNOWN_SWITCH"
#: While a switch is followed it is looked this often whether what is shown is live.
LOOK_SECONDS = 5.0
_BAR_COLUMNS = 16


class Lines:
    """Shows where a switch stands by one line per change, for logs and pipes."""

    def __init__(self) -> None:
        self._last = ""

    def __call__(self, row: answers.switches.ShownSwitch) -> None:
        """Print the row when it reads differently from the one before."""
        text = describe(row)
        if text != self._last:
            self._last = text
            note(text)


@contextmanager
def progress_display() -> Iterator[Progress]:
    """Yield what fits the terminal: a bar, or lines when stderr is no terminal."""
    if sys.stderr.isatty() and os.environ.get("TERM") != "dumb":
        with _bar() as bar:
            yield bar
    else:
        yield Lines()


def follow(
    console: ConsoleClient, switch_id: str, display: Progress, *, timeout_seconds: float | None = None
) -> answers.switches.ShownSwitch:
    """Show a switch until it has ended, and return its last row.

    Args:
        console: The API.
        switch_id: The switch.
        display: What shows it.
        timeout_seconds: Give up after this; None follows it to its end.

    Raises:
        ServerUnavailable: The console does not answer, or it took too long.
    """
    began = time.monotonic()
    liveness = _Liveness(console)
    while True:
        liveness.look()
        row = _row(console, switch_id, is_patient=time.monotonic() - began < APPEARS_SECONDS)
        if row is not None:
            display(row)
            if row.outcome:
                return row
        if timeout_seconds is not None and time.monotonic() - began > timeout_seconds:
            where = describe(row) if row else "it is not shown yet"
            raise ServerUnavailable(
                f"The switch has not ended after {timeout_seconds:.0f} s: {where}.",
                remedy=f"It goes on; look at it with `planswitch switch show {switch_id[:8]}`.",
            )
        time.sleep(POLL_SECONDS)


class _Liveness:
    """Notes which parts are missing, when that changes: a row that stands still may be an old one."""

    def __init__(self, console: ConsoleClient) -> None:
        self._console = console
        self._looked_at = time.monotonic()
        self._missing: set[str] = set()

    def look(self) -> None:
        """Look again when it is time."""
        if time.monotonic() - self._looked_at < LOOK_SECONDS:
            return
        missing = {each.partition(":")[0]: each for each in self._console.missing_parts()}
        for part in sorted(missing.keys() - self._missing):
            note(f"not live: {missing[part]}")
        for part in sorted(self._missing - missing.keys()):
            note(f"works again: {part}")
        self._missing = set(missing)
        self._looked_at = time.monotonic()


def describe(row: answers.switches.ShownSwitch) -> str:
    """Return where a switch stands in one line."""
    parts = [row.stage.replace("_", " ")]
    if row.total:
        parts.append(f"{row.moved} of {row.total} users moved")
    if row.failed:
        parts.append(f"{row.failed} failed")
    if row.waits_for:
        parts.append(f"waits for {row.waits_for}")
    if row.incomplete_since is not None:
        parts.append(f"incomplete since version {row.incomplete_since}")
    if row.error_code:
        parts.append(f"{row.error_code}: {row.error_message}")
    return ", ".join(parts)


def _row(console: ConsoleClient, switch_id: str, *, is_patient: bool) -> answers.switches.ShownSwitch | None:
    try:
        return console.ask(answers.switches.ShownSwitch, switches_api.show_switch.request(switch_id))
    except ApiProblem as error:
        if error.problem_code == UNKNOWN and is_patient:
            return None
        raise


@contextmanager
def _bar() -> Iterator[Progress]:
    from rich.console import Console  # noqa: PLC0415 - heavy
    from rich.progress import BarColumn, SpinnerColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415
    from rich.progress import Progress as RichProgress  # noqa: PLC0415
    from rich.table import Column  # noqa: PLC0415

    # The words wrap beside the bar, which is as wide as it is.
    columns = (
        SpinnerColumn(finished_text="✔"),
        BarColumn(bar_width=_BAR_COLUMNS),
        TimeElapsedColumn(),
        TextColumn("{task.description}", table_column=Column(ratio=1, no_wrap=False, overflow="fold")),
    )
    with RichProgress(*columns, console=Console(stderr=True)) as shown:
        task = shown.add_task("starting", total=None)

        def update(row: answers.switches.ShownSwitch) -> None:
            shown.update(task, description=describe(row), total=row.total or None, completed=row.moved)

        yield update
