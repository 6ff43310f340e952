"""A damaged checkpoint is skipped for an older one, and the result is the same bytes."""

# pyright: standard

from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from tekio.train import loop, make_base, pretrain
from tekio.train.checkpoint import checkpoints, is_sound, newest_state, save_checkpoint
from tekio.train.process_group import World
from train.tiny_inputs import base_config, make_corpus, pretrain_config


def flip_a_bit(checkpoint: Path) -> None:
    path = checkpoint / "state.safetensors"
    data = bytearray(path.read_bytes())
    data[-5] ^= 1
    path.write_bytes(data)


def cut_off(checkpoint: Path) -> None:
    path = checkpoint / "state.safetensors"
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def add_a_file(checkpoint: Path) -> None:
    (checkpoint / "foreign.json").write_text("{}")


DAMAGES: dict[str, Callable[[Path], object]] = {
    "a flipped bit": flip_a_bit,
    "cut off": cut_off,
    "weights gone": lambda place: (place / "state.safetensors").unlink(),
    "state emptied": lambda place: (place / "state.json").write_text(""),
    "state without hashes": lambda place: (place / "state.json").write_text('{"step": 99}'),
    "a foreign file": add_a_file,
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_the_older_checkpoint_counts_when_the_newest_is_damaged(tmp_path: Path, damage: str):
    for step in (1, 2, 3):
        save_checkpoint(tmp_path, step, {"model|a": torch.full((4,), float(step))}, {}, world=World(), shards=False)
    assert [place.name[-1] for place in checkpoints(tmp_path)] == ["2", "3"]
    assert all(is_sound(place) for place in checkpoints(tmp_path))
    DAMAGES[damage](checkpoints(tmp_path)[-1])
    state = newest_state(tmp_path)
    assert state is not None
    assert state["step"] == 2
    DAMAGES[damage](checkpoints(tmp_path)[-1])
    assert newest_state(tmp_path) is None
    assert checkpoints(tmp_path) == []


class Stopped(BaseException):
    """What a kill looks like from inside."""


@pytest.mark.parametrize("damaged", [1, 2])
def test_a_run_with_damaged_checkpoints_ends_with_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damaged: int
):
    corpus = make_corpus(tmp_path / "corpus")
    make_base(base_config(), tmp_path / "base", corpus=corpus, seed=3)
    config = pretrain_config(max_steps=8)
    pretrain(config, tmp_path / "whole", base=tmp_path / "base", corpus=corpus, seed=3)
    plain = loop._step

    def stopping(job, strategy, step, *more):
        if step == 7:
            raise Stopped
        return plain(job, strategy, step, *more)

    with monkeypatch.context() as patch:
        patch.setattr(loop, "_step", stopping)
        with pytest.raises(Stopped):
            pretrain(config, tmp_path / "stopped", base=tmp_path / "base", corpus=corpus, seed=3)
    places = checkpoints(tmp_path / "stopped.partial" / "checkpoints")
    assert [int(place.name[5:]) for place in places] == [4, 6]
    for place in places[-damaged:]:
        flip_a_bit(place)
    pretrain(config, tmp_path / "stopped", base=tmp_path / "base", corpus=corpus, seed=3)
    for name in ("model/model.safetensors", "metrics.jsonl"):
        assert (tmp_path / "stopped" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
