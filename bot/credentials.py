"""Credentials the operator gives for sources: secrets and client certificates, each with the hosts it is for."""

from __future__ import annotations

import json
import ssl
from pathlib import Path

from pydantic import BaseModel, ConfigDict, SecretStr

from bot.domain.secret import parse_hosts, parse_secret_name, parse_secret_value
from bot.errors import UserError


class GivenSecret(BaseModel):
    """A secret the operator gives.

    Attributes:
        name: Upper case.
        value: What is sent.
        hosts: Hosts and ``.suffixes`` it may be sent to, at least one.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    value: SecretStr
    hosts: tuple[str, ...]


class GivenCertificate(BaseModel):
    """A client certificate the operator gives, for sources that prove with it who asks.

    Attributes:
        name: Upper case.
        certificate: File with the certificate and those that vouch for it, PEM.
        key: File with its key, PEM, without a passphrase; None when it stands in the same file.
        hosts: Hosts and ``.suffixes`` it is shown to, at least one.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    certificate: Path
    key: Path | None
    hosts: tuple[str, ...]


_UNUSABLE = {
    "name": "its name must be of letters, digits and _, a letter first",
    "value": "its value must be one line of at most 3,000 characters",
    "hosts": "its hosts must be one to 20 host names or .suffixes, without https:// and path",
}


def read_given_secrets(text: str) -> tuple[GivenSecret, ...]:
    """Return the secrets in the text of LOOPMARK_SECRETS; none for an empty one.

    Raises:
        ValueError: says which entry can't be read and why, without what it holds, since that may be a secret.
    """
    if not text.strip():
        return ()
    form = 'must be JSON like {"GRAFANA": {"value": "…", "hosts": ["grafana.internal"]}}'
    try:
        given = json.loads(text)
    except ValueError:
        raise ValueError(form) from None
    if not isinstance(given, dict):
        raise ValueError(form)
    secrets = []
    for number, (name, entry) in enumerate(given.items(), 1):
        match entry:
            case {"value": str(value), "hosts": [*hosts]} if all(isinstance(host, str) for host in hosts):
                try:
                    secrets.append(
                        GivenSecret(
                            name=parse_secret_name(name),
                            value=SecretStr(parse_secret_value(value)),
                            hosts=parse_hosts(hosts),
                        )
                    )
                except UserError as error:
                    raise ValueError(f"entry {number}: {_UNUSABLE[error.field or 'name']}") from None
            case _:
                raise ValueError(f"entry {number} lacks value or hosts: it {form}")
    if len({secret.name for secret in secrets}) < len(secrets):
        raise ValueError("names a secret twice; capitals make no difference")
    return tuple(secrets)


def read_given_certificates(text: str) -> tuple[GivenCertificate, ...]:
    """Return the certificates in the text of LOOPMARK_CLIENT_CERTS, each file tried; none for an empty one.

    Raises:
        ValueError: says which entry or file can't be read and why.
    """
    if not text.strip():
        return ()
    form = (
        'must be JSON like {"METRICS": {"certificate": "/run/m.pem", "key": "/run/m.key", '
        '"hosts": ["metrics.internal"]}}; the key may stand in the same file'
    )
    try:
        given = json.loads(text)
    except ValueError:
        raise ValueError(form) from None
    if not isinstance(given, dict):
        raise ValueError(form)
    certificates = []
    for name, entry in given.items():
        match entry:
            case {"certificate": str(file), "hosts": [*hosts], **rest} if (
                all(isinstance(host, str) for host in hosts)
                and set(rest) <= {"key"}
                and isinstance(rest.get("key", ""), str)
            ):
                try:
                    one = GivenCertificate(
                        name=parse_secret_name(name),
                        certificate=Path(file),
                        key=Path(str(rest["key"])) if rest.get("key") else None,
                        hosts=parse_hosts(hosts),
                    )
                except UserError as error:
                    raise ValueError(f"entry {name}: {_UNUSABLE[error.field or 'name']}") from None
            case _:
                raise ValueError(f"entry {name} lacks certificate or hosts, or has more than that: it {form}")
        if why := _why_unreadable(one):
            raise ValueError(f"entry {name}: {why}")
        certificates.append(one)
    if len({one.name for one in certificates}) < len(certificates):
        raise ValueError("names a certificate twice; capitals make no difference")
    return tuple(certificates)


def _why_unreadable(given: GivenCertificate) -> str:
    for file in filter(None, (given.certificate, given.key)):
        try:
            file.read_bytes()
        except OSError as error:
            return f"{file} can't be read ({error.strerror})"
    try:
        # Without a password of ours OpenSSL would ask for one at the terminal.
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_cert_chain(given.certificate, given.key, password="")
    except (OSError, ValueError):
        return f"{given.certificate} holds no certificate with its key in PEM form, without a passphrase"
    return ""
