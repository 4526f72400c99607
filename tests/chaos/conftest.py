"""Options of the chaos tests."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take how many seeded runs are explained, and from which seed on."""
    group = parser.getgroup("planswitch")
    group.addoption("--explained-runs", type=int, default=50, help="runs with one planted terminal fault")
    group.addoption("--explained-seed", type=int, default=1, help="the first seed; the others follow")
