"""`planswitch demo`: the whole stack in a folder of its own, one switch on made-up people, and a summary."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.base.options import grouped
from cli.stack.demo_plan import (
    APPROVE,
    CARD,
    CREDIT_OUTCOMES,
    INVOICE,
    SEED_MAX,
    USERS_MAX,
    DemoPlan,
    DemoResult,
    read_organization,
    summary,
)
from cli.text.output import JsonOption, note, print_json, print_lines
from domain.kernel.errors import InvalidInput, PlanSwitchError
from domain.kernel.shown_values import Words

if TYPE_CHECKING:
    from ops.stack.supervisor import StackState

#: Users of a demo that names no number.
USERS_DEFAULT = 250
SEED_DEFAULT = 42
PAYMENTS = (CARD, INVOICE)
NOT_COMPLETED = 4
MISMATCH = 9
_FOLDER_PREFIX = "planswitch-demo-"


@dataclass(frozen=True, kw_only=True)
class DemoOptions:
    """What the demo is asked for."""

    users: Annotated[int, typer.Option(min=1, max=USERS_MAX, help="Users to move.")] = USERS_DEFAULT
    source: Annotated[str, typer.Option("--from", help="Plan to leave.")] = "E1"
    target: Annotated[str, typer.Option("--to", help="Plan to switch to.")] = "E3"
    seed: Annotated[int, typer.Option(min=0, max=SEED_MAX, help="The same seed makes the same people.")] = (
        SEED_DEFAULT
    )
    payment: Annotated[str, typer.Option(help="card or invoice.")] = CARD
    credit: Annotated[
        str, typer.Option(help="The bureau's answer to an invoice: approve, decline or silent.")
    ] = APPROVE
    organization: Annotated[Path | None, typer.Option(help="JSON file that describes the people.")] = None
    faults: Annotated[str, typer.Option(help="storm, or a JSON file: which calls go wrong.")] = ""
    licenses_only: Annotated[
        bool,
        typer.Option("--licenses-only", help="Both plans are owned: move licenses, order and bill nothing."),
    ] = False


@grouped
def demo(
    *,
    options: DemoOptions,
    keep: Annotated[Path | None, typer.Option(help="Use this folder, and keep it.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Run one switch on a whole stack of its own, and show what happened."""
    from ops.processes.errors import require_sandbox  # noqa: PLC0415 - heavy

    require_sandbox()
    plan = _planned(options)
    with _folder(keep) as folder, _running(folder) as state:
        from cli.stack.demo_run import run_demo  # noqa: PLC0415 - heavy

        result = run_demo(plan, state)
    print_json(asdict(result)) if as_json else print_lines(summary(result, keep))
    _exit_by(result)


def _planned(options: DemoOptions) -> DemoPlan:
    """Check everything that can be checked before anything is started."""
    from domain.catalog.catalog import load_catalog  # noqa: PLC0415 - heavy

    _require_word("--payment", options.payment, PAYMENTS)
    _require_word("--credit", options.credit, tuple(CREDIT_OUTCOMES))
    if options.credit != APPROVE and options.payment != INVOICE:
        raise InvalidInput(
            field="--credit",
            value=Words("given without an invoice"),
            allowed="beside --payment invoice",
            remedy="Add --payment invoice: a card needs no credit check.",
        )
    if options.licenses_only and options.payment != CARD:
        raise InvalidInput(
            field="--payment",
            value=options.payment,
            allowed="nothing beside --licenses-only, which bills nothing",
        )
    catalog = load_catalog()
    facts: dict[str, object] = {"seed": options.seed, "users": options.users}
    if options.organization is not None:
        facts = read_organization(options.organization, catalog)
    source_plan_id = str(facts.get("plan_id") or catalog.find(options.source).plan_id)
    return DemoPlan(
        organization={**facts, "plan_id": source_plan_id},
        source_plan_id=source_plan_id,
        target_plan_id=catalog.find(options.target).plan_id,
        payment_method=options.payment,
        credit=options.credit,
        faults=Path(options.faults).stem,
        fault_program=_fault_program(options.faults) if options.faults else {},
        licenses_only=options.licenses_only,
    )


def _fault_program(named: str) -> dict[str, object]:
    from sandbox.faults.fault_program import read_program  # noqa: PLC0415 - heavy

    program = read_program(named)
    if program.settings:
        # The demo plants it for its own organization; the sandbox may be one that others use too.
        allowed = "only rules: a program of one organization has no settings"
        raise InvalidInput(field="--faults", value=named, allowed=allowed)
    return program.document


def _require_word(field: str, value: str, words: tuple[str, ...]) -> None:
    if value not in words:
        raise InvalidInput(field=field, value=value, allowed=" or ".join(words))


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    """Yield the folder of the stack; one that is not kept is removed."""
    if keep is not None:
        yield keep.absolute()
        return
    from ops.stack.postgres_binaries import temporary_data_folder  # noqa: PLC0415 - heavy

    folder = temporary_data_folder(_FOLDER_PREFIX)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _running(folder: Path) -> Iterator[StackState]:
    """Yield where the stack of a folder runs, on free ports, and stop it."""
    from ops.base.log import configure_logging  # noqa: PLC0415 - heavy
    from ops.base.settings import load_settings  # noqa: PLC0415 - heavy
    from ops.stack.accounts import leave_root  # noqa: PLC0415 - heavy
    from ops.stack.embedded import Ports, embedded_stack  # noqa: PLC0415 - heavy
    from ops.stack.supervisor import termination_as_interrupt  # noqa: PLC0415 - heavy

    configure_logging(json=False, level="WARNING")
    account = "" if load_settings().keep_account else leave_root(folder, is_root_allowed=True)
    if account:
        note(account)
    note("Starting PostgreSQL, Temporal, sandbox, worker, projector and console ...")
    with termination_as_interrupt(), embedded_stack(folder, Ports.free()) as stack:
        try:
            yield stack.state
        except PlanSwitchError:
            note(f"The logs are in {folder / 'logs'}." if folder.exists() else "")
            raise


def _exit_by(result: DemoResult) -> None:
    """Leave with the code that tells whether it went well (docs/cli.md)."""
    sys.stdout.flush()
    if not result.is_as_expected:
        raise typer.Exit(NOT_COMPLETED)
    if not result.is_proven:
        raise typer.Exit(MISMATCH)
