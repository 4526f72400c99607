"""What goes wrong in this package."""


class UnexpectedStatus(Exception):
    """The document does not describe an answer of this status."""

    def __init__(self, status_code: int) -> None:
        self.status_code = status_code
        super().__init__(f"The document does not describe an answer of status {status_code}.")


__all__ = ["UnexpectedStatus"]
