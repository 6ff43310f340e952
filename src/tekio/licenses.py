"""What a license allows (interim table; the corpus part's `tekio.licenses` replaces this file on merge)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Policy:
    """What may be done with material under a license."""

    may_train: bool
    may_redistribute: bool
    commercial: bool
    share_alike: bool
    attribution: str


_OPEN = (
    "MIT",
    "BSD",
    "Apache-2.0",
    "CC-BY-1",
    "CC-BY-2",
    "CC-BY-3",
    "CC-BY-4",
    "Unlicense",
    "CC0",
    "PDL",
    "public-domain",
)


def policy(license_id: str) -> Policy:
    """The policy of a license id; an unknown one may be trained on inside (著作権法30条の4) and not passed on."""
    if license_id.startswith("CC-BY-NC") or license_id.startswith("CC-BY-ND"):
        return Policy(True, "-ND" not in license_id, "-NC" not in license_id, "-SA" in license_id, license_id)
    if license_id.startswith("CC-BY-SA") or "GPL" in license_id:
        return Policy(True, True, True, True, license_id)
    if license_id.startswith(_OPEN):
        return Policy(True, True, True, False, license_id)
    return Policy(True, False, False, False, "")
