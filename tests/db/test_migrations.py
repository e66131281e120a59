from __future__ import annotations

import asyncio
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, MetaData, create_engine, text
from sqlalchemy.pool import NullPool
from sqlmodel import Session, col, select

from bot.db.checkin_plans import any_plan_due, claim_plans
from bot.db.migrate import MIGRATIONS, current, pending, upgrade
from bot.db.models import CheckInPlanRow, CriterionRow, InitiativeRow, PostRow, Table
from bot.errors import ConfigError
from tests.databases import Databases

DAY = date(2026, 1, 5)
MOMENT = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)

BOT = MIGRATIONS.parent.parent
FILES = sorted(file.stem for file in (MIGRATIONS / "versions").glob("*.py"))


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, databases: Databases, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/data/loopmark.db"
        return
    url = databases.postgresql(migrated=False)
    yield url
    databases.drop(url)


def engine(url: str) -> Engine:
    return create_engine(url, poolclass=NullPool)


INDEXES = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL",
    "postgresql": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
}

CONSTRAINTS = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'table'",
    "postgresql": "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint "
    "WHERE connamespace = 'public'::regnamespace",
}


def definitions(connection: Connection) -> dict[str, list[str]]:
    """Return what the database itself says its indexes and constraints are, by name, clauses in any order."""
    found: dict[str, list[str]] = {}
    for queries in (INDEXES, CONSTRAINTS):
        for name, definition in connection.execute(text(queries[connection.dialect.name])):
            if not name.startswith("alembic_version"):
                inner = " ".join(definition.replace('"', "").split()).removesuffix(" )")
                found[name] = sorted(inner.split(", "))
    return found


def test_the_migrations_give_the_tables_of_the_models(database_url: str) -> None:
    with engine(database_url).connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Table.metadata) == []


def test_the_migrations_give_the_indexes_and_constraints_of_the_models(empty_url: str) -> None:
    upgrade(empty_url)
    with engine(empty_url).begin() as connection:
        migrated = definitions(connection)
        Table.metadata.drop_all(connection)
        Table.metadata.create_all(connection)
        built = definitions(connection)
    assert migrated == built


def test_migrations_are_numbered_and_begin_with_a_verb() -> None:
    for number, name in enumerate(FILES, start=1):
        assert re.fullmatch(rf"{number:04d}_[a-z]+_[a-z0-9_]+", name)


def test_there_is_one_head() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    assert len(ScriptDirectory.from_config(config).get_heads()) == 1


def test_an_empty_database_is_brought_to_the_last_migration_once(empty_url: str) -> None:
    assert (current(empty_url), pending(empty_url)) == (None, FILES)
    assert upgrade(empty_url) == FILES
    assert (current(empty_url), pending(empty_url)) == (FILES[-1], [])
    assert upgrade(empty_url) == []


def test_asking_what_is_pending_makes_no_file(tmp_path: Path) -> None:
    assert pending(f"sqlite:///{tmp_path}/data/loopmark.db") == FILES
    assert list(tmp_path.iterdir()) == []


def test_the_folder_that_is_made_is_its_owners_only(tmp_path: Path) -> None:
    upgrade(f"sqlite:///{tmp_path}/data/loopmark.db")
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700


async def test_two_who_migrate_at_once_do_it_once(empty_url: str) -> None:
    made = await asyncio.gather(*(asyncio.to_thread(upgrade, empty_url) for _ in range(2)))
    assert sorted(made) == [[], FILES]


def test_a_database_of_a_newer_loopmark_is_refused(database_url: str) -> None:
    with engine(database_url).begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for ask in (upgrade, pending, current):
        with pytest.raises(ConfigError, match=r"a newer Loopmark made this database \(migration 9999\)"):
            ask(database_url)


def test_a_database_that_cannot_be_reached_is_named_without_its_password(tmp_path: Path) -> None:
    url = f"postgresql+psycopg://loopmark:very-secret@/loopmark?host={tmp_path}"
    with pytest.raises(ConfigError, match=r"DATABASE_URL postgresql.*can't be used") as refused:
        pending(url)
    assert "very-secret" not in str(refused.value)


def downgrade(connection: Connection, to: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.downgrade(config, to)


def test_every_migration_can_be_taken_back(database_url: str) -> None:
    with engine(database_url).begin() as connection:
        downgrade(connection, "base")
        left = [name for name in definitions(connection) if not name.startswith("alembic")]
    assert left == []
    assert upgrade(database_url) == FILES


def migrate(url: str, to: str) -> None:
    """Bring a database to one migration."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    with engine(url).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, to)


OWNED = (("U0ALICE", "open"), ("U0ALICE", "open"), ("U0BOB", "archived"), ("U0CHARLIE", "open"))


def test_who_owned_criteria_before_there_were_reminders_is_reminded_from_then_on(empty_url: str) -> None:
    if empty_url.startswith("sqlite"):
        Path(empty_url.removeprefix("sqlite:///")).parent.mkdir()
    migrate(empty_url, "0028")
    owns = {"team_id": "T1", "owner_id": "U0ALICE", "created_by": "U0ALICE", "created_at": MOMENT}
    began = {"channel_id": "C1", "zone": "UTC", "starts_on": DAY, "ends_on": DAY}
    about = {
        "kind": "success",
        "direction": "at_most",
        "source_kind": "manual",
        "every_typed": "7d",
        "due_on": DAY,
    }
    rows: list[Table] = [InitiativeRow(id=1, name="A", name_key="a", **owns, **began)]
    for number, (owner, state) in enumerate(OWNED, 1):
        mine = {
            **owns,
            **about,
            "owner_id": owner,
            "state": state,
            "target": Decimal(9),
            "longest_gap_s": 604_800,
            "readings_needed": 1,
        }
        rows.append(
            CriterionRow(id=number, initiative_id=1, name=f"C{number}", name_key=f"c{number}", **mine)
        )
    with engine(empty_url).begin() as connection:
        then = MetaData()
        then.reflect(connection, only=["initiative", "criterion"])
        for row in rows:
            table = then.tables[row.__tablename__]
            values = {name: value for name, value in row.model_dump().items() if name in table.columns}
            connection.execute(
                table.insert().values(values | ({"target": "9"} if "target" in values else {}))
            )
    before = datetime.now(UTC) - timedelta(minutes=1)
    assert upgrade(empty_url) == FILES[28:]
    with Session(engine(empty_url)) as session:
        plans = session.exec(select(CheckInPlanRow).order_by(col(CheckInPlanRow.user_id))).all()
        assert [(plan.team_id, plan.user_id) for plan in plans] == [("T1", "U0ALICE"), ("T1", "U0CHARLIE")]
        # What the clock of the database said is read as a moment, and is due at the first tick.
        later = datetime.now(UTC) + timedelta(minutes=1)
        assert all(before < plan.since < later for plan in plans)
        assert any_plan_due(session, "T1", later)
        claimed = claim_plans(session, "T1", now=later, limit=9, lease_until=later)
        assert sorted(claimed) == ["U0ALICE", "U0CHARLIE"]
        initiative = session.get_one(InitiativeRow, 1)
        assert initiative.check_ins == "every Mon 10:00"


# On a copy of the package, with one more migration


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Copy the package into a folder with a name that configuration files trip over."""
    folder = tmp_path / "100% sure"
    shutil.copytree(BOT, folder / "bot", ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_a_new_migration_is_written_from_the_models(copy: Path) -> None:
    models = copy / "bot" / "db" / "models" / "upkeep.py"
    models.write_text(
        models.read_text().replace("    last: int\n", "    last: int\n    asked: int | None = None\n")
    )
    ended = run(copy, "-m", "bot.db.migrate", "new", "add asked")
    assert ended.returncode == 0, ended.stderr
    written = (
        copy / "bot" / "db" / "migrations" / "versions" / f"{len(FILES) + 1:04d}_add_asked.py"
    ).read_text()
    assert 'batch_op.add_column(sa.Column("asked", sa.Integer(), nullable=True))' in written.replace("'", '"')
    assert "###" not in written


BROKEN = {
    "that_raises": ("raise LookupError('halfway')", "halfway"),
    "that_orphans_rows": ("op.execute('DELETE FROM initiative')", "refer|foreign key"),
}


@pytest.mark.parametrize(("broken", "why"), BROKEN.values(), ids=BROKEN.keys())
def test_a_migration_that_fails_changes_nothing(database_url: str, copy: Path, broken: str, why: str) -> None:
    with Session(engine(database_url)) as session:
        session.add(
            InitiativeRow(
                id=1,
                team_id="T1",
                name="A",
                name_key="a",
                owner_id="U1",
                channel_id="C1",
                zone="UTC",
                starts_on=DAY,
                ends_on=DAY,
                created_by="U1",
                created_at=MOMENT,
            )
        )
        session.flush()
        session.add(PostRow(team_id="T1", initiative_id=1, channel_id="C1", ts="1.0", posted_at=MOMENT))
        session.commit()
    number = f"{len(FILES) + 1:04d}"
    (copy / "bot" / "db" / "migrations" / "versions" / f"{number}_break_it.py").write_text(
        "import sqlalchemy as sa\nfrom alembic import op\n"
        f"revision = {number!r}\ndown_revision = {FILES[-1].partition('_')[0]!r}\n"
        "def upgrade():\n"
        "    op.create_table('half', sa.Column('id', sa.Integer(), primary_key=True))\n"
        f"    {broken}\n"
    )
    ended = run(
        copy, "-c", "import sys; from bot.db.migrate import upgrade; upgrade(sys.argv[1])", database_url
    )
    assert ended.returncode == 1
    assert re.search(why, ended.stderr), ended.stderr
    with engine(database_url).connect() as connection:
        assert not connection.dialect.has_table(connection, "half")
        assert connection.execute(text("SELECT count(*) FROM initiative")).scalar() == 1
    assert current(database_url) == FILES[-1]


def test_answers_given_before_forms_are_read_as_answers_to_the_one_question(empty_url: str) -> None:
    upgrade(empty_url)
    with engine(empty_url).begin() as connection:
        downgrade(connection, "0030")
        prompt = (
            "team_id, number, question, kind, channel_id, asked_by, zone, created_at, anonymous, floor, state"
        )
        prompt += ", key_erased"
        connection.execute(
            text(
                f"INSERT INTO prompt (id, {prompt}) VALUES (7, 'T1', 1, 'How?', 'scale', 'C1', 'U1', 'UTC', "
                ":at, false, 5, 'open', false)"
            ),
            {"at": MOMENT if connection.dialect.name == "postgresql" else MOMENT.isoformat()},
        )
        for each, option, words in (("a", "4", None), ("b", "4", None), ("c", None, "slow")):
            connection.execute(
                text(
                    "INSERT INTO response (id, team_id, prompt_id, respondent, option_id, text, answered_on) "
                    "VALUES (:id, 'T1', 7, :id, :option, :text, '2026-01-05')"
                ),
                {"id": each, "option": option, "text": words},
            )
    upgrade(empty_url)
    with engine(empty_url).begin() as connection:
        rows = connection.execute(text("SELECT id, question_id, option_ids, text FROM response ORDER BY id"))
        assert [tuple(row) for row in rows] == [
            ("a", "q", '["4"]', None),
            ("b", "q", '["4"]', None),
            ("c", "q", None, "slow"),
        ]
        downgrade(connection, "0030")
        rows = connection.execute(text("SELECT id, option_id FROM response ORDER BY id"))
        assert [tuple(row) for row in rows] == [("a", "4"), ("b", "4"), ("c", None)]
