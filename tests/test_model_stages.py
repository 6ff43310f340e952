"""One table of labels and stages: whatever asks for a model of the run takes its stage and its place in the order from there."""

# pyright: standard

from typing import get_args

from tekio.model_stages import MODEL_STAGES, TRAINING_STAGES, ModelLabel, ModelStage, stages_behind
from tekio.pipeline import STAGES
from tekio.recipe import Recipe
from tekio.recipe.report import CompareConfig
from tekio.recipe.train import PretrainConfig
from tekio.report.contents import MODEL_WORDS, TRAINING_WORDS


def test_every_label_has_its_stage_its_words_and_its_place():
    assert tuple(MODEL_STAGES) == get_args(ModelLabel)
    assert tuple(MODEL_STAGES.values()) == get_args(ModelStage)
    assert [stage for stage in STAGES if stage in TRAINING_STAGES] == list(TRAINING_STAGES)
    assert set(MODEL_STAGES) == set(MODEL_WORDS)
    assert set(MODEL_STAGES.values()) <= set(TRAINING_WORDS)
    assert CompareConfig().models == list(MODEL_STAGES)


def test_a_stage_begins_with_the_model_before_it():
    assert Recipe(name="x").model_before("tune") == "base"
    assert Recipe(name="x", pretrain=PretrainConfig()).model_before("tune") == "pretrain"
    assert Recipe(name="x", pretrain=PretrainConfig()).model_before("pretrain") == "base"


def test_behind_a_model_stand_the_stages_that_made_it():
    assert stages_behind("base") == ()
    assert stages_behind("tuned")[:1] == ("pretrain",)
    assert stages_behind("tuned")[-1] == "tune"
    assert stages_behind("someone else's") == ()
