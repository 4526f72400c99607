"""Which switch a command changes: it is named by a whole id, and said before anything happens.

A name, or the beginning of any other id, may stand for the wrong switch: such texts only read.
"""

from __future__ import annotations

from cli.base.client import ConsoleClient
from cli.text import answers
from cli.text.output import note, short
from client.api import switches as switches_api


def target_switch(console: ConsoleClient, switch: str) -> answers.switches.ShownSwitch:
    """Return the switch that a command changes, after saying which one it is; send its id, not the text.

    Args:
        console: Where to ask.
        switch: What a person typed.

    Raises:
        ApiProblem: It names no switch, or several, as a command takes it.
    """
    request = switches_api.show_switch.request(switch, to_change=True)
    row = console.ask(answers.switches.ShownSwitch, request)
    organization = row.organization_id
    if row.organization_name:
        organization = f"{row.organization_name} ({organization})"
    note(f"switch {short(row.switch_id)}: {organization}, {row.source_plan} -> {row.target_plan}")
    return row
