"""Every alert can be acted on, and looks at figures that exist (docs/runbook.md, docs/metrics.md)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

_PROJECT = Path(__file__).parents[3]
_PROMETHEUS = _PROJECT / "deploy" / "prometheus"
_OWN = re.compile(r"\bplanswitch_[a-z_]+[a-z]")
#: Suffixes that the format gives to a counter and to a histogram.
_SUFFIXES = ("_total", "_bucket", "_count", "_sum")
#: What waits to be sent by mail; tests/integration/notices/test_backlog.py proves the figures.
_OF_NOTICES = {"planswitch_notices_waiting", "planswitch_notices_oldest_seconds"}
#: Of the SDK, named by its own documentation.
_OF_THE_SDK = {"temporal_workflow_task_execution_failed_total"}


def _rules() -> list[dict[str, Any]]:
    groups = yaml.safe_load((_PROMETHEUS / "rules.yml").read_text(encoding="utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def _documented() -> set[str]:
    text = (_PROJECT / "docs" / "metrics.md").read_text(encoding="utf-8")
    return set(_OWN.findall(text))


def _made() -> set[str]:
    """Return the names of figures in the code that makes them."""
    files = [_PROJECT / each for each in ("worker.py", "console/api/routes_system.py")]
    files += [_PROJECT / "providers/transport/call_figures.py", *(_PROJECT / "ops/telemetry").glob("*.py")]
    texts = [file.read_text(encoding="utf-8") for file in files]
    names = {name for text in texts for name in re.findall(r'"(planswitch_[a-z_]+[a-z])"', text)}
    return names | _OF_NOTICES


def _base(name: str) -> str:
    return next((name.removesuffix(each) for each in _SUFFIXES if name.endswith(each)), name)


@pytest.mark.parametrize("rule", _rules(), ids=lambda rule: str(rule["alert"]))
def test_an_alert_has_an_entry_of_the_runbook_a_test_and_figures_that_exist(rule: dict[str, Any]) -> None:
    """Whoever is called reads what to do; promtool tries it both ways; each of its metrics is made."""
    name = rule["alert"]
    runbook = (_PROJECT / "docs" / "runbook.md").read_text(encoding="utf-8")
    tests = yaml.safe_load((_PROMETHEUS / "rules_test.yml").read_text(encoding="utf-8"))["tests"]
    tried = {
        bool(case["exp_alerts"])
        for each in tests
        for case in each["alert_rule_test"]
        if case["alertname"] == name
    }
    own = {_base(each) for each in _OWN.findall(rule["expr"])}
    others = set(re.findall(r"\btemporal_[a-z_]+", rule["expr"]))

    assert f"\n## {name}\n" in runbook
    assert rule["annotations"]["runbook"] == f"docs/runbook.md#{name.lower()}"
    assert rule["labels"]["severity"] in {"page", "ticket"}
    assert tried == {True, False}
    assert own <= _made()
    assert others <= _OF_THE_SDK
    assert own or others or "up{" in rule["expr"]


def test_each_entry_of_the_runbook_is_an_alert() -> None:
    """An alert that is gone takes its entry with it."""
    runbook = (_PROJECT / "docs" / "runbook.md").read_text(encoding="utf-8")

    assert re.findall(r"^## (\w+)$", runbook, re.MULTILINE) == [each["alert"] for each in _rules()]


def test_each_figure_is_documented_and_each_documented_one_is_made() -> None:
    """docs/metrics.md has every figure of ours, and no other."""
    assert {_base(each) for each in _documented()} == _made()
