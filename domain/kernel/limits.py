"""The largest values that are taken from outside, the same at API, pages, command line and Temporal."""

from __future__ import annotations

#: Longest id, name or reason, in characters.
TEXT_MAX = 500
#: Licenses of one order, and users of one pilot.
LICENSES_MAX = 1_000_000
#: Users of one command.
COMMAND_USERS_MAX = 500
#: Longest time that a pilot is looked at before the switch goes on by itself: a week.
SOAK_SECONDS_MAX = 604_800
#: Longest file of users, in bytes.
USER_FILE_BYTES_MAX = 10_000_000
