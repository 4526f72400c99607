"""A stranger's verifier, PyPI's `tlog-scales`, believes the folder that the sealer makes of a real record."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from tlog_scales.backend import LocalBackend
from tlog_scales.reader import TilesReader
from tlog_scales.signing import Vkey
from tlog_scales.tiles import leaf_hash

from audit.seals.keys import write_key_ring
from tests.support.consoles.store_parts import open_store
from tests.support.sealing import SealedRecord
from tests.support.seals import AT


def test_a_sealed_record_is_believed(database_url: str, tmp_path: Path) -> None:
    """Tree, leaves and all signatures, also those of two pairs that overlap (ADR 31)."""
    with open_store(database_url, tmp_path, pool_size=2) as store:
        record = SealedRecord.of(store, database_url, tmp_path)
        record.save_events(5)
        record.seal()
        ring = record.keys().rotated(AT, overlap=timedelta(days=1), is_compromised=False)
        write_key_ring(record.keys.path, ring)
        record.save_calls("one", "two")
        record.change(
            "INSERT INTO planswitch.switch_events (originator_id, originator_version, topic, state)"
            " SELECT gen_random_uuid(), 1, 'a.topic', 'x' FROM generate_series(1, 300)"
        )
        record.seal()
        leaves = record.leaves()
    reader = TilesReader(LocalBackend(record.folder.path))
    checkpoint = reader.get_checkpoint()
    for key in ring.verifier_keys():
        checkpoint.verify(Vkey.from_string(key.text()))
    assert (len(leaves), len(ring.verifier_keys())) == (306, 4)
    assert checkpoint.root_hash == reader.calculate_root_hash()
    for index in (0, 5, 255, 256, 305):
        assert reader.get_entry(index) == leaves[index].content()
        reader.get_inclusion_proof(index, 306).check(leaf_hash(leaves[index].content()), checkpoint.root_hash)
