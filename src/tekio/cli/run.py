"""Verbs for whole runs: run, init, doctor, verify, explain, demo."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tekio.cli import Verbs
from tekio.errors import LimitError, TekioError, Text, UsageError, say

if TYPE_CHECKING:
    from tekio.doctor import Finding
    from tekio.recipe import Recipe


def register(verbs: Verbs) -> None:
    """Add the verbs."""
    for add in (_add_run, _add_init, _add_doctor, _add_verify, _add_explain, _add_forget, _add_demo):
        add(verbs)


def _add_run(verbs: Verbs) -> None:
    parser = verbs.add(
        "run", Text("run a recipe; run the same command again to resume", "レシピを実行(繰り返すと続きから)"), run
    )
    parser.add_argument("recipe", type=Path)
    parser.add_argument("--out", type=Path, help=verbs.text("run folder", "実行フォルダ"))
    parser.add_argument(
        "--scale",
        choices=["full", "small"],
        default="full",
        help=verbs.text(
            "small: a paper recipe's chain on a tiny model, in minutes", "small: 論文レシピを極小モデルで数分"
        ),
    )
    parser.add_argument("--variant", metavar="NAME", help=verbs.text("only this variant", "この variant だけ"))
    parser.add_argument("--only", metavar="STAGE", help=verbs.text("run one stage only", "一つの段階だけ実行"))
    parser.add_argument(
        "--dry-run", action="store_true", help=verbs.text("print the plan, do nothing", "計画を表示するだけ")
    )
    parser.add_argument(
        "--rehash",
        action="store_true",
        help=verbs.text("read inputs again that look unchanged", "変わっていないように見える入力も読み直す"),
    )
    add_replace(verbs, parser)
    parser.set_defaults(needs={"recipe": "file"})


def _add_init(verbs: Verbs) -> None:
    parser = verbs.add(
        "init",
        Text(
            "write a commented recipe for the files that lie in a folder",
            "フォルダにあるファイルに合わせて、説明つきレシピを書き出す",
        ),
        init,
    )
    parser.add_argument("recipe", type=Path, nargs="?", default=Path("recipe.yaml"))
    parser.add_argument(
        "--data",
        type=Path,
        metavar="DIR",
        help=verbs.text(
            "your documents and FAQ pages (default: data beside the recipe)",
            "文書や FAQ ページ（既定: レシピと同じ場所の data）",
        ),
    )
    parser.add_argument(
        "--base",
        type=Path,
        metavar="DIR",
        help=verbs.text(
            "the base model's folder (default: models/base, to be edited)",
            "基盤モデルのフォルダ（既定: models/base。後で編集）",
        ),
    )
    parser.add_argument(
        "--scratch",
        action="store_true",
        help=verbs.text(
            "no base: make tokenizer and a small model from the documents",
            "基盤モデルなし。トークナイザと小さなモデルを文書から作る",
        ),
    )
    parser.set_defaults(needs={"data": "folder", "base": "folder"})


def _add_doctor(verbs: Verbs) -> None:
    parser = verbs.add(
        "doctor",
        Text(
            "check a recipe before running it; of a model's folder: which methods fit",
            "実行前にレシピを点検(モデルのフォルダなら、収まる学習方法の一覧)",
        ),
        doctor,
    )
    parser.add_argument(
        "recipe",
        type=Path,
        help=verbs.text("recipe, or a folder with a model's config.json", "レシピ、または config.json のあるフォルダ"),
    )
    parser.add_argument(
        "--memory",
        type=float,
        metavar="GB",
        help=verbs.text(
            "table of training methods for a GPU of so much memory; default: for this machine's device",
            "この容量の GPU で収まる学習方法の表(既定: このマシンの装置)",
        ),
    )
    parser.add_argument(
        "--sequence-length",
        type=int,
        default=2048,
        metavar="N",
        help=verbs.text("of a model's folder: tokens a row", "モデルのフォルダ: 1 行のトークン数"),
    )
    parser.add_argument(
        "--rows",
        type=int,
        default=1,
        metavar="N",
        help=verbs.text("of a model's folder: rows at once", "モデルのフォルダ: 同時に処理する行数"),
    )
    parser.add_argument("--out", type=Path, help=verbs.text("run folder", "実行フォルダ"))
    parser.add_argument("--variant", metavar="NAME", help=verbs.text("only this variant", "この variant だけ"))
    parser.add_argument("--only", metavar="STAGE", help=verbs.text("check one stage only", "一つの段階だけ点検"))
    add_replace(verbs, parser)
    parser.set_defaults(needs={"recipe": "any"})


def _add_verify(verbs: Verbs) -> None:
    parser = verbs.add("verify", Text("verify a run: hash every file again", "実行結果を再検証(ハッシュ)"), verify)
    parser.add_argument("run", type=Path)
    parser.set_defaults(needs={"run": "folder"})


def _add_explain(verbs: Verbs) -> None:
    parser = verbs.add(
        "explain",
        Text(
            "show where a row, a score or an answer came from, and what was made of a row",
            "データ・スコア・回答の来歴と、作られたものを表示",
        ),
        explain,
    )
    parser.add_argument("run", type=Path)
    parser.add_argument(
        "id",
        help=verbs.text(
            "id of a document, record or prompt; TASK, TASK:MODEL, TASK#ITEM",
            "文書・指示データ・質問の id、または 課題名、課題名:モデル、課題名#設問",
        ),
    )
    parser.set_defaults(needs={"run": "folder"})


def _add_forget(verbs: Verbs) -> None:
    parser = verbs.add(
        "forget",
        Text(
            "show what a source has touched, and write the recipe without it",
            "情報源の影響範囲を表示し、除いたレシピを書き出す",
        ),
        forget,
    )
    parser.add_argument("recipe", type=Path)
    parser.add_argument("--source", required=True, help=verbs.text("name of the source", "情報源の名前"))
    parser.add_argument(
        "--run", type=Path, metavar="RUN", help=verbs.text("the run to look through", "調べる実行フォルダ")
    )
    parser.add_argument(
        "--out",
        type=Path,
        metavar="FILE",
        help=verbs.text(
            "write the recipe without it (in the recipe's folder)", "除いたレシピの出力先（元のレシピと同じフォルダ）"
        ),
    )
    parser.set_defaults(needs={"recipe": "file", "run": "folder"}, writes=("out",), reads=("recipe",))


def _add_demo(verbs: Verbs) -> None:
    parser = verbs.add("demo", Text("run the whole chain on a shipped collection", "付属データで全段階を実演"), demo)
    parser.add_argument("--out", type=Path, default=Path("tekio-demo"), help=verbs.text("folder", "フォルダ"))
    add_replace(verbs, parser)


def add_replace(verbs: Verbs, parser: argparse.ArgumentParser) -> None:
    """The option without which finished training stays as it is."""
    parser.add_argument(
        "--replace",
        action="store_true",
        help=verbs.text(
            "replace finished training that was made with other settings, seed or inputs",
            "設定・seed・入力の異なる完了済みの学習結果を置き換える",
        ),
    )


def run(arguments: argparse.Namespace) -> int | None:
    from tekio.pipeline import require_ready, run_all
    from tekio.recipe import load_recipe
    from tekio.recipe.papers import require_brought

    if int(os.environ.get("WORLD_SIZE", "1")) > 1:
        raise UsageError(
            Text("torchrun would start the whole run once per process.", "torchrun では全段階が重複して実行されます。"),
            fix=Text(
                "Run the other stages first, then: torchrun ... -m tekio train RECIPE",
                "他の段階を先に実行し、学習は torchrun ... -m tekio train RECIPE で。",
            ),
        )
    recipe = load_recipe(arguments.recipe)
    out: Path | None = arguments.out.resolve() if arguments.out else None
    if arguments.scale == "small":
        from tekio.demo.papers import at_small_scale

        chosen, folder = at_small_scale(recipe, out, arguments.variant)
    else:
        chosen, folder = recipe.each_variant(arguments.variant), out or recipe.run_folder
    require_brought([one for _, one in chosen], arguments.only)
    if arguments.dry_run:
        for name, one in chosen:
            require_ready(one, folder / name, arguments.only)
            _print_plan(one, folder / name, arguments)
        return
    places = [folder / name if name else folder for name, _ in chosen]
    try:
        folders = run_all(
            chosen,
            folder,
            only=arguments.only,
            rehash=arguments.rehash,
            replace=arguments.replace,
            language=arguments.language,
        )
    except LimitError:  # everything is written
        if arguments.only is None:
            _print_closing(places, arguments)
        raise
    finally:
        _print_papers(places, arguments)
    if arguments.only is None:
        _print_closing(places, arguments)
    for place in folders:
        report = place / "report" / "report.html"
        print(report if report.is_file() else place)


def _print_closing(folders: list[Path], arguments: argparse.Namespace) -> None:
    """Verdict, what was left out and where the report is, on standard error: also where a limit was passed."""
    from tekio.report import closing_lines

    for folder in folders:
        report = folder / "report"
        if not (report / "summary.json").is_file():
            continue
        print("", *(say(line, arguments.language) for line in closing_lines(report)), sep="\n", file=sys.stderr)
        words = Text(
            f"Report: {report / 'report.html'}. Look inside: tekio view {folder}",
            f"レポート: {report / 'report.html'}。中身は tekio view {folder}",
        )
        print(say(words, arguments.language), file=sys.stderr)


def _print_plan(recipe: Recipe, out: Path, arguments: argparse.Namespace) -> None:
    from tekio.pipeline import plan, planned_sweep

    words = {
        "done": Text("already there", "作成済み"),
        "continue": Text("continues an interrupted attempt", "中断した続きから"),
        "redo": Text("runs again: its inputs or settings changed", "再実行(入力か設定が変わった)"),
        "new": Text("runs", "実行する"),
        "replace": Text(
            "exists, made with other settings, seed or inputs: it is kept unless --replace (or another --out) is given",
            "設定・seed・入力の異なる完了済みの結果がある: 残す(--replace または別の --out が必要)",
        ),
        "waits": Text("runs after the stages before it", "前の段階の後に実行する"),
    }
    print(out)
    for stage in plan(recipe, out, rehash=arguments.rehash):
        needs = f"  <- {', '.join(stage.needs)}" if stage.needs else ""
        print(f"  {stage.name:9} {say(words[stage.status], arguments.language)}{needs}")
        if stage.name == "sweep":
            for name, status in planned_sweep(recipe, out):
                print(f"      {name}: {say(words[status], arguments.language)}")


def _print_papers(folders: list[Path], arguments: argparse.Namespace) -> None:
    from tekio.report.papers import paper_lines, paper_source_lines

    for folder in folders:
        for line in paper_source_lines(folder, arguments.language):
            print(line)
        for line in paper_lines(folder / "report"):
            print(say(line, arguments.language))


def init(arguments: argparse.Namespace) -> None:
    from tekio.init import first_recipe, look_at
    from tekio.init.write import base_context
    from tekio.store import write_atomic

    path: Path = arguments.recipe
    if os.path.lexists(path):
        raise TekioError(
            Text("The file exists already.", "ファイルが既にあります。"),
            where=path,
            fix=Text("Choose another name.", "別の名前にしてください。"),
        )
    if arguments.scratch and arguments.base is not None:
        raise UsageError(
            Text("`--scratch` makes the base; `--base` names one.", "`--scratch` と `--base` は同時に使えません。")
        )
    folder = path.absolute().parent
    data: Path = (arguments.data or folder / "data").absolute()
    found, left = look_at(data) if data.is_dir() else ([], [])
    base: Path | None = arguments.base
    written = first_recipe(
        folder.name or "my-experiment",
        _from(folder, data),
        found,
        left,
        arguments.language,
        base=None if base is None else _from(folder, base.absolute()),
        context=None if base is None else base_context(base),
        scratch=arguments.scratch,
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(path, written)
    kinds = {
        "documents": Text("documents", "文書"),
        "rows": Text("rows of text", "表の本文"),
        "pages": Text("questions and answers", "質問と回答"),
        "records": Text("instruction records", "指示データ"),
    }
    for item in found:
        counted = say(
            Text(f"{item.files:,} file{'' if item.files == 1 else 's'}", f"{item.files:,} ファイル"), arguments.language
        )
        print(f"{say(kinds[item.kind], arguments.language)}: {item.path} ({counted})")
    for item in left:
        print(
            say(Text("left out", "対象外"), arguments.language) + f": {item.path}: {say(item.why, arguments.language)}",
            file=sys.stderr,
        )
    if not found:
        words = Text(f"nothing in {data}: an example", f"{data} は空です。例を書きました")
        print(say(words, arguments.language), file=sys.stderr)
    print(path)


def _from(folder: Path, path: Path) -> str:
    """`path` as a recipe in `folder` writes it: relative where it lies below, else whole."""
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else path.as_posix()


def doctor(arguments: argparse.Namespace) -> int:
    """Ends with the exit code that `tekio run` would end with before its first stage."""
    from tekio.doctor import failure, network_finding, refusal
    from tekio.pipeline import examine_run
    from tekio.recipe import load_recipe
    from tekio.recipe.papers import require_brought

    if arguments.recipe.is_dir():
        if not (arguments.recipe / "config.json").is_file():
            raise UsageError(
                Text("This is neither a recipe nor a model's folder.", "レシピでもモデルのフォルダでもありません。"),
                where=arguments.recipe,
                why=Text("It holds no config.json.", "config.json がありません。"),
            )
        _print_methods(arguments.recipe, arguments)
        return 0
    recipe = load_recipe(arguments.recipe)
    run = arguments.out.resolve() if arguments.out else recipe.run_folder
    findings: list[Finding] = [network_finding()]
    chosen = recipe.each_variant(arguments.variant)
    try:
        require_brought([one for _, one in chosen], arguments.only)
    except TekioError as error:
        findings.append(failure(Text("paper", "論文"), error))
    _print_findings(findings, arguments)
    for name, one in chosen:
        if name:
            print(f"== {name}")
        found = examine_run(one, run / name, arguments.only, replace=arguments.replace)
        findings += found
        _print_findings(found, arguments)
        if arguments.memory is not None and one.base is not None and one.base.model is not None:
            _print_methods(one.base.model.path, arguments, one)
    error = refusal(findings)
    return 0 if error is None else error.exit_code


def _print_findings(findings: list[Finding], arguments: argparse.Namespace) -> None:
    marks = {"ok": "ok  ", "warning": "warn", "failure": "FAIL"}
    for finding in findings:
        print(
            f"{marks[finding.level]}  {say(finding.subject, arguments.language)}: {say(finding.text, arguments.language)}"
        )


def _print_methods(folder: Path, arguments: argparse.Namespace, recipe: Recipe | None = None) -> None:
    """The table of training methods: bytes by part on one device, and which of them fit."""
    from tekio.model.load import choose_device
    from tekio.progress import size_words
    from tekio.recipe.train import MethodConfig
    from tekio.train.estimate import available_memory
    from tekio.train.methods import GPU, method_lines, methods_of

    config = next((one for one in (recipe.pretrain, recipe.tune) if one is not None), None) if recipe else None
    if config is None:
        rows, length = arguments.rows, arguments.sequence_length
        config = MethodConfig(batch_rows=rows, micro_batch_rows=rows, sequence_length=length)
    device = GPU if arguments.memory is not None else choose_device("auto")
    memory = arguments.memory * 1e9 if arguments.memory is not None else available_memory(device)
    shape, found = methods_of(folder, config, device=device, memory=memory)
    held = Text(f"a GPU of {size_words(memory)}", f"{size_words(memory)} の GPU")
    if arguments.memory is None:
        held = Text(f"{size_words(memory)} free on {device}", f"{device} の空き {size_words(memory)}")
    print(*method_lines(shape, found, config.sequence_length, held, arguments.language), sep="\n")


def verify(arguments: argparse.Namespace) -> int:
    from tekio.run_folder import unfinished_stages, verify_run
    from tekio.store import problem_words

    found = verify_run(arguments.run)
    for stage, problems in found.items():
        state = Text("CHANGED", "不一致") if problems else Text("ok", "一致")
        print(f"{stage:9} {say(state, arguments.language)}")
        for problem in problems:
            print(f"  {say(problem_words(problem), arguments.language)}", file=sys.stderr)
    for stage in unfinished_stages(arguments.run):
        print(
            f"{stage:9} {say(Text('not there, though the recipe asks for it', 'レシピにあるが未完了'), arguments.language)}"
        )
    return 1 if any(found.values()) else 0


def explain(arguments: argparse.Namespace) -> None:
    from tekio.lineage import explain_id

    for line in explain_id(arguments.run, arguments.id):
        print(say(line, arguments.language))


def demo(arguments: argparse.Namespace) -> None:
    from tekio.demo import run_demo

    report = run_demo(arguments.out.resolve(), arguments.language, replace=arguments.replace)
    _print_closing([report.parent.parent], arguments)
    print(report)


def forget(arguments: argparse.Namespace) -> None:
    """What a source has touched, and the recipe without it."""
    from tekio.forget import recipe_without, told_lines, touched
    from tekio.recipe import load_recipe
    from tekio.store import write_atomic

    recipe = load_recipe(arguments.recipe)
    out: Path | None = arguments.out
    if out is not None and out.resolve().parent != arguments.recipe.resolve().parent:
        raise UsageError(
            Text(
                "The recipe without it belongs beside the recipe: its paths count from there.",
                "除いたレシピは元のレシピと同じフォルダに置いてください。パスの基準が変わるためです。",
            ),
            where=out,
        )
    for line in told_lines(touched(recipe, arguments.run or recipe.run_folder, arguments.source)):
        print(say(line, arguments.language))
    if out is not None:
        write_atomic(out, recipe_without(recipe, arguments.source))
        load_recipe(out)
        print(
            say(
                Text(f"{out}: run it with `tekio run {out}`", f"{out}: `tekio run {out}` で作り直せます"),
                arguments.language,
            )
        )
