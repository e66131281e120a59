"""GitHub API: one repository over GitHub's REST API, with its pages, its limits and its refusals."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote, urlencode

import httpx

from bot.domain.criterion import SourceSpec
from bot.domain.secret import secrets_named
from bot.errors import SourceError
from bot.sources.body import shorten
from bot.sources.github_answers import LOOP_LIMIT_BYTES, read_message
from bot.sources.protocol import SourceContext
from bot.sources.request import Fetched
from bot.sources.requesting import fetch_described
from bot.sources.url import host_of, origin_of, parse_source_url
from bot.sources.waiting import asks_to_wait, say_until

PUBLIC_API = "https://api.github.com"
API_VERSION = "2022-11-28"
MOST_PAGES = 10
PER_PAGE = 100

_ACCEPT = "application/vnd.github+json"
_EXPLAINED = frozenset({401, 403, 404, 410, 422, 429})
_NEXT = re.compile(r'<([^<>]{1,4000})>\s*;[^,<]*\brel="?next\b')
# "Otherwise, wait for at least one minute": docs.github.com, rate limits for the REST API.
_SHORTEST_WAIT = timedelta(minutes=1)

Query = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Answer:
    """One good answer.

    Attributes:
        found: What `bot.sources.github_answers.read_github` makes of it.
        link: The header that names the next page, or empty.
    """

    found: Mapping[str, str | None]
    link: str


class GitHubApi:
    """One repository, asked for one reading."""

    def __init__(self, repo: str, described: SourceSpec, ctx: SourceContext) -> None:
        """Prepare.

        Args:
            repo: ``owner/name``.
            described: Whose address is the API's and whose options say how it is asked.
            ctx: What a source works with.
        """
        self.repo = repo
        self._described = described
        self._ctx = ctx
        self._base = parse_source_url(described.url or PUBLIC_API)
        self.host = host_of(self._base)
        self.at = ctx.now()
        """When the last answer came, aware UTC."""
        self.elapsed_s = 0.0
        """How long all answers took, in seconds."""

    @property
    def in_repo(self) -> str:
        """The repository's own path."""
        owner, _, name = self.repo.partition("/")
        return f"/repos/{quote(owner, safe='')}/{quote(name, safe='')}"

    async def get(
        self, path: str, query: Query = (), *, wanted: str, name: str | None = None, what: str = ""
    ) -> Answer:
        """Return the answer to one request.

        Args:
            path: Below the API's address.
            query: Its parameters.
            wanted: What is read out of the answer, and `name` with it: see ``read_github``.
            name: The workflow looked for.
            what: What there is none of where GitHub answers 404; empty for the repository itself.

        Raises:
            SourceError: With a cause and one plain sentence, and ``retry_at`` where a limit is used up.
        """
        fetched = await self._fetch(self._address(path), query)
        if fetched.status in (404, 410, 422):
            if what and fetched.status != 422:
                await self.get(self.in_repo, wanted="thing")
                raise self._error(f"{self.repo} has no {what}")
            raise self._error(self._no_repository())
        found = await self._ctx.paths.run(
            "github",
            fetched.body,
            {"wanted": wanted, "name": name},
            host=self.host,
            loop_limit_bytes=LOOP_LIMIT_BYTES,
        )
        return Answer(found, fetched.headers.get("link", ""))

    async def pages(
        self, path: str, query: Query, *, wanted: str, name: str | None = None, what: str = ""
    ) -> AsyncIterator[Answer]:
        """Yield the answers of a list page by page, at most ten; arguments as in `get`."""
        answer = await self.get(
            path, [*query, ("per_page", str(PER_PAGE))], wanted=wanted, name=name, what=what
        )
        yield answer
        for _ in range(MOST_PAGES - 1):
            if (next_url := self._next_of(answer)) is None:
                return
            answer = await self.get(next_url, wanted=wanted, name=name, what=what)
            yield answer

    def _address(self, path: str) -> str:
        """Return the address below the API's; the parameters that one has are kept."""
        if path.startswith(("http://", "https://")):  # GitHub's own, out of a Link header
            return path
        prefix = self._base.raw_path.partition(b"?")[0].rstrip(b"/")
        made = self._base.copy_with(raw_path=prefix + path.encode())
        kept = self._base.params.multi_items()
        return str(made.copy_with(params=httpx.QueryParams(urlencode(kept))) if kept else made)

    async def _fetch(self, url: str, query: Query) -> Fetched:
        fetched = await fetch_described(
            self._described, self._ctx, url=url, query=query, accept=_ACCEPT, explained=_EXPLAINED
        )
        self.at = fetched.at
        self.elapsed_s += fetched.elapsed_s
        if fetched.status in (401, 403, 429):
            raise await self._refused(fetched)
        return fetched

    async def _refused(self, fetched: Fetched) -> SourceError:
        until = asks_to_wait(fetched.status, fetched.headers, fetched.at)
        if until is not None:
            if "retry-after" in fetched.headers:
                return self._error(f"GitHub asks to wait until {say_until(until)}", until)
            whose = "this token" if self._described.option("auth") else "requests without a token"
            return self._error(f"GitHub's limit for {whose} is used up until {say_until(until)}", until)
        message = read_message(fetched.body)
        if fetched.status == 429 or "rate limit" in message.lower():
            until = fetched.at + _SHORTEST_WAIT
            return self._error(f"GitHub asks to wait until {say_until(until)}", until)
        said = await self._repeatable(message)
        if names := secrets_named(self._described.option("token") or ""):
            return self._error(f"{fetched.status} from {self.host}: the secret {names[0]} was refused{said}")
        if fetched.status == 401:
            return self._error("GitHub refused the token; make a new one, or mend it")
        return self._error(f"HTTP 403 from {self.host}{said}")

    async def _repeatable(self, message: str) -> str:
        """Return what may be shown of GitHub's words: whoever answers could repeat what it was sent."""
        if not message or self._described.option("auth") not in (None, "bearer"):
            return ""
        for name, typed in self._described.options:
            if name != "token" and not name.startswith("header."):
                continue
            sent = [(await self._ctx.secrets.fill(typed)).text]
            sent += [
                (await self._ctx.secrets.fill(f"{{{{secret:{secret}}}}}")).text
                for secret in secrets_named(typed)
            ]
            for text in sent:
                message = message.replace(text, "…")
        return f": {shorten(message, 120)}"

    def _no_repository(self) -> str:
        if self._described.option("token"):
            return f"there is no repository {self.repo}, or the token may not see it"
        return (
            f"there is no repository {self.repo} that can be seen without a token; "
            "for a private one add token={{secret:GITHUB}}"
        )

    def _next_of(self, answer: Answer) -> str | None:
        link = _NEXT.search(answer.link)
        if link is None:
            return None
        # An answer must not choose where the token goes next.
        try:
            url = parse_source_url(link[1])
        except SourceError:
            url = None
        if url is None or origin_of(url) != origin_of(self._base):
            raise SourceError(
                f"the next page {self.host} names is not at {self.host}", cause="redirect", host=self.host
            )
        return link[1]

    def _error(self, sentence: str, until: datetime | None = None) -> SourceError:
        return SourceError(sentence, cause="status", host=self.host, retry_at=until)
