"""The license gate: which records may be passed on under a license.

A row that is share-alike may only reach a share-alike export of its own family, a non-commercial row only a
non-commercial one, a row whose license allows no redistribution (or is unknown) only an internal one. Terms that allow
only derived data to be passed on (`derived`) need the caller's word that the records are derived data. Where a record
names several licenses (its own, one in a README, that of the model that drafted it) all of them must allow it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from tekio.errors import PolicyError, Text, UsageError
from tekio.instruct.formats.read import license_name
from tekio.licenses import UNKNOWN, License, find_license, shipped_policies
from tekio.records import InstructionRecord

INTERNAL = "internal"  # stays in the house: only the right to train is asked for
LICENSE_KEYS = ("license_in_readme", "generator_license", "passage_license")
NAMED_ROWS = 20


@dataclass(frozen=True, slots=True)
class Blocked:
    """A record that may not reach an export, and the license that forbids it."""

    id: str
    origin: str
    license: str
    why: Text


def licenses_of(record: InstructionRecord) -> list[str]:
    """Every license a record stands under."""
    found = [record.meta.license]
    found += [str(record.meta.extra[key]) for key in LICENSE_KEYS if record.meta.extra.get(key)]
    return [part for name in found for part in re.split(r"\s+(?:AND|and|\+)\s+", name)]


def canonical(license_id: str) -> str:
    """A license's id in the policy table's spelling: `cc-by-sa-3.0` and `CC BY-SA 3.0` are `CC-BY-SA-3.0`.

    A text that names several licenses stands for the strictest of them; one that names none stays as it is.
    """
    found = find_license(license_id)
    if found.id != UNKNOWN:
        return found.id
    return license_name(license_id) or license_id


def family(license_id: str) -> tuple[str, float]:
    """A license's name and version: `CC-BY-SA-4.0` is (`CC-BY-SA`, 4.0)."""
    match = re.fullmatch(r"(.+?)-v?(\d+(?:\.\d+)?)(?:-[a-z]+)?", license_id)
    return (match[1], float(match[2])) if match else (license_id, 0.0)


@dataclass(frozen=True, slots=True)
class Target:
    """What an export is passed on under. derived: the caller states that the records are derived data, not the text."""

    license: str
    derived: bool = False


def target_of(license_id: str, *, derived: bool = False) -> Target:
    """The target named by a license id or `internal`. Raises `UsageError` for a license the policy table does not know."""
    if license_id.split(":")[0] != INTERNAL and terms(license_id).id == UNKNOWN:
        raise UsageError(
            Text(f"The license {license_id!r} is not known.", f"ライセンス {license_id!r} は表にありません。"),
            fix=", ".join(sorted({*shipped_policies(), INTERNAL} - {UNKNOWN})),
        )
    return Target(license_id, derived)


def terms(license_id: str) -> License:
    """The policy of a license; a version the table lacks (CC BY 3.0) has the terms of the version that it has."""
    known = canonical(license_id)
    found = find_license(known)
    name, version = family(known)
    if found.id == UNKNOWN and version:
        same = [item for item in shipped_policies().values() if family(item.id)[0] == name]
        return same[0] if same else found
    return found


def why_not(license_id: str, target: Target) -> Text | None:
    """Why material under `license_id` may not be passed on under `target`; None if it may."""
    source = terms(license_id)
    if source.may_train == "no":
        return Text("may not be used for training", "学習に使えません")
    if target.license.split(":")[0] == INTERNAL:
        return None
    if source.may_redistribute == "derived" and not target.derived:
        return Text(
            "may be passed on as derived data only (--derived states that these records are)",
            "派生データとしてのみ配布できます（派生データなら --derived を付けてください）",
        )
    if source.may_redistribute not in ("yes", "derived"):
        return Text("may not be redistributed, or its license is not known", "再配布できないか、ライセンスが不明です")
    wanted, (name, version), (target_name, target_version) = (
        terms(target.license),
        family(canonical(license_id)),
        family(canonical(target.license)),
    )
    # Creative Commons lets an adaptation carry a later version of the same license, never an earlier one.
    if source.share_alike and (name != target_name or target_version < version):
        return Text(f"is share-alike: only {name} may follow it", f"継承（SA）のため {name} でしか公開できません")
    if source.commercial == "no" and wanted.commercial != "no":
        return Text("is for non-commercial use only", "非営利に限られます")
    return None


def blocked_reason(record: InstructionRecord, target: Target) -> Blocked | None:
    """The first of a record's licenses that forbids an export under `target`, or None."""
    for license_id in licenses_of(record):
        why = why_not(license_id, target)
        if why is not None:
            return Blocked(record.id, record.meta.origin, license_id, why)
    return None


def pass_gate(records: Iterable[InstructionRecord], target: Target) -> int:
    """The number of records, if all of them may be passed on under `target`.

    Raises `PolicyError` (exit code 4) naming the rows that may not.
    """
    count = 0
    blocked: list[Blocked] = []
    kinds: Counter[tuple[str, Text]] = Counter()
    for record in records:
        count += 1
        found = blocked_reason(record, target)
        if found:
            kinds[found.license, found.why] += 1
            if len(blocked) < NAMED_ROWS:
                blocked.append(found)
    if blocked:
        raise gate_error(blocked, kinds, target.license)
    return count


def gate_error(blocked: list[Blocked], kinds: Counter[tuple[str, Text]], target: str) -> PolicyError:
    """The message of a closed gate: how many rows, under which licenses, which ones, what to do."""
    total = sum(kinds.values())
    rows = ", ".join(f"{item.id} ({item.origin}: {item.license})" for item in blocked)
    more = f" … +{total - len(blocked)}" if total > len(blocked) else ""
    causes = [(license_id, why, number) for (license_id, why), number in kinds.most_common()]
    return PolicyError(
        Text(f"{total} row(s) may not be passed on under {target}.", f"{total} 行は {target} の条件で渡せません。"),
        where=rows + more,
        why=Text(
            "; ".join(f"{number} x {license_id} {why.en}" for license_id, why, number in causes),
            "、".join(f"{license_id}（{number} 行）は{why.ja}" for license_id, why, number in causes),
        ),
        fix=Text(
            "Choose a --license they allow, or leave them out with --leave-out (they are listed as rejected).",
            "許される --license を選ぶか、--leave-out で除いてください（除いた行は rejected に残ります）。",
        ),
    )
