"""The application that a server runs or a platform mounts. If nobody starts it, its first request does."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Any

from fastapi import FastAPI
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from langdao_video.errors import LangDAOError, NotAllowed
from langdao_video.settings import Settings
from langdao_video.signaling.codec import encode_frame
from langdao_video.signaling.port import Carrier, Opening, Taker
from langdao_video.web import socket
from langdao_video.web.context import Context
from langdao_video.web.edge import EdgeMiddleware, check_machine
from langdao_video.web.lifespan import Lifespan, Opens, StartOnDemand
from langdao_video.web.target import receive_target


class CallService(FastAPI):
    """The service as an ASGI application.

    A server that runs it starts and stops it through its lifespan. A platform that mounts it passes `lifespan` to its
    own application, because no framework runs the lifespan of a mounted application:

        call = create_app()
        platform = FastAPI(lifespan=call.lifespan)
        platform.mount("/call", call)

    Without that, the service starts with the first request or socket. `StartOnDemand` says when it stops.
    """

    def __init__(self, settings: Settings, opens: Opens) -> None:
        super().__init__(
            title="LangDAO video lessons",
            version=version("langdao-video"),
            description="Rooms that open from one link, and bills that are right to the second.",
            lifespan=self.lifespan,
            docs_url=None,
            redoc_url=None,
            openapi_url="/openapi.json" if settings.api_docs else None,
            # A redirect would go to the caller's Host, and would carry the token of a statement's link there.
            redirect_slashes=False,
        )
        self.state.settings = settings
        self.refusal: LangDAOError | None = None
        """Why the service did not start; its message says what to set."""
        self._lifespan = Lifespan(opens)
        self.add_middleware(StartOnDemand, self._lifespan)

    @asynccontextmanager
    async def lifespan(self, _app: object = None) -> AsyncIterator[None]:
        """Run the service during the block. *_app* is the application that calls, of any framework."""
        try:
            await self._lifespan.begin()
        except LangDAOError as error:
            self.refusal = error
            raise
        try:
            yield
        finally:
            await self._lifespan.end()

    def begin_drain(self, seconds: float) -> None:
        """Open no more rooms, and tell the pages that are here to move to another process within *seconds*."""
        if self._lifespan.is_running:
            context = self._context
            drain = context.hub.begin_drain(int(seconds * 1_000))
            context.carriages.begin_drain(seconds, lambda: encode_frame(drain.write(context.clock.now_ms())))

    @property
    def is_deserted(self) -> bool:
        """Whether no page is connected."""
        if not self._lifespan.is_running:
            return True
        return self._context.hub.is_deserted and self._context.carriages.pages.count == 0

    def check_opening(self, scope: Mapping[str, Any]) -> Opening:
        """Read the request of a socket that the fast driver would carry. Raises LangDAOError if it may not open."""
        settings = self._context.settings
        if settings.is_development:
            check_machine(scope, settings.base_origin)
        if settings.role == "backend" or receive_target(scope, settings.base_path).path != "/":
            raise NotAllowed("socket-refused", "This service refuses this WebSocket.")
        return socket.check_opening(scope, self._context)

    def open_socket(self, opening: Opening, carrier: Carrier) -> Taker:
        """Return what takes the frames of a socket that the fast driver carries."""
        return socket.open_socket(opening, carrier, self._context)

    @property
    def _context(self) -> Context:
        context: Context = self.state.context
        return context

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Remember the application that mounts us, because Starlette overwrites `app` in the scope with ours."""
        scope.setdefault("langdao_parent", scope.get("app"))
        await super().__call__(
            scope, receive, self._with_reason(send) if scope["type"] == "lifespan" else send
        )

    def _with_reason(self, send: Send) -> Send:
        """Give a server that cannot start us the reason in one line; Starlette gives it the traceback."""

        async def send_reason(message: Message) -> None:
            refusal = self.refusal
            if message["type"] == "lifespan.startup.failed" and refusal is not None:
                cause = (
                    f" ({type(refusal.__cause__).__name__}: {refusal.__cause__})" if refusal.__cause__ else ""
                )
                message = {**message, "message": f"{refusal.message}{cause}"}
            await send(message)

        return send_reason

    def build_middleware_stack(self) -> ASGIApp:
        """Put the edge around the whole stack, with Starlette's handler of unexpected errors."""
        return EdgeMiddleware(super().build_middleware_stack(), self.state.settings)
