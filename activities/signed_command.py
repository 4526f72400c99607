"""The envelope in which a command travels through Temporal; the standard library alone, for workflows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

#: Who acted where somebody used Temporal's own means: no person, since Temporal believes anybody.
OUTSIDE_ACTOR = "temporal"
#: Who speaks for the credit bureau, where it was asked and where it calls back.
BUREAU_ACTOR = "credit-bureau"
#: Commands that are no updates: begin a switch, and let a request wait.
START = "start"
WAIT = "wait"
#: What the product itself commands where it ends a workflow to start it again.
END = "terminate"
#: What an activity of ours was answered by the credit bureau.
DECIDE_CREDIT = "decide_credit"
#: Metadata of a command's field that came later: at its default it is not signed. The record has the same
#: mark (domain/kernel/facts.py); workflows import nothing of the domain.
UNSIGNED_AT_DEFAULT = MappingProxyType({"is_omitted_at_default": True})


@dataclass(frozen=True, kw_only=True)
class SignedCommand:
    """Who commands what, and why, with the proof that a holder of the installation's command key said so."""

    switch_id: str
    #: Name of the update, `start`, `wait` or `look_now`.
    command: str
    #: A person, or `system:PART` of what the product does by itself.
    actor: str
    reason: str
    request_id: str
    signed_at: datetime
    #: sha256 over the command's own arguments.
    arguments_digest: str
    #: Which key signed it; two are valid while one is rolled.
    key_id: str
    #: HMAC-SHA-256 over all of the above, hexadecimal.
    signature: str
    #: When a worker saw it first, in time; None: nobody has so far.
    admitted_at: datetime | None = None
    #: HMAC-SHA-256 over the signature and that instant, by which later steps believe the worker.
    seal: str = ""
