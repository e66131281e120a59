"""Everything that can be typed, as data: help, docs and the manifest's hints come from this table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.names import nearest


@dataclass(frozen=True, slots=True)
class Usage:
    """One line of a command's help.

    Attributes:
        word: First word, or empty for the command alone.
        line: What is typed after the command's name, placeholders in capitals; possibly empty.
        does: What happens then, one clause without a full stop.
    """

    word: str
    line: str
    does: str


SUBCOMMANDS: Mapping[str, tuple[Usage, ...]] = {
    "criteria": (
        Usage("", "", "this channel's criteria, with [Add]"),
        Usage("add", "add", "opens the form"),
        Usage(
            "add",
            "add NAME >= NUMBER [UNIT] by DATE source URL|KIND [URL] [path $.PATH] [with NAME=TEXT …] "
            "[from NUMBER] [every 15m] [owner @PERSON] [zone ZONE] [for INITIATIVE]",
            "adds a criterion; >=, <=, >, <, at least, at most, above, below and between 5 and 9 are read; "
            "what each KIND of source takes stands in docs/sources",
        ),
        Usage(
            "add",
            "add NAME >= NUMBER [UNIT] by DATE source recipe RECIPE [with NAME=TEXT …] …",
            "adds one that reads a well-known service",
        ),
        Usage(
            "add",
            "add NAME <= NUMBER [UNIT] guardrail source URL|KIND [URL] …",
            "adds one that must hold all the time",
        ),
        Usage(
            "try",
            "try URL [with NAME=TEXT …]",
            "fetches once and lists the numbers found, each with [Use this number]",
        ),
        Usage("recipes", "recipes [WORD]", "lists the recipes for well-known services"),
        Usage("list", "list [mine | @PERSON | behind | all | for INITIATIVE]", "lists criteria"),
        Usage("show", "show NAME", "shows one criterion"),
        Usage(
            "history",
            "history NAME [last 30d | from DATE to DATE]",
            "shows its readings, gaps and status changes, with a chart",
        ),
        Usage("edit", "edit NAME", "opens its form: target, due date, source and all the rest"),
        Usage("check", "check NAME", "reads its source now"),
        Usage("set", 'set NAME VALUE ["NOTE"]', "stores a reading by hand"),
        Usage("export", "export [NAME]", "sends you the readings as CSV and JSON"),
        Usage("check-in", "check-in NAME", "says how confident you are, 0 to 10, and why"),
        Usage(
            "strike",
            'strike NAME [[VALUE] "REASON"]',
            "voids a reading, visibly; alone it lets you choose which",
        ),
        Usage("token", "token NAME", "makes a token with which a program pushes its readings"),
        Usage("token", "token NAME revoke", "makes its tokens useless"),
        Usage("secret", "secret [NAME]", "for workspace admins: what sources may send, with [Add secret]"),
        Usage("pause", "pause NAME", "stops reading and judging it"),
        Usage("resume", "resume NAME", "reads and judges it again"),
        Usage("archive", "archive NAME", "puts it away"),
        Usage("help", "help", "shows this"),
    ),
    "initiative": (
        Usage("", "", "lists initiatives"),
        Usage("new", "new", "opens the form"),
        Usage(
            "new",
            'new "NAME" by DATE [in #CHANNEL] [owner @PERSON] [zone ZONE]',
            "starts an initiative with a home channel",
        ),
        Usage("list", "list", "lists initiatives"),
        Usage("show", "show [NAME]", "shows one with its criteria"),
        Usage("share", "share [NAME] [for 30d]", "makes a link to its page, for reading without Slack"),
        Usage("unshare", "unshare [NAME]", "makes the links to its page useless"),
        Usage("broadcast", "broadcast on|off [NAME]", "shows status changes in the channel too"),
        Usage(
            "check-ins",
            "check-ins every Mon 09:30|off [for INITIATIVE]",
            "says when owners of its criteria are reminded to check in",
        ),
        Usage("close", "close [NAME]", "closes it"),
        Usage("help", "help", "shows this"),
    ),
    "progress": (
        Usage("", "[for INITIATIVE]", "a preview only you see, with [Post here]"),
        Usage("schedule", "schedule", "opens the form"),
        Usage(
            "schedule",
            "schedule every Mon 09:00 [only if changed | only if status changed] "
            "[skipping | moving days off] [in #CHANNEL] [zone ZONE] "
            '[for INITIATIVE | for "A", "B" | for mine | for all]',
            "posts progress on a schedule, of several initiatives as one digest; "
            "also every weekday 16:00, every day 09:30, every 30m, "
            'every 2 weeks Mon 09:00, every last weekday 16:00 and cron "0 9 * * 1"',
        ),
        Usage("list", "list", "lists schedules with their numbers"),
        Usage("pause", "pause [#3]", "stops a schedule"),
        Usage("resume", "resume [#3]", "starts it again"),
        Usage("remove", "remove [#3]", "deletes it"),
        Usage("export", "export [for INITIATIVE]", "sends you where things stand as CSV and JSON"),
        Usage("test", "test [#3]", "shows you alone what it would post now"),
        Usage("help", "help", "shows this"),
    ),
    "feedback": (
        Usage("", "WHAT YOU THINK", "stores a note on this channel's initiative"),
        Usage("ask", "ask", "opens the form"),
        Usage(
            "ask",
            'ask "QUESTION" scale|score|enps|thumbs|emoji|choice "A" "B"|several "A" "B"|number|date|text [comment] '
            "[anonymous [floor 8]] [to everyone | to @A @B] "
            "[in #CHANNEL] [every Fri 15:00] [closes in 2d] [closes after 5 answers] [results live|hidden|shared] "
            "[open options] [remind] [reactions]",
            "posts a prompt; with every or cron, again and again",
        ),
        Usage(
            "ask",
            'ask "TITLE" question "QUESTION" scale [comment] [optional] question "QUESTION" text … [anonymous] …',
            "asks up to ten questions in one form",
        ),
        Usage("list", "list", "lists prompts with their numbers"),
        Usage("results", 'results [#12 | "QUESTION"]', "shows a prompt's results"),
        Usage(
            "edit", 'edit [#12 | "QUESTION"]', "opens a prompt's form: everything but whether it is anonymous"
        ),
        Usage("export", 'export [#12 | "QUESTION"]', "sends you the results as CSV and JSON"),
        Usage("close", 'close [#12 | "QUESTION"]', "closes a prompt"),
        Usage(
            "notes",
            "notes [new | acknowledged | acted on | not doing]",
            "lists this channel's notes, with buttons to answer them",
        ),
        Usage(
            "inbox",
            "inbox [CODE]",
            "opens what was replied to your anonymous words, with the code from your receipt",
        ),
        Usage("privacy", "privacy", "says what is kept about you, and who can find out what"),
        Usage("help", "help", "shows this"),
    ),
    "loop": (
        Usage("criteria", "criteria …", "the same as /criteria …"),
        Usage("initiative", "initiative …", "the same as /initiative …"),
        Usage("progress", "progress …", "the same as /progress …"),
        Usage("feedback", "feedback …", "the same as /feedback …"),
        Usage("ship", "ship", "opens the form for a change that was put in front of users"),
        Usage(
            "ship",
            'ship "WHAT" [reactions] [for INITIATIVE]',
            "announces it in the home channel with one-tap feedback, and starts the loop clock",
        ),
        Usage("time", "time [for INITIATIVE]", "shows how long ships take to signal, feedback and decision"),
        Usage("decide", "decide", "opens the form for a decision"),
        Usage(
            "decide",
            "decide keep|change|stop [for INITIATIVE] [because REASON]",
            "takes a decision and tells it in the initiative's thread",
        ),
        Usage(
            "iterate",
            'iterate "GOAL" by DATE [for INITIATIVE]',
            "starts an iteration, a time-boxed step that a decision ends",
        ),
        Usage("line", "line", "opens the form of the decision line"),
        Usage(
            "line",
            "line [keep if NAME >= NUMBER] [stop if NAME > NUMBER] decide by DATE [for INITIATIVE]",
            "writes down before the results what will be decided on what facts",
        ),
        Usage("follow-up", "follow-up", "opens the form of a follow-up"),
        Usage(
            "follow-up",
            'follow-up "WHAT" owner @PERSON by DATE [for INITIATIVE]',
            "keeps something to be done, with who sees to it and by when",
        ),
        Usage(
            "follow-ups",
            "follow-ups [mine | all | for INITIATIVE]",
            "lists open follow-ups, those overdue first, with [Done], [Snooze a week] and [Not doing]",
        ),
        Usage("token", "token [for INITIATIVE]", "makes a token with which a program ships for it"),
        Usage("token", "token revoke [for INITIATIVE]", "makes its tokens useless"),
        Usage("nudge", "nudge NAME", "asks a criterion's owner for a check-in, in your name"),
        Usage("away", "away [3d | off]", "says or changes until when you are not reminded of anything"),
        Usage(
            "quiet",
            "quiet [20:00 to 08:00 | off]",
            "says or changes in which hours of the day nothing is asked of you",
        ),
        Usage(
            "maintenance", "maintenance [HOST 2h | HOST off]", "leaves a host's criteria unread and unjudged"
        ),
        Usage("days", "days off [DATE [to DATE] | remove DATE]", "shows or changes the team's days off"),
        Usage("days", "days off from URL", "takes the whole days of a calendar (.ics) as days off"),
        Usage("help", "help", "shows this"),
    ),
}
"""Canonical command name (no slash, no prefix) → its lines, in the order help shows them."""

NOT_YET: Mapping[tuple[str, str], str] = {
    ("initiative", "edit"): "An initiative can't be edited yet. Close it (close NAME) and start it anew.",
}
"""(Command, first word) → what to say of words that mean something later."""


def words_of(command: str) -> tuple[str, ...]:
    """Return a command's first words, each once."""
    return tuple(dict.fromkeys(usage.word for usage in SUBCOMMANDS[command] if usage.word))


def nearest_words(command: str, unknown: str) -> tuple[str, ...]:
    """Return the first words of a command that were probably meant, best first."""
    return nearest(unknown, words_of(command))
