"""`planswitch access-log`: who came in, was refused, changed something or read data of persons."""

from __future__ import annotations

from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cli.base.client import api_path, console_client
from cli.text import answers
from cli.text.output import JsonOption, note, print_json, print_lines
from cli.text.tables import table
from client.client import Request
from domain.kernel.errors import InvalidInput
from ops.processes.private_files import private_opener

_HEADERS = ("AT", "WHO", "KIND", "REQUEST", "STATUS", "ADDRESS", "ORGANIZATION")
_NOTHING = "-"
_PATH = api_path("access-log")
_KINDS = "sign_in, sign_out, refusal, change or persons_read"


class FileFormat(StrEnum):
    """How a file has the entries."""

    CSV = "csv"
    JSON_LINES = "jsonl"


def access_log(
    *,
    actor: Annotated[str | None, typer.Option(help="Only entries of this actor.")] = None,
    organization: Annotated[str | None, typer.Option(help="Only this organization, by its whole id.")] = None,
    address: Annotated[str | None, typer.Option(help="Only entries from this address.")] = None,
    kind: Annotated[str | None, typer.Option(help=f"Only entries of this kind: {_KINDS}.")] = None,
    since: Annotated[str | None, typer.Option(help="Only from this instant on, with its offset.")] = None,
    until: Annotated[str | None, typer.Option(help="Only before this instant, with its offset.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=500)] = 50,
    after: Annotated[int | None, typer.Option(min=1, help="Last number of the previous page.")] = None,
    output: Annotated[
        str, typer.Option("--output", "-o", help="Write all entries that match into this new file.")
    ] = "",
    file_format: Annotated[FileFormat, typer.Option("--format", help="Of the file.")] = FileFormat.CSV,
    as_json: JsonOption = False,
) -> None:
    """Show who signed in, was refused, changed something, or read data of persons; the newest first."""
    filters = {
        "actor": actor,
        "organization": organization,
        "address": address,
        "kind": kind,
        "since": since,
        "until": until,
    }
    if output:
        _export(Path(output), file_format, {name: text for name, text in filters.items() if text is not None})
        return
    with console_client() as console:
        answer = console.get(
            answers.access_log.AccessLogPage,
            api_path("access-log"),
            **filters,
            limit=limit,
            after=after,
        )
    if as_json:
        print_json(answer)
        return
    print_lines(table(_HEADERS, [_row(each) for each in answer.entries]) if answer.entries else [])
    note(_ending(answer))


def _row(entry: answers.access_log.AccessAnswer) -> tuple[object, ...]:
    return (
        entry.at[:19].replace("T", " "),
        entry.actor or _NOTHING,
        entry.kind.value,
        f"{entry.method} {entry.route or _NOTHING}",
        entry.status,
        entry.address or _NOTHING,
        entry.organization_id or _NOTHING,
    )


def _ending(answer: answers.access_log.AccessLogPage) -> str:
    if answer.next:
        return f"next page: add --after {answer.next} to the same command"
    return "end of the log" if answer.entries else "no entry matches"


def _export(path: Path, file_format: FileFormat, filters: dict[str, str]) -> None:
    """Write every entry that matches into a new file; a failed export leaves none.

    Raises:
        InvalidInput: The file is there, or can't be written.
    """
    request = Request(method="GET", path=f"{_PATH}/export", params={**filters, "format": file_format.value})
    try:
        file = open(path, "xb", opener=private_opener)  # noqa: SIM115 - closed below
    except OSError as error:
        raise InvalidInput(field="--output", value=path, allowed=f"a new file ({error.strerror})") from error
    try:
        with file, console_client() as console:
            console.download(request, file)
    except BaseException:
        with suppress(OSError):
            path.unlink()
        raise
    note(f"wrote {path}")
