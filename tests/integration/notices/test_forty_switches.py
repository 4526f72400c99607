"""40 switches of all outcomes send exactly the notices of docs/notices.md, whatever is killed meanwhile."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from uuid import uuid4

import pytest

from activities.base.points import REACHED_FILE, REACHED_SUFFIX
from domain.notices.delivery import NoticeState
from domain.notices.kinds import NoticeKind
from services.notices.sender import ANSWER, DERIVE, POINTS, NoticeSender
from store.notices.notice_log import NoticeFilters
from store.switch_store import SwitchStore
from tests.support.notices.document import caused, written_kinds
from tests.support.notices.mailbox import Mailbox
from tests.support.notices.stories import forty_switches, late
from tests.support.stories.switch_story import SwitchStory

OPERATIONS, PARTNER = "operations@example.com", "partner@example.com"
WAIT_SECONDS = 60.0
ROUNDS_MAX = 5
Sent = tuple[str, str, str]


def subscribe(
    store: SwitchStore, address: str, *, organization_id: str = "", kinds: tuple[str, ...] = ()
) -> None:
    """Subscribe an address to kinds, all of them where none is named."""
    chosen = tuple(map(NoticeKind, kinds)) if kinds else tuple(NoticeKind)
    store.notice_subscriptions.subscribe(
        subscription_id=uuid4(),
        address=address,
        organization_id=organization_id,
        kinds=chosen,
        actor="ada",
        reason="test",
    )


def sent(mailbox: Mailbox) -> Counter[Sent]:
    """Return how often each recipient got each subject of a switch, as switch, subject and address."""
    return Counter(
        (_switch_of(each.body("plain")), str(each.message["Subject"]), each.recipients[0])
        for each in mailbox.delivered()
    )


def _switch_of(text: str) -> str:
    return next(line.removeprefix("Switch: ") for line in text.splitlines() if line.startswith("Switch: "))


def written(database_url: str, address: str, kinds: tuple[str, ...] = ()) -> set[Sent]:
    """Return what the document says that a recipient of every organization gets."""
    subjects = {each.kind: each.subject for each in written_kinds()}
    return {
        (
            switch_id,
            subjects[kind].replace("SWITCH", switch_id[:8]).replace("PLAN", "Office 365 E3"),
            address,
        )
        for switch_id, _, kind in caused(database_url)
        if not kinds or kind in kinds
    }


def test_forty_switches_send_what_the_document_says(
    store: SwitchStore, mailbox: Mailbox, sender: NoticeSender, database_url: str
) -> None:
    """Each recipient gets each kind once for each switch, and nothing else (notices#kinds)."""
    SwitchStory(store=store).tell()
    subscribe(store, OPERATIONS)
    subscribe(store, PARTNER, kinds=("completion", "failure"))
    told = {story.switch_id for story in forty_switches(store)}

    drained(sender)

    everything = written(database_url, OPERATIONS) | written(database_url, PARTNER, ("completion", "failure"))
    expected = {each for each in everything if each[0] in told}
    assert sent(mailbox) == Counter(expected)
    assert {kind for _, _, kind in caused(database_url)} == {each.value for each in NoticeKind}
    assert len({each.message_id for each in mailbox.delivered()}) == len(expected)
    states = {each.state for each in store.notices.page(NoticeFilters(), after=None, limit=500)}
    assert states == {NoticeState.SENT}


def test_an_organization_gets_its_own_notices_alone(
    store: SwitchStore, mailbox: Mailbox, sender: NoticeSender
) -> None:
    """A subscription to one organization includes no other, and two of one address give one notice."""
    first, second = SwitchStory(store=store), SwitchStory(store=store)
    subscribe(store, PARTNER, organization_id=first.organization_id)
    subscribe(store, PARTNER, kinds=("completion",))
    for story in (first, second):
        late(story)

    drained(sender)

    got = sent(mailbox)
    assert set(got.values()) == {1}
    subjects = {(switch_id, subject.partition(": ")[2]) for switch_id, subject, _ in got}
    assert subjects == {
        (first.switch_id, "promise missed"),
        (first.switch_id, "still switching"),
        (first.switch_id, "completed"),
        (second.switch_id, "completed"),
    }


@pytest.mark.parametrize("point", POINTS)
def test_a_sender_that_is_killed_sends_once(
    store: SwitchStore, mailbox: Mailbox, database_url: str, key_file: Path, point: str
) -> None:
    """Another one goes on; only where the answer was lost a message comes once more, under its id."""
    subscribe(store, OPERATIONS)
    story = SwitchStory(store=store)
    late(story)
    gates = mailbox.folder.with_name("gates")
    gates.mkdir()
    # The first point is of the log and not of a switch.
    gate = gates / f"{'' if point == DERIVE else story.organization_id}@{point}"
    gate.touch()

    command = [*(sys.executable, "-m", "tests.support.notices.sender_process"), database_url]
    command += [str(key_file), str(mailbox.port), str(gates)]
    killed = subprocess.Popen(command)
    _until(lambda: gate.with_name(gate.name + REACHED_SUFFIX).exists())
    killed.kill()
    killed.wait()
    gate.unlink()
    following = subprocess.Popen(command)
    expected = written(database_url, OPERATIONS)
    try:
        _until(lambda: _sent_count(store) == len(expected))
    finally:
        following.kill()
        following.wait()

    got = sent(mailbox)
    assert set(got) == expected
    again = [each for each, number in got.items() if number > 1]
    assert (len(again), len(got)) == (1 if point == ANSWER else 0, 3)
    assert sum(got.values()) == len(got) + len(again)
    assert len({each.message_id for each in mailbox.delivered()}) == len(expected)
    assert point in (gates / REACHED_FILE).read_text(encoding="utf-8")


def _sent_count(store: SwitchStore) -> int:
    filters = NoticeFilters(state=NoticeState.SENT)
    return len(store.notices.page(filters, after=None, limit=500))


def drained(sender: NoticeSender) -> None:
    """Work until nothing is due."""
    for _ in range(ROUNDS_MAX):
        if not sender.work():
            return
    raise AssertionError


def _until(is_met: object) -> None:
    assert callable(is_met)
    deadline = time.monotonic() + WAIT_SECONDS
    while not is_met():
        assert time.monotonic() < deadline
        time.sleep(0.02)
