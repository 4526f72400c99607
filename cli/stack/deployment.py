"""`planswitch deployment`: versions of workers that run beside each other, past the console."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from cli.base.options import DECLINED_BY_PERSON, AnswerMissing
from cli.text.output import JsonOption, ago, note, print_json, print_lines, wrapped
from cli.text.tables import table
from domain.kernel.errors import InvalidInput, RuleViolated

if TYPE_CHECKING:
    from services.temporal.deployments import Deployment, PinnedRun, WorkerVersion

app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Run old and new workers beside each other."
)
ResultT = TypeVar("ResultT")
Build = Annotated[str, typer.Argument(metavar="BUILD", help="A version, as `deployment list` names it.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do it without asking.")]
#: Somebody must wait.
_WAITS = 10
_LOOK_SECONDS = 2.0
_CANT_GO_BACK = "What has gone on with the new code can't go back to the old one."


@app.callback()
def deployment() -> None:
    """Run old and new workers beside each other."""


@app.command("list")
def list_versions(as_json: JsonOption = False) -> None:
    """List the versions of the workers: which gets new work, and what is pinned to each."""
    versions = _done_with(lambda deployment: deployment.versions())
    if as_json:
        print_json([{**asdict(each), "is_abandoned": each.is_abandoned} for each in versions])
        return
    rows = [[each.build_id, _status(each), each.workers, each.pinned, ago(each.made_at)] for each in versions]
    print_lines(table(["BUILD", "STATUS", "WORKERS", "PINNED", "FIRST WORKER"], rows))
    for each in versions:
        if each.is_abandoned:
            note(
                f"{each.build_id} has no worker, and {each.pinned} passes are pinned to it: start one, or "
                f"`planswitch deployment move {each.build_id}`."
            )


@app.command("set-current")
def set_current(build: Build, *, yes: Yes = False) -> None:
    """Send new work, and everything that is not pinned, to a version."""
    _confirm(f"Every switch goes on with {build} from its next task on. {_CANT_GO_BACK}", yes=yes)
    _done_with(lambda deployment: deployment.set_current(build))
    note(f"{build} is the current version.")


@app.command()
def ramp(
    build: Build,
    *,
    percent: Annotated[float, typer.Option(min=0, max=100, help="Share of the work; 0 ends the ramp.")],
    yes: Yes = False,
) -> None:
    """Send a share of what goes to the current version to another one."""
    if percent:
        _confirm(f"{percent:g} % of the switches go on with {build}. {_CANT_GO_BACK}", yes=yes)
    _done_with(lambda deployment: deployment.ramp(build, percent))
    note(f"{build} gets {percent:g} % of the work." if percent else "Nothing ramps any more.")


@app.command()
def drain(
    build: Build,
    *,
    wait: Annotated[bool, typer.Option("--wait", help="Wait until nothing is pinned to it.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Say whether the workers of an old version may be stopped; exit code 10 while they may not."""
    version = _done_with(lambda deployment: _drained(deployment, build, wait=wait))
    if as_json:
        print_json({"build_id": build, "pinned": version.pinned, "is_drained": not version.pinned})
    elif version.pinned:
        note(f"{version.pinned} passes are pinned to {build}: let its workers run on, or move them.")
    else:
        note(f"Nothing is pinned to {build}: its workers may be stopped.")
    if version.pinned:
        raise typer.Exit(_WAITS)


@app.command()
def move(
    build: Build,
    *,
    to: Annotated[str, typer.Option(help="Version that goes on; default: the current one.")] = "",
    yes: Yes = False,
    as_json: JsonOption = False,
) -> None:
    """Move what is pinned to a version, whose workers are gone, to another one."""
    target, runs = _done_with(lambda deployment: _movable(deployment, build, to))
    if runs:
        _confirm(
            f"{len(runs)} passes over licenses go on with {target} from where {build} recorded them. If its"
            f" code commands other steps, they stand still until {build} is back. {_CANT_GO_BACK}",
            yes=yes,
        )
    moved = _done_with(lambda deployment: _moved(deployment, runs, target))
    if as_json:
        print_json({"from": build, "to": target, "moved": moved})
    else:
        note(f"{len(moved)} of {len(runs)} passes are pinned to {target}; the others had ended.")


async def _drained(deployment: Deployment, build: str, *, wait: bool) -> WorkerVersion:
    version = await _old(deployment, build)
    while wait and version.pinned:
        await asyncio.sleep(_LOOK_SECONDS)
        version = await _old(deployment, build)
    return version


async def _old(deployment: Deployment, build: str) -> WorkerVersion:
    """Return a version that gets nothing new.

    Raises:
        RuleViolated: It does.
    """
    from services.temporal.deployments import VersionStatus  # noqa: PLC0415 - heavy

    version = await deployment.version(build)
    if version.status in {VersionStatus.CURRENT, VersionStatus.RAMPING}:
        raise RuleViolated(
            f"{build} is {version.status.value}: new work goes to it.",
            remedy="Make another version current first (`planswitch deployment set-current BUILD`), or end "
            "its ramp with `deployment ramp BUILD --percent 0`.",
        )
    return version


async def _movable(deployment: Deployment, build: str, to: str) -> tuple[str, Sequence[PinnedRun]]:
    """Return where to what is pinned goes, and what that is."""
    from services.temporal.deployments import VersionStatus  # noqa: PLC0415 - heavy

    await deployment.version(build)
    versions = await deployment.versions()
    current = next((each.build_id for each in versions if each.status is VersionStatus.CURRENT), "")
    target = to or current
    if not target:
        raise RuleViolated("No version is current.", remedy="Name one with --to.")
    if target == build:
        raise InvalidInput(field="--to", value=target, allowed=f"another version than {build}")
    if not (await deployment.version(target)).workers:
        raise RuleViolated(
            f"No worker of {target} asks for work: what is moved to it would stand still.",
            remedy=f"Start a worker of {target}, or name another version with --to. Nothing was moved.",
        )
    return target, await deployment.pinned(build)


async def _moved(deployment: Deployment, runs: Sequence[PinnedRun], target: str) -> list[str]:
    return [each.workflow_id for each in runs if await deployment.move(each, target)]


def _done_with(work: Callable[[Deployment], Awaitable[ResultT]]) -> ResultT:
    """Return what is done with the deployment of the settings.

    Raises:
        InvalidInput: None is set.
    """
    from ops.base.settings import load_settings  # noqa: PLC0415 - heavy
    from ops.temporal.temporal_access import temporal_access  # noqa: PLC0415 - heavy
    from services.temporal.deployments import Deployment  # noqa: PLC0415 - heavy

    settings = load_settings()
    if not settings.deployment:
        raise InvalidInput(
            field="PLANSWITCH_DEPLOYMENT",
            value=None,
            allowed="the name of the worker deployment, as the workers have it",
        )

    async def done() -> ResultT:
        client = await temporal_access(settings).connected()
        return await work(Deployment(client, settings.deployment, settings.task_queue))

    return asyncio.run(done())


def _confirm(what: str, *, yes: bool) -> None:
    """Ask whether to do what can't be undone.

    Raises:
        AnswerMissing: Nobody can be asked.
    """
    if yes:
        return
    if not sys.stdin.isatty():
        raise AnswerMissing(what, remedy="Nobody can be asked here: add --yes to do it. Nothing was changed.")
    for line in wrapped(what, 0):
        note(line)
    if not typer.confirm("Do it?", err=True):
        raise typer.Exit(DECLINED_BY_PERSON)


def _status(version: WorkerVersion) -> str:
    share = f" {version.ramp_percent:g} %" if version.ramp_percent else ""
    return f"{version.status.value}{share}"
