"""Which of our addresses a request means, below whatever prefix it came. Pure: an ASGI scope's values in, a Target out.

A platform mounts us (`root_path`), or a proxy has us below a prefix that it takes off or leaves on (WEBRTC_URL's path).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, unquote

from langdao_video.session.paths import decode_percent, read_segment, write_segment

_OWN: Final = {"api", "demo", "docs", "health", "sessions", "static"}
"""What our own paths begin with: a proxy that leaves such a prefix on could not be told from one that takes it off."""
_PATH_SAFE: Final = "/!$&'()*+,;=:@~"


@dataclass(frozen=True, slots=True)
class Target:
    """Where a request leads: *base* is the prefix that browsers see, *path* what is below it, from its slash on."""

    base: str
    path: str

    def as_scope(self) -> dict[str, Any]:
        """Return what an ASGI scope says of it: the path has the prefix in it (ASGI HTTP §2.1)."""
        path = self.base + self.path
        return {"root_path": self.base, "path": path, "raw_path": quote(path, _PATH_SAFE).encode()}


def receive_target(scope: Mapping[str, Any], public_path: str) -> Target:
    """Read the target of a request; *public_path* is the path of WEBRTC_URL, empty where that has none.

    Each segment comes in the one spelling of `write_segment`, whatever way it was sent, and a slash at the end is
    dropped: both spellings are served, so that nothing has to be redirected. Raises BadRequest for what is no address.
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
    """Raise BadRequest `url-not-unicode` unless a query decodes to UTF-8: two that differ must never be one."""
    decode_percent(query)


def _split(path: str) -> list[str]:
    return path.split("/")[1:]


def _raw_path(scope: Mapping[str, Any]) -> str:
    """Return the path as it was sent, in which `%2F` is no slash; the decoded one where a server keeps no other."""
    path: str = scope["path"]
    raw = (scope.get("raw_path") or b"").partition(b"?")[0].decode("latin-1")
    # Whoever changed the path on its way here, as some middleware does, means the changed one.
    return raw if unquote(raw) == path else quote(path, _PATH_SAFE)
