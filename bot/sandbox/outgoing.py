"""The shapes Slack sends to an app."""

from __future__ import annotations

from bot.sandbox.modals import Modals
from bot.sandbox.model import Channel, JsonObject, Message, User, View
from bot.sandbox.state import Team


class Payloads:
    """Builds payloads from one workspace's contents."""

    def __init__(self, team: Team, modals: Modals) -> None:
        """Describe these."""
        self.team = team
        self.modals = modals

    def command(self, user: User, channel: Channel, name: str, text: str, response_url: str) -> JsonObject:
        """Return a slash command's form fields, all strings."""
        return {
            "token": self.team.installation.verification_token,
            "team_id": self.team.id,
            "team_domain": self.team.domain,
            "channel_id": channel.id,
            "channel_name": shown_name(channel),
            "user_id": user.id,
            "user_name": user.name.lower(),
            "command": name,
            "text": text,
            "api_app_id": self.team.installation.app_id,
            "is_enterprise_install": "false",
            "response_url": response_url,
            "trigger_id": self.modals.new_trigger(user),
        }

    def message_action(
        self, user: User, message: Message, action: JsonObject, response_url: str
    ) -> JsonObject:
        """Return block_actions for something pressed or chosen in a message."""
        container: JsonObject = {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": message.channel.id,
            "is_ephemeral": message.is_ephemeral,
        }
        if message.thread_ts:
            container["thread_ts"] = message.thread_ts
        body: JsonObject = {
            **self._common("block_actions", user),
            "trigger_id": self.modals.new_trigger(user),
            "container": container,
            "channel": {"id": message.channel.id, "name": shown_name(message.channel)},
            "state": {"values": message.inputs.get(user.id, {})},
            "response_url": response_url,
            "actions": [action],
        }
        if not message.is_ephemeral:
            body["message"] = self.team.payload(message)
        return body

    def view_action(self, user: User, view: View, action: JsonObject) -> JsonObject:
        """Return block_actions for something pressed or chosen in a modal or Home view: no response_url."""
        return {
            **self._common("block_actions", user),
            "trigger_id": self.modals.new_trigger(user, view),
            "container": {"type": "view", "view_id": view.id},
            "view": self.modals.payload(view),
            "state": {"values": view.values},
            "actions": [action],
        }

    def submission(self, view: View, response_urls: list[JsonObject]) -> JsonObject:
        """Return view_submission."""
        return {
            **self._common("view_submission", view.user),
            "trigger_id": self.modals.new_trigger(view.user, view),
            "view": self.modals.payload(view),
            "response_urls": response_urls,
        }

    def closed(self, view: View, *, cleared: bool) -> JsonObject:
        """Return view_closed."""
        return {
            **self._common("view_closed", view.user),
            "view": self.modals.payload(view),
            "is_cleared": cleared,
        }

    def shortcut(self, user: User, callback_id: str) -> JsonObject:
        """Return a global shortcut: no channel, no response_url."""
        return {
            **self._common("shortcut", user),
            "callback_id": callback_id,
            "action_ts": self.team.next_ts("actions"),
            "trigger_id": self.modals.new_trigger(user),
        }

    def message_shortcut(
        self, user: User, callback_id: str, message: Message, response_url: str
    ) -> JsonObject:
        """Return a message shortcut."""
        return {
            **self._common("message_action", user),
            "callback_id": callback_id,
            "action_ts": self.team.next_ts("actions"),
            "trigger_id": self.modals.new_trigger(user),
            "response_url": response_url,
            "channel": {"id": message.channel.id, "name": shown_name(message.channel)},
            "message_ts": message.ts,
            "message": self.team.payload(message),
        }

    def suggestion(
        self, user: User, place: Message | View, block_id: str, action_id: str, typed: str
    ) -> JsonObject:
        """Return block_suggestion for what was typed into an external select."""
        body = {
            **self._common("block_suggestion", user),
            "action_id": action_id,
            "block_id": block_id,
            "value": typed,
        }
        if isinstance(place, View):
            return body | {
                "container": {"type": "view", "view_id": place.id},
                "view": self.modals.payload(place),
            }
        body |= {
            "container": {
                "type": "message",
                "message_ts": place.ts,
                "channel_id": place.channel.id,
                "is_ephemeral": place.is_ephemeral,
            },
            "channel": {"id": place.channel.id, "name": shown_name(place.channel)},
        }
        return body if place.is_ephemeral else body | {"message": self.team.payload(place)}

    def event(self, body: JsonObject) -> JsonObject:
        """Return an event in its envelope."""
        team = self.team
        event_id = team.new_id("Ev")
        return {
            "token": team.installation.verification_token,
            "team_id": team.id,
            "context_team_id": team.id,
            "context_enterprise_id": None,
            "api_app_id": team.installation.app_id,
            "event": body,
            "type": "event_callback",
            "event_id": event_id,
            "event_time": team.epoch_s(),
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": team.id,
                    "user_id": team.bot.id,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": False,
            "event_context": f"4-{team.id}-{event_id}",
        }

    def _common(self, kind: str, user: User) -> JsonObject:
        return {
            "type": kind,
            "api_app_id": self.team.installation.app_id,
            "token": self.team.installation.verification_token,
            "team": {"id": self.team.id, "domain": self.team.domain},
            "user": {
                "id": user.id,
                "username": user.name.lower(),
                "name": user.name.lower(),
                "team_id": self.team.id,
            },
            "enterprise": None,
            "is_enterprise_install": False,
        }


def shown_name(channel: Channel) -> str:
    """Return a channel's name as Slack tells it in payloads."""
    return {"public": channel.name, "private": "privategroup", "im": "directmessage"}[channel.kind]
