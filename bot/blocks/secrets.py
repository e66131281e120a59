"""Secrets: what admins see of them, and the form that takes one; no message ever holds a value."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from bot.blocks.mrkdwn import code, escape, person, shorten
from bot.blocks.parts import actions, button, confirm, context, section, text_input
from bot.blocks.views import modal
from bot.domain.message import Block, Message, View
from bot.domain.secret import NAME_LIMIT, VALUE_LIMIT, Secret
from bot.domain.wallclock import show_moment

TITLE = "Secret"
SHOWN = 20
"""Secrets in one message; each takes two of Slack's 50 blocks."""

HOW = "An option names one as {{secret:GRAFANA}}. It is sent to its hosts and nowhere else, and never shown."


def secrets_list(secrets: Sequence[Secret], *, asked: str | None = None, now: datetime, zone: str) -> Message:
    """Return the answer to `/criteria secret`, and what it becomes when one was removed.

    Args:
        secrets: What may be told of them, by name.
        asked: The one that was asked for, or None for all.
        now: Aware UTC.
        zone: The reader's IANA zone.
    """
    if secrets:
        text = "*Secrets*" if asked is None else f"*The secret {asked}*"
    else:
        text = "There is no secret yet." if asked is None else f"There is no secret called {asked}."
    blocks: list[Block] = [section(text)]
    for secret in secrets[:SHOWN]:
        blocks += _secret(secret, now, zone)
    if len(secrets) > SHOWN:
        blocks.append(context(f"and {len(secrets) - SHOWN} more; name one: `/criteria secret NAME`"))
    add = button("Add secret", "set_secret", "" if secrets or asked is None else asked, style="primary")
    blocks += [context(escape(HOW)), actions(add)]
    names = ", ".join(secret.name for secret in secrets)
    short = f"Secrets: {names}" if secrets else text
    return Message(text=shorten(short, 3900), blocks=tuple(blocks))


def secret_form(name: str = "", hosts: Sequence[str] = (), *, exists: bool = False) -> View:
    """Return the modal that takes a secret; its value is never filled in.

    Args:
        name: To start with.
        hosts: To start with.
        exists: True when it replaces one.
    """
    replaced = " It replaces the one there is." if exists else ""
    return modal(
        TITLE,
        [
            text_input("name", "Name", initial=name, placeholder="GRAFANA", max_length=NAME_LIMIT),
            text_input(
                "value",
                "Value",
                hint=f"Stored encrypted; nobody sees it again, not even you.{replaced}",
                max_length=VALUE_LIMIT,
            ),
            text_input(
                "hosts",
                "Hosts",
                initial=", ".join(hosts),
                placeholder="grafana.example.com",
                hint="Where it may be sent, with commas between; .example.com stands for all under it.",
            ),
        ],
        callback_id="set_secret",
        submit="Save",
        metadata=json.dumps({"exists": exists}),
    )


def secret_saved(secret: Secret) -> View:
    """Return what the modal shows when a secret was stored."""
    name = "{{secret:" + secret.name + "}}"
    return modal(
        TITLE,
        [
            section(f"*{secret.name}* is stored. It may be sent to {_hosts(secret)}."),
            context(
                f"An option names it as {code(name)}. Sources that failed for it are tried again by themselves."
            ),
        ],
        close="Done",
    )


def _secret(secret: Secret, now: datetime, zone: str) -> list[Block]:
    text = f"*{secret.name}*  to {_hosts(secret)}"
    if secret.changed_by is None or secret.changed_at is None:
        return [section(f"{text}\ngiven by whoever runs Loopmark, and changed there")]
    sure = confirm(
        "Remove this secret?", "Sources that name it can't be read any more.", "Remove", danger=True
    )
    who = f"set by {person(secret.changed_by)}, {show_moment(secret.changed_at, now, zone)}"
    return [
        section(f"{text}\n{who}"),
        actions(
            button("Change", "set_secret", secret.name, label=f"Change {secret.name}"),
            button("Remove", "remove_secret", secret.name, confirm=sure, label=f"Remove {secret.name}"),
        ),
    ]


def _hosts(secret: Secret) -> str:
    return ", ".join(code(host) for host in secret.hosts)
