"""The source `sql` on a real SQLite file and a real PostgreSQL database."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import cast

import psycopg
import pytest

from bot.domain.criterion import SourceKind, SourceSpec
from bot.errors import ConfigError, SourceError, UserError
from bot.settings import load_settings
from bot.sources.contract import Recording, assert_source_keeps_contract
from bot.sources.http import Fetcher
from bot.sources.jsonpath import Evaluator
from bot.sources.protocol import SourceContext, SourceRequest
from bot.sources.sql import LONGEST_QUERY, Sql
from bot.sources.sql_connections import SqlConnections
from tests.databases import Databases
from tests.poll_world import START

TABLES = (
    "CREATE TABLE orders (id integer, total numeric, ratio double precision, note text)",
    "INSERT INTO orders VALUES (1, 10.25, 0.5, 'semi;colon 100%'), (2, 20.5, 0.25, 'b')",
)


@pytest.fixture
def sqlite_orders(tmp_path: Path) -> str:
    """A SQLite file with two orders."""
    file = tmp_path / "orders #1.db"
    with closing(sqlite3.connect(file)) as connection, connection:
        for statement in TABLES:
            connection.execute(statement)
    return f"sqlite:///{file}"


@pytest.fixture
def postgresql_orders(databases: Databases) -> Iterator[str]:
    """A PostgreSQL database with two orders."""
    url = databases.postgresql(migrated=False)
    with psycopg.connect(url.replace("postgresql+psycopg", "postgresql")) as connection:
        for statement in TABLES:
            connection.execute(statement.encode())
    yield url
    databases.drop(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """The same two orders, on both."""
    return str(request.getfixturevalue(f"{request.param}_orders"))


@pytest.fixture
async def connections(url: str) -> AsyncIterator[SqlConnections]:
    made = SqlConnections({"REPORTING": url}, timeout_s=5)
    yield made
    made.close()


def spec(query: str, connection: str = "REPORTING") -> SourceSpec:
    return SourceSpec(SourceKind.SQL, options=(("connection", connection), ("query", query)))


async def read(connections: SqlConnections | None, query: str, connection: str = "REPORTING") -> Decimal:
    Sql().check(spec(query))
    unused = cast("Fetcher", None), cast("Evaluator", None)  # nothing is fetched
    ctx = SourceContext(*unused, now=lambda: START, connections=connections)
    observed = await Sql().read(SourceRequest(spec(query, connection), "T0ACME", None), ctx)
    assert (observed.at, observed.origin_host) == (START, connection)
    return observed.value


async def failure(
    connections: SqlConnections | None, query: str, connection: str = "REPORTING"
) -> SourceError:
    with pytest.raises(SourceError) as caught:
        await read(connections, query, connection)
    assert caught.value.host == connection
    assert len(str(caught.value)) <= 300
    return caught.value


@pytest.mark.parametrize(
    ("query", "value"),
    [
        ("select count(*) from orders", "2"),
        ("SELECT sum(total) FROM orders", "30.75"),
        ("select max(ratio) from orders;", "0.5"),
        ("with big as (select * from orders where total > 15) select count(*) from big", "1"),
        ("select count(*) from orders where note like '%;colon 100%'", "1"),
        ("select -1 -- a comment; with a semicolon", "-1"),
    ],
)
async def test_a_query_gives_its_only_number(connections: SqlConnections, query: str, value: str) -> None:
    assert await read(connections, query) == Decimal(value)


@pytest.mark.parametrize(
    ("query", "cause"),
    [
        ("select id from orders where id > 5", "path_missing"),
        ("select id from orders", "path_missing"),
        ("select id, total from orders where id = 1", "path_missing"),
        ("select note from orders where id = 2", "not_a_number"),
        ("select null", "not_a_number"),
        ("select nothing from orders", "bad_request"),
        ("select count(* from orders", "bad_request"),
    ],
)
async def test_whatever_is_not_one_number_is_one_sentence(
    connections: SqlConnections, query: str, cause: str
) -> None:
    assert (await failure(connections, query)).cause == cause


async def test_a_query_can_change_nothing(url: str, connections: SqlConnections) -> None:
    if url.startswith("sqlite"):
        # SQLite has no statement that begins with select or with and gives back what it wrote.
        writes = ["with x as (select 1) insert into orders select 3, 1, 1, 'c'"]
    else:
        writes = [
            "with x as (insert into orders values (3, 1, 1, 'c') returning id) select id from x",
            "select nextval('numbers')",
            "select set_config('transaction_read_only', 'off', false)::int",
        ]
        with psycopg.connect(url.replace("postgresql+psycopg", "postgresql")) as connection:
            connection.execute("CREATE SEQUENCE numbers")
    for query in writes:
        assert (await failure(connections, query)).cause == "bad_request", query
    assert await read(connections, "select count(*) from orders") == 2


TRICKS = [
    "select E'\\'', 1; commit; delete from orders; --'",
    "select 1 /* ' */ ; commit; delete from orders -- '",
    "select $$'$$; commit; delete from orders; --'",
]


@pytest.mark.parametrize("query", TRICKS)
async def test_two_statements_are_refused_by_the_database_itself(
    connections: SqlConnections, query: str
) -> None:
    with pytest.raises(SourceError):
        await connections.ask("REPORTING", query)
    assert await connections.ask("REPORTING", "select count(*) from orders") == 2


@pytest.mark.parametrize(
    "query",
    [
        "delete from orders",
        "select 1; select 2",
        "pragma query_only = off",
        "attach database 'x' as y",
        "set transaction read write",
        "copy orders to '/tmp/x'",
        "",
        "select 1" + " " * LONGEST_QUERY,
    ],
)
def test_what_is_not_one_reading_statement_is_refused_when_it_is_typed(query: str) -> None:
    with pytest.raises(UserError) as caught:
        Sql().check(spec(query))
    assert caught.value.field == "source"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (SourceSpec(SourceKind.SQL, url="https://db.example.com"), "url"),
        (SourceSpec(SourceKind.SQL, path="$.a"), "path"),
        (SourceSpec(SourceKind.SQL), "source"),
        (SourceSpec(SourceKind.SQL, options=(("query", "select 1"),)), "source"),
        (SourceSpec(SourceKind.SQL, options=(("password", "x"), ("query", "select 1"))), "source"),
    ],
    ids=["an address", "a path", "nothing", "no connection", "an unknown option"],
)
def test_a_spec_that_can_never_work_is_refused(wrong: SourceSpec, field: str) -> None:
    with pytest.raises(UserError) as caught:
        Sql().check(wrong)
    assert caught.value.field == field


async def test_a_query_that_takes_too_long_is_stopped(url: str) -> None:
    impatient = SqlConnections({"REPORTING": url}, timeout_s=0.1)
    forever = "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n"
    error = await failure(impatient, forever)
    assert (error.cause, str(error)) == ("timeout", "the database REPORTING did not answer within 0.1 s")
    impatient.close()


async def test_a_large_answer_is_not_loaded(connections: SqlConnections) -> None:
    many = (
        "with recursive n(i) as (select 1 union all select i + 1 from n where i < 100000000) select i from n"
    )
    assert (await failure(connections, many)).cause in {"path_missing", "timeout"}


@pytest.mark.parametrize(
    "address",
    [
        "sqlite:////nowhere/at/all/hunter2.db",
        "postgresql+psycopg://alice:hunter2@127.0.0.1:1/orders",
    ],
    ids=["no file", "nobody listens"],
)
async def test_neither_address_nor_password_is_ever_shown(address: str) -> None:
    connections = SqlConnections({"REPORTING": address}, timeout_s=2)
    error = await failure(connections, "select 1")
    assert str(error) == "the database REPORTING can't be reached, or refuses the sign-in"
    assert error.__cause__ is None
    connections.close()


async def test_a_connection_nobody_named_is_refused_without_naming_others(
    connections: SqlConnections,
) -> None:
    error = await failure(connections, "select 1", "PAYROLL")
    assert error.permanent
    assert "REPORTING" not in str(error)
    await failure(None, "select 1")


async def test_the_source_keeps_the_contract(connections: SqlConnections) -> None:
    queries = {"two orders": "select count(*) from orders", "no such table": "select count(*) from nothing"}
    recordings = [
        Recording("two orders", b"", Decimal(2)),
        Recording("no such table", b"", "bad_request"),
    ]
    await assert_source_keeps_contract(
        Sql(), recordings, lambda _url, recording: spec(queries[recording.name]), connections=connections
    )


# The setting


def test_connections_are_read_from_the_environment_and_their_passwords_are_secrets() -> None:
    given = (
        '{"REPORTING": "postgres://alice:hunter2%21@db.example.com/orders", "local": "sqlite:////srv/a.db"}'
    )
    settings = load_settings(_env_file=None, LOOPMARK_SQL_CONNECTIONS=given)
    urls = {name: url.get_secret_value() for name, url in settings.sql_connections.items()}
    assert urls == {
        "REPORTING": "postgresql+psycopg://alice:hunter2%21@db.example.com/orders",
        "local": "sqlite:////srv/a.db",
    }
    assert {"hunter2%21", "hunter2!"} <= settings.secrets
    assert "hunter2" not in repr(settings)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("{", "must be JSON"),
        ("[]", "must be names with addresses"),
        ('{"A": 5}', "must be names with addresses"),
        ('{"A B": "sqlite:///x.db"}', "has the name 'A B'"),
        ('{"A": "mysql://alice:hunter2@db/x"}', "has an address under A"),
        ('{"A": "sqlite:///data/../data/loopmark.db"}', "has Loopmark's own database under A"),
        ('{"A": "postgres://bob@db.example.com/loop"}', "has Loopmark's own database under A"),
    ],
)
def test_a_wrong_setting_is_one_readable_line(given: str, says: str) -> None:
    own = "postgresql://alice:pw@db.example.com:5432/loop" if "bob" in given else "sqlite:///data/loopmark.db"
    with pytest.raises(ConfigError) as caught:
        load_settings(_env_file=None, LOOPMARK_SQL_CONNECTIONS=given, DATABASE_URL=own)
    assert f"LOOPMARK_SQL_CONNECTIONS {says}" in str(caught.value)
    assert "hunter2" not in str(caught.value)
