"""The server's side: the bot as `loopmark run` starts it, and a bare acknowledgement beside it.

Runs in its own process, so that the load takes none of its time. It says where it listens in one line of JSON
on standard output, and stops at SIGTERM.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
import uvloop
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult

from bot.app import Loopmark, running
from bot.log import set_up_logging
from bot.settings import Settings, load_settings
from bot.web.server import Readiness, make_web_app

BARE_ANSWER = "Acknowledged."


def make_bare_app(loopmark: Loopmark) -> AsyncApp:
    """Return the floor: a Bolt app that checks signatures and has one listener with a short answer."""
    deps = loopmark.deps
    token, secret = deps.settings.slack_bot_token, deps.settings.slack_signing_secret
    assert token is not None
    assert secret is not None

    async def authorize() -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=None,
            team_id=deps.team_id,
            bot_token=token.get_secret_value(),
            bot_user_id=deps.bot_user_id,
        )

    app = AsyncApp(
        signing_secret=secret.get_secret_value(), authorize=authorize, process_before_response=True
    )

    @app.command("/criteria")
    async def acknowledge(ack: AsyncAck) -> None:
        await ack(BARE_ANSWER)

    return app


@asynccontextmanager
async def serving_bare(loopmark: Loopmark) -> AsyncIterator[str]:
    """Serve the floor in this loop until the block is left; yields its address."""
    app = make_web_app(Readiness(), make_bare_app(loopmark))
    # As bot/app.py has it, so that both have the same server under them.
    config = uvicorn.Config(
        app,
        host="127.0.0.1",
        port=0,
        loop="none",
        http="httptools",
        log_config=None,
        access_log=False,
        lifespan="off",
    )
    server = uvicorn.Server(config)
    server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign,assignment]  # they are ours
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110  (uvicorn has no event for it)
        await asyncio.sleep(0.01)
    host, port = server.servers[0].sockets[0].getsockname()[:2]
    try:
        yield f"http://{host}:{port}"
    finally:
        server.should_exit = True
        await task


async def serve(settings: Settings) -> None:
    """Run the bot, and over HTTP the floor beside it, until SIGTERM."""
    told = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, told.set)
    async with running(settings) as (loopmark, address):
        if settings.uses_sockets:
            say({"bot": address})
            await told.wait()
        else:
            async with serving_bare(loopmark) as bare:
                say({"bot": address, "bare": bare})
                await told.wait()


def say(fact: dict[str, object]) -> None:
    """Write one line for the process that started this one."""
    sys.stdout.write(json.dumps(fact) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Run on uvloop, with the settings of the environment."""
    settings = load_settings(_env_file=None)
    set_up_logging(settings.log_level, settings.secrets)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(settings))


if __name__ == "__main__":
    main()
