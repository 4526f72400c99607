"""A process with a sender, as a worker has one, for a test to kill: `python -m ... URL FOLDER POINTS`."""

from __future__ import annotations

import sys
import time
from datetime import timedelta
from pathlib import Path

from activities.base.points import FileGates
from providers.webhooks.posting import WebhookPost
from services.webhooks.sender import SenderSettings, WebhookSender
from store.switch_store import SwitchStore
from store.vault.keys import FileKeyProvider
from tests.support.webhooks.world import LOOPBACK

#: Short, so that a test need not wait a minute until another process takes over.
LEASE = timedelta(seconds=2)
_PAUSE_SECONDS = 0.05


def send(database_url: str, folder: Path, points: Path) -> None:
    """Send until the process is killed.

    Args:
        database_url: A migrated database.
        folder: It has the master key.
        points: Folder of the gates.
    """
    with SwitchStore.open(database_url, FileKeyProvider(folder / "master.key"), pool_size=4) as store:
        settings = SenderSettings(lease=LEASE, reached=FileGates(points).reached)
        sender = WebhookSender(store.webhooks, WebhookPost(networks=LOOPBACK), settings)
        while True:
            sender.begin_round()
            time.sleep(_PAUSE_SECONDS)


if __name__ == "__main__":
    send(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
