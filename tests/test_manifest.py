"""The manifest against Slack's published schema, the commands there are, and what the bot uses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from bot.domain.usage import SUBCOMMANDS
from bot.manifest import (
    bot_events,
    bot_scopes,
    commands,
    load_manifest,
    manifest_for,
    manifest_path,
    manifest_text,
    optional_scopes,
    section,
)
from bot.sandbox.installation import EVENT_SCOPES, Installation
from handlers.routes import EVENTS

SCHEMA = json.loads((Path(__file__).parent / "data" / "slack-manifest.2.0.0.schema.json").read_text("utf-8"))

PREFIXES = ["", "lm-", "x" * 20]
ADDRESSES = [None, "https://loopmark.example.com", "https://loopmark.example.com/bots/"]


@pytest.mark.parametrize("address", ADDRESSES, ids=["sockets", "http", "http under a path"])
@pytest.mark.parametrize("prefix", PREFIXES, ids=["no prefix", "short prefix", "longest prefix"])
def test_slack_would_take_the_manifest(prefix: str, address: str | None) -> None:
    made = manifest_for(load_manifest(), command_prefix=prefix, public_url=address)
    jsonschema.Draft7Validator(SCHEMA).validate(made)
    assert Installation(made, app_id="A0").faults() == []


@pytest.mark.parametrize("address", ADDRESSES, ids=["sockets", "http", "http under a path"])
def test_what_is_printed_is_what_was_made(address: str | None) -> None:
    made = manifest_for(load_manifest(), command_prefix="lm-", public_url=address)
    assert yaml.safe_load(manifest_text(made)) == made


def test_the_project_s_own_manifest_is_printed_with_its_comments() -> None:
    assert manifest_text(manifest_for(load_manifest())) == manifest_path().read_text("utf-8")


def test_the_commands_are_those_of_the_usage_table() -> None:
    assert [command.name for command in commands(load_manifest())] == [f"/{name}" for name in SUBCOMMANDS]


def test_a_prefix_stands_before_every_command() -> None:
    made = manifest_for(load_manifest(), command_prefix="lm-")
    assert [command.name for command in commands(made)] == [f"/lm-{name}" for name in SUBCOMMANDS]


@pytest.mark.parametrize("command", commands(load_manifest()), ids=lambda command: command.name)
def test_every_command_is_escaped_and_its_hint_is_whole(command: Any) -> None:
    assert command.should_escape
    # A blank and # in YAML begin a comment unless the hint is quoted.
    assert command.usage_hint.endswith("help")


def test_every_event_has_its_scope_and_its_listener() -> None:
    manifest = load_manifest()
    scopes = set(bot_scopes(manifest)) - set(optional_scopes(manifest))
    for event in bot_events(manifest):
        assert set(EVENT_SCOPES[event]) & scopes or not EVENT_SCOPES[event], event
    assert set(bot_events(manifest)) == set(EVENTS)


def test_what_can_be_done_without_is_optional() -> None:
    optional = optional_scopes(load_manifest())
    history = {scope for scope in bot_scopes(load_manifest()) if scope.endswith(":history")}
    assert set(optional) == history | {"dnd:read"}


def test_http_mode_names_where_everything_is_sent() -> None:
    made = manifest_for(load_manifest(), public_url="https://loopmark.example.com/")
    settings = section(made, "settings")
    url = "https://loopmark.example.com/slack/events"
    assert settings["socket_mode_enabled"] is False
    assert settings["event_subscriptions"]["request_url"] == url
    assert settings["interactivity"]["request_url"] == url
    assert {entry["url"] for entry in section(made, "features")["slash_commands"]} == {url}


def test_the_project_s_own_manifest_is_left_as_it_is() -> None:
    manifest = load_manifest()
    manifest_for(manifest, command_prefix="lm-", public_url="https://loopmark.example.com")
    assert manifest == load_manifest()
