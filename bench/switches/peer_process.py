"""The process of the DBOS peer (bench/switches/dbos_peer.py) as the bench sees it: orders in, seconds out."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from pydantic import TypeAdapter

from activities.contract import SwitchOrder

ROOT = Path(__file__).resolve().parents[2]
ORDERS = TypeAdapter(list[SwitchOrder])


@dataclass(frozen=True, kw_only=True)
class Told:
    """What one turn of the peer measured, without the start of its process."""

    switches: int
    seconds: float
    processor_seconds: float


TOLD = TypeAdapter(Told)


class Peer:
    """One process that runs switches with DBOS.

    Args:
        kind: working or empty.
        environment: Makes a process join the stack.
        folder: For its log.
        at_once: Switches under way at a time.
    """

    def __init__(self, kind: str, environment: dict[str, str], folder: Path, at_once: int) -> None:
        self.kind = kind
        self._log = folder / "logs" / f"dbos-{kind}.log"
        self._command = [sys.executable, "-m", "bench.switches.dbos_peer", str(at_once), kind]
        self._environment = {**os.environ, **environment}
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                self._command,
                cwd=ROOT,
                env=self._environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)
            self._process.communicate()

    async def run(self, orders: list[SwitchOrder]) -> Told:
        """Run these switches to their ends.

        Raises:
            RuntimeError: The process ended; the message holds its log.
        """
        return await asyncio.to_thread(self._ask, ORDERS.dump_json(orders))

    def _ask(self, orders: bytes) -> Told:
        process = self._process
        assert process is not None
        assert process.stdin is not None
        assert process.stdout is not None
        process.send_signal(signal.SIGCONT)
        process.stdin.write(orders + b"\n")
        process.stdin.flush()
        answer = process.stdout.readline()
        # It polls its database; nobody else's turn is to pay for that.
        process.send_signal(signal.SIGSTOP)
        if not answer:
            raise RuntimeError(self._log.read_text(encoding="utf-8"))
        return TOLD.validate_json(answer)
