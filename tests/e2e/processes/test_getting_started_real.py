"""The page for a real tenant, walked from its first command to its last with the sandbox as authority.

Every command is the page's own; what it prints must be what the page shows, but for ids and times.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from ops.processes.processes import free_port

ROOT = Path(__file__).resolve().parents[3]
PAGE = ROOT / "docs" / "getting-started-real.md"
BLOCK = re.compile(r"```(sh|text)\n(.*?)```", re.DOTALL)
#: A switch of the page, as its commands name it.
SWITCH = re.compile(r"\b[0-9a-f]{8}\b(?!-)")
#: What differs from one walk to the next: ids, instants, and the addresses of this machine.
VARYING = re.compile(
    r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b[0-9a-f]{8}\b|\d{4}-\d\d-\d\d|\d\d:\d\d(?::\d\d)?"
    r"|127\.0\.0\.1:\d+"
)
#: Lines that the page shortens, and questions, which a test does not answer.
LEFT_TO_READERS = re.compile(r"…|\[y/N\]")
#: Commands that ask before they act.
ASKING = ("switch start", "switch rollback")
#: The vendor's side, the installation that this test has already, and the end.
LEFT_OUT = ("openssl", "./run wheels", "kill %1")
WRITE_PERMISSION = "LicenseAssignment.ReadWrite.All"
#: Where the next command of a block begins.
COMMAND = re.compile(r"\n(?=planswitch|export|mkdir|head)")
#: Exit codes.
WITHOUT_CONSENT, ROLLED_BACK, READ_ONLY = 7, 4, 4
#: Ends what hangs.
SECONDS_MAX = 240.0


@dataclass(frozen=True, kw_only=True)
class Step:
    """A block of commands, and what the page shows of their output."""

    commands: str
    shown: str = ""


@dataclass(kw_only=True)
class Walk:
    """One shell, in which the page's variables and background processes live on."""

    folder: Path
    environment: Mapping[str, str]
    #: Switch as the page names it -> as this walk made it.
    switches: dict[str, str] = field(default_factory=dict)
    newest: str = ""

    def __post_init__(self) -> None:
        """Open the shell."""
        self.shell = subprocess.Popen(
            ["bash"],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def run(self, commands: str) -> tuple[int, str]:
        """Return the exit code of the last command, and what all of them printed."""
        assert self.shell.stdin
        assert self.shell.stdout
        self.shell.stdin.write(f'{commands}\necho "@@ $?"\n')
        self.shell.stdin.flush()
        lines: list[str] = []
        for line in self.shell.stdout:
            if line.startswith("@@ "):
                return int(line.split()[1]), "".join(lines)
            lines.append(line)
        raise AssertionError("".join(lines))

    def until(self, commands: str, is_there: Callable[[int, str], bool]) -> tuple[int, str]:
        """Run commands again until they print what is awaited."""
        end = time.monotonic() + SECONDS_MAX
        while True:
            code, output = self.run(commands)
            if is_there(code, output):
                return code, output
            assert time.monotonic() < end, output
            time.sleep(1)

    def own(self, commands: str) -> str:
        """Return commands with the switches of this walk in place of the page's."""
        for name in SWITCH.findall(commands):
            self.switches.setdefault(name, self.newest)
        return SWITCH.sub(lambda name: self.switches[name[0]], commands)

    def end(self) -> None:
        """End the shell and everything that it started."""
        for sent in (signal.SIGINT, signal.SIGTERM):
            os.killpg(self.shell.pid, sent)
            time.sleep(1)
        try:
            self.shell.wait(timeout=60)
        except subprocess.TimeoutExpired:
            os.killpg(self.shell.pid, signal.SIGKILL)
        for pipe in (self.shell.stdin, self.shell.stdout):
            if pipe is not None:
                pipe.close()


def steps(page: str) -> Iterator[Step]:
    """Yield the blocks of commands in order, each with the text block that comes before the next one."""
    pending = ""
    for kind, text in BLOCK.findall(page):
        if kind == "sh":
            if pending:
                yield Step(commands=pending)
            pending = text.strip()
        elif pending:
            yield Step(commands=pending, shown=text)
            pending = ""
    if pending:
        yield Step(commands=pending)


def unshown(shown: str, output: str) -> list[str]:
    """Return the lines of the page that were not printed."""
    printed = _plain(output)
    lines = (line for line in shown.splitlines() if line.strip() and not LEFT_TO_READERS.search(line))
    return [line for line in lines if _plain(line) not in printed]


def _plain(text: str) -> str:
    return " ".join(VARYING.sub("·", text).split())


@contextmanager
def walking(folder: Path) -> Iterator[Walk]:
    """Open a shell with the commands on its path, and end what it started."""
    sandbox, tls = free_port(), free_port()
    program = folder / "bin" / "planswitch"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m cli.main "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    environment = {
        **os.environ,
        "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "COLUMNS": "80",
        # The sandbox listens where nobody else does.
        "PLANSWITCH_CLOUD_URL": f"http://127.0.0.1:{sandbox}",
        "SANDBOX_PORT": str(sandbox),
        "SANDBOX_TLS_PORT": str(tls),
    }
    walk = Walk(folder=folder, environment=environment)
    try:
        yield walk
    finally:
        walk.end()


def start_stack(walk: Walk) -> tuple[int, str]:
    """Start the stack of the page's profile, on ports that are free."""
    walk.run("planswitch up --profile first --free-ports --allow-root > up.log 2>&1 & echo $! > up.pid")
    return walk.until("cat up.log", lambda _code, output: "Ctrl-C" in output)


def restart_for_writes(walk: Walk) -> None:
    """See a start refused, let the profile write, and start the stack anew, as the page says in words."""
    options = "--licenses-only --subscription $FROM --to-subscription $TO --yes"
    code, output = walk.run(f"planswitch switch start $ORGANIZATION {options}")
    assert (code, "READ_ONLY_ACCESS" in output) == (READ_ONLY, True), output
    walk.run("""sed -i 's/access = "read"/access = "write"/' cloud.toml""")
    walk.run("kill -INT $(cat up.pid); while kill -0 $(cat up.pid) 2>/dev/null; do sleep 0.2; done")
    start_stack(walk)


def perform(walk: Walk, step: Step) -> tuple[list[int], str]:
    """Run the commands of a step as its reader does, and return their exit codes and what they printed."""
    codes, outputs = [], []
    for command in COMMAND.split(step.commands):
        code, output = _performed(walk, walk.own(command), step.shown)
        named = re.search(r"switch watch ([0-9a-f]{8})", output)
        walk.newest = named[1] if named else walk.newest
        codes.append(code)
        outputs.append(output)
    return codes, "".join(outputs)


def _performed(walk: Walk, command: str, shown: str) -> tuple[int, str]:
    if command.startswith("planswitch up"):
        return start_stack(walk)
    if "planswitch sandbox --port" in command:
        return walk.run(command.replace("8534", "$SANDBOX_PORT").replace("8544", "$SANDBOX_TLS_PORT"))
    if "audit export" in command:
        # The record has to be sealed first, as the page says.
        return walk.until(command, lambda code, _output: code == 0)
    if re.search(r" (resume|rollback) ", command):
        walk.until(f"planswitch switch show {walk.newest}", lambda _code, output: "paused" in output)
    if "switch show" in command:
        return walk.until(command, lambda _code, output: not unshown(shown, output))
    return walk.run(f"{command} --yes" if any(each in command for each in ASKING) else command)


def test_the_page_is_walked_as_it_stands(reachable_folder: Path) -> None:
    """From an empty folder to the report, three users, a pilot that is led back, everyone, and the proof."""
    faults: list[str] = []
    codes: list[tuple[int, str]] = []
    with walking(reachable_folder) as walk:
        for step in steps(PAGE.read_text(encoding="utf-8")):
            if any(each in step.commands for each in LEFT_OUT):
                continue
            ended, output = perform(walk, step)
            codes += zip(ended, COMMAND.split(step.commands), strict=True)
            missing = unshown(step.shown, output)
            faults += ["\n".join((step.commands, "lacks:", *missing, "printed:", output))] if missing else []
            if WRITE_PERMISSION in step.commands:
                restart_for_writes(walk)

    assert not faults, "\n\n".join(faults)
    assert [each for each in codes if each[0]] == [
        (WITHOUT_CONSENT, "planswitch doctor --cloud"),
        (ROLLED_BACK, "planswitch switch watch 74ef7f14"),
    ]
