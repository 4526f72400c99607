"""A file of users: who moves, and which services stay off for whom; each row is accepted or refused.

`read_user_file` needs the file alone; `judged_rows` compares what it says with the directory
(manual#a-file-of-users). A refused row names its line, its user and what to do. Neither changes anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import StrEnum

from domain.catalog.disabled_services import assignable
from domain.catalog.plans import Plan, ServicePlan, data_levels, lowered_levels
from domain.kernel.errors import InvalidInput
from domain.kernel.facts import digest_of
from domain.kernel.limits import TEXT_MAX, USER_FILE_BYTES_MAX
from domain.kernel.shown_values import Words, shown_value
from domain.licenses.service_settings import SettingsMapper, disabled_of
from domain.ports.directory_port import DirectoryUser
from domain.text.csv_text import CsvRow, column_name, read_csv
from domain.text.plain_text import cleaned_text

#: Names of the column of users as `column_name` returns them; the first one that a file has counts.
USER_COLUMNS = ("user", "objectid", "id", "userprincipalname", "principalname", "username")
USER, ACTION_COLUMN, SERVICES_COLUMN, FACTS_COLUMN = "user", "action", "services_off", "facts"
#: The other columns that count -> their names as `column_name` returns them.
_CHOICE_COLUMNS = {ACTION_COLUMN: "action", SERVICES_COLUMN: "servicesoff", FACTS_COLUMN: "facts"}
#: What separates the services of one cell.
SERVICE_SEPARATOR = ";"
#: In place of services: what the user has off now goes over, as without the column.
KEEP = "keep"
ROWS_MAX = 20_000
FILE_BYTES_MAX = USER_FILE_BYTES_MAX
FIELD = "users"
#: Characters of a digest that a row tells, behind a letter by which no spreadsheet takes it for a number.
_DIGEST_LENGTH = 16
_DIGEST_MARK = "x"
#: Likeness of two names of columns, 0 to 1, from which one is taken for a misspelling of the other.
_MISSPELLED_FROM = 0.8
_NAME_USER = "Write an object id or a principal name."


class RowAction(StrEnum):
    """What is to become of a user."""

    MOVE = "move"
    LEAVE = "leave"


class RowRefusalCode(StrEnum):
    """Why a row is refused."""

    CELLS_TOO_MANY = "CELLS_TOO_MANY"
    USER_MISSING = "USER_MISSING"
    USER_REPEATED = "USER_REPEATED"
    USER_UNKNOWN = "USER_UNKNOWN"
    USER_AMBIGUOUS = "USER_AMBIGUOUS"
    ACTION_UNKNOWN = "ACTION_UNKNOWN"
    SERVICE_UNKNOWN = "SERVICE_UNKNOWN"
    SERVICE_AMBIGUOUS = "SERVICE_AMBIGUOUS"
    SERVICE_NEEDED = "SERVICE_NEEDED"
    DATA_SERVICE_OFF = "DATA_SERVICE_OFF"
    NOT_ON_PLAN = "NOT_ON_PLAN"
    LICENSE_FROM_GROUP = "LICENSE_FROM_GROUP"
    FACTS_CHANGED = "FACTS_CHANGED"


@dataclass(frozen=True, kw_only=True, slots=True)
class UserRow:
    """One row as it stands in the file."""

    line: int
    user: str
    action: RowAction
    #: Names or ids of services; None: what the user has off now goes over.
    services_off: tuple[str, ...] | None = None
    #: Digest of what the directory showed when the row was written; "" where nobody has written one.
    facts: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class RowRefusal:
    """A row that is not carried out."""

    line: int
    user: str
    code: RowRefusalCode
    message: str
    remedy: str


@dataclass(frozen=True, kw_only=True, slots=True)
class UserFile:
    """What a file says."""

    rows: tuple[UserRow, ...]
    refused: tuple[RowRefusal, ...]
    #: utf_8, utf_16 or windows_1252.
    encoding: str
    delimiter: str


@dataclass(frozen=True, kw_only=True, slots=True)
class NamedRow:
    """A row whose user was looked for."""

    row: UserRow
    #: The user of that id or principal name; None: there is none.
    user: DirectoryUser | None
    #: Ids of other users who have the name as their mail.
    others: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class AcceptedRow:
    """A row that can be carried out."""

    line: int
    user: str
    directory_id: str
    action: RowAction
    #: Ids of the services that are off under the new plan; None: what the user has off now goes over.
    services_off: tuple[str, ...] | None
    #: A group gives the user the old plan, and nothing else.
    is_by_group: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class JudgedRows:
    """Every row of a file, accepted or refused, in the order of the lines."""

    accepted: tuple[AcceptedRow, ...]
    refused: tuple[RowRefusal, ...]

    @property
    def moving(self) -> tuple[AcceptedRow, ...]:
        """Return the rows whose users move."""
        return tuple(each for each in self.accepted if each.action is RowAction.MOVE)


def read_user_file(content: bytes) -> UserFile:
    """Return the rows of a file of users.

    Args:
        content: The whole file: CSV with a header in any usual encoding, whatever separates the cells.

    Raises:
        InvalidInput: It is no such file, has no column of users, or has no rows or too many.
    """
    if len(content) > FILE_BYTES_MAX:
        raise InvalidInput(
            field=FIELD, value=Words(f"{len(content)} bytes"), allowed=f"at most {FILE_BYTES_MAX} bytes"
        )
    file = read_csv(content)
    if not 1 < len(file.rows) <= ROWS_MAX + 1:
        raise InvalidInput(
            field=FIELD,
            value=Words(f"{max(len(file.rows) - 1, 0)} rows below the header"),
            allowed=f"a header and 1 to {ROWS_MAX} rows below it",
        )
    columns = _columns_of(file.rows[0])
    rows: list[UserRow] = []
    refused: list[RowRefusal] = []
    for each in file.rows[1:]:
        read = _row_of(each, columns, width=len(file.rows[0].cells))
        rows.append(read) if isinstance(read, UserRow) else refused.append(read)
    return UserFile(
        rows=tuple(rows), refused=tuple(refused), encoding=file.encoding, delimiter=file.delimiter
    )


def judged_rows(rows: Iterable[NamedRow], mapper: SettingsMapper) -> JudgedRows:
    """Accept or refuse each row by what the directory shows.

    Args:
        rows: With the users whom they name, in the order of the file.
        mapper: Carries switched-off services over from the old plan to the new one.
    """
    judge = _Judge(mapper=mapper)
    for each in rows:
        judge.add(each)
    return JudgedRows(accepted=tuple(judge.accepted), refused=tuple(judge.refused))


def facts_digest(user: DirectoryUser, *, source_plan_id: str, target_plan_id: str) -> str:
    """Return the digest of what the directory shows of a user, for one pair of plans.

    Args:
        user: As the directory shows the user.
        source_plan_id: Plan to leave.
        target_plan_id: Plan to get.
    """
    facts = {"user": user, "from": source_plan_id, "to": target_plan_id}
    return _DIGEST_MARK + digest_of(facts)[:_DIGEST_LENGTH]


def service_name(service: ServicePlan, plan: Plan) -> str:
    """Return how a file names a service of a plan: as people call it, if that names just this one."""
    names = (service.friendly_name, service.name)
    return next((name for name in names if _is_own_name(name, plan)), service.service_plan_id)


def _is_own_name(name: str, plan: Plan) -> bool:
    """Return whether a name stands for one service of a plan, and for one alone in a cell."""
    same = [each for each in plan.service_plans if _normal(name) in _names_of(each)]
    return bool(name) and len(same) == 1 and SERVICE_SEPARATOR not in name


def _normal(text: str) -> str:
    return " ".join(text.lower().split())


def _columns_of(header: CsvRow) -> Mapping[str, int]:
    """Return the place of each column that counts.

    Raises:
        InvalidInput: No column names users, or one stands there twice.
    """
    names = [column_name(cell) for cell in header.cells]
    user = next((column for column in USER_COLUMNS if column in names), None)
    if user is None:
        raise InvalidInput(
            field=f"line {header.line}",
            value=",".join(header.cells),
            allowed="a header with a column `user`: an object id or a principal name in each row",
        )
    columns: dict[str, int] = {}
    for column, name in {USER: user, **_CHOICE_COLUMNS}.items():
        if names.count(name) > 1:
            raise InvalidInput(
                field=f"line {header.line}", value=column, allowed="each of the columns that count once"
            )
        if name in names:
            columns[column] = names.index(name)
        else:
            _require_no_misspelling(header, names, column)
    return columns


def _require_no_misspelling(header: CsvRow, names: Sequence[str], column: str) -> None:
    """Refuse a header that nearly is a column that counts: it would be taken for information, and ignored.

    Raises:
        InvalidInput: A column is likely to be meant for `column`.
    """
    for misspelled in get_close_matches(column_name(column), names, n=1, cutoff=_MISSPELLED_FROM):
        raise InvalidInput(
            field=f"line {header.line}",
            value=header.cells[names.index(misspelled)],
            allowed=f"`{column}`, or a name that is not nearly the same",
            remedy=f"Write `{column}`, or rename the column; no row was carried out.",
        )


def _row_of(row: CsvRow, columns: Mapping[str, int], *, width: int) -> UserRow | RowRefusal:
    def cell(name: str) -> str:
        place = columns.get(name)
        return row.cells[place] if place is not None and place < len(row.cells) else ""

    user, action = cell(USER), cell(ACTION_COLUMN).lower()
    if any(row.cells[width:]):
        # A sign between services that nobody has quoted ends the cell: the row would say something else.
        return _refusal(
            row.line,
            user[:TEXT_MAX],
            RowRefusalCode.CELLS_TOO_MANY,
            "the row has more cells than the header",
            "Put a cell that has commas or semicolons into quotation marks.",
        )
    if not user or len(user) > TEXT_MAX:
        return _refusal(
            row.line, user[:TEXT_MAX], RowRefusalCode.USER_MISSING, "the row names no user", _NAME_USER
        )
    if ACTION_COLUMN in columns and action not in set(RowAction):
        return _refusal(
            row.line,
            user,
            RowRefusalCode.ACTION_UNKNOWN,
            f"action is {shown_value(action or None)}",
            "Write move or leave.",
        )
    return UserRow(
        line=row.line,
        user=user,
        action=RowAction(action) if action else RowAction.MOVE,
        services_off=_services_of(cell(SERVICES_COLUMN)) if SERVICES_COLUMN in columns else None,
        facts=cell(FACTS_COLUMN),
    )


def _services_of(cell: str) -> tuple[str, ...] | None:
    if cell.lower() == KEEP:
        return None
    return tuple(dict.fromkeys(each.strip() for each in cell.split(SERVICE_SEPARATOR) if each.strip()))


def _refusal(line: int, user: str, code: RowRefusalCode, message: str, remedy: str) -> RowRefusal:
    return RowRefusal(line=line, user=cleaned_text(user), code=code, message=message, remedy=remedy)


def _names_of(service: ServicePlan) -> set[str]:
    return {_normal(each) for each in (service.service_plan_id, service.name, service.friendly_name) if each}


class _RowRefused(Exception):
    """A row is refused."""

    def __init__(self, code: RowRefusalCode, message: str, remedy: str) -> None:
        super().__init__(message)
        self.code, self.message, self.remedy = code, message, remedy


@dataclass(kw_only=True, slots=True)
class _Judge:
    """Looks at the rows of one file, one after another."""

    mapper: SettingsMapper
    accepted: list[AcceptedRow] = field(default_factory=list)
    refused: list[RowRefusal] = field(default_factory=list)
    #: Directory id -> the line that has named the user.
    _lines: dict[str, int] = field(default_factory=dict)

    def add(self, named: NamedRow) -> None:
        """Accept or refuse a row."""
        row = named.row
        try:
            user = self._user(named)
            self._require_same_facts(row, user)
            services = self._services(row, user) if row.action is RowAction.MOVE else None
        except _RowRefused as refused:
            self.refused.append(_refusal(row.line, row.user, refused.code, refused.message, refused.remedy))
            return
        self.accepted.append(
            AcceptedRow(
                line=row.line,
                user=row.user,
                directory_id=user.directory_id,
                action=row.action,
                services_off=services,
                is_by_group=self._is_by_group(user),
            )
        )

    def _user(self, named: NamedRow) -> DirectoryUser:
        """Return the one user whom a row names."""
        user, others = named.user, named.others
        if user is None:
            hint = " It is the mail of a user." if others else ""
            raise _RowRefused(
                RowRefusalCode.USER_UNKNOWN,
                f"the directory has no user of this id or principal name.{hint}",
                "Write the user's object id or principal name.",
            )
        if any(each != user.directory_id for each in others):
            raise _RowRefused(
                RowRefusalCode.USER_AMBIGUOUS,
                "it is the principal name of one user and the mail of another",
                f"Write the object id. The principal name belongs to {user.directory_id}.",
            )
        first = self._lines.setdefault(user.directory_id, named.row.line)
        if first != named.row.line:
            raise _RowRefused(
                RowRefusalCode.USER_REPEATED,
                f"line {first} names the same user",
                "Leave one of the two rows.",
            )
        if not user.license_of(self.mapper.source.plan_id):
            raise _RowRefused(
                RowRefusalCode.NOT_ON_PLAN,
                f"the user does not hold {self.mapper.source.name}",
                "Remove the row.",
            )
        return user

    def _require_same_facts(self, row: UserRow, user: DirectoryUser) -> None:
        now = facts_digest(
            user, source_plan_id=self.mapper.source.plan_id, target_plan_id=self.mapper.target.plan_id
        )
        if row.facts and row.facts != now:
            raise _RowRefused(
                RowRefusalCode.FACTS_CHANGED,
                "the user's licenses or location, or the plans, are not those of the preview",
                "Make a new preview, and take its row.",
            )

    def _services(self, row: UserRow, user: DirectoryUser) -> tuple[str, ...] | None:
        """Return the ids of the services that are to be off; None where nobody has chosen any."""
        if row.services_off is None:
            return None
        plan = self.mapper.target
        off = tuple(sorted({self._service(name, plan).service_plan_id for name in row.services_off}))
        if self._is_by_group(user):
            if set(off) == set(self.mapper.of_user(user).new_disabled):
                return None
            raise _RowRefused(
                RowRefusalCode.LICENSE_FROM_GROUP,
                "a group gives the license, with one set of services for all of its members",
                f"Write {KEEP} into {SERVICES_COLUMN}, or change the services at the group.",
            )
        self._require_needs(user, plan, off)
        self._require_data_services(user, off)
        return off

    def _is_by_group(self, user: DirectoryUser) -> bool:
        return not user.has_direct(self.mapper.source.plan_id)

    def _service(self, name: str, plan: Plan) -> ServicePlan:
        services = [each for each in plan.service_plans if _normal(name) in _names_of(each)]
        if len(services) == 1:
            return services[0]
        if not services:
            raise _RowRefused(
                RowRefusalCode.SERVICE_UNKNOWN,
                f"{plan.name} has no service {shown_value(name)}",
                "Write a name or an id of a service of the new plan; "
                f"between several stands {SERVICE_SEPARATOR}",
            )
        ids = " or ".join(each.service_plan_id for each in services)
        raise _RowRefused(
            RowRefusalCode.SERVICE_AMBIGUOUS,
            f"several services of {plan.name} are called {shown_value(name)}",
            f"Write the id: {ids}.",
        )

    def _require_needs(self, user: DirectoryUser, plan: Plan, off: Sequence[str]) -> None:
        """Refuse services that can't be on, as the directory would refuse the license."""
        _, dependents = assignable(plan, off, beside=self.mapper.services_of(user).beside)
        if dependents:
            first = dependents[0]
            raise _RowRefused(
                RowRefusalCode.SERVICE_NEEDED,
                f"{first.name} is on and needs {' or '.join(first.one_of)}",
                f"Add {first.name} to {SERVICES_COLUMN}, or take the other one out of it.",
            )

    def _require_data_services(self, user: DirectoryUser, off: Sequence[str]) -> None:
        """Refuse to switch off what keeps data of the user who has it on now (switch#licenses)."""
        lost = lost_data_service(self.mapper, user, off)
        if lost is not None:
            raise _RowRefused(
                RowRefusalCode.DATA_SERVICE_OFF,
                f"{lost.friendly_name or lost.name} is on now and keeps data of the user",
                f"Take it out of {SERVICES_COLUMN}; switch it off after the switch, once the data is saved.",
            )


def lost_data_service(mapper: SettingsMapper, user: DirectoryUser, off: Iterable[str]) -> ServicePlan | None:
    """Return a data service that a user works with now and would lose by what is switched off.

    What the new plan lacks, or what would go off without a file as well, is no matter of a row.

    Args:
        mapper: Knows both plans.
        user: As the directory shows the user.
        off: Ids of services that would be off.
    """
    target, carried = mapper.target, mapper.of_user(user).new_disabled
    plans = [plan for plan in (mapper.source, target) if user.can_use(plan.plan_id)]
    before = data_levels(
        each for plan in plans for each in services_on(plan, disabled_of(user, plan.plan_id))
    )
    possible, after = data_levels(services_on(target, carried)), data_levels(services_on(target, off))
    lost = {
        each.family
        for each in lowered_levels(before, after)
        if after.get(each.family, 0) < possible.get(each.family, 0)
    }
    chosen = frozenset(off)
    return next(
        (
            each
            for each in target.service_plans
            if each.service_plan_id in chosen and each.is_data_service and {each.family, each.service} & lost
        ),
        None,
    )


def services_on(plan: Plan, off: Iterable[str]) -> Iterator[ServicePlan]:
    """Yield the services of a plan that are not off."""
    without = frozenset(off)
    return (each for each in plan.service_plans if each.service_plan_id not in without)
