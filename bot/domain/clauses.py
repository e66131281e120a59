"""Clauses: what follows a name, a target or a question, in any order (`by 31 Dec for Checkout rewrite`)."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from bot.domain.addresses import WHOLE_BODY, check_url, parse_path
from bot.domain.cadence import Cadence
from bot.domain.criterion import SourceKind, SourceSpec
from bot.domain.dates import DateSpec, read_date
from bot.domain.days_off import OnDaysOff
from bot.domain.entities import ChannelRef, Line, LinkRef, Token, UserRef, cut, tokenize
from bot.domain.keywords import EXAMPLES, FIELDS, RECIPE, looks_like_url, opens_clause, path_end
from bot.domain.names import parse_name
from bot.domain.options import Options, read_options
from bot.domain.post_schedule import PostOnly
from bot.domain.quantities import parse_count, parse_duration, read_amount
from bot.domain.recipe import Recipe, expand_recipe, find_recipe
from bot.domain.references import CHOOSE_CHANNEL, CHOOSE_PERSON, WORDS, channel, name_to_end, person
from bot.domain.rhythms import read_every
from bot.domain.zones import parse_zone
from bot.errors import UserError


@dataclass(slots=True)
class Clauses:
    """What the clauses said; None or empty where one was not typed.

    Attributes:
        names: After `for`, one or several when quoted.
        word: `all` or `mine`, typed after `for` without quotes.
        baseline_unit: Unit typed after the baseline (`from 20 %`).
    """

    guardrail: bool = False
    owner: UserRef | None = None
    zone: str | None = None
    baseline: Decimal | None = None
    baseline_unit: str = ""
    due: DateSpec | None = None
    source: str | None = None
    url: str | None = None
    path: str | None = None
    options: Options = ()
    recipe: Recipe | None = None
    every: Cadence | None = None
    closes_in: timedelta | None = None
    close_after: int | None = None
    channel: ChannelRef | None = None
    names: tuple[str, ...] = ()
    word: str = ""
    only: PostOnly = PostOnly.ALWAYS
    on_days_off: OnDaysOff = OnDaysOff.SKIP

    def source_spec(self) -> SourceSpec | None:
        """Return the source, the path defaulting to the whole body; None when no `source` was typed.

        Raises:
            UserError: a path without an address to read it from, options without a source, or a recipe without
                what it needs.
        """
        if self.recipe is not None:
            if self.path is not None:
                raise UserError(
                    f"The recipe {self.recipe.name} brings its path, {self.recipe.path}. Leave path out.",
                    field="path",
                )
            return expand_recipe(self.recipe, self.options)
        if self.source == SourceKind.HTTP_JSON:
            return SourceSpec(self.source, self.url, self.path or WHOLE_BODY, self.options)
        if self.path is not None and self.source in (None, SourceKind.MANUAL):
            raise UserError(
                "A path needs an address to read: add source https://… before it.", field="source"
            )
        if self.source is None:
            if self.options:
                raise UserError(
                    "What follows `with` tells a source how to read: add source https://… before it.",
                    field="source",
                )
            return None
        return SourceSpec(self.source, self.url, self.path, self.options)


class ClauseReader:
    """Reads clauses from a position to the end of a line.

    Whoever reads something between clauses (flags, options) takes tokens with `take`.
    """

    def __init__(
        self, line: Line, start: int, keywords: Collection[str], *, every_field: str = "every"
    ) -> None:
        """Begin at a position.

        Args:
            line: The command's text.
            start: Where the first clause may stand.
            keywords: Those that mean something here.
            every_field: Field to blame for a rhythm.
        """
        self.found = Clauses()
        self._line = line
        self._keywords = keywords
        self._every_field = every_field
        self._tokens = tokenize(line, start)
        self._at = 0
        self._seen: set[str] = set()
        self._readers: dict[str, Callable[[], None]] = {
            "guardrail": self._guardrail, "owner": self._owner, "zone": self._zone, "from": self._from,
            "by": self._by, "source": self._source, "path": self._path, "with": self._with,
            "every": self._every, "cron": self._cron, "closes": self._closes, "in": self._in, "for": self._for,
            "only": self._only, "skipping": self._days_off, "moving": self._days_off,
        }  # fmt: skip

    def peek(self) -> Token | None:
        """Return the next token, or None at the end."""
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def take(self) -> Token:
        """Return the next token and step past it."""
        self._at += 1
        return self._tokens[self._at - 1]

    def at_clause(self) -> bool:
        """Say whether a clause begins with the next token."""
        return self.peek() is not None and opens_clause(self._tokens, self._at, self._keywords)

    def read_clause(self) -> None:
        """Read the clause that begins with the next token into `found`.

        Raises:
            UserError: none begins there, it stands there twice, or what follows its keyword is wrong.
        """
        token = self._tokens[self._at]
        key = token.key
        if not self.at_clause():
            raise self._not_understood(token)
        field = self._field(key)
        if field in self._seen:
            raise UserError(f"“{token.text}” stands there twice. Keep one of them.", field=field)
        self._seen.add(field)
        self._at += 1
        self._readers[key]()

    def read_all(self) -> Clauses:
        """Return all clauses up to the end of the line.

        Raises:
            UserError: as `read_clause`.
        """
        while self.peek() is not None:
            self.read_clause()
        return self.found

    def _field(self, key: str) -> str:
        if key == "closes" and self._at + 1 < len(self._tokens) and self._tokens[self._at + 1].key == "after":
            return "close_after"
        return self._every_field if key in ("every", "cron") else FIELDS[key]

    def _not_understood(self, token: Token) -> UserError:
        key = token.key
        if key in self._keywords:
            follows = self._until_next_clause()
            if key == "by" and follows:
                read_date(follows)  # says what is wrong with it
            if key in ("every", "cron") and follows:
                read_every(follows if key == "every" else [token, *follows], field=self._every_field)
            if key == "source" and follows:
                check_url(follows[0].text)
            if key == "zone" and follows:
                parse_zone(follows[0].text)
            if key == "path" and follows:
                parse_path(follows[0].text)
            hint = {"in": f"{CHOOSE_CHANNEL}.", "owner": f"{CHOOSE_PERSON}."}.get(
                key, f"Type it like `{EXAMPLES[key]}`."
            )
            return UserError(f"“{token.text}” lacks what has to follow it. {hint}", field=self._field(key))
        known = ", ".join(sorted(self._keywords))
        hint = (
            "Put a name of several words in quotes; a quote inside it is typed twice. "
            if token.quoted
            else ""
        )
        return UserError(
            f"I can't read “{cut(token.text)}” at that place. {hint}What can follow: {known}.", field="text"
        )

    def _until_next_clause(self) -> list[Token]:
        begin = end = self._at + 1
        while end < len(self._tokens) and not opens_clause(self._tokens, end, self._keywords):
            end += 1
        return self._tokens[begin:end]

    def _guardrail(self) -> None:
        self.found.guardrail = True

    def _owner(self) -> None:
        self.found.owner = person(self.take())

    def _zone(self) -> None:
        self.found.zone = parse_zone(self.take().text)

    def _from(self) -> None:
        token = self.take()
        amount = read_amount(self._line.text, token.start, field="baseline")
        assert amount is not None, "opens_clause saw a number"
        self.found.baseline, self.found.baseline_unit, _ = amount
        follows = self.peek()
        if (
            not self.found.baseline_unit
            and follows is not None
            and follows.key
            and follows.key not in self._keywords
        ):
            self.found.baseline_unit = self.take().text

    def _by(self) -> None:
        self.found.due, used = read_date(self._tokens[self._at :])
        self._at += used

    def _source(self) -> None:
        follows = self.peek()
        assert follows is not None, "opens_clause saw a word"
        self.found.source = SourceKind.HTTP_JSON
        if follows.key == RECIPE:
            self.take()
            self._recipe()
            return
        if not looks_like_url(follows):
            self.found.source = self.take().key
            follows = self.peek()
        if follows is not None and follows.key not in self._keywords and looks_like_url(follows):
            link = self.take().entity
            self.found.url = check_url(link.url if isinstance(link, LinkRef) else follows.text)

    def _recipe(self) -> None:
        follows = self.peek()
        if follows is None or follows.key in self._keywords:
            raise UserError(
                "Say which recipe: source recipe statuspage with page=status.example.com. "
                "`/criteria recipes` lists them.",
                field="source",
            )
        self.found.source, self.found.recipe = SourceKind.HTTP_JSON, find_recipe(self.take().text)

    def _path(self) -> None:
        start = self._tokens[self._at].start
        end = path_end(self._line, start, self._keywords)
        self.found.path = parse_path(self._line.show(start, end))
        # A quote inside the path may have swallowed what follows it.
        self._tokens, self._at = tokenize(self._line, end), 0

    def _with(self) -> None:
        self.found.options, end = read_options(self._line, self._tokens[self._at].start)
        # A text with blanks in quotes is several tokens, and a quote in one may have swallowed what follows.
        self._tokens, self._at = tokenize(self._line, end), 0

    def _only(self) -> None:
        self.take()  # if
        self.found.only = PostOnly.CHANGED if self.take().key == "changed" else PostOnly.STATUS
        follows = self.peek()
        if self.found.only is PostOnly.STATUS and follows is not None and follows.key == "changed":
            self.take()

    def _days_off(self) -> None:
        moving = self._tokens[self._at - 1].key == "moving"
        self.found.on_days_off = OnDaysOff.MOVE if moving else OnDaysOff.SKIP
        self._at += 2  # days off

    def _every(self) -> None:
        self.found.every, used = read_every(self._tokens[self._at :], field=self._every_field)
        self._at += used

    def _cron(self) -> None:
        self._at -= 1
        self._every()

    def _closes(self) -> None:
        if self.take().key == "after":
            self._close_after()
            return
        token = self.take()
        follows = self.peek()
        if token.key.isdecimal() and follows is not None and follows.key:
            raise UserError(
                f"Type the duration as one word: closes in {cut(token.text)}{follows.key[:1]}.",
                field="closes",
            )
        self.found.closes_in = parse_duration(token.text)

    def _close_after(self) -> None:
        self.found.close_after = parse_count(self.take().text)
        follows = self.peek()
        if follows is not None and follows.key in ("answer", "answers"):
            self.take()

    def _in(self) -> None:
        self.found.channel = channel(self.take())

    def _for(self) -> None:
        first = self._tokens[self._at]
        if not first.quoted:
            text = self._line.show_inline(first.start)
            if text.casefold() in WORDS:
                self.found.word = text.casefold()
            else:
                name = name_to_end(self._line, first.start, what="initiative", field="initiative")
                self.found.names = (name,)
            self._at = len(self._tokens)
            return
        names = [parse_name(self.take().text, what="initiative", field="initiative")]
        while (comma := self.peek()) is not None and comma.key == ",":
            self.take()
            following = self.peek()
            if following is None or not following.quoted:
                raise UserError('Put each initiative in quotes: for "A", "B".', field="initiative")
            names.append(parse_name(self.take().text, what="initiative", field="initiative"))
        self.found.names = tuple(names)


def one_initiative(clauses: Clauses) -> str | None:
    """Return the one name after `for`, or None when there is no `for`.

    Raises:
        UserError: several names, or `all` or `mine`, which are no names without quotes.
    """
    if clauses.word:
        raise UserError(
            f"“{clauses.word}” names no single initiative here. If one is called so, quote it: "
            f'for "{clauses.word}".',
            field="initiative",
        )
    if len(clauses.names) > 1:
        raise UserError("Name one initiative after `for`.", field="initiative")
    return clauses.names[0] if clauses.names else None
