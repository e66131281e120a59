"""Page links: what the address of an initiative's page says, and what of it is signed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlencode

_NUMBER = re.compile(r"[1-9][0-9]{0,11}")
_SIGNATURE = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class PageLink:
    """A link to an initiative's page.

    Attributes:
        initiative_id: Row id.
        link_id: Row id.
        ends_at: When it works no more, aware UTC, to the second.
    """

    initiative_id: int
    link_id: int
    ends_at: datetime

    def signed_text(self, team_id: str) -> str:
        """Return what the signature is made over; nothing of the link can be changed without it."""
        return f"page {team_id} {self.initiative_id} {self.link_id} {self._until}"

    def address(self, web_address: str, signature: str) -> str:
        """Return the whole link.

        Args:
            web_address: Where people reach the web app, without a slash at the end.
            signature: Over `signed_text`.
        """
        said = urlencode({"link": self.link_id, "until": self._until, "signature": signature})
        return f"{web_address}/i/{self.initiative_id}?{said}"

    @property
    def _until(self) -> int:
        return int(self.ends_at.timestamp())


def read_page_link(initiative_id: str, said: Mapping[str, str]) -> tuple[PageLink, str] | None:
    """Return the link an address stands for and the signature it carries, or None when it is none.

    Args:
        initiative_id: What follows `/i/`.
        said: What follows the `?`, by name.
    """
    link_id, until, signature = (said.get(name, "") for name in ("link", "until", "signature"))
    if not all(_NUMBER.fullmatch(text) for text in (initiative_id, link_id, until)):
        return None
    if not _SIGNATURE.fullmatch(signature) or len(until) > 10:
        return None
    return PageLink(int(initiative_id), int(link_id), datetime.fromtimestamp(int(until), UTC)), signature
