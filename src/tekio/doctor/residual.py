"""The instruction residual: whether `residual.instruct` is a tuned form of the base, and whether its weights can be judged."""

from __future__ import annotations

from collections.abc import Iterator

from tekio.doctor.findings import Finding, failure
from tekio.errors import TekioError, Text
from tekio.recipe import Recipe
from tekio.recipe.residual import ResidualConfig


def check_residual(recipe: Recipe, config: ResidualConfig) -> Iterator[Finding]:
    """Tokens and tensors that are others than the base's, a template that is not there, weights without anything to judge by."""
    from tekio.model.check import check_model
    from tekio.model.load import load_tokenizer, model_folder
    from tekio.model.residual import require_fit
    from tekio.model.templates import CHAT, get_template

    records = any(getattr(recipe, name) is not None for name in recipe.record_stages)
    try:
        check_model(config.instruct.path)
        folder = model_folder(config.instruct.path)
        if recipe.base is not None and recipe.base.model is not None:
            require_fit(folder, model_folder(recipe.base.model.path))
        if config.template != CHAT:
            get_template(config.template)
        elif records and config.judge != "documents" and not load_tokenizer(folder).chat_template:
            yield Finding(
                "failure",
                "residual.template",
                Text(
                    "the instruction-tuned model has no chat template to ask the validation records with; name another",
                    "指示チューニング済みモデルに chat template がありません。別のテンプレートを指定してください",
                ),
            )
    except TekioError as error:
        yield failure("residual.instruct", error)
        return
    kept = recipe.corpus is not None and recipe.corpus.held_out.share > 0
    if len(config.weight) > 1 and not (
        records if config.judge == "records" else kept if config.judge == "documents" else records or kept
    ):
        yield Finding(
            "failure",
            "residual.weight",
            Text(
                "several weights and nothing to judge them by: keep validation records or held-out documents aside, or give one",
                "重みが複数ありますが判定するデータがありません。検証用の指示データか評価用文書を確保するか、重みを一つにしてください",
            ),
        )
