"""`planswitch audit verify`: whether the record was changed, or a bundle of it; it needs no console."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.audit.bundle_check import approvals_text, tell_bundle
from cli.text.output import JsonOption, fields, print_json, print_lines, wrapped

if TYPE_CHECKING:
    from audit.forks.chain import Fork
    from audit.verification.findings import Coverage, Deviation, Verification

_MARGIN = 2
_LOST_MARGIN = 4
#: Lost entries that are printed.
_LOST_SHOWN = 10

Bundle = Annotated[
    Path | None,
    typer.Argument(
        metavar="[FILE]",
        help="A bundle of `audit export`, checked without any database; without it the whole record.",
    ),
]
Folder = Annotated[
    Path | None, typer.Option("--folder", help="Folder with the published seals; else that of the settings.")
]
PolicyFile = Annotated[
    Path | None,
    typer.Option("--policy", help="Your own file of the keys that you trust; else the folder's."),
]
StateFile = Annotated[
    Path | None,
    typer.Option("--state", help="File that keeps the last checkpoint you have seen; else audit-state.json."),
]
RequireWitness = Annotated[
    bool, typer.Option("--require-witness", help="Fail (exit code 20) where too few witnesses vouch for it.")
]
ApprovalKeys = Annotated[
    list[str] | None,
    typer.Option(
        "--approval-key",
        metavar="KEY",
        help="Name of a key that may have signed approvals, as this command prints it; several are allowed.",
    ),
]


def verify(  # noqa: PLR0917  # the command line names its options
    bundle: Bundle = None,
    folder: Folder = None,
    policy: PolicyFile = None,
    state: StateFile = None,
    require_witness: RequireWitness = False,
    approval_key: ApprovalKeys = None,
    as_json: JsonOption = False,
) -> None:
    """Compare the whole record with its seals, and name the first thing that was changed.

    Exit codes: 0 all holds, 20 no witness vouches for it, 25 all holds since a declared restore that you have
    not seen yet, 30 the log is another one than before, 40 the record was changed.
    """
    keys = tuple(approval_key or ())
    if bundle is not None:
        tell_bundle(bundle, policy, as_json=as_json, requires_witness=require_witness, approval_keys=keys)
        return
    from audit.verification.audit_state import STATE_FILE  # noqa: PLC0415 - heavy
    from audit.verification.store_verification import Question, verify_store  # noqa: PLC0415 - heavy
    from ops.base.settings import load_settings  # noqa: PLC0415 - heavy
    from store.roles.role import DatabaseRole  # noqa: PLC0415 - beside the settings, which are heavy

    settings = load_settings()
    answer = verify_store(
        Question(
            database_url=settings.required_database_url_of(DatabaseRole.READER),
            folder=folder or settings.seals_path(),
            policy_file=policy,
            state_file=state or settings.data_dir / STATE_FILE,
            needs_witness=require_witness,
            approval_keys=keys,
        )
    )
    print_json(_facts(answer)) if as_json else print_lines(lines_of(answer))
    if answer.exit_code:
        raise typer.Exit(answer.exit_code)


def lines_of(answer: Verification) -> list[str]:
    """Return the answer as text."""
    lines = [f"{answer.outcome.value.upper()}{_anchoring(answer)}", *wrapped(answer.sentence, _MARGIN)]
    if answer.deviation is not None:
        lines += ["", *_deviation(answer.deviation)]
    if answer.seal is not None:
        lines += ["", "SEAL", *_indented(_seal(answer))]
    for fork in answer.forks:
        lines += ["", "FORK", *_indented(_fork(fork)), *_lost(fork)]
    if answer.deviation is None and answer.seal is not None and answer.coverage.seals:
        lines += ["", "COMPARED", *_indented(_coverage(answer.coverage)), *_not_sealed(answer.coverage)]
    return lines


def _facts(answer: Verification) -> dict[str, object]:
    from dataclasses import asdict  # noqa: PLC0415 - needed here alone

    return {**asdict(answer), "exit_code": answer.exit_code}


def _anchoring(answer: Verification) -> str:
    """Return the word about witnesses; where something differs nobody vouches for anything."""
    return f", {answer.seal.anchoring}" if answer.seal and answer.outcome.value == "holds" else ""


def _deviation(deviation: Deviation) -> list[str]:
    lines = [f"{deviation.subject.value.upper()} {deviation.fault.value.upper()}"]
    leaf = {"leaf": deviation.leaf} if deviation.leaf is not None else {}
    lines += _indented({**deviation.ids, **leaf})
    for each in deviation.differences:
        lines += ["", *_indented({f"{each.name} sealed": each.sealed, f"{each.name} now": each.now})]
    return lines


def _seal(answer: Verification) -> dict[str, object]:
    assert answer.seal is not None  # noqa: S101  # asked by the caller
    seal = answer.seal
    policy = "the folder's own: keep a copy of it elsewhere" if seal.is_policy_of_folder else "yours"
    return {
        "log": seal.origin,
        "leaves": f"{seal.tree_size}",
        "root": seal.root,
        "signed by": ", ".join(seal.signed_by),
        "witnessed by": ", ".join(seal.witnessed_by) or "nobody",
        "policy": policy,
        "seen before": f"{answer.last_tree_size} leaves" if answer.last_tree_size else "nothing of this log",
    }


def _fork(fork: Fork) -> dict[str, object]:
    """Return where a log ended and another one goes on, and what lies between them."""
    lost = f"{fork.lost_events} events, {fork.lost_calls} provider calls"
    recorded = {"recorded": f"{fork.first_recorded} to {fork.last_recorded}"} if fork.first_recorded else {}
    return {
        "log before": f"{fork.log}, {fork.tree_size} leaves",
        "its root": fork.root,
        "followed by": fork.followed_by,
        "declared": f"{fork.declared_at} by {fork.operator}: {fork.reason}",
        "vouched by": ", ".join(fork.vouched_by) or "NO KEY of the log before",
        "kept": f"events up to {fork.last_event_id}, provider calls up to {fork.last_call_id}",
        "lost": lost,
        **recorded,
    }


def _lost(fork: Fork) -> list[str]:
    """Return the first entries of the log before that the record does not have any more."""
    names = [
        f"event {each.first_id} {each.topic}, version {each.version} of {each.stream}, {each.recorded}"
        if each.topic
        else f"of provider calls {each.first_id} to {each.last_id}"
        for each in fork.lost[:_LOST_SHOWN]
    ]
    if len(fork.lost) > _LOST_SHOWN:
        names.append("and others: --json lists more")
    return [line for name in names for line in wrapped(name, _LOST_MARGIN)]


def _coverage(coverage: Coverage) -> dict[str, object]:
    return {
        "events": coverage.events,
        "provider calls": coverage.calls,
        "user rows": (
            f"{coverage.roster_rows} of rosters, {coverage.move_rows} of moves, "
            f"{coverage.selection_rows} of selections"
        ),
        "seals": coverage.seals,
        **(
            {"approvals": approvals_text(coverage.approvals, coverage.approval_keys)}
            if coverage.approvals
            else {}
        ),
    }


def _not_sealed(coverage: Coverage) -> list[str]:
    counts = {"event": coverage.unsealed_events, "provider call": coverage.unsealed_calls}
    parts = [f"{count} {name}{'' if count == 1 else 's'}" for name, count in counts.items() if count]
    lines = list(coverage.uncovered)
    if parts:
        verb = "is" if sum(counts.values()) == 1 else "are"
        lines.insert(0, f"{' and '.join(parts)} after the last seal {verb} not sealed yet")
    return ["", "NOT COVERED", *(line for each in lines for line in wrapped(each, _MARGIN))] if lines else []


def _indented(pairs: dict[str, object]) -> list[str]:
    return [f"{' ' * _MARGIN}{line}" for line in fields(pairs)]
