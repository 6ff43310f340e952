"""Verbs of the pages for people: report, view, evidence."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any, cast

from tekio.cli import Verbs
from tekio.cli.inputs import checked_options
from tekio.errors import Text, UsageError, say


def register(verbs: Verbs) -> None:
    """Add the verbs."""
    for add in (_add_report, _add_view, _add_evidence):
        add(verbs)


def _add_report(verbs: Verbs) -> None:
    text = verbs.text
    report = verbs.add(
        "report",
        Text("write the report of a run, or compare several", "実行のレポートを作成、または複数の実行を比較"),
        _report,
    )
    report.add_argument(
        "run",
        nargs="+",
        type=Path,
        metavar="RUN",
        help=text(
            "run folder; several: the others are compared with the first",
            "実行フォルダ。複数のときは先頭を基準に比較",
        ),
    )
    report.add_argument(
        "--out",
        type=Path,
        help=text("where to (default of one run: RUN/report)", "出力先（実行が 1 つのときの既定: RUN/report）"),
    )
    report.add_argument("--title", help=text("heading of the page", "ページの見出し"))
    report.add_argument("--first", choices=["ja", "en"], help=text("language shown first", "最初に表示する言語"))
    report.add_argument(
        "--evidence",
        type=Path,
        metavar="FILE.zip",
        help=text("also write an evidence pack for reviewers", "審査用の証跡一式も作成"),
    )

    report.set_defaults(writes=("evidence",), needs={"run": "folder"})


def _add_view(verbs: Verbs) -> None:
    text = verbs.text
    view = verbs.add(
        "view",
        Text("open runs on a local page: items, documents, records, answers", "実行の中身をローカルのページで開く"),
        _view,
        loopback=True,
    )
    view.add_argument("runs", nargs="+", type=Path, metavar="RUN", help=text("run folders", "実行フォルダ"))
    view.add_argument("--port", type=int, default=0, help=text("default: a free one", "既定は空きポート"))
    view.add_argument(
        "--page",
        metavar="PAGE",
        help=text(
            "print one page and end, for example `scores` or `items?task=NAME`",
            "ページを 1 つ出力して終わる（scores、items?task=名前 など）",
        ),
    )
    view.set_defaults(needs={"runs": "folder"})


def _add_evidence(verbs: Verbs) -> None:
    text = verbs.text
    evidence = verbs.add(
        "evidence", Text("make the evidence pack of a run, or check one", "実行の証跡一式を作成、または検査"), _evidence
    )
    evidence.add_argument(
        "pack",
        type=Path,
        metavar="RUN|FILE.zip",
        help=text("a run folder (with its report), or a pack", "実行フォルダ（レポート作成済み）、または証跡一式"),
    )
    evidence.add_argument(
        "--out", type=Path, metavar="FILE.zip", help=text("where the pack of a run goes", "作成する証跡一式の出力先")
    )
    evidence.set_defaults(needs={"pack": "any"}, writes=("out",))


def _report(arguments: argparse.Namespace) -> None:
    from tekio.pipeline import recorded_recipe
    from tekio.recipe.report import ReportConfig
    from tekio.report import verdict_lines, write_report
    from tekio.report.evidence import write_evidence
    from tekio.run_folder import require_stage
    from tekio.store import problem_words

    runs: list[Path] = arguments.run
    for run in runs:
        if not run.is_dir():
            raise UsageError(Text("This is not a run folder.", "実行フォルダではありません。"), where=run)
        require_stage(run)
    if len(runs) > 1:
        _report_several(arguments, runs)
        return
    [run] = runs
    recipe = recorded_recipe(run)
    settings = dict(cast("dict[str, Any]", (recipe or {}).get("report") or {}))
    settings.update(
        {name: value for name, value in (("title", arguments.title), ("language", arguments.first)) if value}
    )
    out: Path = arguments.out or run / "report"
    with checked_options():
        config = ReportConfig.model_validate(settings)
    write_report(config, out, run=run, recipe=recipe)
    for line in verdict_lines(out):
        print(say(line, arguments.language))
    print(out / "report.html")
    if arguments.evidence is not None:
        problems = write_evidence(run, arguments.evidence, report=out, recipe=recipe)
        print(arguments.evidence)
        for problem in problems:
            words = problem_words(problem)
            print(say(Text(f"Not sound: {words.en}", f"検査で不一致: {words.ja}"), arguments.language))


def _report_several(arguments: argparse.Namespace, runs: list[Path]) -> None:
    from tekio.pipeline import recorded_recipe
    from tekio.report.several import PAGE, comparison_lines, write_several

    if arguments.out is None or arguments.evidence is not None:
        raise UsageError(
            Text("Several runs are compared in a folder of its own.", "複数の実行の比較には出力先が必要です。"),
            fix=Text("Name --out, and no --evidence.", "--out を指定し、--evidence は外してください。"),
        )
    recipes = [recorded_recipe(run) for run in runs]
    write_several(
        runs, arguments.out, recipes=recipes, first=arguments.first or arguments.language, title=arguments.title or ""
    )
    for line in comparison_lines(arguments.out):
        print(say(line, arguments.language))
    print(arguments.out / PAGE)


def _view(arguments: argparse.Namespace) -> None:
    from tekio.view import page_of, serve

    if arguments.page is not None:
        print(page_of(arguments.runs[0], arguments.page, arguments.language))
    else:
        serve(arguments.runs, arguments.language, language_named=arguments.lang is not None, port=arguments.port)


def _evidence(arguments: argparse.Namespace) -> int:
    from tekio.report.evidence import check_evidence
    from tekio.store import problem_words

    pack: Path = arguments.pack
    if pack.is_dir() != (arguments.out is not None):
        raise UsageError(
            Text(
                "A run is packed into --out; a pack is checked.",
                "実行は --out に証跡一式を作成し、証跡一式は検査します。",
            ),
            where=pack,
            fix=Text(
                "tekio evidence RUN --out FILE.zip, or tekio evidence FILE.zip",
                "tekio evidence RUN --out FILE.zip または tekio evidence FILE.zip",
            ),
        )
    if pack.is_dir():
        pack = _packed(pack, arguments.out)
        print(pack)
    wrong = check_evidence(pack)
    for line in wrong:
        print(say(problem_words(line), arguments.language))
    sound = Text("All checksums match, the chain is complete.", "すべてのハッシュが一致し、連鎖も完全です。")
    print(say(sound if not wrong else Text("The pack is not sound.", "不一致があります。"), arguments.language))
    return 1 if wrong else 0


def _packed(run: Path, out: Path) -> Path:
    """The evidence pack of a run with its report, written to `out`."""
    from tekio.pipeline import recorded_recipe
    from tekio.report.evidence import write_evidence
    from tekio.store import read_manifest

    if read_manifest(run / "report") is None:
        raise UsageError(
            Text("The run has no report yet.", "この実行にはまだレポートがありません。"),
            where=run,
            fix=f"tekio report {run}",
        )
    write_evidence(run, out, report=run / "report", recipe=recorded_recipe(run))
    return out
