"""Verbs of `train`: train, merge, export, vocabulary."""

from __future__ import annotations

import argparse
import os
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from tekio.cli import Verbs
from tekio.cli.run import add_replace
from tekio.errors import Text, UsageError, say
from tekio.model_stages import MODEL_STAGES

if TYPE_CHECKING:
    from tekio.model.merge import Parity


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
        "--only", choices=list(MODEL_STAGES.values()), help=verbs.text("only this stage", "この段階だけ")
    )
    parser.add_argument(
        "--show",
        type=int,
        metavar="N",
        help=verbs.text("show N examples and which tokens carry loss; train nothing", "損失のかかる部分を N 件表示"),
    )
    parser.set_defaults(needs={"recipe": "file"})

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
    _add_dtype(verbs, parser)
    parser.set_defaults(needs={"model": "folder", "add": "weighted"})

    parser = verbs.add(
        "export", Text("write a folder for servers, or GGUF", "推論サーバー用フォルダか GGUF を書き出す"), export
    )
    parser.add_argument(
        "model",
        type=Path,
        help=verbs.text(
            "model, adapter or stage folder; or a GGUF file to unpack", "モデル、アダプタ、段階のフォルダ、または GGUF"
        ),
    )
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument(
        "--gguf", action="store_true", help=verbs.text("through llama.cpp's converter", "llama.cpp の変換を使う")
    )
    parser.add_argument(
        "--adapter",
        action="store_true",
        help=verbs.text(
            "the adapter alone, for PEFT and `vllm serve --enable-lora`",
            "アダプタだけを書き出す(PEFT、vLLM の LoRA 用)",
        ),
    )
    parser.add_argument(
        "--converter",
        type=Path,
        help=verbs.text("llama.cpp's convert_hf_to_gguf.py", "llama.cpp の convert_hf_to_gguf.py の場所"),
    )
    parser.add_argument(
        "--converter-python",
        type=Path,
        metavar="PYTHON",
        help=verbs.text("Python of the converter's own environment", "変換スクリプト用の環境の Python"),
    )
    _add_dtype(verbs, parser)
    parser.set_defaults(needs={"model": "any", "converter": "file", "converter_python": "file"})

    parser = verbs.add(
        "vocabulary",
        Text("measure how well a tokenizer fits a text, or extend it", "トークナイザの日本語適合度を測る"),
        vocabulary,
    )
    parser.add_argument("model", type=Path)
    parser.add_argument("text", type=Path, nargs="?", help=verbs.text("UTF-8 text file", "UTF-8 テキスト"))
    parser.add_argument("--terms", type=Path, help=verbs.text("file with one term per line", "1 行 1 語のファイル"))
    parser.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help=verbs.text("write the model with the terms added", "語を加えたモデルを書き出す"),
    )
    parser.set_defaults(needs={"model": "folder", "text": "file", "terms": "file"})


def _add_dtype(verbs: Verbs, parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--dtype",
        choices=["fp32", "bf16", "fp16"],
        help=verbs.text("type of the stored weights (default: the base's)", "保存する重みの型(既定: 基盤と同じ)"),
    )


def train(arguments: argparse.Namespace) -> int | None:
    from tekio.recipe import load_recipe

    recipe = load_recipe(arguments.recipe)
    out: Path = arguments.out.resolve() if arguments.out else recipe.run_folder
    if arguments.show is not None:
        from tekio.train.preview import preview

        for block in preview(recipe, out, count=arguments.show, stage=arguments.only, colour=sys.stdout.isatty()):
            # Colours are ours; `show_example` has made the text itself harmless.
            print(say(block, arguments.language), file=getattr(sys.stdout, "unfiltered", sys.stdout))
        return 0
    from tekio.run_folder import require_run_folder, writing_run
    from tekio.store import replacing
    from tekio.train.run import run_training
    from tekio.train.trackers import following

    first = os.environ.get("RANK", "0") == "0"  # of several processes one holds the folder
    for name, one in recipe.each_variant():
        require_run_folder(one, out / name)
        held = writing_run(one, out / name) if first else nullcontext()
        with held, replacing(arguments.replace), following(one.watch, out / name):
            for stage, manifest in run_training(one, out / name, only=arguments.only):
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
    _say_parity(arguments, merge_adapter(arguments.model, arguments.out, dtype=arguments.dtype))
    return 0


def export(arguments: argparse.Namespace) -> int | None:
    from tekio.model.export import adapter_lines, export_adapter, export_folder, export_gguf, serving_lines

    if arguments.adapter:
        if arguments.gguf or arguments.dtype:
            raise UsageError(
                Text("An adapter is copied as it is.", "アダプタはそのまま複写します。"),
                where="--adapter",
                fix=Text("Leave out --gguf and --dtype.", "--gguf と --dtype を外してください。"),
            )
        info = export_adapter(arguments.model, arguments.out)
        print(arguments.out, *adapter_lines(arguments.out, info), sep="\n")
        return 0
    if arguments.model.is_file():
        from tekio.model.gguf import is_gguf, unpack_gguf

        if not is_gguf(arguments.model):
            raise UsageError(
                Text(
                    "This is no model folder, and no GGUF file.", "モデルのフォルダでも GGUF ファイルでもありません。"
                ),
                where=arguments.model,
            )
        unpack_gguf(arguments.model, arguments.out, dtype=arguments.dtype)
        print(arguments.out)
    elif arguments.gguf:
        export_gguf(
            arguments.model,
            arguments.out,
            converter=arguments.converter,
            python=arguments.converter_python,
            dtype=arguments.dtype,
        )
        print(arguments.out)
    else:
        _say_parity(arguments, export_folder(arguments.model, arguments.out, dtype=arguments.dtype))
    print(*serving_lines(arguments.out), sep="\n")
    return 0


def _say_parity(arguments: argparse.Namespace, parity: Parity) -> None:
    same, prompts = parity.same, parity.prompts
    text = Text(f"{same} of {prompts} greedy probes answer as before", f"応答の一致 {same}/{prompts}")
    print(f"{arguments.out}: {say(text, arguments.language)}")
    if parity.kind != "float32":
        place = parity.first_difference
        differs = Text("none", "なし") if place is None else Text(f"token {place + 1}", f"{place + 1} 個目")
        en = f"weights are the sum rounded to {parity.kind}, bit for bit; logits off by at most {parity.distance:.3g} "
        en += f"({parity.kind} alone: {parity.own_distance:.3g}); first differing token: {differs.en}"
        ja = f"重みは {parity.kind} に丸めた和とビット単位で一致。ロジットの差は最大 {parity.distance:.3g} "
        ja += f"({parity.kind} 自体では {parity.own_distance:.3g})、最初に異なるトークン: {differs.ja}"
        print(say(Text(en, ja), arguments.language))


def vocabulary(arguments: argparse.Namespace) -> int | None:
    from tekio.model.load import load_tokenizer, model_folder
    from tekio.model.tokenizer import ADDED_WORDS
    from tekio.model.vocabulary import efficiency, extend_vocabulary, term_table
    from tekio.store import read_json, read_text

    tokenizer = load_tokenizer(model_folder(arguments.model))
    if arguments.text is not None:
        found = efficiency(tokenizer, read_text(arguments.text).splitlines())
        text = Text(
            f"{found.characters_per_token:.3f} characters per token, {found.byte_share:.2%} byte tokens",
            f"1 トークン {found.characters_per_token:.3f} 文字、バイト単位 {found.byte_share:.2%}",
        )
        print(say(text, arguments.language))
    lines: list[str] = read_text(arguments.terms).splitlines() if arguments.terms else []
    terms: list[str] = [line.strip() for line in lines if line.strip()]
    for term, tokens, pieces in term_table(tokenizer, terms):
        print(f"{tokens:3}  {term}  {' | '.join(pieces)}")
    if arguments.out is not None:
        print(*extend_vocabulary(arguments.model, arguments.out, terms), sep="\n")
        for word, why in read_json(arguments.out / ADDED_WORDS)["left_out"].items():
            print(f"{say(Text('left out', '加えず'), arguments.language)}: {word} ({why})", file=sys.stderr)
    return 0
