"""Which metrics there are: the shipped ones of each kind of task, and those of installed packages (`tekio.plugins.Metric`)."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence

from tekio.errors import Text, UsageError
from tekio.evaluate.tasks.schema import Kind
from tekio.plugins import Metric, installed, load_part

JUDGED = ("judge_score", "judge_first_turn", "judge_second_turn")
SHIPPED: dict[Kind, tuple[str, ...]] = {
    "choice": (
        *("acc", "map", "f1", "macro_f1", "mae", "quadratic_kappa", "mcc", "auc"),
        *("acc_without_neutral", "macro_f1_without_neutral"),
    ),
    "generation": ("acc", "exact_match", "acc_strict", "character_f1", "set_f1", "numerical_match", *JUDGED),
    "perplexity": ("bits_per_character", "bits_per_byte", "macro_perplexity", "token_perplexity"),
}
_CUT_RANK = re.compile(r"map_\d+")  # `map_2`: ranks past the second count 0


def is_shipped(name: str, kind: Kind) -> bool:
    """Whether Tekio itself knows a metric for a kind of task."""
    plain = name.removesuffix("_norm") if kind == "choice" else name
    return plain in SHIPPED[kind] or (kind == "choice" and _CUT_RANK.fullmatch(plain) is not None)


def installed_metric(name: str, kind: Kind) -> Metric | None:
    """The metric of an installed package for a kind of task; None where there is none or Tekio itself has one."""
    part = None if is_shipped(name, kind) else load_part(Metric, name)
    return part if part is not None and kind in part.kinds else None


def check_metrics(task: str, kind: Kind, names: Sequence[str]) -> None:
    """Raise `UsageError` for a metric that there is not for the kind of a task, before anything is scored."""
    for name in names:
        if is_shipped(name, kind) or installed_metric(name, kind) is not None:
            continue
        known = [*SHIPPED[kind], *installed("tekio.metrics")]
        near = difflib.get_close_matches(name, [item for item in known if item != name], 1)
        raise UsageError(
            Text(
                f"Task {task}: there is no metric `{name}` for {kind} tasks.",
                f"タスク {task}: {kind} に指標 `{name}` はありません。",
            ),
            fix=Text(
                f"{f'Did you mean `{near[0]}`? ' if near else ''}There are: {', '.join(known)}",
                f"{f'`{near[0]}` ではありませんか。' if near else ''}あるもの: {', '.join(known)}",
            ),
        )
