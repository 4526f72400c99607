"""Exports of whole lists as CSV or JSON lines, read page by page while they are sent (api-data#exports).

Each page begins behind the last row of the one before, so that memory does not grow with the list, no
transaction stays open, and no row comes twice.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass
from enum import StrEnum
from itertools import chain
from typing import TypeVar

from fastapi import Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, JsonValue, TypeAdapter

from console.edge.worded_answers import Reader, reader_of, worded
from domain.text.csv_text import csv_text

Row = TypeVar("Row")
Place = TypeVar("Place")


class ExportFormat(StrEnum):
    """How a file is written."""

    #: For spreadsheets: UTF-8 with its mark, a header, no cell a formula.
    CSV = "csv"
    #: For programs: one JSON object a line.
    JSONL = "jsonl"


#: A file is sent in parts of this size.
BLOCK_BYTES = 65_536
_MEDIA_TYPES = {ExportFormat.CSV: "text/csv", ExportFormat.JSONL: "application/jsonl"}
#: What the OpenAPI document says of an export.
EXPORTED: dict[int | str, dict[str, object]] = {
    200: {
        "description": "The whole list: a header and rows, or one JSON object a line.",
        "content": {each: {"schema": {"type": "string"}} for each in _MEDIA_TYPES.values()},
    }
}


def in_pages(
    read: Callable[[Place | None], tuple[Sequence[Row], Place | None]],
) -> Iterator[Sequence[Row]]:
    """Yield every page of a list.

    Args:
        read: Takes the place of the last row of the page before, None for the first page; returns rows, and
        their last place, or None after the last page.
    """
    place: Place | None = None
    while True:
        rows, place = read(place)
        yield rows
        if place is None:
            return


def in_blocks(lines: Iterable[str]) -> Iterator[bytes]:
    """Yield the lines of a file in blocks of BLOCK_BYTES or a little more.

    The server takes each part of an answer in another thread, which costs more than to make a line.
    """
    block = bytearray()
    for line in lines:
        block += line.encode()
        if len(block) >= BLOCK_BYTES:
            yield bytes(block)
            block.clear()
    if block:
        yield bytes(block)


@dataclass(frozen=True, kw_only=True, slots=True)
class Export:
    """A list to be sent as a file.

    Args:
        name: Of the file, without its ending.
        kind: What its rows are: a model or a dataclass, whose fields are the columns.
    """

    name: str
    kind: type[object]

    def answer(
        self, request: Request, form: ExportFormat, pages: Iterator[Sequence[object]]
    ) -> StreamingResponse:
        """Return the answer that sends the list; its first page is read before, so that a refusal is told.

        Args:
            request: Who reads it.
            form: How it is written.
            pages: The rows, page by page.
        """
        first = next(pages)
        rows = self._facts(chain([first], pages), reader_of(request))
        lines = _json_lines(rows) if form is ExportFormat.JSONL else csv_text(*self._table(rows))
        headers = {
            "Content-Disposition": f'attachment; filename="{self.name}.{form.value}"',
            "Cache-Control": "no-store",
        }
        return StreamingResponse(in_blocks(lines), media_type=_MEDIA_TYPES[form], headers=headers)

    def _facts(self, pages: Iterable[Sequence[object]], reader: Reader) -> Iterator[dict[str, JsonValue]]:
        spelled: TypeAdapter[object] = TypeAdapter(self.kind)
        for page in pages:
            for row in page:
                yield worded(spelled.dump_python(row, mode="json"), reader)

    def _table(
        self, rows: Iterable[dict[str, JsonValue]]
    ) -> tuple[tuple[str, ...], Iterator[tuple[str, ...]]]:
        names = columns_of(self.kind)
        return names, (tuple(_cell(row.get(name)) for name in names) for row in rows)


def columns_of(kind: type[object]) -> tuple[str, ...]:
    """Return the columns of a file: the fields of its rows, in their order."""
    if is_dataclass(kind):
        return tuple(each.name for each in fields(kind))
    assert issubclass(kind, BaseModel)  # noqa: S101 - a row is the one or the other
    return tuple(kind.model_fields)


def _json_lines(rows: Iterable[dict[str, JsonValue]]) -> Iterator[str]:
    return (json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n" for row in rows)


def _cell(value: JsonValue) -> str:
    """Return a value as the text of a cell: lists and objects as JSON, what is absent as nothing."""
    if value is None or isinstance(value, str):
        return value or ""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
