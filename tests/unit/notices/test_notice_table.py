"""The program's table of notices says what docs/notices.md says (unit)."""

from __future__ import annotations

from string import Formatter

import pytest

from domain.notices.kinds import CAUSES, TOPICS, NoticeKind
from domain.notices.wordings import WORDINGS
from domain.stored_events import EVENT_MODULES
from tests.support.notices.document import written_kinds


def test_the_document_has_every_kind_with_its_causes() -> None:
    """Kinds, events and conditions are the same, in the same order (notices#kinds)."""
    program = [
        (
            kind.value,
            [
                (
                    each.topic,
                    ("unless" if each.is_except else "if") if each.field else "",
                    each.field,
                    each.values,
                )
                for each in causes
            ],
        )
        for kind, causes in CAUSES.items()
    ]
    document = [
        (each.kind, [(one.topic, one.condition, one.field, one.values) for one in each.causes])
        for each in written_kinds()
    ]

    assert program == document
    assert list(CAUSES) == list(NoticeKind)
    assert len(document) == 13


def test_the_document_has_the_subjects() -> None:
    """What stands in the last column is what a mail program shows."""
    names = {"switch_id": "SWITCH", "target": "PLAN"}
    subjects = {kind.value: wording.subject.format(**names) for kind, wording in WORDINGS.items()}

    assert subjects == {each.kind: each.subject for each in written_kinds()}


@pytest.mark.parametrize("kind", NoticeKind)
def test_the_support_contact_is_named_where_somebody_must_act(kind: NoticeKind) -> None:
    """Hold, failure, lost access and a late switch name it (notices#kinds)."""
    named = {"hold", "failure", "access_lost", "still_switching"}

    assert WORDINGS[kind].names_support == (kind.value in named)


def test_every_template_is_made_of_known_figures() -> None:
    """No wording asks for a figure that no event gives."""
    known = {"switch_id", "source", "target", "moved", "skipped", "answer_by", "verdict", "code", "amount"}
    known |= {"promise", "promised_at"}
    texts = [text for each in WORDINGS.values() for text in (each.subject, each.message)]
    named = {name for text in texts for _, name, _, _ in Formatter().parse(text) if name}

    assert named == known


def test_only_events_that_are_stored_cause_notices() -> None:
    """Each topic belongs to a class that every process knows."""
    assert EVENT_MODULES
    assert len(TOPICS) == 17
