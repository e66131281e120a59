"""What a person asks for: one frozen dataclass for each thing that can be typed."""

from __future__ import annotations

from bot.domain.requests.criteria import (
    AddCriterion,
    ChangeCriterionState,
    CheckCriterion,
    CheckInCriterion,
    EditCriterion,
    ExportCriteria,
    ListCriteria,
    ListRecipes,
    ListSecrets,
    MakeToken,
    OpenAddForm,
    OpenCriteria,
    RevokeTokens,
    SetReading,
    ShowCriterion,
    ShowHistory,
    StrikeReading,
    TrySource,
)
from bot.domain.requests.feedback import (
    DEFAULT_FLOOR,
    LOWEST_FLOOR,
    AddNote,
    AskPrompt,
    AskQuestion,
    ClosePrompt,
    EditPrompt,
    ExportResponses,
    FeedbackPrivacy,
    ListNotes,
    ListPrompts,
    OpenAskForm,
    OpenInbox,
    OpenInboxForm,
    PromptResults,
    SeriesChange,
)
from bot.domain.requests.initiatives import (
    DEFAULT_SHARED,
    Broadcast,
    CloseInitiative,
    ListInitiatives,
    NewInitiative,
    OpenInitiativeForm,
    SetCheckIns,
    ShareInitiative,
    ShowInitiative,
    UnshareInitiative,
)
from bot.domain.requests.loop import (
    AddFollowUp,
    Decide,
    GiveUpCalendar,
    GiveUpDaysOff,
    KeepMaintenance,
    KeepQuiet,
    LineHalf,
    ListFollowUps,
    MakeShipToken,
    NudgeOwner,
    OpenDecideForm,
    OpenFollowUpForm,
    OpenLineForm,
    OpenShipForm,
    RevokeShipTokens,
    ShipChange,
    ShowAway,
    ShowDaysOff,
    ShowLoopTime,
    ShowMaintenance,
    ShowQuiet,
    StartIteration,
    StayAway,
    TakeCalendar,
    TakeDaysOff,
    WriteLine,
)
from bot.domain.requests.progress import (
    ChangeSchedule,
    ExportProgress,
    ListSchedules,
    OpenScheduleForm,
    PreviewProgress,
    ScheduleChange,
    ScheduleProgress,
    TestSchedule,
)
from bot.domain.requests.shared import (
    Help,
    Scope,
)

Request = (
    OpenCriteria
    | OpenAddForm
    | AddCriterion
    | TrySource
    | ListCriteria
    | ShowCriterion
    | ShowHistory
    | CheckCriterion
    | SetReading
    | ChangeCriterionState
    | ExportCriteria
    | ExportProgress
    | CheckInCriterion
    | EditCriterion
    | StrikeReading
    | MakeToken
    | RevokeTokens
    | ListSecrets
    | ListRecipes
    | OpenInitiativeForm
    | NewInitiative
    | ListInitiatives
    | ShowInitiative
    | CloseInitiative
    | Broadcast
    | SetCheckIns
    | NudgeOwner
    | ShareInitiative
    | UnshareInitiative
    | PreviewProgress
    | OpenScheduleForm
    | ScheduleProgress
    | ListSchedules
    | ChangeSchedule
    | TestSchedule
    | AddNote
    | OpenAskForm
    | AskPrompt
    | ListPrompts
    | PromptResults
    | ExportResponses
    | EditPrompt
    | ClosePrompt
    | ListNotes
    | OpenInboxForm
    | OpenInbox
    | FeedbackPrivacy
    | ShowAway
    | StayAway
    | ShowQuiet
    | KeepQuiet
    | ShowMaintenance
    | KeepMaintenance
    | OpenShipForm
    | ShipChange
    | MakeShipToken
    | RevokeShipTokens
    | ShowLoopTime
    | OpenDecideForm
    | Decide
    | OpenLineForm
    | WriteLine
    | StartIteration
    | OpenFollowUpForm
    | AddFollowUp
    | ListFollowUps
    | ShowDaysOff
    | TakeDaysOff
    | GiveUpDaysOff
    | TakeCalendar
    | GiveUpCalendar
    | Help
)
"""Everything that can be asked for in text."""

__all__ = [
    "DEFAULT_FLOOR",
    "DEFAULT_SHARED",
    "LOWEST_FLOOR",
    "AddCriterion",
    "AddFollowUp",
    "AddNote",
    "AskPrompt",
    "AskQuestion",
    "Broadcast",
    "ChangeCriterionState",
    "ChangeSchedule",
    "CheckCriterion",
    "CheckInCriterion",
    "CloseInitiative",
    "ClosePrompt",
    "Decide",
    "EditCriterion",
    "EditPrompt",
    "ExportCriteria",
    "ExportProgress",
    "ExportResponses",
    "FeedbackPrivacy",
    "GiveUpCalendar",
    "GiveUpDaysOff",
    "Help",
    "KeepMaintenance",
    "KeepQuiet",
    "LineHalf",
    "ListCriteria",
    "ListFollowUps",
    "ListInitiatives",
    "ListNotes",
    "ListPrompts",
    "ListRecipes",
    "ListSchedules",
    "ListSecrets",
    "MakeShipToken",
    "MakeToken",
    "NewInitiative",
    "NudgeOwner",
    "OpenAddForm",
    "OpenAskForm",
    "OpenCriteria",
    "OpenDecideForm",
    "OpenFollowUpForm",
    "OpenInbox",
    "OpenInboxForm",
    "OpenInitiativeForm",
    "OpenLineForm",
    "OpenScheduleForm",
    "OpenShipForm",
    "PreviewProgress",
    "PromptResults",
    "Request",
    "RevokeShipTokens",
    "RevokeTokens",
    "ScheduleChange",
    "ScheduleProgress",
    "Scope",
    "SeriesChange",
    "SetCheckIns",
    "SetReading",
    "ShareInitiative",
    "ShipChange",
    "ShowAway",
    "ShowCriterion",
    "ShowDaysOff",
    "ShowHistory",
    "ShowInitiative",
    "ShowLoopTime",
    "ShowMaintenance",
    "ShowQuiet",
    "StartIteration",
    "StayAway",
    "StrikeReading",
    "TakeCalendar",
    "TakeDaysOff",
    "TestSchedule",
    "TrySource",
    "UnshareInitiative",
    "WriteLine",
]
