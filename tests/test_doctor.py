"""The doctor against a real database and the workspace on this machine."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session

from bot.db.engine import open_database
from bot.db.models import CriterionRow, InitiativeRow, OutboxRow
from bot.doctor import Examination, Finding, Mark, examine
from bot.doctor.machine import look_at_files
from bot.doctor.workspace import SCOPES
from bot.manifest import bot_scopes, load_manifest
from bot.sandbox import Workspace
from bot.seal import KEY_FILE, load_secret_key
from bot.settings import Settings, load_settings
from tests.databases import Databases

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
RIGHT, WRONG, NOTE = Mark.RIGHT, Mark.WRONG, Mark.NOTE


def now() -> datetime:
    """The doctor's clock in these tests; the workspace has its own."""
    return NOW


def settings_for(workspace: Workspace | None, url: str, **changed: object) -> Settings:
    """Return settings as an operator would have them for this workspace, in Socket Mode."""
    own: dict[str, object] = {"DATABASE_URL": url, "LOOPMARK_SECRET_KEY": "k" * 32}
    if workspace is not None:
        own |= {
            "SLACK_BOT_TOKEN": workspace.bot_token,
            "SLACK_APP_TOKEN": workspace.app_token,
            "SLACK_API_URL": workspace.api_url,
        }
    return load_settings(_env_file=None, **{**own, **changed})


def about(examination: Examination, what: str) -> list[Finding]:
    """Return the findings about one thing."""
    return [finding for finding in examination.findings if finding.about == what]


def only(examination: Examination, what: str) -> Finding:
    """Return the one finding about a thing."""
    (finding,) = about(examination, what)
    return finding


@pytest.fixture
def private_url(sqlite_url: str) -> str:
    """Give a migrated SQLite file that is this user's alone."""
    Path(sqlite_url.removeprefix("sqlite:///")).chmod(0o600)
    return sqlite_url


async def add(url: str, *rows: object) -> None:
    """Store rows."""

    def store(session: Session) -> None:
        for row in rows:
            session.add(row)
            session.flush()

    database = open_database(url)
    try:
        await database.write(store)
    finally:
        await database.close()


def initiative() -> InitiativeRow:
    """Make a row of an open initiative of Alice's."""
    return InitiativeRow(
        id=1,
        team_id="T0ACME",
        name="Checkout rewrite",
        name_key="checkout rewrite",
        owner_id="U0ALICE",
        channel_id="C0GENERAL",
        zone="Europe/Berlin",
        starts_on=date(2026, 11, 9),
        ends_on=date(2026, 12, 12),
        created_by="U0ALICE",
        created_at=NOW - timedelta(days=14),
    )


def criterion(name: str, **changed: Any) -> CriterionRow:
    """Make a row of a criterion that was read ten minutes ago, once an hour."""
    columns: dict[str, Any] = {
        "team_id": "T0ACME",
        "initiative_id": 1,
        "name": name,
        "name_key": name.casefold(),
        "kind": "guardrail",
        "direction": "at_most",
        "target": Decimal(800),
        "owner_id": "U0ALICE",
        "source_kind": "http_json",
        "source_url": "https://alice:pw@api.example.com/stats?key=1",
        "source_path": "$.p95",
        "every_typed": "1h",
        "longest_gap_s": 3600,
        "readings_needed": 2,
        "created_by": "U0ALICE",
        "created_at": NOW - timedelta(days=14),
        "value": Decimal(640),
        "value_at": NOW - timedelta(minutes=10),
    }
    return CriterionRow(**{**columns, **changed})


def outbox(**changed: Any) -> OutboxRow:
    """Make a row of a message that is due."""
    columns: dict[str, Any] = {
        "team_id": "T0ACME",
        "key": "progress:1",
        "kind": "progress",
        "channel_id": "C0GENERAL",
        "facts": {},
        "created_at": NOW,
        "due_at": NOW,
    }
    return OutboxRow(**{**columns, **changed})


async def test_nothing_is_wrong_where_everything_is_there(private_url: str) -> None:
    async with Workspace() as workspace:
        examination = await examine(settings_for(workspace, private_url), now=now)
    assert examination.is_healthy
    assert only(examination, "database").mark is RIGHT
    assert only(examination, "bot token").mark is RIGHT
    assert only(examination, "scopes").mark is RIGHT
    assert only(examination, "app token").mark is RIGHT
    assert only(examination, "outbox").text == "nothing waiting"


async def test_a_missing_scope_is_named_with_what_it_is_for(private_url: str) -> None:
    manifest = copy.deepcopy(load_manifest())
    manifest["oauth_config"]["scopes"]["bot"].remove("im:write")
    async with Workspace(manifest) as workspace:
        examination = await examine(settings_for(workspace, private_url), now=now)
    finding = only(examination, "scopes")
    assert finding.mark is WRONG
    assert finding.text == f"im:write is missing: {SCOPES['im:write']}"
    assert "reinstall" in finding.next_step
    assert not examination.is_healthy


async def test_a_left_out_optional_scope_is_explained_and_not_wrong(private_url: str) -> None:
    async with Workspace(optional_scopes=False) as workspace:
        examination = await examine(settings_for(workspace, private_url), now=now)
    needed, quiet, optional = about(examination, "scopes")
    assert needed.mark is RIGHT
    assert quiet.mark is NOTE
    assert quiet.text == "without the optional dnd:read reminders go out in people's do-not-disturb too"
    assert optional.mark is NOTE
    assert "channels:history" in optional.text
    assert examination.is_healthy


def test_every_scope_of_the_manifest_is_explained() -> None:
    assert set(SCOPES) == set(bot_scopes(load_manifest()))


@pytest.mark.parametrize("error", ["invalid_auth", "token_revoked", "account_inactive"])
async def test_a_bad_bot_token_is_told_in_words(private_url: str, error: str) -> None:
    async with Workspace() as workspace:
        workspace.revoke_tokens(error)
        examination = await examine(settings_for(workspace, private_url), now=now)
    finding = only(examination, "bot token")
    assert finding.mark is WRONG
    assert "SLACK_BOT_TOKEN" in finding.text
    assert error in finding.text


async def test_an_unreachable_slack_is_told_in_words(private_url: str) -> None:
    async with Workspace() as workspace:
        settings = settings_for(workspace, private_url)
    examination = await examine(settings, now=now)
    assert only(examination, "bot token").mark is WRONG
    assert only(examination, "app token").mark is WRONG


async def test_an_app_token_slack_gives_no_socket_for_is_wrong(private_url: str) -> None:
    async with Workspace() as workspace:
        settings = settings_for(workspace, private_url, SLACK_APP_TOKEN="xapp-1-not-this-app")
        finding = only(await examine(settings, now=now), "app token")
    assert finding.mark is WRONG
    assert "connections:write" in finding.next_step


async def test_a_clock_far_off_slack_s_is_wrong_in_http_mode(private_url: str) -> None:
    async with Workspace(transport="http", now=lambda: NOW) as workspace:
        settings = settings_for(
            workspace,
            private_url,
            SLACK_APP_TOKEN=None,
            SLACK_SIGNING_SECRET="s",
            LOOPMARK_PUBLIC_URL="https://loopmark.example.com",
        )
        late = await examine(settings, now=lambda: datetime(2031, 1, 1, tzinfo=UTC))
    assert only(late, "clock").mark is WRONG


HTTP = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "s", "SLACK_API_URL": "http://127.0.0.1:9/api/"}


@pytest.mark.parametrize(
    ("given", "marks"),
    [
        ({}, [WRONG, WRONG]),
        ({"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_API_URL": "http://127.0.0.1:9/api/"}, [WRONG]),
        (HTTP, [WRONG, NOTE]),
        ({**HTTP, "LOOPMARK_PUBLIC_URL": "https://loopmark.example.com"}, [RIGHT, NOTE]),
    ],
    ids=["nothing set", "no way in", "http mode without an address", "http mode"],
)
async def test_what_run_would_miss_is_found(
    private_url: str, given: Mapping[str, object], marks: list[Mark], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "LOOPMARK_PUBLIC_URL"):
        monkeypatch.delenv(name, raising=False)
    examination = await examine(settings_for(None, private_url, **given), now=now)
    assert [finding.mark for finding in about(examination, "settings")] == marks


async def test_looking_at_a_database_that_is_not_there_makes_none(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    settings = settings_for(None, f"sqlite:///{folder}/loopmark.db", LOOPMARK_SECRET_KEY=None)
    examination = await examine(settings, now=now)
    assert only(examination, "database").mark is NOTE
    assert only(examination, "secret key").mark is NOTE
    assert not folder.exists()


async def test_pending_migrations_on_sqlite_are_made_by_the_next_start(tmp_path: Path) -> None:
    file = tmp_path / "loopmark.db"
    file.touch(mode=0o600)
    finding = only(await examine(settings_for(None, f"sqlite:///{file}"), now=now), "migrations")
    assert finding.mark is NOTE
    assert "0001_create_tables" in finding.text
    assert "loopmark migrate" in finding.next_step


async def test_pending_migrations_on_postgresql_have_to_be_made_first(databases: Databases) -> None:
    url = databases.postgresql(migrated=False)
    try:
        finding = only(await examine(settings_for(None, url), now=now), "migrations")
    finally:
        databases.drop(url)
    assert finding.mark is WRONG
    assert finding.next_step == "`loopmark migrate`"


async def test_a_postgresql_database_that_is_up_to_date_is_right(postgresql_url: str) -> None:
    examination = await examine(settings_for(None, postgresql_url), now=now)
    assert only(examination, "database").mark is RIGHT
    assert only(examination, "outbox").mark is RIGHT


async def test_a_database_that_can_t_be_reached_is_wrong() -> None:
    url = "postgresql://nobody@127.0.0.1:9/none?connect_timeout=2"
    assert only(await examine(settings_for(None, url), now=now), "database").mark is WRONG


def test_a_file_others_can_open_is_wrong_unless_its_folder_keeps_them_out(sqlite_url: str) -> None:
    file = Path(sqlite_url.removeprefix("sqlite:///"))
    file.chmod(0o644)
    file.parent.chmod(0o755)
    (finding,) = look_at_files(settings_for(None, sqlite_url))[1:]
    assert (finding.about, finding.mark, finding.next_step) == ("file", WRONG, f"chmod 600 {file}")
    file.parent.chmod(0o700)
    assert look_at_files(settings_for(None, sqlite_url))[1:] == []


def test_the_secret_key_s_file_is_looked_at(private_url: str) -> None:
    settings = settings_for(None, private_url, LOOPMARK_SECRET_KEY=None)
    load_secret_key(settings)
    key = settings.data_dir / KEY_FILE
    assert look_at_files(settings)[0].mark is RIGHT
    key.parent.chmod(0o755)
    key.chmod(0o640)
    assert look_at_files(settings)[0].next_step == f"chmod 600 {key}"
    key.chmod(0o600)
    key.write_text("short")
    assert look_at_files(settings)[0].mark is WRONG


async def test_each_source_is_told_by_age_and_what_needs_attention_comes_first(private_url: str) -> None:
    hours = timedelta(hours=1)
    by_hand = criterion("By hand", source_kind="manual", source_url=None, longest_gap_s=7 * 86400)
    by_hand.value_at = NOW - 30 * 24 * hours
    broken = criterion("Broken", failures=4, failing_since=NOW - 7 * hours, last_failure="HTTP 401")
    broken.value_at = NOW - 8 * hours
    await add(
        private_url,
        initiative(),
        criterion("Fine"),
        criterion("Failing once", failures=1, failing_since=NOW, last_failure="HTTP 500"),
        criterion("Paused", state="paused", value_at=NOW - 99 * hours),
        criterion("Old", value_at=NOW - 9 * hours),
        by_hand,
        criterion("Over", frozen=True, value_at=NOW - 90 * hours),
        criterion("Never read", value=None, value_at=None),
        broken,
    )
    examination = await examine(settings_for(None, private_url), now=now)
    assert [(each.criterion, each.mark, each.age, each.failures) for each in examination.sources] == [
        ("Broken", WRONG, "8 h", 4),
        ("Old", WRONG, "9 h", 0),
        ("Failing once", NOTE, "10 min", 1),
        ("Paused", NOTE, "4 d", 0),
        ("By hand", NOTE, "30 d", 0),
        ("Over", NOTE, "3 d", 0),
        ("Fine", RIGHT, "10 min", 0),
        ("Never read", RIGHT, "no value yet", 0),
    ]
    # The address itself may carry a password.
    assert {each.source for each in examination.sources} == {"api.example.com", "set by hand"}
    assert examination.sources[0].words == "HTTP 401"
    assert not examination.is_healthy


@pytest.mark.parametrize(
    ("rows", "mark", "words"),
    [
        ([outbox(created_at=NOW - timedelta(minutes=1))], RIGHT, "1 waiting, the longest for 1 min"),
        ([outbox(state="sent", due_at=None)], RIGHT, "nothing waiting"),
        (
            [
                outbox(
                    created_at=NOW - timedelta(hours=2),
                    due_at=NOW + timedelta(hours=1),
                    last_error="is_archived",
                ),
                outbox(key="b"),
            ],
            WRONG,
            "2 waiting, the longest for 2 h (is_archived)",
        ),
        ([outbox(state="held", due_at=None)], NOTE, "1 held"),
    ],
    ids=["waits shortly", "sent", "waits long", "held"],
)
async def test_what_waits_in_the_outbox_is_told(
    private_url: str, rows: list[OutboxRow], mark: Mark, words: str
) -> None:
    # Rows of a parametrised test are shared by its repetitions.
    await add(private_url, *[OutboxRow(**row.model_dump()) for row in rows])
    finding = only(await examine(settings_for(None, private_url), now=now), "outbox")
    assert finding.mark is mark
    assert finding.text.startswith(words)
