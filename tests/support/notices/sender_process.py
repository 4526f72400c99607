"""A sender of notices as a process of its own, to be killed at the points that it reaches.

Run as `python -m tests.support.notices.sender_process DATABASE_URL MASTER_KEY PORT GATES`.
"""

from __future__ import annotations

import sys
import time
from datetime import timedelta
from pathlib import Path

from activities.base.points import FileGates
from providers.mail.smtp import MailSecurity, MailServer
from services.notices.composition import Composer
from services.notices.sender import NoticeSender
from store.record.catalogs import Catalogs
from store.switch_store import SwitchStore
from store.vault.keys import FileKeyProvider
from tests.support.notices.mailbox import SENDER

PAUSE = timedelta(milliseconds=50)


def main() -> None:
    """Send until the process is ended."""
    url, key, port, gates = sys.argv[1:]
    server = MailServer(host="127.0.0.1", port=int(port), security=MailSecurity.PLAIN, sender=SENDER)
    with SwitchStore.open(url, FileKeyProvider(Path(key)), pool_size=3) as store:
        composer = Composer(store=store, catalogs=Catalogs(store.application))
        sender = NoticeSender(
            store=store, server=server, composer=composer, points=FileGates(Path(gates)), pause=PAUSE
        )
        while True:
            if not sender.work():
                time.sleep(0.05)


if __name__ == "__main__":
    main()
