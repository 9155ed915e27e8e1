"""The built client, from memory: read and compressed once, because the first picture waits for it.

Files whose name holds their hash never change, so a browser may keep them for a year; the others are asked for again.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

_FOREVER: Final = "public, max-age=31536000, immutable"
_COMPRESSIBLE: Final = ("text/", "application/json", "image/svg+xml")


@dataclass(frozen=True, slots=True)
class _File:
    plain: bytes
    compressed: bytes | None
    headers: dict[str, str]


class Assets:
    """Serve a folder's files under the mounted path: GET and HEAD, gzip, ETag (RFC 9110 §8.8.3, §13.1.2)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @cached_property
    def _files(self) -> dict[str, _File]:
        paths = [path for path in self._folder.rglob("*") if path.is_file()]
        return {path.relative_to(self._folder).as_posix(): _read(path, self._folder) for path in paths}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        path = scope["path"].removeprefix(scope.get("root_path", "")).lstrip("/")
        file = self._files.get(path)
        if scope["type"] != "http" or file is None:
            raise HTTPException(404, "Not Found")
        if scope["method"] not in ("GET", "HEAD"):
            raise HTTPException(405, "Method Not Allowed", {"allow": "GET, HEAD"})
        await _answer(file, Headers(scope=scope))(scope, receive, send)


def _answer(file: _File, asked: Headers) -> Response:
    if asked.get("if-none-match") == file.headers["etag"]:
        return Response(status_code=304, headers=file.headers)
    if file.compressed is not None and "gzip" in asked.get("accept-encoding", ""):
        return Response(file.compressed, headers={**file.headers, "content-encoding": "gzip"})
    return Response(file.plain, headers=file.headers)


def _read(path: Path, folder: Path) -> _File:
    plain = path.read_bytes()
    media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    compresses = media_type.startswith(_COMPRESSIBLE)
    is_hashed = path.relative_to(folder).parts[0] == "assets"
    headers = {
        "content-type": f"{media_type}; charset=utf-8" if compresses else media_type,
        "cache-control": _FOREVER if is_hashed else "no-cache",
        "etag": f'"{hashlib.sha256(plain).hexdigest()[:32]}"',
        "vary": "accept-encoding",
        "x-content-type-options": "nosniff",
        # A page in a sandbox has no origin, and loads one of these to say so.
        "cross-origin-resource-policy": "cross-origin",
    }
    return _File(plain, gzip.compress(plain, mtime=0) if compresses else None, headers)
