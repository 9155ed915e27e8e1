"""The built client: files whose name holds their hash never change, so a browser may keep them for a year."""

from __future__ import annotations

from pathlib import PurePath

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope


class CachedStatic(StaticFiles):
    """Serve /static; /static/assets/ for ever, the rest is asked for again."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Add how long a file may be kept."""
        response: Response = await super().get_response(path, scope)
        forever = PurePath(path).parts[:1] == ("assets",)
        response.headers["cache-control"] = "public, max-age=31536000, immutable" if forever else "no-cache"
        response.headers["x-content-type-options"] = "nosniff"
        return response
