"""Logs: one line of JSON per event on standard error, with named fields only. Nobody logs a body, an answer or a name."""

from __future__ import annotations

import logging
import sys

import structlog

ALLOWED = frozenset(
    {
        "event",
        "level",
        "timestamp",
        "logger",
        "reference",
        "kind",
        "endpoint",
        "frames",
        "folder",
        "count",
        "seconds",
        "job",
    }
)


def configure_logs(level: str = "INFO") -> None:
    """Send events of ``level`` and above to standard error; fields that aren't on the list are left out."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            keep_allowed,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


def keep_allowed(
    _logger: structlog.typing.WrappedLogger, _method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Only fields that we know to be harmless."""
    return {name: value for name, value in event.items() if name in ALLOWED}
