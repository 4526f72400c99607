"""A workflow that does nothing but promise; it imports what a workflow may import."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from temporalio import workflow

from activities.contract import SwitchOrder
from workflows.base.steps import Progress
from workflows.watch.promise_watch import PromiseWatch

ORDER = SwitchOrder(
    switch_id="s",
    request_id="r",
    organization_id="o",
    source_subscription_id="source",
    target_plan_id="target",
    quote_digest="",
    quoted_on="2026-11-22",
    caller_role="",
    actor="ada",
    reason="",
)


@dataclass(frozen=True, kw_only=True)
class Word:
    """One word to the watch."""

    verb: str
    name: str = ""
    minutes: float = 0


@workflow.defn(name="PromiseTest")
class PromiseTest:
    """Does to the watch what it is told."""

    @workflow.init
    def __init__(self, words: list[Word]) -> None:
        self._progress = Progress()
        self._watch = PromiseWatch(ORDER, self._progress)
        self._is_ended = False
        for word in words:
            self._take(word)

    @workflow.run
    async def run(self, _words: list[Word]) -> int:
        """Run until told to stop; return the newest version that a breach was recorded at."""
        await workflow.wait_condition(lambda: self._is_ended)
        await self._watch.stop()
        return max((each.version for each in self._progress.positions()), default=0)

    @workflow.update
    async def say(self, words: list[Word]) -> None:
        """Take some words."""
        for word in words:
            self._take(word)

    def _take(self, word: Word) -> None:
        if word.verb == "promise":
            self._watch.promise(word.name, workflow.now() + timedelta(minutes=word.minutes))
        elif word.verb == "order":
            self._watch.warn_of_void_window(workflow.now() + timedelta(minutes=word.minutes))
        elif word.verb == "nothing":
            self._watch.promise(word.name, None)
        elif word.verb == "kept":
            self._watch.kept(word.name)
        elif word.verb == "end":
            self._is_ended = True
        else:
            {"pause": self._watch.pause, "resume": self._watch.resume}[word.verb]()
