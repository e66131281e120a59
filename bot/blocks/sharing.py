"""What `/initiative share` and `unshare` answer."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.blocks.mrkdwn import escape
from bot.blocks.parts import actions, button, confirm, context, section
from bot.domain.durations import spell
from bot.domain.initiative import Initiative
from bot.domain.message import Message
from bot.domain.wallclock import show_moment


def link_made(
    initiative: Initiative,
    *,
    address: str,
    link_id: int,
    ends_at: datetime,
    working: int,
    now: datetime,
    zone: str,
) -> Message:
    """Return the link to an initiative's page; seen by whoever asked for it alone.

    Args:
        initiative: Whose page.
        address: The link.
        link_id: Row id, for [Revoke].
        ends_at: When the link works no more, aware UTC.
        working: How many links of the initiative work now.
        now: Aware UTC.
        zone: The person's IANA zone.
    """
    name, until = escape(initiative.name), show_moment(ends_at, now, zone)
    also = "" if working == 1 else f" {working} links to this initiative work now."
    return Message(
        text=f"Here is a link to the page of {name}. It works until {until}.",
        blocks=(
            section(f"Here is a link to the page of *{name}*, for reading only:"),
            section(f"<{escape(address)}>"),
            context(
                f"It works until {until} ({escape(zone)}). Whoever has it sees the page, without Slack: "
                f"pass it on with care. The page shows times in your zone.{also}"
            ),
            actions(
                button(
                    "Revoke",
                    "revoke_page_link",
                    str(link_id),
                    style="danger",
                    confirm=confirm(
                        "Revoke this link?",
                        "Whoever opens it sees from now on that it works no more.",
                        "Revoke",
                        danger=True,
                    ),
                    label=f"Revoke this link to {initiative.name}",
                )
            ),
        ),
    )


def share_warning(initiative: Initiative, length: timedelta) -> Message:
    """Return what the owner is asked before an initiative whose home is private gets a link."""
    name = escape(initiative.name)
    return Message(
        text=f"{name} lives in a private channel. Make a link to its page even so?",
        blocks=(
            section(
                f"*{name}* lives in a private channel. Whoever has the link, or gets it passed on, sees its criteria, "
                f"values and check-ins without being in that channel. It works for {spell(length)}."
            ),
            actions(
                button(
                    "Make the link",
                    "share_initiative",
                    f"{initiative.id}:{int(length.total_seconds())}",
                    style="primary",
                    label=f"Make the link to {initiative.name}",
                )
            ),
        ),
    )


def links_revoked(initiative: Initiative, count: int, left: int) -> Message:
    """Return the answer to revoking links.

    Args:
        initiative: Whose page they showed.
        count: How many were revoked.
        left: How many others still work.
    """
    what = "The link" if count == 1 else f"All {count} links"
    verb = "works" if count == 1 else "work"
    others = {0: "", 1: " 1 other link works still."}.get(left, f" {left} other links work still.")
    text = f"{what} to the page of *{escape(initiative.name)}* {verb} no more.{others}"
    return Message(text=text.replace("*", ""), blocks=(section(text),))
