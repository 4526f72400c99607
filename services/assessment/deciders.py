"""Deciders: processes that decide pages of the history again, each with its own connection to the store.

Python decides on one core at a time, however many threads ask. What is decided elsewhere leaves the asking
process its own core, so a console goes on serving pages meanwhile.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Self

from audit.whatif.basis import Basis
from audit.whatif.switches import WhatIfPage, what_if_page
from domain.kernel.errors import PlanSwitchError
from services.assessment.hindsight import OtherInput, basis_of
from store.core.application import SwitchApplication
from store.core.errors import translated
from store.record.assessments import AssessmentStore
from store.record.catalogs import Catalogs

#: Each takes about 120 MB.
PROCESSES_MAX = 8
#: Deciders that nobody has asked for so long end.
IDLE_SECONDS = 60.0
#: Added to the niceness of a decider: pages and steps of the same machine come first.
_NICENESS = 5
_END_SECONDS = 5.0
#: A history of fewer pages is decided before a second process would have started.
FEW_PAGES = 10


class ProcessEnded(PlanSwitchError):
    """A process that decided a part of the history ended before it answered."""

    code = "PROCESS_ENDED"


@dataclass(frozen=True, kw_only=True, slots=True)
class PageQuestion:
    """Which page of the history is decided again, and with which other input."""

    other: OtherInput
    #: Last place of the page before; 0 begins with the first event.
    after_id: int
    #: Last place that is looked at.
    until_id: int


def cores() -> int:
    """Return on how many cores this process may run."""
    with suppress(AttributeError):  # not every system can bind processes to cores
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class PageDecider:
    """Decides pages in this process."""

    def __init__(self, store: AssessmentStore, catalogs: Catalogs) -> None:
        self._store = store
        self._catalogs = catalogs
        #: The last input and what is decided by with it: the pages of a history have the same.
        self._last: tuple[OtherInput, Basis] | None = None

    def basis(self, other: OtherInput) -> Basis:
        """Return what decisions are made by.

        Raises:
            InvalidInput: None or several inputs are named, or there is no such rule set, place or policy.
            UnknownCatalog: No version of the catalog is called so.
        """
        last = self._last
        if last is None or last[0] != other:
            self._last = last = other, basis_of(self._catalogs, other)
        return last[1]

    def page(self, question: PageQuestion) -> WhatIfPage:
        """Decide a page again; errors are those of `basis` and of the store."""
        basis = self.basis(question.other)
        return what_if_page(self._store, basis, after_id=question.after_id, until_id=question.until_id)


class _Process:
    """One decider. Its pipe ends with either side, so neither waits for one that is gone."""

    def __init__(self, database_url: str) -> None:
        # A fork would copy the locks of this process's threads, and its connections.
        context = get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(
            target=_serve, args=(theirs, database_url), name="planswitch-decider", daemon=True
        )
        self._process.start()
        theirs.close()
        #: Whether it takes a question: not while it owes an answer to somebody who has left.
        self.is_free = True

    def page(self, question: PageQuestion) -> WhatIfPage:
        """Return what the process decided.

        Raises:
            ProcessEnded: It ended before it answered.
        """
        self.is_free = False
        try:
            self._connection.send(question)
            answer: WhatIfPage | Exception = self._connection.recv()
        except (EOFError, OSError) as error:
            raise ProcessEnded(
                f"The process that decided the history after place {question.after_id} again has ended.",
                remedy="Send the command again. Where it comes back, see the console's log and its memory.",
            ) from error
        self.is_free = True
        if isinstance(answer, Exception):
            raise answer
        return answer

    def end(self) -> None:
        """End it now, whatever it does."""
        self._process.terminate()
        self._process.join(_END_SECONDS)
        self._connection.close()


def _serve(connection: Connection, database_url: str) -> None:
    """Answer questions until the asking process closes the pipe, or is gone."""
    # Ctrl-C reaches every process of a terminal; the asking one ends its own.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(_NICENESS)
    deciders: list[PageDecider] = []
    with suppress(EOFError, OSError):
        while True:
            question = connection.recv()
            connection.send(_answer(deciders, database_url, question))


def _answer(deciders: list[PageDecider], database_url: str, question: PageQuestion) -> WhatIfPage | Exception:
    """Return a page, or the error that is raised where it was asked for."""
    try:
        if not deciders:
            deciders.append(_opened(database_url))
        return deciders[0].page(question)
    except Exception as error:  # noqa: BLE001 - as said above
        return error


def _opened(database_url: str) -> PageDecider:
    with translated():
        application = SwitchApplication(database_url, pool_size=1)
    return PageDecider(AssessmentStore(application), Catalogs(application))


class Deciders:
    """As many deciders as this machine has cores, started when pages are asked for at the same time.

    A page that is asked for alone is decided in the asking process: a start takes a second or two.

    Args:
        own: Decides in this process.
        database_url: PostgreSQL of the store, for the processes.
        count_max: Processes at most; one never starts any.
    """

    def __init__(self, own: PageDecider, database_url: str, *, count_max: int | None = None) -> None:
        self.count = min(PROCESSES_MAX, cores()) if count_max is None else count_max
        self._own = own
        self._database_url = database_url
        self._condition = threading.Condition()
        #: Pages under way, and the processes that are there and those of them that have nothing to do.
        self._pages = 0
        self._processes: list[_Process] = []
        self._idle: list[_Process] = []
        self._rest: threading.Timer | None = None
        self._is_closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def basis(self, other: OtherInput) -> Basis:
        """Return what decisions are made by; errors are those of `PageDecider.basis`."""
        return self._own.basis(other)

    def page(self, question: PageQuestion) -> WhatIfPage:
        """Decide a page again, in this process or in another one.

        Raises:
            ProcessEnded: The other process ended before it answered.
        """
        with self._counted() as is_alone:
            if is_alone:
                return self._own.page(question)
            with self._process() as process:
                return process.page(question)

    def close(self) -> None:
        """End every process, for good; what is under way in one fails."""
        with self._condition:
            self._is_closed = True
            self._stop_rest()
            ended, self._processes, self._idle = self._processes, [], []
            self._condition.notify_all()
        for each in ended:
            each.end()

    @contextmanager
    def _counted(self) -> Iterator[bool]:
        """Count a page while it is decided, and yield whether this process decides it."""
        with self._condition:
            self._stop_rest()
            is_alone = self.count == 1 or not (self._pages or self._processes)
            self._pages += 1
        try:
            yield is_alone
        finally:
            with self._condition:
                self._pages -= 1
                if not self._pages and self._processes:
                    self._rest = threading.Timer(IDLE_SECONDS, self._end_idle)
                    self._rest.daemon = True
                    self._rest.start()

    @contextmanager
    def _process(self) -> Iterator[_Process]:
        """Yield a process that has nothing to do; for one that has ended the next page starts another."""
        process = self._free_process()
        try:
            yield process
        finally:
            with self._condition:
                if process in self._processes:
                    (self._idle.append if process.is_free else self._processes.remove)(process)
                self._condition.notify()
            if not process.is_free:
                process.end()

    def _free_process(self) -> _Process:
        with self._condition:
            self._condition.wait_for(
                lambda: self._is_closed or self._idle or len(self._processes) < self.count
            )
            if self._is_closed:
                raise ProcessEnded("The console stops.", remedy="Send the command again when it is back.")
            if self._idle:
                return self._idle.pop()
            process = _Process(self._database_url)
            self._processes.append(process)
            return process

    def _end_idle(self) -> None:
        with self._condition:
            if self._pages:
                return
            ended, self._processes, self._idle = self._processes, [], []
        for each in ended:
            each.end()

    def _stop_rest(self) -> None:
        if self._rest is not None:
            self._rest.cancel()
            self._rest = None
