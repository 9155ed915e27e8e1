"""The application as it is run or mounted: one that starts itself where nobody starts it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from langdao_video.settings import Settings
from langdao_video.web.edge import EdgeMiddleware
from langdao_video.web.lifespan import Lifespan, Opens, StartOnDemand


class CallService(FastAPI):
    """The service as an ASGI application.

    A server that runs it starts and stops it by its lifespan. A platform that mounts it hands `lifespan` to its own
    application, because no framework runs the lifespan of a mounted one:

        call = create_app()
        platform = FastAPI(lifespan=call.lifespan)
        platform.mount("/call", call)

    Without that it starts with the first request or socket; when it stops says `StartOnDemand`.
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
            # A redirect would be built from the caller's Host, and carry the token of a statement's link.
            redirect_slashes=False,
        )
        self.state.settings = settings
        self._lifespan = Lifespan(opens)
        self.add_middleware(StartOnDemand, self._lifespan)

    @asynccontextmanager
    async def lifespan(self, _app: object = None) -> AsyncIterator[None]:
        """Run the service as long as the block; *_app* is the application that asks, of any framework."""
        await self._lifespan.begin()
        try:
            yield
        finally:
            await self._lifespan.end()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Remember who mounts us: Starlette puts the innermost application in its place."""
        scope.setdefault("langdao_parent", scope.get("app"))
        await super().__call__(scope, receive, send)

    def build_middleware_stack(self) -> ASGIApp:
        """Put the edge around Starlette's own handler of unexpected errors, too."""
        return EdgeMiddleware(super().build_middleware_stack(), self.state.settings)
