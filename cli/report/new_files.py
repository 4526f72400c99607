"""New files for reports: what is there already is never written over."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from domain.kernel.errors import InvalidInput
from ops.processes.private_files import private_opener


@contextmanager
def new_file(option: str, path: Path) -> Iterator[TextIO]:
    """Yield a new file; where nothing was written before something failed, none is left."""
    try:
        file = open(path, "x", encoding="utf-8", newline="", opener=private_opener)  # noqa: SIM115
    except OSError as error:
        raise InvalidInput(field=option, value=path, allowed=f"a new file ({error.strerror})") from error
    with file:
        try:
            yield file
        except BaseException:
            if not file.tell():
                path.unlink(missing_ok=True)
            raise
