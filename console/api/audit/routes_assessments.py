"""Endpoints of recorded assessments and refusals, and of what other inputs would have decided."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from audit.assessments.records import line_of, record_of
from audit.whatif.switches import page_ends, what_if
from console.access.dependencies import Actor, Console, ConsoleDependencies
from console.edge.plain_bodies import PathId
from console.lists.paging import Paged
from console.lists.row_filters import Assessments
from console.models.assessments import (
    AssessmentList,
    ListedAssessment,
    ShownAssessment,
    WhatIfAnswer,
    WhatIfPages,
    WhatIfPart,
)
from console.models.base import view_of
from console.switches import views
from domain.eligibility.assessment import Assessed
from domain.kernel.errors import InvalidInput, UnknownAssessment
from domain.kernel.ids import canonical_id
from domain.kernel.limits import TEXT_MAX
from domain.switch.events import SwitchRequested
from projections.reads.queries import PAGE_MAX, POSITION_MAX
from services.assessment.deciders import FEW_PAGES, PageQuestion
from services.assessment.hindsight import OtherInput
from services.base.tools import require_known_organization, require_visible
from store.record.notifications import StoredNotification

router = APIRouter(prefix="/api/v1", tags=["audit"])

_LIST = "`planswitch audit assessments ORGANIZATION`"
_TOPICS = frozenset({Assessed.TOPIC, SwitchRequested.TOPIC})
Limit = Annotated[int, Query(ge=1, le=PAGE_MAX)]
Before = Annotated[
    int | None, Query(ge=1, le=POSITION_MAX, description="Number of the last assessment of the page before")
]
Position = Annotated[int, Query(ge=0, le=POSITION_MAX)]
Name = Annotated[str | None, Query(max_length=TEXT_MAX)]


def other_input(
    rules: Name = None, catalog: Name = None, calendar: Name = None, policy: Name = None
) -> OtherInput:
    """Return the input that is to be another one; exactly one is named."""
    return OtherInput(rules=rules, catalog=catalog, calendar=calendar, policy=policy)


Other = Annotated[OtherInput, Depends(other_input)]


@router.get("/organizations/{organization_id}/assessments")
def list_assessments(
    *,
    organization_id: PathId,
    _actor: Actor,
    console: Console,
    paging: Paged,
    choice: Assessments,
    limit: Limit = 50,
    after: Before = None,
) -> AssessmentList:
    """List the recorded assessments and refusals of an organization, the newest first.

    Accepted requests are among them; `after` is the number of the last one of the previous page.
    """
    whole = console.reads.organization(organization_id)
    require_visible(console, whole)
    # One more than asked for tells whether there is a next page.
    page = console.store.assessments(whole, before_id=paging.begin_number(after), limit=limit + 1)
    if not page:
        require_known_organization(console, whole)
    following = page[limit - 1].id if len(page) > limit else None
    return AssessmentList(
        organization_id=whole,
        assessments=choice.of(listed(console, each) for each in page[:limit]),
        next=following,
        next_cursor=paging.next_cursor(following),
    )


@router.get("/assessments/{assessment}")
def show_assessment(assessment: str, _actor: Actor, console: Console) -> ShownAssessment:
    """Show one assessment: reasons with the figures that were compared, rules, catalog, who asked and when.

    `assessment` is its number, the id of its stream, or the id of the switch that was accepted by it.
    """
    record = record_of(assessment_of(console, assessment))
    return view_of(ShownAssessment, record, **_plans(console, record.source_plan_id, record.target_plan_id))


@router.get("/switches/{switch}/whatif")
def show_what_if(switch: str, _actor: Actor, console: Console, other: Other) -> WhatIfAnswer:
    """Decide a switch again from its recorded inputs, with exactly one of them another one.

    Eligibility, quote, proration and deadlines; what differs, and what can't be decided again.
    """
    basis = console.deciders.basis(other)
    answer = what_if(console.store, basis, console.reads.switch(switch).switch_id)
    return WhatIfAnswer(input=basis.changed, name=basis.name, answer=answer)


@router.get("/whatif/pages")
def list_history_pages(
    _actor: Actor, console: Console, after: Position = 0, until: Position = 0
) -> WhatIfPages:
    """List where the parts of the history end, so that several can be asked for at the same time.

    Each part is `GET /api/v1/whatif` with the end before as `after` and its own end as `until`. `after` is
    `next` of the list before, and `until` its `until`.
    """
    last = until or console.store.max_notification_id()
    pages = page_ends(console.store, after_id=after, until_id=last)
    is_short = not after and len(pages.ends) < FEW_PAGES
    at_once = 1 if is_short else console.deciders.count
    return WhatIfPages(ends=pages.ends, next=pages.next_id, until=last, at_once=at_once)


@router.get("/whatif")
def show_history_what_if(
    _actor: Actor, console: Console, other: Other, after: Position = 0, until: Position = 0
) -> WhatIfPart:
    """Decide a part of the whole history again, in the order of the log.

    `after` is `next` of the part before, and `until` its `until`; without them it begins with the oldest.
    """
    basis = console.deciders.basis(other)
    last = until or console.store.max_notification_id()
    page = console.deciders.page(PageQuestion(other=other, after_id=after, until_id=last))
    return WhatIfPart(
        input=basis.changed,
        name=basis.name,
        switches=sum(bool(each.switch_id) for each in page.answers),
        assessments=sum(not each.switch_id for each in page.answers),
        decisions=sum(each.decisions for each in page.answers),
        differing=tuple(each for each in page.answers if each.differences),
        undecided=sum(len(each.undecided) for each in page.answers),
        next=page.next_id,
        until=last,
    )


def assessment_of(console: ConsoleDependencies, text: str) -> StoredNotification:
    """Return a recorded assessment by what names it.

    Args:
        console: What the endpoints use.
        text: Its number, the id of its stream, or the whole id of a switch.

    Raises:
        UnknownAssessment: There is none.
    """
    stored = _numbered(console, text) if text.isascii() and text.isdigit() else _named(console, text)
    if stored is None or stored.topic not in _TOPICS or not console.reads.sees(_organization_of(stored)):
        raise UnknownAssessment(f"No recorded assessment is called {text!r}.", remedy=f"List them: {_LIST}.")
    return stored


def _organization_of(stored: StoredNotification) -> str:
    return str(stored.event.meta["organization_id"])  # type: ignore[attr-defined]


def _numbered(console: ConsoleDependencies, text: str) -> StoredNotification | None:
    number = int(text[:20])
    if not 1 <= number <= POSITION_MAX:
        return None
    page = console.store.notifications(number - 1, 1)
    return page[0] if page and page[0].id == number else None


def _named(console: ConsoleDependencies, text: str) -> StoredNotification | None:
    try:
        stream_id = UUID(canonical_id(text))
    except ValueError as error:
        allowed = "a number of the list, or a whole id"
        raise InvalidInput(
            field="assessment", value=text, allowed=allowed, remedy=f"List them: {_LIST}."
        ) from error
    requests = console.store.requests_of([str(stream_id)])
    return next(iter(requests or console.store.stream_events(stream_id, 0, 1)), None)


def listed(console: ConsoleDependencies, stored: StoredNotification) -> ListedAssessment:
    """Return a recorded assessment as a list shows it."""
    line = line_of(stored)
    return view_of(ListedAssessment, line, **_plans(console, line.source_plan_id, line.target_plan_id))


def _plans(console: ConsoleDependencies, source: str, target: str) -> dict[str, str]:
    names = {"source_plan": source, "target_plan": target}
    return {name: views.plan_name(console.catalog, each) if each else "" for name, each in names.items()}
