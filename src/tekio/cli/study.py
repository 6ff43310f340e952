"""Verbs of `study`: telling the documents of a run again, and looking at what was told."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tekio.cli import Verbs
from tekio.errors import Text


def register(verbs: Verbs) -> None:
    """Add the verbs."""
    group = verbs.group("study", Text("documents told again, for training", "学習用に文書を言い換える"))
    build = group.add(
        "build", Text("build the study stage of a recipe", "レシピの study 段階を作る"), _build, loopback=True
    )
    build.add_argument("recipe", type=Path)
    build.add_argument("--corpus", type=Path, help=verbs.text("finished corpus folder", "完成した corpus フォルダ"))
    build.add_argument("--out", type=Path, help=verbs.text("folder of the stage", "段階のフォルダ"))
    build.add_argument(
        "--exam",
        type=Path,
        help=verbs.text(
            "finished exam whose items are not told in their own wording (default: the run folder's, where the recipe has one)",
            "問題の文面を除外する、完成した試験（既定: レシピに exam があれば実行フォルダのもの）",
        ),
    )
    build.set_defaults(needs={"recipe": "file", "corpus": "folder", "exam": "folder"})

    stats = group.add("stats", Text("rows by strategy, and what was not told", "方法別の件数と除外の理由"), _stats)
    stats.add_argument("run", type=Path, help=verbs.text("run or study folder", "実行フォルダか study フォルダ"))
    stats.set_defaults(needs={"run": "folder"})

    show = group.add("show", Text("some rows of each strategy", "方法ごとに数件を表示"), _show)
    show.add_argument("run", type=Path, help=verbs.text("run or study folder", "実行フォルダか study フォルダ"))
    show.add_argument("--strategy", help=verbs.text("of this strategy only", "この方法だけ"))
    show.add_argument("--limit", type=int, default=3, metavar="N", help=verbs.text("rows of each", "方法ごとの件数"))
    show.add_argument("--seed", type=int, default=17)
    show.add_argument(
        "--table",
        choices=["train", "rejected", "unread"],
        default="train",
        help=verbs.text(
            "which rows; rejected: with the reasons; unread: replies of a model that gave no row",
            "どの行か。rejected は除外した行と理由、unread は行にならなかったモデルの応答",
        ),
    )
    show.set_defaults(needs={"run": "folder"})


def _build(arguments: argparse.Namespace) -> int:
    from tekio.study.command import build_recipe

    return build_recipe(
        arguments.recipe, arguments.corpus, arguments.out, arguments.exam, arguments.language, sys.stderr
    )


def _stats(arguments: argparse.Namespace) -> int:
    from tekio.study.command import print_stats

    print_stats(arguments.run, arguments.language, sys.stdout)
    return 0


def _show(arguments: argparse.Namespace) -> int:
    from tekio.study.command import show_rows

    show_rows(
        arguments.run,
        strategy=arguments.strategy,
        count=arguments.limit,
        seed=arguments.seed,
        table=arguments.table,
        language=arguments.language,
        stream=sys.stdout,
    )
    return 0
