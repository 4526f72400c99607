"""A console of its own over a throw-away store, whose Temporal and cloud nobody needs."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from secrets import token_hex

from ops.processes.processes import LOOPBACK, Service, free_port, is_answering
from ops.stack.embedded import make_command_key
from store.vault.keys import FileKeyProvider

#: Where nothing listens.
NOWHERE = f"{LOOPBACK}:9"


@contextmanager
def lone_console(
    url: str, folder: Path, *, master_key_file: Path | None = None
) -> Iterator[tuple[int, dict[str, str]]]:
    """Run a console on a database; yield its process id, and the environment of its commands.

    Args:
        url: The database.
        folder: It gets keys and log.
        master_key_file: Key of the database's vault; None makes one.
    """
    port, keys = free_port(), folder / "keys"
    if master_key_file is None:
        master_key_file = keys / "master.key"
        FileKeyProvider.create(master_key_file)
    make_command_key(keys / "command.key")
    environment = os.environ | {
        "DATABASE_URL": url,
        "PLANSWITCH_DATA_DIR": str(folder),
        "PLANSWITCH_MASTER_KEY_FILE": str(master_key_file),
        "PLANSWITCH_COMMAND_KEY_FILE": str(keys / "command.key"),
        "PLANSWITCH_API_KEY": token_hex(),
        "PLANSWITCH_API_PORT": str(port),
        "PLANSWITCH_API_URL": f"http://{LOOPBACK}:{port}",
        "PLANSWITCH_KEEP_ACCOUNT": "true",
        "PLANSWITCH_TEMPORAL_ADDRESS": NOWHERE,
        "PLANSWITCH_CLOUD_URL": f"http://{NOWHERE}",
    }
    console = Service(
        name="console",
        command=[sys.executable, "-m", "cli.main", "serve"],
        environment=environment,
        log_file=folder / f"console-{port}.log",
        probe=partial(is_answering, port, "/api/v1/health"),
    )
    console.launch()
    try:
        console.wait_until_ready()
        yield console.pid or 0, environment
    finally:
        console.stop()
