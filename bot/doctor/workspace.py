"""The workspace: whether Slack takes the tokens and grants what the manifest asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.doctor.findings import Finding, Mark
from bot.domain.durations import ago
from bot.errors import DeliveryError
from bot.manifest import bot_scopes, load_manifest, optional_scopes
from bot.settings import Settings
from bot.slack import Identity, SlackClient, open_client

MOST_SKEW = timedelta(minutes=5)
"""Requests over HTTP whose time is further away are refused (Slack's signature check, 300 s)."""

SCOPES: Mapping[str, str] = {
    "commands": "the slash commands",
    "chat:write": "progress posts, prompts and replies",
    "files:write": "sending exports as files",
    "im:write": "telling an owner something by direct message",
    "users:read": "a person's name and time zone",
    "channels:read": "whether a public channel is there, is archived, and has the bot in it",
    "groups:read": "the same for private channels",
    "app_mentions:read": "feedback given by mentioning the bot",
    "reactions:read": "reactions as answers, under prompts and ships that say so",
    "channels:history": "looking whether a message is in a public channel when Slack's answer was lost",
    "groups:history": "the same in private channels",
    "im:history": "the same in direct messages",
    "dnd:read": "until when somebody is not to be disturbed",
}
"""What each scope of the manifest is for."""


async def look_at_slack(settings: Settings, now: Callable[[], datetime]) -> list[Finding]:
    """Say whether Slack takes the tokens and grants the scopes of the manifest; nothing without a token."""
    if settings.slack_bot_token is None:
        return []
    client = open_client(settings)
    slack = SlackClient(client, now=now)
    try:
        found = await _look_at_bot_token(slack)
        if settings.slack_app_token is not None:
            found.append(await _try_app_token(client, settings.slack_app_token.get_secret_value()))
        elif abs(slack.clock_skew) > MOST_SKEW:
            found.append(_say_skew(slack.clock_skew))
        return found
    finally:
        await slack.aclose()


async def _look_at_bot_token(slack: SlackClient) -> list[Finding]:
    try:
        identity = await slack.identity()
    except DeliveryError as error:
        return [Finding(Mark.WRONG, "bot token", f"{error} ({error.error})")]
    return [
        Finding(Mark.RIGHT, "bot token", f"@{identity.name} in {identity.team_name}"),
        *_compare_scopes(identity),
    ]


def _say_skew(skew: timedelta) -> Finding:
    words = f"this machine's is {ago(abs(skew))} off Slack's, whose requests are refused then"
    return Finding(Mark.WRONG, "clock", words, "set it (NTP)")


def _compare_scopes(identity: Identity) -> list[Finding]:
    if not identity.scopes:
        return [Finding(Mark.NOTE, "scopes", "Slack does not say which the token has")]
    manifest = load_manifest()
    optional = set(optional_scopes(manifest))
    lacking = [scope for scope in bot_scopes(manifest) if scope not in identity.scopes]
    found = [
        Finding(
            Mark.WRONG,
            "scopes",
            f"{scope} is missing: {SCOPES[scope]}",
            "paste `loopmark manifest` into the app's manifest (api.slack.com/apps) and reinstall the app",
        )
        for scope in lacking
        if scope not in optional
    ]
    if not found:
        found.append(Finding(Mark.RIGHT, "scopes", "all that are needed"))
    left_out = [scope for scope in lacking if scope in optional and scope != "dnd:read"]
    if "dnd:read" in lacking:
        words = "without the optional dnd:read reminders go out in people's do-not-disturb too"
        found.append(Finding(Mark.NOTE, "scopes", words))
    if left_out:
        found.append(
            Finding(
                Mark.NOTE,
                "scopes",
                f"without the optional {', '.join(left_out)}: when Slack's answer to a post is lost, "
                "Loopmark can't look whether it is there, holds it, and asks its owner",
            )
        )
    return found


async def _try_app_token(client: AsyncWebClient, token: str) -> Finding:
    try:
        await client.apps_connections_open(app_token=token)
    except SlackApiError as error:
        code = error.response.get("error", "unknown error")
        return Finding(
            Mark.WRONG,
            "app token",
            f"Slack refuses SLACK_APP_TOKEN ({code})",
            "make one with connections:write under Basic Information of the app, and switch Socket Mode on",
        )
    except (aiohttp.ClientError, OSError) as error:
        return Finding(Mark.WRONG, "app token", f"Slack could not be asked: {error}")
    return Finding(Mark.RIGHT, "app token", "Slack gives a socket for it")
