"""`planswitch migrate --temporal`: what a namespace needs, made or named as commands."""

from __future__ import annotations

import asyncio
from dataclasses import asdict

from cli.text.output import note, print_json, print_lines
from ops.base.settings import Settings
from ops.stack.temporal_server import RETENTION, SEARCH_ATTRIBUTES
from ops.temporal.temporal_access import temporal_access
from services.temporal.namespace_setup import NamespaceReport, TemporalRightMissing, prepare_namespace


def prepare(settings: Settings, *, as_json: bool) -> None:
    """Make what the namespace lacks; print the commands for what Temporal refuses.

    Args:
        settings: Where Temporal is.
        as_json: Print the report as JSON.

    Raises:
        TemporalRightMissing: Something is left for somebody who may change the namespace.
        PlanSwitchError: Temporal does not answer or does not let us in.
    """
    report = asyncio.run(_prepared(settings))
    if as_json:
        print_json(asdict(report))
    else:
        _tell(report)
    if report.commands:
        raise TemporalRightMissing(
            f"Temporal refuses to change the namespace {report.namespace}: {'; '.join(report.refusals)}.",
            remedy="Let somebody who may change it run the commands that were printed.",
        )


async def _prepared(settings: Settings) -> NamespaceReport:
    client = await temporal_access(settings).connected()
    return await prepare_namespace(client, attributes=SEARCH_ATTRIBUTES, retention=RETENTION)


def _tell(report: NamespaceReport) -> None:
    made = ", ".join(report.made_attributes)
    note(f"namespace {report.namespace}: search attributes {f'made: {made}' if made else 'need nothing'}")
    if report.retention_hours is not None:
        how = "set to" if report.is_retention_set else "is"
        note(f"retention of closed workflows: {how} {report.retention_hours} hours")
    print_lines(report.commands)
