"""Identity: who Loopmark is in its workspace."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from slack_sdk.web.async_slack_response import AsyncSlackResponse

DEFAULT_NAME = "Loopmark"


@dataclass(frozen=True, slots=True)
class Identity:
    """What auth.test says.

    Attributes:
        team_id: Slack workspace id.
        team_name: Its name, not escaped.
        user_id: The bot's user id.
        bot_id: The bot's id (``B…``), which its messages carry; empty when Slack gives none.
        name: The bot's name as people type it, without ``@``.
        url: The workspace's address.
        scopes: Scopes the token really has; empty when Slack does not say.
    """

    team_id: str
    team_name: str
    user_id: str
    bot_id: str
    name: str
    url: str
    scopes: frozenset[str]

    @classmethod
    def unknown(cls) -> Self:
        """Return what stands in for commands that work without asking Slack."""
        return cls("", "", "", "", DEFAULT_NAME, "", frozenset())

    @classmethod
    def of_team(cls, team_id: str) -> Self:
        """Return what is known without asking Slack, from the database's only workspace."""
        return cls(team_id, "", "", "", DEFAULT_NAME, "", frozenset())

    @classmethod
    def from_answer(cls, answer: AsyncSlackResponse) -> Self:
        """Return what an answer of auth.test and its header ``x-oauth-scopes`` say."""
        scopes = answer.headers.get("x-oauth-scopes", "").split(",")
        return cls(
            team_id=str(answer.get("team_id", "")),
            team_name=str(answer.get("team", "")),
            user_id=str(answer.get("user_id", "")),
            bot_id=str(answer.get("bot_id", "")),
            name=_display_name(str(answer.get("user") or DEFAULT_NAME)),
            url=str(answer.get("url", "")),
            scopes=frozenset(scope.strip() for scope in scopes if scope.strip()),
        )


def _display_name(user: str) -> str:
    """Return how people see the bot: Slack answers with the user name, which is in lower case."""
    return DEFAULT_NAME if user.casefold() == DEFAULT_NAME.casefold() else user
