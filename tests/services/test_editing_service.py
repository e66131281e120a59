"""Editing on a real database: what is stored, judged and told, and what an edit may not do."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlmodel import Session, col, select

from bot.db.goalposts import goalposts_since
from bot.db.models import CriterionRow, DraftRow, InitiativeRow, ReminderRow
from bot.db.polls import claim_due
from bot.db.readings import add_readings
from bot.deps import Database
from bot.domain.actor import Actor
from bot.domain.criterion import Condition, Direction, Kind, SourceKind, SourceSpec
from bot.domain.dates import Iso
from bot.domain.reading import Origin, Reading
from bot.domain.requests import AddCriterion
from bot.errors import NotAllowedError, UserError
from bot.services.adding import Proposal
from bot.services.editing import Edited, propose_edit, save_draft
from bot.services.judging import judge_due
from bot.services.polling import poll_now
from bot.services.reading_drafts import claim_reading_drafts, read_draft
from tests.poll_world import ALICE, BOB, START, TEAM, World

URL = "https://api.example.com/stats"
HOUR = timedelta(hours=1)

AS_IT_IS = AddCriterion(
    name="p95 latency",
    kind=Kind.GUARDRAIL,
    condition=Condition(Direction.AT_MOST, Decimal(300)),
    source=SourceSpec(SourceKind.HTTP_JSON, URL, "$.p95"),
    unit="ms",
)


@pytest.fixture
async def world(database: Database) -> AsyncIterator[World]:
    made = World(database)
    await made.set_scene()
    yield made
    await made.aclose()


async def edit(world: World, request: AddCriterion, by: Actor = ALICE, of: int = 1) -> Edited | Proposal:
    actor = replace(by, chosen=(("criterion", of),))
    return await world.deps.database.write(propose_edit, actor, request, world.deps, view_id="V1")


async def save_read(world: World) -> Edited:
    (claim,) = await claim_reading_drafts(world.deps, 5)
    outcome = await read_draft(world.deps, claim)
    assert outcome is not None
    saved = await world.deps.database.write(save_draft, ALICE, claim.draft_id, world.deps)
    assert isinstance(saved, Edited)
    return saved


async def moved(world: World) -> list[tuple[str, str, str]]:
    found = await world.deps.database.read(goalposts_since, [1], START - HOUR)
    return [(each.move.field.value, each.move.before, each.move.after) for each in found.get(1, [])]


async def give(world: World, *values: int) -> None:
    for value in values:
        world.source.answers = [value]
        assert await poll_now(world.deps, 1) is not None
        world.moment += timedelta(minutes=15)


async def test_a_new_target_is_judged_by_the_readings_there_are_and_holds_from_now_on(world: World) -> None:
    await world.add()
    await give(world, 250, 260, 270)
    edited = await edit(world, replace(AS_IT_IS, condition=Condition(Direction.AT_MOST, Decimal(200))))
    assert isinstance(edited, Edited)
    row = await world.row(1)
    assert (row.status, row.target, row.operator_typed) == ("missed", Decimal(200), "<=")
    assert row.status_since == world.moment
    assert await moved(world) == [("target", "300", "200")]
    assert await world.changes() == [("no_data", "met"), ("met", "missed")]
    kinds = [kind for kind, _ in await world.outbox()]
    assert kinds == ["status_reply", "goalpost", "status_reply"]


async def test_saving_what_it_is_already_stores_and_tells_nothing(world: World) -> None:
    await world.add()
    await give(world, 250)
    before = await world.outbox()
    edited = await edit(world, replace(AS_IT_IS, every=None))
    assert isinstance(edited, Edited)
    assert edited.moves == ()
    renamed = await edit(world, replace(AS_IT_IS, name="Latency, p95"))
    assert isinstance(renamed, Edited)
    assert (await world.row(1)).name == "Latency, p95"
    assert await moved(world) == []
    assert await world.outbox() == before


async def test_a_new_source_counts_from_its_first_reading_and_a_read_under_way_is_lost(world: World) -> None:
    await world.add()
    await give(world, 250, 250)
    until = world.moment + HOUR
    claim = {"now": world.moment, "limit": 5, "lease_until": until, "lease_token": "mine"}
    (claimed,) = await world.deps.database.write(
        lambda session: claim_due(session, TEAM, **{**claim, "now": world.moment + HOUR})
    )
    assert claimed.criterion_id == 1
    request = replace(AS_IT_IS, source=SourceSpec(SourceKind.HTTP_JSON, URL, "$.p99"))
    assert isinstance(await edit(world, request), Proposal)
    assert (await world.row(1)).source_path == "$.p95"
    world.source.answers = [900]
    saved = await save_read(world)
    assert [move.field.value for move in saved.moves] == ["path"]
    row = await world.row(1)
    assert (row.source_path, row.lease_token, row.value) == ("$.p99", None, Decimal(900))
    # One reading of the new source is not yet two in a row.
    assert row.status == "met"
    world.moment += timedelta(minutes=15)
    await give(world, 900)
    assert (await world.row(1)).status == "missed"


async def test_a_source_that_could_not_be_read_is_read_soon_and_its_failures_begin_anew(world: World) -> None:
    await world.add(failures=5, failing_since=START, last_failure="HTTP 500", status="source_broken")
    world.source.answers = ["HTTP 404 from api.example.com"]
    await edit(world, replace(AS_IT_IS, source=SourceSpec(SourceKind.HTTP_JSON, URL, "$.p99")))
    await save_read(world)
    row = await world.row(1)
    assert (row.failures, row.last_failure, row.due_at) == (0, "", world.moment)
    assert row.status == "no_data"


async def test_a_source_set_by_hand_is_reminded_of_and_one_that_is_read_is_not(world: World) -> None:
    await world.add()

    async def reminders() -> int:
        return await world.deps.database.read(lambda session: len(session.exec(select(ReminderRow)).all()))

    await edit(world, replace(AS_IT_IS, source=SourceSpec(SourceKind.MANUAL)))
    row = await world.row(1)
    assert (row.source_kind, row.due_at, row.every_typed, row.readings_needed) == ("manual", None, "7d", 1)
    assert await reminders() == 1
    await edit(world, AS_IT_IS)
    await save_read(world)
    assert await reminders() == 0
    assert (await world.row(1)).due_at is not None


SUCCESS = replace(
    AS_IT_IS, kind=Kind.SUCCESS, due=Iso(date(2026, 11, 24)), source=SourceSpec(SourceKind.MANUAL)
)
COLUMNS: dict[str, object] = {
    "kind": "success",
    "due_on": date(2026, 11, 24),
    "source_kind": "manual",
    "source_url": None,
    "source_path": None,
    "every_typed": "7d",
    "longest_gap_s": 7 * 86_400,
    "readings_needed": 1,
    "due_at": None,
}


async def test_after_the_due_date_only_a_due_date_to_come_opens_it_again(world: World) -> None:
    await world.add(**COLUMNS)

    def store(session: Session) -> None:
        add_readings(session, TEAM, [(1, Reading(START, Decimal(400), Origin.MANUAL))])
        session.get_one(CriterionRow, 1).judge_at = START

    await world.deps.database.write(store)
    world.moment = START + timedelta(days=2)
    await world.deps.database.write(judge_due, TEAM, world.moment)
    assert ((await world.row(1)).status, (await world.row(1)).frozen) == ("missed", True)
    easier = Condition(Direction.AT_MOST, Decimal(500))
    with pytest.raises(UserError, match="The due date of “p95 latency” is over") as refused:
        await edit(world, replace(SUCCESS, condition=easier))
    assert refused.value.field == "due"
    renamed = await edit(world, replace(SUCCESS, name="Latency"))
    assert isinstance(renamed, Edited)
    assert (await world.row(1)).frozen
    await edit(world, replace(SUCCESS, condition=easier, due=Iso(date(2026, 12, 1))))
    row = await world.row(1)
    assert (row.status, row.frozen) == ("met", False)
    assert await moved(world) == [("target", "300", "500"), ("due", "2026-11-24", "2026-12-01")]
    assert await world.changes() == [("no_data", "missed"), ("missed", "met")]


async def test_an_emptied_baseline_is_the_first_readings_and_one_nobody_typed_stays(world: World) -> None:
    await world.add(**(COLUMNS | {"baseline": Decimal(900), "baseline_typed": True}))
    readings = [(1, Reading(START + n * HOUR, Decimal(500 - n))) for n in range(3)]
    await world.deps.database.write(add_readings, TEAM, readings)
    world.moment += 3 * HOUR
    await edit(world, SUCCESS)
    row = await world.row(1)
    assert (row.baseline, row.baseline_typed) == (Decimal(500), False)
    await edit(world, replace(SUCCESS, condition=Condition(Direction.AT_MOST, Decimal(250))))
    assert (await world.row(1)).baseline == Decimal(500)
    assert await moved(world) == [("baseline", "900", "500"), ("target", "300", "250")]


REFUSED = {
    "a name that is taken": (replace(AS_IT_IS, name="Other"), ALICE, "name", "already has a criterion"),
    "a day that is over": (replace(AS_IT_IS, due=Iso(date(2026, 11, 1))), ALICE, "due", "past"),
    "an unknown source": (
        replace(AS_IT_IS, source=SourceSpec("telex")), ALICE, "source", "no source called “telex”",
    ),
    "a baseline that is the target": (
        replace(AS_IT_IS, baseline=Decimal(300)), ALICE, "baseline", "no progress to show",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("request_", "by", "field", "says"), REFUSED.values(), ids=REFUSED)
async def test_what_cannot_be_is_refused_and_nothing_changes(
    world: World, request_: AddCriterion, by: Actor, field: str, says: str
) -> None:
    await world.add()
    await world.add("Other")
    before = (await world.row(1)).model_dump()
    with pytest.raises(UserError, match=says) as refused:
        await edit(world, request_, by)
    assert refused.value.field == field
    assert (await world.row(1)).model_dump() == before


async def test_somebody_else_may_not_edit_nor_save_what_they_drafted_as_owner(world: World) -> None:
    await world.add()
    with pytest.raises(NotAllowedError):
        await edit(world, AS_IT_IS, BOB)
    await edit(world, replace(AS_IT_IS, source=SourceSpec(SourceKind.HTTP_JSON, URL, "$.p99")))
    draft = await world.deps.database.read(
        lambda session: session.exec(select(DraftRow).order_by(col(DraftRow.id))).one()
    )
    with pytest.raises(UserError, match="kept for a day"):
        await world.deps.database.write(save_draft, BOB, draft.id, world.deps)


async def test_a_double_press_saves_once(world: World) -> None:
    await world.add()
    await edit(world, replace(AS_IT_IS, source=SourceSpec(SourceKind.HTTP_JSON, URL, "$.p99")))
    await save_read(world)
    draft = await world.deps.database.read(lambda session: session.exec(select(DraftRow)).one())
    again = await world.deps.database.write(save_draft, ALICE, draft.id, world.deps)
    assert isinstance(again, Edited)
    assert again.moves == ()
    assert len(await moved(world)) == 1


async def test_who_owns_a_criterion_in_a_private_channel_edits_it_from_there(world: World) -> None:
    await world.add(owner_id="U0BOB")

    def hide(session: Session) -> None:
        row = session.get_one(InitiativeRow, 1)
        row.channel_id = "C0SECRET"
        session.add(row)

    await world.deps.database.write(hide)
    request = replace(AS_IT_IS, source=SourceSpec(SourceKind.HTTP_JSON, URL, "$.p99"))
    with pytest.raises(UserError, match="archived or gone"):
        await edit(world, request, BOB)
    await edit(world, request, replace(BOB, channel_id="C0SECRET"))
    draft = await world.deps.database.read(lambda session: session.exec(select(DraftRow)).one())
    # The form that shows the value no longer says where it was opened.
    saved = await world.deps.database.write(save_draft, replace(BOB, channel_id=""), draft.id, world.deps)
    assert isinstance(saved, Edited)
    assert await moved(world) == [("path", "$.p95", "$.p99")]
