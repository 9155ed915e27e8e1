"""What the writer of proofs counts about its batches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from langdao_video.billing import presence
from langdao_video.billing.presence import PresenceWriter
from langdao_video.billing.tally import ProofTally
from langdao_video.errors import Unavailable
from langdao_video.store.memory import MemoryStore
from langdao_video.store.port import NO_OWNERS, Ownership, Presence
from tests.stories.live import until

PROOFS = [Presence(session, "student", 1, 70_000) for session in ("a", "b", "c")]


class FailsOnce(MemoryStore):
    """Takes no proofs the first time."""

    failed = False

    async def save_presence(
        self, rows: Sequence[Presence], owners: Mapping[str, Ownership] = NO_OWNERS
    ) -> frozenset[str]:
        if not self.failed:
            self.failed = True
            raise Unavailable("store-unavailable", "Not now.")
        return await super().save_presence(rows, owners)


async def test_proofs_that_go_together_are_one_batch_with_one_time() -> None:
    tally = ProofTally()
    writer = PresenceWriter(MemoryStore(), tally=tally)

    for proof in PROOFS:
        writer.note(proof)
    await writer.flush()

    assert (tally.sizes.count, tally.sizes.total) == (1, 3)
    assert (tally.saved_us.count, tally.failed) == (1, 0)
    assert 0 < tally.saved_us.total < 600_000_000, "it counts from the first proof of the batch"


async def test_a_batch_that_the_store_did_not_take_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presence, "_RETRY_SECONDS", 0.0)
    tally = ProofTally()
    writer = PresenceWriter(FailsOnce(), tally=tally)

    writer.note(PROOFS[0])
    await until(lambda: tally.saved_us.count)

    assert (tally.sizes.count, tally.failed) == (2, 1)
