"""Verbs about evaluation tasks: `tasks list|show|hash`, `plan-size`, `published`, `contamination`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from tekio.cli import Verbs
from tekio.errors import Text, say

if TYPE_CHECKING:
    from tekio.evaluate.tasks import BuiltTask

NO_NUMBER = "-"


def register(verbs: Verbs) -> None:
    """Add the verbs."""
    tasks = verbs.group("tasks", Text("inspect evaluation tasks", "評価タスクを調べる"))
    tasks.add("list", Text("list the tasks shipped with Tekio", "付属のタスクの一覧"), list_tasks)
    show = tasks.add("show", Text("show one task and one of its prompts", "タスクの内容とプロンプトの例"), show_task)
    _which(show, verbs)
    show.add_argument("--item", type=int, default=0, help=verbs.text("which item (from 0)", "何問目か(0 から)"))
    hashed = tasks.add(
        "hash", Text("print the hash of all prompts of a task", "タスクの全プロンプトのハッシュ"), hash_task
    )
    _which(hashed, verbs)
    hashed.add_argument("--full", action="store_true", help=verbs.text("all 64 hex digits", "64 桁すべてを表示"))
    size = verbs.add(
        "plan-size",
        Text("which differences tasks can show, before anything is run", "実行前に、見える差の大きさを調べる"),
        show_plan_size,
    )
    size.add_argument(
        "tasks",
        nargs="+",
        metavar="TASK",
        help=verbs.text(
            "task, task file, NAME=ITEMS or a number of items", "課題、課題ファイル、名前=問題数、または問題数"
        ),
    )
    size.add_argument(
        "--agreement",
        type=float,
        default=0.8,
        metavar="SHARE",
        help=verbs.text("items that both models get right or both wrong", "両モデルの正誤が一致する問題の割合"),
    )
    size.add_argument(
        "--models", type=int, default=1, metavar="N", help=verbs.text("models compared", "比べるモデルの数")
    )
    size.set_defaults(needs={"tasks": "named"})
    size.add_argument("--power", type=float, default=0.8, help=verbs.text("chance of detecting it", "検出力"))
    board = verbs.add(
        "published",
        Text("show the public fin-harness leaderboard, by its own rule and with intervals", "公開の順位表と、公正な表"),
        show_board,
    )
    board.add_argument("folder", type=Path, help=verbs.text("folder of result-*.json files", "結果ファイルのフォルダ"))
    board.add_argument("--results", type=Path, help=verbs.text("our results.json, to place it", "並べる results.json"))
    board.add_argument(
        "--template", default="default", help=verbs.text("of the honest table", "公正な表のテンプレート")
    )
    board.add_argument("--limit", type=int, metavar="N", help=verbs.text("only this many lines", "上位だけ表示"))
    board.set_defaults(needs={"folder": "folder", "results": "any"})
    seen = verbs.add(
        "contamination",
        Text("find test items in training text", "学習文書に含まれる評価問題"),
        show_contamination,
    )
    _which(seen, verbs)
    seen.add_argument(
        "--in",
        dest="text",
        type=Path,
        action="append",
        required=True,
        help=verbs.text("corpus, data set or text (repeatable)", "コーパス・データ・文書(複数可)"),
    )
    seen.add_argument("--evaluation", type=Path, help=verbs.text("evaluation folder", "評価のフォルダ"))
    seen.add_argument("--out", type=Path, help=verbs.text("write the matches here (JSON Lines)", "一致箇所の出力先"))
    seen.add_argument(
        "--containment",
        type=float,
        help=verbs.text(
            "share of a question in one text (default: as the text was made)",
            "問題文の一致の割合(省略時: 文書の作成時の値)",
        ),
    )
    needs = {"task": "named", "data": "any", "text": "any", "evaluation": "folder"}
    seen.set_defaults(writes=("out",), reads=("text", "data"), needs=needs)
    seen.add_argument("--fail-above", type=float, help=verbs.text("exit 3 above this share", "この割合を超えたら失敗"))


def _which(parser: argparse.ArgumentParser, verbs: Verbs) -> None:
    parser.add_argument("task", help=verbs.text("name, or a task file (.yaml)", "名前、またはタスクファイル(.yaml)"))
    parser.add_argument("--data", type=Path, help=verbs.text("where its data is", "データの場所"))
    parser.add_argument("--template", default="default", help=verbs.text("version of the prompt", "プロンプトの版"))
    parser.add_argument(
        "--protocol", default="fin-harness-2025", help=verbs.text("published way to run it", "実施方法")
    )
    parser.add_argument("--shots", type=int, default=0, help=verbs.text("demonstrations", "例題の数"))
    parser.add_argument(
        "--demonstrations",
        choices=["pool", "test"],
        default="pool",
        help=verbs.text("where demonstrations come from", "例題の出どころ"),
    )
    parser.add_argument("--seed", type=int, default=17)
    parser.set_defaults(needs={"task": "named", "data": "any"})


def show_plan_size(arguments: argparse.Namespace) -> int:
    """Print the smallest differences that the tasks can show, and the power by difference."""
    from tekio.errors import UsageError
    from tekio.evaluate.plan_size import plan_lines, plan_size, planned_tasks

    if not (0 <= arguments.agreement < 1 and 0 < arguments.power < 1 and arguments.models > 0):
        raise UsageError(
            Text(
                "--agreement and --power are shares between 0 and 1, --models a number above 0.",
                "--agreement と --power は 0 から 1 の割合、--models は 1 以上の数です。",
            )
        )
    tasks = planned_tasks(arguments.tasks, base=Path())
    comparisons = len(tasks) * arguments.models
    differing = 1 - arguments.agreement
    found = plan_size(tasks, differing=differing, comparisons=comparisons, power=arguments.power)
    for line in plan_lines(found, arguments.language, differing=differing, comparisons=comparisons):
        print(line)
    return 0


def list_tasks(arguments: argparse.Namespace) -> int:
    """Print name, group, kind, number of items, templates and title of every shipped task."""
    from tekio.evaluate.tasks import load_task, shipped_tasks

    for name in shipped_tasks():
        spec = load_task(name, base=Path()).spec
        items = "/".join(str(count) for count in spec.data.items) or "-"
        templates = ", ".join(spec.templates) or "-"
        print(
            f"{name:20} {spec.group:8} {spec.kind:10} {items:>6}  {say(Text(spec.title, spec.title_ja), arguments.language)}"
        )
        print(f"{'':20} {say(Text('templates', '版'), arguments.language)}: {templates}")
    return 0


def _build(arguments: argparse.Namespace, name: str) -> BuiltTask:
    from tekio.evaluate.tasks import load_task

    return load_task(name, base=Path()).build(
        arguments.data,
        template=arguments.template,
        protocol=arguments.protocol,
        shots=arguments.shots,
        limit=None,
        seed=arguments.seed,
        pool=arguments.demonstrations,
    )


def show_task(arguments: argparse.Namespace) -> int:
    """Print what a task is; with its data, also the chosen item as it is sent."""
    from tekio.evaluate.tasks import load_task
    from tekio.evaluate.tasks.build import request_text

    task = load_task(arguments.task, base=Path())
    spec = task.spec
    title = say(Text(spec.title, spec.title_ja or spec.title), arguments.language)
    print(f"{spec.name}:{f' {title}' if title else ''} ({spec.group}, {spec.kind})")
    told = [(Text("license", "ライセンス"), spec.license), (Text("note", "注記"), spec.note)]
    told += [(Text(f"protocol {name}", f"手順 {name}"), protocol.note) for name, protocol in spec.protocols.items()]
    told += [(Text(f"template {name}", f"書式 {name}"), template.note) for name, template in spec.templates.items()]
    for label, value in told:
        if value or label.en != "note":
            print(f"{say(label, arguments.language)}: {value}".removesuffix(": "))
    if arguments.data is None and task.folder is None:
        print(say(Text("(give --data to see an item)", "(--data を付けると問題を表示します)"), arguments.language))
        return 0
    built = _build(arguments, arguments.task)
    position: int = min(max(arguments.item, 0), built.n - 1)
    shown, key = built.items[position].id, built.prompt_hash[:16]
    words = Text(
        f"{built.n} items, prompt hash {key}, item {shown}", f"{built.n} 問、プロンプトのハッシュ {key}、問題 {shown}"
    )
    print(f"--- {say(words, arguments.language)}")
    print(request_text(built.requests[position]).replace("\x1f", "\n--- "))
    print(f"--- {say(Text('gold', '正解'), arguments.language)}: {built.items[position].answers}")
    return 0


def hash_task(arguments: argparse.Namespace) -> int:
    """Print the prompt hash (16 hex digits) as published; where other prompts are sent, theirs on a second line."""
    digits = 64 if arguments.full else 16
    built = _build(arguments, arguments.task)
    if built.spec.hashed_as:
        print(_build(arguments, built.spec.hashed_as).prompt_hash[:digits])
        sent = say(Text("the prompts that are sent", "実際に送るプロンプト"), arguments.language)
        print(f"{built.prompt_hash[:digits]}  {sent}")
        return 0
    print(built.prompt_hash[:digits])
    return 0


def show_board(arguments: argparse.Namespace) -> int:
    """Print the board by its own rule and the honest table, with our models among them if results are given."""
    from tekio.artifacts.model import read_artifact
    from tekio.artifacts.results import Results
    from tekio.evaluate.results.leaderboard import board_lines, read_board, with_own

    board = read_board(arguments.folder)
    if arguments.results is not None:
        path = arguments.results / "results.json" if arguments.results.is_dir() else arguments.results
        board = with_own(board, read_artifact(Results, path))
    for line in board_lines(
        board, arguments.language, template=arguments.template.removeprefix("1.0-"), top=arguments.limit or 0
    ):
        print(line)
    return 0


def show_contamination(arguments: argparse.Namespace) -> int:
    """Print how many items of a task stand in training text; write the matching spans; fail above a limit."""
    from tekio.artifacts.model import write_lines
    from tekio.contamination.training_text import read_sources, thresholds_of
    from tekio.errors import LimitError
    from tekio.evaluate.results.contamination import find_contamination, finding_rows, summary
    from tekio.evaluate.results.load_results import read_saved

    built = _build(arguments, arguments.task)
    sources = (entry for path in arguments.text for entry in read_sources(path))
    rule = thresholds_of(arguments.text[0])
    if arguments.containment is not None:
        rule = rule.model_copy(update={"containment": arguments.containment})
    findings = find_contamination([built], sources, rule)[0]
    scores = read_saved(arguments.evaluation, built) if arguments.evaluation else None
    found = summary(built, findings, scores)
    lines = {
        Text("items", "問題"): found.n,
        Text("long enough to be looked for", "照合できる長さの問題"): found.checked,
        Text("question seen in the text", "問題文が文書中にある"): found.question_seen,
        Text("right answer beside it", "その近くに正解もある"): found.answer_seen,
        Text("an option seen", "選択肢が文書中にある"): found.option_seen,
    }
    for name, value in lines.items():
        print(f"{value:>8}  {say(name, arguments.language)}")
    for label, metrics in found.scores.items():
        for name, value in metrics.items():
            every, clean = (NO_NUMBER if part is None else f"{part:.4f}" for part in (value.all, value.clean))
            print(f"{label} {name}: {every} -> {clean} ({value.n_clean} clean)")
    if arguments.out:
        write_lines(arguments.out, finding_rows(built, findings, "text"))
    share = found.question_seen / found.n
    if arguments.fail_above is not None and share > arguments.fail_above:
        raise LimitError(
            Text(
                f"{share:.1%} of the items of {built.name} are in the training text.",
                f"{built.name} の問題の {share:.1%} が学習文書に含まれています。",
            ),
            why=f"--fail-above {arguments.fail_above}",
            fix=Text("Remove them from the corpus (corpus.decontaminate).", "corpus.decontaminate で除いてください。"),
        )
    return 0
