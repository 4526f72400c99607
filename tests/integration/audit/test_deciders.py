"""Deciding a history again in several processes: same answers, same order, same errors (ADR 37)."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import pairwise

import psycopg
import pytest

from audit.whatif import switches
from audit.whatif.switches import WhatIf, WhatIfPage, page_ends
from bench.whatif import SWITCH_EVENTS, build_history
from domain.kernel.errors import InvalidInput, PlanSwitchError
from services.assessment.deciders import Deciders, PageDecider, PageQuestion, ProcessEnded
from services.assessment.hindsight import OtherInput
from store.core.application import SwitchApplication
from store.migrate import migrate
from store.record.assessments import AssessmentStore
from store.record.catalogs import Catalogs

_SWITCHES = 12
_QUESTION = PageQuestion(other=OtherInput(rules="2014"), after_id=0, until_id=10**6)
_SPOILED = """
UPDATE planswitch.switch_events SET state = convert_to('{"meta":', 'UTF8')
WHERE notification_id = (
    SELECT min(notification_id) FROM planswitch.switch_events
    WHERE topic = 'subscription.switch-requested' AND notification_id > 100
)
"""


class _Gate(PageDecider):
    """Decides pages in this process; while it is closed, one that has begun waits."""

    def __init__(self, store: AssessmentStore, catalogs: Catalogs) -> None:
        super().__init__(store, catalogs)
        self.begun, self.opened = threading.Event(), threading.Event()
        self.opened.set()

    def page(self, question: PageQuestion) -> WhatIfPage:
        self.begun.set()
        self.opened.wait()
        return super().page(question)


@dataclass(frozen=True, kw_only=True)
class _History:
    store: AssessmentStore
    own: _Gate
    url: str

    @contextmanager
    def deciders(self, count: int) -> Iterator[Deciders]:
        """Yield deciders that have a page under way in this process as long as the block lasts."""
        deciders = Deciders(self.own, self.url, count_max=count)
        self.own.begun.clear()
        self.own.opened.clear()
        first = threading.Thread(target=deciders.page, args=[_QUESTION])
        first.start()
        self.own.begun.wait()
        try:
            yield deciders
        finally:
            self.own.opened.set()
            first.join()
            deciders.close()


@pytest.fixture(name="history")
def _history(database_url: str) -> Iterator[_History]:
    migrate(database_url)
    build_history(database_url, _SWITCHES * SWITCH_EVENTS)
    application = SwitchApplication(database_url)
    store = AssessmentStore(application)
    yield _History(store=store, own=_Gate(store, Catalogs(application)), url=database_url)
    application.close()


def test_several_processes_give_the_answers_of_one(
    history: _History, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Page by page the answers are those of this process, an event that can't be read among them."""
    monkeypatch.setattr(switches, "PAGE_SIZE", 11)
    _spoil(history.url)
    questions = _questions(history.store)
    alone = [history.own.page(each).answers for each in questions]
    with history.deciders(2) as deciders, ThreadPoolExecutor(3) as threads:
        together = [each.answers for each in threads.map(deciders.page, questions)]
        children = len(multiprocessing.active_children())

    answers: list[WhatIf] = [answer for page in alone for answer in page]
    assert (len(questions), children in {1, 2}) == (5, True)
    assert together == alone
    assert [each.position for each in answers] == sorted(each.position for each in answers)
    assert sum(bool(each.differences) for each in answers) == _SWITCHES - 1
    assert [each.why for answer in answers for each in answer.undecided] == ["the event can't be read"]


def test_an_error_comes_back_as_it_is_and_a_process_that_ends_is_replaced(history: _History) -> None:
    """What is wrong is told with its code and remedy; a process that dies fails the page it decides alone."""
    with history.deciders(2) as deciders:
        with pytest.raises(PlanSwitchError) as unknown:
            deciders.page(replace(_QUESTION, other=OtherInput(catalog="2999-01")))
        with pytest.raises(InvalidInput) as wrong:
            deciders.page(replace(_QUESTION, other=OtherInput(rules="2015")))
        (process,) = multiprocessing.active_children()
        process.kill()
        process.join()
        with pytest.raises(ProcessEnded) as ended:
            deciders.page(_QUESTION)
        again = deciders.page(_QUESTION)

    assert (unknown.value.code, "there are:" in unknown.value.message) == ("UNKNOWN_CATALOG", True)
    assert wrong.value.details["allowed"] == "2014, 2020, current"
    assert (ended.value.code, ended.value.handling.exit_code) == ("PROCESS_ENDED", 7)
    assert len(again.answers) == _SWITCHES
    assert not multiprocessing.active_children()


def test_on_one_core_and_alone_this_process_decides(history: _History) -> None:
    """A start of processes costs more than a short history: nothing is started for it."""
    several = Deciders(history.own, history.url, count_max=2)
    pages = [several.page(_QUESTION)]
    with history.deciders(1) as one:
        history.own.opened.set()
        pages.append(one.page(_QUESTION))
        children = multiprocessing.active_children()

    assert children == []
    assert pages[0] == pages[1]


def _questions(store: AssessmentStore) -> list[PageQuestion]:
    last = store.max_notification_id()
    ends = page_ends(store, after_id=0, until_id=last).ends
    return [replace(_QUESTION, after_id=first, until_id=end) for first, end in pairwise([0, *ends, last])]


def _spoil(url: str) -> None:
    """Alter a request so that it can't be read."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("ALTER TABLE planswitch.switch_events DISABLE TRIGGER ALL")
        connection.execute(_SPOILED)
