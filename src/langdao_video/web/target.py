"""Finds which of our addresses a request means, without its prefix. Pure: values of an ASGI scope in, a Target out.

There is a prefix if a platform mounts us (`root_path`), or if a proxy serves us below a path (the path of WEBRTC_URL).
A proxy may remove the prefix or leave it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, unquote

from langdao_video.session.paths import decode_percent, read_segment, write_segment

_OWN: Final = {"api", "demo", "docs", "health", "metrics", "ready", "sessions", "static"}
"""The first segments of our own paths. With such a prefix we could not tell whether a proxy removed it or not."""
_PATH_SAFE: Final = "/!$&'()*+,;=:@~"


@dataclass(frozen=True, slots=True)
class Target:
    """The target of a request: *base* is the prefix that browsers see; *path* is the rest, and begins with a slash."""

    base: str
    path: str

    def as_scope(self) -> dict[str, Any]:
        """Return the values for an ASGI scope, in which `path` includes the prefix (ASGI HTTP §2.1)."""
        path = self.base + self.path
        return {"root_path": self.base, "path": path, "raw_path": quote(path, _PATH_SAFE).encode()}


def receive_target(scope: Mapping[str, Any], public_path: str) -> Target:
    """Read the target of a request. *public_path* is the path of WEBRTC_URL; it is empty if that has none.

    Each segment is rewritten with `write_segment`, and a slash at the end is dropped. So all spellings of an address
    are served without a redirect. Raises BadRequest for an invalid address.
    """
    root, segments = scope.get("root_path", "").rstrip("/"), _split(_raw_path(scope))
    mounted = root.removeprefix(scope.get("app_root_path", "").rstrip("/"))
    prefixes = [root, mounted]
    if public_path and not root and _split(public_path)[0] not in _OWN:
        prefixes.append(public_path)
    for prefix in prefixes:
        known = _split(prefix)
        if prefix and [unquote(segment) for segment in segments[: len(known)]] == known:
            segments = segments[len(known) :]
            break
    if segments[-1:] == [""]:
        segments.pop()
    path = "/" + "/".join(write_segment(read_segment(part)) if part else "" for part in segments)
    return Target(base=public_path or root, path=path)


def check_query(query: bytes) -> None:
    """Raise BadRequest `url-not-unicode` if the query is not UTF-8. Else two different queries could decode alike."""
    decode_percent(query)


def _split(path: str) -> list[str]:
    return path.split("/")[1:]


def _raw_path(scope: Mapping[str, Any]) -> str:
    """Return the path as it was sent, in which `%2F` is no slash; the decoded path if the server keeps no other."""
    path: str = scope["path"]
    raw = (scope.get("raw_path") or b"").partition(b"?")[0].decode("latin-1")
    # If some middleware has changed the path, the changed path counts.
    return raw if unquote(raw) == path else quote(path, _PATH_SAFE)
