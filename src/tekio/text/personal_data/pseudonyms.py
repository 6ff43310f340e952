"""Pseudonyms of personal data, and the secret key they are made with.

A pseudonym is HMAC-SHA-256 (RFC 2104) of the kind and the value under a random key: the numbering plans are small enough to
be tried through, so nothing but the key's secrecy hides a value. The key lies in a file of its own, beside the recipe, and
is in no artifact; a manifest names its fingerprint, so that equal keys are known to give equal bytes.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path

from tekio.errors import TekioError, Text
from tekio.recipe.key_file import DEFAULT_KEY_FILE
from tekio.recipe.paths import RecipePath
from tekio.store import Input, is_planning
from tekio.text.personal_data.find import KINDS, PEOPLE, Span, to_ascii

LETTERS = 18
"""Letters of a pseudonym: 26 ** 18 is more than 2 ** 84, so that no two of 10 ** 8 values are likely to share one."""
PYTHON_KEY_FILE: RecipePath | None = None
"""The key file of configurations made in Python that name none; None: the default name in the working folder."""
KEY_BYTES = 32
KEY_INPUT = "key of pseudonyms"
"""Its name among the inputs of a stage."""
MAX_KEY_BYTES = 65_536


@dataclass(frozen=True)
class PseudonymKey:
    """A secret key; only `fingerprint` may be written down or shown."""

    secret: bytes = field(repr=False)

    @property
    def fingerprint(self) -> str:
        """64 hex digits that say which key it was and nothing about it."""
        return hmac.new(self.secret, b"tekio fingerprint of a key of pseudonyms", hashlib.sha256).hexdigest()

    def digest(self, what: str, value: str) -> bytes:
        """HMAC-SHA-256 of `value` for one purpose."""
        content = f"{what}\x1f{value}".encode("utf-8", "surrogatepass")
        return hmac.new(self.secret, content, hashlib.sha256).digest()

    def identity(self, of: str) -> str:
        """An id (16 hex digits) in place of one that is a plain hash of text with personal data: that text could be guessed."""
        return self.digest("id", of).hex()[:16]


def read_key(named: RecipePath | None) -> PseudonymKey:
    """The key in the file a recipe names; the file of the default name is made where it is missing (mode 0600).

    named: None is the default name in the working folder (a configuration made in Python). Raises `TekioError` for a file
    that cannot be read or is too short to be a key.
    """
    place = named or PYTHON_KEY_FILE or RecipePath.of(DEFAULT_KEY_FILE)
    if not place.path.exists():
        if place.written != DEFAULT_KEY_FILE:
            raise _unusable(place, Text("there is no such file", "ファイルがありません"))
        if is_planning():  # a plan writes nothing; no finished stage can have been made with a key that is not there
            return PseudonymKey(secrets.token_bytes(KEY_BYTES))
        _make(place)
    try:
        with place.path.open("rb") as file:
            content = file.read(MAX_KEY_BYTES + 1).strip()
    except OSError as error:
        reason = error.strerror or str(error)
        raise _unusable(place, Text(reason, reason)) from error
    if not KEY_BYTES <= len(content) <= MAX_KEY_BYTES or len(set(content)) < 8:
        raise _unusable(
            place,
            Text(f"a key has at least {KEY_BYTES} random bytes", f"鍵には {KEY_BYTES} バイト以上の乱数が必要です"),
        )
    return PseudonymKey(hashlib.sha256(content).digest())


def preview_key(named: RecipePath | None) -> PseudonymKey:
    """The key of a recipe, or one for this moment where there is none yet: looking at one file makes no key file."""
    if named is not None and named.path.exists():
        return read_key(named)
    return PseudonymKey(secrets.token_bytes(KEY_BYTES))


def check_key(named: RecipePath | None) -> None:
    """Raise `TekioError` for a key file that cannot be used; makes none."""
    if named is not None and (named.path.exists() or named.written != DEFAULT_KEY_FILE):
        read_key(named)


def key_input(key: PseudonymKey) -> Input:
    """What a stage says of its key: the fingerprint."""
    return Input(KEY_INPUT, key.fingerprint, "key")


def require_apart_from_documents(named: RecipePath | None, documents: RecipePath) -> None:
    """Raise `TekioError` if the key file would be read as one of the documents."""
    place = named or PYTHON_KEY_FILE or RecipePath.of(DEFAULT_KEY_FILE)
    last = Path(documents.written).name
    wanted = last if any(sign in last for sign in "*?[") else "*"
    if documents.reaches(place.path) and fnmatch(place.path.name, wanted):
        raise TekioError(
            Text(
                "The key file of pseudonyms would be read as a document.",
                "仮名化の鍵ファイルが文書として読み込まれてしまいます。",
            ),
            where=place.written,
            why=Text(f"source: {documents.written}", f"情報源: {documents.written}"),
            fix=Text(
                "Name a `personal_data.key_file` elsewhere, or keep the documents in a folder of their own.",
                "`personal_data.key_file` に別の場所を指定するか、文書を専用のフォルダに置いてください。",
            ),
        )


def _unusable(place: RecipePath, why: Text) -> TekioError:
    return TekioError(
        Text("The key file of pseudonyms cannot be used.", "仮名化の鍵ファイルを使えません。"),
        where=place.written,
        why=why,
        fix=Text(
            "Leave `key_file` out and one is made beside the recipe, or make one: "
            "(umask 077; openssl rand -hex 32 > FILE)",
            "`key_file` を書かなければレシピの隣に作られます。自分で作るには: (umask 077; openssl rand -hex 32 > FILE)",
        ),
    )


def _make(place: RecipePath) -> None:
    """Write a new random key, complete or not at all; of two processes that do so the first wins."""
    working = place.path.with_name(f".{place.path.name}.{os.getpid()}.{secrets.token_hex(4)}.tmp")
    try:
        handle = os.open(working, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.fchmod(handle, 0o600)
            os.write(handle, secrets.token_hex(KEY_BYTES).encode() + b"\n")
            os.fsync(handle)
        finally:
            os.close(handle)
        with suppress(FileExistsError):
            os.link(working, place.path)
    except OSError as error:
        reason = error.strerror or str(error)
        raise _unusable(place, Text(f"it cannot be made: {reason}", f"作れません: {reason}")) from error
    finally:
        working.unlink(missing_ok=True)


def pseudonym(value: str, kind: str, key: PseudonymKey) -> str:
    """What stands for `value` in masked text: the same for the same value, form aside, under one key.

    Letters only, so that no detector takes a pseudonym for a number.
    """
    plain = to_ascii(value).lower()
    if kind in PEOPLE:
        plain = re.sub(r"\s+", "", plain)
    elif kind != "email":
        plain = re.sub("[^0-9a-z]", "", plain) or plain
    rest = int.from_bytes(key.digest(kind, plain), "big")
    letters: list[str] = []
    for _ in range(LETTERS):
        rest, letter = divmod(rest, 26)
        letters.append(chr(ord("a") + letter))
    return f"[{KINDS.get(kind, kind)}:{''.join(letters)}]"


def mask(text: str, spans: Sequence[Span], key: PseudonymKey) -> str:
    """`text` with every span replaced by its pseudonym, for example `[電話番号:qkzvmwbaxhtdrnpycf]`."""
    parts: list[str] = []
    place = 0
    for span in sorted(spans):
        parts.append(text[place : span.start])
        parts.append(pseudonym(text[span.start : span.end], span.kind, key))
        place = span.end
    parts.append(text[place:])
    return "".join(parts)
