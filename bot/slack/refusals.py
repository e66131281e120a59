"""Refusals: what each of Slack's error codes means, whether trying again helps, and what to do next.

Codes and their meaning are those of the methods' pages on docs.slack.dev. ``{bot}`` stands for the bot's
name and ``{needed}`` for the scopes that are missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Refusal:
    """What is told to people, and whether repeating the same call cannot succeed."""

    sentence: str
    permanent: bool = True


_INVITE = "type `/invite @{bot}` there and try again."
_TOKEN = "copy the bot token (xoxb-…) from OAuth & Permissions of your app into SLACK_BOT_TOKEN and restart."
_REINSTALL = "add it under OAuth & Permissions of your app and reinstall the app."
LATER = "try again later."
_DEFECT = "Please report this as a defect of Loopmark."

_DM_OFF = (
    "Direct messages to Loopmark are switched off: switch on the Messages tab under App Home of your app."
)
_FORM_LATE = "Slack waits three seconds for a form and they were over: try once more."
_URL_LATE = "The answer came too late: Slack takes answers for 30 minutes and five times. Type it once more."

REFUSALS: Mapping[str, Refusal] = MappingProxyType(
    {
        # Where it was to go
        "channel_not_found": Refusal(
            f"Slack knows no such channel, or it is private and Loopmark is not in it: {_INVITE}"
        ),
        "not_in_channel": Refusal(f"Loopmark is not in that channel: {_INVITE}"),
        "is_archived": Refusal("That channel is archived: unarchive it or choose another one."),
        "is_inactive": Refusal("That channel or its message can no longer be changed."),
        "channel_is_limited_access": Refusal("An admin limits who may use that channel: choose another one."),
        "method_not_supported_for_channel_type": Refusal(
            "Slack does not allow that in this kind of conversation."
        ),
        "messages_tab_disabled": Refusal(_DM_OFF),
        "restricted_action": Refusal(
            "An admin does not let apps post there: ask an admin, or choose another channel."
        ),
        "restricted_action_read_only_channel": Refusal(
            "That channel is read-only: ask an admin to let Loopmark post there, or choose another one."
        ),
        "restricted_action_thread_only_channel": Refusal(
            "That channel takes replies in threads only: choose another channel."
        ),
        "restricted_action_non_threadable_channel": Refusal(
            "That channel takes no threads: choose another channel."
        ),
        "restricted_action_thread_locked": Refusal("That thread is locked: ask an admin to open it."),
        "cannot_reply_to_message": Refusal("Slack takes no replies to that message."),
        "thread_not_found": Refusal("That thread is gone."),
        "message_limit_exceeded": Refusal("The workspace sends too many messages just now; " + LATER, False),
        "external_channel_migrating": Refusal("That shared channel is being moved; " + LATER, False),
        # Whom
        "user_not_found": Refusal("Slack knows no such person."),
        "user_not_in_channel": Refusal("That person is not in the channel."),
        "user_not_visible": Refusal("Loopmark may not see that person."),
        "user_disabled": Refusal("That person's account is deactivated."),
        "cannot_dm_bot": Refusal("Slack lets no bot write to another bot."),
        # What
        "no_text": Refusal(f"The message is empty. {_DEFECT}"),
        "no_access": Refusal("Loopmark may not see that message: it is not in the channel."),
        "msg_too_long": Refusal("The message is longer than Slack takes: shorten names or notes."),
        "msg_blocks_too_long": Refusal("The message is longer than Slack takes: shorten names or notes."),
        "metadata_too_large": Refusal(f"The message's metadata is too large. {_DEFECT}"),
        "invalid_blocks": Refusal(f"Slack refuses the message's layout. {_DEFECT}"),
        "invalid_blocks_format": Refusal(f"Slack can't read the message's layout. {_DEFECT}"),
        "invalid_attachments": Refusal(f"Slack refuses the message's layout. {_DEFECT}"),
        "message_not_found": Refusal("That message is gone."),
        "cant_update_message": Refusal("Slack lets Loopmark change its own messages only."),
        "cant_delete_message": Refusal("Slack lets Loopmark delete its own messages only."),
        "edit_window_closed": Refusal("The workspace no longer lets that message be edited."),
        "update_failed": Refusal("Slack could not change the message; " + LATER, False),
        # Forms
        "expired_trigger_id": Refusal(_FORM_LATE),
        "trigger_expired": Refusal(_FORM_LATE),
        "exchanged_trigger_id": Refusal("That click already opened a form: click once more."),
        "invalid_trigger_id": Refusal("Slack does not know that click: try once more."),
        "push_limit_reached": Refusal("Three forms are already open on top of each other: close one first."),
        "not_found": Refusal("The form was closed."),
        "not_enabled": Refusal("The Home tab is switched off: switch it on under App Home of your app."),
        "hash_conflict": Refusal("The form changed meanwhile."),
        "view_too_large": Refusal(f"The form is larger than Slack takes. {_DEFECT}"),
        "expired_url": Refusal(_URL_LATE),
        "used_url": Refusal("Slack takes five answers to one click or command: do it once more."),
        # Who Loopmark is
        "missing_scope": Refusal(f"Loopmark lacks the permission {{needed}}: {_REINSTALL}"),
        "no_permission": Refusal(f"The bot token may not do that: {_REINSTALL}"),
        "not_allowed_token_type": Refusal(f"The token is of the wrong kind: {_TOKEN}"),
        "invalid_auth": Refusal(f"Slack does not accept the bot token: {_TOKEN}"),
        "not_authed": Refusal(f"No bot token was sent: {_TOKEN}"),
        "token_revoked": Refusal(f"The bot token was revoked: reinstall the app, then {_TOKEN}"),
        "token_expired": Refusal(f"The bot token expired: {_TOKEN}"),
        "account_inactive": Refusal(
            f"The app was removed from the workspace: install it again, then {_TOKEN}"
        ),
        "access_denied": Refusal("The workspace does not let the app do that: ask an admin."),
        "team_access_not_granted": Refusal("The app was not approved for this workspace: ask an admin."),
        "ekm_access_denied": Refusal("An admin has suspended the app's access: ask an admin."),
        "org_login_required": Refusal("The workspace is moving into an organisation; " + LATER, False),
        "team_added_to_org": Refusal("The workspace is moving into an organisation; " + LATER, False),
        "accesslimited": Refusal("Slack limits access to the workspace just now; " + LATER, False),
        # Slack itself
        "ratelimited": Refusal("Slack asks Loopmark to slow down; " + LATER, False),
        "rate_limited": Refusal("Slack asks Loopmark to slow down; " + LATER, False),
        "internal_error": Refusal("Slack had a fault of its own; " + LATER, False),
        "fatal_error": Refusal("Slack had a fault of its own; " + LATER, False),
        "service_unavailable": Refusal("Slack is not available just now; " + LATER, False),
        "request_timeout": Refusal("Slack took too long; " + LATER, False),
        "streaming_state_conflict": Refusal("The message is being written just now; " + LATER, False),
    }
)
