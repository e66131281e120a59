"""A small made-up world the examples are about: one initiative with four criteria, and its readings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

from bot.domain.cadence import Weekday, Weekly
from bot.domain.checkin import CheckIn, Confidence
from bot.domain.criterion import (
    Condition,
    Criterion,
    CriterionState,
    Direction,
    Health,
    Kind,
    SourceKind,
    SourceSpec,
)
from bot.domain.follow_up import FollowUp, FollowUpView
from bot.domain.goalpost import Goalpost, GoalpostField, Move
from bot.domain.initiative import Initiative, InitiativeState
from bot.domain.line import line_of
from bot.domain.note import Note
from bot.domain.post import PostLine, ProgressPost
from bot.domain.post_schedule import Schedule, ScheduleState
from bot.domain.prompt import Option, Prompt, PromptKind, PromptState, Question
from bot.domain.question_text import EMOJI
from bot.domain.reading import Origin, Reading
from bot.domain.requests import AskPrompt
from bot.domain.schedule import next_after
from bot.domain.series import Series, SeriesState
from bot.domain.standing import worst
from bot.domain.status import assess

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
URL = "https://api.example.com/stats"


FORM_KINDS = tuple(kind for kind in PromptKind if kind is not PromptKind.FORM)
"""What a form of ten questions asks, one of each kind."""


@dataclass(frozen=True, slots=True)
class World:
    """Who and where the examples are about; everything else in them is made up.

    Attributes:
        user_id: Slack user id that stands for everyone, so that posting them pings nobody else.
        channel_id: Slack id of every channel in them.
        now: Aware UTC.
        name: The initiative's name, and what the note on it says: text from outside, to be escaped.
    """

    user_id: str = "U0ALICE"
    channel_id: str = "C0GENERAL"
    now: datetime = NOW
    name: str = "Checkout rewrite <beta> & more"

    @property
    def initiative(self) -> Initiative:
        """An initiative in its third week of six."""
        today = self.now.date()
        return Initiative(
            id=0,
            name=self.name,
            outcome="Merchants finish checkout without calling us.",
            owner_id=self.user_id,
            channel_id=self.channel_id,
            channel_name="general",
            private=False,
            zone="Europe/Berlin",
            starts_on=today - timedelta(days=16),
            ends_on=today + timedelta(days=25),
            state=InitiativeState.OPEN,
            created_at=self.now - timedelta(days=16),
        )

    @property
    def explained(self) -> tuple[tuple[Criterion, PostLine], ...]:
        """Its criteria: a breached guardrail, a broken source, a target met, one without a value."""
        met = self._criterion(
            3, "Conversion", Kind.SUCCESS, Direction.AT_LEAST, "3.2", unit="%", baseline="2.9"
        )
        broken = self._criterion(2, "Refunds", Kind.SUCCESS, Direction.AT_MOST, "1", unit="%", baseline="2")
        breached = self._criterion(1, "p95 latency", Kind.GUARDRAIL, Direction.AT_MOST, "800", unit="ms")
        by_hand = self._criterion(
            4, "Support calls", Kind.SUCCESS, Direction.BETWEEN, "5", high="9", source=SourceKind.MANUAL
        )
        failing = Health(
            failures=4,
            failing_since=self.now - timedelta(hours=7),
            last_failure="HTTP 401 from api.example.com",
        )
        return (
            (breached, self._line(breached, self._readings("640", "655", "790", "910", "880", "830"))),
            (broken, self._line(broken, self._readings("1.4", "1.2", "1.1", hours_ago=8), failing)),
            (met, self._line(met, self._readings("2.9", "3.0", "2.95", "3.1", "3.3", "3.4"))),
            (by_hand, self._line(by_hand, ())),
        )

    @property
    def post_lines(self) -> tuple[PostLine, ...]:
        """The lines of its progress post."""
        return tuple(line for _, line in self.explained)

    @property
    def post(self) -> ProgressPost:
        """Its progress post."""
        return self.post_of(self.post_lines)

    @property
    def long_post(self) -> ProgressPost:
        """The progress post of an initiative with more criteria than fit into one message."""
        return self.post_of(self.post_lines[:3] + self._many_lines())

    def post_of(self, lines: tuple[PostLine, ...]) -> ProgressPost:
        """Return a progress post with these lines."""
        return ProgressPost(
            initiative=self.initiative,
            lines=lines,
            standing=worst(each.line.standing for each in lines),
            now=self.now,
            late_by=timedelta(minutes=12),
        )

    @property
    def confidence(self) -> tuple[Confidence, ...]:
        """What people said of four of its criteria."""
        said = ((2, "Refunds", 4, 8, "the <bank> changed its API"), (3, "Conversion", 7, None, ""))
        more = ((number, f"Step {number}", 8, 8, "going well") for number in (10, 11))
        return tuple(
            Confidence(number, name, CheckIn(self.now, self.user_id, confidence, sentence), before)
            for number, name, confidence, before, sentence in (*said, *more)
        )

    @property
    def goalposts(self) -> tuple[Goalpost, ...]:
        """What two edits of its first criterion moved."""
        first, second = self.now - timedelta(hours=30), self.now - timedelta(minutes=130)
        moves = (
            (first, GoalpostField.DUE, "2026-12-12", "2026-12-18"),
            (
                first,
                GoalpostField.SOURCE,
                f"{URL}?key=1",
                f"{URL.replace('api', 'metrics')}?key=2 with auth=bearer",
            ),
            (second, GoalpostField.TARGET, "700", "800"),
        )
        return tuple(Goalpost(Move(field, was, now), at, self.user_id) for at, field, was, now in moves)

    @property
    def schedule(self) -> Schedule:
        """A schedule that posts it."""
        return Schedule(
            id=0,
            number=3,
            channel_id=self.channel_id,
            cadence=Weekly((Weekday.MON,), time(9)),
            cadence_text="every Mon 09:00",
            zone="Europe/Berlin",
            state=ScheduleState.ACTIVE,
            paused_because="",
            created_by=self.user_id,
            created_at=self.now - timedelta(days=10),
            due_at=self.now + timedelta(days=6),
            initiative_ids=(0,),
        )

    @property
    def note(self) -> Note:
        """A note on it."""
        return Note(
            id=0,
            text=f"{self.name} is slow\non a phone",
            author_id=self.user_id,
            channel_id=self.channel_id,
            initiative_id=0,
            created_at=self.now - timedelta(hours=3),
        )

    def follow_up(self, number: int = 0, *, due_in: int = 4) -> FollowUpView:
        """Return a follow-up of it that is due in so many days."""
        text = "Write the <runbook> & tell support" if number == 0 else f"Step {number} of the hand-over"
        due_on = self.now.date() + timedelta(days=due_in)
        follow_up = FollowUp(number, text, self.user_id, due_on, created_by=self.user_id)
        return FollowUpView(follow_up, self.initiative, "Alice <A>")

    def prompt(
        self, kind: PromptKind, *, anonymous: bool = False, state: PromptState = PromptState.OPEN
    ) -> Prompt:
        """Return a prompt about it; prompts of its number are never stored, so a click on one finds none."""
        labels = {
            PromptKind.SCALE: ("1", "2", "3", "4", "5"),
            PromptKind.SCORE: tuple(str(number) for number in range(11)),
            PromptKind.ENPS: tuple(str(number) for number in range(11)),
            PromptKind.THUMBS: ("👍", "👎"),
            PromptKind.EMOJI: EMOJI,
            PromptKind.CHOICE: ("Keep it", "Change it", "Stop"),
            PromptKind.SEVERAL: ("Speed", "Clarity", "Price"),
        }
        return Prompt(
            id=0,
            number=12,
            question="How clear is the new form?",
            kind=kind,
            options=_options(labels.get(kind, ())),
            anonymous=anonymous,
            floor=5,
            channel_id=self.channel_id,
            channel_name="general",
            initiative_id=0,
            asked_by=self.user_id,
            state=state,
            created_at=self.now - timedelta(days=1),
            closes_at=self.now + timedelta(days=1),
            closed_at=self.now if state is PromptState.CLOSED else None,
            zone="Europe/Berlin",
            ts=None,
            form=tuple(
                Question(
                    f"q{place}", f"Question {place}: how <clear> is it?", each, _options(labels.get(each, ()))
                )
                for place, each in enumerate(FORM_KINDS, start=1)
            )
            if kind is PromptKind.FORM
            else (),
        )

    def series(self) -> Series:
        """Return a prompt that is asked every Friday."""
        request = AskPrompt(
            "How clear is <the> new form?", PromptKind.SCALE, anonymous=True, closes_in=timedelta(days=2)
        )
        cadence = Weekly((Weekday.FRI,), time(15))
        return Series(
            id=0,
            team_id="T0EXAMPLE",
            request=request,
            channel_id=self.channel_id,
            channel_name="general",
            cadence=cadence,
            cadence_text="every Fri 15:00",
            zone="Europe/Berlin",
            state=SeriesState.ACTIVE,
            paused_because="",
            asked_by=self.user_id,
            initiative_id=0,
            created_at=self.now,
            due_at=next_after(cadence, "Europe/Berlin", self.now, self.now),
        )

    def _criterion(
        self,
        number: int,
        name: str,
        kind: Kind,
        direction: Direction,
        target: str,
        *,
        high: str | None = None,
        unit: str = "",
        baseline: str | None = None,
        source: str = SourceKind.HTTP_JSON,
    ) -> Criterion:
        initiative = self.initiative
        manual = source == SourceKind.MANUAL
        return Criterion(
            id=number,
            initiative_id=initiative.id,
            name=name,
            kind=kind,
            condition=Condition(direction, Decimal(target), Decimal(high) if high else None),
            baseline=Decimal(baseline) if baseline else None,
            baseline_typed=baseline is not None,
            unit=unit,
            due_on=None if kind is Kind.GUARDRAIL else initiative.ends_on,
            owner_id=self.user_id,
            source=SourceSpec(source) if manual else SourceSpec(source, URL, "$.checkout.value"),
            every=timedelta(days=7) if manual else timedelta(hours=1),
            readings_needed=1 if manual else 2,
            state=CriterionState.OPEN,
            created_at=initiative.created_at,
            starts_on=initiative.starts_on,
            zone=initiative.zone,
        )

    def _readings(self, *values: str, hours_ago: int = 0) -> tuple[Reading, ...]:
        last = self.now - timedelta(hours=hours_ago, minutes=5)
        return tuple(
            Reading(at=last - timedelta(hours=back), value=Decimal(value), origin=Origin.SCHEDULED)
            for back, value in zip(range(len(values) - 1, -1, -1), values, strict=True)
        )

    def _line(
        self,
        criterion: Criterion,
        readings: tuple[Reading, ...],
        health: Health = Health(),  # noqa: B008 -- frozen, so one default for all calls is safe
    ) -> PostLine:
        report = assess(criterion, readings, self.now, health=health)
        return PostLine(
            line=line_of(criterion, report, health, self.now),
            condition=criterion.condition,
            unit=criterion.unit,
            readings=readings,
        )

    def _many_lines(self) -> tuple[PostLine, ...]:
        criteria = [
            self._criterion(
                number,
                f"Step {number} of the checkout finished",
                Kind.SUCCESS,
                Direction.AT_LEAST,
                "90",
                unit="%",
                baseline="40",
            )
            for number in range(10, 40)
        ]
        return tuple(self._line(criterion, self._readings("40", "52", "61")) for criterion in criteria)


def _options(labels: Sequence[str]) -> tuple[Option, ...]:
    return tuple(Option(str(place), label) for place, label in enumerate(labels, start=1))
