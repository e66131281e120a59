"""What a visitor may try, each with whether it has happened: read from the database and the workspace."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.demo.cast import Cast
from bot.demo.control import DemoControl
from bot.demo.facts import Facts
from bot.demo.metrics import MetricServer
from bot.sandbox import Workspace
from bot.sandbox.page import GuideStep

ROUNDED_TO = 10
AHEAD = 2
"""How many tens above the present number the proposed target lies: 10 to 20 minutes of the demo's time."""


@dataclass(frozen=True, slots=True)
class SetUp:
    """Where things stood when the week was set up.

    Attributes:
        facts: What stood in the database.
        posts: How many messages of the bot's stood in #leads.
    """

    facts: Facts
    posts: int


class Guide:
    """Steps that tick themselves off, whoever does them and however."""

    def __init__(self, workspace: Workspace, cast: Cast, control: DemoControl, metrics: MetricServer) -> None:
        """Start with nothing done."""
        self._workspace = workspace
        self._cast = cast
        self._control = control
        self._metrics = metrics
        self._set_up: SetUp | None = None

    def begin(self) -> None:
        """Count what happens from now on as a visitor's."""
        self._set_up = SetUp(self._control.facts, self._posts())
        self._workspace.clock_changed()

    def steps(self) -> Sequence[GuideStep]:
        """Return what to try, in a good order."""
        cast, address = self._cast, self._metrics.address
        facts = self._control.facts
        before = self._set_up or SetUp(facts, self._posts())
        added = facts.criteria - before.facts.criteria
        return (
            GuideStep(
                id="add",
                title="Add a criterion",
                text=f"Send this line in <#{cast.checkout.id}>: the bot reads the number and saves it. "
                f"`/criteria add` alone opens the same as a form, where the source is `{address}/signups` and the "
                f"path `$.signups.total`. The demo's other numbers: <{address}/|{address}>",
                done=bool(added),
                go={"channel": cast.checkout.id, "command": self._proposal()},
            ),
            GuideStep(
                id="watch",
                title="Watch it change status",
                text="Let the clock run at a minute a second. Your criterion is read every minute, and when two "
                "readings in a row reach the target, the change is told in the thread of the latest progress "
                f"post in <#{cast.checkout.id}>. The button on <{address}/|the page with the numbers> lets more "
                "people sign up at once.",
                done=bool(facts.changed & added),
                go={"channel": cast.checkout.id},
            ),
            GuideStep(
                id="answer",
                title="Give the fifth answer",
                text="Four people have answered Alice's anonymous question. It closes with the fifth answer, yours, "
                "and only then shows its results, in the same message. Look what the receipt says, which is seen "
                "only by you.",
                done=facts.is_prompt_closed,
                go={"channel": cast.general.id},
            ),
            GuideStep(
                id="weekly",
                title="See the weekly post now",
                text=f"Jump to the next scheduled post with the clock, then look into <#{cast.leads.id}>: one message "
                "for each initiative, what needs attention first. *Why?* explains every line.",
                done=self._posts() > before.posts,
                go={"channel": cast.leads.id},
            ),
            GuideStep(
                id="note",
                title="Leave a note",
                text="Anything typed after `/feedback` is kept on the channel's initiative, with your name. "
                "`/feedback list` shows notes and prompts together.",
                done=facts.notes > before.facts.notes,
                go={"channel": cast.checkout.id, "command": "/feedback the address step is much faster now"},
            ),
        )

    def _proposal(self) -> str:
        target = (self._metrics.signups // ROUNDED_TO + AHEAD) * ROUNDED_TO
        return (
            f"/criteria add Beta signups >= {target} by in 3 weeks source {self._metrics.address}/signups "
            "path $.signups.total every 1m"
        )

    def _posts(self) -> int:
        leads = self._workspace.server.team.history(self._cast.leads.id)
        return sum(message.user.is_bot and not message.deleted for message in leads)
