"""What a notice says, and what it does not say (unit; notices#what-a-notice-says)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from eventsourcing.utils import resolve_topic

from domain.notices.delivery import (
    LOST_MAX,
    PAUSE_MAX,
    TRIES_MAX,
    NoticeState,
    Outcome,
    pause_after,
    state_of,
)
from domain.notices.kinds import CAUSES, NoticeKind, kinds_of, notice_id_of
from domain.notices.mail_addresses import without_addresses
from domain.notices.texts import NoticeFacts, figures_of, notice_text
from domain.stored_events import EVENT_MODULES
from domain.switch.events import PromiseMissed, SwitchFailed
from tests.support.stories.samples import sample_of

AT = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
SWITCH = "4b1c9d3e-0000-5000-8000-000000000000"
AT_KEY = UUID("2f9d6f0e-1f5e-5b57-8a3c-0c8b7de4a111")


def facts(kind: NoticeKind, **changes: object) -> NoticeFacts:
    """Return what a notice is made from."""
    given = {
        "switch_id": SWITCH,
        "organization_id": "contoso",
        "source": "E1",
        "target": "E3",
        "at": AT,
        "console_url": "https://switch.example.com",
        "support_contact": "help@example.com",
    }
    return NoticeFacts(kind=kind, **{**given, **changes})  # type: ignore[arg-type] # by its own names


def test_it_names_what_happened_and_where_to_look() -> None:
    """Plain text and HTML hold the same facts, and the link."""
    text = notice_text(facts(NoticeKind.STILL_SWITCHING, figures={"promised_at": "2026-11-22 10:00 UTC"}))

    assert text.subject == "Switch 4b1c9d3e to E3: still switching"
    for part in (text.plain, text.html):
        for words in (SWITCH, "contoso", "2026-11-22 10:00 UTC", "help@example.com"):
            assert words in part
        assert f"https://switch.example.com/switches/{SWITCH}" in part


def test_names_from_outside_stay_text() -> None:
    """A plan or a contact with markup is escaped, and one with line ends begins no line of its own."""
    name = "<script>x</script>\r\nBcc: eve@example.com"
    figures = {"moved": "1", "skipped": "0"}
    text = notice_text(facts(NoticeKind.COMPLETION, target=name, support_contact=name, figures=figures))

    assert "\n" not in text.subject
    assert "\r" not in text.subject + text.plain
    assert "<script>" not in text.html
    assert not any(line.startswith("Bcc") for line in text.plain.splitlines())


@pytest.mark.parametrize("kind", NoticeKind)
def test_every_cause_gives_the_figures_of_its_kind(kind: NoticeKind) -> None:
    """The example of each event that causes a kind fills its templates."""
    topics = {cause.topic for cause in CAUSES[kind]}

    assert EVENT_MODULES
    for topic in topics:
        text = notice_text(facts(kind, figures=figures_of(sample_of(resolve_topic(topic)))))
        assert "{" not in text.plain


def test_no_words_of_an_operator_or_a_provider_are_repeated() -> None:
    """The message of a failure may name a user: the notice has its code alone."""
    event = sample_of(SwitchFailed)

    assert figures_of(event) == {"code": event.code}


def test_a_missed_promise_causes_one_kind() -> None:
    """Late by an hour is a kind of its own; every other promise is a breach."""
    event = sample_of(PromiseMissed)
    late = type(event)(**{**vars(event), "promise": "still_switching"})
    other = type(event)(**{**vars(event), "promise": "license_move"})

    assert list(kinds_of(event.TOPIC, late)) == [NoticeKind.STILL_SWITCHING]
    assert list(kinds_of(event.TOPIC, other)) == [NoticeKind.BREACH]


def test_the_state_follows_from_the_tries() -> None:
    """One that was sent stays sent; a lost answer counts once, and tries have an end (notices#delivery)."""
    lost, busy = Outcome.UNANSWERED, Outcome.POSTPONED

    assert state_of([]) is NoticeState.WAITING
    assert state_of([busy, None]) is NoticeState.WAITING
    assert state_of([None, Outcome.SENT]) is NoticeState.SENT
    assert state_of([None, lost]) is NoticeState.UNCONFIRMED
    assert state_of([busy] * TRIES_MAX) is NoticeState.FAILED
    assert LOST_MAX == 2


def test_pauses_grow() -> None:
    """1, 2, 4 minutes and so on, four hours at most; the last try comes about a day after the first."""
    pauses = [pause_after(number) for number in range(1, TRIES_MAX)]

    assert pauses[:3] == [timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4)]
    assert max(pauses) == PAUSE_MAX == timedelta(hours=4)
    assert timedelta(hours=12) < sum(pauses, timedelta()) < timedelta(hours=24)


def test_an_id_is_of_one_switch_kind_and_recipient() -> None:
    """The same three give the same id in every process."""
    key = notice_id_of(SWITCH, NoticeKind.HOLD, AT_KEY)

    assert notice_id_of(SWITCH, NoticeKind.HOLD, AT_KEY) == key
    assert notice_id_of(SWITCH, NoticeKind.BREACH, AT_KEY) != key


def test_addresses_are_taken_out_of_answers() -> None:
    """However the server writes them."""
    assert without_addresses("550 <Ann.Lee@example.com>: no; (x@y)") == "550 <[address]>: no; ([address])"
