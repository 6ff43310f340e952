"""Small built tasks and scores for the tests of metrics and results."""

from collections.abc import Sequence

from tekio.evaluate.scoring.requests import ChoiceRequest, ChoiceScore
from tekio.evaluate.tasks.build import BuiltTask, prompt_hash
from tekio.evaluate.tasks.items import Item
from tekio.evaluate.tasks.schema import TaskSpec, Template


def choice_task(
    golds: Sequence[int],
    choices: Sequence[str] = ("A", "B", "C", "D"),
    *,
    name: str = "exam",
    group: str = "finance",
    labels: bool = False,
    metrics: Sequence[str] = ("acc",),
    clusters: Sequence[str] | None = None,
    template: str = "default",
) -> BuiltTask:
    """A task whose items all have the same choices."""
    spec = TaskSpec(
        name=name,
        license="CC0",
        options=list(choices) if labels else [],
        metrics=list(metrics),
        templates={template: Template(prompt="?")},
    )
    items = tuple(
        Item(str(n), {}, tuple(choices), gold, ("-",), clusters[n] if clusters else str(n))
        for n, gold in enumerate(golds)
    )
    requests = tuple(ChoiceRequest(item.id, f"question {item.id}", tuple(choices)) for item in items)
    return BuiltTask(
        spec,
        template,
        "plain",
        0,
        1,
        "pool",
        items,
        requests,
        (tuple(choices),) * len(items),
        len(items),
        prompt_hash(requests),
        group,
    )


def answered(built: BuiltTask, predictions: Sequence[int]) -> list[ChoiceScore]:
    """Scores that choose `predictions`."""
    return [
        ChoiceScore(
            item.id,
            tuple(-1.0 if option == predicted else -5.0 for option in range(len(texts))),
            (False,) * len(texts),
            (1,) * len(texts),
        )
        for item, texts, predicted in zip(built.items, built.choices, predictions, strict=True)
    ]


def raw_scores(values: Sequence[Sequence[float]]) -> list[ChoiceScore]:
    """Scores with these log-likelihoods, items 0, 1, ..."""
    return [ChoiceScore(str(n), tuple(row), (False,) * len(row), (1,) * len(row)) for n, row in enumerate(values)]
