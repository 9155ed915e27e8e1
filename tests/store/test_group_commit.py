"""Group commit: which writes share a batch, when callers are woken, and that one caller's error affects no other."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from langdao_video.errors import Unavailable
from langdao_video.store.group_commit import GroupCommit, Ticket


class Disk:
    """Takes one batch of words at a time, when the test opens the gate."""

    def __init__(self, *, open_gate: bool = True) -> None:
        self.batches: list[list[str]] = []
        self.gate = asyncio.Event()
        self.began = asyncio.Event()
        self.failure: Exception | None = None
        if open_gate:
            self.gate.set()

    async def commit(self, batch: Sequence[Ticket[str]]) -> None:
        """Store the batch. A word "bad" is refused alone; a failure fails the whole batch."""
        self.began.set()
        await self.gate.wait()
        if self.failure is not None:
            raise self.failure
        self.batches.append([ticket.job for ticket in batch])
        for ticket in batch:
            if ticket.job == "bad":
                ticket.error = ValueError(ticket.job)
            else:
                ticket.result = ticket.job.upper()


async def test_calls_made_together_share_a_batch_and_get_their_own_results() -> None:
    disk = Disk()
    group = GroupCommit(disk.commit)

    results = await asyncio.gather(*(group.submit(word) for word in ("a", "b", "c")))

    assert results == ["A", "B", "C"]
    assert disk.batches == [["a", "b", "c"]]


async def test_jobs_that_arrive_during_a_commit_make_the_next_batch() -> None:
    disk = Disk(open_gate=False)
    group = GroupCommit(disk.commit)
    first = group.submit("first")
    await disk.began.wait()

    later = [group.submit(word) for word in ("b", "c")]
    disk.gate.set()
    await asyncio.gather(first, *later)

    assert disk.batches == [["first"], ["b", "c"]]


async def test_nobody_is_woken_before_the_commit() -> None:
    disk = Disk(open_gate=False)
    group = GroupCommit(disk.commit)

    call = group.submit("a")
    await disk.began.wait()

    assert not call.done()
    disk.gate.set()
    assert await call == "A"


async def test_a_batch_has_a_bound_and_keeps_the_order() -> None:
    disk = Disk()
    group = GroupCommit(disk.commit, batch_max=2)

    await asyncio.gather(*(group.submit(word) for word in "abcde"))

    assert disk.batches == [["a", "b"], ["c", "d"], ["e"]]


async def test_one_refused_job_is_its_own_callers_error() -> None:
    group = GroupCommit(Disk().commit)

    results = await asyncio.gather(
        *(group.submit(word) for word in ("a", "bad", "c")), return_exceptions=True
    )

    assert results[0] == "A"
    assert isinstance(results[1], ValueError)
    assert results[2] == "C"


async def test_each_caller_gets_the_error_of_a_failed_commit_and_the_next_batch_is_tried() -> None:
    disk = Disk()
    group = GroupCommit(disk.commit)
    disk.failure = OSError("disk full")

    failed = await asyncio.gather(group.submit("a"), group.submit("b"), return_exceptions=True)
    disk.failure = None

    assert [error.code for error in failed if isinstance(error, Unavailable)] == ["store-unavailable"] * 2
    assert failed[0] is not failed[1]
    assert isinstance(failed[0], Unavailable)
    assert failed[0].__cause__ is not None
    assert await group.submit("c") == "C"


async def test_a_full_queue_refuses_and_takes_again_when_there_is_room() -> None:
    disk = Disk(open_gate=False)
    group = GroupCommit(disk.commit, waiting_max=2)
    first = group.submit("first")
    await disk.began.wait()
    waiting = [group.submit("b"), group.submit("c")]

    with pytest.raises(Unavailable) as refused:
        group.submit("d")
    disk.gate.set()
    await asyncio.gather(first, *waiting)

    assert (refused.value.code, refused.value.retry) == ("store-busy", True)
    assert await group.submit("e") == "E"


async def test_a_caller_that_gave_up_while_it_waited_is_not_written() -> None:
    disk = Disk(open_gate=False)
    group = GroupCommit(disk.commit)
    first = group.submit("first")
    await disk.began.wait()
    kept, given_up = group.submit("kept"), group.submit("given up")

    given_up.cancel()
    disk.gate.set()
    await asyncio.gather(first, kept)

    assert disk.batches == [["first"], ["kept"]]


async def test_a_caller_that_gave_up_during_the_commit_hurts_no_other() -> None:
    disk = Disk(open_gate=False)
    group = GroupCommit(disk.commit)
    given_up, kept = group.submit("given up"), group.submit("kept")
    await disk.began.wait()

    given_up.cancel()
    disk.gate.set()

    assert await kept == "KEPT"
    assert disk.batches == [["given up", "kept"]]


async def test_closing_writes_the_waiting_jobs_and_refuses_new_ones() -> None:
    disk = Disk(open_gate=False)
    group = GroupCommit(disk.commit)
    first = group.submit("first")
    await disk.began.wait()
    waiting = group.submit("waiting")

    closing = asyncio.ensure_future(group.close())
    disk.gate.set()
    await closing

    assert (await first, await waiting) == ("FIRST", "WAITING")
    with pytest.raises(Unavailable) as refused:
        group.submit("late")
    assert refused.value.code == "store-closed"


async def test_a_writer_that_is_stopped_leaves_nobody_waiting() -> None:
    disk = Disk(open_gate=False)
    group = GroupCommit(disk.commit)
    in_batch = group.submit("in the batch")
    await disk.began.wait()
    waiting = group.submit("waiting")
    (writer,) = [task for task in asyncio.all_tasks() if task.get_name() == "store-writer"]

    writer.cancel()
    answers = await asyncio.gather(in_batch, waiting, return_exceptions=True)

    assert [answer.code for answer in answers if isinstance(answer, Unavailable)] == [
        "store-unavailable",
        "store-closed",
    ]
    disk.gate.set()
    assert await group.submit("again") == "AGAIN"
