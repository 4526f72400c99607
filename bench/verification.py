"""How fast the record is sealed and verified, beside an emitter that hashes alone, and in which memory.

Each verification runs in a process of its own, so that the peak of its memory is told by the kernel. The
emitter has its rows in memory before its time begins: what it does, no verification can do without.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from tempfile import mkdtemp
from time import perf_counter

import psycopg
from psycopg.rows import TupleRow

from audit.seals.folder import SealFolder
from audit.seals.keys import KeyFile
from audit.seals.sealer import Sealer
from audit.verification.findings import Outcome
from audit.verification.store_verification import Question, verify_store
from bench.base.processes import peak_megabytes
from bench.history import history_of
from ops.stack.postgres_server import EmbeddedPostgres
from store.core.application import SwitchApplication
from store.record.seals import SealStore

_SLICE = 50_000
_ROWS = """
SELECT notification_id, originator_id, originator_version, topic, state, recorded_at
FROM planswitch.switch_events ORDER BY notification_id
"""


def measure_events(server: EmbeddedPostgres, events: int) -> dict[str, float]:
    """Build a history, seal it, verify it, and emit its leaves; return figures of each.

    Args:
        server: Where the history is built; building counts for nothing.
        events: Their number.
    """
    url, place = history_of(server, events), Path(mkdtemp(prefix="planswitch-bench-seals-"))
    try:
        seal_seconds = _seal(url, place)
        verification = _verification(url, place / "seals")
        emit_seconds = _emit(url)
    finally:
        shutil.rmtree(place, ignore_errors=True)
    return {
        "seal_events_per_second": events / seal_seconds,
        "verify_events_per_second": events / verification["seconds"],
        "emitter_events_per_second": events / emit_seconds,
        "verify_peak_megabytes": verification["peak_megabytes"],
    }


def _seal(url: str, place: Path) -> float:
    """Seal a whole history; return the seconds."""
    keys = KeyFile(place / "seal.key")
    keys.make(datetime.now(UTC))
    application = SwitchApplication(url, pool_size=1)
    try:
        sealer = Sealer(SealStore(application), SealFolder(place / "seals"), keys)
        began = perf_counter()
        while (seal := sealer.seal_once(datetime.now(UTC))) is not None and seal.is_full:
            pass
        return perf_counter() - began
    finally:
        application.close()


def _verification(url: str, folder: Path) -> dict[str, float]:
    """Verify in a process of its own; return its seconds and the peak of its memory."""
    command = [sys.executable, "-m", "bench.verification", "--folder", str(folder)]
    done = subprocess.run(command, input=url, capture_output=True, text=True, check=False)
    if done.returncode:
        raise AssertionError(f"the verification failed: {done.stderr}")
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def _emit(url: str) -> float:
    """Make leaves and root of rows that are in memory; return the seconds."""
    seconds, hashes = 0.0, []
    for rows in _slices(url):
        began = perf_counter()
        for number, stream, version, topic, state, at in rows:
            leaf = (
                f"planswitch/leaf/v1\nkind event\nid {number}\nstream {stream}\nversion {version}\n"
                f"topic {topic}\nstate {sha256(state).hexdigest()}\n"
                f"recorded {at.isoformat(timespec='microseconds').removesuffix('+00:00')}Z\n"
            )
            hashes.append(sha256(b"\x00" + leaf.encode()).digest())
        seconds += perf_counter() - began
    began = perf_counter()
    while len(hashes) > 1:
        pairs = zip(hashes[::2], hashes[1::2], strict=False)
        lone = hashes[-1:] if len(hashes) % 2 else []
        hashes = [sha256(b"\x01" + left + right).digest() for left, right in pairs] + lone
    return seconds + perf_counter() - began


def _slices(url: str) -> Iterator[list[TupleRow]]:
    with psycopg.connect(url) as connection, connection.cursor("slices") as cursor:
        cursor.execute(_ROWS, binary=True)
        while rows := cursor.fetchmany(_SLICE):
            yield rows


def main() -> None:
    """Verify the store whose address comes on standard input; print seconds and peak."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", type=Path, required=True)
    folder: Path = parser.parse_args().folder
    question = Question(
        database_url=sys.stdin.read().strip(),
        folder=folder,
        policy_file=None,
        state_file=folder.with_name("audit-state.json"),
    )
    began = perf_counter()
    answer = verify_store(question)
    seconds = perf_counter() - began
    if answer.outcome is not Outcome.HOLDS:
        raise SystemExit(answer.sentence)
    print(json.dumps({"seconds": seconds, "peak_megabytes": peak_megabytes(os.getpid())}))


if __name__ == "__main__":
    main()
