"""Every table, by noun. Columns only; what they mean together is in bot/domain, questions about them in bot/db/*.py."""

from bot.db.models.access import PageLinkRow, PushedRow, SecretRow, ShipRequestRow, ShipTokenRow, TokenRow
from bot.db.models.criteria import (
    CheckInMuteRow,
    CheckInPlanRow,
    CheckInRow,
    CriterionRow,
    GoalpostRow,
    InitiativeRow,
    NudgePlanRow,
    ReadingRow,
    ReminderRow,
    StatusChangeRow,
)
from bot.db.models.feedback import AskingRow, NoteRow, PromptKeyRow, PromptRow, ResponseRow, SeriesRow
from bot.db.models.loop import DecisionLineRow, DecisionRow, IterationRow, ShipRow, ShipVoteRow
from bot.db.models.people import AwayRow, ChannelRow, DayOffRow, HomeRow, PersonRow, QuietHoursRow
from bot.db.models.posts import (
    MaintenanceRow,
    OutageCriterionRow,
    OutageRow,
    OutboxRow,
    PostRow,
    ScheduleInitiativeRow,
    ScheduleRow,
    SnoozeRow,
)
from bot.db.models.table import NAMING, Table
from bot.db.models.upkeep import CounterRow, DraftRow, SeenEventRow

__all__ = [
    "NAMING",
    "AskingRow",
    "AwayRow",
    "ChannelRow",
    "CheckInMuteRow",
    "CheckInPlanRow",
    "CheckInRow",
    "CounterRow",
    "CriterionRow",
    "DayOffRow",
    "DecisionLineRow",
    "DecisionRow",
    "DraftRow",
    "GoalpostRow",
    "HomeRow",
    "InitiativeRow",
    "IterationRow",
    "MaintenanceRow",
    "NoteRow",
    "NudgePlanRow",
    "OutageCriterionRow",
    "OutageRow",
    "OutboxRow",
    "PageLinkRow",
    "PersonRow",
    "PostRow",
    "PromptKeyRow",
    "PromptRow",
    "PushedRow",
    "QuietHoursRow",
    "ReadingRow",
    "ReminderRow",
    "ResponseRow",
    "ScheduleInitiativeRow",
    "ScheduleRow",
    "SecretRow",
    "SeenEventRow",
    "SeriesRow",
    "ShipRequestRow",
    "ShipRow",
    "ShipTokenRow",
    "ShipVoteRow",
    "SnoozeRow",
    "StatusChangeRow",
    "Table",
    "TokenRow",
]
