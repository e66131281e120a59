"""The only wiring: settings → deps → Bolt app, web app and clock; and the order they start and stop in."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import random
import signal
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

import structlog
import uvicorn
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult

from bot.db.engine import open_database
from bot.db.initiatives import known_teams
from bot.db.leases import release_all_leases
from bot.db.lock import hold_lock
from bot.db.migrate import pending, upgrade
from bot.db.token_waits import end_token_wait
from bot.deps import Deps
from bot.errors import LOST_TOKEN, ConfigError, DeliveryError
from bot.seal import load_secret_key
from bot.services.secrets import reseal
from bot.settings import Settings, missing_for_run
from bot.slack import Identity, SlackClient, open_client
from bot.slack.socket import SocketLink
from bot.sources.address import AllowedHosts
from bot.sources.http import Fetcher
from bot.sources.jsonpath import Evaluator
from bot.sources.oauth2 import AccessTokens
from bot.sources.sharing import SharedFetches
from bot.sources.sql_connections import SqlConnections
from bot.sources.table import load_sources
from bot.tasks import TrackedTasks
from bot.web.server import Readiness, make_web_app
from handlers.dispatch import register
from jobs import (
    ask,
    calendars,
    checkins,
    decide,
    draft,
    follow_ups,
    home,
    notify,
    poll,
    post,
    prompt,
    redraw,
    remind,
    ship,
    wave,
)
from jobs.cleanup import Cleanup
from jobs.clock import Clock
from jobs.queue import LocalQueue
from jobs.reactions import MissedReactions

log = structlog.get_logger(__name__)

PATIENCE_S = 3.0
"""How long work in hand may go on after SIGTERM before it is given back; the whole stop stays under 10 s."""

LONGEST_STOP_S = 9.0
"""After so long a stop is cut off: a supervisor kills after 10 s."""

OTHER_JOBS = 20
"""Posts, redraws and drafts under way at the same time."""

CLAIMS_PER_FETCH = 16
"""Claims a worker holds for each read it makes at the same time: most of them wait for their moment, up to a second."""


def utc_now() -> datetime:
    """Return the present moment, aware UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Loopmark:
    """The bot from the inside: what tests, the demo and the benchmarks hold on to.

    Attributes:
        deps: The bundle every use case gets.
        bolt: Takes Slack's payloads.
        clock: Fires the ticks; `await clock.tick()` looks for due work now.
        queues: Where claimed work runs.
        tasks: Work after acknowledgements.
        readiness: What `/readyz` and `/healthz` say.
    """

    deps: Deps
    bolt: AsyncApp
    clock: Clock
    queues: tuple[LocalQueue, ...]
    tasks: TrackedTasks
    readiness: Readiness

    async def settle(self) -> None:
        """Tick until nothing is due and nothing is under way at this moment of the clock.

        With an injected clock this is how time passes: move it, settle, look.
        """
        while True:
            await self.tasks.idle()
            await self.clock.tick()
            worked = any(queue.busy for queue in self.queues)
            for queue in self.queues:
                await queue.idle()
            if not worked and not self.tasks.busy and not self.deps.wake.is_set():
                return


@asynccontextmanager
async def open_deps(
    settings: Settings,
    *,
    now: Callable[[], datetime] = utc_now,
    monotonic: Callable[[], float] = time.monotonic,
    asks_slack: bool = True,
) -> AsyncIterator[tuple[Deps, SlackClient, TrackedTasks]]:
    """Open everything a use case needs, and close it in the opposite order.

    Args:
        settings: Checked settings.
        now: The one clock.
        monotonic: Seconds of a clock that never goes back, by which Slack's limits are kept.
        asks_slack: False for commands that work without a token; the workspace is then the one the database
            knows.

    Raises:
        ConfigError: a setting, the database or the token is not usable.
    """
    async with AsyncExitStack() as stack:
        seal = load_secret_key(settings)
        database = open_database(settings.database_url)
        stack.push_async_callback(database.close)
        slack = SlackClient(open_client(settings), now=now, monotonic=monotonic)
        stack.push_async_callback(slack.aclose)
        if asks_slack:
            identity = await _identify(slack)
        else:
            identity = Identity.unknown()
            teams = await database.read(known_teams)
            if len(teams) == 1:
                identity = Identity.of_team(teams[0])
        fetcher = Fetcher(
            allowed=AllowedHosts.parse(settings.allowed_hosts),
            timeout_s=settings.fetch_timeout_s,
            connections=settings.fetches,
            proxy=settings.proxy,
            certificates=settings.client_certs,
            now=now,
        )
        stack.push_async_callback(fetcher.aclose)
        evaluator = Evaluator()
        stack.push_async_callback(evaluator.aclose)
        connections = SqlConnections(
            {name: url.get_secret_value() for name, url in settings.sql_connections.items()},
            timeout_s=settings.fetch_timeout_s,
        )
        stack.callback(connections.close)
        loaded = load_sources()
        for problem in loaded.problems:
            log.warning("a package's source is left out", cause=problem)
        shared = SharedFetches(fetcher, now=now)
        tasks = TrackedTasks()
        deps = Deps(
            settings=settings,
            database=database,
            slack=slack,
            http=shared,
            paths=evaluator,
            sources=loaded.sources,
            seal=seal,
            tasks=tasks,
            wake=asyncio.Event(),
            now=now,
            random=random.SystemRandom(),
            team_id=identity.team_id,
            bot_user_id=identity.user_id,
            bot_name=identity.name,
            connections=connections,
            tokens=AccessTokens(shared, now=now),
        )
        yield deps, slack, tasks


async def _identify(slack: SlackClient) -> Identity:
    """Ask Slack who the bot is; wait for Slack when it can't be reached, give up when it refuses the token."""
    wait_s = 1.0
    while True:
        try:
            return await slack.identity()
        except DeliveryError as error:
            if error.permanent or error.error in LOST_TOKEN:
                raise ConfigError(
                    [f"SLACK_BOT_TOKEN was refused by Slack ({error.error}): {error}"]
                ) from error
            log.warning("Slack can't be reached yet", cause=str(error), next_try_in_s=wait_s)
            await asyncio.sleep(wait_s)
            wait_s = min(wait_s * 2, 60.0)


def make_bolt(deps: Deps, slack: SlackClient) -> AsyncApp:
    """Return the Bolt app with every listener registered; it asks Slack nothing by itself."""
    settings = deps.settings
    token = settings.slack_bot_token.get_secret_value() if settings.slack_bot_token else ""
    secret = settings.slack_signing_secret

    async def authorize() -> AuthorizeResult:
        # Who the bot is was asked once at start; Bolt would ask again for every request.
        return AuthorizeResult(
            enterprise_id=None,
            team_id=deps.team_id,
            bot_token=token,
            bot_user_id=deps.bot_user_id,
        )

    app = AsyncApp(
        client=slack.without_token(),
        signing_secret=secret.get_secret_value() if secret else None,
        authorize=authorize,
        process_before_response=True,
        request_verification_enabled=not settings.uses_sockets,
        ssl_check_enabled=not settings.uses_sockets,
        url_verification_enabled=not settings.uses_sockets,
        ignoring_self_events_enabled=True,
    )
    register(app, deps)
    return app


def make_clock(deps: Deps, polls: LocalQueue, others: LocalQueue) -> Clock:
    """Return the clock with every tick there is; nothing runs yet."""
    poller = poll.Poller(deps, polls)
    cleanup, reactions = Cleanup(), MissedReactions()
    return Clock(
        deps,
        {
            "draft": partial(draft.tick, deps, others),
            "poll": poller.tick,
            "post": partial(post.tick, deps, others),
            "wave": partial(wave.tick, deps, others),
            "prompt": partial(prompt.tick, deps, others),
            "reactions": partial(reactions.tick, deps, others),
            "remind": partial(remind.tick, deps, others),
            "ask": partial(ask.tick, deps, others),
            "check-ins": partial(checkins.tick, deps, others),
            "follow-ups": partial(follow_ups.tick, deps, others),
            "home": partial(home.tick, deps, others),
            "ship": partial(ship.tick, deps, others),
            "decide": partial(decide.tick, deps, others),
            "calendars": partial(calendars.tick, deps, others),
            "notify": partial(notify.tick, deps, others),
            "redraw": partial(redraw.tick, deps, others),
            "cleanup": partial(cleanup.tick, deps),
        },
    )


def make_queues(deps: Deps) -> tuple[LocalQueue, LocalQueue]:
    """Return where reads run, most of which wait for their moment, and where all other jobs do."""
    return LocalQueue(deps.settings.fetches * CLAIMS_PER_FETCH), LocalQueue(OTHER_JOBS)


def assemble(deps: Deps, slack: SlackClient, tasks: TrackedTasks) -> Loopmark:
    """Put Bolt, the queues, the clock and the health pages together; nothing runs yet."""
    polls, others = make_queues(deps)
    clock = make_clock(deps, polls, others)
    readiness = Readiness()

    async def database_answers() -> str:
        try:
            await deps.database.ping()
        except Exception as error:  # the edge: whatever it is, the page must say it
            return f"the database does not answer: {error}"
        return ""

    async def slack_takes_the_token() -> str:
        return slack.lost_token

    readiness.ready["database"] = database_answers
    readiness.ready["slack"] = slack_takes_the_token
    return Loopmark(
        deps=deps,
        bolt=make_bolt(deps, slack),
        clock=clock,
        queues=(polls, others),
        tasks=tasks,
        readiness=readiness,
    )


@asynccontextmanager
async def running(
    settings: Settings,
    *,
    now: Callable[[], datetime] = utc_now,
    monotonic: Callable[[], float] = time.monotonic,
    ticking: bool = True,
) -> AsyncIterator[tuple[Loopmark, str]]:
    """Run the bot until the block is left; then work in hand ends or is given back.

    Args:
        settings: Checked settings.
        now: The one clock.
        monotonic: Seconds of a clock that never goes back, by which Slack's limits are kept; one that skips what
            `now` skips lets nobody wait for it.
        ticking: False leaves the ticks to the caller (`Loopmark.settle`), which tests and benchmarks use.

    Yields:
        The bot and the address of its web app.

    Raises:
        ConfigError: something the operator has to change before it can start.
    """
    problems = missing_for_run(settings)
    if problems:
        raise ConfigError(problems)
    async with AsyncExitStack() as stack:
        if settings.is_sqlite:
            stack.enter_context(hold_lock(settings.database_url))
            await asyncio.to_thread(upgrade, settings.database_url)
        elif missing := await asyncio.to_thread(pending, settings.database_url):
            raise ConfigError(
                [
                    f"the database's schema is old ({len(missing)} migrations pending): run `loopmark migrate` first"
                ]
            )
        deps, slack, tasks = await stack.enter_async_context(
            open_deps(settings, now=now, monotonic=monotonic)
        )
        if settings.is_sqlite:
            await deps.database.write(release_all_leases)
        # Slack has just taken the token, whatever it said to the one before.
        await deps.database.write(end_token_wait, deps.team_id, deps.now())
        if sealed_anew := await reseal(deps.database, deps.seal):
            log.info("sealed under the newest secret key", rows=sealed_anew)
        loopmark = assemble(deps, slack, tasks)
        readiness = loopmark.readiness
        server = await _serve(
            make_web_app(readiness, None if settings.uses_sockets else loopmark.bolt, deps), settings
        )
        address = _address(server)
        link: SocketLink | None = None
        if settings.slack_app_token is not None:
            link = SocketLink(loopmark.bolt, settings.slack_app_token.get_secret_value())
            readiness.live["socket"] = link.why_not_alive
        try:
            if link is not None:
                await link.start()
            if ticking:
                loopmark.clock.start()
                # What was made at start lives as long as the process: looking through it for garbage again and
                # again was seen to make one request in a hundred several times slower.
                gc.collect()
                gc.freeze()
            readiness.starting = ""
            log.info("Loopmark runs", web=address, mode="sockets" if link else "http")
            yield loopmark, address
        finally:
            readiness.starting = "stopping"
            log.info("Loopmark stops")
            await loopmark.clock.stop()
            if link is not None:
                await link.stop(patience_s=1.0)
            await tasks.drain(patience_s=PATIENCE_S)
            for queue in loopmark.queues:
                await queue.drain(patience_s=1.0)
            await server.stop()


class _WebServer:
    """Uvicorn inside our own loop; signals stay ours."""

    def __init__(self, server: uvicorn.Server, task: asyncio.Task[None]) -> None:
        self.server = server
        self.task = task

    async def stop(self) -> None:
        self.server.should_exit = True
        await self.task


async def _serve(app: object, settings: Settings) -> _WebServer:
    config = uvicorn.Config(
        app,  # type: ignore[arg-type]  # an ASGI app, which uvicorn types more narrowly
        host=settings.host,
        port=settings.port,
        loop="none",
        http="httptools",
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=2,
        lifespan="off",
    )
    server = uvicorn.Server(config)
    # Uvicorn would take SIGTERM for itself and end the process before work in hand was given back.
    server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign,assignment]
    task = asyncio.create_task(_serve_until_stopped(server), name="web server")
    while not server.started:
        if task.done():
            await task
            raise ConfigError([f"PORT {settings.port} on {settings.host} can't be listened on: is it taken?"])
        await asyncio.sleep(0.01)
    return _WebServer(server, task)


async def _serve_until_stopped(server: uvicorn.Server) -> None:
    # Uvicorn ends the process where it can't listen; here the caller says why.
    with contextlib.suppress(SystemExit):
        await server.serve()


def _address(web: _WebServer) -> str:
    host, port = web.server.servers[0].sockets[0].getsockname()[:2]
    return f"http://{host}:{port}"


async def run_until_told(settings: Settings) -> None:
    """Run the bot until SIGTERM or SIGINT (`loopmark run`).

    Raises:
        ConfigError: something the operator has to change before it can start.
    """
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signal_number, told.set)
    started = asyncio.Event()
    body = asyncio.create_task(_run(settings, started, told), name="run")
    waiter = asyncio.create_task(told.wait(), name="told to stop")
    await asyncio.wait({body, waiter}, return_when=asyncio.FIRST_COMPLETED)
    waiter.cancel()
    if not body.done():
        # Told to stop while still starting (Slack may be unreachable for long) nothing is in hand yet.
        await asyncio.wait({body}, timeout=LONGEST_STOP_S if started.is_set() else 0)
        body.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await body


async def _run(settings: Settings, started: asyncio.Event, told: asyncio.Event) -> None:
    async with running(settings):
        started.set()
        await told.wait()
