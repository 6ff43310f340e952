"""Verbs of `train`: train, merge, export, vocabulary."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tekio.cli import Verbs
from tekio.errors import Text, say


def register(verbs: Verbs) -> None:
    """Add the verbs."""
    parser = verbs.add(
        "train",
        Text("run the training stages of a recipe (also under torchrun)", "学習の段階を実行(torchrun でも)"),
        train,
        loopback=True,
    )
    parser.add_argument("recipe", type=Path)
    parser.add_argument("--out", type=Path, help=verbs.text("run folder", "実行フォルダ"))
    parser.add_argument(
        "--stage", choices=["base", "pretrain", "tune"], help=verbs.text("only this stage", "この段階だけ")
    )
    parser.add_argument(
        "--show",
        type=int,
        metavar="N",
        help=verbs.text("show N examples and which tokens carry loss; train nothing", "損失のかかる部分を N 件表示"),
    )


def train(arguments: argparse.Namespace) -> int | None:
    from tekio.recipe import load_recipe

    recipe = load_recipe(arguments.recipe)
    out: Path = arguments.out.resolve() if arguments.out else recipe.run_folder
    if arguments.show is not None:
        from tekio.train.preview import preview

        for block in preview(recipe, out, count=arguments.show, stage=arguments.stage, colour=sys.stdout.isatty()):
            print(say(block, arguments.language))
        return 0
    from tekio.train.stages import run_training

    for stage, manifest in run_training(recipe, out, only=arguments.stage):
        print(f"{stage}: {manifest.artifact[:16]}")
    return 0
