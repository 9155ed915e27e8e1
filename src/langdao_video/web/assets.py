"""Serves the built client from memory. It is read once, and each file is compressed once, in a thread.

The largest files take a third of a second to compress, and calls go on meanwhile. A file with its hash in its name
never changes, so a browser may keep it for a year. It must revalidate all others.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import mimetypes
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

_FOREVER: Final = "public, max-age=31536000, immutable"
_TAG: Final = re.compile(r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"')
_CLOSED_WORKER: Final = re.compile(r"assets/(?:pdf|blur)-worker-[\w-]+\.js")
_COMPRESSIBLE: Final = ("text/", "application/json", "image/svg+xml")


@dataclass(slots=True)
class _File:
    plain: bytes
    headers: dict[str, str]
    is_compressible: bool
    compressed: bytes | None = field(default=None, init=False)
    """As gzip; None before anybody has asked for it."""

    def compress(self) -> bytes:
        self.compressed = gzip.compress(self.plain, mtime=0)
        return self.compressed


class Assets:
    """Serve the files of a folder below the mounted path, with gzip and ETag (RFC 9110 §8.8.3).

    *headers* are sent with each file, in place of the default headers of the same name. *pattern* chooses the files.
    """

    def __init__(
        self, folder: Path, headers: Mapping[str, str] | None = None, *, pattern: str = "**/*"
    ) -> None:
        self._folder = folder
        self._pattern = pattern
        self._headers = headers or {}

    @cached_property
    def _files(self) -> dict[str, _File]:
        paths = [path for path in self._folder.glob(self._pattern) if path.is_file()]
        return {path.relative_to(self._folder).as_posix(): _read(path, self._folder) for path in paths}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await send({"type": "websocket.close"})
            return
        if scope["method"] not in ("GET", "HEAD"):
            raise HTTPException(405, "Method Not Allowed", {"allow": "GET, HEAD"})
        path = scope["path"].removeprefix(scope.get("root_path", "")).lstrip("/")
        answer = await self.answer(path, Headers(scope=scope))
        await answer(scope, receive, send)

    async def answer(self, path: str, request_headers: Headers) -> Response:
        """Answer a request for the file at *path*. Raises HTTPException 404."""
        file = self._files.get(path)
        if file is None:
            raise HTTPException(404, "Not Found")
        headers = {**file.headers, **self._headers}
        if names_version(", ".join(request_headers.getlist("if-none-match")), headers["etag"]):
            unchanged = {name: value for name, value in headers.items() if name != "content-type"}
            return Response(status_code=304, headers=unchanged)
        if file.is_compressible and "gzip" in request_headers.get("accept-encoding", ""):
            compressed = file.compressed or await asyncio.to_thread(file.compress)
            return Response(compressed, headers={**headers, "content-encoding": "gzip"})
        return Response(file.plain, headers=headers)


def names_version(if_none_match: str, etag: str) -> bool:
    """Tell whether the value of If-None-Match names the version *etag*, or any version (`*`).

    This is the weak comparison: `W/"a"` and `"a"` are the same content (RFC 9110 §8.8.3.2, §13.1.2).
    """
    if if_none_match.strip() == "*":
        return True
    return etag.removeprefix("W/") in (tag.removeprefix("W/") for tag in _TAG.findall(if_none_match))


def _read(path: Path, folder: Path) -> _File:
    plain = path.read_bytes()
    media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    compresses = media_type.startswith(_COMPRESSIBLE)
    is_hashed = path.relative_to(folder).parts[0] == "assets"
    headers = {
        "content-type": f"{media_type}; charset=utf-8" if compresses else media_type,
        "cache-control": _FOREVER if is_hashed else "no-cache",
        # Weak, because the compressed file and the plain one have the same tag.
        "etag": f'W/"{hashlib.sha256(plain).hexdigest()[:32]}"',
        "vary": "accept-encoding",
        # These files are the same for everyone, and a frame with an opaque origin must be able to load them.
        "cross-origin-resource-policy": "cross-origin",
        # A worker of a page with this policy must have it, too (HTML §10.2.4).
        "cross-origin-embedder-policy": "require-corp",
    }
    if _CLOSED_WORKER.fullmatch(path.relative_to(folder).as_posix()):
        # One reads files of strangers, one sees the camera: it may compile what it is given, and reaches no address.
        headers["content-security-policy"] = "default-src 'none'; script-src 'wasm-unsafe-eval'"
    return _File(plain, headers, compresses)
