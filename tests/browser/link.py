"""Makes a page think that its connection to the other page is lost, and keeps it from having another."""

from __future__ import annotations

from typing import Final

LINK_LOST: Final = """(() => {
    const connection = __probe.connections.at(-1);
    for (const name of ["connectionState", "iceConnectionState"])
        Object.defineProperty(connection, name, { configurable: true, get: () => "disconnected" });
    connection.dispatchEvent(new Event("connectionstatechange"));
})()"""
LINK_FOUND: Final = """(() => {
    const connection = __probe.connections.at(-1);
    for (const name of ["connectionState", "iceConnectionState"]) delete connection[name];
    connection.dispatchEvent(new Event("connectionstatechange"));
})()"""
HOLD_ANSWERS: Final = """((areHeld) => {
    const { prototype } = RTCPeerConnection;
    globalThis.__setRemote ??= prototype.setRemoteDescription;
    globalThis.__areHeld = areHeld;
    prototype.setRemoteDescription = async function (...of) {
        while (__areHeld) await new Promise((look) => setTimeout(look, 50));
        return __setRemote.apply(this, of);
    };
})"""
"""Keeps the page from connecting anew: otherwise it might have, before it is looked at."""
