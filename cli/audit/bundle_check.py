"""What `audit export` and `audit verify FILE` print of a bundle: whether it holds, and what it proves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from cli.text.output import fields, print_json, print_lines, wrapped

if TYPE_CHECKING:
    from audit.bundle.forks import BundleFork
    from audit.bundle.verification import BundleReport

#: Exit codes of a check (docs/cli.md).
ALTERED, UNANCHORED = 40, 20
_MARGIN = 2


def tell_bundle(
    path: Path,
    policy: Path | None,
    *,
    as_json: bool,
    requires_witness: bool = False,
    approval_keys: tuple[str, ...] = (),
) -> None:
    """Check a bundle and print what it proves.

    Args:
        path: The bundle.
        policy: The auditor's own policy; None takes the one inside, which proves nothing about its keys.
        as_json: Print the data as JSON.
        requires_witness: Fail where no quorum of witnesses signed.
        approval_keys: Names of the keys that may have signed approvals; none: any key.

    Raises:
        Exit: It does not hold (40), or no witness signed (20).
        InvalidInput: A file can't be read.
    """
    from audit.bundle.verification import verify_bundle  # noqa: PLC0415 - heavy
    from audit.transparency.policies import Anchoring  # noqa: PLC0415 - heavy

    report = verify_bundle(path, _policy(policy), approval_keys)
    print_json(report) if as_json else print_lines(bundle_lines(report))
    if not report.holds:
        raise typer.Exit(ALTERED)
    if requires_witness and report.anchoring is not Anchoring.WITNESSED:
        raise typer.Exit(UNANCHORED)


def bundle_lines(report: BundleReport) -> list[str]:
    """Return the verdict on a bundle, the reasons, and what it proves."""
    lines = [f"HOLDS, {report.anchoring}" if report.holds else "ALTERED"]
    lines += [line for each in _findings(report) for line in each]
    lines += wrapped(report.verdict, 0) if report.verdict else []
    lines += fields(
        {
            "switch": report.switch_id or "-",
            "log": f"{report.origin or '-'}, {report.tree_size} leaves",
            "signed by": ", ".join(report.signed_by) or "nobody who is believed",
            **({"witnesses": ", ".join(report.witnessed_by)} if report.witnessed_by else {}),
            "proved": f"{report.events} events of {report.streams} streams, {report.calls} calls",
            "users": str(report.users),
            "amounts": _amounts(report),
            **(
                {"approvals": approvals_text(report.approvals, report.approval_keys)}
                if report.approvals
                else {}
            ),
        }
    )
    for fork in report.forks:
        lines += ["", *wrapped(_fork(fork), 0)]
    if report.has_own_policy:
        text = "The policy came with the bundle: it proves nothing about the keys. Add --policy FILE."
        lines += ["", *wrapped(text, 0)]
    return [*lines, *(line for each in report.remarks for line in wrapped(each, 0))]


def approvals_text(count: int, keys: Iterable[str]) -> str:
    """Return how many approvals were proved, and by which keys they were signed."""
    return f"{count} proved, signed by {', '.join(keys)}"


def _fork(fork: BundleFork) -> str:
    events = f"{fork.lost_events} event{'' if fork.lost_events == 1 else 's'}"
    return (
        f"FORK: the log {fork.followed_by} follows {fork.log} ({fork.tree_size} leaves) after a restore that "
        f"{fork.operator} declared on {fork.declared_at}: {fork.reason} {events} of these streams were lost; "
        "the bundle has their entries in the log before."
    )


def _findings(report: BundleReport) -> Iterator[list[str]]:
    for each in report.findings:
        about = f"{each.kind}: {each.member or 'the file'}: {each.text}"
        yield wrapped(about, 2 * _MARGIN, " " * _MARGIN)
    if report.more_findings:
        yield [f"{' ' * _MARGIN}and {report.more_findings} more"]


def _amounts(report: BundleReport) -> str:
    checked = [each for each in report.amounts if each.computed is not None]
    wrong = sum(not each.is_right for each in checked)
    text = f"{len(checked)} computed again, {wrong or 'none'} differ"
    beyond = len(report.amounts) - len(checked)
    return f"{text}, {beyond} can't be computed" if beyond else text


def _policy(path: Path | None) -> bytes | None:
    """Return the auditor's policy.

    Raises:
        InvalidInput: The file can't be read.
    """
    from domain.kernel.errors import InvalidInput  # noqa: PLC0415 - used here alone

    if path is None:
        return None
    try:
        return path.read_bytes()
    except OSError as error:
        raise InvalidInput(
            field="--policy", value=path, allowed=f"a file that can be read ({error.strerror})"
        ) from error
