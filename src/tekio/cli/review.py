"""Verbs of review, data sets and drafting: `tekio review`, `tekio dataset ...`, `tekio draft`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from tekio.cli import Verbs
from tekio.errors import Language, Text, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tekio.instruct.formats import RejectedRecord
    from tekio.records import InstructionRecord

LICENSE_HELP = (
    "license the export is passed on under (CC-BY-4.0 ...), or `internal` when it stays in the house",
    "出力を渡すときのライセンス（CC-BY-4.0 など）。社内だけで使うなら internal",
)


def register(verbs: Verbs) -> None:
    """Add the verbs."""
    _add_review(verbs)
    dataset = verbs.group(
        "dataset", Text("look at, convert and publish instruction sets", "指示データを見る・変換する・公開する")
    )
    _add_stats(dataset)
    _add_show(dataset)
    _add_diff(dataset)
    _add_import(dataset)
    _add_export(dataset)
    _add_card(dataset)
    _add_draft(verbs)


def _source(verbs: Verbs, parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "path", type=Path, help=verbs.text("file or folder, any known format", "ファイルまたはフォルダ（既知の形式）")
    )
    parser.add_argument(
        "--format", default="auto", help=verbs.text("format; default: found by itself", "形式。既定は自動判別")
    )


def _json(verbs: Verbs, parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help=verbs.text("print JSON", "JSON で出力"))


# --- review -------------------------------------------------------------------------------------------------------


def _add_review(verbs: Verbs) -> None:
    parser = verbs.add(
        "review",
        Text(
            "review records: a local page, one HTML file, a table, Label Studio",
            "指示データを人が確認する（画面・HTML・表・Label Studio）",
        ),
        _review,
        loopback=True,
    )
    parser.add_argument("file", type=Path, help=verbs.text("the set to review", "確認するデータ"))
    parser.add_argument(
        "--store",
        help=verbs.text(
            "SQLite file or postgresql:// URL; default: FILE.review.sqlite",
            "保存先（SQLite または postgresql://）。既定は FILE.review.sqlite",
        ),
    )
    parser.add_argument(
        "--set",
        help=verbs.text("name of the set in the store; default: the file's", "保存先でのデータ名。既定はファイル名"),
    )
    parser.add_argument(
        "--documents",
        type=Path,
        help=verbs.text(
            "document table (corpus/train): shows the texts of the parents", "文書表（corpus/train）。元の文章を表示"
        ),
    )
    parser.add_argument(
        "--pages",
        type=Path,
        help=verbs.text(
            "folder of the harvested pages: shows the page a record is from",
            "抽出元のページのフォルダ。元のページを表示",
        ),
    )
    parser.add_argument(
        "--reviewer", default="", help=verbs.text("your name; default: the page asks", "確認者名。既定は画面で入力")
    )
    parser.add_argument("--port", type=int, default=0, help=verbs.text("default: a free one", "既定は空きポート"))
    parser.add_argument(
        "--write",
        type=Path,
        metavar="OUT",
        help=verbs.text(
            "write .html, .csv, .xlsx or .json (Label Studio) to review elsewhere",
            ".html・.csv・.xlsx・.json（Label Studio）を書き出す",
        ),
    )
    parser.add_argument(
        "--merge",
        type=Path,
        nargs="+",
        metavar="BACK",
        help=verbs.text(
            "take in decisions: .jsonl, .csv, .xlsx, .json", "判断を取り込む（.jsonl・.csv・.xlsx・.json）"
        ),
    )
    parser.add_argument(
        "--finish",
        type=Path,
        metavar="OUT",
        help=verbs.text(
            "write the reviewed records; rejected and conflicts beside it",
            "確認済みのデータを書き出す（不採用と不一致は隣に）",
        ),
    )
    parser.add_argument(
        "--resolve",
        choices=["agree", "majority", "latest"],
        default="agree",
        help=verbs.text("when reviewers differ", "判断が分かれたとき"),
    )
    parser.add_argument(
        "--keep-unseen", action="store_true", help=verbs.text("records nobody saw go on too", "未確認のデータも残す")
    )
    parser.add_argument("--status", action="store_true", help=verbs.text("progress and agreement", "進み具合と一致度"))


def _review(arguments: argparse.Namespace) -> None:
    from tekio.instruct.review import desk

    place = desk.open_desk(
        arguments.file,
        store=arguments.store,
        name=arguments.set,
        documents=arguments.documents,
        pages=arguments.pages,
        language=arguments.language,
    )
    returned: list[Path] = arguments.merge or []
    for back in returned:
        print("\n".join(desk.merge(place, back, reviewer=arguments.reviewer)))
    if arguments.write:
        print("\n".join(desk.write(place, arguments.write, reviewer=arguments.reviewer)))
    if arguments.finish:
        print(
            "\n".join(
                desk.finish_to(place, arguments.finish, resolve=arguments.resolve, keep_unseen=arguments.keep_unseen)
            )
        )
    if arguments.status or arguments.merge:
        print("\n".join(desk.status(place)))
    if not (arguments.merge or arguments.write or arguments.finish or arguments.status):
        desk.serve(place, port=arguments.port, reviewer=arguments.reviewer)


# --- dataset ------------------------------------------------------------------------------------------------------


def _open(arguments: argparse.Namespace, path: Path | None = None) -> Iterator[InstructionRecord | RejectedRecord]:
    from tekio.instruct.dataset.open import open_dataset

    return open_dataset(path or arguments.path, arguments.format)


def _print_json(value: object) -> None:
    import json

    print(json.dumps(value, ensure_ascii=False, indent=1))


def _add_stats(verbs: Verbs) -> None:
    parser = verbs.add("stats", Text("composition of a set", "データセットの構成"), _stats)
    _source(verbs, parser)
    _json(verbs, parser)


def _stats(arguments: argparse.Namespace) -> None:
    from tekio.instruct.dataset.open import need_rows
    from tekio.instruct.dataset.show import show_composition
    from tekio.instruct.dataset.stats import composition

    found = composition(_open(arguments))
    if arguments.json:
        _print_json(found.as_dict())
        return
    need_rows(found.rows, arguments.path)
    print("\n".join(show_composition(found, arguments.language)))


def _add_show(verbs: Verbs) -> None:
    parser = verbs.add("show", Text("print records", "レコードを表示"), _show)
    _source(verbs, parser)
    parser.add_argument("ids", nargs="*", help=verbs.text("ids; default: the first ones", "id。省略時は先頭から"))
    parser.add_argument("-n", type=int, default=5, help=verbs.text("at most so many", "最大件数"))
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
    limit = len(arguments.ids) or arguments.n
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
    parser = verbs.add("diff", Text("what changed between two sets", "2 つのデータセットの差"), _diff)
    _source(verbs, parser)
    parser.add_argument("other", type=Path, help=verbs.text("the newer set", "新しい方"))
    _json(verbs, parser)


def _diff(arguments: argparse.Namespace) -> None:
    from tekio.instruct.dataset.diff import difference
    from tekio.instruct.dataset.show import show_difference

    found = difference(lambda: _open(arguments), lambda: _open(arguments, arguments.other))
    if arguments.json:
        _print_json(found.as_dict())
        return
    print("\n".join(show_difference(found, arguments.language)))


def _add_import(verbs: Verbs) -> None:
    parser = verbs.add("import", Text("any known format to instruction records", "既知の形式から指示データへ"), _import)
    _source(verbs, parser)
    parser.add_argument(
        "--out", type=Path, required=True, help=verbs.text("JSON Lines file to write", "書き出す JSONL")
    )
    parser.add_argument(
        "--origin", help=verbs.text("name of the source; default: the file's", "出典名。既定はファイル名")
    )
    parser.add_argument("--license", default="unknown", help=verbs.text("license of the source", "出典のライセンス"))


def _import(arguments: argparse.Namespace) -> None:
    from tekio.instruct.dataset.open import dataset_name, need_rows
    from tekio.instruct.formats import export_records, import_records

    origin = arguments.origin or dataset_name(arguments.path)
    result = export_records(
        lambda: import_records(arguments.path, arguments.format, origin=origin, license=arguments.license),
        arguments.out,
        "records",
        license_id="internal",
    )
    _report(arguments.language, arguments.out, result.rows, len(result.rejected))
    need_rows(result.rows, arguments.path)


def _report(language: Language, out: Path, rows: int, rejected: int) -> None:
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
        Text("write a set in a format others read, through the license gate", "他の形式で書き出す（ライセンスを検査）"),
        _export,
    )
    _source(verbs, parser)
    parser.add_argument(
        "--to",
        required=True,
        help="alpaca | sharegpt | messages | trl | trl-messages | records | llm-japanese-dataset | parquet",
    )
    parser.add_argument(
        "--out", type=Path, required=True, help=verbs.text(".json, .jsonl or a folder", ".json・.jsonl またはフォルダ")
    )
    parser.add_argument("--license", required=True, help=verbs.text(*LICENSE_HELP))
    parser.add_argument(
        "--bare",
        action="store_true",
        help=verbs.text("conversation only, no id and meta", "会話だけ（id と meta なし）"),
    )
    parser.add_argument(
        "--drop-blocked", action="store_true", help=verbs.text("leave out rows the gate stops", "検査で止まる行を除く")
    )
    parser.add_argument("--name", help=verbs.text("name of the set", "データセット名"))
    parser.add_argument(
        "--derived",
        action="store_true",
        help=verbs.text(
            "the records are derived data, not the sources' text", "出典の文章そのものでなく派生データである"
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
        drop_blocked=arguments.drop_blocked,
        derived=arguments.derived,
    )
    _report(arguments.language, arguments.out, result.rows, len(result.rejected))
    if snippet:
        print("\n" + snippet)


def _add_card(verbs: Verbs) -> None:
    parser = verbs.add("card", Text("print the data set card", "データセットカードを出力"), _card)
    _source(verbs, parser)
    parser.add_argument("--license", required=True, help=verbs.text(*LICENSE_HELP))
    parser.add_argument("--name", help=verbs.text("name of the set", "データセット名"))
    parser.add_argument(
        "--derived",
        action="store_true",
        help=verbs.text(
            "the records are derived data, not the sources' text", "出典の文章そのものでなく派生データである"
        ),
    )


def _card(arguments: argparse.Namespace) -> None:
    from tekio.instruct.dataset.publish import card_of

    text = card_of(
        arguments.path, arguments.license, kind=arguments.format, name=arguments.name, derived=arguments.derived
    )
    print(text, end="")


# --- draft --------------------------------------------------------------------------------------------------------


def _add_draft(verbs: Verbs) -> None:
    parser = verbs.add(
        "draft",
        Text("let a model of your own draft records, for review", "自前のモデルに下書きを作らせる（要確認として記録）"),
        _draft,
        loopback=True,
    )
    _source(verbs, parser)
    parser.add_argument(
        "--kind",
        required=True,
        choices=["paraphrase", "harder", "answer"],
        help=verbs.text(
            "reword the question, ask a harder one, answer from the passage", "言い換え・難しい質問・文章からの回答"
        ),
    )
    parser.add_argument(
        "--endpoint",
        required=True,
        help=verbs.text(
            "OpenAI-compatible, this machine or own network: http://127.0.0.1:8000/v1",
            "OpenAI 互換の接続先（この計算機か社内）: http://127.0.0.1:8000/v1",
        ),
    )
    parser.add_argument(
        "--model", required=True, help=verbs.text("name of the model on the server", "サーバでのモデル名")
    )
    parser.add_argument(
        "--generator-license",
        default="unknown",
        help=verbs.text(
            "terms of the model's output; unknown stops every export", "モデルの出力の条件。unknown は社外に出せない"
        ),
    )
    parser.add_argument(
        "--out", type=Path, required=True, help=verbs.text("JSON Lines file to write", "書き出す JSONL")
    )
    parser.add_argument(
        "--documents",
        type=Path,
        help=verbs.text("document table (corpus/train) with the passages", "文章のある文書表（corpus/train）"),
    )
    parser.add_argument("--variants", type=int, default=1)
    parser.add_argument("--limit", type=int, help=verbs.text("only the first so many records", "先頭から何件まで"))
    parser.add_argument("--temperature", type=float, default=0.7)
    parser.add_argument("--seed", type=int, default=17)
    parser.add_argument("--parallel", type=int, default=2, help=verbs.text("requests at the same time", "同時に送る数"))


def _draft(arguments: argparse.Namespace) -> None:
    from tekio.instruct.draft.client import Endpoint
    from tekio.instruct.draft.draft import DraftOptions, draft_records
    from tekio.instruct.formats.export import rejected_path
    from tekio.instruct.review.items import load_items
    from tekio.progress import Progress
    from tekio.store import write_jsonl

    out: Path = arguments.out
    endpoint = Endpoint(arguments.endpoint, arguments.model, out.with_name(out.name + ".cache"))
    endpoint.check()
    items = load_items(arguments.path, arguments.documents)[: arguments.limit]
    options = DraftOptions(
        kind=arguments.kind,
        generator_license=arguments.generator_license,
        variants=max(1, arguments.variants),
        temperature=arguments.temperature,
        seed=arguments.seed,
        parallel=max(1, arguments.parallel),
    )
    with Progress("draft", total=len(items) * options.variants) as progress:
        made = draft_records(items, endpoint, options, advance=progress.advance)
    write_jsonl(out, [record.as_dict() for record in made.records])
    if made.rejected:
        write_jsonl(rejected_path(out), [item.as_dict() for item in made.rejected])
    _report(arguments.language, out, len(made.records), len(made.rejected))
    print(
        f"問い合わせ {made.asked:,} 件、保存済みの応答 {made.cached:,} 件。次は tekio review {out}"
        if arguments.language == "ja"
        else f"{made.asked:,} asked, {made.cached:,} from the cache. Next: tekio review {out}"
    )
