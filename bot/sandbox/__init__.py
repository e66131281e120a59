"""A local Slack workspace for the demo and the tests: Web API, Socket Mode and signed HTTP delivery.

async with Workspace() as ws:
    alice = ws.add_user("Alice")
    general = ws.add_channel("general", members=[alice])
    ...  # start the bot with ws.api_url, ws.bot_token and ws.app_token
    answer = await ws.person(alice).command(general, "/criteria list")

Where Slack is silent the stricter reading was taken:

- Command text comes in turn with ``& < >`` and addresses encoded (mentions without a name) and raw.
- A dead response_url answers 404; ``replace_original`` left out in answer to a click is a violation.
- What came by an acknowledgement or a response_url can't be changed with chat.update.
- Methods may burst up to a minute's worth, a channel takes five posts at once and then one a second.
- Channel events come only from channels the bot is in; an acknowledgement counts on any socket.
- views.open from inside a modal is a violation and lands on top of it.
- After Socket Mode was switched off, apps.connections.open answers ``forbidden_team``.
- A deleted parent counts as gone, so a reply to it lands at the root.
"""

from bot.sandbox.journal import Change, Record
from bot.sandbox.model import Channel, Message, User, View
from bot.sandbox.outcome import Outcome, Submission
from bot.sandbox.person import Person
from bot.sandbox.workspace import Workspace

__all__ = [
    "Change",
    "Channel",
    "Message",
    "Outcome",
    "Person",
    "Record",
    "Submission",
    "User",
    "View",
    "Workspace",
]
