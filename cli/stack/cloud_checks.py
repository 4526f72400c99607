"""What `planswitch doctor --cloud` looks at and prints: access to each organization, and how to repair it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict

import typer

from cli.text.output import note, print_json, print_lines, wrapped
from domain.kernel.errors import InvalidInput, PlanSwitchError
from domain.kernel.ids import require_directory_id
from ops.base.log import configure_logging
from ops.base.settings import Settings
from ops.readiness.access_checks import AccessReport, access_reports
from providers.access.profiles import CLOUD_FILE, CloudProfiles, Grant
from providers.access.tokens import SignIns
from providers.microsoft.tenancy.access_verdicts import Verdict
from store.vault.secret_files import open_to_others

#: Exit code where something is wrong.
_FAULTY = 7
_GAP = "  "
_WORDS = {Verdict.NOT_CHECKED: "not checked"}


def check_clouds(settings: Settings, organization: str, *, as_json: bool) -> None:
    """Look at the access to one organization, or to all that the profiles name, and print each as it is done.

    Args:
        settings: Name the file of profiles, and the database that has the sign-ins of people.
        organization: Directory id of an organization; "" takes all that are named.
        as_json: Print one JSON document.

    Raises:
        InvalidInput: There are no profiles.
        Exit: Something is wrong.
    """
    # What a check finds is told by its line alone.
    configure_logging(json=False, level="CRITICAL")
    profiles = settings.cloud_profiles()
    if profiles is None:
        raise InvalidInput(
            field=CLOUD_FILE,
            value=None,
            allowed="a file of cloud profiles",
            remedy="Without profiles this installation works with the sandbox, which lets everybody in. "
            "docs/access.md#profiles says how to write one.",
        )
    with ExitStack() as stack:
        sign_ins = _sign_ins(settings, profiles, stack)
        reports = access_reports(
            profiles, _whole_id(organization), is_open_to_others=open_to_others, sign_ins=sign_ins
        )
        is_faulty = _tell(reports, as_json=as_json)
    if is_faulty:
        raise typer.Exit(_FAULTY)


def _whole_id(organization: str) -> str:
    """Return the id of an organization in its one spelling; "" names none.

    Raises:
        InvalidInput: It is no id: it would become a part of the token service's address.
    """
    return require_directory_id(organization, field="ORGANIZATION") if organization else ""


def _sign_ins(settings: Settings, profiles: CloudProfiles, stack: ExitStack) -> SignIns | None:
    """Return where the sign-ins of people are, if a profile has any; without a database there are none."""
    if not any(
        Grant.APPLICATION_AND_USER in {each.grant, each.directory_grant} for each in profiles.profiles
    ):
        return None
    from store.switch_store import SwitchStore  # noqa: PLC0415 - heavy

    try:
        url = settings.required_database_url()
        store = stack.enter_context(SwitchStore.open(url, settings.key_provider()))
    except PlanSwitchError as error:
        note(f"The sign-ins of people can't be read: {error.message} {error.remedy}")
        return None
    return store.cloud_sign_ins


def _tell(reports: Iterator[AccessReport], *, as_json: bool) -> bool:
    """Print each report, and return whether one has a fault."""
    if as_json:
        whole = tuple(reports)
        print_json({"organizations": [asdict(each) for each in whole]})
        return any(each.has_fault for each in whole)
    is_faulty = False
    for number, report in enumerate(reports):
        print_lines([*([""] if number else []), *access_lines(report)])
        is_faulty = is_faulty or report.has_fault
    return is_faulty


def access_lines(report: AccessReport) -> list[str]:
    """Return the lines of one organization: each check, then what to do about each that calls for it."""
    head = f"organization {report.organization_id}, profile {report.profile} ({report.chosen})"
    shown = [(each.name, _WORDS.get(each.verdict, each.verdict.value), each) for each in report.checks]
    indent = max(len(words) for _, words, _ in shown) + len(_GAP)
    lines = wrapped(head, 0)
    for name, words, check in shown:
        code = f"{check.code}: " if check.code else ""
        lines += wrapped(f"{name}: {code}{check.detail}", indent, words)
    for name, _, check in shown:
        if check.remedy:
            lines += wrapped(f"what to do: {name}: {check.remedy}", 0)
    return lines
