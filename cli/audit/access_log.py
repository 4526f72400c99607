"""`planswitch access-log`: who came in, was refused, changed something or read data of persons."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from cli.base.client import console_client
from cli.text import answers
from cli.text.output import JsonOption, note, print_json, print_lines
from cli.text.tables import table
from client.api import access_log as access_log_api
from client.client import Request
from client.models.access_format import AccessFormat
from client.models.access_kind import AccessKind
from domain.kernel.errors import InvalidInput
from ops.processes.private_files import private_opener

_HEADERS = ("AT", "WHO", "KIND", "REQUEST", "STATUS", "ADDRESS", "ORGANIZATION")
_NOTHING = "-"
_KINDS = "sign_in, sign_out, refusal, change or persons_read"


def access_log(
    *,
    actor: Annotated[str, typer.Option(help="Only entries of this actor.")] = "",
    organization: Annotated[str, typer.Option(help="Only this organization, by its whole id.")] = "",
    address: Annotated[str, typer.Option(help="Only entries from this address.")] = "",
    kind: Annotated[AccessKind | None, typer.Option(help=f"Only entries of this kind: {_KINDS}.")] = None,
    since: Annotated[str | None, typer.Option(help="Only from this instant on, with its offset.")] = None,
    until: Annotated[str | None, typer.Option(help="Only before this instant, with its offset.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=500)] = 50,
    after: Annotated[int | None, typer.Option(min=1, help="Last number of the previous page.")] = None,
    output: Annotated[
        str, typer.Option("--output", "-o", help="Write all entries that match into this new file.")
    ] = "",
    file_format: Annotated[AccessFormat, typer.Option("--format", help="Of the file.")] = "csv",
    as_json: JsonOption = False,
) -> None:
    """Show who signed in, was refused, changed something, or read data of persons; the newest first."""
    begin, end = _instant("--since", since), _instant("--until", until)
    if output:
        request = access_log_api.export_accesses.request(
            format_=file_format,
            actor=actor,
            organization=organization,
            address=address,
            kind=kind,
            since=begin,
            until=end,
        )
        _export(Path(output), request)
        return
    request = access_log_api.list_accesses.request(
        limit=limit,
        after=after,
        actor=actor,
        organization=organization,
        address=address,
        kind=kind,
        since=begin,
        until=end,
    )
    with console_client() as console:
        answer = console.ask(answers.access_log.AccessLogPage, request)
    if as_json:
        print_json(answer)
        return
    print_lines(table(_HEADERS, [_row(each) for each in answer.entries]) if answer.entries else [])
    note(_ending(answer))


def _instant(option: str, text: str | None) -> datetime | None:
    """Return the instant that a text names.

    Raises:
        InvalidInput: It names none, or has no offset.
    """
    if text is None:
        return None
    with suppress(ValueError):
        at = datetime.fromisoformat(text)
        if at.tzinfo is not None:
            return at
    raise InvalidInput(
        field=option, value=text, allowed="an instant with its offset, such as 2026-11-30T09:00:00Z"
    )


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


def _export(path: Path, request: Request) -> None:
    """Write every entry that matches into a new file; a failed export leaves none.

    Raises:
        InvalidInput: The file is there, or can't be written.
    """
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
