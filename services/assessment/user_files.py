"""A file of users: each row is accepted or refused, and what it chooses is stored (manual#a-file-of-users).

Names of people stop here: what is stored, ordered and recorded are opaque keys (ADR 9).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from uuid import UUID

from activities.assessment.circumstances import named_source
from activities.assessment.owned_plans import owned_source, owned_terms
from activities.directory.service_settings import organization_plans
from activities.directory.user_pages import named_users
from domain.catalog.rule_sets import rule_set
from domain.kernel.errors import InvalidInput
from domain.kernel.paging import Page, pages
from domain.kernel.shown_values import Words
from domain.licenses.service_settings import SettingsMapper
from domain.ports.cloud import Cloud
from domain.ports.directory_port import DirectoryUser, NamedUser
from domain.requests.terms import SwitchOptions, SwitchTerms
from domain.requests.user_files import (
    KEEP,
    ROWS_MAX,
    SERVICES_COLUMN,
    AcceptedRow,
    JudgedRows,
    NamedRow,
    RowRefusal,
    RowRefusalCode,
    UserFile,
    UserRow,
    judged_rows,
    read_user_file,
)
from domain.requests.user_previews import COLUMNS, preview_rows
from domain.switch.events import SwitchRequested
from domain.text.csv_text import csv_text
from projections.reads.shown_rows import SwitchRow
from services.assessment.asking import only_plan
from services.base.switch_rows import is_waiting, required_source
from services.base.tools import Tools, recorded_cloud


@dataclass(frozen=True, kw_only=True, slots=True)
class FileQuestion:
    """The switch that a file of users is for."""

    organization_id: str
    #: Any name of a plan of the catalog; "": that of the subscription that is to receive the users.
    target_plan: str = ""
    #: The seller's id; None: the organization's only active plan.
    source_subscription_id: str | None = None
    #: None is the rule set's default.
    service_settings: str | None = None
    rule_set: str = SwitchOptions.rule_set
    #: Both plans are owned, and licenses alone move to this subscription of any seller.
    licenses_only: bool = False
    target_subscription_id: str | None = None
    #: Id of the plan that is left, where it is known; "": that of the subscription.
    source_plan_id: str = ""
    #: A running switch moves the users of one start: its groups are moved with everyone.
    is_of_step: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckedFile:
    """What became of the rows of a file; only one whose rows are all accepted is stored."""

    accepted: tuple[AcceptedRow, ...]
    refused: tuple[RowRefusal, ...]
    encoding: str
    delimiter: str
    #: Users who move.
    moving: int
    #: Users on the old plan.
    users: int
    #: Stored selection of those who move; None: everyone moves, or a row is refused.
    selection: str | None = None
    #: Stored choice of services, user by user; None: nobody chose any, or a row is refused.
    user_services: str | None = None


def checked_file(tools: Tools, question: FileQuestion, content: bytes) -> CheckedFile:
    """Accept or refuse each row of a file; if all are accepted, store who moves and which services are off.

    Args:
        tools: Where to look, and to store.
        question: What the file is for.
        content: The file.

    Raises:
        InvalidInput: It is no file of users, or none of its users moves.
        UnknownPlan: No plan is called so.
        UnknownSubscription: It is not clear which subscription is meant.
    """
    file = read_user_file(content)
    with recorded_cloud(tools, question.organization_id) as cloud:
        mapper = _mapper(tools, cloud, question)
        judged = judged_rows(_named_rows(cloud, question.organization_id, file.rows), mapper)
        users = _users_on(cloud, question.organization_id, mapper.source.plan_id)
    is_everyone = len(judged.moving) >= users and not question.is_of_step
    if not is_everyone:
        judged = _without_groups(judged)
    checked = _checked(file, judged, users)
    if checked.refused:
        return checked
    if not judged.moving:
        raise InvalidInput(
            field="action", value=Words("leave in every row"), allowed="move in at least one row"
        )
    return _stored(tools, question.organization_id, checked, judged.moving, is_everyone=is_everyone)


def step_question(tools: Tools, row: SwitchRow) -> FileQuestion:
    """Return for which switch a file of one start of `reassign` is.

    Raises:
        InvalidInput: The switch has not begun yet.
    """
    if is_waiting(row):
        raise InvalidInput(field="switch", value=row.switch_id, allowed="a switch that has begun")
    source = required_source(tools, row)
    requested = source.switch(row.switch_id).require(SwitchRequested)
    return FileQuestion(
        organization_id=row.organization_id,
        target_plan=requested.target_plan_id,
        source_subscription_id=row.source_subscription_id,
        source_plan_id=source.plan_id,
        service_settings=requested.service_settings,
        rule_set=requested.rule_set,
        is_of_step=True,
    )


def preview_text(tools: Tools, question: FileQuestion) -> Iterator[str]:
    """Return the preview of a switch as a file of users, line by line; everything is read before.

    Args:
        tools: Where to look.
        question: The switch.

    Raises:
        InvalidInput: More users hold the plan than a file takes.
        UnknownPlan: No plan is called so.
        UnknownSubscription: It is not clear which subscription is meant.
    """
    with recorded_cloud(tools, question.organization_id) as cloud:
        mapper = _mapper(tools, cloud, question)
        holders = _holders(cloud, question.organization_id, mapper.source.plan_id)
        users = list(islice(holders, ROWS_MAX + 1))
    if len(users) > ROWS_MAX:
        raise InvalidInput(
            field="users",
            value=Words(f"more than {ROWS_MAX} users of {mapper.source.name}"),
            allowed=f"at most {ROWS_MAX}, as many as a file of users may have",
            remedy="Name users by --users-of-group or --users-of-department; `switch quote` previews all.",
        )
    return csv_text(COLUMNS, preview_rows(users, mapper))


def _mapper(tools: Tools, cloud: Cloud, question: FileQuestion) -> SettingsMapper:
    source, target = _plans(tools, cloud, question)
    return SettingsMapper(
        organization_plans(cloud, tools.catalog, question.organization_id),
        source=source,
        target=target,
        service_settings=question.service_settings or rule_set(question.rule_set).service_settings,
    )


def _plans(tools: Tools, cloud: Cloud, question: FileQuestion) -> tuple[str, str]:
    """Return the ids of the plan that is left and of the one that comes."""
    organization_id = question.organization_id
    if question.licenses_only:
        terms = SwitchTerms(
            organization_id=organization_id,
            source_subscription_id=question.source_subscription_id,
            target_plan_id=question.target_plan,
            target_subscription_id=question.target_subscription_id,
            licenses_only=True,
        )
        owned = owned_terms(cloud, tools.catalog, terms)
        return owned_source(cloud, tools.catalog, owned).plan_id, owned.target_plan_id
    target = tools.catalog.find(question.target_plan).plan_id
    if question.source_plan_id:
        return question.source_plan_id, target
    source_id = question.source_subscription_id or only_plan(tools, cloud, organization_id)
    return named_source(cloud, organization_id, source_id).plan_id, target


def _users_on(cloud: Cloud, organization_id: str, plan_id: str) -> int:
    pools = cloud.directory.subscribed_plans(organization_id)
    return next((pool.assigned for pool in pools if pool.plan_id == plan_id), 0)


def _holders(cloud: Cloud, organization_id: str, plan_id: str) -> Iterator[NamedUser]:
    def read(cursor: str | None) -> Page[NamedUser]:
        page = cloud.directory.named_page(organization_id, plan_id, cursor)
        return Page(entries=page.users, next_cursor=page.next_cursor)

    all_pages = pages(read, identity=lambda each: each.user.directory_id, what="the directory's users")
    return (user for page in all_pages for user in page)


def _named_rows(cloud: Cloud, organization_id: str, rows: Sequence[UserRow]) -> Iterator[NamedRow]:
    """Yield each row with the user whom it names, by an object id or a principal name."""
    ids = list({row.user.lower(): None for row in rows if _is_id(row.user)})
    names = list({row.user.lower(): None for row in rows if not _is_id(row.user)})
    by_id = {key.lower(): user for key, user in named_users(cloud.directory, organization_id, ids)}
    people = cloud.directory.users_by_name(organization_id, names) if names else ()
    by_name: dict[str, DirectoryUser] = {each.principal_name.lower(): each.user for each in people}
    by_mail: dict[str, tuple[str, ...]] = {}
    for each in people:
        mail = each.mail.lower()
        by_mail[mail] = (*by_mail.get(mail, ()), each.user.directory_id)
    for row in rows:
        name = row.user.lower()
        if name in by_id:
            yield NamedRow(row=row, user=by_id[name])
        else:
            yield NamedRow(row=row, user=by_name.get(name), others=by_mail.get(name, ()))


def _is_id(name: str) -> bool:
    try:
        UUID(name)
    except ValueError:
        return False
    return True


def _without_groups(judged: JudgedRows) -> JudgedRows:
    """Refuse rows of users who have the license by a group alone: where some stay, no group is changed."""
    refused = [
        RowRefusal(
            line=each.line,
            user=each.user,
            code=RowRefusalCode.LICENSE_FROM_GROUP,
            message="a group gives the license, and where some users stay no group is changed",
            remedy=f"Write leave, or move everyone with {KEEP} in {SERVICES_COLUMN}.",
        )
        for each in judged.moving
        if each.is_by_group
    ]
    lines = {each.line for each in refused}
    return replace(
        judged,
        accepted=tuple(each for each in judged.accepted if each.line not in lines),
        refused=(*judged.refused, *refused),
    )


def _checked(file: UserFile, judged: JudgedRows, users: int) -> CheckedFile:
    refused = sorted((*file.refused, *judged.refused), key=lambda each: each.line)
    return CheckedFile(
        accepted=judged.accepted,
        refused=tuple(refused),
        encoding=file.encoding,
        delimiter=file.delimiter,
        moving=len(judged.moving),
        users=users,
    )


def _stored(
    tools: Tools,
    organization_id: str,
    checked: CheckedFile,
    moving: Sequence[AcceptedRow],
    *,
    is_everyone: bool,
) -> CheckedFile:
    keys = tools.store.vault.keys_for(organization_id, [each.directory_id for each in moving])
    chosen = {
        key: each.services_off
        for key, each in zip(keys, moving, strict=True)
        if each.services_off is not None
    }
    return replace(
        checked,
        selection=None if is_everyone else tools.store.write_selection(organization_id, keys),
        user_services=tools.store.write_user_services(organization_id, chosen) if chosen else None,
    )
