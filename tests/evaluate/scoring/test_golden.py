"""The scorer gives lm-eval's numbers: log-likelihoods within 1e-4, the same greedy flags, the same token ids."""

# pyright: standard

import pytest

from evaluate.golden import choice_request, expected, golden_items, golden_model
from tekio.evaluate.scoring.capability import prepare
from tekio.evaluate.scoring.encode import encode_choices, make_encoder
from tekio.evaluate.scoring.requests import RollingRequest
from tekio.evaluate.scoring.rolling_loglikelihood import encode_rolling, score_rolling
from tekio.evaluate.scoring.score import score_choices

pytestmark = pytest.mark.real

TOLERANCE = 1e-4


def check_choices(folder: str, kind: str, *, max_length: int = 4096, share: bool = True, every: int = 1) -> int:
    model, tokenizer = golden_model(kind)
    scoring = prepare(model)
    assert scoring.tree, "the golden models must be scored over shared prefixes"
    assert scoring.apart
    if not share:
        scoring = scoring.able(tree=False, apart=False)
    encoder = make_encoder(tokenizer, max_length, boundary="lm-eval", bos="never")
    checked = 0
    for items in golden_items(folder).values():
        if not items[0].get("continuations"):
            continue
        items = items[::every]
        encoded = encode_choices([choice_request(item) for item in items], encoder)
        for item, choice in zip(items, encoded, strict=True):
            fed = [item["context_ids"] + continuation for continuation in item["continuation_ids"]]
            assert [list(candidate.ids) for candidate in choice.candidates] == fed
        found = {score.item: score for batch in score_choices(scoring, encoded, batch_tokens=2048) for score in batch}
        for item in items:
            score = found[str(item["doc_id"])]
            values, greedy = expected(item)
            assert score.loglikelihoods == pytest.approx(values, abs=TOLERANCE)
            assert list(score.greedy) == greedy
            checked += len(values)
    return checked


@pytest.mark.parametrize("share", [True, False])
@pytest.mark.parametrize("kind", ["unigram", "bbpe"])
def test_own_exam_with_both_tokenizers(kind: str, share: bool):
    assert check_choices(f"mini-{kind}-0.4.9.1", kind, share=share) > 250


def test_chabsa_in_seven_templates():
    assert check_choices("chabsa-unigram-0.4.9.1", "unigram") == 7 * 24 * 2


def test_exams_in_nine_templates_every_sixth_item():
    assert check_choices("finharness-small-unigram-0.4.9.1", "unigram", every=6) > 400


def test_few_shot_and_chat_prompts():
    assert check_choices("extras-unigram-0.4.9.1", "unigram", max_length=512, every=3) > 150


@pytest.mark.heavy
@pytest.mark.parametrize(
    "folder", ["finharness-small-unigram-0.4.9.1", "finharness-bigdefault-unigram-0.4.9.1", "extras-unigram-0.4.9.1"]
)
def test_every_item_of_every_golden_folder(folder: str):
    assert check_choices(folder, "unigram", max_length=512 if folder.startswith("extras") else 4096) > 500


@pytest.mark.parametrize(
    ("folder", "kind", "window", "bits_per_byte"),
    [
        ("mini-unigram-0.4.9.1", "unigram", 256, 2.5615762019716386),
        ("mini-bbpe-0.4.9.1", "bbpe", 256, 2.8818594887568545),
        ("extras-unigram-0.4.9.1", "unigram", 512, 1.854850814446352),
    ],
)
def test_rolling_likelihood(folder: str, kind: str, window: int, bits_per_byte: float):
    model, tokenizer = golden_model(kind)
    scoring = prepare(model)
    items = golden_items(folder)["rolling"]
    encoder = make_encoder(tokenizer, window, boundary="lm-eval", bos="never")
    encoded = encode_rolling([RollingRequest(str(item["doc_id"]), item["context"]) for item in items], encoder)
    found = {score.item: score for batch in score_rolling(scoring, encoded, batch_tokens=1024) for score in batch}
    assert max(score.windows for score in found.values()) > 1
    for item in items:
        wanted = -item["loglikelihood"] if "loglikelihood" in item else -item["output"][0]
        # lm-eval sums in float32, whose step at 2,000 nats is 1.2e-4
        assert found[str(item["doc_id"])].nats == pytest.approx(wanted, abs=TOLERANCE, rel=2e-7)
    nats = sum(score.nats for score in found.values())
    length = sum(score.bytes for score in found.values())
    assert nats / length / 0.6931471805599453 == pytest.approx(bits_per_byte, abs=1e-6)


def test_a_byte_level_bpe_loses_a_newline_in_lm_eval_and_none_in_the_lossless_way():
    _, tokenizer = golden_model("bbpe")
    requests = [choice_request(item) for item in golden_items("mini-bbpe-0.4.9.1")["exam_colon_newline"]]
    as_lm_eval = encode_choices(requests, make_encoder(tokenizer, 4096, boundary="lm-eval", bos="never"))
    lossless = encode_choices(requests, make_encoder(tokenizer, 4096, boundary="lossless", bos="never"))
    assert [item.lost_characters for item in as_lm_eval] == [1] * len(requests)
    assert [item.lost_characters for item in lossless] == [0] * len(requests)
    for request, item in zip(requests, lossless, strict=True):
        for choice, candidate in zip(request.continuations, item.candidates, strict=True):
            assert tokenizer.decode(candidate.ids) == request.prompt + choice
