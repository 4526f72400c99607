"""Tracebacks without marks below the failing part of a line, for the whole test process.

To place the marks, `traceback` parses the line. CPython 3.11 keeps the depth of `ast.parse` in one place for
all threads: a server's thread that logs a traceback while a test parses a source file makes that test's call
raise "SystemError: AST constructor recursion depth mismatch".
"""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

_MARKS = "_extract_caret_anchors_from_line_segment"


def _no_marks(_segment: str) -> None:
    """Place no marks, as the library does for a line that it can't parse."""


@contextmanager
def plain_tracebacks() -> Iterator[None]:
    """Format tracebacks without parsing their lines, until the block ends."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(traceback, _MARKS, _no_marks)
        yield
