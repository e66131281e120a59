"""`parse(format(x)) == x` for every request."""

from __future__ import annotations

import re
import string
import typing
from datetime import date, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import requests
from bot.domain.audience import Reach, Shown
from bot.domain.cadence import Cron, Daily, Elapsed, LastWeekday, Weekday, Weekly
from bot.domain.commands import parse
from bot.domain.criterion import Condition, CriterionState, Direction, Kind, SourceKind, SourceSpec
from bot.domain.dates import DayMonth, EndOf, In, Iso, Period, Unit, parse_date
from bot.domain.days_off import OnDaysOff
from bot.domain.decision import DecisionKind
from bot.domain.entities import ChannelRef, UserRef, clean, collapse
from bot.domain.formatting import (
    command_of,
    format,
    format_cadence,
    format_date,
    format_decimal,
    format_duration,
    format_every,
)
from bot.domain.inbox import CODE_BYTES, holds_code, spell_code
from bot.domain.names import NAME_LIMIT, fold
from bot.domain.note import NoteState
from bot.domain.period import Days, Last
from bot.domain.post_schedule import PostOnly, ScheduleScope
from bot.domain.prompt import NUMBERS, OWN_OPTIONS, PromptKind
from bot.domain.quantities import parse_duration, parse_number
from bot.domain.question_text import EMOJI, format_question, parse_questions
from bot.domain.quiet import QuietHours
from bot.domain.rhythms import parse_every, parse_stored_cadence
from bot.domain.targets import OPERATORS

AWKWARD = (
    "all", "MINE", "Checkout rewrite", "Weekly signups", 'the "new" form', "“smart” quotes",
    "« Caisse »", '"', '""', "a > 5", "at least 5", "between 1 and 2", "by 31 Dec", "for ever",
    "path $.x", "p95 <= 3", "<@U1|x>", "<#C1>", "&lt;", "&amp;lt;", "AT&T", "<https://a.example|b>",
    "<!here>", "#3", "@bob", "🚀 launch", "إطلاق جديد", "x, y", "12", "500 ms", "in", "guardrail",
    "Phase 2", "%", "-", "<", ">", "&", "'", "Bob’s", "source manual", "e5", "1,5", "help", "list",
    "behind", "ﬃ", "👩‍👩‍👧", "a–b", "$.x[?@.a > 5]",
)  # fmt: skip
"""Names that could be read as something else."""

ENTITY = re.compile(r"(<[@#][A-Z0-9]+(?:\|[^<>]*)?>)")

anything = st.text(
    st.characters(exclude_characters="\ufffc\ufeff\u2060", exclude_categories=["Cs"]), max_size=40
)
one_line = anything.map(clean).map(collapse)
visible = st.sampled_from(string.ascii_letters + "éßحא語🚀")
names = st.sampled_from(AWKWARD) | st.builds(
    lambda text, letter: collapse(text + letter), one_line, visible
).filter(lambda name: len(name) <= NAME_LIMIT)
texts = st.sampled_from(AWKWARD) | one_line
ids = st.text(string.ascii_uppercase + string.digits, min_size=1, max_size=11)
entity_names = st.sampled_from(["", "alice", "a&b", "x<y>", "général", "&lt;"])
users = st.builds(UserRef, ids, entity_names)
channels = st.builds(ChannelRef, ids, entity_names)


@st.composite
def decimals(draw: st.DrawFn) -> Decimal:
    digits = draw(st.text(string.digits, min_size=1, max_size=40))
    return Decimal(f"{draw(st.sampled_from(['', '-']))}{digits}e{draw(st.integers(-30, 30))}")


times = st.builds(time, st.integers(0, 23), st.integers(0, 59))
weeklies = st.builds(
    lambda days, at, weeks: Weekly(tuple(day for day in Weekday if day in days), at, weeks),
    st.sets(st.sampled_from(list(Weekday)), min_size=1),
    times,
    st.integers(1, 52),
)
crons = st.sampled_from(["0 9 * * 1", "*/5 * * * *", "0 0 L * *", "30 8-18/2 1,15 JAN-JUN MON#2"]).map(Cron)
elapsed = st.integers(1, 24 * 60 - 1).map(lambda minutes: Elapsed(timedelta(minutes=minutes)))
cadences = elapsed | st.builds(Daily, times) | weeklies | st.builds(LastWeekday, times) | crons
once_a_day = (
    st.builds(Daily, times)
    | weeklies
    | st.builds(LastWeekday, times)
    | st.sampled_from(["0 9 * * 1", "30 15 1 * *", "0 0 L * *"]).map(Cron)
)
date_specs = (
    st.dates(min_value=date(1000, 1, 1)).map(Iso)
    | st.dates(date(2000, 1, 1), date(2000, 12, 31)).map(lambda day: DayMonth(day.day, day.month))
    | st.builds(In, st.integers(0, 9999), st.sampled_from(list(Unit)))
    | st.sampled_from(list(Period)).map(EndOf)
)
periods = (
    st.integers(1, 366 * 24 * 60).map(lambda minutes: Last(timedelta(minutes=minutes)))
    | st.builds(Days, date_specs)
    | st.builds(Days, date_specs, date_specs)
)
zones = st.sampled_from(["Europe/Berlin", "UTC", "America/Argentina/Buenos_Aires", "Etc/GMT+5"])

urls = st.builds(
    lambda host, rest: f"https://{host}.example/{rest}",
    st.text(string.ascii_lowercase, min_size=1, max_size=8),
    st.text(string.ascii_letters + string.digits + "/?&=%<>\"'@#|;.,[]«“é", max_size=30)
    | st.sampled_from(["?a=&lt;", "?a=&amp;b", "<#C1|x>", "<https://x.example>", "by", '"']),
)
keys = st.text(st.characters(codec="ascii", exclude_characters="'\\", exclude_categories=["Cc"]), max_size=12)
paths = st.lists(
    st.sampled_from(["['a'].x", ".week", "[0]", '[?@.a < 5 && @.b == "by 31 Dec"]', "[ 'for' ]"])
    | keys.map(lambda key: f"['{key}']"),
    max_size=4,
).map(lambda parts: "$" + "".join(parts))  # fmt: skip
option_names = st.from_regex(r"[a-z][a-z0-9_]{0,6}(\.[A-Za-z0-9_-]{1,6})?", fullmatch=True)
option_texts = (texts | st.sampled_from(AWKWARD)).filter(bool) | st.sampled_from(
    [
        '{"a": 1}',
        "'",
        "'tis",
        "it''s",
        "sum(rate(x[5m])) by (y)  > 0",
        "a=b",
        "{{secret:GRAFANA}}",
        "with a=b",
        "“x",
    ]
)
options = st.dictionaries(option_names, option_texts, max_size=4).map(
    lambda found: tuple(sorted(found.items()))
)
other_kinds = st.sampled_from(
    [kind for kind in SourceKind if kind not in (SourceKind.HTTP_JSON, SourceKind.MANUAL)]
)
kinds = other_kinds.map(str) | st.sampled_from(["jira", "x2_y", "z"])
sources = (
    st.builds(SourceSpec, st.just(SourceKind.MANUAL), options=options)
    | st.builds(SourceSpec, st.just(SourceKind.HTTP_JSON), st.none() | urls, paths, options)
    | st.builds(SourceSpec, kinds, st.none() | urls, st.none() | paths, options)
)


@st.composite
def conditions(draw: st.DrawFn) -> Condition:
    typed, direction = draw(st.sampled_from(list(OPERATORS.items())))
    if direction != Direction.BETWEEN:
        return Condition(direction, draw(decimals()), typed=draw(st.sampled_from([typed, typed.upper()])))
    low, high = sorted(draw(st.tuples(decimals(), decimals()).filter(lambda pair: pair[0] != pair[1])))
    return Condition(direction, low, high, typed)


units = st.sampled_from(
    [
        "",
        "ms",
        "%",
        "€",
        "page views",
        "by",
        "in",
        "guardrail",
        "24 h",
        '"',
        "req/s",
        "&lt;",
        "<@U1>",
        "x>",
        "“",
        "µs",
    ]
) | one_line.filter(lambda unit: len(unit) <= 24)


halves = st.builds(requests.LineHalf, names, conditions(), units)


@st.composite
def criteria(draw: st.DrawFn) -> requests.AddCriterion:
    condition = draw(conditions())
    kind = draw(st.sampled_from(list(Kind)))
    bounds = (condition.target, condition.target_high)
    return requests.AddCriterion(
        name=draw(names),
        kind=kind,
        condition=condition,
        source=draw(sources),
        unit=draw(units),
        baseline=draw(st.none() | decimals().filter(lambda value: value not in bounds)),
        due=draw(date_specs if kind == Kind.SUCCESS else st.none() | date_specs),
        every=draw(st.none() | cadences),
        owner=draw(st.none() | users),
        zone=draw(st.none() | zones),
        initiative=draw(st.none() | names),
    )


CAN_REACT = {PromptKind.THUMBS, PromptKind.EMOJI, PromptKind.CHOICE, *NUMBERS}
KINDS = [kind for kind in PromptKind if kind is not PromptKind.FORM]
labels = st.lists(texts.filter(bool), min_size=2, max_size=10, unique_by=fold).map(tuple)
SIGNS = ("😀", ":cry:", ":+1::skin-tone-3:", "🙃", "1️⃣")
emoji = st.just(EMOJI) | st.lists(st.sampled_from(SIGNS), min_size=2, unique=True).map(tuple)


def options_of(kind: PromptKind) -> st.SearchStrategy[tuple[str, ...]]:
    if kind is PromptKind.EMOJI:
        return emoji
    return labels if kind in OWN_OPTIONS else st.just(())


@st.composite
def questions(draw: st.DrawFn) -> requests.AskQuestion:
    kind = draw(st.sampled_from(KINDS))
    return requests.AskQuestion(
        draw(texts.filter(bool)),
        kind,
        draw(options_of(kind)),
        comment=kind is not PromptKind.TEXT and draw(st.booleans()),
        optional=draw(st.booleans()),
    )


forms = st.lists(questions(), min_size=1, max_size=10, unique_by=lambda each: fold(each.text)).map(tuple)


@given(forms)
def test_the_questions_of_a_form_are_read_back_from_a_line_each(
    form: tuple[requests.AskQuestion, ...],
) -> None:
    assert parse_questions("\n".join(map(format_question, form))) == form


@st.composite
def prompts(draw: st.DrawFn) -> requests.AskPrompt:
    kind = draw(st.sampled_from(list(PromptKind)))
    anonymous = draw(st.booleans())
    floor = draw(st.integers(3, 1000)) if anonymous else 5
    minutes = st.integers(1, 366 * 24 * 60)
    closes_in = draw(st.none() | minutes.map(lambda each: timedelta(minutes=each)))
    fewest = floor if anonymous else 1
    reach = draw(
        st.sampled_from(list(Reach)) if fewest <= 8 else st.sampled_from([Reach.CHANNEL, Reach.EVERYONE])
    )
    named = st.lists(users, min_size=fewest, max_size=8, unique_by=lambda user: user.id)
    results = draw(st.none() | st.sampled_from([Shown.HIDDEN, Shown.SHARED] if anonymous else list(Shown)))
    can_react = not anonymous and kind in CAN_REACT and results in (None, Shown.LIVE)
    return requests.AskPrompt(
        question=draw(texts.filter(bool)),
        kind=kind,
        options=draw(options_of(kind)),
        comment=kind not in (PromptKind.TEXT, PromptKind.FORM) and draw(st.booleans()),
        questions=draw(forms) if kind is PromptKind.FORM else (),
        anonymous=anonymous,
        floor=floor,
        channel=draw(st.none() | channels),
        closes_in=closes_in,
        close_after=draw(st.none() | st.integers(floor if anonymous else 1, 1000)),
        every=draw(st.none() | once_a_day),
        reach=reach,
        remind=draw(st.booleans()) if closes_in and closes_in >= timedelta(hours=5) else False,
        open_options=draw(st.booleans()) if kind in (PromptKind.CHOICE, PromptKind.SEVERAL) else False,
        people=tuple(draw(named)) if reach is Reach.NAMED else (),
        results=results,
        reactions=draw(st.booleans()) if can_react else False,
    )


def _no_word_of_feedback(text: str) -> bool:
    words = text.split()
    own = ("help", "privacy", "list", "notes", "ask", "results", "close", "edit", "export", "inbox")
    return bool(words) and words[0].casefold() not in own and not holds_code(text)


reasons = texts.filter(lambda text: 0 < len(text) <= 500)
initiative_lists = st.lists(names, max_size=3).map(tuple)
numbers = st.none() | st.integers(0, 999_999_999)
titles = st.tuples(numbers.filter(lambda number: number is not None), st.none()) | st.tuples(st.none(), texts)
named = (
    requests.ShowCriterion,
    requests.CheckCriterion,
    requests.CheckInCriterion,
    requests.EditCriterion,
    requests.NudgeOwner,
    requests.MakeToken,
    requests.RevokeTokens,
)
bare = (
    requests.OpenCriteria, requests.OpenAddForm, requests.OpenInitiativeForm, requests.ListInitiatives,
    requests.OpenScheduleForm, requests.ListSchedules, requests.OpenAskForm, requests.ListPrompts,
    requests.FeedbackPrivacy, requests.OpenInboxForm, requests.OpenShipForm, requests.OpenDecideForm,
    requests.OpenLineForm, requests.OpenFollowUpForm,
)  # fmt: skip
unknown_words = st.sampled_from(["shop", "chek", "“foo", '"a', "<@U1>", "&lt;", "🚀", "@bob", "#x", "12"])

STRATEGIES: dict[type, st.SearchStrategy[typing.Any]] = {
    **{kind: st.builds(kind) for kind in bare},
    **{kind: st.builds(kind, names) for kind in named},
    requests.AddCriterion: criteria(),
    requests.TrySource: st.builds(requests.TrySource, urls, options),
    requests.ListCriteria: st.sampled_from(["here", "mine", "behind", "all"])
    .map(requests.Scope)
    .map(requests.ListCriteria)
    | users.map(lambda user: requests.ListCriteria(requests.Scope.PERSON, person=user))
    | names.map(lambda name: requests.ListCriteria(requests.Scope.INITIATIVE, initiative=name)),
    requests.ShowHistory: st.builds(requests.ShowHistory, names, periods),
    requests.StrikeReading: st.builds(requests.StrikeReading, names)
    | st.builds(requests.StrikeReading, names, st.none() | decimals(), reasons),
    requests.SetReading: st.builds(requests.SetReading, names, decimals(), texts),
    requests.ChangeCriterionState: st.builds(
        requests.ChangeCriterionState, names, st.sampled_from(list(CriterionState))
    ),
    requests.ListSecrets: st.none().map(requests.ListSecrets)
    | st.from_regex(r"[A-Z][A-Z0-9_]{0,39}", fullmatch=True).map(requests.ListSecrets),
    requests.ListRecipes: st.from_regex(r"([a-z&<“]{1,9}( [a-z]{1,9})?)?", fullmatch=True).map(
        requests.ListRecipes
    ),
    requests.NewInitiative: st.builds(
        requests.NewInitiative, names, date_specs, st.none() | channels, st.none() | users, st.none() | zones
    ),
    requests.ShowInitiative: st.builds(requests.ShowInitiative, st.none() | names),
    requests.Broadcast: st.builds(requests.Broadcast, st.booleans(), st.none() | names),
    requests.SetCheckIns: st.builds(
        requests.SetCheckIns,
        st.none() | st.sampled_from(["Mon 10:00", "weekday 16:30", "2 weeks Tue 09:00"]).map(parse_every),
        st.none() | names,
    ),
    requests.CloseInitiative: st.builds(requests.CloseInitiative, st.none() | names),
    requests.ShareInitiative: st.builds(
        requests.ShareInitiative,
        st.none() | names,
        st.integers(60, 366 * 24 * 60).map(lambda minutes: timedelta(minutes=minutes))
        | st.just(requests.DEFAULT_SHARED),
    ),
    requests.UnshareInitiative: st.builds(requests.UnshareInitiative, st.none() | names),
    requests.ShowAway: st.just(requests.ShowAway()),
    requests.StayAway: (st.none() | st.integers(1, 90).map(lambda days: timedelta(days=days))).map(
        requests.StayAway
    ),
    requests.ShowQuiet: st.just(requests.ShowQuiet()),
    requests.KeepQuiet: st.sampled_from(
        [None, QuietHours(time(20), time(8)), QuietHours(time(0), time(7, 5)), QuietHours(time(12), time(13))]
    ).map(requests.KeepQuiet),
    requests.ShowMaintenance: st.just(requests.ShowMaintenance()),
    requests.KeepMaintenance: st.builds(
        requests.KeepMaintenance,
        st.sampled_from(["grafana.example.com", "10.0.0.7", "localhost"]),
        st.none() | st.integers(5, 10_080).map(lambda minutes: timedelta(minutes=minutes)),
    ),
    requests.ShowDaysOff: st.just(requests.ShowDaysOff()),
    requests.TakeDaysOff: st.builds(requests.TakeDaysOff, date_specs, st.none() | date_specs),
    requests.GiveUpDaysOff: st.builds(requests.GiveUpDaysOff, date_specs),
    requests.TakeCalendar: st.builds(requests.TakeCalendar, urls),
    requests.GiveUpCalendar: st.builds(
        requests.GiveUpCalendar, st.sampled_from(["calendar.example.com", "xn--kalender-x2a.example"])
    ),
    requests.ExportCriteria: st.builds(requests.ExportCriteria, st.none() | names),
    requests.ExportProgress: st.builds(requests.ExportProgress, st.none() | names),
    requests.PreviewProgress: st.builds(requests.PreviewProgress, st.none() | names),
    requests.ScheduleProgress: st.builds(
        requests.ScheduleProgress,
        cadences,
        st.none() | channels,
        initiative_lists,
        st.none() | zones,
        st.sampled_from(PostOnly),
        st.just(ScheduleScope.NAMED),
        st.sampled_from(OnDaysOff),
    )
    | st.builds(
        requests.ScheduleProgress,
        cadences,
        st.none() | channels,
        st.just(()),
        st.none() | zones,
        st.sampled_from(PostOnly),
        st.sampled_from(ScheduleScope),
    ),
    requests.ChangeSchedule: st.builds(
        requests.ChangeSchedule, st.sampled_from(list(requests.ScheduleChange)), numbers
    ),
    requests.TestSchedule: st.builds(requests.TestSchedule, numbers),
    requests.AddNote: anything.map(clean).filter(_no_word_of_feedback).map(requests.AddNote)
    | st.sampled_from([name for name in AWKWARD if _no_word_of_feedback(name)]).map(requests.AddNote),
    requests.AskPrompt: prompts(),
    requests.OpenInbox: st.binary(min_size=CODE_BYTES, max_size=CODE_BYTES).map(
        lambda random: requests.OpenInbox(spell_code(random))
    ),
    requests.ListNotes: st.builds(requests.ListNotes, st.none() | st.sampled_from(list(NoteState))),
    requests.PromptResults: titles.map(lambda pair: requests.PromptResults(*pair)),
    requests.EditPrompt: titles.map(lambda pair: requests.EditPrompt(*pair)),
    requests.ExportResponses: titles.map(lambda pair: requests.ExportResponses(*pair)),
    requests.ClosePrompt: titles.map(lambda pair: requests.ClosePrompt(*pair)),
    requests.ShipChange: st.builds(requests.ShipChange, names, st.none() | names, st.booleans()),
    requests.ShowLoopTime: st.builds(requests.ShowLoopTime, st.none() | names),
    requests.Decide: st.builds(
        requests.Decide,
        st.sampled_from(list(DecisionKind)),
        st.none() | names,
        st.just("") | texts.filter(lambda text: 0 < len(text) <= 300),
    ),
    requests.WriteLine: st.tuples(st.none() | halves, st.none() | halves)
    .filter(any)
    .flatmap(
        lambda pair: st.builds(
            requests.WriteLine, st.just(pair[0]), st.just(pair[1]), date_specs, st.none() | names
        )
    ),
    requests.StartIteration: st.builds(requests.StartIteration, names, date_specs, st.none() | names),
    requests.AddFollowUp: st.builds(requests.AddFollowUp, names, users, date_specs, st.none() | names),
    requests.ListFollowUps: st.sampled_from(["here", "mine", "all"])
    .map(requests.Scope)
    .map(requests.ListFollowUps)
    | names.map(lambda name: requests.ListFollowUps(requests.Scope.INITIATIVE, name)),
    requests.MakeShipToken: st.builds(requests.MakeShipToken, st.none() | names),
    requests.RevokeShipTokens: st.builds(requests.RevokeShipTokens, st.none() | names),
    requests.Help: st.builds(
        requests.Help,
        st.sampled_from(["criteria", "initiative", "progress", "loop"]),
        st.none() | unknown_words,
    ),
}


def test_every_request_has_a_strategy() -> None:
    assert set(STRATEGIES) == set(typing.get_args(requests.Request))


@pytest.mark.parametrize("kind", STRATEGIES, ids=lambda kind: kind.__name__)
@given(data=st.data())
def test_a_formatted_request_parses_to_itself(kind: type, data: st.DataObject) -> None:
    request = data.draw(STRATEGIES[kind])
    assert parse(command_of(request), format(request)) == request


@pytest.mark.parametrize("kind", STRATEGIES, ids=lambda kind: kind.__name__)
@given(data=st.data())
def test_a_request_encoded_in_full_parses_to_itself(kind: type, data: st.DataObject) -> None:
    request = data.draw(STRATEGIES[kind])
    assert parse(command_of(request), _encode_in_full(format(request))) == request


def _encode_in_full(text: str) -> str:
    """Encode what Slack encodes outside entities; what `format` had to encode already stays."""
    return "".join(
        part
        if ENTITY.fullmatch(part)
        else re.sub("&(?!(?:lt|gt|amp);)", "&amp;", part).replace("<", "&lt;").replace(">", "&gt;")
        for part in ENTITY.split(text)
    )


@given(request=st.one_of(*STRATEGIES.values()))
def test_loop_delegates_to_every_other_command(request: requests.Request) -> None:
    command = command_of(request)
    if command == "loop" or (request == requests.Help(command) and command == "feedback"):
        return
    assert parse("loop", f"{command} {format(request)}") == request


@given(value=decimals())
def test_a_formatted_number_parses_to_itself(value: Decimal) -> None:
    assert parse_number(format_decimal(value)) == value


@given(minutes=st.integers(1, 366 * 24 * 60))
def test_a_formatted_duration_parses_to_itself(minutes: int) -> None:
    duration = timedelta(minutes=minutes)
    assert parse_duration(format_duration(duration)) == duration


@given(spec=date_specs)
def test_a_formatted_date_parses_to_itself(spec: typing.Any) -> None:
    assert parse_date(format_date(spec)) == spec


@given(cadence=cadences)
def test_a_formatted_cadence_parses_to_itself_with_and_without_every(cadence: typing.Any) -> None:
    assert parse_every(format_cadence(cadence)) == cadence
    assert parse_every(format_every(cadence)) == cadence
    assert parse_stored_cadence(format_cadence(cadence)) == cadence
    assert parse_stored_cadence(format_every(cadence)) == cadence


@pytest.mark.parametrize("elapsed", [timedelta(days=7), timedelta(days=1, hours=2)], ids=str)
def test_a_stored_cadence_may_be_longer_than_what_can_be_typed(elapsed: timedelta) -> None:
    assert parse_stored_cadence(format_cadence(Elapsed(elapsed))) == Elapsed(elapsed)
