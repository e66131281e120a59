"""The API keeps what its description says, whatever is sent: Schemathesis against a server on this machine."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from bot.deps import Database
from bot.domain.requests import MakeShipToken, MakeToken
from bot.services.ship_tokens import make_ship_token
from bot.services.tokens import draw_token, make_token
from bot.web.server import Readiness, make_web_app
from tests.poll_world import ALICE, World
from tests.web.test_pushing import PUSH

ROOT = Path(__file__).resolve().parents[2]

SHORT = ("--max-examples", "12")
"""The same requests in every run, some 180 in all."""

LONG_S = 30


class Served:
    """The web app with real rows behind it, and what is needed to talk to it.

    Attributes:
        address: Of the server.
        settings: What Schemathesis is told: where the tokens belong, as TOML.
    """

    def __init__(self, world: World) -> None:
        """Keep the world; nothing is served yet."""
        self.world = world
        self.address = ""
        self.settings = ""

    async def issue_tokens(self) -> None:
        """Let Alice make a token for her criterion and one for her initiative's ships."""
        write, now = self.world.deps.database.write, self.world.now()
        await self.world.add(**PUSH)  # type: ignore[arg-type]  # columns of any type
        readings, ships = draw_token(), draw_token()
        made = await write(make_token, ALICE, MakeToken("p95 latency"), readings, now)
        await write(make_ship_token, ALICE, MakeShipToken(), ships, now)
        self.settings = "\n".join(
            [
                'hooks = "tests.web.for_schemathesis"',
                f'parameters = {{ "path.key" = {json.dumps(made.public_key)} }}',
                f'auth.openapi.token = {{ bearer = "{readings.text}" }}',
                f'auth.openapi.shipToken = {{ bearer = "{ships.text}" }}',
            ]
        )

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        """Serve in this loop until the block is left."""
        app = make_web_app(Readiness(), None, self.world.deps)

        async def in_time(scope: Scope, receive: Receive, send: Send) -> None:
            # A token may send one request a second, which a test of the rate looks at; here they come in time.
            self.world.moment += timedelta(seconds=2)
            await app(scope, receive, send)

        server = uvicorn.Server(
            uvicorn.Config(
                in_time,
                host="127.0.0.1",
                port=0,
                loop="none",
                http="httptools",
                log_config=None,
                access_log=False,
                lifespan="off",
            )
        )
        server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign,assignment]  # they are ours
        task = asyncio.create_task(server.serve())
        while not server.started:  # noqa: ASYNC110  (uvicorn has no event for it)
            await asyncio.sleep(0.01)
        host, port = server.servers[0].sockets[0].getsockname()[:2]
        self.address = f"http://{host}:{port}"
        try:
            yield
        finally:
            server.should_exit = True
            await task


@pytest.fixture
async def served(database: Database) -> AsyncIterator[Served]:
    world = World(database)
    await world.set_scene()
    made = Served(world)
    await made.issue_tokens()
    async with made.serving():
        yield made
    await world.aclose()


async def examine(served: Served, folder: Path, *options: str, settings: str) -> tuple[int, str]:
    """Let Schemathesis compare the server with its description; return its exit code and what it says."""
    file = folder / "schemathesis.toml"
    file.write_text(f"{settings}\n{served.settings}\n", "utf-8")
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "schemathesis.cli", "--no-color", "--config-file", str(file), "run"),
        *(f"{served.address}/openapi.json", "--url", served.address),
        *("--phases", "examples,coverage,fuzzing", "--continue-on-failure", *options),
        cwd=folder,
        env={**inherited, "PYTHONPATH": str(ROOT), "COLUMNS": "120"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, said.decode(errors="replace")


# On PostgreSQL as well in `make soak`, for longer.
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_the_api_keeps_what_its_description_says(served: Served, tmp_path: Path) -> None:
    code, said = await examine(served, tmp_path, *SHORT, settings="generation.deterministic = true")
    assert code == 0, said
    assert "Operations:       2 selected / 2 total" in said
    assert len(await served.world.values()) > 20


@pytest.mark.soak
async def test_the_api_keeps_what_its_description_says_for_long(served: Served, tmp_path: Path) -> None:
    seed = random.SystemRandom().randrange(2**32)
    print(f"schemathesis: seed {seed}")  # noqa: T201  (repeats the run)
    code, said = await examine(
        served, tmp_path, "--max-examples", "100000", "--max-time", str(LONG_S), settings=f"seed = {seed}"
    )
    assert code == 0, said
