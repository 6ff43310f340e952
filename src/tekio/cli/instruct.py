"""Verbs of `instruct`: harvest, expand, and building the whole stage."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tekio.cli import Verbs
from tekio.errors import Text


def register(verbs: Verbs) -> None:
    """Add the verbs."""
    harvest = verbs.add(
        "harvest",
        Text("extract questions and answers from FAQ pages and documents", "FAQ ページから質問と回答を取り出す"),
        _harvest,
    )
    harvest.add_argument(
        "pages", nargs="+", metavar="PAGES", help=verbs.text("files, folders or globs", "ファイル・フォルダ・glob")
    )
    harvest.add_argument(
        "--out", required=True, type=Path, help=verbs.text("JSON Lines to write", "書き出す JSON Lines")
    )
    harvest.add_argument(
        "--coverage",
        type=Path,
        help=verbs.text("JSON Lines of the text of each page that is in no pair", "各ページの残りを書く JSON Lines"),
    )
    harvest.add_argument(
        "--min-confidence", type=float, default=0.0, help=verbs.text("leave out pairs below it", "これ未満の組を除く")
    )

    harvest.set_defaults(writes=("out", "coverage"), reads=("pages",), needs={"pages": "glob"})

    expand = verbs.add(
        "expand",
        Text("turn a data set into instruction records by templates", "データセットをテンプレートで指示データにする"),
        _expand,
    )
    expand.add_argument(
        "data", nargs="?", metavar="DATA", help=verbs.text("file, folder or glob", "ファイル・フォルダ・glob")
    )
    expand.add_argument("--template", help=verbs.text("shipped template or YAML file", "付属のテンプレート名か YAML"))
    expand.add_argument("--out", type=Path, help=verbs.text("folder to write", "書き出すフォルダ"))
    expand.add_argument("--license", default="unknown")
    expand.add_argument("--limit", type=int, help=verbs.text("at most this many records", "最大の件数"))
    expand.add_argument(
        "--translation", action="store_true", help=verbs.text("also translation pairs", "翻訳の組も作る")
    )
    expand.add_argument(
        "--phrasing",
        choices=["any", "original"],
        default="any",
        help=verbs.text(
            "original: only the tasks and wordings of llm-japanese-dataset",
            "original: llm-japanese-dataset の課題と文言だけ",
        ),
    )
    expand.add_argument("--seed", type=int, default=17)
    expand.add_argument(
        "--list", action="store_true", help=verbs.text("list the shipped templates", "付属のテンプレートの一覧")
    )

    expand.set_defaults(needs={"data": "glob", "template": "named"})

    group = verbs.group("instruct", Text("build the instruction data of a recipe", "レシピの指示データ"))
    build = group.add("build", Text("build the instruct stage of a recipe", "レシピの instruct 段階を作る"), _build)
    build.add_argument("recipe", type=Path)
    build.add_argument("--variant", metavar="NAME", help=verbs.text("of this variant", "この variant の段階"))
    build.add_argument("--out", type=Path, help=verbs.text("folder of the stage", "段階のフォルダ"))
    build.set_defaults(needs={"recipe": "file"})


def _harvest(arguments: argparse.Namespace) -> int:
    from tekio.instruct.harvest.command import harvest_pages

    return harvest_pages(
        arguments.pages, arguments.out, arguments.coverage, arguments.min_confidence, arguments.language, sys.stderr
    )


def _expand(arguments: argparse.Namespace) -> int:
    from tekio.instruct.expand.command import expand_data, list_templates

    if arguments.list:
        list_templates(sys.stdout)
        return 0
    return expand_data(
        arguments.data,
        arguments.template,
        arguments.out,
        license_id=arguments.license,
        limit=arguments.limit,
        translation=arguments.translation,
        phrasing=arguments.phrasing,
        seed=arguments.seed,
        language=arguments.language,
        stream=sys.stderr,
    )


def _build(arguments: argparse.Namespace) -> int:
    from tekio.instruct.expand.command import build_recipe

    return build_recipe(arguments.recipe, arguments.variant, arguments.out, arguments.language, sys.stderr)
