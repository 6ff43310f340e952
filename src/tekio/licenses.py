"""What may be done with text under a license: one editable table for corpus, instructions, export and report.

The defaults (`licenses.yaml` beside this file) follow the terms named in docs/licenses.md; they are not legal advice. A
recipe can override entries with a table of its own.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# (yaml has no complete type information)

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, cast

import yaml

from tekio.errors import Message, PolicyError, RecipeError, Text
from tekio.yaml_reasons import cure_of_yaml, reason_of_yaml

UNKNOWN = "unknown"
ANSWERS = ("yes", "no", "ask", "derived")
ASKED = ("may_train", "may_redistribute", "commercial")


@dataclass(frozen=True)
class License:
    """One row of the policy table. Answers are `yes`, `no`, `ask` (a person decides) or `derived` (derived data only)."""

    id: str
    name: Text
    may_train: str
    may_redistribute: str
    commercial: str
    attribution: Text
    share_alike: bool = False
    notes: Text | None = None
    aliases: tuple[str, ...] = ()

    def attribution_for(self, source: str, uri: str = "") -> Text:
        """The line a card or report prints for a source under this license."""
        return Text(*(self._fill(template, source, uri) for template in self.attribution))

    @staticmethod
    def _fill(template: str, source: str, uri: str) -> str:
        if not uri:
            template = template.replace(" ({uri})", "").replace("（{uri}）", "")
        return template.replace("{source}", source).replace("{uri}", uri)


Policies = Mapping[str, License]


def _text(value: object) -> Text:
    if isinstance(value, dict):
        both = cast("dict[str, str]", value)
        return Text(str(both.get("en", "")), str(both.get("ja", both.get("en", ""))))
    return Text(str(value or ""), str(value or ""))


def _fault(row: object) -> Text | None:
    """What is wrong with one entry of a table."""
    if not isinstance(row, dict):
        return Text("keys and values are wanted here", "項目と値が必要です")
    entry = cast("dict[str, object]", row)
    unknown = [str(name) for name in entry if name not in License.__dataclass_fields__ or name == "id"]
    if unknown:
        return Text(f"there is no key {', '.join(unknown)}", f"{'、'.join(unknown)} という項目はありません")
    missing = [name for name in ("name", *ASKED) if name not in entry]
    if missing:
        return Text(f"{', '.join(missing)} is missing", f"{'、'.join(missing)} がありません")
    for name in ASKED:
        if str(entry[name]) not in ANSWERS:
            said, allowed = f"{name}: {entry[name]}", " / ".join(ANSWERS)
            return Text(
                f"{said}: one of {allowed} is wanted, in quotes",
                f"{said}: {allowed} のいずれかを引用符で囲んで書きます",
            )
    return None


def _table_error(where: object, why: Message | None, cure: Text | None = None) -> RecipeError:
    return RecipeError(
        Text("The license table cannot be read.", "ライセンス表を読めません。"),
        where=str(where),
        why=why,
        fix=cure or Text("docs/licenses.md shows the form.", "形式は docs/licenses.md を参照してください。"),
    )


def _read(text: str, where: str) -> dict[str, License]:
    try:
        plain = cast("dict[str, dict[str, Any]]", yaml.safe_load(text) or {})
        table: dict[str, License] = {}
        for identity, row in plain.items():
            if why := _fault(row):
                raise _table_error(where, Text(f"{identity}: {why.en}", f"{identity}: {why.ja}"))
            answers = {name: str(row[name]) for name in ASKED}
            table[identity] = License(
                id=identity,
                name=_text(row["name"]),
                attribution=_text(row.get("attribution", "{source}")),
                share_alike=bool(row.get("share_alike", False)),
                notes=_text(row["notes"]) if "notes" in row else None,
                aliases=tuple(str(alias) for alias in row.get("aliases", [])),
                **answers,
            )
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f"{where}:{mark.line + 1}:{mark.column + 1}" if mark else where
        opened = error.context_mark.line + 1 if error.context_mark else None
        cure = cure_of_yaml(error.problem, error.context, opened)
        raise _table_error(place, reason_of_yaml(error.problem), cure) from error
    except (yaml.YAMLError, TypeError, AttributeError, RecursionError) as error:
        why = Text("A table names licenses, each with its keys.", "ライセンスの名前ごとに項目を書く表です。")
        raise _table_error(where, why) from error
    return table


@cache
def shipped_policies() -> Policies:
    """The table that comes with Tekio."""
    return _read(resources.files("tekio").joinpath("licenses.yaml").read_text(encoding="utf-8"), "tekio/licenses.yaml")


def policies(table: Path | None = None) -> Policies:
    """The shipped table with the user's `table` over it. Raises `RecipeError` when that cannot be read."""
    if table is None:
        return shipped_policies()
    try:
        text = table.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = (
            Text("It is not UTF-8.", "UTF-8 ではありません。")
            if isinstance(error, UnicodeDecodeError)
            else error.strerror
        )
        raise _table_error(table, why) from error
    return dict(shipped_policies()) | _read(text, str(table))


def find_license(identity: str, known: Policies | None = None) -> License:
    """The policy of a license id: by id, alias, case aside, or family (`internal:risk` is `internal`), else `unknown`."""
    table = shipped_policies() if known is None else known
    if identity in table:
        return table[identity]
    folded = identity.casefold()
    for item in table.values():
        if folded in {item.id.casefold(), *(alias.casefold() for alias in item.aliases)}:
            return item
    return table.get(identity.split(":")[0], table[UNKNOWN])


def refuse_training(
    licenses: Iterable[tuple[str, str]], known: Policies | None = None, *, strict: bool = False
) -> None:
    """Stop before anything is trained on text whose license says no. `licenses`: (source name, license id).

    strict: `ask` is a no as well. Raises `PolicyError` (exit code 4) naming every source that is refused.
    """
    refused = [
        f"{source}: {identity}"
        for source, identity in licenses
        if (answer := find_license(identity, known).may_train) == "no" or (strict and answer != "yes")
    ]
    if refused:
        raise PolicyError(
            Text("A license does not allow training on this text.", "ライセンス上、学習に使えない文書があります。"),
            where=", ".join(refused),
            fix=Text(
                "Remove the source, or correct its license or the license table.",
                "その情報源を外すか、ライセンスの指定や表を直してください。",
            ),
        )


def refuse_export(licenses: Iterable[tuple[str, str]], known: Policies | None = None) -> list[str]:
    """What must be kept when text is passed on: the share-alike licenses among `licenses` (source name, license id).

    Raises `PolicyError` (exit code 4) naming every source whose text may not be redistributed as it is.
    """
    pairs = list(licenses)
    refused = [f"{source}: {name}" for source, name in pairs if find_license(name, known).may_redistribute != "yes"]
    if refused:
        raise PolicyError(
            Text("A license does not allow passing this text on.", "ライセンス上、配布できない文書があります。"),
            where=", ".join(refused),
            fix=Text(
                "Leave them out (--leave-out), or mark the copy as internal use only (--internal).",
                "除いて出力する(--leave-out)か、社内に留めてください(--internal)。",
            ),
        )
    return sorted({item.id for _, name in pairs if (item := find_license(name, known)).share_alike})
