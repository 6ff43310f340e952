"""Verbs of the pages for people: report, compare."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any, cast

from tekio.cli import Verbs
from tekio.cli.inputs import checked_options
from tekio.errors import Text, UsageError, say


def register(verbs: Verbs) -> None:
    """Add the verbs."""
    for add in (_add_report, _add_view, _add_evidence, _add_compare, _add_judge):
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


def _add_compare(verbs: Verbs) -> None:
    text = verbs.text
    compare = verbs.add(
        "compare",
        Text("ask several models the same questions and show the answers side by side", "複数のモデルに同じ質問をする"),
        _compare,
        loopback=True,
    )
    compare.add_argument(
        "models",
        nargs="+",
        metavar="[LABEL=]MODEL",
        help=text(
            "model or adapter folders, or http://127.0.0.1:PORT/v1[#NAME]",
            "モデルのフォルダ、または http://127.0.0.1:ポート/v1[#モデル名]",
        ),
    )
    compare.add_argument(
        "--allow-host",
        action="append",
        default=[],
        metavar="HOST",
        help=text("a host of the own network whose server may be asked", "問い合わせてよい社内ネットワークのホスト"),
    )
    compare.add_argument("--prompts", metavar="FILE", help=text("JSON Lines with `prompt`", "`prompt` の JSON Lines"))
    compare.add_argument(
        "--records", type=Path, metavar="DIR", help=text("instruction data folder", "指示データのフォルダ")
    )
    compare.add_argument(
        "--questions",
        choices=["finance"],
        help=text("questions that ship with Tekio (60)", "Tekio 付属の質問（60 問）"),
    )
    compare.add_argument(
        "--documents",
        type=Path,
        metavar="DIR",
        help=text("corpus folder: what is copied from it", "コーパスのフォルダ。そこからの書き写しを調べる"),
    )
    compare.add_argument(
        "--temperature",
        type=float,
        default=0.0,
        help=text("0: greedy; above it answers are drawn", "0 は毎回同じ回答。大きくすると乱数で生成"),
    )
    compare.add_argument(
        "--top-p", type=float, default=1.0, help=text("share of likely tokens drawn from", "選ぶ語の確率の合計")
    )
    compare.add_argument(
        "--samples", type=int, default=1, help=text("answers drawn to each question", "1 問あたりの生成回数")
    )
    compare.add_argument("--count", type=int, default=8, help=text("validation records asked", "質問する検証用の件数"))
    compare.add_argument("--out", type=Path, required=True, help=text("output folder", "出力フォルダ"))
    compare.add_argument("--template", help=text("prompt template", "プロンプトのテンプレート"))
    compare.add_argument(
        "--engine",
        choices=["transformers", "vllm"],
        default="transformers",
        help=text("what computes local models", "ローカルモデルの計算に使うもの"),
    )
    compare.add_argument("--max-new-tokens", type=int, default=128, help=text("longest answer", "回答の上限"))
    compare.add_argument("--seed", type=int, default=17)
    compare.set_defaults(needs={"models": "model", "prompts": "glob", "records": "any", "documents": "any"})


def _add_judge(verbs: Verbs) -> None:
    text = verbs.text
    judge = verbs.add(
        "judge",
        Text(
            "judge two models' answers without knowing which is whose, on a local page",
            "どのモデルの回答か伏せたまま 2 つの回答を比べて判定する",
        ),
        _judge,
        loopback=True,
    )
    judge.add_argument(
        "answers",
        type=Path,
        metavar="RUN|DIR",
        help=text("a run, or what `compare` wrote", "実行フォルダ、または compare の出力"),
    )
    judge.add_argument(
        "--pair",
        metavar="LABEL,LABEL",
        help=text("reference and model; default: the first and the last", "基準と比べるモデル。既定は最初と最後"),
    )
    judge.add_argument(
        "--store",
        help=text(
            "SQLite file or postgresql:// URL; default: in review/ beside the answers",
            "保存先（SQLite または postgresql://）。既定は回答の隣の review/",
        ),
    )
    judge.add_argument(
        "--reviewer", default="", help=text("your name; default: the page asks", "判定者名。既定は画面で入力")
    )
    judge.add_argument("--port", type=int, default=0, help=text("default: a free one", "既定は空きポート"))
    judge.add_argument("--seed", type=int, default=17, help=text("decides the order shown", "並び順を決める値"))
    judge.add_argument(
        "--write",
        type=Path,
        metavar="FILE.html",
        help=text("write the pairs for --reviewer as one HTML file", "--reviewer さん用の HTML を書き出す"),
    )
    judge.add_argument(
        "--merge",
        type=Path,
        nargs="+",
        metavar="FILE.jsonl",
        help=text("take in what such a page saved", "その HTML が保存した判定を取り込む"),
    )
    judge.add_argument(
        "--endpoint",
        metavar="URL",
        help=text(
            "let a model judge too: http://127.0.0.1:PORT/v1[#NAME]",
            "モデルにも判定させる: http://127.0.0.1:ポート/v1[#モデル名]",
        ),
    )
    judge.add_argument("--model", default="", help=text("its name at the server", "サーバでのモデル名"))
    judge.add_argument(
        "--allow-host",
        action="append",
        default=[],
        metavar="HOST",
        help=text("a host of the own network whose server may be asked", "問い合わせてよい社内ネットワークのホスト"),
    )
    judge.add_argument(
        "--status", action="store_true", help=text("progress, win rates, agreement", "進み具合と勝率・一致度")
    )
    judge.add_argument(
        "--out",
        type=Path,
        help=text(
            "write judgements and win rates (RUN/judged: the report shows it)",
            "判定と勝率の出力先（RUN/judged ならレポートに載る）",
        ),
    )
    needs = {"answers": "any", "merge": "file"}
    judge.set_defaults(writes=("write",), reads=("merge",), needs=needs)


def _report(arguments: argparse.Namespace) -> None:
    from tekio.pipeline import recorded_recipe
    from tekio.recipe.report import ReportConfig
    from tekio.report import verdict_lines, write_report
    from tekio.report.evidence import write_evidence

    runs: list[Path] = arguments.run
    for run in runs:
        if not run.is_dir():
            raise UsageError(Text("This is not a run folder.", "実行フォルダではありません。"), where=run)
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
            note = Text(f"Not sound: {problem}", f"検査で不一致: {problem}")
            print(say(note, arguments.language))


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
        serve(arguments.runs, arguments.language, port=arguments.port)


def _evidence(arguments: argparse.Namespace) -> int:
    from tekio.report.evidence import check_evidence

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
        print(line)
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


def _compare(arguments: argparse.Namespace) -> None:
    from tekio.compare import compare_answers
    from tekio.evaluate.models import named_models
    from tekio.recipe.paths import RecipePath
    from tekio.recipe.report import CompareConfig

    with checked_options():
        config = CompareConfig(
            prompts=RecipePath.of(arguments.prompts) if arguments.prompts else None,
            validation_prompts=arguments.count,
            template=arguments.template,
            max_new_tokens=arguments.max_new_tokens,
            engine=arguments.engine,
            questions=arguments.questions,
            temperature=arguments.temperature,
            top_p=arguments.top_p,
            samples=arguments.samples,
        )
    compare_answers(
        config,
        arguments.out,
        models=named_models(arguments.models),
        records=arguments.records,
        seed=arguments.seed,
        documents=arguments.documents,
        allow_hosts=arguments.allow_host,
    )
    print(arguments.out / "answers.jsonl")


def _judge(arguments: argparse.Namespace) -> None:
    from tekio.compare.judge import session

    labels = [label.strip() for label in arguments.pair.split(",")] if arguments.pair else []
    desk = session.open_judge_desk(
        arguments.answers, labels, store=arguments.store, seed=arguments.seed, language=arguments.language
    )
    returned: list[Path] = arguments.merge or []
    lines = [line for back in returned for line in session.merge(desk, back)]
    if arguments.endpoint:
        lines += session.ask(desk, arguments.endpoint, arguments.model, arguments.allow_host)
    if arguments.write:
        lines += session.write(desk, arguments.write, reviewer=arguments.reviewer)
    if arguments.out:
        session.finish(desk, arguments.out)
    done = bool(returned or arguments.endpoint or arguments.out)
    if arguments.status or done:
        lines += session.status(desk)
    if arguments.out:
        lines.append(str(arguments.out / session.SUMMARY))
    for line in lines:
        print(line)
    if not (done or arguments.write or arguments.status):
        session.serve(desk, port=arguments.port, reviewer=arguments.reviewer)
