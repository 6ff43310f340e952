"""Verbs of the exam: `tekio exam build`, `tekio exam show`."""

from __future__ import annotations

import argparse
from pathlib import Path

from tekio.cli import Verbs
from tekio.errors import Text


def register(verbs: Verbs) -> None:
    """Add the verbs."""
    group = verbs.group("exam", Text("an examination from a corpus' own documents", "コーパス自身の文書から作る試験"))
    parser = group.add(
        "build",
        Text("make the exam of a recipe from a finished corpus", "完成したコーパスから、レシピの試験を作る"),
        _build,
        loopback=True,
    )
    parser.add_argument("recipe", type=Path)
    parser.add_argument(
        "--corpus",
        type=Path,
        metavar="DIR",
        help=group.text("default: that of the run folder", "既定は実行フォルダのもの"),
    )
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help=group.text("folder to write", "出力先"))
    parser.add_argument(
        "--study",
        type=Path,
        metavar="DIR",
        help=group.text(
            "finished study stage: what it has in an item's own wording is not asked",
            "完成した study 段階。同じ文面を含む問題は出題しない",
        ),
    )
    parser.set_defaults(needs={"recipe": "file", "corpus": "folder", "study": "folder"})
    parser = group.add("show", Text("what an exam asks and what it can show", "試験の内訳と、見える差"), _show)
    parser.add_argument(
        "exam", type=Path, metavar="DIR", help=group.text("run or exam folder", "実行フォルダか試験のフォルダ")
    )
    parser.add_argument(
        "--limit",
        type=int,
        metavar="N",
        help=group.text(
            "print N items of each half, or rows of each reason (3)",
            "各部の問題（または理由ごとの行、既定 3）を N 件表示",
        ),
    )
    parser.add_argument(
        "--table",
        choices=["rejected", "unread"],
        help=group.text(
            "questions that were left out, or replies of a model that gave none, with the reasons",
            "採用しなかった問い、または問いにならなかったモデルの応答を、理由とともに表示",
        ),
    )
    parser.set_defaults(needs={"exam": "folder"})


def _build(arguments: argparse.Namespace) -> None:
    from tekio.exam import build_exam
    from tekio.recipe import load_recipe
    from tekio.recipe.exam import ExamConfig

    recipe = load_recipe(arguments.recipe)
    corpus = arguments.corpus or recipe.run_folder / "corpus"
    build_exam(recipe.exam or ExamConfig(), arguments.out, corpus=corpus, seed=recipe.seed, study=arguments.study)
    _print(arguments.out, arguments, 0)


def _show(arguments: argparse.Namespace) -> None:
    from tekio.exam.show import SUMMARY, table_lines

    run: Path = arguments.exam
    folder = run if (run / SUMMARY).is_file() or not (run / "exam" / SUMMARY).is_file() else run / "exam"
    if arguments.table is None:
        _print(folder, arguments, arguments.limit or 0)
        return
    count = 3 if arguments.limit is None else arguments.limit
    for line in table_lines(folder, arguments.table, arguments.language, count):
        print(line)


def _print(folder: Path, arguments: argparse.Namespace, items: int) -> None:
    from tekio.exam.show import exam_lines

    for line in exam_lines(folder, arguments.language, items):
        print(line)
