"""Verbs for whole runs: run, init, doctor, verify, explain, demo."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tekio.cli import Verbs
from tekio.errors import TekioError, Text, say


def register(verbs: Verbs) -> None:
    """Add the verbs."""
    parser = verbs.add("run", Text("run a recipe; repeat to continue", "レシピを実行(繰り返すと続きから)"), run)
    parser.add_argument("recipe", type=Path)
    parser.add_argument("--out", type=Path, help=verbs.text("run folder", "実行フォルダ"))
    parser.add_argument("--only", metavar="STAGE", help=verbs.text("run one stage only", "一つの段階だけ実行"))
    parser.add_argument(
        "--dry-run", action="store_true", help=verbs.text("print the plan, do nothing", "計画を表示するだけ")
    )
    parser.add_argument(
        "--rehash",
        action="store_true",
        help=verbs.text("read inputs again that look unchanged", "変わっていないように見える入力も読み直す"),
    )

    parser = verbs.add("init", Text("write a commented recipe", "説明つきレシピを書き出す"), init)
    parser.add_argument("recipe", type=Path, nargs="?", default=Path("recipe.yaml"))

    parser = verbs.add("doctor", Text("check a recipe before running it", "実行前にレシピを点検"), doctor)
    parser.add_argument("recipe", type=Path)
    parser.add_argument("--out", type=Path, help=verbs.text("run folder", "実行フォルダ"))

    parser = verbs.add("verify", Text("hash every file of a run again", "実行結果を再検証(ハッシュ)"), verify)
    parser.add_argument("run", type=Path)

    parser = verbs.add(
        "explain", Text("where a row came from, or why it is missing", "行の来歴または除外理由を表示"), explain
    )
    parser.add_argument("run", type=Path)
    parser.add_argument("id", help=verbs.text("id of a document or record", "文書または指示データの id"))

    parser = verbs.add("demo", Text("the whole chain on a shipped collection", "付属データで全段階を実演"), demo)
    parser.add_argument("--out", type=Path, default=Path("tekio-demo"), help=verbs.text("folder", "フォルダ"))


def run(arguments: argparse.Namespace) -> int | None:
    from tekio.pipeline import plan, run_recipe
    from tekio.recipe import load_recipe

    recipe = load_recipe(arguments.recipe)
    out: Path = arguments.out.resolve() if arguments.out else recipe.run_folder
    if arguments.dry_run:
        words = {
            "done": Text("already there", "作成済み"),
            "continue": Text("continues an interrupted attempt", "中断した続きから"),
            "redo": Text("runs again: its inputs or settings changed", "再実行(入力か設定が変わった)"),
            "new": Text("runs", "実行する"),
            "waits": Text("runs after the stages before it", "前の段階の後に実行する"),
        }
        print(out)
        for stage in plan(recipe, out, rehash=arguments.rehash):
            needs = f"  <- {', '.join(stage.needs)}" if stage.needs else ""
            print(f"  {stage.name:9} {say(words[stage.status], arguments.language)}{needs}")
        return
    run_recipe(recipe, out, only=arguments.only, rehash=arguments.rehash, language=arguments.language)
    report = out / "report" / "report.html"
    print(report if report.is_file() else out)


def init(arguments: argparse.Namespace) -> None:
    from importlib.resources import files

    path: Path = arguments.recipe
    if path.exists():
        raise TekioError(
            Text("The file exists already.", "ファイルが既にあります。"),
            where=path,
            fix=Text("Choose another name.", "別の名前にしてください。"),
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(files("tekio.recipe").joinpath("template.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    print(path)


def doctor(arguments: argparse.Namespace) -> int:
    from tekio.doctor import examine
    from tekio.recipe import load_recipe

    recipe = load_recipe(arguments.recipe)
    marks = {"ok": "ok  ", "warning": "warn", "failure": "FAIL"}
    findings = examine(recipe, arguments.out.resolve() if arguments.out else recipe.run_folder)
    for finding in findings:
        print(
            f"{marks[finding.level]}  {say(finding.subject, arguments.language)}: {say(finding.text, arguments.language)}"
        )
    return 1 if any(finding.level == "failure" for finding in findings) else 0


def verify(arguments: argparse.Namespace) -> int:
    from tekio.pipeline import verify_run

    found = verify_run(arguments.run)
    for stage, problems in found.items():
        print(f"{stage:9} {'ok' if not problems else 'CHANGED'}")
        for problem in problems:
            print(f"  {problem}", file=sys.stderr)
    return 1 if any(found.values()) else 0


def explain(arguments: argparse.Namespace) -> None:
    from tekio.lineage import explain_id

    for line in explain_id(arguments.run, arguments.id):
        print(say(line, arguments.language))


def demo(arguments: argparse.Namespace) -> None:
    from tekio.demo import run_demo

    print(run_demo(arguments.out.resolve(), arguments.language))
