"""The same thing told in different sentence forms: topic and subject change places, the copula its register.

Which form a row has follows from the thing told and the number of its telling, so that a thing is never told twice in one form
while there are others, and the forms are spread evenly.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

COPULA = ("である", "です", "となっている", "だ")


def pick(forms: Sequence[str], key: str, wording: int) -> str:
    """The form for telling number `wording` of the thing called `key`."""
    return forms[(start_of(key) + wording) % len(forms)]


def start_of(key: str) -> int:
    """A number that is the same for the same thing."""
    return int.from_bytes(hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=4).digest(), "big")


def joined(*parts: str) -> str:
    """Noun phrases joined by の, without empty ones and without repeating one."""
    kept: list[str] = []
    for part in parts:
        if part and part not in kept:
            kept.append(part)
    return "の".join(kept)


def listed(items: Sequence[str], conjunction: str = "及び") -> str:
    """A、B及びC."""
    if len(items) < 2:
        return "".join(items)
    return "、".join(items[:-1]) + conjunction + items[-1]
