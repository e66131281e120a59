"""Creating, finding and changing schedules: where, who may, and what is said."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.db.models import ScheduleInitiativeRow, ScheduleRow
from bot.deps import Database
from bot.domain.actor import Actor
from bot.domain.cadence import Elapsed
from bot.domain.entities import ChannelRef
from bot.domain.requests import ScheduleChange, ScheduleProgress
from bot.domain.rhythms import parse_every
from bot.errors import AmbiguousError, NotAllowedError, UnknownPersonError, UserError
from bot.services.schedules import ScheduleView, change_schedule, list_schedules, pick_schedule, posts_now
from bot.services.scheduling import Confirmation, create_schedule
from tests.progress_world import ALICE, BOB, CHARLIE, TEAM, World

DAILY = parse_every("every day 09:30")
IN_DM = replace(ALICE, channel_id="D0ALICE", channel_name="directmessage")


@pytest.fixture
async def world(database: Database) -> World:
    made = World(database)
    await made.set_scene()
    return made


def asking(**fields: object) -> ScheduleProgress:
    return replace(ScheduleProgress(DAILY), **fields)  # type: ignore[arg-type]  # fields of the dataclass


async def test_a_schedule_keeps_wall_time_in_the_person_s_zone(world: World) -> None:
    outcome = await create_schedule(world.deps, ALICE, asking())
    assert isinstance(outcome, ScheduleView)
    schedule = outcome.schedule
    assert (schedule.number, schedule.zone, schedule.cadence_text) == (1, "Europe/Berlin", "every day 09:30")
    assert schedule.due_at == datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
    assert [each.name for each in outcome.initiatives] == ["Checkout rewrite"]


async def test_a_zone_that_was_typed_wins(world: World) -> None:
    outcome = await create_schedule(world.deps, ALICE, asking(zone="America/New_York"))
    assert isinstance(outcome, ScheduleView)
    assert outcome.schedule.due_at == datetime(2026, 11, 23, 14, 30, tzinfo=UTC)


async def test_elapsed_time_is_counted_from_the_creation_to_the_second(world: World) -> None:
    world.forward(seconds=17)
    outcome = await create_schedule(world.deps, ALICE, asking(cadence=parse_every("every 30m")))
    assert isinstance(outcome, ScheduleView)
    assert isinstance(outcome.schedule.cadence, Elapsed)
    assert outcome.schedule.due_at == datetime(2026, 11, 23, 8, 30, 17, tzinfo=UTC)


async def test_somebody_slack_was_never_asked_about_is_asked_about_first(database: Database) -> None:
    world = World(database)
    await world.set_scene(people=False)
    with pytest.raises(UnknownPersonError):
        await create_schedule(world.deps, ALICE, asking())


@pytest.mark.parametrize(
    ("actor", "fields", "field", "said"),
    [
        pytest.param(
            ALICE, {"channel": ChannelRef("C0OLD", "old")}, "channel", "#old is archived", id="archived"
        ),
        pytest.param(
            ALICE,
            {"channel": ChannelRef("C0OUTSIDE", "outside")},
            "channel",
            "Type `/invite @Loopmark` there",
            id="not a member",
        ),
        pytest.param(
            ALICE,
            {"channel": ChannelRef("C0NONE", "nowhere")},
            "channel",
            "I can't see #nowhere",
            id="unknown",
        ),
        pytest.param(IN_DM, {}, "channel", "Progress is posted in channels", id="direct message"),
        pytest.param(
            ALICE, {"initiatives": ("Chekout rewrite",)}, "initiative", "“Checkout rewrite”", id="misspelt"
        ),
        pytest.param(
            CHARLIE,
            {},
            "initiative",
            "#leads is home to no initiative",
            id="nothing at home",
        ),
    ],
)
async def test_what_can_not_be_scheduled_is_said_and_nothing_is_stored(
    world: World, actor: Actor, fields: dict[str, object], field: str, said: str
) -> None:
    with pytest.raises(UserError) as refusal:
        await create_schedule(world.deps, actor, asking(**fields))
    assert refusal.value.field == field
    assert said in str(refusal.value)
    assert await world.rows(ScheduleRow) == []


async def test_for_a_channel_that_is_home_to_none_the_initiatives_at_hand_are_meant(world: World) -> None:
    await world.start("Elsewhere", "C0OUTSIDE")
    outcome = await create_schedule(world.deps, ALICE, asking(channel=ChannelRef("C0LEADS", "leads")))
    assert isinstance(outcome, ScheduleView)
    assert (outcome.schedule.channel_id, outcome.schedule.initiative_ids) == ("C0LEADS", (1,))


async def test_what_is_at_hand_is_not_shown_elsewhere_unasked_when_it_is_private(world: World) -> None:
    await world.make_private("C0GENERAL")
    wish = asking(channel=ChannelRef("C0LEADS", "leads"))
    assert isinstance(await create_schedule(world.deps, ALICE, wish), Confirmation)
    with pytest.raises(NotAllowedError):
        await create_schedule(world.deps, BOB, wish)


async def test_where_nothing_is_at_home_nor_at_hand_the_example_names_one(world: World) -> None:
    with pytest.raises(UserError) as refusal:
        await create_schedule(world.deps, CHARLIE, asking())
    assert refusal.value.example == "/progress schedule every day 09:30 in #leads for Checkout rewrite"


async def test_names_that_fit_several_are_asked_about_and_the_choice_counts(world: World) -> None:
    second = await world.start("Checkout rewrite", "C0LEADS")
    wish = asking(channel=ChannelRef("C0LEADS", "leads"), initiatives=("Checkout rewrite",))
    nowhere = replace(ALICE, channel_id="C0OUTSIDE")
    with pytest.raises(AmbiguousError) as question:
        await create_schedule(world.deps, nowhere, wish)
    assert question.value.what == "initiative"
    assert {row_id for row_id, _ in question.value.candidates} == {1, second}
    chosen = replace(nowhere, chosen=(("initiative", second),))
    outcome = await create_schedule(world.deps, chosen, wish)
    assert isinstance(outcome, ScheduleView)
    assert outcome.schedule.initiative_ids == (second,)


async def test_a_choice_counts_for_the_name_it_fits_and_no_other(world: World) -> None:
    second = await world.start("Checkout rewrite", "C0LEADS")
    refunds = await world.start("Refunds")
    wish = asking(channel=ChannelRef("C0LEADS", "leads"), initiatives=("Refunds", "Checkout rewrite"))
    actor = replace(ALICE, channel_id="C0OUTSIDE", chosen=(("initiative", second),))
    outcome = await create_schedule(world.deps, actor, wish)
    assert isinstance(outcome, ScheduleView)
    assert set(outcome.schedule.initiative_ids) == {refunds, second}


async def test_an_owner_confirms_before_a_private_initiative_is_shown_elsewhere(world: World) -> None:
    await world.make_private("C0GENERAL")
    wish = asking(channel=ChannelRef("C0LEADS", "leads"), initiatives=("Checkout rewrite",))
    asked = await create_schedule(world.deps, ALICE, wish)
    assert isinstance(asked, Confirmation)
    assert [each.name for each in asked.private] == ["Checkout rewrite"]
    assert await world.rows(ScheduleRow) == []
    outcome = await create_schedule(
        world.deps, ALICE, wish, initiative_ids=asked.initiative_ids, confirmed=True
    )
    assert isinstance(outcome, ScheduleView)


async def test_nobody_but_its_owner_schedules_a_private_initiative_elsewhere(world: World) -> None:
    await world.make_private("C0GENERAL")
    wish = asking(channel=ChannelRef("C0LEADS", "leads"), initiatives=("Checkout rewrite",))
    for confirmed in (False, True):
        with pytest.raises(NotAllowedError) as refusal:
            await create_schedule(world.deps, BOB, wish, confirmed=confirmed)
        assert refusal.value.owner_id == "U0ALICE"
    assert await world.rows(ScheduleRow) == []


async def test_a_private_initiative_in_its_own_channel_needs_no_confirmation(world: World) -> None:
    await world.make_private("C0GENERAL")
    assert isinstance(await create_schedule(world.deps, BOB, asking()), ScheduleView)


async def test_somebody_outside_does_not_feel_a_private_initiative(world: World) -> None:
    await world.make_private("C0GENERAL")
    wish = asking(initiatives=("Checkout rewrite",))
    with pytest.raises(UserError, match="There is no open initiative “Checkout rewrite”") as refusal:
        await create_schedule(world.deps, CHARLIE, wish)
    assert not isinstance(refusal.value, NotAllowedError)


async def test_a_picked_initiative_one_may_not_see_is_refused(world: World) -> None:
    await world.make_private("C0GENERAL")
    with pytest.raises(UserError, match="closed or gone"):
        await create_schedule(world.deps, CHARLIE, asking(), initiative_ids=[1])


async def listed(world: World, actor: Actor) -> list[tuple[int, list[str], int]]:
    views = await world.deps.database.read(list_schedules, actor)
    return [(view.schedule.number, [each.name for each in view.initiatives], view.hidden) for view in views]


async def test_a_channel_lists_what_posts_there_and_what_posts_its_initiatives_elsewhere(
    world: World,
) -> None:
    await world.start("Refunds", "C0LEADS")
    await world.schedule()
    await world.schedule(channel_id="C0LEADS", names=("Checkout rewrite",))
    await world.schedule(channel_id="C0LEADS")
    assert await listed(world, ALICE) == [(1, ["Checkout rewrite"], 0), (2, ["Checkout rewrite"], 0)]
    assert await listed(world, CHARLIE) == [(2, ["Checkout rewrite"], 0), (3, ["Refunds"], 0)]


async def test_a_list_elsewhere_hides_the_names_of_private_initiatives(world: World) -> None:
    await world.make_private("C0GENERAL")
    await world.schedule(channel_id="C0LEADS", names=("Checkout rewrite",), confirmed=True)
    assert await listed(world, CHARLIE) == [(1, [], 1)]
    assert await listed(world, replace(ALICE, channel_id="C0LEADS")) == [(1, ["Checkout rewrite"], 0)]


async def test_without_a_number_the_channel_s_only_schedule_is_meant(world: World) -> None:
    with pytest.raises(UserError, match="This channel has no schedule"):
        await world.deps.database.read(pick_schedule, ALICE, None)
    await world.schedule()
    await world.schedule(channel_id="C0LEADS", names=("Checkout rewrite",))
    view = await world.deps.database.read(pick_schedule, ALICE, None)
    assert view.schedule.number == 1, "what posts here goes first"


async def test_several_schedules_are_asked_about_and_the_choice_counts(world: World) -> None:
    await world.schedule()
    second = await world.schedule("every weekday 16:00")
    with pytest.raises(AmbiguousError) as question:
        await change_schedule(world.deps, ALICE, ScheduleChange.PAUSE, None)
    assert question.value.what == "schedule"
    assert [label for _, label in question.value.candidates] == [
        "#1 every Mon 09:00",
        "#2 every weekday 16:00",
    ]
    chosen = replace(ALICE, chosen=(("schedule", second.schedule.id),))
    await change_schedule(world.deps, chosen, ScheduleChange.PAUSE, None)
    assert [row.state for row in await world.rows(ScheduleRow)] == ["active", "paused"]


async def test_a_number_that_is_not_given_out_or_not_to_be_seen_is_no_schedule(world: World) -> None:
    await world.make_private("C0GENERAL")
    await world.schedule()
    for actor, number in ((ALICE, 7), (CHARLIE, 1)):
        with pytest.raises(UserError, match=f"There is no schedule #{number}"):
            await change_schedule(world.deps, actor, ScheduleChange.PAUSE, number)


@pytest.mark.parametrize(
    ("user_id", "admin", "allowed"),
    [
        pytest.param("U0BOB", False, True, id="who created it"),
        pytest.param("U0ALICE", False, True, id="the initiative's owner"),
        pytest.param("U0CHARLIE", False, False, id="somebody else"),
        pytest.param("U0CHARLIE", True, True, id="an admin"),
    ],
)
@pytest.mark.parametrize("to", list(ScheduleChange))
async def test_who_may_change_a_schedule(
    world: World, user_id: str, admin: bool, allowed: bool, to: ScheduleChange
) -> None:
    await world.schedule(actor=BOB)
    if to is ScheduleChange.RESUME:
        await change_schedule(world.deps, BOB, ScheduleChange.PAUSE, 1)
    await world.set_admin(user_id, admin)
    actor = Actor(TEAM, user_id, "C0GENERAL")
    if allowed:
        assert (await change_schedule(world.deps, actor, to, None)).schedule.number == 1
    else:
        with pytest.raises(NotAllowedError) as refusal:
            await change_schedule(world.deps, actor, to, None)
        assert refusal.value.owner_id == "U0BOB"


async def test_pausing_twice_and_resuming_what_runs_are_refused_in_words(world: World) -> None:
    await world.schedule()
    with pytest.raises(UserError, match="Schedule #1 is running already"):
        await change_schedule(world.deps, ALICE, ScheduleChange.RESUME, None)
    await change_schedule(world.deps, ALICE, ScheduleChange.PAUSE, None)
    with pytest.raises(UserError, match="Schedule #1 is paused already"):
        await change_schedule(world.deps, ALICE, ScheduleChange.PAUSE, None)


async def test_resuming_checks_the_channel_again(world: World) -> None:
    await world.schedule()
    await change_schedule(world.deps, ALICE, ScheduleChange.PAUSE, None)
    general = world.slack.channels["C0GENERAL"]
    world.slack.channels["C0GENERAL"] = replace(general, is_archived=True)
    with pytest.raises(UserError, match="#general is archived"):
        await change_schedule(world.deps, ALICE, ScheduleChange.RESUME, None)
    world.slack.channels["C0GENERAL"] = general
    view = await change_schedule(world.deps, ALICE, ScheduleChange.RESUME, None)
    assert view.schedule.due_at == datetime(2026, 11, 30, 8, 0, tzinfo=UTC)


async def test_removing_a_schedule_leaves_nothing_of_it(world: World) -> None:
    await world.schedule(names=("Checkout rewrite",))
    await change_schedule(world.deps, ALICE, ScheduleChange.REMOVE, 1)
    assert await world.rows(ScheduleRow) == []
    assert await world.count(ScheduleInitiativeRow) == 0


async def test_a_test_shows_what_would_be_posted_as_far_as_the_person_may_see_it(world: World) -> None:
    await world.make_private("C0GENERAL")
    await world.start("Refunds", "C0LEADS")
    names = ("Checkout rewrite", "Refunds")
    await world.schedule(channel_id="C0LEADS", names=names, confirmed=True)
    _, posts = await world.deps.database.read(posts_now, CHARLIE, 1, world.moment)
    assert [post.initiative.name for post in posts] == ["Refunds"]
    _, posts = await world.deps.database.read(posts_now, ALICE, 1, world.moment)
    assert {post.initiative.name for post in posts} == set(names)
