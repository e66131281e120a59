from __future__ import annotations

import logging
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import ConfigError
from bot.seal import (
    Seal,
    address_of,
    load_secret_key,
    new_code,
    new_prompt_key,
    respondent,
    seal_reply,
    unseal_reply,
)
from bot.settings import Settings, load_settings

SECRET = "0123456789abcdef0123456789abcdef"


def settings(folder: Path, secret: str | None = None) -> Settings:
    return load_settings(
        DATABASE_URL=f"sqlite:///{folder}/data/loopmark.db", LOOPMARK_SECRET_KEY=secret, _env_file=None
    )


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LOOPMARK_SECRET_KEY", raising=False)


@given(st.binary(max_size=200))
def test_what_was_sealed_can_be_unsealed(plain: bytes) -> None:
    assert Seal(SECRET).unseal(Seal(SECRET).seal(plain)) == plain


def test_the_same_bytes_look_different_each_time() -> None:
    seal = Seal(SECRET)
    assert seal.seal(b"key") != seal.seal(b"key")


def test_another_secret_cannot_unseal_and_says_what_to_set() -> None:
    with pytest.raises(ConfigError, match="LOOPMARK_SECRET_KEY"):
        Seal(SECRET[::-1]).unseal(Seal(SECRET).seal(b"key"))


def test_what_an_older_secret_sealed_is_unsealed_and_known_as_such() -> None:
    sealed = Seal(SECRET).seal(b"key")
    rotated = Seal("f" * 32, SECRET)
    assert (rotated.unseal(sealed), rotated.is_newest(sealed)) == (b"key", False)
    again = rotated.seal(rotated.unseal(sealed))
    assert (Seal("f" * 32).unseal(again), rotated.is_newest(again)) == (b"key", True)


@given(st.integers(min_value=0), st.integers(min_value=1, max_value=255))
def test_a_changed_byte_is_noticed(place: int, change: int) -> None:
    sealed = bytearray(Seal(SECRET).seal(b"key"))
    sealed[place % len(sealed)] ^= change
    with pytest.raises(ConfigError):
        Seal(SECRET).unseal(bytes(sealed))


@given(st.binary(max_size=28))
def test_bytes_too_short_to_be_sealed_are_refused(anything: bytes) -> None:
    with pytest.raises(ConfigError):
        Seal(SECRET).unseal(anything)


def test_a_respondent_is_the_same_for_a_person_and_a_prompt_only() -> None:
    first, second = new_prompt_key(), new_prompt_key()
    assert respondent(first, "UALICE") == respondent(first, "UALICE")
    assert len({respondent(key, user) for key in (first, second) for user in ("UALICE", "UBOB")}) == 4
    assert "UALICE" not in respondent(first, "UALICE")


def test_a_respondent_is_an_hmac_sha256() -> None:
    # RFC 4231, test case 2
    expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    assert respondent(b"Jefe", "what do ya want for nothing?") == expected


def test_the_secret_is_made_at_the_first_start_and_kept(tmp_path: Path) -> None:
    sealed = load_secret_key(settings(tmp_path)).seal(b"key")
    file = tmp_path / "data" / "secret.key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert [found.name for found in file.parent.iterdir()] == ["secret.key"]
    assert load_secret_key(settings(tmp_path)).unseal(sealed) == b"key"


def test_two_installations_have_different_secrets(tmp_path: Path) -> None:
    sealed = load_secret_key(settings(tmp_path / "one")).seal(b"key")
    with pytest.raises(ConfigError):
        load_secret_key(settings(tmp_path / "two")).unseal(sealed)


def test_the_setting_goes_before_the_file(tmp_path: Path) -> None:
    sealed = load_secret_key(settings(tmp_path, SECRET)).seal(b"key")
    assert Seal(SECRET).unseal(sealed) == b"key"
    assert not (tmp_path / "data").exists()


def test_processes_that_start_together_get_the_same_secret(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        seals = list(pool.map(lambda _: load_secret_key(settings(tmp_path)), range(8)))
    assert {seal.unseal(seals[0].seal(b"key")) for seal in seals} == {b"key"}


@pytest.mark.parametrize("secret", ["", "short", " " * 40], ids=["empty", "short", "blanks"])
def test_a_file_without_a_proper_secret_ends_the_start(tmp_path: Path, secret: str) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "secret.key").write_text(secret)
    with pytest.raises(ConfigError, match=r"secret\.key has \d+ characters"):
        load_secret_key(settings(tmp_path))


def test_a_short_setting_ends_the_start_without_being_shown(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="LOOPMARK_SECRET_KEY has 8 characters") as refused:
        load_secret_key(settings(tmp_path, "hunter22"))
    assert "hunter22" not in str(refused.value)


@pytest.mark.parametrize("between", [" ", ",", ", ", "\n"])
def test_the_setting_may_hold_several_secrets_the_newest_first(tmp_path: Path, between: str) -> None:
    sealed = load_secret_key(settings(tmp_path, SECRET)).seal(b"key")
    rotated = load_secret_key(settings(tmp_path, f"{'f' * 32}{between}{SECRET}"))
    assert rotated.unseal(sealed) == b"key"
    assert Seal("f" * 32).unseal(rotated.seal(b"new")) == b"new"


def test_one_of_several_that_is_too_short_ends_the_start(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="key 2 of 2 in LOOPMARK_SECRET_KEY has 8 characters") as refused:
        load_secret_key(settings(tmp_path, f"{SECRET} hunter22"))
    assert "hunter22" not in str(refused.value)


@pytest.mark.parametrize(
    "phrase", ["correct horse battery staple, and more", f"{'a' * 40},{'b' * 40}"], ids=["words", "comma"]
)
def test_what_one_secret_with_blanks_or_commas_sealed_before_is_still_read(
    tmp_path: Path, phrase: str
) -> None:
    assert load_secret_key(settings(tmp_path, phrase)).unseal(Seal(phrase).seal(b"key")) == b"key"


def test_a_file_that_cannot_be_used_ends_the_start(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where the folder should be")
    with pytest.raises(ConfigError, match=r"secret\.key can't be used \(.+\): mend that"):
        load_secret_key(settings(tmp_path))


@pytest.mark.parametrize(("mode", "warned"), [(0o600, False), (0o400, False), (0o640, True), (0o604, True)])
def test_a_file_that_others_can_read_is_warned_of(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, mode: int, warned: bool
) -> None:
    load_secret_key(settings(tmp_path))
    (tmp_path / "data" / "secret.key").chmod(mode)
    with caplog.at_level(logging.WARNING, logger="bot.seal"):
        load_secret_key(settings(tmp_path))
    assert ("chmod 600" in caplog.text) is warned


# --- signatures of links


@given(st.text(max_size=100), st.text(max_size=100))
def test_a_signature_is_good_for_its_text_alone(text: str, other: str) -> None:
    seal = Seal(SECRET)
    assert seal.is_signed(text, seal.sign(text))
    assert seal.is_signed(other, seal.sign(text)) == (text == other)


@given(st.text(max_size=80))
def test_what_is_no_signature_is_refused_without_an_error(signature: str) -> None:
    assert not Seal(SECRET).is_signed("page 7", signature)


def test_a_signature_under_an_older_secret_is_good_as_long_as_that_is_kept() -> None:
    signature = Seal(SECRET).sign("page 7")
    assert Seal("f" * 32, SECRET).is_signed("page 7", signature)
    assert not Seal("f" * 32).is_signed("page 7", signature)


def test_new_signatures_are_made_under_the_newest_secret() -> None:
    assert Seal("f" * 32).is_signed("page 7", Seal("f" * 32, SECRET).sign("page 7"))


@given(st.text(max_size=200))
def test_a_reply_is_opened_by_the_code_of_its_inbox_and_no_other(reply: str) -> None:
    code = new_code()
    sealed = seal_reply(address_of(code, "q1"), reply)
    assert unseal_reply(code, "q1", sealed) == reply
    assert unseal_reply(new_code(), "q1", sealed) is None
    assert unseal_reply(code, "q2", sealed) is None


def test_a_reply_that_was_changed_since_is_not_opened() -> None:
    code = new_code()
    sealed = seal_reply(address_of(code, "q"), "we hear you")
    for place in (0, 1, 40, len(sealed) - 1):
        broken = sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :]
        assert unseal_reply(code, "q", broken) is None


def test_the_inboxes_of_one_code_look_like_those_of_several() -> None:
    code = new_code()
    addresses = [address_of(code, f"q{place}") for place in range(10)]
    assert addresses == [address_of(code, f"q{place}") for place in range(10)], "always the same"
    assert len(set(addresses)) == len(addresses)
    assert {len(address) for address in addresses} == {43}
    assert seal_reply(addresses[0], "a") != seal_reply(addresses[0], "a")
