"""The seal: what the database alone must not tell is encrypted, under a secret key or to a code; links are signed."""

from __future__ import annotations

import base64
import hmac
import logging
import os
import re
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bot.domain.inbox import CODE_BYTES, spell_code
from bot.errors import ConfigError
from bot.settings import Settings

log = logging.getLogger(__name__)

KEY_FILE = "secret.key"

LEAST_CHARACTERS = 32
"""A shorter secret could be guessed offline by someone who has the database."""

VERSION = b"\x01"
NONCE_BYTES = 12  # AES-GCM, NIST SP 800-38D section 8.2
PROMPT_KEY_BYTES = 32
ADDRESS_BYTES = 32  # RFC 7748 section 5


class Seal:
    """Encrypts and decrypts with AES-256-GCM under keys derived from secrets (HKDF-SHA256, RFC 5869)."""

    def __init__(self, newest: str, *older: str) -> None:
        """Derive the keys.

        Args:
            newest: What the operator keeps, any text; everything is encrypted under this one.
            older: What they kept before, the latest first; only tried for decrypting.
        """
        self._ciphers = tuple(_cipher(secret) for secret in (newest, *older))
        self._signers = tuple(_derive(secret, b"loopmark link 1") for secret in (newest, *older))

    def seal(self, plain: bytes) -> bytes:
        """Encrypt; the same bytes look different each time."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return VERSION + nonce + self._ciphers[0].encrypt(nonce, plain, VERSION)

    def is_newest(self, sealed: bytes) -> bool:
        """Say whether something was sealed under the newest secret, and not changed since."""
        return _decrypt(self._ciphers[0], sealed) is not None

    def unseal(self, sealed: bytes) -> bytes:
        """Decrypt what `seal` returned.

        Raises:
            ConfigError: it was sealed under another secret, or was changed since.
        """
        for cipher in self._ciphers:
            if (plain := _decrypt(cipher, sealed)) is not None:
                return plain
        raise ConfigError(
            [
                "what is stored encrypted can't be read with this secret key: set LOOPMARK_SECRET_KEY "
                f"(or put back the file {KEY_FILE}) to what it was when it was stored"
            ]
        )

    def sign(self, text: str) -> str:
        """Return what shows that a link's text was made here: HMAC-SHA256 in 64 hex digits, under the newest secret."""
        return hmac.digest(self._signers[0], text.encode(), "sha256").hex()

    def is_signed(self, text: str, signature: str) -> bool:
        """Say whether a signature is what `sign` returned for a text, under any of the secrets.

        All are compared, each in constant time, so that no answer comes sooner for a better guess.
        """
        given = signature.encode()
        matches = [
            hmac.compare_digest(hmac.digest(key, text.encode(), "sha256").hex().encode(), given)
            for key in self._signers
        ]
        return any(matches)


def _cipher(secret: str) -> AESGCM:
    return AESGCM(_derive(secret, b"loopmark seal 1"))


def _derive(secret: str, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(secret.encode())


def _decrypt(cipher: AESGCM, sealed: bytes) -> bytes | None:
    nonce, encrypted = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    try:
        return cipher.decrypt(nonce, encrypted, sealed[:1])
    except (InvalidTag, ValueError):
        return None


def new_prompt_key() -> bytes:
    """Return a random key for one anonymous prompt."""
    return secrets.token_bytes(PROMPT_KEY_BYTES)


def respondent(key: bytes, user_id: str) -> str:
    """Return the name under which a person's answer to an anonymous prompt is kept.

    Args:
        key: The prompt's key, unsealed.
        user_id: Slack user id.

    Returns:
        HMAC-SHA256 in hex; always the same for a person and a key, and nobody's without the key.
    """
    return hmac.digest(key, user_id.encode(), "sha256").hex()


class AnswerSeal:
    """Seals the answers to one anonymous prompt under its key, so that the database alone does not tell them."""

    def __init__(self, key: bytes) -> None:
        """Derive a key of its own from a prompt's key, unsealed."""
        derivation = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"loopmark answer 1")
        self._cipher = AESGCM(derivation.derive(key))

    def seal(self, plain: bytes) -> bytes:
        """Encrypt; the same bytes look different each time."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return VERSION + nonce + self._cipher.encrypt(nonce, plain, VERSION)

    def unseal(self, sealed: bytes) -> bytes | None:
        """Decrypt what `seal` returned; None when it was sealed under another key, or changed since."""
        return _decrypt(self._cipher, sealed)


def new_code() -> str:
    """Return a random code that opens the replies to what one person writes to one anonymous prompt."""
    return spell_code(secrets.token_bytes(CODE_BYTES))


def address_of(code: str, question_id: str) -> str:
    """Return the address of the inbox that a code opens for one question.

    It is an X25519 public key (RFC 7748), in URL-safe Base64. Whoever has it can seal a reply to it; only the code
    opens that again. Addresses of one code for several questions can't be told from those of several codes.
    """
    public = _inbox_key(code, question_id).public_key().public_bytes_raw()
    return base64.urlsafe_b64encode(public).decode().rstrip("=")


def seal_reply(address: str, reply: str) -> bytes:
    """Encrypt a reply so that only the code of its inbox opens it: X25519 with a key made for this reply alone.

    Nothing else does, not even with the secret key: the scheme is RFC 9180's (HPKE) in its base mode, in our own bytes.
    """
    public = base64.urlsafe_b64decode(address + "=")
    once = X25519PrivateKey.generate()
    shared = once.exchange(X25519PublicKey.from_public_bytes(public))
    sent = once.public_key().public_bytes_raw()
    nonce = secrets.token_bytes(NONCE_BYTES)
    sealed = _reply_cipher(shared, sent, public).encrypt(nonce, reply.encode(), VERSION)
    return VERSION + sent + nonce + sealed


def unseal_reply(code: str, question_id: str, sealed: bytes) -> str | None:
    """Decrypt what `seal_reply` returned; None when it was sealed to another code or question, or changed since."""
    key = _inbox_key(code, question_id)
    sent, rest = sealed[1 : 1 + ADDRESS_BYTES], sealed[1 + ADDRESS_BYTES :]
    shared = key.exchange(X25519PublicKey.from_public_bytes(sent))
    cipher = _reply_cipher(shared, sent, key.public_key().public_bytes_raw())
    plain = _decrypt(cipher, sealed[:1] + rest)
    return None if plain is None else plain.decode()


def _inbox_key(code: str, question_id: str) -> X25519PrivateKey:
    return X25519PrivateKey.from_private_bytes(_derive(code, b"loopmark inbox 1 " + question_id.encode()))


def _reply_cipher(shared: bytes, sent: bytes, public: bytes) -> AESGCM:
    derivation = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"loopmark reply 1 " + sent + public)
    return AESGCM(derivation.derive(shared))


def load_secret_key(settings: Settings) -> Seal:
    """Return the seal of this installation, making its secret key at the first start.

    ``LOOPMARK_SECRET_KEY`` goes first; else the file ``secret.key`` in the data folder is used, and made
    (mode 0600) when there is none. Either may hold several keys, the newest first.

    Raises:
        ConfigError: the secret is too short, or the file can't be read or made.
    """
    if settings.secret_key is not None:
        secret, where = settings.secret_key.get_secret_value().strip(), "LOOPMARK_SECRET_KEY"
    else:
        file = settings.data_dir / KEY_FILE
        try:
            secret, where = _secret_in(file), str(file)
        except OSError as error:
            raise ConfigError(
                [f"{file} can't be used ({error.strerror}): mend that, or set LOOPMARK_SECRET_KEY instead"]
            ) from error
    keys = split_keys(secret)
    for place, key in enumerate(keys, 1):
        if len(key) < LEAST_CHARACTERS:
            which = where if len(keys) == 1 else f"key {place} of {len(keys)} in {where}"
            raise ConfigError(
                [
                    f"{which} has {len(key)} characters, needed are {LEAST_CHARACTERS}: put back the one "
                    "what is stored was encrypted with, or make one with `openssl rand -hex 32`"
                ]
            )
    # A key from before there could be several may have blanks or commas of its own.
    return Seal(*keys, *([secret] if len(keys) > 1 else []))


def split_keys(secret: str) -> list[str]:
    """Return the keys in a text, separated by blanks or commas; a passphrase of short words is one key."""
    keys = [key for key in re.split(r"[\s,]+", secret) if key]
    return keys if any(len(key) >= LEAST_CHARACTERS for key in keys) else [secret]


def _secret_in(file: Path) -> str:
    with suppress(FileExistsError):
        if not file.exists():
            _make_secret(file)
    mode = file.stat().st_mode & 0o777
    if mode & 0o077:
        log.warning("%s can be read by others (mode %o): run `chmod 600 %s`", file, mode, file)
    return file.read_text(encoding="ascii", errors="replace").strip()


def _make_secret(file: Path) -> None:
    """Make the file with its secret in it; two processes that start together get the same one.

    Raises:
        FileExistsError: another process was faster.
    """
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    number, draft = tempfile.mkstemp(prefix=".secret-", dir=file.parent)  # mode 0600
    try:
        with os.fdopen(number, "w", encoding="ascii") as written:
            written.write(secrets.token_urlsafe(48) + "\n")
            written.flush()
            os.fsync(written.fileno())
        # Unlike a rename, a link never replaces a key that is there, and nobody sees a half-written one.
        os.link(draft, file)
    finally:
        Path(draft).unlink()
