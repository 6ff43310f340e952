"""Verbs of answers side by side: compare, judge."""

from __future__ import annotations

import argparse
from pathlib import Path

from tekio.cli import Verbs
from tekio.cli.inputs import checked_options
from tekio.errors import Text


def register(verbs: Verbs) -> None:
    """Add the verbs."""
    _add_compare(verbs)
    _add_judge(verbs)


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
        "--instruct", type=Path, metavar="DIR", help=text("instruction data folder", "指示データのフォルダ")
    )
    compare.add_argument(
        "--questions",
        choices=["finance"],
        help=text("questions that ship with Tekio (60)", "Tekio 付属の質問（60 問）"),
    )
    compare.add_argument(
        "--corpus",
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
    compare.add_argument(
        "--limit", type=int, default=8, metavar="N", help=text("validation records asked", "質問する検証用の件数")
    )
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
    compare.set_defaults(needs={"models": "model", "prompts": "glob", "instruct": "any", "corpus": "any"})


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
        "--judge",
        metavar="URL[#NAME]",
        help=text(
            "let a model judge too: http://127.0.0.1:PORT/v1[#NAME]",
            "モデルにも判定させる: http://127.0.0.1:ポート/v1[#モデル名]",
        ),
    )
    judge.add_argument(
        "--endpoint-model",
        default="",
        metavar="NAME",
        help=text("its name at the server (default: the one it lists)", "サーバでのモデル名（既定は先頭のモデル）"),
    )
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


def _compare(arguments: argparse.Namespace) -> None:
    from tekio.compare import compare_answers
    from tekio.evaluate.models import named_models
    from tekio.recipe.paths import RecipePath
    from tekio.recipe.report import CompareConfig

    with checked_options():
        config = CompareConfig(
            prompts=RecipePath.of(arguments.prompts) if arguments.prompts else None,
            validation_prompts=arguments.limit,
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
        records=arguments.instruct,
        seed=arguments.seed,
        documents=arguments.corpus,
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
    if arguments.judge:
        lines += session.ask(desk, arguments.judge, arguments.endpoint_model, arguments.allow_host)
    if arguments.write:
        lines += session.write(desk, arguments.write, reviewer=arguments.reviewer)
    if arguments.out:
        session.finish(desk, arguments.out)
    done = bool(returned or arguments.judge or arguments.out)
    if arguments.status or done:
        lines += session.status(desk)
    if arguments.out:
        lines.append(str(arguments.out / session.SUMMARY))
    for line in lines:
        print(line)
    if not (done or arguments.write or arguments.status):
        session.serve(desk, port=arguments.port, reviewer=arguments.reviewer)
