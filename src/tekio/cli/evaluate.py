"""The verb `evaluate`."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tekio.cli import Verbs
from tekio.cli.inputs import checked_options
from tekio.errors import Text

if TYPE_CHECKING:
    from tekio.evaluate.models import Model


def register(verbs: Verbs) -> None:
    """Add the verb."""
    parser = verbs.add(
        "evaluate",
        Text("score models on tasks and compare them with the first", "モデルを課題で採点し、最初のモデルと比べる"),
        _evaluate,
        loopback=True,
    )
    _add_inputs(verbs, parser)
    _add_exam(verbs, parser)
    _add_protocol(verbs, parser)
    _add_servers(verbs, parser)
    _add_replies(verbs, parser)
    parser.add_argument(
        "--against",
        nargs=2,
        metavar=("published", "DIR"),
        help=verbs.text("place the models on the public fin-harness board", "公開の fin-harness 順位表に並べる"),
    )
    parser.set_defaults(
        needs={
            "models": "model",
            "suite": "named",
            "data": "any",
            "corpus": "folder",
            "instruct": "any",
            "study": "folder",
            "prefer": "any",
            "exam": "folder",
        }
    )


def _add_inputs(verbs: Verbs, parser: argparse.ArgumentParser) -> None:
    """Models, tasks, and where their data lies."""
    text = verbs.text
    parser.add_argument(
        "models",
        nargs="+",
        metavar="MODEL",
        help=text(
            "model folder, adapter folder, or http://127.0.0.1:PORT/v1[#NAME]; LABEL=MODEL gives it a name",
            "モデルのフォルダ、アダプタのフォルダ、または http://127.0.0.1:ポート/v1[#モデル名]。名前=モデル で名付ける",
        ),
    )
    parser.add_argument(
        "--suite",
        action="append",
        default=[],
        metavar="NAME|FILE",
        help=text(
            "finance, general, a task, a task file, a suite file", "finance、general、課題名、課題・スイートのファイル"
        ),
    )
    parser.add_argument(
        "--data", action="append", default=[], type=Path, metavar="DIR", help=text("folder of the data", "データの場所")
    )
    parser.add_argument(
        "--corpus", type=Path, metavar="DIR", help=text("corpus with held-out text", "評価用文書のあるコーパス")
    )
    parser.add_argument(
        "--instruct",
        type=Path,
        metavar="DIR",
        help=text("instruction data that may hold test items", "評価問題を含むか調べる指示データ"),
    )
    parser.add_argument(
        "--prefer",
        type=Path,
        metavar="DIR",
        help=text("pairs of answers that may hold test items", "評価問題を含むか調べる回答の組"),
    )
    parser.add_argument(
        "--study",
        type=Path,
        metavar="DIR",
        help=text("study stage that may hold test items", "評価問題を含むか調べる study 段階"),
    )


def _add_exam(verbs: Verbs, parser: argparse.ArgumentParser) -> None:
    """An exam of the run's own documents, and the passages looked up for it."""
    text = verbs.text
    parser.add_argument(
        "--exam",
        type=Path,
        metavar="DIR",
        help=text("exam to ask, closed and open book (`tekio exam build`)", "資料なし・資料付きで出題する試験"),
    )
    parser.add_argument(
        "--exam-template",
        choices=["options", "cloze", "chat-options"],
        default="options",
        help=text("how the exam is asked", "試験の出題形式"),
    )
    parser.add_argument(
        "--passages",
        type=int,
        default=3,
        metavar="N",
        help=text(
            "passages looked up for a question of the exam; 0: no search", "検索して付ける資料の数。0 は検索なし"
        ),
    )


def _add_protocol(verbs: Verbs, parser: argparse.ArgumentParser) -> None:
    """How tasks are rendered, sampled and scored."""
    text = verbs.text
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help=text("folder to write", "出力先"))
    parser.add_argument("--template", default="default", help=text("the headline version", "主とするテンプレート"))
    parser.add_argument(
        "--templates",
        default="",
        metavar="A,B|all",
        help=text("further versions, for the spread", "ほかのテンプレート"),
    )
    parser.add_argument("--protocol", choices=["fin-harness-2024", "fin-harness-2025"], default="fin-harness-2025")
    parser.add_argument("--shots", type=int, default=0)
    parser.add_argument("--demonstrations", choices=["pool", "test"], default="pool")
    parser.add_argument("--limit", type=int, metavar="N", help=text("a seeded sample of N items", "N 問の標本だけ"))
    parser.add_argument("--boundary", choices=["lossless", "lm-eval"], default="lossless")
    parser.add_argument("--bos", choices=["tokenizer", "never", "always"], default="tokenizer")
    parser.add_argument("--dtype", choices=["auto", "fp32", "bf16", "fp16"], default="auto")
    parser.add_argument("--device", default="auto")
    parser.add_argument(
        "--engine",
        choices=["transformers", "vllm"],
        default="transformers",
        help=text("what computes local models", "ローカルモデルの計算に使うもの"),
    )
    parser.add_argument("--batch-tokens", type=int, default=4096, metavar="N")
    parser.add_argument(
        "--margin", type=float, metavar="POINTS", help=text("tolerated loss on general tasks", "汎用の許容低下")
    )
    parser.add_argument("--seed", type=int, default=17)


def _add_servers(verbs: Verbs, parser: argparse.ArgumentParser) -> None:
    """OpenAI-compatible servers."""
    text = verbs.text
    parser.add_argument(
        "--endpoint-model",
        default="",
        metavar="NAME",
        help=text(
            "model name an endpoint expects (default: the one it lists)",
            "API に渡すモデル名（既定: API の一覧にあるもの）",
        ),
    )
    parser.add_argument(
        "--allow-host",
        action="append",
        default=[],
        metavar="HOST",
        help=text("a host of the own network whose server may be asked", "問い合わせてよい社内ネットワークのホスト"),
    )
    parser.add_argument(
        "--endpoint-choices",
        choices=["reply", "likelihood"],
        default="reply",
        help=text(
            "how a server chooses: by its reply, or by likelihoods it gives of a prompt",
            "サーバの選び方（回答文か、サーバが返す入力の尤度か）",
        ),
    )
    parser.add_argument(
        "--endpoint-start",
        default="",
        metavar="TOKEN",
        help=text(
            "start token for perplexity, where a server puts none",
            "文章の尤度で文頭に置くトークン（サーバが付けない場合）",
        ),
    )
    parser.add_argument(
        "--endpoint-parallel",
        type=int,
        default=8,
        metavar="N",
        help=text("requests to a server at the same time", "サーバへの同時リクエスト数"),
    )
    parser.add_argument(
        "--endpoint-rule",
        choices=["strict", "fin-harness"],
        default="strict",
        help=text("how an endpoint's replies are read", "API の回答の読み方"),
    )


def _add_replies(verbs: Verbs, parser: argparse.ArgumentParser) -> None:
    """How models answer: choices, chat templates, reasoning."""
    text = verbs.text
    parser.add_argument(
        "--max-new-tokens", type=int, metavar="N", help=text("tokens of an answer", "回答のトークン数の上限")
    )
    parser.add_argument(
        "--judge",
        default="",
        metavar="URL[#NAME]",
        help=text("server of the model that rates replies of judged tasks", "回答を採点する審査モデルのサーバ"),
    )
    parser.add_argument(
        "--choices",
        choices=["likelihood", "reply"],
        default="likelihood",
        help=text("how a local model chooses", "ローカルモデルの選び方（尤度か、回答文の読み取りか）"),
    )
    parser.add_argument(
        "--system", metavar="TEXT", help=text("system message of chat templates", "チャットのシステムメッセージ")
    )
    parser.add_argument(
        "--chat-argument",
        action="append",
        default=[],
        type=chat_argument,
        metavar="NAME=VALUE",
        help=text("a variable for the model's chat template", "モデルの chat template に渡す変数"),
    )
    parser.add_argument(
        "--thinking",
        choices=["on", "off", "both"],
        help=text(
            "ask the model to reason before it answers, not to, or both beside each other (headline: on)",
            "回答の前に思考させるか、させないか、両方を並べるか（主な値は思考あり）",
        ),
    )
    parser.add_argument(
        "--thinking-tokens",
        type=int,
        default=4096,
        metavar="N",
        help=text("tokens that may be spent on reasoning beside the answer", "回答とは別に思考に使えるトークン数"),
    )


def chat_argument(word: str) -> tuple[str, str | bool | int | float]:
    """`NAME=VALUE`; true, false and numbers are read as such. Raises `ValueError`."""
    name, equals, value = word.partition("=")
    if not name or not equals:
        raise ValueError(word)
    plain = {"true": True, "false": False}
    if value in plain:
        return name, plain[value]
    for number in (int, float):
        try:
            return name, number(value)
        except ValueError:
            continue
    return name, value


def _import_what_is_needed(models: Iterable[Model]) -> None:
    """The short import, where this process does nothing but score plain models."""
    from tekio.model.fast_import import import_lean, is_plain
    from tekio.model.load import model_folder

    folders = [model_folder(model) for model in models if isinstance(model, Path)]
    if folders and all(is_plain(folder) for folder in folders) and "WORLD_SIZE" not in os.environ:
        import_lean()


def _evaluate(arguments: argparse.Namespace) -> int:
    from tekio.artifacts.model import read_artifact
    from tekio.artifacts.results import Results
    from tekio.evaluate.models import named_models
    from tekio.evaluate.results.leaderboard import board_named, board_with
    from tekio.evaluate.results.summary import summary_lines
    from tekio.evaluate.tasks.suites import suite_tasks
    from tekio.recipe import RecipePath
    from tekio.recipe.evaluate import AskExamConfig, ChatConfig, EvaluateConfig, ThinkingConfig
    from tekio.recipe.exam import RetrieveConfig

    board = board_named(*arguments.against) if arguments.against else None
    templates = [word for word in arguments.templates.split(",") if word]
    options: dict[str, Any] = {
        "shots": arguments.shots,
        "limit": arguments.limit,
        "demonstrations": arguments.demonstrations,
    }
    with checked_options():
        tasks = suite_tasks(
            arguments.suite, arguments.data, template=arguments.template, templates=templates, options=options
        )
        config = EvaluateConfig(
            tasks=tasks,
            protocol=arguments.protocol,
            boundary=arguments.boundary,
            bos=arguments.bos,
            dtype=arguments.dtype,
            device=arguments.device,
            engine=arguments.engine,
            batch_tokens=arguments.batch_tokens,
            forgetting_margin=arguments.margin,
            endpoint_model=arguments.endpoint_model,
            endpoint_rule=arguments.endpoint_rule,
            allow_hosts=arguments.allow_host,
            endpoint_choices=arguments.endpoint_choices,
            endpoint_start=arguments.endpoint_start,
            endpoint_parallel=arguments.endpoint_parallel,
            max_new_tokens=arguments.max_new_tokens,
            judge=arguments.judge,
            thinking=ThinkingConfig(
                enable=None if arguments.thinking is None else arguments.thinking != "off",
                both=arguments.thinking == "both",
                max_tokens=arguments.thinking_tokens,
            ),
            chat=ChatConfig(system=arguments.system, template_arguments=dict(arguments.chat_argument)),
            choices=arguments.choices,
            exam=AskExamConfig(
                template=arguments.exam_template,
                retrieve=RetrieveConfig(passages=arguments.passages) if arguments.passages else None,
            ),
            published=RecipePath.of(Path(arguments.against[1])) if arguments.against else None,
        )
    models = named_models(arguments.models)
    if arguments.engine == "transformers":
        _import_what_is_needed(models.values())
    from tekio.evaluate import evaluate

    evaluate(
        config,
        arguments.out,
        models=models,
        corpus=arguments.corpus,
        instruct=arguments.instruct,
        seed=arguments.seed,
        exam=arguments.exam,
        prefer=arguments.prefer,
        study=arguments.study,
    )
    if os.environ.get("RANK", "0") != "0":  # one of several processes speaks
        return 0
    found = read_artifact(Results, arguments.out / "results.json")
    for line in summary_lines(found, arguments.language):
        print(line)
    if arguments.exam is not None:
        from tekio.artifacts.exam_results import ExamResults
        from tekio.evaluate.exam.words import exam_lines

        for line in exam_lines(read_artifact(ExamResults, arguments.out / "exam.json"), arguments.language):
            print(line)
    if board is not None:
        for line in board_with(board, found, arguments.language, template=arguments.template):
            print(line)
    return 0
