"""Evaluator: numbers out of JSON bodies without ever holding the event loop for long."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from bot.errors import SourceError
from bot.sources.extraction import UNSHAPED, Shaping, extract
from bot.sources.numbers_found import LOOP_LIMIT_BYTES, FoundNumber, find_numbers
from bot.sources.path import may_run_in_loop
from bot.sources.pool import WorkerPool
from bot.sources.worker import JOBS

WORKERS = 2
TIMEOUT_S = 2.0
MEMORY_BYTES = 512 * 1024 * 1024


class Evaluator:
    """Decides for each path and body where it is evaluated: here, or in a process that can be killed.

    A thread would not do: it holds the interpreter's lock, and 6 MB of JSON were seen to stall the loop for
    250 ms.
    """

    def __init__(
        self, *, workers: int = WORKERS, timeout_s: float = TIMEOUT_S, memory_bytes: int = MEMORY_BYTES
    ) -> None:
        """Prepare; no process is started before one is needed.

        Args:
            workers: Most processes at the same time.
            timeout_s: After this time an evaluation is killed, in seconds.
            memory_bytes: Address space of one process (not limited on macOS).
        """
        self._pool = WorkerPool(workers=workers, timeout_s=timeout_s, memory_bytes=memory_bytes)

    @property
    def processes_started(self) -> int:
        """How many processes were started so far; 0 while everything was small and simple."""
        return self._pool.started

    async def extract(
        self, body: bytes, path: str, *, host: str | None = None, shaping: Shaping = UNSHAPED
    ) -> Decimal:
        """Return the one number a path leads to, or what the reducer makes of several.

        Args:
            body: JSON as it was fetched.
            path: RFC 9535 JSONPath.
            host: Where the body came from, for the errors.
            shaping: The options `reduce`, `math` and `text`, as far as they were typed.

        Raises:
            SourceError: ``not_json``, ``not_a_number``, ``path_missing`` (nothing, or more than one and no
                reducer), ``timeout`` and ``too_large`` for what was stopped; permanent ``bad_request`` for a
                path that can't be read.
        """
        try:
            if may_run_in_loop(path, body, many="reduce" in shaping):
                return extract(body, path, host, shaping)
            job = {**shaping, "do": "extract", "path": path, "host": host}
            return Decimal(str(await self._pool.run(job, body)))
        except SourceError as error:
            raise _naming(error, host) from None

    async def find_numbers(self, body: bytes, *, host: str | None = None) -> list[FoundNumber]:
        """Return the first hundred numbers of a body, those nearest to its root first.

        Raises:
            SourceError: ``not_json``, ``not_a_number`` when the body holds NaN, ``timeout``, ``too_large``.
        """
        try:
            if len(body) <= LOOP_LIMIT_BYTES:
                return find_numbers(body, host)
            answer = await self._pool.run({"do": "numbers", "path": None, "host": host}, body)
        except SourceError as error:
            raise _naming(error, host) from None
        assert isinstance(answer, list)
        return [FoundNumber(path, Decimal(value), key) for path, value, key in answer]

    async def run(
        self,
        job: str,
        body: bytes,
        asked: Mapping[str, str | None],
        *,
        host: str | None,
        loop_limit_bytes: int,
    ) -> Mapping[str, str | None]:
        """Return what one of the worker's jobs makes of a body.

        Args:
            job: Its name in ``bot.sources.worker.JOBS``.
            body: As it was fetched.
            asked: What that job needs to know.
            host: Where the body came from, for the errors.
            loop_limit_bytes: The largest body the job may be done on in the event loop, where it must not take 50 ms.

        Raises:
            SourceError: The job's own, or ``timeout`` and ``too_large`` for what was stopped.
        """
        try:
            if len(body) <= loop_limit_bytes:
                return JOBS[job](body, asked, host)
            answer = await self._pool.run({**asked, "do": job, "host": host}, body)
        except SourceError as error:
            raise _naming(error, host) from None
        assert isinstance(answer, dict)
        return answer

    async def aclose(self) -> None:
        """End the processes."""
        await self._pool.aclose()


def _naming(error: SourceError, host: str | None) -> SourceError:
    return SourceError(str(error), cause=error.cause, permanent=error.permanent, host=host)
