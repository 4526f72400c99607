"""Schemathesis over a console that serves: it draws requests from the document and judges each answer."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.support.api import drawing_hooks
from tests.support.consoles.console_world import KEY

SEED = 20_261_130
#: They stay open: one as long as its switch runs, the other as long as somebody listens.
STREAMS = ("stream_switch", "stream_changes")
#: Names parts that are missing by 503, as the document says; the console of the tests has no reconciler.
READINESS = "show_readiness"
_ALL, _LINKS = "examples,coverage,fuzzing,stateful", "stateful"
_COVERED = re.compile(r"(\d+) covered / (\d+) selected")
#: Beside the time that is given: the start of the tool, and its report.
GRACE_SECONDS = 300
#: A schema can't say all that a field may hold, such as an id that exists or a day that has begun: such a
#: request is refused by 400, 413, 415 or 422, which the document describes.
CONFIGURATION = """\
seed = {seed}
hooks = "{hooks}"
warnings = false

[auth.openapi.key]
api_key = "{key}"

[auth.openapi.bearer]
bearer = "{key}"

[checks]
enabled = true

[checks.positive_data_acceptance]
expected-statuses = ["2xx", "400", "401", "403", "404", "409", "413", "415", "422", "429"]

# Of a list that is too long the body may be too long first.
[checks.negative_data_rejection]
expected-statuses = ["400", "401", "403", "404", "405", "406", "409", "413", "415", "422", "428", "429"]

[[operations]]
include-operation-id = "{readiness}"

[operations.checks.not_a_server_error]
expected-statuses = ["2xx", "4xx", "503"]

[operations.checks.positive_data_acceptance]
expected-statuses = ["2xx", "4xx", "503"]

[reports.ndjson]
path = "{report}"
"""


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """What became of the requests."""

    #: Answers by operation and status.
    answers: Counter[tuple[str, int]]
    #: Operations that were asked along a link of the document.
    linked: frozenset[str]
    #: Links that led somewhere, and links of the document with those that the tool has found itself.
    links: tuple[int, int]
    #: What the tool said.
    output: str
    #: 0: no check found fault with any answer.
    code: int

    @property
    def asked(self) -> frozenset[str]:
        """Return the operations that were asked, whatever they answered."""
        return frozenset(operation for operation, _ in self.answers)

    @property
    def taken(self) -> frozenset[str]:
        """Return the operations that did what was asked at least once."""
        return frozenset(operation for operation, status in self.answers if status < 300)

    @property
    def failed(self) -> frozenset[tuple[str, int]]:
        """Return the operations that answered 5xx, with the status."""
        return frozenset(each for each in self.answers if each[1] >= 500)


def drawn(url: str, folder: Path, *, seconds: int, links_seconds: int = 0) -> Drawn:
    """Let schemathesis try the console for some time, with every check.

    Args:
        url: The console's address.
        folder: For its configuration and report.
        seconds: How long it draws requests.
        links_seconds: How long it follows links alone after that; within `seconds` it does so with what is
            left of them, which is little.
    """
    whole = _part(url, folder, _ALL, seconds=seconds)
    if not links_seconds:
        return whole
    links = _part(url, folder, _LINKS, seconds=links_seconds)
    return Drawn(
        answers=whole.answers + links.answers,
        linked=whole.linked | links.linked,
        links=links.links,
        output=f"{whole.output}\n{links.output}",
        code=max(whole.code, links.code),
    )


def _part(url: str, folder: Path, phases: str, *, seconds: int) -> Drawn:
    """Run some phases of the tool."""
    report, configuration = folder / f"{phases}.ndjson", folder / "schemathesis.toml"
    hooks = drawing_hooks.__file__
    text = CONFIGURATION.format(seed=SEED, key=KEY, report=report, readiness=READINESS, hooks=hooks)
    configuration.write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(configuration), "run"]
    command += [f"{url}/api/v1/openapi.json", "-H", f"X-API-Key:{KEY}", "--phases", phases]
    command += [part for name in STREAMS for part in ("--exclude-operation-id", name)]
    command += ["--continue-on-failure", "--max-time", str(seconds), "--workers", "2", "--checks", "all"]
    environment = dict(os.environ)
    if phases == _LINKS:
        # What is wrong on purpose leads nowhere, and is tried in the other phases.
        command += ["--mode", "positive"]
        environment[drawing_hooks.LINKS_VARIABLE] = "true"
    ended = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=seconds + GRACE_SECONDS,
        check=False,
    )
    answers = [*_answers(report)] if report.exists() else []
    covered = _COVERED.search(ended.stdout)
    return Drawn(
        answers=Counter((operation, status) for _, operation, status in answers),
        linked=frozenset(operation for phase, operation, _ in answers if phase == "stateful"),
        links=(int(covered[1]), int(covered[2])) if covered else (0, 0),
        output=ended.stdout + ended.stderr,
        code=ended.returncode,
    )


def _answers(report: Path) -> Iterator[tuple[str, str, int]]:
    """Yield phase, operation and status of each answer."""
    with report.open(encoding="utf-8") as lines:
        for line in lines:
            scenario = json.loads(line).get("ScenarioFinished", {})
            recorder = scenario.get("recorder", {})
            for case, interaction in recorder.get("interactions", {}).items():
                if interaction["response"] is not None:
                    sent = recorder["cases"][case]["value"]
                    operation = f"{sent['method']} {sent['path']}"
                    yield scenario["phase"], operation, interaction["response"]["status_code"]
