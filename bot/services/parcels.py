"""Parcels: what a claimed outbox row says, as it stands at the moment it is sent."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlmodel import Session

from bot.db.criteria import Found
from bot.db.deliveries import OutboxClaim, has_later, replaced_runs
from bot.db.follow_ups import find_follow_up_row
from bot.db.initiatives import find_initiative_by_id
from bot.db.models import CriterionRow, OutageRow, OutboxRow
from bot.db.notes import find_note
from bot.db.outbox import OutboxKind
from bot.db.posts import drawn_since, last_post_ts, said_until
from bot.db.prompts import find_prompt_row
from bot.db.schedules import find_schedule, may_post, postable_of
from bot.db.series import find_series
from bot.db.snoozes import snoozed
from bot.domain.criterion import CriterionState
from bot.domain.days_off import CalendarLink
from bot.domain.decision import ToldDecision
from bot.domain.decision_card import DecisionCard
from bot.domain.digest import Digest
from bot.domain.follow_up import FollowUpAsked
from bot.domain.goalpost import MovedGoalposts
from bot.domain.initiative import Initiative, InitiativeState
from bot.domain.line import CriterionLine
from bot.domain.note import Note, NoteState
from bot.domain.nudge import Nudge
from bot.domain.outage import Outage
from bot.domain.post import LATE_AFTER, ProgressPost, StatusChange
from bot.domain.post_schedule import TOLD_RUNS, MissedRuns, Schedule, ScheduleState, say_missed
from bot.domain.prompt import Prompt, PromptState
from bot.domain.series import Series, SeriesState
from bot.domain.ship import ShipView
from bot.domain.status import due_end
from bot.domain.strike import ToldStrike
from bot.services.calendars import failed_calendar
from bot.services.checkin_reminders import still_to_check_in
from bot.services.deciding import told_decision
from bot.services.decision_lines import find_card
from bot.services.digests import digest_of
from bot.services.due_posts import DIGEST_END, REPLACED, WAS_PAUSED, key_end, key_start
from bot.services.follow_up_reminders import told_follow_up
from bot.services.inviting import asked_prompts
from bot.services.lines import line_of_found
from bot.services.nudging import told_nudge
from bot.services.progress import post_of
from bot.services.prompts import PromptView, prompt_to_post
from bot.services.shipping import ship_view
from bot.services.subjects import moved_goalposts, say_what, status_change, told_outage, told_strike


@dataclass(frozen=True, slots=True)
class Dropped:
    """There is no reason left to post it."""

    because: str


@dataclass(frozen=True, slots=True)
class ProgressParcel:
    """A progress post."""

    post: ProgressPost


@dataclass(frozen=True, slots=True)
class MoreParcel:
    """The lines that did not fit into a progress post; they go to its thread."""

    post: ProgressPost
    thread_ts: str


@dataclass(frozen=True, slots=True)
class DigestParcel:
    """A digest of many initiatives; `number` is its schedule's."""

    digest: Digest
    number: int


@dataclass(frozen=True, slots=True)
class DigestMoreParcel:
    """The details of a digest; they go to its thread."""

    digest: Digest
    thread_ts: str


@dataclass(frozen=True, slots=True)
class ReplyParcel:
    """A status change, for the thread of the initiative's last post; None when there is no post yet."""

    change: StatusChange
    thread_ts: str | None

    @property
    def is_broadcast(self) -> bool:
        """Whether the channel sees it as well."""
        return self.change.initiative.broadcasts


@dataclass(frozen=True, slots=True)
class OutageParcel:
    """Sources that broke together, for the thread of their initiative's last post; None for the channel."""

    outage: Outage
    thread_ts: str | None

    @property
    def is_broadcast(self) -> bool:
        """Whether the channel sees it as well."""
        return self.outage.initiative is not None and self.outage.initiative.broadcasts


@dataclass(frozen=True, slots=True)
class OutageOverParcel:
    """Sources that can be read again, for the thread in which their outage was told; None when it never was."""

    outage: Outage
    thread_ts: str | None


@dataclass(frozen=True, slots=True)
class GoalpostParcel:
    """Goalposts that were moved, for the thread of the initiative's last post; None when there is no post yet."""

    moved: MovedGoalposts
    thread_ts: str | None


@dataclass(frozen=True, slots=True)
class StrikeParcel:
    """A reading that was struck or restored, for the thread of the initiative's last post, or None without one."""

    told: ToldStrike
    thread_ts: str | None


@dataclass(frozen=True, slots=True)
class PromptParcel:
    """A prompt."""

    view: PromptView


@dataclass(frozen=True, slots=True)
class AskedParcel:
    """Prompts somebody is asked to answer, by direct message, each with whether it reminds."""

    prompts: tuple[tuple[Prompt, bool], ...]


@dataclass(frozen=True, slots=True)
class ResultsParcel:
    """What came of a prompt, as a message of its own."""

    view: PromptView


@dataclass(frozen=True, slots=True)
class ShipParcel:
    """A ship's announcement."""

    view: ShipView


@dataclass(frozen=True, slots=True)
class DecisionParcel:
    """A decision, for the thread of the initiative's last post; None when there is no post yet."""

    told: ToldDecision
    thread_ts: str | None


@dataclass(frozen=True, slots=True)
class CardParcel:
    """A decision line whose day has come."""

    card: DecisionCard


@dataclass(frozen=True, slots=True)
class FollowUpParcel:
    """A follow-up, for its owner."""

    asked: FollowUpAsked


@dataclass(frozen=True, slots=True)
class VerdictParcel:
    """A criterion whose due date passed without a verdict."""

    initiative: Initiative
    line: CriterionLine


@dataclass(frozen=True, slots=True)
class ReminderParcel:
    """A criterion whose next value is due; `every` is the rhythm in which one is expected."""

    initiative: Initiative
    line: CriterionLine
    every: timedelta


@dataclass(frozen=True, slots=True)
class CheckInsParcel:
    """Criteria somebody is reminded to check in on, each with its initiative; `outbox_id` is the reminder's."""

    criteria: tuple[tuple[Initiative, CriterionLine], ...]
    outbox_id: int


@dataclass(frozen=True, slots=True)
class NudgeParcel:
    """A nudge: for the thread of the initiative's last post, or None with `in_thread` False for the owner alone."""

    nudge: Nudge
    in_thread: bool
    thread_ts: str | None


@dataclass(frozen=True, slots=True)
class PausedParcel:
    """A schedule that paused itself, and why; `refused` when there is a message that Slack would not take."""

    schedule: Schedule
    because: str
    refused: bool


@dataclass(frozen=True, slots=True)
class SeriesPausedParcel:
    """A series that paused itself, and why."""

    series: Series
    because: str


@dataclass(frozen=True, slots=True)
class SeriesPassedParcel:
    """A series that somebody asks now because somebody else (Slack user id) has left."""

    series: Series
    left: str


@dataclass(frozen=True, slots=True)
class OwnerLeftParcel:
    """An initiative whose owner has left."""

    initiative: Initiative
    left: str


@dataclass(frozen=True, slots=True)
class HandedOverParcel:
    """What somebody owns now because somebody else has left: names of criteria, schedules, texts of follow-ups."""

    left: str
    initiative: Initiative | None
    criteria: tuple[str, ...]
    schedules: tuple[Schedule, ...]
    follow_ups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NoteParcel:
    """What became of a note, for whoever gave it."""

    note: Note
    to: NoteState
    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class CalendarParcel:
    """A calendar of days off that can't be read, for whoever gave it."""

    link: CalendarLink


@dataclass(frozen=True, slots=True)
class HeldParcel:
    """A message of which nobody knows whether it was posted; `what` names it."""

    outbox_id: int
    channel_id: str
    what: str


@dataclass(frozen=True, slots=True)
class NotPostedParcel:
    """A message Slack refused; `what` names it, `because` says what to do."""

    channel_id: str
    what: str
    because: str


Parcel = (
    ProgressParcel
    | MoreParcel
    | DigestParcel
    | DigestMoreParcel
    | ReplyParcel
    | OutageParcel
    | OutageOverParcel
    | GoalpostParcel
    | StrikeParcel
    | PromptParcel
    | AskedParcel
    | ResultsParcel
    | ShipParcel
    | DecisionParcel
    | CardParcel
    | FollowUpParcel
    | VerdictParcel
    | ReminderParcel
    | CheckInsParcel
    | NudgeParcel
    | PausedParcel
    | SeriesPausedParcel
    | SeriesPassedParcel
    | OwnerLeftParcel
    | HandedOverParcel
    | NoteParcel
    | CalendarParcel
    | HeldParcel
    | NotPostedParcel
)


def load_parcel(session: Session, claim: OutboxClaim, now: datetime) -> Parcel | Dropped:
    """Return what a row says now, or why there is no reason left to post it."""
    facts = claim.facts
    match claim.kind:
        case OutboxKind.PROGRESS:
            return _progress(session, claim, now)
        case OutboxKind.PROGRESS_MORE:
            initiative = find_initiative_by_id(session, claim.team_id, facts["initiative_id"])
            if initiative is None or initiative.state is not InitiativeState.OPEN:
                return Dropped("the initiative was closed")
            since = drawn_since(session, initiative.id, claim.channel_id)
            post = post_of(session, initiative, now, criterion_ids=facts["criterion_ids"], since=since)
            return (
                MoreParcel(post, facts["thread_ts"]) if post.lines else Dropped("its criteria were archived")
            )
        case OutboxKind.DIGEST | OutboxKind.DIGEST_MORE:
            return _digest(session, claim, now)
        case OutboxKind.STATUS_REPLY:
            change = status_change(session, claim)
            return ReplyParcel(change, last_post_ts(session, change.initiative.id, claim.channel_id))
        case OutboxKind.OUTAGE:
            outage = told_outage(session, facts["outage_id"])
            one = outage.initiative
            return OutageParcel(outage, last_post_ts(session, one.id, claim.channel_id) if one else None)
        case OutboxKind.OUTAGE_OVER:
            thread_ts = session.get_one(OutageRow, facts["outage_id"]).thread_ts
            return OutageOverParcel(told_outage(session, facts["outage_id"]), thread_ts)
        case OutboxKind.GOALPOST:
            moved = moved_goalposts(session, claim)
            return GoalpostParcel(moved, last_post_ts(session, moved.initiative.id, claim.channel_id))
        case OutboxKind.STRIKE:
            told = told_strike(session, claim)
            return StrikeParcel(told, last_post_ts(session, told.initiative.id, claim.channel_id))
        case OutboxKind.PROMPT:
            row = find_prompt_row(session, facts["prompt_id"])
            if row is None or row.state != PromptState.OPEN:
                return Dropped("the prompt was closed before it could be posted")
            return PromptParcel(prompt_to_post(session, facts["prompt_id"]))
        case OutboxKind.PROMPT_ASKED:
            asked = asked_prompts(session, claim)
            return AskedParcel(asked) if asked else Dropped("the prompt was closed")
        case OutboxKind.PROMPT_RESULTS:
            return ResultsParcel(prompt_to_post(session, facts["prompt_id"]))
        case OutboxKind.SHIP:
            view = ship_view(session, claim.team_id, facts["ship_id"])
            return Dropped("the ship was taken back") if view.ship.taken_back else ShipParcel(view)
        case OutboxKind.DECISION:
            decided = told_decision(session, claim.team_id, facts["decision_id"])
            return DecisionParcel(decided, last_post_ts(session, decided.initiative.id, claim.channel_id))
        case OutboxKind.DECISION_DUE:
            card, _ = find_card(session, claim.team_id, facts["line_id"])
            return Dropped("it was decided") if card.line.decision else CardParcel(card)
        case OutboxKind.FOLLOW_UP:
            told_of, why = told_follow_up(session, claim)
            return FollowUpParcel(told_of) if told_of else Dropped(why)
        case OutboxKind.VERDICT_ASKED:
            return _verdict(session, claim, now)
        case OutboxKind.VALUE_DUE:
            return _reminder(session, claim, now)
        case OutboxKind.CHECK_INS_DUE:
            left = still_to_check_in(session, claim.team_id, claim.channel_id, facts["criterion_ids"], now)
            due = tuple((each.initiative, line_of_found(each, now)) for each in left)
            return CheckInsParcel(due, claim.outbox_id) if due else Dropped("nothing is left to check in on")
        case OutboxKind.NUDGE | OutboxKind.NUDGE_REPLY:
            nudge, because = told_nudge(session, claim, now)
            if nudge is None:
                return Dropped(because)
            in_thread = claim.kind is OutboxKind.NUDGE_REPLY
            last = last_post_ts(session, nudge.initiative.id, claim.channel_id) if in_thread else None
            return NudgeParcel(nudge, in_thread, last)
        case OutboxKind.SCHEDULE_PAUSED:
            schedule = find_schedule(session, claim.team_id, facts["schedule_id"])
            if schedule is None:
                return Dropped("the schedule was removed")
            return PausedParcel(schedule, facts["because"], facts.get("refused", False))
        case OutboxKind.SERIES_PAUSED | OutboxKind.SERIES_PASSED:
            series = find_series(session, claim.team_id, facts["series_id"])
            if series is None or series.state is SeriesState.STOPPED:
                return Dropped("the series was stopped")
            if claim.kind is OutboxKind.SERIES_PASSED:
                return SeriesPassedParcel(series, facts["who"])
            return SeriesPausedParcel(series, facts["because"])
        case OutboxKind.OWNER_LEFT:
            initiative = find_initiative_by_id(session, claim.team_id, facts["initiative_id"])
            if initiative is None or initiative.state is not InitiativeState.OPEN:
                return Dropped("the initiative was closed")
            if initiative.owner_id != facts["who"]:
                return Dropped("somebody took it over")
            return OwnerLeftParcel(initiative, facts["who"])
        case OutboxKind.HANDED_OVER:
            return _handed_over(session, claim)
        case OutboxKind.NOTE_MOVED:
            note = find_note(session, claim.team_id, facts["note_id"])
            if note is None:
                return Dropped("the note was undone")
            return NoteParcel(note, NoteState(facts["to"]), facts["reason"], facts["by"])
        case OutboxKind.CALENDAR_FAILED:
            link = failed_calendar(session, claim.team_id, facts["link_id"], now)
            return Dropped("the calendar is read again") if link is None else CalendarParcel(link)
        case OutboxKind.HELD:
            held = session.get_one(OutboxRow, facts["outbox_id"])
            return HeldParcel(facts["outbox_id"], held.channel_id, say_what(session, held))
        case OutboxKind.NOT_POSTED:
            refused = session.get_one(OutboxRow, facts["outbox_id"])
            return NotPostedParcel(refused.channel_id, say_what(session, refused), facts["because"])


def _progress(session: Session, claim: OutboxClaim, now: datetime) -> ProgressParcel | Dropped:
    facts = claim.facts
    initiative = find_initiative_by_id(session, claim.team_id, facts["initiative_id"])
    if initiative is None or initiative.state is not InitiativeState.OPEN:
        return Dropped("the initiative was closed")
    planned_at = datetime.fromisoformat(facts["planned_at"])
    schedule_id = facts["schedule_id"]
    if schedule_id is not None:
        schedule = find_schedule(session, claim.team_id, schedule_id)
        if schedule is None or schedule.state is ScheduleState.PAUSED:
            return Dropped(WAS_PAUSED)
        if not may_post(schedule, initiative):
            return Dropped("the initiative's home is private now")
        ends = (key_start(schedule_id), key_end(initiative.id))
        if now - planned_at > LATE_AFTER and has_later(session, claim, *ends):
            return Dropped(REPLACED)
    since = said_until(session, initiative.id, claim.channel_id)
    post = post_of(session, initiative, now, planned_at=planned_at, since=since)
    if schedule_id is None:
        return ProgressParcel(post)
    ends = (key_start(schedule_id), key_end(initiative.id))
    return ProgressParcel(replace(post, missed=_missed(session, claim, now, initiative.zone, *ends)))


def _digest(session: Session, claim: OutboxClaim, now: datetime) -> DigestParcel | DigestMoreParcel | Dropped:
    facts = claim.facts
    schedule = find_schedule(session, claim.team_id, facts["schedule_id"])
    if schedule is None or schedule.state is ScheduleState.PAUSED:
        return Dropped(WAS_PAUSED)
    since = datetime.fromisoformat(facts["since"]) if facts["since"] else None
    left_out = snoozed(session, claim.team_id, claim.channel_id, now)
    posted = [each for each in postable_of(session, claim.team_id, schedule) if each.id not in left_out]
    if claim.kind is OutboxKind.DIGEST_MORE:
        posted = [each for each in posted if each.id in facts["initiative_ids"]]
    if not posted:
        return Dropped("its initiatives were closed")
    if claim.kind is OutboxKind.DIGEST_MORE:
        return DigestMoreParcel(digest_of(session, posted, now, since=since), facts["thread_ts"])
    planned_at = datetime.fromisoformat(facts["planned_at"])
    if now - planned_at > LATE_AFTER and has_later(session, claim, key_start(schedule.id), DIGEST_END):
        return Dropped(REPLACED)
    digest = digest_of(session, posted, now, since=since, planned_at=planned_at)
    ends = (key_start(schedule.id), DIGEST_END)
    missed = _missed(session, claim, now, schedule.zone, *ends)
    return DigestParcel(replace(digest, missed=missed), schedule.number)


def _missed(session: Session, claim: OutboxClaim, now: datetime, zone: str, start: str, end: str) -> str:
    """Return the runs a post stands for, in words: those no message was written for, and those dropped for it."""
    # Rows written by an older Loopmark say nothing of what was missed.
    own = str(claim.facts.get("missed", ""))
    replaced = replaced_runs(session, claim, start, end, REPLACED)
    runs = [datetime.fromisoformat(facts["planned_at"]) for facts in replaced]
    earlier = len(runs) > TOLD_RUNS or any(facts.get("missed") for facts in replaced)
    said = say_missed(MissedRuns(tuple(runs[:TOLD_RUNS]), earlier), now, zone)
    return "; ".join(each for each in (own, said) if each)


def _verdict(session: Session, claim: OutboxClaim, now: datetime) -> VerdictParcel | Dropped:
    row = session.get_one(CriterionRow, claim.facts["criterion_id"])
    initiative = find_initiative_by_id(session, claim.team_id, row.initiative_id)
    if initiative is None or initiative.state is not InitiativeState.OPEN:
        return Dropped("the initiative was closed")
    if row.state == CriterionState.ARCHIVED:
        return Dropped("the criterion was archived")
    if row.frozen:
        return Dropped("the value was given")
    return VerdictParcel(initiative, line_of_found(Found(row=row, initiative=initiative), now))


def _reminder(session: Session, claim: OutboxClaim, now: datetime) -> ReminderParcel | Dropped:
    row = session.get_one(CriterionRow, claim.facts["criterion_id"])
    initiative = find_initiative_by_id(session, claim.team_id, row.initiative_id)
    if initiative is None or initiative.state is not InitiativeState.OPEN:
        return Dropped("the initiative was closed")
    if row.state != CriterionState.OPEN:
        return Dropped(f"the criterion is {row.state}")
    asked_after = claim.facts["value_at"]
    if row.frozen or row.value_at != (datetime.fromisoformat(asked_after) if asked_after else None):
        return Dropped("the value was given")
    found = Found(row=row, initiative=initiative)
    due_at = due_end(found.criterion)
    if due_at is not None and due_at <= now:  # it waited for somebody's quiet hours
        return Dropped("its due date has passed, and the verdict's value is asked for")
    return ReminderParcel(initiative, line_of_found(found, now), found.criterion.every)


def _handed_over(session: Session, claim: OutboxClaim) -> HandedOverParcel:
    facts = claim.facts
    criteria = [session.get_one(CriterionRow, criterion_id) for criterion_id in facts["criterion_ids"]]
    found = [find_schedule(session, claim.team_id, schedule_id) for schedule_id in facts["schedule_ids"]]
    initiative_id = facts["initiative_id"]
    # Rows written by an older Loopmark say nothing of follow-ups.
    follow_ups = [find_follow_up_row(session, claim.team_id, each) for each in facts.get("follow_up_ids", ())]
    return HandedOverParcel(
        left=facts["who"],
        initiative=find_initiative_by_id(session, claim.team_id, initiative_id) if initiative_id else None,
        criteria=tuple(row.name for row in criteria),
        schedules=tuple(schedule for schedule in found if schedule is not None),
        follow_ups=tuple(row.text for row in follow_ups if row is not None),
    )
