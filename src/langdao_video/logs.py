"""Configures logging: one line for each lifecycle transition, with fixed fields.

A line never has a token, SDP, candidate, chat text or full address. Laws: if the log cannot be written, lines are lost
but no session suffers (log_writer.py); text of strangers stays on its line and cannot control a terminal.
"""

from __future__ import annotations

import atexit
import logging
import os
import signal
import sys
import threading
from types import FrameType
from typing import Any, Final, Literal, TextIO, cast

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from langdao_video.log_writer import (
    LogStream,
    LogWriter,
    escape_controls,
    escape_controls_in_lines,
    hide_tokens,
)

FINISH_SECONDS_MAX: Final = 1.0
"""How long the process waits at its end for the last lines to be written."""

_LEVELS_DEEP_MAX: Final = 8


def configure_logs(log_format: Literal["console", "json"], level: str) -> None:
    """Write log lines to standard error, either for people or as one JSON object a line.

    This replaces standard output and standard error, so that no print, warning or traceback blocks or fails.
    """
    render = Renderer(log_format)
    sys.stderr = stderr = _replace(sys.stderr, render)
    sys.stdout = _replace(sys.stdout, None)
    stamps: list[Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[structlog.contextvars.merge_contextvars, *stamps, render],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(file=cast("TextIO", stderr)),
        cache_logger_on_first_use=True,
    )
    handler = _Handler(stderr.writer)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *stamps],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, render],
        )
    )
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.captureWarnings(capture=True)
    logging.getLogger("uvicorn.error").addFilter(_is_no_refused_socket)

    atexit.register(finish_logs)
    _finish_before_sigterm()


def finish_logs() -> None:
    """Wait until all that was logged is written, at most FINISH_SECONDS_MAX for each stream."""
    for stream in (sys.stderr, sys.stdout):
        if isinstance(stream, LogStream):
            stream.writer.finish(FINISH_SECONDS_MAX)


def hand_logs_to_the_host() -> None:
    """Log through `logging`, as libraries do, if the application that mounts us has not configured structlog.

    By default structlog prints, and a print that fails would raise an error in a session.
    """
    if structlog.is_configured():
        return
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.filter_by_level,
            Renderer("console"),
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )


def count_dropped_lines() -> int:
    """Return how many lines of this process's log could not be written."""
    return sys.stderr.writer.lines_dropped if isinstance(sys.stderr, LogStream) else 0


class Renderer:
    """Make the line of an event. It never raises: for an event that it cannot show, it writes that."""

    def __init__(self, log_format: Literal["console", "json"]) -> None:
        self._is_json = log_format == "json"
        self._render: Processor = structlog.processors.JSONRenderer() if self._is_json else _console()

    def __call__(self, logger: WrappedLogger, name: str, event_dict: EventDict) -> str:
        """Return the line, or several lines with an exception, without the last line end."""
        try:
            event = structlog.processors.format_exc_info(logger, name, event_dict)
            return str(
                self._render(logger, name, {_clean(key): self._escape(key, event[key]) for key in event})
            )
        except Exception as error:  # noqa: BLE001 - a value whose repr fails must not raise into the code that logs it
            shown = {"event": "log-line-not-rendered", "error": type(error).__name__}
            return str(self._render(logger, name, shown))

    def tell_dropped(self, count: int) -> str:
        """Return the line that says how many lines are missing before it."""
        event: EventDict = {"event": "log-lines-dropped", "count": count, "level": "warning"}
        stamp = structlog.processors.TimeStamper(fmt="iso", utc=True)
        return f"{self(None, 'warning', stamp(None, 'warning', event))}\n"

    def _escape(self, key: str, value: object) -> object:
        if key in ("exception", "stack") and isinstance(value, str):
            text = escape_controls_in_lines(hide_tokens(value))
            # Indented, so that nobody takes a line of the exception's own text for a line of the log.
            return text if self._is_json else "\n".join(f"  | {line}" for line in text.split("\n"))
        return _clean(value)


def _console() -> Processor:
    return structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)


def _is_no_refused_socket(record: logging.LogRecord) -> bool:
    """Drop uvicorn's error for each socket that we refuse with an answer: uvicorn does not count it as an answer."""
    return "without completing handshake" not in record.getMessage()


class _Handler(logging.Handler):
    """Write the records that libraries send to `logging` as lines of our log."""

    def __init__(self, writer: LogWriter) -> None:
        super().__init__()
        self._writer = writer

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record. For a record that it cannot format, it writes that."""
        try:
            line = self.format(record)
        except Exception:  # noqa: BLE001 - a wrong argument of a log call must not raise into the caller
            line = f"log-line-not-rendered logger={record.name}"
        self._writer.write(f"{line}\n")


def _clean(value: Any, deep: int = 0) -> Any:  # noqa: ANN401 - whatever is logged
    if isinstance(value, str):
        return escape_controls(hide_tokens(value))
    if deep < _LEVELS_DEEP_MAX and isinstance(value, dict):
        return {_clean(key, deep + 1): _clean(item, deep + 1) for key, item in value.items()}
    if deep < _LEVELS_DEEP_MAX and isinstance(value, list | tuple):
        return [_clean(item, deep + 1) for item in value]
    return value if value is None or isinstance(value, bool | int | float) else _clean(repr(value))


def _replace(stream: TextIO | None, render: Renderer | None) -> LogStream:
    try:
        descriptor = os.open(os.devnull, os.O_WRONLY) if stream is None else stream.fileno()
    except (OSError, ValueError):  # a stream without a descriptor, or one that is closed
        descriptor = os.open(os.devnull, os.O_WRONLY)
    return LogStream(LogWriter(descriptor, render.tell_dropped if render else None), descriptor)


def _finish_before_sigterm() -> None:
    """Write the last lines before SIGTERM ends the process: uvicorn raises the signal again after it has stopped."""
    if threading.current_thread() is not threading.main_thread():
        return

    def end(number: int, _frame: FrameType | None) -> None:
        finish_logs()
        signal.signal(number, signal.SIG_DFL)
        signal.raise_signal(number)

    signal.signal(signal.SIGTERM, end)
