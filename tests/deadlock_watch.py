"""The library's watch over the time of workflow tasks, lifted for every worker and replayer of the tests.

The library fails a task that has not ended after two seconds by the clock on the wall. Ours need milliseconds
of a core, which a machine that stands still for a moment does not give in time. What really hangs is ended by
the test's own time limit.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from temporalio.worker import _workflow

#: What the library gives a workflow task.
SDK_DEADLOCK_SECONDS = 2


@contextmanager
def lifted_deadlock_watch() -> Iterator[None]:
    """Let a workflow task take as long as a busy machine lets it, until the block ends."""
    begin = _workflow._WorkflowWorker.__init__

    def begin_unwatched(worker: Any, *arguments: Any, **options: Any) -> None:
        begin(worker, *arguments, **options)
        given = worker._deadlock_timeout_seconds
        assert given == SDK_DEADLOCK_SECONDS, "the library names it otherwise now"
        worker._deadlock_timeout_seconds = None

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_workflow._WorkflowWorker, "__init__", begin_unwatched)
        yield
