"""`planswitch cloud`: the profiles of real clouds, and sign-in and sign-out of people (access#sign-in)."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated
from urllib.parse import parse_qsl, urlsplit

import typer

from cli.base.client import ConsoleClient, console_client
from cli.stack.returned_code import Returned
from cli.text import answers
from cli.text.output import JsonOption, ago, counted, fields, note, print_json, print_lines, wrapped
from client.api import cloud as cloud_api
from domain.kernel.errors import PlanSwitchError

if TYPE_CHECKING:
    from console.models.cloud import FinishedSignIn, ShownProfile

app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Show the clouds of this installation, and sign in."
)
ProfileName = Annotated[str, typer.Argument(help="Name of a profile, as in the file of profiles.")]
#: A person needs minutes to sign in; the begun sign-in holds for 15.
SIGN_IN_SECONDS_MAX = 900.0


class SignInUnfinished(PlanSwitchError):
    """Nobody has finished the sign-in in its time; nothing was kept."""

    code = "SIGN_IN_UNFINISHED"


@app.callback()
def cloud() -> None:
    """Show the clouds of this installation, and sign in."""


@app.command()
def show(as_json: JsonOption = False) -> None:
    """Show the profiles, what each may do, and who has signed in."""
    with console_client() as console:
        answer = console.ask(answers.cloud.CloudOverview, cloud_api.show_cloud.request())
    if as_json:
        print_json(answer)
    elif answer.is_sandbox:
        print_lines(wrapped("There is no file of profiles: everything runs against the sandbox.", 0))
    else:
        print_lines(line for each in answer.profiles for line in _lines(each))


@app.command(name="sign-in")
def sign_in(
    *,
    profile: ProfileName,
    device_code: Annotated[
        bool, typer.Option("--device-code", help="Enter a code on another device; for public clients.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Sign a person in for a profile, in a browser on this machine or with a code."""
    with console_client() as console:
        answer = _by_device(console, profile) if device_code else _by_browser(console, profile)
    if as_json:
        print_json(answer)
    elif answer.profile is not None:
        note(f"Signed in for {profile}.")
        print_lines(_lines(answer.profile))


@app.command(name="sign-out")
def sign_out(*, profile: ProfileName, as_json: JsonOption = False) -> None:
    """Forget who signed in for a profile; tokens at hand end within the hour."""
    with console_client() as console:
        request = cloud_api.sign_out.request(body={"profile": profile})
        answer = console.ask(answers.cloud.FinishedSignOut, request)
    if as_json:
        print_json(answer)
    else:
        note(f"Forgot {counted(answer.count, 'sign-in')} of {profile}.")


def _by_browser(console: ConsoleClient, profile: str) -> FinishedSignIn:
    """Wait for a browser on this machine to come back with the code."""
    with Returned() as returned:
        body = {"profile": profile, "redirect_uri": returned.address}
        begun = console.ask(answers.cloud.BegunSignIn, cloud_api.begin_sign_in.request(body=body))
        returned.state = dict(parse_qsl(urlsplit(begun.address).query)).get("state", "")
        note("Open this address in a browser on this machine, and sign in:")
        note(begun.address)
        fields_sent = returned.wait(SIGN_IN_SECONDS_MAX)
    if fields_sent is None:
        raise _unfinished(profile)
    request = cloud_api.finish_sign_in.request(body={"flow": begun.flow, **fields_sent})
    return console.ask(answers.cloud.FinishedSignIn, request)


def _by_device(console: ConsoleClient, profile: str) -> FinishedSignIn:
    """Ask again and again whether somebody has entered the code."""
    request = cloud_api.begin_device_sign_in.request(body={"profile": profile})
    begun = console.ask(answers.cloud.BegunDeviceSignIn, request)
    finish = cloud_api.finish_device_sign_in.request(body={"flow": begun.flow})
    note(f"Open {begun.address} on any device, and enter the code {begun.user_code}")
    until = time.monotonic() + SIGN_IN_SECONDS_MAX
    while time.monotonic() < until:
        answer = console.ask(answers.cloud.FinishedSignIn, finish)
        if answer.is_done:
            return answer
        time.sleep(begun.interval_seconds)
    raise _unfinished(profile)


def _unfinished(profile: str) -> SignInUnfinished:
    return SignInUnfinished(
        "Nobody has finished the sign-in; nothing was kept.",
        remedy=f"Begin it again: planswitch cloud sign-in {profile}",
    )


def _lines(profile: ShownProfile) -> list[str]:
    organizations = profile.organization_ids
    facts = {
        "profile": profile.name,
        "cloud": f"{profile.cloud} ({profile.authority})",
        "access": profile.access,
        "application": f"{profile.client_id}, registered in {profile.home_organization_id}",
        "directory": f"{profile.directory_url}, as {_grant(profile.directory_grant)}",
        "seller": f"{profile.seller_url}, as {_grant(profile.grant)}",
        "organizations": ", ".join(organizations) or "every one that no other profile names",
    }
    for each in profile.sign_ins:
        who = f"by {each.signed_in_by}, {ago(each.signed_in_at)}; used {ago(each.renewed_at)}"
        facts[f"signed in for the {each.audience}"] = who
    missing = [f"what to do: planswitch cloud sign-in {profile.name}"] if profile.missing else []
    if missing:
        facts["nobody has signed in for"] = ", ".join(f"the {each}" for each in profile.missing)
    return [*fields(facts), *missing, ""]


def _grant(grant: str) -> str:
    return "the application" if grant == "application" else "the application and a person"
