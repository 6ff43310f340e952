"""Verbs of review and drafting: `tekio review`, `tekio draft`; `tekio dataset` is in its own module."""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path

from tekio.cli import Verbs, dataset
from tekio.errors import NothingError, Text


def register(verbs: Verbs) -> None:
    """Add the verbs."""
    _add_review(verbs)
    dataset.register(verbs)
    _add_draft(verbs)


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
        "--name",
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
        "--out",
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
        "--keep-unseen",
        action="store_true",
        help=verbs.text("keep records that nobody has reviewed, too", "未確認のデータも残す"),
    )
    needs = {"file": "any", "documents": "any", "pages": "folder", "merge": "file"}
    parser.set_defaults(writes=("write", "out"), reads=("file", "merge"), needs=needs)
    parser.add_argument("--status", action="store_true", help=verbs.text("progress and agreement", "進み具合と一致度"))


def _review(arguments: argparse.Namespace) -> None:
    from tekio.instruct.review import session

    place = session.open_desk(
        arguments.file,
        store=arguments.store,
        name=arguments.name,
        documents=arguments.documents,
        pages=arguments.pages,
        language=arguments.language,
    )
    if place.notes:
        print("\n".join(place.notes))
    returned: list[Path] = arguments.merge or []
    for back in returned:
        print("\n".join(session.merge(place, back, reviewer=arguments.reviewer)))
    if arguments.write:
        print("\n".join(session.write(place, arguments.write, reviewer=arguments.reviewer)))
    if arguments.out:
        print(
            "\n".join(
                session.finish_to(place, arguments.out, resolve=arguments.resolve, keep_unseen=arguments.keep_unseen)
            )
        )
    if arguments.status or arguments.merge:
        print("\n".join(session.status(place)))
    if not (arguments.merge or arguments.write or arguments.out or arguments.status):
        session.serve(place, port=arguments.port, reviewer=arguments.reviewer)


# --- draft --------------------------------------------------------------------------------------------------------


def _add_draft(verbs: Verbs) -> None:
    parser = verbs.add(
        "draft",
        Text(
            "draft records with a model of your own, for review", "自前のモデルに下書きを作らせる（要確認として記録）"
        ),
        _draft,
        loopback=True,
    )
    dataset.add_source(verbs, parser)
    parser.add_argument(
        "--kind",
        required=True,
        choices=["paraphrase", "harder", "answer", "pair"],
        help=verbs.text(
            "reword the question, ask a harder one, answer from the passage; pair: PATH is a document table (corpus/train), and "
            "whole pairs are drafted from its passages",
            "言い換え・難しい質問・文章からの回答。pair は文書表（corpus/train）の文章から質問と回答の組を作る",
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
        "--endpoint-model",
        required=True,
        metavar="NAME",
        help=verbs.text("name of the model on the server", "サーバでのモデル名"),
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
    needs = {"path": "any", "documents": "any"}
    parser.set_defaults(writes=("out",), reads=("path", "documents"), needs=needs)
    parser.add_argument("--samples", type=int, default=1, help=verbs.text("drafts of each", "1 件あたりの下書きの数"))
    parser.add_argument(
        "--limit",
        type=int,
        help=verbs.text(
            "only the first N records; for pairs a seeded sample of N passages (default 1,000)",
            "先頭から何件まで。pair では無作為に選ぶ文章の数（既定 1,000）",
        ),
    )
    parser.add_argument("--temperature", type=float, default=0.7)
    parser.add_argument("--seed", type=int, default=17)
    parser.add_argument(
        "--endpoint-parallel",
        type=int,
        default=2,
        metavar="N",
        help=verbs.text("requests to a server at the same time", "サーバーへ同時に送る要求の数"),
    )


def _draft(arguments: argparse.Namespace) -> None:
    from tekio.instruct.draft.draft import draft_records
    from tekio.instruct.draft.options import DraftOptions
    from tekio.instruct.formats.export import rejected_path
    from tekio.model_server import Endpoint
    from tekio.progress import Progress
    from tekio.reject_reasons import counted_words
    from tekio.store import write_jsonl

    out: Path = arguments.out
    endpoint = Endpoint(arguments.endpoint, arguments.endpoint_model, out.with_name(out.name + ".cache"))
    endpoint.check()
    options = DraftOptions(
        kind=arguments.kind,
        generator_license=arguments.generator_license,
        variants=max(1, arguments.samples),
        temperature=arguments.temperature,
        seed=arguments.seed,
        parallel=max(1, arguments.endpoint_parallel),
    )
    if options.kind == "pair":
        from tekio.instruct.draft.passages import choose_passages, draft_pairs

        passages = choose_passages(arguments.path, arguments.limit or 1000, options.seed)
        with Progress("draft", total=len(passages) * options.variants) as progress:
            made = draft_pairs(passages, endpoint, options, advance=progress.advance)
    else:
        from tekio.instruct.review.items import load_items

        items = load_items(arguments.path, arguments.documents)[: arguments.limit]
        with Progress("draft", total=len(items) * options.variants) as progress:
            made = draft_records(items, endpoint, options, advance=progress.advance)
    write_jsonl(out, [record.as_dict() for record in made.records])
    if made.rejected:
        write_jsonl(rejected_path(out), [item.as_dict() for item in made.rejected])
    dataset.report(arguments.language, out, len(made.records), len(made.rejected))
    print(
        f"問い合わせ {made.asked:,} 件、保存済みの応答 {made.cached:,} 件。次は tekio review {out}"
        if arguments.language == "ja"
        else f"{made.asked:,} asked, {made.cached:,} from the cache. Next: tekio review {out}"
    )
    if not made.records:
        raise NothingError(
            Text("Nothing was drafted.", "下書きは 1 件もできませんでした。"),
            where=arguments.path,
            why=counted_words(Counter(item.rejected_by for item in made.rejected)) if made.rejected else None,
        )
