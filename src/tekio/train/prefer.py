"""The stage after tuning: learning which of two answers is preferred (`tekio.train.preference`)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportPrivateImportUsage=false
# (torch and transformers have no complete type information)

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from tekio.artifacts.training import PreferenceFacts
from tekio.errors import NothingError, RecipeError, Text
from tekio.hashes import input_hash
from tekio.instruct.preferences.build import build_pairs
from tekio.instruct.preferences.pair import Pair, read_pairs
from tekio.instruct.preferences.rows import pair_files
from tekio.instruct.screen.personal import record_key
from tekio.model.load import adapter_info, attach_adapter, choose_device, load_tokenizer, load_weights, model_folder
from tekio.model.special_marks import special_marks
from tekio.progress import remark
from tekio.recipe import Recipe
from tekio.recipe.instruct import ScreenConfig
from tekio.recipe.prefer import PairsConfig, PreferConfig
from tekio.recipe.train import TuneConfig
from tekio.store import (
    Input,
    Manifest,
    Workspace,
    describe_input,
    is_planning,
    require_replaceable,
    sha256_json,
)
from tekio.text.personal_data.pseudonyms import PseudonymKey, key_input
from tekio.train.estimate import frozen_type
from tekio.train.examples import encode_record
from tekio.train.material import Material
from tekio.train.packing import Example, Rows, TokenCount
from tekio.train.preference import PairLoss
from tekio.train.process_group import join_world, local_device
from tekio.train.shared_stage import build_once, run_together
from tekio.train.training import train_and_save
from tekio.visible import shown_name


def prefer(
    config: PreferConfig,
    tune: TuneConfig,
    out: Path,
    *,
    model: Path,
    seed: int,
    screen: ScreenConfig | None = None,
    release: str = "internal",
    special_tokens: Sequence[str] = (),
) -> Manifest:
    """Direct preference optimization of a tuned model; its adapter goes on, or all weights where all were tuned.

    tune: how `model`, the finished `tune/` folder, was made. screen, release, special_tokens: those of the records, which hold for
    pairs too. The reference is the tuned model itself. Writes the pairs beside the model (docs/formats.md).
    """
    screen = screen or ScreenConfig()
    if not is_planning():
        require_replaceable("prefer", out)  # before a key is made beside the recipe
    key = record_key(screen.personal_data) if "personal_data" not in screen.off else None
    plain = screen.plain() | {"personal_data": screen.personal_data.without_place(), "marks": sorted(special_tokens)}
    inputs = [describe_input(model, "tuned"), *map(_input, config.pairs)]
    inputs.append(Input("screen", sha256_json([plain, release]), "file"))
    inputs += [
        Input(f"contamination:{path.written}", sha256_json([input_hash(file) for file in path.files()]), "folder")
        for path in screen.contamination.items
    ]
    inputs += [] if key is None else [key_input(key)]

    def work(space: Workspace) -> None:
        _prefer(config, tune, space, model, out, screen, release, special_tokens, key)

    # The rule by which test items were kept out, as the manifest of `instruct` has it: evaluation looks for them by the same.
    settings = config.plain() | {"screen": {"contamination": plain["contamination"]}}
    return run_together("prefer", out, config=settings, inputs=inputs, seed=seed, work=work)


def prefer_in(recipe: Recipe, run: Path) -> Manifest:
    """`prefer` as a recipe has it, in its run folder."""
    assert recipe.prefer is not None
    assert recipe.tune is not None
    base = recipe.base.model.path if recipe.base is not None and recipe.base.model is not None else None
    return prefer(
        recipe.prefer,
        recipe.tune,
        run / "prefer",
        model=run / "tune",
        seed=recipe.seed,
        screen=recipe.record_screen,
        release=recipe.record_release,
        special_tokens=special_marks(base) if base is not None else [],
    )


def _prefer(
    config: PreferConfig,
    tune: TuneConfig,
    space: Workspace,
    model: Path,
    out: Path,
    screen: ScreenConfig,
    release: str,
    special_tokens: Sequence[str],
    key: PseudonymKey | None,
) -> None:
    folder, training = model_folder(model), config.as_training(tune)
    if join_world().first and not (space.path / "pairs.json").is_file():
        build_pairs(config, screen, release, space, special_tokens=special_tokens, key=key)
    join_world().barrier()
    tokenizer = load_tokenizer(folder)
    dropped = TokenCount()
    rows = pair_rows(space, "rows-0", training, tokenizer, space.path / "train.jsonl", dropped)
    _require_pairs(config, rows)
    aside = pair_rows(space, "validation", training, tokenizer, space.path / "validation.jsonl", TokenCount())
    network = tuned_network(training, folder)
    info = adapter_info(folder)
    left = rows.count.texts_dropped // 2
    train_and_save(
        training,
        space,
        network,
        tokenizer,
        Material([rows], {"validation": aside} if len(aside) else {}),
        adapter_base=None if info is None else info.base,
        final=out,
        stage="prefer",
        objective=PairLoss(config.beta, config.label_smoothing, space.scratch("reference")),
        preference=PreferenceFacts(
            method=config.method,
            beta=config.beta,
            label_smoothing=config.label_smoothing,
            pairs=len(rows.items) // 2,
            dropped=left,
        ),
    )
    space.counts.update(pairs=len(rows.items) // 2, pairs_dropped=left)


def _input(source: PairsConfig) -> Input:
    files = pair_files(source)
    found = sha256_json([[shown_name(Path(file.name)), input_hash(file)] for file in files])
    return Input(f"pairs:{source.name}", found, "folder", files=tuple(files))


def tuned_network(config: TuneConfig, folder: Path) -> Any:
    """What is trained: the tuned adapter on its frozen base, or all weights. Without dropout, so that a reward is the answer's and
    not the dice's (as TRL does).
    """
    import torch

    device, info = local_device(choose_device("auto")), adapter_info(folder)
    if info is None:
        network = load_weights(folder, dtype="fp32", device=device)
    else:
        base = load_weights(info.base, dtype=frozen_type(config, device), device=device)
        network = attach_adapter(base, folder, trainable=True)
    for module in network.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
    return network


def pair_rows(space: Workspace, name: str, config: TuneConfig, tokenizer: Any, file: Path, dropped: TokenCount) -> Rows:
    """The pairs of a file, packed so that both answers stand in one row."""
    examples = pair_examples(tokenizer, read_pairs(file), template=config.template)
    return build_once(
        space.scratch(name),
        _kept(examples, config.sequence_length, dropped),
        config.sequence_length,
        packed=config.packing,
        dropped=dropped,
        together=2,
    )


def pair_examples(tokenizer: Any, pairs: Iterable[Pair], *, template: str) -> Iterator[tuple[Example, Example]]:
    """Each pair as two texts, the preferred first; only the last answer's tokens carry loss."""
    for pair in pairs:
        found = [
            encode_record(tokenizer, record, template=template, loss_on="response")
            for record in (pair.record, pair.other)
        ]
        answers = [pair.record.output, pair.rejected]
        both = [_last_answer(one, text) for one, text in zip(found, answers, strict=True) if one is not None]
        if len(both) == 2:
            yield both[0], both[1]


def _last_answer(example: Example, answer: str) -> Example:
    flags = list(example.learned or [])
    begin = len(flags) - next(place for place, flag in enumerate([*reversed(flags), False]) if not flag)
    return Example(example.ids, [place >= begin for place in range(len(flags))], len(answer))


def _kept(pairs: Iterable[tuple[Example, Example]], width: int, dropped: TokenCount) -> Iterator[Example]:
    """The texts of the pairs that fit into a row; the others are counted in `dropped`."""
    for both in pairs:
        tokens = sum(len(one.ids) for one in both)
        if tokens > width:
            dropped.into += tokens
            dropped.dropped += tokens
            dropped.texts_dropped += 2
            continue
        # Characters are those of the preferred answers: what bits per character on validation pairs are divided by.
        yield both[0]
        yield Example(both[1].ids, both[1].learned, 0)


def _require_pairs(config: PreferConfig, rows: Rows) -> None:
    """Say how many pairs are left out for length. Raises when they are too many, or none is left."""
    left, there = rows.count.texts_dropped // 2, len(rows.items) // 2
    words = pairs_left_out(config, left, there)
    if left and join_world().first:
        remark("prefer", words)
    require_pairs_fit(config, left, there)


def pairs_left_out(config: PreferConfig, left: int, there: int) -> Text:
    """How many pairs do not fit into a row. there: those that do."""
    return Text(
        f"{left:,} of {left + there:,} pairs left out: both answers with their question are longer than sequence_length "
        f"{config.sequence_length:,}",
        f"{left + there:,} 組中 {left:,} 組を除外(質問と二つの回答が sequence_length {config.sequence_length:,} を超過)",
    )


def require_pairs_fit(config: PreferConfig, left: int, there: int) -> None:
    """Raise `NothingError` when no pair fits, and `RecipeError` when more than `max_dropped` of them do not."""
    words = pairs_left_out(config, left, there)
    if not there:
        raise NothingError(Text("No pair is left to learn from.", "学習に使える回答の組がありません。"), why=words)
    if left / (left + there) > config.max_dropped:
        raise RecipeError(
            Text("Too much would be left out of the training.", "学習から除かれるものが多すぎます。"),
            where="prefer.max_dropped",
            why=words,
            fix=Text(
                f"Raise sequence_length, or max_dropped (now {config.max_dropped:g}) if this is meant.",
                f"sequence_length を上げるか、意図どおりなら max_dropped(現在 {config.max_dropped:g})を上げてください。",
            ),
        )
