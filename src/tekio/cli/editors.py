"""Help where recipes and commands are written: `schema` for editors, `completion` for shells."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from tekio.cli import Verbs, build_parser
from tekio.errors import Text

SHELLS = ("bash", "zsh", "tcsh")


def register(verbs: Verbs) -> None:
    """Add the verbs `schema` and `completion`."""
    text = verbs.text
    schema = verbs.add(
        "schema",
        Text(
            "print the JSON Schema of recipes, by which editors complete and check them",
            "レシピの JSON Schema を出力（エディタの補完と検査に使う）",
        ),
        _schema,
    )
    schema.add_argument("--out", type=Path, metavar="FILE", help=text("a file instead of the terminal", "出力ファイル"))
    schema.set_defaults(writes=("out",))
    completion = verbs.add(
        "completion",
        Text("print the completion script of a shell", "シェルの補完スクリプトを出力"),
        _completion,
    )
    completion.add_argument("shell", choices=SHELLS)


def _schema(arguments: argparse.Namespace) -> None:
    from tekio.recipe.schema import recipe_schema
    from tekio.store import write_atomic

    written = json.dumps(recipe_schema(), ensure_ascii=False, indent=2) + "\n"
    if arguments.out is None:
        print(written, end="")
    else:
        write_atomic(arguments.out, written)


def _completion(arguments: argparse.Namespace) -> None:
    import shtab

    print(shtab.complete(build_parser(arguments.language), arguments.shell))
