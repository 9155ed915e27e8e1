"""Reads the states and tallies of one service when somebody asks for its metrics.

Laws: no label names a session, a person or an address, so the number of series has a bound. Each service has a registry
of its own, because two of them may live in one process. A scrape visits no room; of the sessions it reads the state.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Final, Protocol, runtime_checkable

from prometheus_client import CollectorRegistry, GCCollector, ProcessCollector
from prometheus_client.core import InfoMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from langdao_video.billing.service import SessionService
from langdao_video.delivery.tally import DeliveryTally
from langdao_video.metrics.families import (
    PREFIX,
    write_counter,
    write_counters,
    write_gauge,
    write_gauges,
    write_histogram,
    write_seconds,
    write_words,
)
from langdao_video.metrics.loop_lag import LoopLag
from langdao_video.session.state import State
from langdao_video.signaling.hub import Hub
from langdao_video.signaling.tally import DRIVERS
from langdao_video.store.tally import StoreTally
from langdao_video.tallies import WordCounts

_JOINS: Final = ("new", "resumed", "taken-over", "asked", "refused", "unavailable", "failed")
_CLOSED: Final = ("session-ended", "moved-elsewhere", "too-slow", "flood", "join-timeout", "join-failed")
_LEFT: Final = ("connection-closed", "connection-lost", "reloaded", "moved")
_CHANGES: Final = ("claimed", "released", "lost")
_TRIES: Final = ("taken", "refused", "failed")


class OwnedRooms(Protocol):
    """The rooms that this node owns, if there may be other nodes."""

    @property
    def count(self) -> int:
        """How many rooms this node owns."""
        ...

    @property
    def holds_lease(self) -> bool:
        """Whether this node may decide."""
        ...

    @property
    def changes(self) -> WordCounts:
        """How often it has `claimed`, `released` or `lost` a room."""
        ...


@runtime_checkable
class Plane(Protocol):
    """The connection with other nodes, if there may be any."""

    @property
    def is_up(self) -> bool:
        """Whether it is connected."""
        ...

    @property
    def lag_ms(self) -> int:
        """How long the newest letter of this node to itself took."""
        ...


@dataclass(frozen=True, slots=True)
class Measured:
    """What a service measures."""

    hub: Hub
    sessions: SessionService
    store: StoreTally
    deliveries: DeliveryTally
    owned: OwnedRooms | None
    backplane: object
    """Measured if it is a Plane: within one process there is nothing to measure."""
    loop_lag: LoopLag = field(default_factory=LoopLag)


class ServiceCollector(Collector):
    """Write the metrics of a service."""

    def __init__(
        self, measured: Measured, is_ready: Callable[[], bool], count_dropped_lines: Callable[[], int]
    ) -> None:
        self._count_dropped_lines = count_dropped_lines
        self._measured = measured
        self._is_ready = is_ready

    def collect(self) -> Iterator[Metric]:
        """Yield each family once."""
        yield from self._collect_process()
        yield from self._collect_rooms()
        yield from self._collect_sockets()
        yield from self._collect_bill()
        yield from self._collect_node()

    def _collect_process(self) -> Iterator[Metric]:
        measured = self._measured
        yield InfoMetricFamily(f"{PREFIX}build", "The version.", {"version": version("langdao-video")})
        yield write_gauge("ready", "1 while /ready says yes.", self._is_ready())
        yield write_gauge("draining", "1 while the rooms move to another process.", measured.hub.is_draining)
        yield write_seconds(
            "event_loop_lag", "How late a task ran that slept for a second.", measured.loop_lag.late_us
        )
        yield write_counter(
            "log_lines_dropped", "Lines of the log that could not be written.", self._count_dropped_lines()
        )

    def _collect_rooms(self) -> Iterator[Metric]:
        hub, tally = self._measured.hub, self._measured.hub.tally
        yield write_gauge("rooms", "Rooms in memory.", hub.rooms_open)
        seated = sum(driver.seated for driver in tally.drivers.values())
        yield write_gauge("seats", "Seats with a socket.", seated)
        yield write_words("joins", "Joins, by how they ended.", "outcome", tally.joins, _JOINS)
        yield write_seconds("join", "From a page's join until it is seated.", tally.join_us)
        yield write_words(
            "sittings_ended",
            "Ends of sittings, by the reason that platforms get.",
            "reason",
            tally.left,
            _LEFT,
        )

    def _collect_sockets(self) -> Iterator[Metric]:
        tally = self._measured.hub.tally
        drivers = {name: tally.drivers[name] for name in DRIVERS}
        yield write_gauges(
            "sockets",
            "Open sockets of rooms.",
            "driver",
            {name: driver.opened - driver.closed for name, driver in drivers.items()},
        )
        opened = [((name,), driver.opened) for name, driver in drivers.items()]
        yield write_counters("sockets_opened", "Sockets that were opened.", ("driver",), opened)
        yield write_words("sockets_closed", "Sockets that we closed.", "reason", tally.closed, _CLOSED)
        frames = [
            ((name, direction), count)
            for name, driver in drivers.items()
            for direction, count in (("in", driver.frames_in), ("out", driver.frames_out))
        ]
        yield write_counters("frames", "Frames of rooms' sockets.", ("driver", "direction"), frames)
        dropped = sum(driver.frames_dropped for driver in drivers.values())
        yield write_counter("frames_dropped", "Frames that came faster than a page may send.", dropped)

    def _collect_bill(self) -> Iterator[Metric]:
        measured, proofs = self._measured, self._measured.sessions.proof_tally
        counts = measured.sessions.count_states()
        states = {state.value: counts[state] for state in State if state is not State.ENDED}
        yield write_gauges("sessions", "Sessions in memory that have not ended.", "state", states)
        yield write_seconds("append", "How long facts took to be stored.", measured.store.append_us)
        yield write_counter(
            "appends_failed", "Appends that the database did not take.", measured.store.appends_failed
        )
        yield write_histogram(
            "commit_writes", "Writes that shared one commit (SQLite).", measured.store.commits
        )
        yield write_seconds("proof_saved", "From a proof until its batch is stored.", proofs.saved_us)
        yield write_histogram("proof_batch", "Proofs that were stored together.", proofs.sizes)
        yield write_counter(
            "proof_batches_failed", "Batches of proofs that the database did not take.", proofs.failed
        )
        yield write_words(
            "deliveries", "Tries to deliver an event.", "outcome", measured.deliveries.tries, _TRIES
        )
        yield write_counter(
            "events_parked", "Events that no receiver took for three days.", measured.deliveries.parked
        )

    def _collect_node(self) -> Iterator[Metric]:
        owned, plane = self._measured.owned, self._measured.backplane
        if owned is not None:
            yield write_gauge("rooms_owned", "Rooms that this node owns.", owned.count)
            yield write_gauge("lease_held", "1 while this node may decide.", owned.holds_lease)
            yield write_words(
                "room_owners", "Changes of the owner of a room.", "change", owned.changes, _CHANGES
            )
        if isinstance(plane, Plane):
            yield write_gauge("backplane_up", "1 while Redis is connected.", plane.is_up)
            lag_seconds = plane.lag_ms / 1_000
            yield write_gauge("backplane_lag_seconds", "How long a letter over Redis takes.", lag_seconds)


def make_registry(
    measured: Measured, is_ready: Callable[[], bool], count_dropped_lines: Callable[[], int]
) -> CollectorRegistry:
    """Make the registry of one service: its metrics, and those of its process."""
    registry = CollectorRegistry()
    registry.register(ServiceCollector(measured, is_ready, count_dropped_lines))
    ProcessCollector(registry=registry)
    GCCollector(registry=registry)
    return registry


def render(registry: CollectorRegistry, accept: str) -> tuple[bytes, str]:
    """Return the metrics in the format that the header Accept prefers, and its Content-Type."""
    try:
        encode, content_type = choose_encoder(accept)
    except TypeError:  # the library compares a version that is no number with numbers
        encode, content_type = choose_encoder("")
    return encode(registry), content_type
