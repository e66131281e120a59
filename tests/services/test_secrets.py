"""Secrets: set by admins, filled in for reading, and nowhere to be seen."""

from __future__ import annotations

import io
import json
import logging
import traceback
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
import structlog
from sqlmodel import Session, select

from bot.db.engine import PostgresDatabase, SqliteDatabase
from bot.db.models import PromptKeyRow, PromptRow, SecretRow
from bot.db.people import save_person
from bot.deps import Deps
from bot.domain.actor import Person
from bot.domain.criterion import SourceSpec
from bot.domain.secret import refused_secret
from bot.errors import ConfigError, SourceError, UnknownPersonError, UserError
from bot.log import set_up_logging
from bot.seal import Seal
from bot.services.polling import read_source
from bot.services.secrets import StoredSecrets, list_secrets, remove_secret, reseal, set_secret
from bot.settings import load_settings
from bot.sources.protocol import Filled, Observed, SourceContext, SourceRequest
from tests.poll_world import ALICE, BOB, CHARLIE, START, TEAM, World

VALUE = "s3cr3t-v4lue-of-grafana"
HOSTS = ("grafana.example.com", ".example.org")


def bytes_of_database(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.glob("loopmark.db*"))


async def make_world(database: SqliteDatabase | PostgresDatabase) -> World:
    made = World(database)
    await made.set_scene()
    alice = Person(TEAM, ALICE.user_id, "Alice", "Europe/Berlin", is_admin=True)
    await database.write(save_person, alice, START)
    return made


@pytest.fixture
async def world(sqlite_database: SqliteDatabase) -> AsyncIterator[World]:
    """Alice is an admin; Bob is not."""
    made = await make_world(sqlite_database)
    yield made
    await made.aclose()


@pytest.fixture
async def any_world(database: SqliteDatabase | PostgresDatabase) -> AsyncIterator[World]:
    """The same on both databases in turn."""
    made = await make_world(database)
    yield made
    await made.aclose()


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    """Put back what set_up_logging changes for the whole process."""
    root, before = logging.getLogger(), structlog.get_config()
    handlers, level = list(root.handlers), root.level
    yield
    structlog.configure(**before)
    root.handlers[:] = handlers
    root.setLevel(level)


async def add(
    world: World, name: str = "GRAFANA", value: str = VALUE, hosts: tuple[str, ...] = HOSTS
) -> None:
    store = partial(set_secret, name=name, value=value, hosts=hosts)
    await world.deps.database.write(store, ALICE, world.deps)


def given(**secrets: dict[str, object]) -> str:
    return json.dumps(secrets)


def with_settings(deps: Deps, text: str) -> Deps:
    return replace(deps, settings=load_settings(_env_file=None, LOOPMARK_SECRETS=text))


async def test_a_secret_is_put_where_a_text_names_it(world: World) -> None:
    await add(world)
    filled = await StoredSecrets(world.deps).fill("Bearer {{secret:grafana}}!")
    assert filled.text == f"Bearer {VALUE}!"
    assert (filled.names, filled.hosts) == (frozenset({"GRAFANA"}), HOSTS)
    assert VALUE not in repr(filled)


async def test_a_text_without_secrets_stays_and_may_go_anywhere(world: World) -> None:
    filled = await StoredSecrets(world.deps).fill("{{x}}")
    assert (filled.text, filled.names, filled.hosts) == ("{{x}}", frozenset(), None)


class AsksForSecret:
    """A source that sends a secret and is refused."""

    kind = "asks"
    readable_by_schedule = True
    default_every = timedelta(hours=1)
    default_readings_needed = 2

    def __init__(self) -> None:
        self.sent: list[Filled] = []

    def check(self, spec: SourceSpec) -> None:
        """Accept any spec."""

    async def read(self, request: SourceRequest, ctx: SourceContext) -> Observed:
        self.sent.append(await ctx.secrets.fill(request.spec.option("token") or ""))
        raise SourceError("401 from a.example: the secret GRAFANA was refused", cause="secret")


async def test_a_source_is_given_the_secrets_its_options_name(world: World) -> None:
    source = AsksForSecret()
    deps = replace(world.deps, sources={"asks": source})
    spec = SourceSpec("asks", options=(("token", "{{secret:GRAFANA}}"),))
    with pytest.raises(SourceError, match="no secret called GRAFANA"):
        await read_source(deps, spec)
    await add(world)
    with pytest.raises(SourceError, match="was refused") as refused:
        await read_source(deps, spec)
    assert [filled.text for filled in source.sent] == [VALUE]
    assert refused_secret(spec, str(refused.value)) == "GRAFANA"


async def test_a_kind_whose_package_was_removed_is_said_to_be_gone(world: World) -> None:
    with pytest.raises(SourceError, match="no source called asks any more"):
        await read_source(world.deps, SourceSpec("asks"))


async def test_two_secrets_go_only_where_both_may(world: World) -> None:
    await add(world)
    await add(world, "USER", "alice", ("grafana.example.com", "b.example"))
    filled = await StoredSecrets(world.deps).fill("{{secret:USER}}:{{secret:GRAFANA}}")
    assert (filled.text, filled.hosts) == (f"alice:{VALUE}", ("grafana.example.com",))
    await add(world, "USER", "alice", ("b.example",))
    with pytest.raises(SourceError, match="USER and GRAFANA have no host in common"):
        await StoredSecrets(world.deps).fill("{{secret:USER}}:{{secret:GRAFANA}}")


async def test_an_unknown_secret_is_named_with_the_next_step(world: World) -> None:
    with pytest.raises(SourceError, match=r"no secret called GRAFANA; .*/criteria secret GRAFANA") as refused:
        await StoredSecrets(world.deps).fill("{{secret:GRAFANA}}")
    assert (refused.value.cause, refused.value.permanent) == ("secret", False)


async def test_the_operators_secret_goes_first_and_is_changed_by_nobody_else(world: World) -> None:
    await add(world)
    deps = with_settings(world.deps, given(GRAFANA={"value": "from the environment", "hosts": ["a.example"]}))
    filled = await StoredSecrets(deps).fill("{{secret:GRAFANA}}")
    assert (filled.text, filled.hosts) == ("from the environment", ("a.example",))
    [listed] = await deps.database.read(list_secrets, ALICE, deps)
    assert (listed.name, listed.changed_by) == ("GRAFANA", None)
    with pytest.raises(UserError, match="LOOPMARK_SECRETS"):
        await deps.database.write(remove_secret, ALICE, deps, "GRAFANA")


async def test_an_admin_sees_name_hosts_who_and_when(world: World) -> None:
    await add(world)
    [listed] = await world.deps.database.read(list_secrets, ALICE, world.deps)
    assert (listed.name, listed.hosts, listed.changed_by, listed.changed_at) == (
        "GRAFANA", HOSTS, ALICE.user_id, START,
    )  # fmt: skip


async def test_others_neither_see_nor_set_nor_remove_secrets(world: World) -> None:
    await add(world)
    database, deps = world.deps.database, world.deps
    with pytest.raises(UserError, match="Only workspace admins"):
        await database.read(list_secrets, BOB, deps)
    with pytest.raises(UserError, match="Only workspace admins"):
        await database.write(partial(set_secret, name="X", value="y", hosts=HOSTS), BOB, deps)
    with pytest.raises(UserError, match="Only workspace admins"):
        await database.write(remove_secret, BOB, deps, "GRAFANA")
    with pytest.raises(UnknownPersonError):
        await database.read(list_secrets, replace(CHARLIE, user_id="U0NOBODY"), deps)


async def test_criteria_that_failed_for_want_of_a_secret_are_read_again_at_once(world: World) -> None:
    later = START + timedelta(hours=1)
    failing = {"failures": 2, "due_at": later}
    named = await world.add("named", source_options={"token": "{{secret:grafana}}"}, **failing)
    others = [
        await world.add("another's", source_options={"token": "{{secret:SENTRY}}"}, **failing),
        await world.add("works", source_options={"token": "{{secret:GRAFANA}}"}, due_at=later),
        await world.add("none", **failing),
    ]
    await add(world, "GRAFANA")
    assert (await world.row(named)).due_at == world.moment
    assert {(await world.row(each)).due_at for each in others} == {later}


async def test_a_removed_secret_is_gone(any_world: World) -> None:
    world = any_world
    await add(world)
    await add(world)
    await world.deps.database.write(remove_secret, ALICE, world.deps, "GRAFANA")
    assert await world.deps.database.read(list_secrets, ALICE, world.deps) == []
    with pytest.raises(UserError, match="no secret called GRAFANA any more"):
        await world.deps.database.write(remove_secret, ALICE, world.deps, "GRAFANA")


async def test_a_row_that_was_tampered_with_is_sent_nowhere_else(world: World) -> None:
    await add(world)

    def tamper(session: Session) -> None:
        row = session.exec(select(SecretRow)).one()
        session.add(
            SecretRow(
                team_id=TEAM, name="OTHER", sealed=row.sealed, hosts=["evil.example"],
                changed_by=row.changed_by, changed_at=row.changed_at,
            )
        )  # fmt: skip
        row.hosts = ["evil.example"]

    await world.deps.database.write(tamper)
    assert (await StoredSecrets(world.deps).fill("{{secret:GRAFANA}}")).hosts == HOSTS
    with pytest.raises(SourceError, match=r"OTHER .* can't be read"):
        await StoredSecrets(world.deps).fill("{{secret:OTHER}}")


async def test_under_another_key_the_secret_is_named_and_can_be_set_again(world: World) -> None:
    await add(world)
    deps = replace(world.deps, seal=Seal("another key, which nobody kept"))
    with pytest.raises(SourceError, match="GRAFANA was stored under another LOOPMARK_SECRET_KEY") as refused:
        await StoredSecrets(deps).fill("{{secret:GRAFANA}}")
    assert refused.value.cause == "secret"


async def test_what_an_older_key_sealed_is_sealed_anew(any_world: World) -> None:
    world = any_world
    await add(world)
    database = world.deps.database
    old, newest = "a key for tests only", "the newest key"
    sealed = Seal(old).seal(b"key of a prompt")

    def ask(session: Session) -> None:
        session.add(
            PromptRow(
                id=1, team_id=TEAM, number=1, channel_id="C0GENERAL", asked_by="U0ALICE", kind="thumbs",
                question="Clear?", zone="UTC", anonymous=True, created_at=START,
            )
        )  # fmt: skip
        session.flush()
        session.add(PromptKeyRow(prompt_id=1, team_id=TEAM, sealed=sealed))

    await database.write(ask)
    assert await reseal(database, Seal(newest, old)) == 2
    assert await reseal(database, Seal(newest, old)) == 0
    deps = replace(world.deps, seal=Seal(newest))
    assert (await StoredSecrets(deps).fill("{{secret:GRAFANA}}")).text == VALUE

    def prompt_key(session: Session) -> bytes:
        return session.get_one(PromptKeyRow, 1).sealed

    assert Seal(newest).unseal(await database.read(prompt_key)) == b"key of a prompt"
    assert await reseal(database, Seal("a third key")) == 0


async def test_a_value_stands_in_no_log_no_error_and_no_row(world: World) -> None:
    log = io.StringIO()
    text = given(OPERATORS={"value": f"{VALUE}-2", "hosts": ["a.example"]})
    deps = with_settings(world.deps, text)
    set_up_logging("DEBUG", deps.settings.secrets, stream=log, in_colour=False)
    logger = structlog.get_logger("bot.tests")
    await add(world)
    said: list[str] = []
    for secrets in (StoredSecrets(deps), StoredSecrets(replace(deps, seal=Seal("another key")))):
        for asked in ("{{secret:GRAFANA}}", "{{secret:NONE}}", "{{secret:GRAFANA}} {{secret:OPERATORS}}"):
            try:
                logger.info("filled", filled=repr(await secrets.fill(asked)))
            except SourceError as error:
                logger.exception("not filled")
                said.append("".join(traceback.format_exception(error)))
    said += [repr(deps.settings), repr(deps)]
    logger.warning(f"the environment holds {text}")

    def rows(session: Session) -> list[SecretRow]:
        return list(session.exec(select(SecretRow)))

    stored = repr([row.model_dump() for row in await deps.database.read(rows)])
    assert "not filled" in log.getvalue()
    for place in (log.getvalue(), stored, *said):
        assert VALUE not in place


async def test_a_value_stands_nowhere_in_the_database_file(world: World, tmp_path: Path) -> None:
    await add(world)
    written = bytes_of_database(tmp_path)
    assert b"GRAFANA" in written
    assert VALUE.encode() not in written


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (VALUE, "must be JSON"),
        (f'["{VALUE}"]', "must be JSON"),
        (given(GRAFANA={"value": VALUE}), "entry 1 lacks value or hosts"),
        (given(GRAFANA={"value": VALUE, "hosts": "a.example"}), "entry 1 lacks value or hosts"),
        (given(GRAFANA={"value": VALUE, "hosts": []}), "entry 1: its hosts"),
        (given(GRAFANA={"value": VALUE, "hosts": [f"https://{VALUE}"]}), "entry 1: its hosts"),
        (given(GRAFANA={"value": f"{VALUE}\n", "hosts": [VALUE + "/"]}), "entry 1: its hosts"),
        (given(GRAFANA={"value": f"{VALUE}\nx", "hosts": ["a"]}), "entry 1: its value"),
        (given(**{VALUE: {"value": VALUE, "hosts": ["a"]}}), "entry 1: its name"),
        (given(A={"value": "x", "hosts": ["a"]}, a={"value": VALUE, "hosts": ["a"]}), "twice"),
    ],
)
def test_a_wrong_setting_is_said_without_what_it_holds(text: str, problem: str) -> None:
    with pytest.raises(ConfigError) as refused:
        load_settings(_env_file=None, LOOPMARK_SECRETS=text)
    assert problem in str(refused.value)
    assert "LOOPMARK_SECRETS" in str(refused.value)
    assert VALUE not in "".join(traceback.format_exception(refused.value))


def test_the_setting_is_read_and_hidden_from_logs() -> None:
    text = given(grafana={"value": VALUE, "hosts": ["Grafana.internal"]})
    settings = load_settings(_env_file=None, LOOPMARK_SECRETS=text)
    [secret] = settings.given_secrets
    assert (secret.name, secret.value.get_secret_value(), secret.hosts) == (
        "GRAFANA", VALUE, ("grafana.internal",),
    )  # fmt: skip
    assert VALUE in settings.secrets
    assert VALUE not in repr(settings)
