"""Since when steps carry a proof (activities/signing/step_proofs.py)."""

from __future__ import annotations

from datetime import datetime

from store.core.base import StorePart

_SINCE = "SELECT min(since) AS since FROM planswitch.proof_of_steps"


class ProofStore(StorePart):
    """The proofs of steps through the store's pool."""

    def proved_since(self) -> datetime | None:
        """Return the instant from which on every step carries a proof.

        Raises:
            StoreUnavailable: PostgreSQL does not answer.
        """
        since: datetime | None = self._rows(_SINCE, {})[0]["since"]
        return since
