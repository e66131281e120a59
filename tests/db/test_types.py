from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.exc import StatementError
from sqlmodel import Session, select

from bot.db.engine import PostgresDatabase, SqliteDatabase
from bot.db.models import CriterionRow, InitiativeRow, NoteRow, OutboxRow

AnyDatabase = SqliteDatabase | PostgresDatabase

MOMENT = datetime(2026, 10, 25, 1, 30, 15, 123456, tzinfo=UTC)


def add_note(session: Session, at: datetime) -> None:
    session.add(NoteRow(team_id="T1", channel_id="C1", author_id="U1", text="", created_at=at))


def note_at(session: Session) -> datetime:
    return session.exec(select(NoteRow.created_at)).one()


@pytest.mark.parametrize(
    "zone",
    [UTC, timezone(timedelta(hours=5, minutes=45)), timezone(timedelta(hours=-11))],
    ids=["utc", "east", "west"],
)
async def test_a_moment_comes_back_in_utc_whatever_zone_it_had(database: AnyDatabase, zone: timezone) -> None:
    await database.write(add_note, MOMENT.astimezone(zone))
    found = await database.read(note_at)
    assert found == MOMENT
    assert found.tzinfo is UTC


async def test_moments_compare_as_moments(database: AnyDatabase) -> None:
    east = timezone(timedelta(hours=14))

    def later_than(session: Session, moment: datetime) -> int:
        return len(session.exec(select(NoteRow.id).where(NoteRow.created_at > moment)).all())

    await database.write(add_note, MOMENT)
    assert await database.read(later_than, (MOMENT - timedelta(seconds=1)).astimezone(east)) == 1
    assert await database.read(later_than, MOMENT.astimezone(east)) == 0


async def test_a_moment_without_a_zone_is_refused(database: AnyDatabase) -> None:
    with pytest.raises(StatementError, match="naive datetime"):
        await database.write(add_note, MOMENT.replace(tzinfo=None))


@pytest.mark.parametrize(
    "digits",
    [
        "0",
        "-0.00",
        "3.40",
        "1E+30",
        "1.000000000000000000000000000000000000001",
        "-99999999999999999999.5E-30",
    ],
)
async def test_a_decimal_comes_back_digit_for_digit(database: AnyDatabase, digits: str) -> None:
    def add(session: Session) -> None:
        initiative = InitiativeRow(
            id=1,
            team_id="T1",
            name="A",
            name_key="a",
            owner_id="UALICE",
            channel_id="C1",
            zone="UTC",
            starts_on=MOMENT.date(),
            ends_on=MOMENT.date(),
            created_by="UALICE",
            created_at=MOMENT,
        )
        session.add(initiative)
        session.flush()
        criterion = CriterionRow(
            team_id="T1",
            initiative_id=1,
            name="p95",
            name_key="p95",
            kind="success",
            direction="at_least",
            target=Decimal(digits),
            owner_id="UALICE",
            source_kind="manual",
            every_typed="7d",
            longest_gap_s=604_800,
            readings_needed=1,
            created_by="UALICE",
            created_at=MOMENT,
        )
        session.add(criterion)

    await database.write(add)
    found = await database.read(lambda session: session.exec(select(CriterionRow)).one())
    assert str(found.target) == str(Decimal(digits))
    assert found.baseline is None


@pytest.mark.parametrize(
    "facts",
    [{"b": [1, None, "ü✅"], "a": {"c": True}}, [], "", 0, False],
    ids=["nested", "empty_list", "empty_text", "zero", "false"],
)
async def test_a_json_value_comes_back_as_it_was(database: AnyDatabase, facts: Any) -> None:
    def add(session: Session) -> None:
        session.add(
            OutboxRow(team_id="T1", key="k", kind="prompt", channel_id="C1", facts=facts, created_at=MOMENT)
        )

    await database.write(add)
    assert await database.read(lambda session: session.exec(select(OutboxRow.facts)).one()) == facts
