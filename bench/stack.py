"""A whole stack for one measurement, and what is run on it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from cli.stack.demo import SEED_DEFAULT
from cli.stack.demo_plan import DemoPlan
from domain.catalog.catalog import load_catalog
from ops.base.log import configure_logging
from ops.stack.embedded import Ports, embedded_stack
from ops.stack.postgres_binaries import temporary_data_folder
from ops.stack.supervisor import Stack


def plan_of(users: int) -> DemoPlan:
    """Return the switch of so many made-up users from E1 to E3."""
    catalog = load_catalog()
    source_plan_id = catalog.find("E1").plan_id
    return DemoPlan(
        organization={"seed": SEED_DEFAULT, "users": users, "plan_id": source_plan_id},
        source_plan_id=source_plan_id,
        target_plan_id=catalog.find("E3").plan_id,
    )


@contextmanager
def running_stack() -> Iterator[Stack]:
    """Run a whole stack in a folder of its own, and remove it."""
    configure_logging(json=False, level="WARNING")
    folder = temporary_data_folder("planswitch-bench-")
    try:
        with embedded_stack(folder, Ports.free()) as stack:
            yield stack
    finally:
        shutil.rmtree(folder, ignore_errors=True)
