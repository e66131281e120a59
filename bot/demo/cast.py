"""The people and channels of the demo: a small team, plainly made up."""

from __future__ import annotations

from dataclasses import dataclass

from bot.sandbox import Channel, User, Workspace

ZONE = "Europe/Berlin"
"""Where Alice lives; the wall times of the demo's week are hers."""


@dataclass(frozen=True, slots=True)
class Cast:
    """Who works there, and where.

    Attributes:
        alice: Owns the checkout's initiative; workspace admin, in Berlin.
        bob: Owns the search's initiative; in New York.
        kofi: On both teams; in Accra.
        others: Four who only talk and answer, so that a visitor's answer is the fifth.
        general: Everybody's channel.
        checkout: Home of Alice's initiative.
        search: Home of Bob's initiative.
        leads: Where the weekly posts go.
    """

    alice: User
    bob: User
    kofi: User
    others: tuple[User, ...]
    general: Channel
    checkout: Channel
    search: Channel
    leads: Channel

    @property
    def played(self) -> tuple[User, ...]:
        """Whom a visitor can be."""
        return (self.alice, self.bob, self.kofi)


def bring_in(workspace: Workspace) -> Cast:
    """Return the people and channels, new in this workspace; the bot is in every channel."""
    alice = workspace.add_user("Alice", tz=ZONE, is_admin=True)
    bob = workspace.add_user("Bob", tz="America/New_York")
    kofi = workspace.add_user("Kofi", tz="Africa/Accra")
    others = tuple(workspace.add_user(name, tz=ZONE) for name in ("Ines", "Mara", "Noor", "Teo"))
    played = (alice, bob, kofi)
    return Cast(
        alice=alice,
        bob=bob,
        kofi=kofi,
        others=others,
        general=workspace.add_channel("general", members=[*played, *others]),
        checkout=workspace.add_channel("checkout", members=[*played, *others]),
        search=workspace.add_channel("search", members=played),
        leads=workspace.add_channel("leads", members=played),
    )
