"""The source `feedback`: read from closed prompts in both databases, with the anonymity floor kept."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlmodel import Session

from bot.db.models import InitiativeRow, PromptRow
from bot.db.prompts import add_prompt, pack_question
from bot.db.responses import save_answers
from bot.db.sqlite import SqliteDatabase
from bot.deps import Database
from bot.domain.criterion import SourceKind, SourceSpec
from bot.domain.prompt import Option, PromptKind, PromptState, Question, Response
from bot.errors import SourceError, UserError
from bot.services.asking import SCALE
from bot.services.closed_answers import ClosedAnswers
from bot.services.polling import poll_now, read_source
from bot.services.recording import WITHHELD_FOR
from bot.sources.contract import Recording, assert_source_keeps_contract
from bot.sources.feedback import Feedback
from tests.answers import one
from tests.poll_world import START, TEAM, World

CHOICES = (Option("a", "Yes"), Option("b", "No"), Option("c", "Not sure"))
CLOSED_AT = START - timedelta(hours=3)


async def with_feedback(database: Database) -> World:
    world = World(database)
    world.deps = replace(world.deps, sources={SourceKind.FEEDBACK: Feedback()})
    await world.set_scene()
    return world


@pytest.fixture
async def world(database: Database) -> AsyncIterator[World]:
    made = await with_feedback(database)
    yield made
    await made.aclose()


@pytest.fixture
async def on_sqlite(sqlite_database: SqliteDatabase) -> AsyncIterator[World]:
    """For what makes no difference between the databases."""
    made = await with_feedback(sqlite_database)
    yield made
    await made.aclose()


async def ask(
    world: World,
    kind: PromptKind,
    answers: Sequence[str],
    *,
    anonymous: bool = False,
    closed: bool = True,
    channel_id: str = "C0GENERAL",
) -> int:
    """Store a prompt with one answer for each option id, and return its row id."""

    def store(session: Session) -> int:
        options = {PromptKind.SCALE: SCALE, PromptKind.CHOICE: CHOICES}.get(kind, ())
        row = add_prompt(
            session,
            team_id=TEAM,
            question="How clear is it?",
            kind=kind,
            options=options,
            anonymous=anonymous,
            floor=5,
            channel_id=channel_id,
            initiative_id=1,
            asked_by="U0ALICE",
            zone="Europe/Berlin",
            now=START - timedelta(days=2),
            closes_at=None,
        )
        assert row.id is not None
        for place, option_id in enumerate(answers):
            save_answers(
                session,
                team_id=TEAM,
                prompt_id=row.id,
                respondent=f"somebody {place}",
                answers=one(option_id),
                answered_on=date(2026, 11, 22),
            )
        if closed:
            row.state, row.closed_at = PromptState.CLOSED, CLOSED_AT
        return row.id

    return await world.deps.database.write(store)


async def close(world: World, prompt_id: int) -> None:
    def store(session: Session) -> None:
        row = session.get_one(PromptRow, prompt_id)
        row.state, row.closed_at = PromptState.CLOSED, world.now()

    await world.deps.database.write(store)


def spec(measure: str, option: str | None = None, prompt: str = "#1") -> SourceSpec:
    options = {"prompt": prompt, "measure": measure} | ({"option": option} if option else {})
    return SourceSpec(SourceKind.FEEDBACK, options=tuple(sorted(options.items())))


async def value(world: World, what: SourceSpec, *, channel_id: str = "C0GENERAL") -> str:
    """Return the value read, or the cause why there is none."""
    try:
        observed = await read_source(world.deps, what, channel_id=channel_id)
    except SourceError as error:
        return error.cause
    assert (observed.at, observed.origin_host) == (CLOSED_AT, None)
    return str(observed.value)


@pytest.mark.parametrize(
    ("kind", "answers", "what", "expected"),
    [
        (PromptKind.SCALE, "1555", spec("mean"), "4"),
        (PromptKind.SCALE, "445", spec("mean", prompt="1"), "4.33"),
        (PromptKind.SCALE, "445", spec("count"), "3"),
        (PromptKind.SCALE, "445", spec("share", "5"), "33.33"),
        (PromptKind.CHOICE, "aab", spec("count", "yes"), "2"),
        (PromptKind.CHOICE, "aabb", spec("share", "Yes"), "50"),
        (PromptKind.CHOICE, "bbbbbbbbbb", spec("share", "No"), "100"),
        (PromptKind.CHOICE, "aab", spec("share", "not  sure"), "0"),
        (PromptKind.CHOICE, "aab", spec("mean"), "not_a_number"),
        (PromptKind.CHOICE, "aab", spec("share", "Perhaps"), "path_missing"),
        (PromptKind.CHOICE, "", spec("share", "Yes"), "path_missing"),
        (PromptKind.CHOICE, "", spec("count"), "0"),
        (PromptKind.CHOICE, "a", spec("count", prompt="#99"), "path_missing"),
    ],
)
async def test_a_closed_prompt_gives_its_mean_share_or_count(
    on_sqlite: World, kind: PromptKind, answers: str, what: SourceSpec, expected: str
) -> None:
    await ask(on_sqlite, kind, answers)
    assert await value(on_sqlite, what) == expected


EVERY_MEASURE = pytest.mark.parametrize(
    "what", [spec("mean"), spec("share", "5"), spec("count"), spec("count", "5")], ids=str
)


@pytest.mark.parametrize(
    ("question", "measure", "read"),
    [
        pytest.param("1", "mean", "3.5", id="its first question"),
        pytest.param("2", "mean", "2.25", id="numbers"),
        pytest.param("2", "count", "2", id="how many answered it"),
        pytest.param(None, "mean", "path_missing", id="no question named"),
        pytest.param("4", "mean", "path_missing", id="a question it does not have"),
    ],
)
async def test_a_question_of_a_closed_form_is_read(
    on_sqlite: World, question: str | None, measure: str, read: str
) -> None:
    prompt_id = await ask(on_sqlite, PromptKind.FORM, ())

    def answer(session: Session) -> None:
        asked = (
            Question("q1", "Clear?", PromptKind.SCALE, SCALE),
            Question("q2", "Hours?", PromptKind.NUMBER),
        )
        session.get_one(PromptRow, prompt_id).form = [pack_question(each) for each in asked]
        for who, chosen, hours in (("U1", SCALE[2].id, "0.5"), ("U2", SCALE[3].id, "4")):
            save_answers(
                session,
                team_id=TEAM,
                prompt_id=prompt_id,
                respondent=who,
                answers={"q1": Response((chosen,)), "q2": Response(value=hours)},
                answered_on=date(2026, 11, 22),
            )

    await on_sqlite.deps.database.write(answer)
    what = spec(measure)
    options = (*what.options, *([("question", question)] if question else []))
    assert await value(on_sqlite, replace(what, options=tuple(sorted(options)))) == read


@EVERY_MEASURE
@pytest.mark.parametrize("anonymous", [False, True], ids=["named", "anonymous"])
async def test_an_open_prompt_gives_nothing(on_sqlite: World, what: SourceSpec, anonymous: bool) -> None:
    await ask(on_sqlite, PromptKind.SCALE, "5555555", anonymous=anonymous, closed=False)
    assert await value(on_sqlite, what) == "withheld"


@EVERY_MEASURE
async def test_an_anonymous_prompt_gives_nothing_below_its_floor(on_sqlite: World, what: SourceSpec) -> None:
    await ask(on_sqlite, PromptKind.SCALE, "5555", anonymous=True)
    assert await value(on_sqlite, what) == "withheld"


async def test_an_anonymous_prompt_gives_its_value_from_the_floor_up(world: World) -> None:
    await ask(world, PromptKind.SCALE, "55551", anonymous=True)
    assert await value(world, spec("mean")) == "4.2"


@pytest.mark.parametrize(
    ("home", "expected"), [("C0SECRET", "5"), ("C0GENERAL", "path_missing")], ids=["its channel", "another"]
)
async def test_a_prompt_in_a_private_channel_is_read_for_that_channel_only(
    on_sqlite: World, home: str, expected: str
) -> None:
    await ask(on_sqlite, PromptKind.SCALE, "5", channel_id="C0SECRET")
    assert await value(on_sqlite, spec("mean"), channel_id=home) == expected

    def move(session: Session) -> None:
        session.get_one(InitiativeRow, 1).channel_id = home

    await on_sqlite.deps.database.write(move)
    criterion_id = await on_sqlite.add(source_kind=SourceKind.FEEDBACK, source_url=None, source_path=None)
    seen = ClosedAnswers(on_sqlite.deps.database, TEAM, criterion_id=criterion_id, channel_id=None)
    assert (await seen.closed(1) is None) == (expected == "path_missing")


async def test_waiting_for_the_close_is_no_failure_and_the_same_answers_are_one_reading(world: World) -> None:
    prompt_id = await ask(world, PromptKind.SCALE, "5", closed=False)
    criterion_id = await world.add(
        source_kind=SourceKind.FEEDBACK,
        source_url=None,
        source_path=None,
        source_options={"prompt": "#1", "measure": "mean"},
        every_typed="7d",
        longest_gap_s=604_800,
    )
    for _ in range(4):
        outcome = await poll_now(world.deps, criterion_id)
        assert outcome is not None
        assert "still open" in outcome.failure
    row = await world.row(criterion_id)
    assert (row.failures, row.status, row.due_at) == (0, "no_data", START + WITHHELD_FOR)

    world.moment += timedelta(hours=1)
    await close(world, prompt_id)
    for _ in range(3):
        await poll_now(world.deps, criterion_id)
        world.moment += timedelta(minutes=1)
    assert await world.values() == ["5"]
    row = await world.row(criterion_id)
    assert row.value_at == START + timedelta(hours=1)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (SourceSpec(SourceKind.FEEDBACK, url="https://example.com"), "url"),
        (SourceSpec(SourceKind.FEEDBACK, path="$.a"), "path"),
        (SourceSpec(SourceKind.FEEDBACK), "source"),
        (spec("mean", prompt="twelve"), "source"),
        (spec("median"), "source"),
        (spec("share"), "source"),
        (spec("mean", "5"), "source"),
        (
            SourceSpec(SourceKind.FEEDBACK, options=(("measure", "mean"), ("prompt", "1"), ("wave", "2"))),
            "source",
        ),
    ],
    ids=[
        "an address",
        "a path",
        "nothing",
        "no number",
        "no measure",
        "a share of nothing",
        "a mean of one option",
        "an unknown option",
    ],
)
def test_a_spec_that_can_never_work_is_refused(wrong: SourceSpec, field: str) -> None:
    with pytest.raises(UserError) as caught:
        Feedback().check(wrong)
    assert caught.value.field == field


async def test_the_source_keeps_the_contract(on_sqlite: World) -> None:
    await ask(on_sqlite, PromptKind.SCALE, "55")
    await ask(on_sqlite, PromptKind.SCALE, "55", closed=False)
    recordings = [Recording("#1", b"", Decimal(5)), Recording("#2", b"", "withheld")]
    seen = ClosedAnswers(on_sqlite.deps.database, TEAM, criterion_id=None, channel_id="C0GENERAL")
    await assert_source_keeps_contract(
        Feedback(), recordings, lambda _url, recording: spec("mean", prompt=recording.name), answers=seen
    )
