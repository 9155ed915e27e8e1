"""The HTTP server of the tests' stand-ins for a platform."""

from __future__ import annotations

from http.server import ThreadingHTTPServer


class ManyAtOnce(ThreadingHTTPServer):
    """Takes as many connections at once as a service or a browser opens. Python's usual five reset some of them."""

    request_queue_size = 128
