"""Verbs of `train`: train, merge, export, vocabulary."""

from __future__ import annotations

import argparse
import os
import sys
from contextlib import nullcontext
from pathlib import Path

from tekio.cli import Verbs
from tekio.cli.run import add_replace
from tekio.errors import Text, UsageError, say


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
    add_replace(verbs, parser)
    parser.add_argument(
        "--stage", choices=["base", "pretrain", "tune"], help=verbs.text("only this stage", "この段階だけ")
    )
    parser.add_argument(
        "--show",
        type=int,
        metavar="N",
        help=verbs.text("show N examples and which tokens carry loss; train nothing", "損失のかかる部分を N 件表示"),
    )

    parser = verbs.add("merge", Text("add an adapter (or task vectors) to a base", "アダプタや差分を基盤に統合"), merge)
    parser.add_argument(
        "model", type=Path, help=verbs.text("adapter or tune folder; with --add: base", "アダプタ、または --add の基盤")
    )
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument(
        "--add",
        action="append",
        default=[],
        metavar="MODEL=WEIGHT",
        help=verbs.text("add weight x (MODEL - base); may be repeated", "weight x (MODEL - 基盤) を加える。複数可"),
    )

    parser = verbs.add(
        "export", Text("write a folder for servers, or GGUF", "推論サーバー用フォルダか GGUF を書き出す"), export
    )
    parser.add_argument("model", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument(
        "--gguf", action="store_true", help=verbs.text("through llama.cpp's converter", "llama.cpp の変換を使う")
    )
    parser.add_argument("--converter", type=Path, help="convert_hf_to_gguf.py")

    parser = verbs.add(
        "vocabulary", Text("how well a tokenizer fits a text", "トークナイザの日本語適合度を測る"), vocabulary
    )
    parser.add_argument("model", type=Path)
    parser.add_argument("text", type=Path, nargs="?", help=verbs.text("UTF-8 text file", "UTF-8 テキスト"))
    parser.add_argument("--terms", type=Path, help=verbs.text("file with a term a line", "1 行 1 語のファイル"))
    parser.add_argument(
        "--extend",
        type=Path,
        metavar="OUT",
        help=verbs.text("write the model with the terms added", "語を加えたモデルを書き出す"),
    )


def train(arguments: argparse.Namespace) -> int | None:
    from tekio.recipe import load_recipe

    recipe = load_recipe(arguments.recipe)
    out: Path = arguments.out.resolve() if arguments.out else recipe.run_folder
    if arguments.show is not None:
        from tekio.train.preview import preview

        for block in preview(recipe, out, count=arguments.show, stage=arguments.stage, colour=sys.stdout.isatty()):
            # Colours are ours; `show_example` has made the text itself harmless.
            print(say(block, arguments.language), file=getattr(sys.stdout, "unfiltered", sys.stdout))
        return 0
    from tekio.run_folder import require_run_folder, writing_run
    from tekio.store import replacing
    from tekio.train.stages import run_training
    from tekio.train.trackers import following

    first = os.environ.get("RANK", "0") == "0"  # of several processes one holds the folder
    for name, one in recipe.each_variant():
        require_run_folder(one, out / name)
        held = writing_run(one, out / name) if first else nullcontext()
        with held, replacing(arguments.replace), following(one.watch, out / name):
            for stage, manifest in run_training(one, out / name, only=arguments.stage):
                print(f"{f'{name} ' if name else ''}{stage}: {manifest.artifact[:16]}")
    return 0


def merge(arguments: argparse.Namespace) -> int | None:
    from tekio.model.merge import merge_adapter, merge_task_vectors

    if arguments.add:
        models: list[tuple[Path, float]] = []
        for item in arguments.add:
            path, _, weight = item.partition("=")
            try:
                models.append((Path(path), float(weight or 1.0)))
            except ValueError as error:
                raise UsageError(Text("Not MODEL=WEIGHT.", "MODEL=WEIGHT の形ではありません。"), where=item) from error
        merge_task_vectors(arguments.model, models, arguments.out)
        print(arguments.out)
        return 0
    parity = merge_adapter(arguments.model, arguments.out)
    _say_parity(arguments, parity.same, parity.prompts)
    return 0


def export(arguments: argparse.Namespace) -> int | None:
    from tekio.model.export import export_folder, export_gguf

    if arguments.gguf:
        export_gguf(arguments.model, arguments.out, converter=arguments.converter)
        print(arguments.out)
        return 0
    parity = export_folder(arguments.model, arguments.out)
    _say_parity(arguments, parity.same, parity.prompts)
    return 0


def _say_parity(arguments: argparse.Namespace, same: int, prompts: int) -> None:
    text = Text(f"{same} of {prompts} greedy probes answer as before", f"応答の一致 {same}/{prompts}")
    print(f"{arguments.out}: {say(text, arguments.language)}")


def vocabulary(arguments: argparse.Namespace) -> int | None:
    from tekio.model.load import load_tokenizer, model_folder
    from tekio.model.vocabulary import efficiency, extend_vocabulary, term_table

    tokenizer = load_tokenizer(model_folder(arguments.model))
    if arguments.text is not None:
        found = efficiency(tokenizer, arguments.text.read_text(encoding="utf-8").splitlines())
        text = Text(
            f"{found.characters_per_token:.3f} characters a token, {found.byte_share:.2%} byte tokens",
            f"1 トークン {found.characters_per_token:.3f} 文字、バイト単位 {found.byte_share:.2%}",
        )
        print(say(text, arguments.language))
    terms: list[str] = arguments.terms.read_text(encoding="utf-8").split() if arguments.terms else []
    for term, tokens, pieces in term_table(tokenizer, terms):
        print(f"{tokens:3}  {term}  {' | '.join(pieces)}")
    if arguments.extend is not None:
        print(*extend_vocabulary(arguments.model, arguments.extend, terms), sep="\n")
    return 0
