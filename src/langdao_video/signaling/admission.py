"""Admits a socket by its first frame, which names a link and the participant who asks for a seat.

The room decides whether the seat is free.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import msgspec

from langdao_video.access.throwaway import make_throwaway
from langdao_video.access.tokens import Tokens
from langdao_video.errors import Conflict, FrameRefused, LangDAOError, NotAllowed
from langdao_video.session.links import Link, LinkRules, receive_link
from langdao_video.session.resume import Resume
from langdao_video.signaling.codec import encode_frame, receive_frame
from langdao_video.signaling.messages import Join, LobbyJoin
from langdao_video.signaling.seats import Participant


@dataclass(frozen=True, slots=True)
class Admission:
    """Check joins. In production (*needs_token*) only what the token says counts."""

    tokens: Tokens
    rules: LinkRules
    needs_token: bool
    has_relay: bool = True
    """Whether a link that allows relays only can work here."""

    def admit(self, room: str, arrival: LobbyJoin | Join, now_ms: int) -> tuple[Link, Participant]:
        """Return the link that a first frame names, and its participant.

        Raises NotAllowed `token-required`, `token-invalid`, `link-not-yet-valid`, `link-expired`;
        `no-relay`; FrameRefused `bad-link`.
        """
        join = arrival if isinstance(arrival, Join) else Join(**msgspec.structs.asdict(arrival))
        resume = None
        if join.resume is not None:
            resume = self.tokens.receive_resume_token(join.resume, room, join.role, now_ms)
        link = self._read_link(room, join, resume, now_ms)
        if link.relay_only and not self.has_relay:
            raise NotAllowed(
                "no-relay",
                "This link hides its participant's address, and this service has no relay (TURN_URLS).",
            )
        address = (resume.address if resume else None) or link.address or make_throwaway()
        return link, Participant(
            role=join.role,
            page=join.page,
            address=link.address or address,
            is_throwaway=link.address is None,
            resume=resume,
            takeover=join.takeover,
            audio=join.audio,
            video=join.video,
            hand=join.hand,
            screen=join.screen,
            video_paused=join.video_paused,
            network=join.network,
            assumed=link.assumed,
            name=link.name,
            relay_only=link.relay_only,
            is_moving=join.leaving is not None,
        )

    def check_opens(self, link: Link, token: str | None, now_ms: int) -> Link:
        """Check that *link* would admit its page, with the code that reads the page's first frame.

        Raises Conflict `link-would-not-open`, with the reason.
        """
        join = LobbyJoin(
            page="the-page-of-no-one",
            role=link.role,
            address=link.address,
            name=None if token else link.name,
            language=link.language,
            session_start=link.session_start_ms,
            token=token,
            relay=link.relay_only and not token,
        )
        try:
            frame = receive_frame(encode_frame(join))
            admitted, _ = self.admit(link.room, cast("LobbyJoin", frame), now_ms)
        except LangDAOError as error:
            raise Conflict("link-would-not-open", f"The link would not open: {error.message}") from error
        return admitted

    def _read_link(self, room: str, join: Join, resume: Resume | None, now_ms: int) -> Link:
        if self.needs_token:
            return self._read_token(room, join, resume, now_ms)
        query: dict[str, list[str]] = {"room": [room], "role": [join.role]}
        if join.address is not None:
            query["address"] = [join.address]
        if join.language is not None:
            query["language"] = [join.language]
        if join.session_start is not None:
            query["sessionStart"] = [str(join.session_start)]
        if join.name is not None:
            query["name"] = [join.name]
        if join.relay:
            query["relay"] = ["1"]
        # A returning page was admitted before. Its link may be older than a fresh one may be: lessons can last longer.
        rules = LinkRules(lenient=self.rules.lenient, start_age_ms_max=now_ms) if resume else self.rules
        link = receive_link(query, now_ms, rules)
        if isinstance(link, Link):
            return link
        wrong = "; ".join(f"{problem.parameter} must be {problem.must_be}" for problem in link)
        raise FrameRefused("bad-link", f"The link is wrong: {wrong}.")

    def _read_token(self, room: str, join: Join, resume: Resume | None, now_ms: int) -> Link:
        if join.token is None:
            raise NotAllowed(
                "token-required", "This link has no token: open it exactly as the platform gave it."
            )
        link = self.tokens.receive_link_token(join.token, now_ms, resume)
        if (link.room, link.role) != (room, join.role):
            raise NotAllowed("token-invalid", "This link's token was made for another room or role.")
        return link
