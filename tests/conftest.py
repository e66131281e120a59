"""What every test can use."""

from __future__ import annotations

import logging

import pytest
import structlog
from hypothesis import settings

pytest_plugins = ["tests.databases"]

# A busy machine is no defect: how long an example takes is measured in benchmarks, never asserted.
settings.register_profile("loopmark", deadline=None)
settings.load_profile("loopmark")


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
