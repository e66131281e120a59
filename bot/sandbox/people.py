"""Who is who: auth.*, users.*, bots.*, team.*, dnd.*, reactions.*, blocks.validate."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from bot.sandbox import blockkit
from bot.sandbox.calls import ApiError, Call, Method, paged
from bot.sandbox.journal import Change
from bot.sandbox.model import JsonObject, User
from bot.sandbox.state import Team

USERS = ("users:read",)
VALIDATED_CHARS = 100_000


class People:
    """These methods over one workspace."""

    def __init__(self, team: Team) -> None:
        """Work on this workspace."""
        self.team = team

    def methods(self) -> tuple[Method, ...]:
        """Return this family's rows of the method table."""
        item = ("channel", "timestamp", "name")
        return (
            Method("auth.test", "PJ", "S", self.auth_test, optional=("team_id",)),
            Method("auth.revoke", "G", 3, self.revoke, optional=("test",)),
            Method("api.test", "PJ", 4, lambda _call: {}, optional=("error", "foo"), token="none"),
            Method("users.info", "G", 4, self.user_info, USERS, ("user",), ("include_locale", "team_id")),
            Method(
                "users.list",
                "G",
                2,
                self.user_list,
                USERS,
                (),
                ("cursor", "limit", "include_locale", "team_id"),
            ),
            Method("bots.info", "G", 3, self.bot_info, USERS, (), ("bot", "team_id")),
            Method("team.info", "GJ", 3, self.team_info, ("team:read",), (), ("team", "domain", "team_id")),
            Method("dnd.info", "GJ", 3, self.dnd_info, ("dnd:read",), (), ("user", "team_id")),
            Method("reactions.add", "PJ", 3, self.react, ("reactions:write",), item, ("team_id",)),
            Method(
                "reactions.get",
                "G",
                3,
                self.reactions,
                ("reactions:read",),
                ("channel", "timestamp"),
                ("full", "team_id"),
            ),
            Method("reactions.remove", "PJ", 2, self.unreact, ("reactions:write",), item, ("team_id",)),
            Method(
                "blocks.validate",
                "PJ",
                4,
                self.validate,
                optional=("blocks", "view", "message"),
                token="none",
            ),
        )

    def auth_test(self, _call: Call) -> JsonObject:
        """Say whose token this is."""
        team = self.team
        return {
            "url": f"https://{team.domain}.slack.com/",
            "team": team.name,
            "team_id": team.id,
            "user": team.bot.name.lower(),
            "user_id": team.bot.id,
            "bot_id": team.bot_id,
            "is_enterprise_install": False,
        }

    def revoke(self, call: Call) -> JsonObject:
        """Make the bot token useless, unless it is only a test."""
        if not call.args.flag("test"):
            self.team.installation.dead_tokens[self.team.installation.bot_token] = "token_revoked"
        return {"revoked": not call.args.flag("test")}

    def user_info(self, call: Call) -> JsonObject:
        """Describe a person; the zone fields are missing where Slack has none."""
        return {"user": self.describe(call.user(), with_locale=call.args.flag("include_locale"))}

    def user_list(self, call: Call) -> JsonObject:
        """List everyone, the bot included."""
        page, metadata = paged(list(self.team.users.values()), call.args, default=1000, maximum=1000)
        return {
            "members": [self.describe(user) for user in page],
            "cache_ts": self.team.epoch_s(),
            "response_metadata": metadata,
        }

    def bot_info(self, call: Call) -> JsonObject:
        """Describe the bot."""
        if call.args.text("bot", self.team.bot_id) != self.team.bot_id:
            raise ApiError("bot_not_found")
        return {
            "bot": {
                "id": self.team.bot_id,
                "deleted": False,
                "name": self.team.bot.name,
                "updated": self.team.epoch_s(),
                "app_id": self.team.installation.app_id,
                "user_id": self.team.bot.id,
                "icons": {},
            }
        }

    def team_info(self, _call: Call) -> JsonObject:
        """Describe the workspace."""
        return {
            "team": {
                "id": self.team.id,
                "name": self.team.name,
                "domain": self.team.domain,
                "email_domain": "",
                "icon": {"image_default": True},
            }
        }

    def dnd_info(self, call: Call) -> JsonObject:
        """Say when a person is not to be disturbed, the bot itself unless one is named."""
        user = call.user() if "user" in call.args else self.team.bot
        starts_s, ends_s = user.dnd_s or (1, 1)
        body: JsonObject = {
            "dnd_enabled": user.dnd_s is not None,
            "next_dnd_start_ts": starts_s,
            "next_dnd_end_ts": ends_s,
        }
        if user is not self.team.bot:
            return body  # who paused notifications by hand is told that alone
        left_s = (user.snoozed_until_s or 0) - self.team.epoch_s()
        body["snooze_enabled"] = left_s > 0
        if left_s > 0:
            body |= {"snooze_endtime": user.snoozed_until_s, "snooze_remaining": left_s}
        return body

    def react(self, call: Call) -> JsonObject:
        """Add the bot's reaction."""
        users = self._reaction(call)
        if self.team.bot.id in users:
            raise ApiError("already_reacted")
        users.append(self.team.bot.id)
        self.team.journal.changed(Change("reaction"))
        return {}

    def reactions(self, call: Call) -> JsonObject:
        """Return a message with who reacted to it how, in the order of the first of each."""
        channel = call.channel()
        message = self.team.find(channel.id, call.ts("timestamp", "bad_timestamp"))
        if message is None:
            raise ApiError("message_not_found")
        if self.team.bot.id not in channel.members:
            raise ApiError("no_access")
        return {"type": "message", "channel": channel.id, "message": self.team.payload(message)}

    def unreact(self, call: Call) -> JsonObject:
        """Take the bot's reaction away."""
        users = self._reaction(call)
        if self.team.bot.id not in users:
            raise ApiError("no_reaction")
        users.remove(self.team.bot.id)
        self.team.journal.changed(Change("reaction"))
        return {}

    def _reaction(self, call: Call) -> list[str]:
        channel = call.channel()
        if channel.archived:
            raise ApiError("is_archived")
        message = self.team.find(channel.id, call.ts("timestamp", "bad_timestamp"))
        if message is None:
            raise ApiError("message_not_found")
        if self.team.bot.id not in channel.members:
            raise ApiError("no_access")
        name = call.args.text("name").strip(":")
        if not name or not all(letter.isalnum() or letter in "_+-:" for letter in name):
            raise ApiError("invalid_name")
        return message.reactions.setdefault(name, [])

    def validate(self, call: Call) -> JsonObject:
        """Check blocks, a message or a view without a token."""
        kinds = [kind for kind in ("blocks", "message", "view") if kind in call.args]
        if len(kinds) != 1:
            raise ApiError("invalid_arguments", messages=["exactly one of blocks, message, view"])
        kind = kinds[0]
        if len(str(call.args.values[kind])) > VALIDATED_CHARS:
            raise ApiError("invalid_arguments", messages=[f"{kind} is too long"])
        value = call.args.structure(kind, f"invalid_{kind}")
        problems: Sequence[blockkit.Problem] = ()
        if kind == "message":
            refusal = blockkit.check_message(value) if isinstance(value, dict) else ("invalid_message", [])
            code, problems = refusal or ("", ())
            if refusal is not None and not problems:
                problems = [blockkit.Problem(code, code, "")]
        else:
            problems = (
                blockkit.check_view(value) if kind == "view" else blockkit.check_blocks(value, pointer="")
            )
        if problems:
            entries = [
                {
                    key: part
                    for key, part in (
                        ("code", problem.code),
                        ("message", problem.message),
                        ("pointer", problem.pointer),
                        ("constraint", problem.constraint),
                        ("field", problem.field),
                    )
                    if part is not None
                }
                for problem in problems
            ]
            raise ApiError(f"invalid_{kind}", errors=entries)
        return {}

    def describe(self, user: User, *, with_locale: bool = False) -> JsonObject:
        """Return a person as users.info writes them."""
        team = self.team
        body: JsonObject = {
            "id": user.id,
            "team_id": team.id,
            "name": user.name.lower(),
            "real_name": user.name,
            "deleted": user.deleted,
            "is_bot": user.is_bot,
            "is_app_user": False,
            "updated": team.epoch_s(),
            "profile": {
                "real_name": user.name,
                "display_name": user.name,
                "status_text": "",
                "status_emoji": "",
                "status_expiration": 0,
                "team": team.id,
            },
        }
        if user.deleted:
            return body
        body |= {
            "is_admin": user.is_admin,
            "is_owner": False,
            "is_primary_owner": False,
            "is_restricted": False,
            "is_ultra_restricted": False,
        }
        if user.tz is not None:
            local = team.now().astimezone(ZoneInfo(user.tz))
            offset = local.utcoffset()
            body |= {
                "tz": user.tz,
                "tz_label": local.tzname() or user.tz,
                "tz_offset": int(offset.total_seconds()) if offset is not None else 0,
            }
        if with_locale:
            body["locale"] = "en-US"
        return body
