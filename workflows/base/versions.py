"""Patch ids of the workflows, with the date each came and when it may go.

A change of the commands that a workflow issues needs an id here and `workflow.patched(id)` around it, since
switches live for days and replay must take the old way for old runs.
"""

from __future__ import annotations

#: Id -> why it is there and when it may be removed.
PATCHES: dict[str, str] = {
    "void-window-warning": "since 2026-11-26 a timer warns before an order can't be voided for nothing any "
    "more; it may go when no switch from before runs and tests/histories has none",
    "provisioning-waited-on": "since 2026-11-29 a retry during provisioning says to wait on for what is "
    "not ready; it may go when no switch from before runs and tests/histories has none",
    "provisioning-overdue-shown": "since 2026-11-29 a switch whose operator is asked about the new "
    "subscription shows the stage that is recorded; it may go when no switch from before runs and "
    "tests/histories has none",
    "alarm-again": "since 2026-11-29 a switch that still runs calls the installation's contact again once a "
    "day; it may go when no switch from before runs and tests/histories has none",
    "commands-until-held": "since 2026-11-29 a command that comes while a hold is being recorded is taken "
    "once it is; it may go when no switch from before runs and tests/histories has none",
    "resume-asks-record": "since 2026-11-29 a resume asks the record where the run knows of no pause, as a "
    "reset forgets one; it may go when no switch from before runs and tests/histories has none",
    "pilot-turned-back": "since 2026-11-30 a roll-back that comes while the pause after the pilot is "
    "recorded moves nobody else; it may go when no switch from before runs and tests/histories has none",
    "results-looked-at": "since 2026-11-29 a step whose result is impossible is run again; it may go when no "
    "switch from before runs and tests/histories has none",
}
