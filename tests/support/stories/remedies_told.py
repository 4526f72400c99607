"""Remedies as they are told to whom they concern."""

from __future__ import annotations

import re

#: About the installation itself: a program has no address for it.
OF_THE_INSTALLATION = re.compile(
    r"`planswitch (--help|up|serve|worker|migrate|project|demo|backup|deployment|seal new-origin"
    r"|keys (create|rotate (master|command|callback|seal)))"
)
ID = "0d7cd42c-03c1-536d-b6cb-fd5b5696db7f"
