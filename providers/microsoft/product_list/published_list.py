"""The vendor's published list of products and their services: bytes in, a clean list and its repairs out.

The list is edited by hand and carries dirt: blanks around ids, repeated rows, products under two names.
A fault with one meaning is repaired and noted; any other is refused with its line. A plan is never taken with
a part of its services: users could lose data by it (rules#target_lacks_data_services).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from providers.microsoft.product_list.list_rows import (
    COLUMNS,
    FRIENDLY_NAME,
    GUID,
    ID_COLUMNS,
    NAME,
    PART_NUMBER,
    PLAN_ID,
    SERVICE_ID,
    SERVICE_NAME,
    ListFinding,
    ListRow,
    read_rows,
    refused,
    shown,
)

#: Products of a file that may be refused before the whole file is; one is always allowed.
REFUSED_PERCENT_MAX = 5
_PERCENT = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class ListedProduct:
    """One product of the list."""

    plan_id: str
    part_number: str
    name: str
    other_names: tuple[str, ...]
    #: Sorted.
    service_plan_ids: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class PublishedList:
    """A clean list, and what had to be done for it."""

    #: Rows below the header.
    rows: int
    #: In the order of the file.
    products: tuple[ListedProduct, ...]
    #: Service plan id -> (name, friendly name).
    service_plans: dict[str, tuple[str, str]]
    #: Ids of products that were left out.
    refused_ids: frozenset[str]
    #: In the order of their lines.
    findings: tuple[ListFinding, ...]


def read_published_list(content: bytes) -> PublishedList:
    """Read, repair and check the list from the file as it was downloaded.

    Raises:
        InvalidInput: It is empty, cut off, in no encoding that is known, no such list, or contradicts itself.
    """
    findings: list[ListFinding] = []
    rows = read_rows(content, findings)
    readable = [row for row in rows if not _refuse_row(row, findings)]
    refused_ids = _refused_products(rows, readable, findings)
    accepted = [row for row in readable if row.plan_id not in refused_ids]
    _require_one_part_number(accepted)
    _note_repeats(accepted, findings)
    products = _products(accepted, findings)
    _require_few_refused(len(products), findings)
    return PublishedList(
        rows=len(rows),
        products=products,
        service_plans=_service_plans(accepted, findings),
        refused_ids=refused_ids,
        findings=tuple(sorted(findings, key=lambda finding: finding.line)),
    )


def _refuse_row(row: ListRow, findings: list[ListFinding]) -> bool:
    """Return whether a row can't be read, and note why."""
    for column, cell in enumerate(row.cells):
        why = _fault(column, cell)
        if why:
            findings.append(row.finding("row_refused", column, shown(cell), why))
            return True
    return False


def _fault(column: int, cell: str) -> str:
    if column in ID_COLUMNS:
        return "" if GUID.fullmatch(cell) else "it is no GUID"
    if not cell:
        return "it is empty"
    return "" if cell.isprintable() else "it has characters that are no text"


def _refused_products(
    rows: Iterable[ListRow], readable: Sequence[ListRow], findings: list[ListFinding]
) -> frozenset[str]:
    """Return the products that a refused row belongs to, by id, or else by part number or name."""
    by_label: dict[str, set[str]] = {}
    for row in readable:
        for label in {row.cells[PART_NUMBER].casefold(), row.cells[NAME].casefold()}:
            by_label.setdefault(label, set()).add(row.plan_id)
    lines = {row.line for row in readable}
    refused: dict[str, ListRow] = {}
    for row in rows:
        if row.line not in lines:
            for plan_id in _owners(row, by_label):
                refused.setdefault(plan_id, row)
    findings += [
        row.finding("product_refused", PLAN_ID, plan_id, f"row of line {row.line}")
        for plan_id, row in refused.items()
    ]
    return frozenset(refused)


def _owners(row: ListRow, by_label: dict[str, set[str]]) -> set[str]:
    if GUID.fullmatch(row.plan_id):
        return {row.plan_id}
    part_number, name = row.cells[PART_NUMBER].casefold(), row.cells[NAME].casefold()
    return by_label.get(part_number) or by_label.get(name) or set()


def _require_few_refused(products: int, findings: Iterable[ListFinding]) -> None:
    rows = [finding for finding in findings if finding.kind == "row_refused"]
    count = max(len(rows), sum(finding.kind == "product_refused" for finding in findings))
    if products and count <= max(1, products * REFUSED_PERCENT_MAX // _PERCENT):
        return
    first = rows[0]
    raise refused(
        f"{first.field} in line {first.line}",
        first.value,
        f"a readable value ({first.why}); {count} rows or products can't be read, more than"
        f" {REFUSED_PERCENT_MAX} % of the file",
    )


def _require_one_part_number(rows: Iterable[ListRow]) -> None:
    """Refuse a list in which one id stands for two products: their services would become one plan."""
    first: dict[str, ListRow] = {}
    for row in rows:
        before = first.setdefault(row.plan_id, row)
        if before.cells[PART_NUMBER].casefold() != row.cells[PART_NUMBER].casefold():
            raise refused(
                f"String_Id in line {row.line}",
                row.cells[PART_NUMBER],
                f"{before.cells[PART_NUMBER]}, as in line {before.line}: {row.plan_id} can't be two products",
            )


def _note_repeats(rows: Iterable[ListRow], findings: list[ListFinding]) -> None:
    first: dict[tuple[str, str], int] = {}
    for row in rows:
        before = first.setdefault(row.key, row.line)
        if before != row.line:
            findings.append(
                ListFinding(
                    kind="repeated_row",
                    line=row.line,
                    field=f"{COLUMNS[PLAN_ID]}, {COLUMNS[SERVICE_ID]}",
                    value=", ".join(row.key),
                    why=f"as in line {before}",
                )
            )


def _products(rows: Iterable[ListRow], findings: list[ListFinding]) -> tuple[ListedProduct, ...]:
    grouped: dict[str, list[ListRow]] = {}
    for row in rows:
        grouped.setdefault(row.plan_id, []).append(row)
    _note_shared(grouped, PART_NUMBER, "part_number_of_several_products", findings)
    _note_shared(grouped, NAME, "name_of_several_products", findings)
    return tuple(_product(plan_id, rows_of_plan, findings) for plan_id, rows_of_plan in grouped.items())


def _product(plan_id: str, rows: Sequence[ListRow], findings: list[ListFinding]) -> ListedProduct:
    names = {row.cells[NAME]: row for row in reversed(rows)}
    name = rows[0].cells[NAME]
    others = tuple(sorted(names.keys() - {name}))
    findings += [
        names[other].finding(
            "product_of_several_names", NAME, other, f"{plan_id} is {name} in line {rows[0].line}"
        )
        for other in others
    ]
    return ListedProduct(
        plan_id=plan_id,
        part_number=rows[0].cells[PART_NUMBER],
        name=name,
        other_names=others,
        service_plan_ids=tuple(sorted({row.cells[SERVICE_ID] for row in rows})),
    )


def _note_shared(
    grouped: dict[str, list[ListRow]], column: int, kind: str, findings: list[ListFinding]
) -> None:
    first: dict[str, ListRow] = {}
    noted: set[str] = set()
    for row in (row for rows in grouped.values() for row in rows):
        value = row.cells[column]
        before = first.setdefault(value, row)
        if before.plan_id != row.plan_id and value not in noted:
            noted.add(value)
            why = f"{before.plan_id} in line {before.line}, {row.plan_id} here"
            findings.append(row.finding(kind, column, value, why))


def _service_plans(rows: Iterable[ListRow], findings: list[ListFinding]) -> dict[str, tuple[str, str]]:
    """Choose one name and one friendly name per service plan: the spelling used most, then the first."""
    names: dict[str, Counter[str]] = {}
    friendly: dict[str, Counter[str]] = {}
    first: dict[tuple[str, str], ListRow] = {}
    for row in rows:
        service_plan_id, name = row.cells[SERVICE_ID], row.cells[SERVICE_NAME]
        names.setdefault(service_plan_id, Counter())[name] += 1
        friendly.setdefault(service_plan_id, Counter())[row.cells[FRIENDLY_NAME]] += 1
        first.setdefault((service_plan_id, name), row)
    chosen = {each: (_most_used(count), _most_readable(friendly[each])) for each, count in names.items()}
    findings += [
        row.finding(
            "service_of_several_names",
            SERVICE_NAME,
            name,
            f"{service_plan_id} is {chosen[service_plan_id][0]}",
        )
        for (service_plan_id, name), row in first.items()
        if name != chosen[service_plan_id][0]
    ]
    return chosen


def _most_used(count: Counter[str]) -> str:
    return min(count, key=lambda text: (-count[text], text))


def _most_readable(count: Counter[str]) -> str:
    """Prefer spellings for people to the capitals of old rows."""
    return min(count, key=lambda text: (text.isupper() or "_" in text, -count[text], text))
