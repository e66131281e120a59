"""Where a path is evaluated: in the event loop when it is cheap, else in a process that can be killed."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path

import pytest

from bot.errors import SourceError
from bot.sources.jsonpath import Evaluator
from bot.sources.path import PLAIN_LIMIT_BYTES, WIDE_LIMIT_BYTES, WIDE_LIMIT_CONTAINERS
from bot.sources.worker import answer_job

ROOT = Path(__file__).parents[2]
NEVER_ENDS = ('{"s": "' + "a" * 40 + '!"}').encode()
NEVER_ENDS_PATH = "$[?match(@, '(a+)+b')]"


def body_of(size_bytes: int) -> bytes:
    """Return JSON of exactly this size, with one number in it."""
    head = b'{"a": {"b": 7}, "pad": "'
    return head + b"x" * (size_bytes - len(head) - 2) + b'"}'


@pytest.fixture
async def quick() -> AsyncIterator[Evaluator]:
    """One worker that is killed early."""
    evaluator = Evaluator(workers=1, timeout_s=0.5)
    yield evaluator
    await evaluator.aclose()


async def refusal(evaluator: Evaluator, body: bytes, path: str) -> SourceError:
    with pytest.raises(SourceError) as caught:
        await evaluator.extract(body, path, host="api.example.com")
    assert caught.value.host == "api.example.com"
    return caught.value


@pytest.mark.parametrize(
    ("path", "size_bytes", "processes"),
    [
        pytest.param("$.a.b", PLAIN_LIMIT_BYTES, 0, id="plain at its limit"),
        pytest.param("$.a.b", PLAIN_LIMIT_BYTES + 1, 1, id="plain above its limit"),
        pytest.param("$..b", WIDE_LIMIT_BYTES, 0, id="one descent at its limit"),
        pytest.param("$..b", WIDE_LIMIT_BYTES + 1, 1, id="one descent above its limit"),
        pytest.param("$.a[*]", WIDE_LIMIT_BYTES, 0, id="one wildcard at its limit"),
        pytest.param("$.a..b", 5_000_000, 1, id="5 MB"),
        pytest.param("$.a.b", 5_000_000, 1, id="5 MB, plain"),
        pytest.param("$.a[?@ == 7]", 100, 1, id="any filter"),
        pytest.param("$[?length(@.b) == 0 || @.b == 7].b", 100, 1, id="any function"),
        pytest.param("$..a['b']", 100, 0, id="a descent and a name"),
        pytest.param("$.a['b','b2']", 100, 1, id="a union"),
    ],
)
async def test_a_path_is_evaluated_in_the_loop_only_when_it_is_cheap(
    paths: Evaluator, path: str, size_bytes: int, processes: int
) -> None:
    assert await paths.extract(body_of(size_bytes), path) == 7
    assert paths.processes_started == processes


async def test_a_small_body_of_nothing_but_brackets_is_not_searched_in_the_loop(paths: Evaluator) -> None:
    brackets = b'[{"x": 7}' + b",{}" * (WIDE_LIMIT_CONTAINERS - 2) + b"]"
    assert await paths.extract(brackets, "$..x") == 7
    assert paths.processes_started == 0
    assert await paths.extract(brackets[:-1] + b",{}]", "$..x") == 7
    assert paths.processes_started == 1


async def test_numbers_are_found_off_the_loop_when_the_body_is_large(paths: Evaluator) -> None:
    small = await paths.find_numbers(body_of(WIDE_LIMIT_BYTES))
    assert paths.processes_started == 0
    large = await paths.find_numbers(body_of(WIDE_LIMIT_BYTES + 1))
    assert paths.processes_started == 1
    assert small == large
    assert [(one.path, one.value, one.key) for one in large] == [("$.a.b", Decimal(7), "b")]


async def test_a_value_comes_out_of_a_process_exactly(paths: Evaluator) -> None:
    body = b'[{"x": 0.10000000000000000000000000000001}]'
    assert str(await paths.extract(body, "$[?@.x].x")) == "0.10000000000000000000000000000001"


async def test_errors_come_out_of_a_process_as_they_are_in_the_loop(paths: Evaluator) -> None:
    for body, plain, in_process in [
        (b"<html>", "$.a", "$[?@.a]"),
        (b"[" * 1_000, "$.a", "$[?@.a]"),
        (b'{"a": NaN}', "$.a", "$[?@.a]"),
    ]:
        here, there = await refusal(paths, body, plain), await refusal(paths, body, in_process)
        assert (str(here), here.cause, here.permanent) == (str(there), there.cause, there.permanent)
    unreadable = await refusal(paths, b"{}", "$[?@.a ==]")
    assert (unreadable.cause, unreadable.permanent) == ("bad_request", True)
    assert (await refusal(paths, b'[{"a": 1}]', "$[?@.a == 2]")).cause == "path_missing"


async def test_an_evaluation_that_does_not_end_is_killed_and_the_next_one_works(quick: Evaluator) -> None:
    error = await refusal(quick, NEVER_ENDS, NEVER_ENDS_PATH)
    assert (error.cause, str(error)) == ("timeout", "evaluating the answer took longer than 0.5 s")
    assert not error.permanent
    assert await quick.extract(b"[1]", "$[?@ == 1]") == 1
    assert quick.processes_started == 2


async def test_a_worker_is_used_again(paths: Evaluator) -> None:
    for number in range(5):
        assert await paths.extract(f"[{number}]".encode(), f"$[?@ == {number}]") == number
    assert paths.processes_started == 1


async def test_there_are_never_more_than_two_workers(paths: Evaluator) -> None:
    values = await asyncio.gather(*(paths.extract(f"[{n}]".encode(), f"$[?@ == {n}]") for n in range(20)))
    assert values == list(range(20))
    assert paths.processes_started == 2


async def test_a_cancelled_evaluation_leaves_no_answer_for_the_next(quick: Evaluator) -> None:
    assert await quick.extract(b"[1]", "$[?@ == 1]") == 1
    slow = asyncio.create_task(quick.extract(NEVER_ENDS, NEVER_ENDS_PATH))
    await asyncio.sleep(0)  # lets it begin; nothing is waited for
    slow.cancel()
    with pytest.raises(asyncio.CancelledError):
        await slow
    assert await quick.extract(b"[2]", "$[?@ == 2]") == 2


async def test_a_worker_that_was_killed_from_outside_is_replaced(paths: Evaluator) -> None:
    assert await paths.extract(b"[1]", "$[?@ == 1]") == 1
    (worker,) = paths._pool._living
    worker.kill()
    await worker.wait()
    assert await paths.extract(b"[2]", "$[?@ == 2]") == 2
    assert paths.processes_started == 2


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits a process's address space")
async def test_an_answer_that_needs_too_much_memory_is_stopped() -> None:
    evaluator = Evaluator(workers=1, timeout_s=20, memory_bytes=160_000_000)
    try:
        error = await refusal(evaluator, b"[" + b"{}," * 1_600_000 + b"1]", "$..*")
        assert (error.cause, str(error)) == ("too_large", "the answer needs too much memory to evaluate")
        assert await evaluator.extract(b"[1]", "$[?@ == 1]") == 1
    finally:
        await evaluator.aclose()


async def test_closing_ends_every_process_and_refuses_more_work() -> None:
    evaluator = Evaluator()
    await asyncio.gather(*(evaluator.extract(b"[1]", "$[?@ == 1]") for _ in range(4)))
    workers = list(evaluator._pool._living)
    assert len(workers) == 2
    await evaluator.aclose()
    assert all(worker.returncode is not None for worker in workers)
    with pytest.raises(SourceError, match="stopping"):
        await evaluator.extract(b"[1]", "$[?@ == 1]")
    assert await evaluator.extract(b'{"a": 1}', "$.a") == 1


async def test_closing_ends_an_evaluation_that_is_going_on() -> None:
    evaluator = Evaluator(workers=1, timeout_s=60)
    assert await evaluator.extract(b"[1]", "$[?@ == 1]") == 1
    slow = asyncio.create_task(evaluator.extract(NEVER_ENDS, NEVER_ENDS_PATH))
    await asyncio.sleep(0)  # lets it begin; nothing is waited for
    await evaluator.aclose()
    with pytest.raises(SourceError):
        await slow


async def test_closing_while_a_process_starts_ends_it() -> None:
    evaluator = Evaluator(workers=1, timeout_s=60)
    slow = asyncio.create_task(evaluator.extract(NEVER_ENDS, NEVER_ENDS_PATH))
    await asyncio.sleep(0)  # lets it begin; nothing is waited for
    await evaluator.aclose()
    with pytest.raises(SourceError):
        await slow
    await evaluator.aclose()
    assert evaluator.processes_started == 1


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux shows a process's environment in /proc")
def test_a_worker_knows_no_secret_of_the_program_that_started_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "hush")

    async def look() -> bytes:
        evaluator = Evaluator()
        try:
            await evaluator.extract(b"[1]", "$[?@ == 1]")
            (worker,) = evaluator._pool._living
            return Path(f"/proc/{worker.pid}/environ").read_bytes()  # noqa: ASYNC240  # not a file on a disk
        finally:
            await evaluator.aclose()

    environment = asyncio.run(look())
    assert b"PYTHONPATH=" in environment
    assert b"SLACK_BOT_TOKEN" not in environment


def test_evaluation_works_under_a_program_that_must_not_be_imported_twice(tmp_path: Path) -> None:
    script = tmp_path / "loopmark"
    script.write_text(
        "import asyncio, os\n"
        "marker = os.environ['STARTED']\n"
        "assert not os.path.exists(marker), 'imported twice'\n"
        "open(marker, 'w').close()\n"
        "from bot.sources.jsonpath import Evaluator\n"
        "async def main():\n"
        "    evaluator = Evaluator()\n"
        "    print(await evaluator.extract(b'[5]', '$[?@ == 5]'))\n"
        "    await evaluator.aclose()\n"
        "asyncio.run(main())\n"  # deliberately without a main guard
    )
    ran = subprocess.run(
        [sys.executable, str(script)],
        env={**os.environ, "PYTHONPATH": str(ROOT), "STARTED": str(tmp_path / "started")},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (ran.returncode, ran.stdout.strip()) == (0, "5"), ran.stderr


def test_a_worker_starts_without_the_http_client() -> None:
    heavy = "('aiohttp', 'httpx', 'asyncio', 'sqlalchemy', 'pydantic')"
    code = f"import sys, bot.sources.worker; print([name for name in {heavy} if name in sys.modules])"
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert ran.stdout.strip() == "[]"


def test_a_worker_answers_in_plain_json() -> None:
    body = b'{"a": 1.50}'
    answers = [
        answer_job({"do": "extract", "path": "$.a", "host": None}, body),
        answer_job({"do": "numbers", "path": None, "host": None}, body),
        answer_job({"do": "extract", "path": "$.b", "host": "h.example"}, body),
    ]
    assert json.loads(json.dumps(answers)) == [
        {"ok": "1.50"},
        {"ok": [["$.a", "1.50", "a"]]},
        {"error": "nothing at $.b; $ has a", "cause": "path_missing", "permanent": False},
    ]
