"""`planswitch support`: whom to call, and a file with the redacted facts of a case."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from cli.base.client import console_client
from cli.text import answers
from cli.text.output import JsonOption, as_facts, contact_line, note, print_json, print_lines, short, wrapped
from client.api import support as support_api
from domain.kernel.errors import InvalidInput
from domain.kernel.shown_values import Words
from ops.processes.private_files import private_opener

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Show the support contact, and collect the facts of a case.",
)

#: Shortest beginning of an id that names a switch.
_ID_LENGTH_MIN = 8
_STDOUT = "-"


@app.command()
def contact(as_json: JsonOption = False) -> None:
    """Show the support contact of this installation."""
    with console_client() as console:
        answer = console.ask(answers.system.SupportContact, support_api.show_contact.request())
    print_json(answer) if as_json else print_lines(wrapped(contact_line(answer.contact), 0))


@app.command()
def bundle(
    *,
    switch: Annotated[str | None, typer.Option(help="Case: this switch.")] = None,
    organization: Annotated[str | None, typer.Option(help="Case: may this organization switch …")] = None,
    to: Annotated[str | None, typer.Option("--to", help="… to this plan.")] = None,
    subscription: Annotated[str | None, typer.Option(help="Subscription to leave.")] = None,
    quantity: Annotated[int | None, typer.Option(min=1, help="Licenses to order.")] = None,
    payment_method: Annotated[
        str | None, typer.Option(help="card or invoice; default: as the organization pays.")
    ] = None,
    rule_set: Annotated[str, typer.Option(help="2014, 2020 or current.")] = "current",
    mode: Annotated[str, typer.Option(help="automatic or manual.")] = "automatic",
    target_subscription: Annotated[
        str | None, typer.Option(help="By hand: subscription of the new plan that is to be used.")
    ] = None,
    output: Annotated[str, typer.Option(help="File to write; - is stdout.")] = "",
) -> None:
    """Write one JSON file with the redacted facts of a case: no personal data, no secret."""
    if (switch is None) == (organization is None) or (organization is None) != (to is None):
        raise InvalidInput(
            field="The case",
            value=None if switch is None else Words("told twice"),
            allowed="--switch ID, or --organization ORGANIZATION --to PLAN",
            remedy="Name a switch, or an organization and a plan, and not both.",
        )
    if switch is not None and len(switch.strip()) < _ID_LENGTH_MIN:
        allowed = f"at least {_ID_LENGTH_MIN} characters of the id of a switch"
        raise InvalidInput(field="--switch", value=switch, allowed=allowed)
    body = {
        "switch": switch,
        "organization_id": organization,
        "target_plan": to,
        "source_subscription_id": subscription,
        "quantity": quantity,
        "payment_method": payment_method,
        "rule_set": rule_set,
        "mode": mode,
        "target_subscription_id": target_subscription,
    }
    with console_client() as console:
        answer = console.ask(answers.system.SupportBundle, support_api.make_bundle.request(body=body))
    if output == _STDOUT:
        print_json(answer)
        return
    path = Path(output or _name_of(answer))
    _write(path, answer)
    print_lines([str(path)])
    words = "Redacted facts of the case: no names, addresses, domains, users or keys are in it."
    for line in [*wrapped(words, 0), *wrapped(contact_line(answer.contact), 0)]:
        note(line)


def _name_of(answer: answers.system.SupportBundle) -> str:
    case = answer.case
    about = short(str(case.get("switch_id") or case["organization_id"]))
    return f"planswitch-support-{about}-{datetime.now(tz=UTC):%Y%m%d-%H%M%S}.json"


def _write(path: Path, answer: answers.system.SupportBundle) -> None:
    """Write a new file that its owner alone can read.

    Raises:
        InvalidInput: There is such a file already, or it can't be written there.
    """
    text = json.dumps(as_facts(answer), indent=2, ensure_ascii=False) + "\n"
    try:
        file = open(path, "x", encoding="utf-8", opener=private_opener)  # noqa: SIM115 - closed below
    except OSError as error:
        raise InvalidInput(field="--output", value=path, allowed=f"a new file ({error.strerror})") from error
    with file:
        file.write(text)
