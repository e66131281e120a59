"""What every test can use."""

from __future__ import annotations

import logging

import pytest
import structlog

pytest_plugins = ["tests.databases"]


@pytest.fixture(autouse=True, scope="session")
def _log_through_logging() -> None:
    """Let pytest capture the log: structlog would print with every variable's value in tracebacks."""
    structlog.configure(
        processors=[
            structlog.stdlib.add_log_level,
            structlog.processors.format_exc_info,
            structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    )
