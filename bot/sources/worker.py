"""Worker: the process that evaluates what could hold the event loop. Started by bot/sources/pool.py.

It reads jobs from its standard input and writes answers to its standard output, one at a time:

    job     4 bytes length of the head, 4 bytes length of the body, head (JSON: do, host, what that job needs), body
    answer  4 bytes length, JSON: ok | error with cause and permanent; last when the worker leaves after it

Only what evaluation needs is imported, so that it starts in about a tenth of a second.
"""

from __future__ import annotations

import gc
import json
import resource
import signal
import struct
import sys
from collections.abc import Callable, Mapping
from typing import BinaryIO

from bot.errors import SourceError
from bot.sources.calendar import read_calendar
from bot.sources.extraction import extract
from bot.sources.github_answers import read_github
from bot.sources.numbers_found import find_numbers
from bot.sources.series import read_series
from bot.sources.shaping import SHAPE_OPTIONS
from bot.sources.sheet import read_sheet

JOB_HEADER = struct.Struct(">II")
ANSWER_HEADER = struct.Struct(">I")

Job = Callable[[bytes, Mapping[str, str | None], str | None], dict[str, str | None]]
"""Takes a body, what was asked of it, and the host it came from; blocks as long as it takes."""

JOBS: dict[str, Job] = {
    "series": read_series,
    "sheet": read_sheet,
    "github": read_github,
    "calendar": read_calendar,
}
"""What other kinds of source do with a body; small ones are done in the event loop, by the same functions."""

_TIRED_BYTES = 128 * 1024 * 1024


def answer_job(head: dict[str, str | None], body: bytes) -> dict[str, object]:
    """Do one job and return its answer."""
    host = head.get("host")
    try:
        if head["do"] == "extract":
            shaping = {name: text for name in SHAPE_OPTIONS if (text := head.get(name)) is not None}
            return {"ok": str(extract(body, head["path"] or "", host, shaping))}
        if (job := JOBS.get(head["do"] or "")) is not None:
            return {"ok": job(body, head, host)}
        return {"ok": [[one.path, str(one.value), one.key] for one in find_numbers(body, host)]}
    except SourceError as error:
        return {"error": str(error), "cause": error.cause, "permanent": error.permanent}
    except MemoryError:
        return {"error": "the answer needs too much memory to evaluate", "cause": "too_large", "last": True}


def serve(jobs: BinaryIO, answers: BinaryIO, *, longest_job_s: float) -> None:
    """Answer jobs until the input ends, or until one of them has left too much memory behind."""
    while len(header := jobs.read(JOB_HEADER.size)) == JOB_HEADER.size:
        head_bytes, body_bytes = JOB_HEADER.unpack(header)
        head, body = json.loads(jobs.read(head_bytes)), jobs.read(body_bytes)
        # The pool kills a worker that takes too long. Should the pool be gone, the alarm does it.
        signal.setitimer(signal.ITIMER_REAL, longest_job_s)
        answer = answer_job(head, body)
        signal.setitimer(signal.ITIMER_REAL, 0)
        del body
        gc.collect()
        if _held_bytes() > _TIRED_BYTES:
            answer["last"] = True
        _write(answers, answer)
        if answer.get("last"):
            return


def _held_bytes() -> int:
    """Return how much memory this process holds."""
    try:
        with open("/proc/self/statm") as pages:
            return int(pages.read().split()[1]) * resource.getpagesize()
    except OSError:
        # No /proc on macOS. (Its peak would do on Linux, too, if it did not count the parent's, before exec.)
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _write(answers: BinaryIO, answer: dict[str, object]) -> None:
    encoded = json.dumps(answer).encode()
    answers.write(ANSWER_HEADER.pack(len(encoded)) + encoded)
    answers.flush()


def _limit_memory(memory_bytes: int) -> None:
    try:
        resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    except (ValueError, OSError):
        # macOS knows the limit and refuses to set it; time and body size are still limited there.
        return


def main() -> None:
    """Say that the worker is ready and serve."""
    memory_bytes, longest_job_s = int(sys.argv[1]), float(sys.argv[2])
    _limit_memory(memory_bytes)
    # Collecting garbage while a million objects are made triples the time; it is done between jobs instead.
    gc.freeze()
    gc.disable()
    _write(sys.stdout.buffer, {"ok": "ready"})
    serve(sys.stdin.buffer, sys.stdout.buffer, longest_job_s=longest_job_s)


if __name__ == "__main__":
    main()
