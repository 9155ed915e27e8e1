"""One page of one person. It uses a socket as client/src/call/transport/signaling.ts does, and records its history."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from langdao_video.session.roles import Role, other
from langdao_video.signaling import messages as wire
from langdao_video.signaling.counters import MediaFlow
from tools.simulator.intervals import Intervals
from tools.simulator.service import ADDRESSES
from tools.simulator.sockets import ABNORMAL, SimulatedSocket

if TYPE_CHECKING:
    from tools.simulator.people import Person
    from tools.simulator.plan import Lie, Lies

_SERVER_SILENT_MS: Final = 15_000
_FIRST_DELAY_MS: Final = 500
_DELAY_MS_MAX: Final = 8_000
_FINAL_CODES: Final = frozenset({4400, 4401, 4403, 4408, 4409, 4410, 4429})
_HIDDEN_TIMER_MS: Final = 60_000
_LATE_MS: Final = 14_000
"""How long a page that lies by being late waits before it answers: one second less than makes a socket dead."""
_TURNS: Final[dict[Lie, int]] = {"in-turns": 5, "in-short-turns": 4, "silent-in-turns": 6}
"""Of so many answers one is true, where a page lies in turns."""


class Page:
    """A page, from its opening to its closing."""

    def __init__(self, person: Person, page_id: str, storage: dict[str, str]) -> None:
        self.person = person
        self.role: Role = person.role
        self.id = page_id
        self.storage = storage
        self.opened_ms = person.world.now_ms
        self.closed_ms: int | None = None
        self.linked: Intervals = []
        self.frozen: Intervals = []
        self.audio = self.video = not person.is_muted
        self.is_ending = False
        self.takes_over = False
        self._socket: SimulatedSocket | None = None
        self._linked_from_ms: int | None = None
        self._attempt = 0
        self._is_final = False
        self._heard_ms = 0
        self._listens = False
        self._tries = 0
        self._told: MediaFlow | None = None
        self._answers = 0
        self._awake_ms = 0
        self._hidden_ms = 0
        self.connect()

    @property
    def is_open(self) -> bool:
        """Whether the page is open."""
        return self.closed_ms is None

    def links(self, now_ms: int) -> Intervals:
        """Return when the page had a socket with a seat, up to now."""
        return self.linked if self._linked_from_ms is None else [*self.linked, (self._linked_from_ms, now_ms)]

    def unlink(self, socket: SimulatedSocket) -> None:
        """Note that the service has given up a socket. The page may not know it yet."""
        if socket is self._socket:
            self._unlink()

    # ── What happens to it ───────────────────────────────────────────────────────────────────────

    def close(self, how: str) -> None:
        """Close the page: with a goodbye, with a reset, or in silence."""
        socket = self._socket
        self._end()
        if socket is None:
            return
        if how == "silence":
            socket.vanish()
        else:
            socket.leave(said_goodbye=how == "goodbye")

    def freeze(self, until_ms: int) -> None:
        """Run nothing in this page until *until_ms*."""
        now_ms = self.person.world.now_ms
        self._awake_ms = max(self._awake_ms, until_ms)
        self.frozen.append((now_ms, until_ms))

    def hide(self, until_ms: int) -> None:
        """Slow the page's timers until *until_ms*, as a browser does; frames are answered as usual."""
        self._hidden_ms = max(self._hidden_ms, until_ms)

    def press_end(self) -> None:
        """End the session now, or as soon as the page has a socket again."""
        self.is_ending = True
        self._say(wire.EndSession())

    def decide(self, decision: str) -> None:
        """Answer the question that is on the screen."""
        self._say(wire.DecideGrace(decision="wait" if decision == "wait" else "end"))

    def switch(self, *, on: bool) -> None:
        """Switch microphone and camera."""
        self.audio = self.video = on
        self._say(wire.SetStatus(audio=on, video=on))

    def take_over(self) -> None:
        """Answer *use it here*."""
        if self.is_open and not self._is_final:
            self.takes_over = True
            self._say(self._make_join())

    # ── The socket ───────────────────────────────────────────────────────────────────────────────

    def connect(self) -> None:
        """Open a socket, and drop the old one, if there is one, without a close frame."""
        if self._is_final or not self.is_open:
            return
        self._drop()
        self._tries += 1
        self._socket = SimulatedSocket(self, self.person.line, self.person.service)
        self._socket.connect()
        self._listen()

    def reconnect(self) -> None:
        """Reconnect, because the browser says that the network is back."""
        self._attempt = 0
        self.connect()

    def on_open(self, socket: SimulatedSocket) -> None:
        """Join on the opened socket."""
        if self._is_mine(socket) and not self._sleeps(lambda: self.on_open(socket)):
            self._listen()
            socket.say(self._make_join())

    def on_close(self, socket: SimulatedSocket, code: int) -> None:
        """Note that a socket is gone."""
        if self._is_mine(socket) and not self._sleeps(lambda: self.on_close(socket, code)):
            self._lose(code)

    def on_frame(self, socket: SimulatedSocket, frame: wire.ServerFrame) -> None:
        """Take a frame from the service."""
        if not self._is_mine(socket) or self._sleeps(lambda: self.on_frame(socket, frame)):
            return
        self._listen()
        match frame:
            case wire.Ping():
                self._answer(socket, frame)
            case wire.Welcome():
                self._sit(frame)
            case wire.PeerJoined():
                self.person.meet(self, frame.peer.page)
            case wire.ConnectionWarning():
                self.person.hear_warning()
            case wire.EndNotice():
                self._is_final = True
                self.person.hear_end()
            case wire.Error():
                self._take_error(frame)
            case _:
                pass

    def _answer(self, socket: SimulatedSocket, ping: wire.Ping) -> None:
        lie = self.person.lie
        if lie is not None and self._is_silent(lie):
            socket.say(wire.SetStatus(audio=self.audio, video=self.video))
        elif lie is not None and lie.how == "late":
            self.person.world.after(_LATE_MS, lambda: self._beat(socket, ping, lie))
        else:
            self._beat(socket, ping, lie)

    def _beat(self, socket: SimulatedSocket, ping: wire.Ping, lie: Lies | None) -> None:
        media = self.person.media.count(self, other(self.role))
        if lie is not None and lie.how == "zero" and media is not None:
            media = MediaFlow(audio_packets=0, video_frames=0, bytes=0)
        elif lie is not None and self._told is not None and self._repeats(lie):
            media = self._told
        self._told = media
        acks = self.person.media.acks(self, self.role)
        socket.say(
            wire.Heartbeat(
                audio=self.audio, video=self.video, media=media, acks=acks, server_time=ping.server_time
            )
        )

    def _repeats(self, lie: Lies) -> bool:
        """Tell whether the page sends its old counters once more."""
        return lie.how == "frozen" or (lie.how in {"in-turns", "in-short-turns"} and not self._is_turn(lie))

    def _is_silent(self, lie: Lies) -> bool:
        return lie.how == "silent" or (lie.how == "silent-in-turns" and not self._is_turn(lie))

    def _is_turn(self, lie: Lies) -> bool:
        """Tell whether it is the turn of a true answer."""
        self._answers += 1
        return self._answers % _TURNS[lie.how] == 0

    def _sit(self, frame: wire.Welcome) -> None:
        self._attempt, self.takes_over = 0, False
        self.storage["resume"] = frame.resume
        self._unlink()
        self._linked_from_ms = self.person.world.now_ms
        if frame.peer:
            self.person.meet(self, frame.peer.page)
        if self.is_ending:
            self._say(wire.EndSession())

    def _take_error(self, frame: wire.Error) -> None:
        if frame.code == "seat-open-elsewhere":
            self.person.world.after(self.person.think_ms, self.take_over)
        elif frame.code == "moved-elsewhere":
            self._is_final = True
            self._end()
        elif frame.final:
            self._is_final = True

    def _lose(self, code: int) -> None:
        self._drop()
        if self._is_final or code in _FINAL_CODES:
            self._is_final = True
            return
        ceiling_ms = min(_DELAY_MS_MAX, _FIRST_DELAY_MS * 2 ** (self._attempt - 1)) if self._attempt else 0
        self._attempt += 1
        delay_ms = round(ceiling_ms / 2 * (1 + self.person.world.random.random()))
        tries = self._tries
        self._after(delay_ms, lambda: self._retry(tries))

    def _retry(self, tries: int) -> None:
        if self.is_open and tries == self._tries and not self._sleeps(lambda: self._retry(tries)):
            self.connect()

    def _listen(self) -> None:
        self._heard_ms = self.person.world.now_ms
        if not self._listens:
            self._listens = True
            self._after(_SERVER_SILENT_MS, self._check_silence)

    def _check_silence(self) -> None:
        if not self.is_open or self._is_final or self._sleeps(self._check_silence):
            return
        quiet_ms = self.person.world.now_ms - self._heard_ms
        self._listens = quiet_ms < _SERVER_SILENT_MS
        if self._listens:
            self._after(_SERVER_SILENT_MS - quiet_ms, self._check_silence)
        elif self._socket:
            self._lose(ABNORMAL)

    def _after(self, ms: int, do: Callable[[], None]) -> None:
        """Set a timer. In a hidden page it fires once a minute, or when the page is shown again."""
        world = self.person.world
        at_ms = world.now_ms + ms
        if at_ms < self._hidden_ms:
            at_ms = min(self._hidden_ms, -(-at_ms // _HIDDEN_TIMER_MS) * _HIDDEN_TIMER_MS)
        world.at(at_ms, do)

    def _say(self, frame: wire.ClientFrame) -> None:
        if self._socket and self.is_open:
            self._socket.say(frame)

    def _make_join(self) -> wire.Join:
        return wire.Join(
            page=self.id,
            role=self.role,
            address=ADDRESSES[self.role],
            language="es",
            session_start=self.person.session_start_ms,
            resume=self.storage.get("resume"),
            takeover=self.takes_over,
            audio=self.audio,
            video=self.video,
        )

    def _is_mine(self, socket: SimulatedSocket) -> bool:
        return self.is_open and socket is self._socket

    def _sleeps(self, again: Callable[[], None]) -> bool:
        """Tell whether the page is frozen; if so, run *again* when it wakes."""
        world = self.person.world
        if self._awake_ms <= world.now_ms:
            return False
        world.at(self._awake_ms, again)
        return True

    def _drop(self) -> None:
        self._unlink()
        if self._socket:
            self._socket.leave(said_goodbye=False)
            self._socket = None

    def _unlink(self) -> None:
        if self._linked_from_ms is not None:
            self.linked.append((self._linked_from_ms, self.person.world.now_ms))
            self._linked_from_ms = None

    def _end(self) -> None:
        self._unlink()
        self._socket = None
        self.closed_ms = self.person.world.now_ms
        self.person.media.leave(self)
