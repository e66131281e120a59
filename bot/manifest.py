"""The app manifest, read as data.

`manifest.yml` lies at the root of the project and is copied into the wheel beside this module.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.errors import ConfigError

Manifest = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Command:
    """One slash command as the manifest declares it; ``name`` has its leading slash."""

    name: str
    description: str
    usage_hint: str
    should_escape: bool


@dataclass(frozen=True, slots=True)
class Shortcut:
    """One declared shortcut; ``kind`` is ``global`` or ``message``."""

    name: str
    kind: str
    callback_id: str


def manifest_path() -> Path:
    """Return where the manifest is: beside this module in a wheel, else at the project's root."""
    packaged = Path(__file__).with_name("manifest.yml")
    return packaged if packaged.exists() else Path(__file__).parent.parent / "manifest.yml"


def load_manifest(path: Path | None = None) -> dict[str, Any]:
    """Return the manifest as plain data.

    Args:
        path: File to read; None means the project's own.

    Raises:
        ConfigError: the file is missing, is not YAML or is not a mapping.
    """
    source = path or manifest_path()
    try:
        loaded = yaml.safe_load(source.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ConfigError([f"{source.name} is missing"]) from error
    except yaml.YAMLError as error:
        raise ConfigError([f"{source.name} is not readable as YAML: {error}"]) from error
    if not isinstance(loaded, dict):
        raise ConfigError([f"{source.name} must be a mapping"])
    return loaded


def section(manifest: Manifest, *keys: str) -> Mapping[str, Any]:
    """Return the mapping under these keys; an absent one counts as empty."""
    here: Any = manifest
    for key in keys:
        here = here.get(key) if isinstance(here, Mapping) else None
    return here if isinstance(here, Mapping) else {}


def bot_scopes(manifest: Manifest) -> tuple[str, ...]:
    """Return every bot scope asked for, the optional ones included, each once, in the file's order."""
    scopes = section(manifest, "oauth_config", "scopes")
    return tuple(dict.fromkeys([*(scopes.get("bot") or ()), *(scopes.get("bot_optional") or ())]))


def optional_scopes(manifest: Manifest) -> tuple[str, ...]:
    """Return the bot scopes an administrator may leave out when installing."""
    return tuple(section(manifest, "oauth_config", "scopes").get("bot_optional") or ())


def commands(manifest: Manifest) -> tuple[Command, ...]:
    """Return the declared slash commands in the file's order."""
    return tuple(
        Command(
            name=entry["command"],
            description=entry.get("description", ""),
            usage_hint=entry.get("usage_hint", ""),
            should_escape=bool(entry.get("should_escape", False)),
        )
        for entry in section(manifest, "features").get("slash_commands") or ()
    )


def shortcuts(manifest: Manifest) -> tuple[Shortcut, ...]:
    """Return the declared global and message shortcuts."""
    return tuple(
        Shortcut(name=entry["name"], kind=entry["type"], callback_id=entry["callback_id"])
        for entry in section(manifest, "features").get("shortcuts") or ()
    )


def bot_events(manifest: Manifest) -> tuple[str, ...]:
    """Return the names of the events the bot subscribes to (``message.channels`` and so on)."""
    return tuple(section(manifest, "settings", "event_subscriptions").get("bot_events") or ())


EVENTS_PATH = "/slack/events"
"""Where the web app takes everything Slack sends in HTTP mode."""


def manifest_for(
    manifest: Manifest, *, command_prefix: str = "", public_url: str | None = None
) -> dict[str, Any]:
    """Return the manifest for the chosen command names and way of delivery.

    Args:
        manifest: The project's own, which is for Socket Mode and names without a prefix; left as it is.
        command_prefix: Put before each command's name (``lm-`` for ``/lm-criteria``).
        public_url: Address Slack reaches the web app at, for HTTP mode; None means Socket Mode.
    """
    made = copy.deepcopy(dict(manifest))
    declared = section(made, "features").get("slash_commands") or ()
    for entry in declared:
        entry["command"] = f"/{command_prefix}{entry['command'].removeprefix('/')}"
    if public_url is None:
        return made
    request_url = public_url.rstrip("/") + EVENTS_PATH
    for entry in declared:
        entry["url"] = request_url
    settings = made["settings"]
    settings["socket_mode_enabled"] = False
    settings["event_subscriptions"] = {"request_url": request_url, **settings["event_subscriptions"]}
    settings["interactivity"] = {**settings["interactivity"], "request_url": request_url}
    return made


def manifest_text(manifest: Manifest) -> str:
    """Return a manifest as YAML to paste into Slack; the project's own with its comments, as it stands.

    Raises:
        ConfigError: the project's own can't be read.
    """
    if manifest == load_manifest():
        return manifest_path().read_text(encoding="utf-8")
    return yaml.safe_dump(dict(manifest), sort_keys=False, allow_unicode=True, width=110)
