"""Loss stands exactly where it was asked for, and the end is always learned."""

# pyright: standard

import pytest
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors
from transformers import PreTrainedTokenizerFast

from model.tiny import tiny_tokenizer
from tekio.model.generate import encode_prompt
from tekio.model.templates import Segment, chat_template, render_prompt
from tekio.records import InstructionMeta, InstructionRecord, new_record
from tekio.train.examples import cut_example, document_examples, encode_record, encode_segments, record_examples
from tekio.train.packing import Example, TokenCount

EOS = 2


def record(
    question: str = "預金とは何ですか。", answer: str = "銀行に預けたお金です。", given: str | None = None
) -> InstructionRecord:
    return new_record(question, answer, InstructionMeta("faq", "made", "CC0-1.0", input=given))


def learned_text(tokenizer, example: Example) -> str:
    assert example.learned is not None
    return tokenizer.decode([t for t, flag in zip(example.ids, example.learned, strict=True) if flag])


def metaspace_tokenizer() -> PreTrainedTokenizerFast:
    """Llama-2 kind: a space is put before every text, so an answer encoded alone would start with one."""
    pieces = [("<unk>", 0.0), ("<s>", 0.0), ("</s>", 0.0)]
    characters = sorted(
        set(
            "▁預金とは何ですか。銀行に預けたお金です。以下はタスクを説明する指示です。要求適切満たすような返答書いてくださ### \n:入力"
        )
    )
    pieces += [(c, -5.0) for c in characters] + [("銀行", -2.0), ("です。", -2.0)]
    core = Tokenizer(models.Unigram(pieces, unk_id=0, byte_fallback=False))
    core.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first", split=False)
    core.decoder = decoders.Metaspace(prepend_scheme="first", split=False)
    core.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 1)])
    return PreTrainedTokenizerFast(tokenizer_object=core, bos_token="<s>", eos_token="</s>", unk_token="<unk>")


def merging_tokenizer() -> PreTrainedTokenizerFast:
    """Has a token that spans the border between a prompt ending in `は` and an answer starting with `A`."""
    vocabulary = {"<s>": 0, "<unk>": 1, "</s>": 2, "は": 3, "A": 4, "B": 5, "はA": 6}
    core = Tokenizer(models.BPE(vocabulary, [("は", "A")], unk_token="<unk>"))
    return PreTrainedTokenizerFast(tokenizer_object=core, eos_token="</s>", unk_token="<unk>")


@pytest.mark.parametrize("pad_is_eos", [False, True])
@pytest.mark.parametrize("make", [tiny_tokenizer, metaspace_tokenizer])
def test_only_the_answer_and_its_end_are_learned(make, pad_is_eos: bool):
    tokenizer = make(pad_is_eos=pad_is_eos) if make is tiny_tokenizer else make()
    example = encode_record(tokenizer, record(), template="alpaca-japanese")
    assert example is not None
    assert learned_text(tokenizer, example) == "銀行に預けたお金です。</s>"
    assert example.ids[-1] == EOS
    assert example.characters == len("銀行に預けたお金です。")


@pytest.mark.parametrize("make", [tiny_tokenizer, metaspace_tokenizer])
def test_the_prompt_is_encoded_as_at_inference(make):
    tokenizer = make()
    for given in (None, "入力"):
        example = encode_record(tokenizer, record(given=given), template="alpaca-japanese")
        prompt = encode_prompt(tokenizer, render_prompt("alpaca-japanese", "預金とは何ですか。", given))
        assert example is not None
        assert list(example.ids[: len(prompt)]) == prompt
        assert example.learned is not None
        assert not any(example.learned[: len(prompt)])
        assert all(example.learned[len(prompt) :])


def test_a_token_never_spans_prompt_and_answer():
    tokenizer = merging_tokenizer()
    assert tokenizer("はA")["input_ids"] == [6]
    example = encode_segments(
        tokenizer, [Segment("は", False), Segment("AB", True, ends=True)], loss_on="response", own_end=True
    )
    assert list(example.ids) == [3, 4, 5, 2]
    assert example.learned == [False, True, True, True]


def test_loss_on_all_learns_the_prompt_too():
    tokenizer = tiny_tokenizer()
    example = encode_record(tokenizer, record(), template="alpaca-japanese", loss_on="all")
    assert example is not None
    assert example.learned == [True] * len(example.ids)


def test_every_answer_of_a_conversation_is_learned():
    tokenizer = tiny_tokenizer()
    talk = record()
    talk.messages.append({"role": "user", "content": "金利は。"})
    talk.messages.append({"role": "assistant", "content": "低いです。"})
    for template in ("alpaca-japanese", "chat"):
        tokenizer.chat_template = chat_template("alpaca-japanese")
        example = encode_record(tokenizer, talk, template=template)
        assert example is not None
        assert learned_text(tokenizer, example) == "銀行に預けたお金です。</s>低いです。</s>"
        assert list(example.ids).count(EOS) == 2


def test_a_chat_templates_own_end_of_turn_is_learned():
    tokenizer = tiny_tokenizer()
    tokenizer.add_special_tokens({"additional_special_tokens": ["<|im_start|>", "<|im_end|>"]})
    tokenizer.chat_template = (
        "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}"
        "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
    )
    example = encode_record(tokenizer, record(), template="chat")
    assert example is not None
    assert learned_text(tokenizer, example) == "銀行に預けたお金です。<|im_end|>\n"


def test_a_record_without_an_answer_gives_no_example():
    assert encode_record(tiny_tokenizer(), record(answer=""), template="alpaca-japanese") is None


@pytest.mark.parametrize("truncated", ["drop", "cut"])
def test_overlong_records_follow_the_stated_rule_and_are_counted(truncated):
    tokenizer = tiny_tokenizer()
    records = [record(), record(answer="銀行" * 300), record(question="金利" * 400)]
    whole = [encode_record(tokenizer, item, template="alpaca-japanese") for item in records]
    width = len(whole[0].ids) + 20  # type: ignore[union-attr]
    dropped = TokenCount()
    kept = list(
        record_examples(
            tokenizer,
            records,
            template="alpaca-japanese",
            width=width,
            loss_on="response",
            truncated=truncated,
            dropped=dropped,
        )
    )
    total = sum(len(item.ids) for item in whole if item)
    assert sum(len(item.ids) for item in kept) + dropped.dropped == total
    assert all(len(item.ids) <= width for item in kept)
    if truncated == "drop":
        assert (len(kept), dropped.texts_dropped, dropped.texts_cut) == (1, 2, 0)
    else:
        assert (len(kept), dropped.texts_dropped, dropped.texts_cut) == (2, 1, 1)
        assert kept[1].ids[-1] != EOS


def test_a_cut_that_leaves_no_target_is_no_example():
    assert cut_example(Example([1, 2, 3, 4], [False, False, False, True]), 3) is None


def test_documents_start_with_context_and_end_in_an_eos_that_is_learned():
    for tokenizer, start in ((tiny_tokenizer(), 1), (tiny_tokenizer(bos=False), EOS)):
        example = next(document_examples(tokenizer, ["金利は低い。"]))
        assert (example.ids[0], example.ids[-1]) == (start, EOS)
        assert example.learned is None
        assert tokenizer.decode(list(example.ids[1:-1])) == "金利は低い。"
    held_out = next(document_examples(tiny_tokenizer(), ["金利は低い。"], end=False))
    assert held_out.ids[-1] != EOS
