"""How many examples the properties draw: few while working, all of them where it counts."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

#: `pytest tests/property --hypothesis-profile=full` draws this many examples of each property.
FULL_EXAMPLES = 2_000
QUICK_EXAMPLES = 40
#: One property may take so long with all its examples, on a machine with other work.
FULL_TIMEOUT_SECONDS = 1_800
FULL, QUICK = "full", "quick"

settings.register_profile(
    FULL, max_examples=FULL_EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile(QUICK, max_examples=QUICK_EXAMPLES, deadline=None)


def pytest_configure(config: pytest.Config) -> None:
    """Draw few examples unless a profile is named."""
    if not config.getoption("--hypothesis-profile"):
        settings.load_profile(QUICK)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Give the properties the time that all their examples need."""
    if config.getoption("--hypothesis-profile") == FULL:
        for item in items:
            item.add_marker(pytest.mark.timeout(FULL_TIMEOUT_SECONDS))
