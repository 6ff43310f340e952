"""Verbs of data sets: `tekio dataset stats|show|diff|import|export|card`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from tekio.cli import Verbs
from tekio.errors import Language, NothingError, Text, UsageError
from tekio.visible import on_one_line, visible_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tekio.instruct.formats import Exported, RejectedRecord
    from tekio.records import InstructionRecord

MOST_COLUMNS = 8
"""Columns beside the conversation that are named; the others are counted."""
LICENSE_HELP = (
    "license the export is passed on under (CC-BY-4.0 ...), or `internal` when it stays in the house",
    "出力を渡すときのライセンス（CC-BY-4.0 など）。社内だけで使うなら internal",
)


def register(verbs: Verbs) -> None:
    """Add the verbs."""
    dataset = verbs.group(
        "dataset", Text("inspect, convert and export instruction sets", "指示データを見る・変換する・公開する")
    )
    _add_stats(dataset)
    _add_show(dataset)
    _add_diff(dataset)
    _add_import(dataset)
    _add_export(dataset)
    _add_card(dataset)


def add_source(verbs: Verbs, parser: argparse.ArgumentParser) -> None:
    """The arguments that name a set."""
    parser.add_argument(
        "path", type=Path, help=verbs.text("file or folder, any known format", "ファイルまたはフォルダ（既知の形式）")
    )
    parser.add_argument(
        "--format", default="auto", help=verbs.text("format; default: detected", "形式。既定は自動判別")
    )
    parser.set_defaults(needs={"path": "any"})


def _json(verbs: Verbs, parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help=verbs.text("print JSON", "JSON で出力"))


def _open(
    arguments: argparse.Namespace, path: Path | None = None, origin: str | None = None
) -> Iterator[InstructionRecord | RejectedRecord]:
    from tekio.instruct.dataset.open import open_dataset

    return open_dataset(path or arguments.path, arguments.format, origin=origin)


def _print_json(value: object) -> None:
    import json

    print(visible_json(json.dumps(value, ensure_ascii=False, indent=1)))


def _add_stats(verbs: Verbs) -> None:
    parser = verbs.add("stats", Text("show the composition of a set", "データセットの構成"), _stats)
    add_source(verbs, parser)
    _json(verbs, parser)


def _stats(arguments: argparse.Namespace) -> None:
    from tekio.instruct.dataset.open import need_rows
    from tekio.instruct.dataset.show import show_composition
    from tekio.instruct.dataset.stats import composition

    found = composition(_open(arguments))
    if arguments.json:
        _print_json(found.as_dict())
    need_rows(found.rows, arguments.path)
    if arguments.json:
        return
    print("\n".join(show_composition(found, arguments.language)))


def _add_show(verbs: Verbs) -> None:
    parser = verbs.add("show", Text("print records", "レコードを表示"), _show)
    add_source(verbs, parser)
    parser.add_argument("ids", nargs="*", help=verbs.text("ids; default: the first ones", "id。省略時は先頭から"))
    parser.add_argument(
        "--limit", "-n", type=int, default=5, metavar="N", help=verbs.text("at most this many", "最大件数")
    )
    parser.add_argument(
        "--where",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help=verbs.text("only rows with this task, topic, origin ...", "task, topic, origin などで絞り込み"),
    )
    _json(verbs, parser)


def _show(arguments: argparse.Namespace) -> None:
    from itertools import islice

    from tekio.instruct.dataset.show import chosen, show_record
    from tekio.records import InstructionRecord

    records = (item for item in _open(arguments) if isinstance(item, InstructionRecord))
    where = _pairs(arguments.where)
    limit = len(arguments.ids) or arguments.limit
    shown = 0
    for record in islice(chosen(records, arguments.ids, where), limit):
        shown += 1
        if arguments.json:
            _print_json(record.as_dict())
        else:
            print("\n".join(show_record(record, arguments.language)))
    if not shown:
        raise UsageError(Text("No record matches.", "該当するレコードがありません。"), where=arguments.path)


def _pairs(words: list[str]) -> dict[str, str]:
    from tekio.records import InstructionMeta

    found: dict[str, str] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or name not in InstructionMeta.__dataclass_fields__:
            raise UsageError(
                Text(f"Cannot select by {word!r}.", f"{word!r} では絞り込めません。"),
                fix=Text("Write --where task=faq.", "--where task=faq のように書いてください。"),
            )
        found[name] = value
    return found


def _add_diff(verbs: Verbs) -> None:
    parser = verbs.add("diff", Text("compare two sets", "2 つのデータセットの差"), _diff)
    add_source(verbs, parser)
    parser.add_argument("other", type=Path, help=verbs.text("the newer set", "新しい方"))
    parser.set_defaults(needs={"path": "any", "other": "any"})
    _json(verbs, parser)


def _diff(arguments: argparse.Namespace) -> None:
    from tekio.instruct.dataset.diff import difference
    from tekio.instruct.dataset.open import dataset_name
    from tekio.instruct.dataset.show import show_difference

    # A row without an id gets one from its text and its source's name: the two files must go by one name.
    origin = dataset_name(arguments.path)
    found = difference(
        lambda: _open(arguments, origin=origin), lambda: _open(arguments, arguments.other, origin=origin)
    )
    if arguments.json:
        _print_json(found.as_dict())
        return
    print("\n".join(show_difference(found, arguments.language)))


def _add_import(verbs: Verbs) -> None:
    parser = verbs.add(
        "import", Text("convert any known format to instruction records", "既知の形式から指示データへ"), _import
    )
    add_source(verbs, parser)
    parser.add_argument(
        "--out", type=Path, required=True, help=verbs.text("JSON Lines file to write", "書き出す JSONL")
    )
    parser.add_argument(
        "--source", help=verbs.text("name of the source; default: the file's", "情報源の名前。既定はファイル名")
    )
    parser.add_argument("--license", default="unknown", help=verbs.text("license of the source", "情報源のライセンス"))
    parser.add_argument(
        "--columns",
        metavar="FIELD=COLUMN,...",
        help=verbs.text(
            "which column is what, for example question=質問,answer=回答 (a+b: one below the other); question=1,answer=2 "
            "for a table without a heading",
            "どの列が何か。例: question=質問,answer=回答（a+b は上下に並べる）。見出しのない表は question=1,answer=2",
        ),
    )
    parser.set_defaults(writes=("out",), reads=("path",))


def _import(arguments: argparse.Namespace) -> None:
    from tekio.instruct.dataset.open import dataset_name, need_rows
    from tekio.instruct.formats import export_records, import_records
    from tekio.rows.columns import parse_columns

    origin = arguments.source or dataset_name(arguments.path)
    columns = parse_columns(arguments.columns) if arguments.columns else None
    result = export_records(
        lambda: import_records(
            arguments.path, arguments.format, origin=origin, license=arguments.license, columns=columns
        ),
        arguments.out,
        "records",
        license_id="internal",
    )
    report(arguments.language, arguments.out, result.rows, len(result.rejected))
    print(
        verbs_text(
            arguments.language,
            "Read, not screened: a recipe's `instruct.import` screens (tekio instruct build).",
            "読み込んだだけで、検査はしていません。検査はレシピの `instruct.import` が行います（tekio instruct build）。",
        )
    )
    _tell_beside(arguments.language, result)
    _tell_marks(arguments.language, result)
    if result.kept_sides:
        print(
            verbs_text(
                arguments.language,
                f"{result.kept_sides:,} rows are one side of a preference pair: only the good answer was kept",
                f"{result.kept_sides:,} 行は選好データの片側です。良い方の回答だけを残しました",
            )
        )
    if result.reasoning:
        print(
            verbs_text(
                arguments.language,
                f"{result.reasoning:,} rows had reasoning in a field of its own (reasoning_content ...): it was left out",
                f"{result.reasoning:,} 行には推論が別の項目（reasoning_content など）にありましたが、取り込んでいません",
            )
        )
    need_rows(result.rows, arguments.path, result.rejected)


def _tell_beside(language: Language, result: Exported) -> None:
    """Say which columns no record is trained on: the passage of a question may stand in one of them."""
    if result.beside:
        named = [f"{on_one_line(name)[:40]} ({count:,})" for name, count in result.beside.most_common(MOST_COLUMNS)]
        more = len(result.beside) - len(named)
        listed = ", ".join(named) + (f", … +{more}" if more else "")
        print(
            verbs_text(
                language,
                f"Columns beside the conversation, kept in `meta.extra` and not trained on (rows): {listed}",
                f"会話に使わない列（`meta.extra` に残し、学習には使いません。括弧内は行数）: {listed}",
            )
        )
    if result.classes:
        print(
            verbs_text(
                language,
                f"! {result.classes:,} rows have 0 or 1 in `label`, which is taken for a class; where it says whether the "
                "answer is a good one: --columns is_correct=label",
                f"! {result.classes:,} 行の `label` は 0 か 1 で、分類の値とみなします。"
                "回答の良否を表すなら --columns is_correct=label",
            )
        )


def _tell_marks(language: Language, result: Exported) -> None:
    """Say which records a model could be turned by: another trainer would take their marks for its own."""
    if not result.marked:
        return
    print(
        verbs_text(
            language,
            f"! {result.marked:,} records hold marks of a chat template or special tokens, first {result.first_mark!r}; "
            "they are written as they are, and screening by a recipe's `instruct` rejects them",
            f"! {result.marked:,} 件にチャットテンプレートの目印か特殊トークンがあります（最初は {result.first_mark!r}）。"
            "そのまま書き出しました。レシピの `instruct` の検査では除外されます",
        )
    )


def verbs_text(language: Language, en: str, ja: str) -> str:
    """`en` or `ja`, by the language of the user."""
    return ja if language == "ja" else en


def report(language: Language, out: Path, rows: int, rejected: int) -> None:
    """Say what was written and what was left out."""
    from tekio.instruct.formats.export import rejected_path

    print(f"{rows:,} 行 → {out}" if language == "ja" else f"{rows:,} rows -> {out}")
    if rejected:
        listed = rejected_path(out)
        print(
            f"{rejected:,} 行は除外（理由は {listed}）"
            if language == "ja"
            else f"{rejected:,} rows left out (reasons in {listed})"
        )


def _add_export(verbs: Verbs) -> None:
    parser = verbs.add(
        "export",
        Text(
            "write a set in a format other tools read, through the license gate",
            "他の形式で書き出す（ライセンスを検査）",
        ),
        _export,
    )
    add_source(verbs, parser)
    parser.add_argument(
        "--to",
        required=True,
        help=verbs.text("the form: ", "形式: ")
        + "alpaca, sharegpt, messages, trl, trl-messages, records, llm-japanese-dataset, parquet",
    )
    parser.add_argument(
        "--out", type=Path, required=True, help=verbs.text(".json, .jsonl or a folder", ".json・.jsonl またはフォルダ")
    )
    parser.set_defaults(writes=("out",), reads=("path",))
    parser.add_argument("--license", required=True, help=verbs.text(*LICENSE_HELP))
    parser.add_argument(
        "--bare",
        action="store_true",
        help=verbs.text("conversation only, no id and meta", "会話だけ（id と meta なし）"),
    )
    parser.add_argument(
        "--leave-out", action="store_true", help=verbs.text("leave out rows the gate stops", "検査で止まる行を除く")
    )
    parser.add_argument("--name", help=verbs.text("name of the set", "データセット名"))
    parser.add_argument(
        "--derived",
        action="store_true",
        help=verbs.text(
            "the records are derived data, not the sources' text", "情報源の文章そのものでなく派生データである"
        ),
    )


def _export(arguments: argparse.Namespace) -> None:
    from tekio.instruct.dataset.publish import export_dataset

    result, snippet = export_dataset(
        arguments.path,
        arguments.out,
        arguments.to,
        license_id=arguments.license,
        kind=arguments.format,
        name=arguments.name,
        bare=arguments.bare,
        drop_blocked=arguments.leave_out,
        derived=arguments.derived,
    )
    report(arguments.language, arguments.out, result.rows, len(result.rejected))
    _tell_marks(arguments.language, result)
    if snippet:
        print("\n" + snippet)
    if not result.rows:
        raise NothingError(
            Text("No record is left to write in this form.", "この形式で書き出せる指示データがありません。"),
            where=arguments.out,
            why=Text(
                "Every row was left out; the file of rejected rows beside the output has the reasons.",
                "すべての行が除外されました。理由は出力の横の除外行のファイルにあります。",
            ),
            fix=Text("Choose another form with --to.", "--to で別の形式を選んでください。"),
        )


def _add_card(verbs: Verbs) -> None:
    parser = verbs.add("card", Text("print the data set card", "データセットカードを出力"), _card)
    add_source(verbs, parser)
    parser.add_argument("--license", required=True, help=verbs.text(*LICENSE_HELP))
    parser.add_argument("--name", help=verbs.text("name of the set", "データセット名"))
    parser.add_argument(
        "--derived",
        action="store_true",
        help=verbs.text(
            "the records are derived data, not the sources' text", "情報源の文章そのものでなく派生データである"
        ),
    )


def _card(arguments: argparse.Namespace) -> None:
    from tekio.instruct.dataset.publish import card_of

    text = card_of(
        arguments.path, arguments.license, kind=arguments.format, name=arguments.name, derived=arguments.derived
    )
    print(text, end="")
