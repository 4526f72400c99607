"""Tracing is off by default, and a setting that can't be used is refused (docs/metrics.md#traces)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from domain.kernel.errors import InvalidInput
from domain.ports.spans import is_traced, span, trace_headers
from ops.base.settings import Settings
from ops.telemetry.tracing import start_tracing, tracing_interceptors

_PROJECT = Path(__file__).parents[3]


def test_without_the_setting_nothing_is_traced() -> None:
    """No span is opened, nothing goes along with a request, and a client of Temporal has no interceptor."""
    start_tracing(Settings(), "worker")

    with span("call orders", provider="seller"):
        assert not is_traced()
        assert trace_headers() == {}
    assert tracing_interceptors() == []


@pytest.mark.parametrize("endpoint", ["collector:4318", "ftp://collector/v1/traces", "http://"])
def test_an_address_that_is_none_is_refused(endpoint: str) -> None:
    """The error names the variable, the value and an example."""
    with pytest.raises(InvalidInput) as refused:
        start_tracing(Settings(tracing_endpoint=endpoint), "worker")

    assert "PLANSWITCH_TRACING_ENDPOINT" in refused.value.message
    assert "http://127.0.0.1:4318/v1/traces" in refused.value.message


def test_without_the_extra_a_process_says_how_to_install_it() -> None:
    """A worker that is to be traced and can't be ends with one clear error, before it works."""
    code = (
        "import sys; sys.modules['opentelemetry'] = None\n"
        "from ops.base.settings import Settings\nfrom ops.telemetry.tracing import start_tracing\n"
        "from domain.kernel.errors import InvalidInput\n"
        "try:\n    start_tracing(Settings(tracing_endpoint='http://127.0.0.1:1/v1/traces'), 'worker')\n"
        "except InvalidInput as error:\n    print(error.remedy)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=_PROJECT, capture_output=True, text=True, check=True
    )

    assert "pip install 'planswitch[tracing]'" in ran.stdout
