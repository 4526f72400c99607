"""Errors of sealing: a record and a folder that are not of one history, and keys that can't sign for it."""

from __future__ import annotations

from pathlib import Path

from domain.kernel.errors import PlanSwitchError

_MAKE_ANEW = "Where all copies are lost: `planswitch seal rotate --lost` (docs/security.md#seal-keys)."


class SealDiverged(PlanSwitchError):
    """The record and the published seals are not of one history: nothing more is sealed until they are."""

    code = "SEAL_DIVERGED"

    def __init__(self, what: str, **details: object) -> None:
        """Say where they part.

        Args:
            what: The difference, as a sentence.
            details: Figures of it.
        """
        super().__init__(
            f"{what} Nothing was sealed.",
            remedy="The record was changed, or an older copy of it was restored. Keep both as they are, and "
            "restore the newest backup of database and folder (docs/audit.md#seals). If there is no newer "
            "one, declare the restore with `planswitch seal new-origin`.",
            **details,
        )


class OriginRefused(PlanSwitchError):
    """No new log may begin: nothing was lost, or what differs was not lost by a restore."""

    code = "SEAL_ORIGIN_REFUSED"


class SealFolderUnusable(PlanSwitchError):
    """The folder of published seals can't be written."""

    code = "SEAL_FOLDER_UNUSABLE"

    def __init__(self, folder: Path, cause: OSError) -> None:
        """Say what the system said.

        Args:
            folder: The folder.
            cause: The refusal.
        """
        super().__init__(
            f"The folder of seals {folder} can't be used: {cause.strerror or cause}.",
            remedy="Give the sealer's account a folder with room (PLANSWITCH_SEALS_FOLDER); it then goes on.",
            folder=str(folder),
        )


class SealKeyUnusable(PlanSwitchError):
    """The file with the keys of seals is missing, open to others, or holds no keys."""

    code = "SEAL_KEY_UNUSABLE"

    def __init__(self, path: Path, fault: str, *, remedy: str = "") -> None:
        """Say what is wrong.

        Args:
            path: The file.
            fault: What is wrong with it, as the rest of the sentence.
            remedy: What to do; "" says to bring the file back.
        """
        super().__init__(
            f"The file of the seal keys, {path}, {fault}.",
            remedy=remedy or f"Bring the file back from your copy of the keys. {_MAKE_ANEW}",
            path=str(path),
        )


class SealKeyForeign(PlanSwitchError):
    """The newest seal is signed by none of the keys at hand: they are of another log."""

    code = "SEAL_KEY_FOREIGN"

    def __init__(self, what: str) -> None:
        """Say which seal it is.

        Args:
            what: The seal, as the subject of the sentence.
        """
        super().__init__(
            f"{what} is not signed by a key of this installation. Nothing was sealed.",
            remedy=f"Bring back the key file that signed it (PLANSWITCH_SEAL_KEY_FILE). {_MAKE_ANEW}",
        )
