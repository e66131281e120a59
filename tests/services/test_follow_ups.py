"""Follow-ups on both databases: who may do what, what is listed where, and what becomes of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import Session

from bot.blocks.digests import digest_details, digest_message
from bot.db.about import count_kept
from bot.db.homes import home_opened
from bot.db.initiatives import find_initiative_by_id
from bot.db.models import FollowUpRow, HomeRow
from bot.db.people import save_person
from bot.deps import Database
from bot.domain.actor import Actor, Person
from bot.domain.dates import In, Iso, Unit
from bot.domain.entities import UserRef
from bot.domain.follow_up import FollowUpMove, FollowUpState, FollowUpView
from bot.domain.post_schedule import PostOnly
from bot.domain.requests import AddFollowUp, Scope
from bot.errors import NotAllowedError, UnknownPersonError, UserError
from bot.services.digests import digest_of
from bot.services.follow_ups import (
    FollowUpPage,
    add_follow_up,
    addable,
    list_follow_ups,
    movable,
    move_follow_up,
    seen_follow_up,
    take_back_follow_up,
)
from bot.services.home import NOWHERE, home_of
from bot.services.initiatives import close_initiative, show_initiative
from bot.services.leaving import take_over
from bot.services.news import has_news
from handlers.events import person_changed
from tests.progress_world import ALICE, BOB, CHARLIE, MONDAY, TEAM, World

DONE, SNOOZE, NOT_DOING, REOPEN = FollowUpMove
INSIDE = Actor(TEAM, "U0BOB", "G0SECRET", "secret")
HOME = {who: Actor(TEAM, who, NOWHERE) for who in ("U0ALICE", "U0BOB", "U0CHARLIE")}


@pytest.fixture
async def world(database: Database) -> World:
    made = World(database)
    await made.set_scene()
    return made


async def add(
    world: World,
    text: str = "Write the runbook",
    *,
    owner: str = "U0BOB",
    in_days: int = 3,
    actor: Actor = ALICE,
    initiative: str | None = None,
) -> int:
    request = AddFollowUp(text, UserRef(owner), In(in_days, Unit.DAY), initiative)
    view = await world.deps.database.write(add_follow_up, actor, request, world.moment)
    return view.follow_up.id


async def move(
    world: World, follow_up_id: int, to: FollowUpMove, actor: Actor = BOB, reason: str = ""
) -> FollowUpView:
    write = world.deps.database.write
    return await write(move_follow_up, actor, follow_up_id, to, world.moment, reason=reason)


async def listed(world: World, actor: Actor, scope: Scope = Scope.HERE, page: int = 0) -> FollowUpPage:
    read = world.deps.database.read
    return await read(list_follow_ups, actor, scope, world.moment, page=page, size=12)


async def texts(world: World, actor: Actor, scope: Scope = Scope.HERE) -> list[str]:
    return [view.follow_up.text for view in (await listed(world, actor, scope)).views]


async def row(world: World, follow_up_id: int = 1) -> FollowUpRow:
    return await world.deps.database.read(Session.get_one, FollowUpRow, follow_up_id)


async def test_whoever_sees_an_initiative_adds_one_in_its_zone(world: World) -> None:
    await add(world, actor=CHARLIE, initiative="Checkout rewrite")
    kept = await row(world)
    assert (kept.owner_id, kept.created_by, kept.due_on) == ("U0BOB", "U0CHARLIE", date(2026, 11, 26))
    assert (kept.state, kept.closed_by, kept.snoozed_until) == ("open", None, None)
    # 26 Nov, 09:00 in Berlin
    assert kept.remind_at == datetime(2026, 11, 26, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("request_", "field", "message"),
    [
        (AddFollowUp("x", UserRef("U0BOB"), Iso(date(2026, 11, 22))), "due", "is in the past"),
        (AddFollowUp("x", UserRef("U0GONE"), In(1, Unit.DAY)), "owner", "Gone has left. Name somebody"),
        (AddFollowUp("x", UserRef("U0BOB"), In(1, Unit.DAY), "Nope"), "initiative", "no open initiative"),
    ],
)
async def test_what_cannot_be_kept_is_refused(
    world: World, request_: AddFollowUp, field: str, message: str
) -> None:
    gone = Person(TEAM, "U0GONE", "Gone", "UTC", is_admin=False, is_deleted=True)
    await world.deps.database.write(save_person, gone, MONDAY)
    with pytest.raises(UserError, match=message) as refused:
        await world.deps.database.write(add_follow_up, ALICE, request_, world.moment)
    assert refused.value.field == field
    assert await world.count(FollowUpRow) == 0


async def test_an_owner_slack_was_never_asked_about_is_learned_first(world: World) -> None:
    with pytest.raises(UnknownPersonError) as unknown:
        await add(world, owner="U0DANA")
    assert unknown.value.user_id == "U0DANA"


async def test_the_longest_overdue_come_first_and_snoozed_ones_last(world: World) -> None:
    later, _, snoozed = [
        await add(world, text, in_days=days) for text, days in (("c", 9), ("b", 2), ("a", 1))
    ]
    await move(world, snoozed, SNOOZE)
    assert await texts(world, BOB) == ["b", "c", "a"]
    await move(world, later, DONE)
    assert await texts(world, BOB) == ["b", "a"]
    world.forward(days=7)
    assert await texts(world, BOB) == ["a", "b"]


async def test_lists_are_of_the_channel_of_whoever_asks_or_of_all(world: World) -> None:
    await world.start("Search", channel_id="C0LEADS")
    await add(world, "here")
    await add(world, "there", actor=CHARLIE)
    await add(world, "hers", owner="U0ALICE")
    assert await texts(world, BOB) == ["here", "hers"]
    assert await texts(world, CHARLIE) == ["there"]
    assert await texts(world, BOB, Scope.MINE) == ["here", "there"]
    assert await texts(world, CHARLIE, Scope.MINE) == []
    assert await texts(world, CHARLIE, Scope.ALL) == ["here", "there", "hers"]


async def test_a_list_pages_and_a_page_that_is_gone_is_the_last_one(world: World) -> None:
    for number in range(14):
        await add(world, f"Step {number}", in_days=number)
    first = await listed(world, BOB)
    assert (len(first.views), first.total, first.left) == (12, 14, 2)
    second = await listed(world, BOB, page=7)
    assert ([view.follow_up.text for view in second.views], second.page) == (["Step 12", "Step 13"], 1)


async def test_charlie_sees_nothing_of_a_private_initiative_and_its_owner_does_everywhere(
    world: World,
) -> None:
    await world.start("Hidden", channel_id="G0SECRET")
    secret = await add(world, "Tell nobody", actor=INSIDE)
    for actor in (CHARLIE, BOB):
        for scope in (Scope.HERE, Scope.ALL):
            assert await texts(world, actor, scope) == []
    assert await texts(world, INSIDE) == ["Tell nobody"]
    assert await texts(world, ALICE, Scope.ALL) == ["Tell nobody"]
    read = world.deps.database.read
    with pytest.raises(UserError, match="can't be seen from here"):
        await move(world, secret, DONE, CHARLIE)
    for reading in (movable, seen_follow_up):
        with pytest.raises(UserError, match="can't be seen from here"):
            await read(reading, CHARLIE, secret)
    with pytest.raises(UserError, match="no open initiative"):
        await add(world, actor=CHARLIE, initiative="Hidden")
    assert "Hidden" not in [each.name for each in await read(addable, CHARLIE)]
    page = await read(list_follow_ups, CHARLIE, Scope.INITIATIVE, world.moment, initiative_id=2, size=12)
    assert (page.views, page.initiative) == ((), None)
    # Bob is told of his own by direct message, and closes it there.
    assert (await read(home_of, HOME["U0BOB"], world.moment)).follow_ups == ()
    assert (
        await move(world, secret, DONE, Actor(TEAM, "U0BOB", "D0BOB"))
    ).follow_up.state is FollowUpState.DONE


async def test_its_owner_the_initiatives_owner_and_admins_close_it_and_nobody_else(world: World) -> None:
    follow_up_id = await add(world)
    with pytest.raises(NotAllowedError, match="the follow-up “Write the runbook”") as refused:
        await move(world, follow_up_id, DONE, CHARLIE)
    assert refused.value.owner_id == "U0BOB"
    for actor in (BOB, ALICE):
        assert (await move(world, follow_up_id, DONE, actor)).follow_up.closed_by == actor.user_id
        assert (await move(world, follow_up_id, REOPEN, actor)).follow_up.is_open
    await world.set_admin("U0CHARLIE", True)
    assert (await move(world, follow_up_id, DONE, CHARLIE)).follow_up.closed_by == "U0CHARLIE"


async def test_a_reason_is_needed_to_turn_one_down_and_a_late_press_changes_nothing(world: World) -> None:
    follow_up_id = await add(world)
    with pytest.raises(UserError, match="Say why it is not done") as refused:
        await move(world, follow_up_id, NOT_DOING, reason=" ")
    assert refused.value.field == "reason"
    turned_down = await move(world, follow_up_id, NOT_DOING, reason="the old  checkout is off")
    assert turned_down.follow_up.reason == "the old checkout is off"
    world.forward(hours=1)
    late = [await move(world, follow_up_id, each, ALICE, reason="x") for each in (DONE, SNOOZE, NOT_DOING)]
    assert late == [turned_down] * 3
    kept = await row(world)
    assert (kept.state, kept.closed_at, kept.remind_at) == ("not_doing", MONDAY, None)
    reopened = (await move(world, follow_up_id, REOPEN)).follow_up
    assert (reopened.state, reopened.reason, reopened.closed_at) == (FollowUpState.OPEN, "", None)
    assert (await row(world)).remind_at == datetime(2026, 11, 26, 8, 0, tzinfo=UTC)


async def test_a_snooze_is_taken_back(world: World) -> None:
    follow_up_id = await add(world, in_days=1)
    snoozed = await move(world, follow_up_id, SNOOZE)
    assert snoozed.follow_up.is_snoozed(world.moment)
    assert (await row(world)).remind_at == datetime(2026, 11, 30, 8, 0, tzinfo=UTC)
    assert not (await move(world, follow_up_id, REOPEN)).follow_up.is_snoozed(world.moment)
    assert (await row(world)).remind_at == datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


async def test_whoever_typed_one_takes_it_back_while_it_is_open(world: World) -> None:
    write = world.deps.database.write
    mistyped = await add(world, actor=CHARLIE, initiative="Checkout rewrite")
    with pytest.raises(NotAllowedError):
        await write(take_back_follow_up, BOB, mistyped, world.moment)
    view = await write(take_back_follow_up, CHARLIE, mistyped, world.moment)
    assert view.follow_up.text == "Write the runbook"
    assert await world.count(FollowUpRow) == 0
    with pytest.raises(UserError, match="was taken back"):
        await move(world, mistyped, DONE)
    done = await add(world)
    await move(world, done, DONE)
    with pytest.raises(UserError, match="closed already"):
        await write(take_back_follow_up, ALICE, done, world.moment)


async def digest_texts(world: World) -> tuple[str, str]:
    def load(session: Session) -> tuple[str, str]:
        initiative = find_initiative_by_id(session, TEAM, 1)
        assert initiative is not None
        digest = digest_of(session, [initiative], world.moment, since=None)
        blocks = [str(block.get("text")) for block in digest_details(digest).message.blocks or ()]
        return digest_message(digest, number=1).message.text, "\n".join(blocks)

    return await world.deps.database.read(load)


async def test_a_digest_names_what_is_overdue_or_due_within_a_week_and_its_thread_the_rest(
    world: World,
) -> None:
    assert "Follow-ups" not in (await digest_texts(world))[0]
    for days in range(1, 10):
        await add(world, f"Step {days}", in_days=days)
    await move(world, 3, SNOOZE)
    await move(world, 4, DONE)
    world.forward(days=1)
    text, details = await digest_texts(world)
    # Steps 1 and 2, 5 to 8; of 9 the week has not begun yet, 3 is snoozed and 4 done.
    assert "*Follow-ups due*\n☐ Step 1 of Checkout rewrite: Bob, due today\n" in text
    assert "☐ Step 7 of Checkout rewrite: Bob, due Mon 30 Nov\nand 1 more, in the thread" in text
    for gone in ("Step 3", "Step 4", "Step 8", "Step 9", "<@"):
        assert gone not in text
    assert "Step 8: Bob, due Tue 1 Dec" in details
    world.forward(days=6)
    text, _ = await digest_texts(world)
    assert "⚠️ Step 1 of Checkout rewrite: Bob, 6 d overdue\n" in text
    assert "Step 3 of Checkout rewrite: Bob, 4 d overdue" in text, "the snooze is over"


async def test_a_follow_up_alone_is_no_news_for_a_digest_that_posts_only_changes(world: World) -> None:
    await move(world, await add(world, in_days=0), DONE)
    await add(world, in_days=0)

    def news(session: Session) -> bool:
        initiative = find_initiative_by_id(session, TEAM, 1)
        assert initiative is not None
        return has_news(session, initiative, PostOnly.CHANGED, MONDAY - timedelta(days=1))

    assert not await world.deps.database.read(news)


async def test_ones_of_a_closed_initiative_stay_open_and_say_so(world: World) -> None:
    follow_up_id = await add(world)
    await world.deps.database.write(close_initiative, ALICE, 1, world.moment)
    (view,) = (await listed(world, BOB, Scope.ALL)).views
    assert view.of_closed
    assert (await row(world)).remind_at is not None
    (mine,) = (await world.deps.database.read(home_of, HOME["U0BOB"], world.moment)).follow_ups
    assert mine.of_closed
    assert (await move(world, follow_up_id, DONE)).of_closed


async def test_home_shows_somebody_their_own_and_is_drawn_again_when_one_changes(world: World) -> None:
    read, write = world.deps.database.read, world.deps.database.write

    async def drawn() -> bool:
        home = await read(Session.get_one, HomeRow, (TEAM, "U0BOB"))
        return home.redraw_at is not None

    async def settle_home() -> None:
        def clear(session: Session) -> None:
            home = session.get_one(HomeRow, (TEAM, "U0BOB"))
            home.redraw_at = None
            session.add(home)

        await write(clear)

    await write(home_opened, TEAM, "U0BOB", world.moment)
    await settle_home()
    later = await add(world, "Later", in_days=20)
    assert await drawn()
    sooner = await add(world, "Sooner", in_days=2)
    await add(world, "Hers", owner="U0ALICE")
    home = await read(home_of, HOME["U0BOB"], world.moment)
    assert [view.follow_up.text for view in home.follow_ups] == ["Sooner", "Later"]
    assert not home.is_empty
    await settle_home()
    await move(world, sooner, SNOOZE)
    assert await drawn()
    await move(world, later, DONE)
    assert (await read(home_of, HOME["U0BOB"], world.moment)).follow_ups == ()


async def test_the_timeline_tells_what_was_done_and_what_was_not(world: World) -> None:
    done, not_done = await add(world), await add(world, "Call them")
    world.forward(hours=1)
    await move(world, done, DONE)
    await move(world, not_done, NOT_DOING, ALICE, "they called")
    await add(world, "Still open")
    view = await world.deps.database.read(show_initiative, ALICE, None, world.moment)
    said = [(event.sign, event.words, event.by) for event in view.timeline.events[1:]]
    assert said == [
        ("🚫", "follow-up not done: Call them: “they called”", "U0ALICE"),
        ("☑️", "follow-up done: Write the runbook", "U0BOB"),
    ]


async def leave(world: World, user_id: str, event_id: str) -> None:
    user = {"id": user_id, "name": user_id, "tz": "Europe/Berlin", "deleted": True}
    event = {"type": "user_change", "user": user}
    await person_changed({"team_id": TEAM, "event_id": event_id, "event": event}, world.deps)


async def test_those_of_who_has_left_pass_to_the_initiatives_owner_who_is_told(world: World) -> None:
    still_open, done = await add(world), await add(world, "Done already")
    await move(world, done, DONE)
    await leave(world, "U0BOB", "Ev1")
    assert [(await row(world, each)).owner_id for each in (still_open, done)] == ["U0ALICE", "U0BOB"]
    await world.settle()
    (told,) = world.slack.to("U0ALICE")
    assert told.message.text == "<@U0BOB> has left. This is yours now:\nfollow-ups: *Write the runbook*"


async def test_they_go_with_an_initiative_that_is_taken_over(world: World) -> None:
    await add(world, owner="U0ALICE")
    await add(world, "Another", owner="U0CHARLIE")
    await leave(world, "U0ALICE", "Ev1")
    await leave(world, "U0CHARLIE", "Ev2")
    await world.settle()
    (question,) = world.slack.to("C0GENERAL")
    await take_over(world.deps, TEAM, "C0GENERAL", question.ts, "U0BOB")
    assert [(await row(world, each)).owner_id for each in (1, 2)] == ["U0BOB", "U0BOB"]


async def test_privacy_counts_them_by_who_owns_added_and_closed_them(world: World) -> None:
    await move(world, await add(world), DONE, ALICE)
    for user_id, columns in (("U0BOB", {"owner_id"}), ("U0ALICE", {"created_by", "closed_by"})):
        counted = await world.deps.database.read(count_kept, TEAM, user_id)
        assert {kept.column for kept, _ in counted if kept.table == "follow_up"} == columns


async def test_another_workspace_finds_nothing(world: World) -> None:
    follow_up_id = await add(world)
    stranger = replace(ALICE, team_id="T0OTHER")
    with pytest.raises(UserError, match="was taken back"):
        await world.deps.database.write(move_follow_up, stranger, follow_up_id, DONE, world.moment)
    assert await texts(world, stranger, Scope.ALL) == []
