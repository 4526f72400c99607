"""A file of users: each row is accepted or refused, and what it chooses is stored (manual#a-file-of-users).

Names of people stop here: what is stored, ordered and recorded are opaque keys (ADR 9).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
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
from services.assessment.selections import (
    EVERYONE,
    UserChoice,
    chosen_users,
    known_selection,
    require_services_of,
)
from services.base.switch_rows import is_waiting, required_source
from services.base.tools import Tools, recorded_cloud

#: Users who are read by their ids, a batch at a time; more of them would take minutes.
READ_ONE_BY_ONE_MAX = 2_000
#: Longest name that is looked for; the directory's own names are shorter.
_NAME_MAX = 256


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
        judged = judged_rows(
            _named_rows(cloud, question.organization_id, mapper.source.plan_id, file.rows), mapper
        )
        users = _users_on(cloud, question.organization_id, mapper.source.plan_id)
    is_everyone = len(judged.moving) >= users and not question.is_of_step
    refused = len(judged.refused) + len(file.refused)
    if not is_everyone and len(judged.moving) + refused < users:
        # Also once the refused rows are corrected, somebody stays.
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


def preview_text(
    tools: Tools, question: FileQuestion, choice: UserChoice = EVERYONE, *, user_services: str = ""
) -> Iterator[str]:
    """Return the preview of a switch as a file of users, line by line; everything is read before.

    Args:
        tools: Where to look.
        question: The switch.
        choice: Who moves; the others have no rows.
        user_services: Id of a choice of services, user by user, that a file of users has made; "": none.

    Raises:
        InvalidInput: More users move than a file takes, nobody is left to be moved, or there is no such
            selection, or no such choice of services.
        LicensingGroupRefused: Each user of a group, department or plan has the old plan by a group alone.
        UnknownPlan: No plan is called so.
        UnknownSubscription: It is not clear which subscription is meant.
    """
    organization_id = question.organization_id
    with recorded_cloud(tools, organization_id) as cloud:
        mapper = _mapper(tools, cloud, question)
        if user_services:
            require_services_of(tools, organization_id, user_services, mapper.target)
        is_moving = _choosing(tools, cloud, question, choice, mapper.source.plan_id)
        everyone = _holder_pages(cloud, organization_id, mapper.source.plan_id)
        moving = chain.from_iterable(map(is_moving, everyone))
        users = list(islice(moving, ROWS_MAX + 1))
    chosen = _chosen_services(tools, organization_id, user_services, users)
    if len(users) > ROWS_MAX:
        raise InvalidInput(
            field="users",
            value=Words(f"more than {ROWS_MAX} users of {mapper.source.name}"),
            allowed=f"at most {ROWS_MAX}, as many as a file of users may have",
            remedy="Name users by --users-of-group or --users-of-department; `switch quote` previews all.",
        )
    return csv_text(COLUMNS, preview_rows(users, mapper, chosen))


def _choosing(
    tools: Tools, cloud: Cloud, question: FileQuestion, choice: UserChoice, plan_id: str
) -> Callable[[Sequence[NamedUser]], Sequence[NamedUser]]:
    """Return what leaves of a page of users those who move."""
    if not choice.is_made:
        return lambda users: users
    organization_id = question.organization_id
    if choice.require_one() == "selection":
        selection = known_selection(tools, organization_id, choice.selection or "").selection

        def selected(users: Sequence[NamedUser]) -> Sequence[NamedUser]:
            keys = _keys_of(tools, organization_id, users)
            wanted = tools.store.selected_of(organization_id, selection, keys)
            return [user for user, key in zip(users, keys, strict=True) if key in wanted]

        return selected
    ids = {user.directory_id for user in chosen_users(tools, cloud, organization_id, choice, plan_id=plan_id)}
    return lambda users: [each for each in users if each.user.directory_id in ids]


def _chosen_services(
    tools: Tools, organization_id: str, user_services: str, users: Sequence[NamedUser]
) -> Mapping[str, tuple[str, ...]]:
    """Return directory id -> ids of the services that are to be off, of users for whom somebody chose."""
    if not user_services:
        return {}
    keys = _keys_of(tools, organization_id, users)
    off = tools.store.user_services_of(organization_id, user_services, keys)
    return {user.user.directory_id: off[key] for user, key in zip(users, keys, strict=True) if key in off}


def _keys_of(tools: Tools, organization_id: str, users: Sequence[NamedUser]) -> list[UUID]:
    return tools.store.vault.known_keys(organization_id, [each.user.directory_id for each in users])


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


def _holder_pages(cloud: Cloud, organization_id: str, plan_id: str) -> Iterator[Sequence[NamedUser]]:
    def read(cursor: str | None) -> Page[NamedUser]:
        page = cloud.directory.named_page(organization_id, plan_id, cursor)
        return Page(entries=page.users, next_cursor=page.next_cursor)

    return pages(read, identity=lambda each: each.user.directory_id, what="the directory's users")


def _named_rows(
    cloud: Cloud, organization_id: str, plan_id: str, rows: Sequence[UserRow]
) -> Iterator[NamedRow]:
    """Yield each row with the user whom it names, by an object id or a principal name."""
    named = [(row, _directory_id(row.user) or row.user.lower()) for row in rows]
    ids = dict.fromkeys(name for row, name in named if _directory_id(row.user))
    names = dict.fromkeys(name for _, name in named if name not in ids and _is_name(name))
    by_id = _users_by_id(cloud, organization_id, plan_id, list(ids))
    people = cloud.directory.users_by_name(organization_id, list(names)) if names else ()
    by_name: dict[str, DirectoryUser] = {each.principal_name.lower(): each.user for each in people}
    by_mail: dict[str, tuple[str, ...]] = {}
    for each in people:
        mail = each.mail.lower()
        by_mail[mail] = (*by_mail.get(mail, ()), each.user.directory_id)
    for row, name in named:
        if name in by_id:
            yield NamedRow(row=row, user=by_id[name])
        else:
            yield NamedRow(row=row, user=by_name.get(name), others=by_mail.get(name, ()))


def _users_by_id(
    cloud: Cloud, organization_id: str, plan_id: str, ids: Sequence[str]
) -> dict[str, DirectoryUser | None]:
    """Return the users of ids in small letters; many of them are read by the list of the plan's holders."""
    known: dict[str, DirectoryUser | None] = {}
    if len(ids) > READ_ONE_BY_ONE_MAX:
        listed = chain.from_iterable(_holder_pages(cloud, organization_id, plan_id))
        known = {each.user.directory_id.lower(): each.user for each in listed}
    left = [each for each in ids if each not in known]
    return known | {key.lower(): user for key, user in named_users(cloud.directory, organization_id, left)}


def _directory_id(name: str) -> str:
    """Return an object id as the directory writes it, whatever its case and braces; "" for any other name."""
    try:
        return str(UUID(name))
    except ValueError:
        return ""


def _is_name(name: str) -> bool:
    """Return whether a user may be called so; the directory refuses a question for anything else."""
    return name.isprintable() and len(name) <= _NAME_MAX


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
