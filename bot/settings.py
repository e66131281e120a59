"""Settings: read from the environment and a `.env` file, checked once, constructed in bot/app.py only."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import unquote, urlsplit

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.credentials import GivenCertificate, GivenSecret, read_given_certificates, read_given_secrets
from bot.errors import ConfigError

SLACK_API_URL = "https://slack.com/api/"


class Settings(BaseSettings):
    """What the operator chose. Every field names its environment variable and says what it does."""

    model_config = SettingsConfigDict(env_file=".env", env_file_encoding="utf-8", extra="ignore", frozen=True)

    slack_bot_token: SecretStr | None = Field(
        None, validation_alias="SLACK_BOT_TOKEN", description="Bot token (xoxb-…) of the installed app."
    )
    slack_app_token: SecretStr | None = Field(
        None,
        validation_alias="SLACK_APP_TOKEN",
        description="App-level token (xapp-…) with connections:write; when set, Socket Mode is used.",
    )
    slack_signing_secret: SecretStr | None = Field(
        None,
        validation_alias="SLACK_SIGNING_SECRET",
        description="Signing secret; needed in HTTP mode, when there is no app-level token.",
    )
    slack_client_id: str | None = Field(
        None,
        validation_alias="SLACK_CLIENT_ID",
        description="Not used yet; kept for installing into many workspaces.",
    )
    slack_client_secret: SecretStr | None = Field(
        None,
        validation_alias="SLACK_CLIENT_SECRET",
        description="Not used yet; kept for installing into many workspaces.",
    )
    slack_api_url: str = Field(
        SLACK_API_URL, validation_alias="SLACK_API_URL", description="Where Slack's Web API is."
    )
    database_url: str = Field(
        "sqlite:///data/loopmark.db",
        validation_alias="DATABASE_URL",
        description="sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME.",
    )
    host: str = Field("127.0.0.1", validation_alias="HOST", description="Address the web app listens on.")
    port: int = Field(
        3000, validation_alias="PORT", ge=0, le=65535, description="Port the web app listens on."
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", validation_alias="LOG_LEVEL", description="Least level that is logged."
    )
    secret_key: SecretStr | None = Field(
        None,
        validation_alias="LOOPMARK_SECRET_KEY",
        description="Key that encrypts what must not be read from the database alone; "
        "without it ./data/secret.key is made at first start (mode 0600).",
    )
    given_secrets: Annotated[tuple[GivenSecret, ...], NoDecode] = Field(
        (),
        validation_alias="LOOPMARK_SECRETS",
        description='Secrets that sources may send, as JSON: {"GRAFANA": {"value": "…", "hosts": '
        '["grafana.internal"]}}; they go before those set in Slack.',
    )
    allowed_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        validation_alias="LOOPMARK_ALLOWED_HOSTS",
        description="Hosts, .suffixes, addresses or networks inside your own network that sources may read, "
        "separated by commas.",
    )
    public_url: str | None = Field(
        None,
        validation_alias="LOOPMARK_PUBLIC_URL",
        description="Address people and Slack reach the web app at (https://…); HTTP mode's manifest "
        "and links to initiatives' pages need it.",
    )
    sql_connections: Annotated[Mapping[str, SecretStr], NoDecode] = Field(
        {},
        validation_alias="LOOPMARK_SQL_CONNECTIONS",
        description="Databases that sources of the kind sql may ask, as JSON: name → address.",
    )
    client_certs: Annotated[tuple[GivenCertificate, ...], NoDecode] = Field(
        (),
        validation_alias="LOOPMARK_CLIENT_CERTS",
        description='Client certificates that sources may show, as JSON: {"METRICS": {"certificate": "FILE", '
        '"key": "FILE", "hosts": ["metrics.internal"]}}.',
    )
    proxy: str | None = Field(
        None,
        validation_alias="LOOPMARK_PROXY",
        description="HTTP proxy for reading sources; it then enforces addresses.",
    )
    command_prefix: str = Field(
        "",
        validation_alias="LOOPMARK_COMMAND_PREFIX",
        description="Put before each command name, e.g. lm- for /lm-criteria.",
    )
    fetch_timeout_s: float = Field(
        10.0,
        validation_alias="LOOPMARK_FETCH_TIMEOUT_S",
        gt=0,
        le=60,
        description="Longest time one read of a source may take, in seconds.",
    )
    fetches: int = Field(
        50,
        validation_alias="LOOPMARK_FETCHES",
        ge=1,
        le=1000,
        description="Reads of sources at the same time.",
    )
    fetches_per_host: int = Field(
        4, validation_alias="LOOPMARK_FETCHES_PER_HOST", ge=1, le=100, description="Of those, to one host."
    )
    tick_s: float = Field(
        1.0,
        validation_alias="LOOPMARK_TICK_S",
        gt=0,
        le=60,
        description="How often due work is looked for, in seconds.",
    )
    lease_margin_s: float = Field(
        30.0,
        validation_alias="LOOPMARK_LEASE_MARGIN_S",
        gt=0,
        le=600,
        description="Added to a job's longest time before another worker may take it, in seconds.",
    )
    second_look_s: float = Field(
        15.0,
        validation_alias="LOOPMARK_SECOND_LOOK_S",
        ge=0,
        le=600,
        description="Wait between the two read-backs after an unclear answer of Slack's, in seconds.",
    )

    prompts_per_week: int = Field(
        3,
        validation_alias="LOOPMARK_PROMPTS_PER_WEEK",
        ge=1,
        le=100,
        description="Direct messages in a week that ask one person to answer prompts, reminders included.",
    )

    @field_validator("slack_bot_token")
    @classmethod
    def _bot_token_is_one(cls, token: SecretStr | None) -> SecretStr | None:
        if token is not None and not token.get_secret_value().startswith(("xoxb-", "xoxe.xoxb-")):
            raise ValueError(
                "must be a bot token, which starts with xoxb- (OAuth & Permissions page of your app)"
            )
        return token

    @field_validator("slack_app_token")
    @classmethod
    def _app_token_is_one(cls, token: SecretStr | None) -> SecretStr | None:
        if token is not None and not token.get_secret_value().startswith("xapp-"):
            raise ValueError(
                "must be an app-level token, which starts with xapp- (Basic Information page of your app)"
            )
        return token

    @field_validator(
        "slack_bot_token",
        "slack_app_token",
        "slack_signing_secret",
        "secret_key",
        "public_url",
        "proxy",
        mode="before",
    )
    @classmethod
    def _empty_means_unset(cls, value: object) -> object:
        return None if isinstance(value, str) and not value.strip() else value

    @field_validator("slack_api_url", "public_url", "proxy")
    @classmethod
    def _is_an_address(cls, url: str | None) -> str | None:
        if url is None:
            return None
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError(f"must be an http:// or https:// address, not {url!r}")
        return url

    @field_validator("slack_api_url")
    @classmethod
    def _ends_with_a_slash(cls, url: str) -> str:
        return url if url.endswith("/") else url + "/"

    @field_validator("database_url")
    @classmethod
    def _is_a_known_database(cls, url: str) -> str:
        scheme = url.partition(":")[0]
        if scheme == "postgres":
            url = "postgresql" + url.removeprefix("postgres")
        elif scheme not in {"sqlite", "postgresql", "postgresql+psycopg"}:
            raise ValueError(f"must start with sqlite:/// or postgresql://, not {scheme!r}")
        if url.startswith("postgresql://"):
            url = "postgresql+psycopg" + url.removeprefix("postgresql")
        if url.startswith("sqlite") and url in {"sqlite://", "sqlite:///:memory:", "sqlite:///"}:
            raise ValueError(
                "must name a file: sqlite:///data/loopmark.db (what is only in memory would be lost)"
            )
        return url

    @field_validator("log_level", mode="before")
    @classmethod
    def _any_case(cls, level: object) -> object:
        return level.upper() if isinstance(level, str) else level

    @field_validator("allowed_hosts", mode="before")
    @classmethod
    def _split_on_commas(cls, hosts: object) -> object:
        if isinstance(hosts, str):
            return tuple(part for part in re.split(r"[,\s]+", hosts) if part)
        return hosts

    @field_validator("given_secrets", mode="before")
    @classmethod
    def _read_given_secrets(cls, given: object) -> object:
        return read_given_secrets(given) if isinstance(given, str) else given

    @field_validator("client_certs", mode="before")
    @classmethod
    def _read_certificates(cls, given: object) -> object:
        return read_given_certificates(given) if isinstance(given, str) else given

    @field_validator("sql_connections", mode="before")
    @classmethod
    def _names_databases(cls, given: object) -> object:
        if isinstance(given, str):
            try:
                given = json.loads(given or "{}")
            except json.JSONDecodeError as error:
                raise ValueError(
                    f'must be JSON like {{"REPORTING": "postgresql://…"}} (column {error.colno})'
                ) from None
        if not isinstance(given, dict) or not all(isinstance(url, str) for url in given.values()):
            raise ValueError('must be names with addresses, like {"REPORTING": "postgresql://…"}')
        for name, url in given.items():
            if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]{0,39}", name):
                raise ValueError(f"has the name {name!r}; use at most 40 letters, digits, - and _")
            if not re.match(r"sqlite:///.|postgres(ql)?(\+psycopg)?://", url):
                raise ValueError(f"has an address under {name} that is not postgresql:// or sqlite:///FILE")
        return {name: re.sub(r"^postgres(ql)?:", "postgresql+psycopg:", url) for name, url in given.items()}

    @field_validator("sql_connections")
    @classmethod
    def _does_not_name_our_own(
        cls, connections: Mapping[str, SecretStr], info: ValidationInfo
    ) -> Mapping[str, SecretStr]:
        # Whoever can add a criterion could read answers out of it that were given anonymously.
        own = _place(info.data.get("database_url", ""))
        for name, url in connections.items():
            if _place(url.get_secret_value()) == own:
                raise ValueError(f"has Loopmark's own database under {name}, which sources may not read")
        return connections

    @field_validator("command_prefix")
    @classmethod
    def _fits_a_command(cls, prefix: str) -> str:
        # Slack: a command is 2-32 characters, lower-case, no blanks; `initiative` is the longest name.
        if not re.fullmatch(r"[a-z0-9_-]{0,20}", prefix):
            raise ValueError("may have at most 20 lower-case letters, digits, - and _, for example lm-")
        return prefix

    @property
    def is_sqlite(self) -> bool:
        """True when the database is a SQLite file."""
        return self.database_url.startswith("sqlite")

    @property
    def web_address(self) -> str:
        """Where the web app is reached, without a slash at the end: from this machine, unless it is public."""
        if self.public_url is not None:
            return self.public_url.rstrip("/")
        anywhere = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # addresses to listen on, not to go to
        return f"http://{anywhere.get(self.host, self.host)}:{self.port}"

    @property
    def data_dir(self) -> Path:
        """Where the SQLite file and the generated secret key live."""
        if self.is_sqlite:
            return Path(self.database_url.split("///", 1)[1]).parent
        return Path("data")

    @property
    def secrets(self) -> frozenset[str]:
        """Every secret in here, as it could appear in a line of the log."""
        secrets = {field.get_secret_value() for _, field in self if isinstance(field, SecretStr)}
        secrets |= {secret.value.get_secret_value() for secret in self.given_secrets}
        if self.secret_key is not None:  # it may hold several
            secrets |= set(re.split(r"[\s,]+", self.secret_key.get_secret_value()))
        for connection in self.sql_connections.values():
            url = connection.get_secret_value()
            secrets |= {url, urlsplit(url).password or "", unquote(urlsplit(url).password or "")}
        password = urlsplit(self.database_url).password or ""
        # Replacing a short text everywhere would garble the log more than it hides.
        return frozenset(secret for secret in (*secrets, password, unquote(password)) if len(secret) >= 6)

    @property
    def uses_sockets(self) -> bool:
        """True when Slack is reached over Socket Mode rather than over HTTP."""
        return self.slack_app_token is not None


def _place(url: str) -> tuple[object, ...]:
    """Return what tells one database from another, as far as its address says it."""
    if url.startswith("sqlite"):
        return (Path(url.split("///", 1)[-1].partition("?")[0]).resolve(),)
    parts = urlsplit(url)
    return (parts.hostname, parts.port or 5432, parts.path, parts.query)


def load_settings(**overrides: object) -> Settings:
    """Read the settings, with overrides by field name or variable name for tests and the demo.

    Raises:
        ConfigError: with one plain line for each wrong setting.
    """
    try:
        return Settings(**overrides)  # type: ignore[arg-type]  # pydantic checks them
    except ValidationError as error:
        raise ConfigError([_line(problem) for problem in error.errors()]) from None


def _line(problem: object) -> str:
    assert isinstance(problem, dict)
    name = str(problem["loc"][0]) if problem["loc"] else "settings"
    return f"{name} {str(problem['msg']).removeprefix('Value error, ')}"


def missing_for_run(settings: Settings) -> list[str]:
    """Return one plain line for each setting that `loopmark run` cannot do without."""
    lines = []
    if settings.slack_bot_token is None:
        lines.append(
            "SLACK_BOT_TOKEN is missing: copy the bot token (xoxb-…) from OAuth & Permissions of your app"
        )
    if settings.slack_app_token is None and settings.slack_signing_secret is None:
        lines.append(
            "SLACK_APP_TOKEN is missing: set it (xapp-…) for Socket Mode, "
            "or SLACK_SIGNING_SECRET to take requests over HTTP on /slack/events"
        )
    return lines
