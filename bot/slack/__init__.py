"""Slack: the only package that talks to Slack's Web API, behind one limiter for each workspace."""

from bot.slack.client import SlackClient
from bot.slack.identity import Identity
from bot.slack.transport import LONGEST_CALL_S, open_client

__all__ = ["LONGEST_CALL_S", "Identity", "SlackClient", "open_client"]
