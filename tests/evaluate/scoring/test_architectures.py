"""Any causal LM of transformers: shared prefixes give the plain numbers, and where they cannot, the plain way is taken."""

# pyright: standard

from typing import Any

import pytest
import torch

from evaluate.scoring.test_batching import encoded, exam
from tekio.evaluate.scoring import score as score_module
from tekio.evaluate.scoring.capability import prepare
from tekio.evaluate.scoring.encode import EncodedChoice
from tekio.evaluate.scoring.forward import ScoringModel, scoring_model
from tekio.evaluate.scoring.score import plan_choices, score_choices

VOCABULARY = 6000
SIZE: dict[str, Any] = {
    "vocab_size": VOCABULARY,
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 8,
    "max_position_embeddings": 512,
    "initializer_range": 0.3,
}
HALF: dict[str, Any] = {name: value for name, value in SIZE.items() if name not in ("num_key_value_heads", "head_dim")}


def make(name: str, **options: Any) -> Any:
    import transformers

    torch.manual_seed(0)
    config = getattr(transformers, f"{name}Config")(**options)
    kind = f"{name}LMHeadModel" if name == "GPT2" else f"{name}ForCausalLM"
    return getattr(transformers, kind)(config).eval()


MODELS = {
    "Llama": lambda: make("Llama", **SIZE),
    "Qwen2": lambda: make("Qwen2", **SIZE),
    "Qwen3": lambda: make("Qwen3", **SIZE),
    "Mistral": lambda: make("Mistral", **SIZE, sliding_window=None),
    "Gemma": lambda: make("Gemma", **SIZE),
    "Gemma2": lambda: make("Gemma2", **SIZE, sliding_window=512),
    "Gemma3": lambda: make_gemma3(512),
    "GPT2": lambda: make(
        "GPT2", vocab_size=VOCABULARY, n_embd=32, n_layer=2, n_head=4, n_positions=512, initializer_range=0.3
    ),
    "GPTNeoX": lambda: make("GPTNeoX", **HALF),
}


def make_gemma3(window: int) -> Any:
    from transformers import Gemma3ForCausalLM, Gemma3TextConfig

    torch.manual_seed(0)
    return Gemma3ForCausalLM(Gemma3TextConfig(**SIZE, sliding_window=window)).eval()


PLAIN_ONLY = {
    "Mamba": lambda: make(
        "Mamba", vocab_size=VOCABULARY, hidden_size=32, num_hidden_layers=2, state_size=4, initializer_range=0.3
    ),
    "Bloom": lambda: make("Bloom", vocab_size=VOCABULARY, hidden_size=32, n_layer=2, n_head=4, initializer_range=0.3),
}


def values(scoring: ScoringModel, items: list[EncodedChoice], batch_tokens: int = 1024) -> dict[str, tuple[float, ...]]:
    found = [score for batch in score_choices(scoring, items, batch_tokens=batch_tokens) for score in batch]
    return {score.item: score.loglikelihoods for score in found}


def reference(model: Any, items: list[EncodedChoice]) -> dict[str, list[float]]:
    """One sequence at a time through the model's own logits."""
    found: dict[str, list[float]] = {}
    with torch.inference_mode():
        for item in items:
            found[item.item] = []
            for candidate in item.candidates:
                logits = model(input_ids=torch.tensor([candidate.ids])).logits[0].float().log_softmax(-1)
                first = len(candidate.ids) - candidate.scored
                places = range(first, len(candidate.ids))
                found[item.item].append(sum(float(logits[place - 1, candidate.ids[place]]) for place in places))
    return found


def same(found: dict[str, tuple[float, ...]], wanted: dict[str, list[float]]) -> None:
    assert set(found) == set(wanted)
    for name, expected in wanted.items():
        assert list(found[name]) == pytest.approx(expected, abs=1e-3, rel=2e-5)


@pytest.fixture(scope="module")
def items() -> list[EncodedChoice]:
    return encoded(exam(6, description=60, question=15, choices=3, choice=4))


@pytest.mark.parametrize("name", list(MODELS))
def test_shared_prefixes_give_the_models_own_numbers(name: str, items: list[EncodedChoice]):
    model = MODELS[name]()
    scoring = prepare(model)
    assert scoring.tree
    assert any(batch.prefix for batch in plan_choices(scoring, items, 1024))
    wanted = reference(model, items)
    same(values(scoring, items), wanted)
    same(values(scoring.able(tree=False, apart=False), items), wanted)


@pytest.mark.parametrize("name", list(PLAIN_ONLY))
def test_models_that_cannot_share_are_scored_row_by_row(name: str, items: list[EncodedChoice]):
    model = PLAIN_ONLY[name]()
    scoring = prepare(model)
    assert not scoring.tree
    same(values(scoring, items), reference(model, items))


@pytest.mark.parametrize("name", ["Mistral", "Gemma3", "Qwen2"])
def test_sequences_longer_than_a_sliding_window_are_scored_row_by_row(name: str):
    window = 64
    if name == "Gemma3":
        model = make_gemma3(window)
    elif name == "Qwen2":
        model = make("Qwen2", **SIZE, use_sliding_window=True, sliding_window=window, max_window_layers=1)
    else:
        model = make(name, **SIZE, sliding_window=window)
    scoring = prepare(model)
    assert scoring.window == window
    items = encoded([*exam(4, description=20, question=20, choice=5), *exam(4, description=60, question=20, choice=5)])
    plans = plan_choices(scoring, items, 1024)
    assert {batch.plain for batch in plans} == {True, False}
    same(values(scoring, items), reference(model, items))


def test_only_needed_positions_are_projected(items: list[EncodedChoice]):
    model = MODELS["Llama"]()
    scoring = prepare(model)
    seen: list[int] = []
    model.lm_head.register_forward_hook(lambda _m, given, _out: seen.append(given[0].reshape(-1, 32).shape[0]))
    values(scoring, items)
    needed = sum(candidate.scored for item in items for candidate in item.candidates)
    assert sum(seen) < needed + 30  # and one position a row where the model's own call is cut short


def test_a_model_that_changes_its_logits_afterwards_is_projected_by_itself(items: list[EncodedChoice]):
    model = make("Gemma2", **SIZE, sliding_window=512, final_logit_softcapping=1.0)
    scoring = prepare(model)
    assert scoring.tree
    assert not scoring.apart
    same(values(scoring, items), reference(model, items))


def test_an_adapter_is_scored_with_its_base(items: list[EncodedChoice]):
    from peft import LoraConfig, get_peft_model

    model = get_peft_model(
        MODELS["Llama"](), LoraConfig(r=2, target_modules=["q_proj", "v_proj"], init_lora_weights=False)
    )
    model.eval()
    scoring = prepare(model)
    assert scoring.tree
    assert scoring.apart
    same(values(scoring, items), reference(model, items))
    with model.disable_adapter():
        plain = reference(model, items)
    assert plain != reference(model, items)


def test_a_full_memory_halves_the_batch_and_gives_the_same_numbers(
    items: list[EncodedChoice], monkeypatch: pytest.MonkeyPatch
):
    scoring = prepare(MODELS["Llama"]())
    wanted = values(scoring, items)
    original = score_module.read_batch
    refused: list[int] = []

    def small_memory(scoring: Any, inputs: torch.Tensor, *rest: Any) -> Any:
        if inputs.numel() > 120:
            refused.append(inputs.numel())
            raise torch.OutOfMemoryError("out of memory")
        return original(scoring, inputs, *rest)

    monkeypatch.setattr(score_module, "read_batch", small_memory)
    found = values(scoring, items, batch_tokens=4096)
    assert 0 < len(refused) <= 4, "what did not fit once is not tried again"
    same(found, {name: list(value) for name, value in wanted.items()})


def small_device(model: Any, tokens: int) -> list[int]:
    """Let the model itself run out of memory above so many tokens in one call; the list collects what was refused."""
    refused: list[int] = []

    def check(_module: Any, _arguments: Any, named: dict[str, Any]) -> None:
        if named["input_ids"].numel() > tokens:
            refused.append(named["input_ids"].numel())
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")

    model.register_forward_pre_hook(check, with_kwargs=True)
    return refused


@pytest.mark.parametrize(("tree", "room"), [(True, 100), (False, 160)])
def test_a_model_that_runs_out_of_memory_gives_the_same_scores(tree: bool, room: int, items: list[EncodedChoice]):
    model = MODELS["Llama"]()
    scoring = prepare(model).able(tree=tree, apart=True)
    wanted = values(scoring, items, batch_tokens=4096)
    refused = small_device(model, room)
    found = values(scoring, items, batch_tokens=4096)
    assert refused
    same(found, {name: list(value) for name, value in wanted.items()})


def test_held_out_text_and_generation_back_off_too(tmp_path):
    from model.tiny import save_tiny
    from tekio.evaluate.scoring.encode import make_encoder
    from tekio.evaluate.scoring.generation import score_generation
    from tekio.evaluate.scoring.requests import GenerationRequest, RollingRequest
    from tekio.evaluate.scoring.rolling_loglikelihood import encode_rolling, score_rolling
    from tekio.model.load import load_model

    loaded = load_model(save_tiny(tmp_path), device="cpu")
    scoring = prepare(loaded.model)
    encoder = make_encoder(loaded.tokenizer, 128)
    texts = [RollingRequest(str(number), "当社の売上高は増加した。" * (number + 1)) for number in range(8)]
    asked = [GenerationRequest(str(number), "当社の売上高は" * (number + 1), 4) for number in range(8)]

    def everything() -> tuple[dict[str, float], dict[str, str]]:
        rolled = score_rolling(scoring, encode_rolling(texts, encoder), batch_tokens=4096)
        answered = score_generation(loaded, encoder, asked, batch_tokens=4096)
        return (
            {score.item: score.nats for batch in rolled for score in batch},
            {score.item: score.text for batch in answered for score in batch},
        )

    nats, replies = everything()
    refused = small_device(loaded.model, 150)
    fewer_nats, fewer_replies = everything()
    assert len(refused) >= 2
    assert fewer_nats == pytest.approx(nats, rel=1e-5)
    assert fewer_replies == replies


def test_an_item_that_never_fits_is_named(items: list[EncodedChoice], monkeypatch: pytest.MonkeyPatch):
    from tekio.errors import TekioError

    def no_memory(*_: Any) -> Any:
        raise RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried to allocate 1 bytes")

    scoring = scoring_model(MODELS["Llama"]()).able(tree=True, apart=True)
    monkeypatch.setattr(score_module, "read_batch", no_memory)
    with pytest.raises(TekioError, match="single item") as caught:
        values(scoring, items[:2])
    assert caught.value.where in ("0", "1")


def test_half_precision_is_scored_too(items: list[EncodedChoice]):
    scoring = prepare(MODELS["Llama"]().to(torch.bfloat16))
    assert scoring.tree
    found, wanted = values(scoring, items), values(scoring.able(tree=False, apart=False), items)
    for name in wanted:
        assert list(found[name]) == pytest.approx(list(wanted[name]), rel=0.1)
