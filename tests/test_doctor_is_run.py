"""Attacks: whatever `run` would refuse before its first stage, `doctor` refuses in one call, in the same words, with the same exit code."""

import json
import re

import pytest

from tekio.cli import main

pytest.importorskip("torch")

SOURCE = (
    "corpus: {sources: [{name: s, domain: finance, path: 'docs/*.jsonl', columns: {text: a}, license: CC0-1.0%s}]%s}\n"
)
CORPUS = SOURCE % ("", "")
SCRATCH = "base: {scratch: {domains: [finance], sequence_length: 64}}\n"
BASE = "base: {model: m}\n"
RECORDS = "instruct: {import: [{name: r, path: records.jsonl, license: CC0-1.0}]}\n"
TUNE = BASE + RECORDS + "tune: {sequence_length: 128%s}\n"
EXPAND = "instruct: {expand: [{name: e, path: 'docs/*.jsonl', license: CC0-1.0, template: %s}]}\n"

# recipe (after `name: x`), what both say, the exit code of docs/cli.md
CASES: dict[str, tuple[str, str, int]] = {
    "no such document": (CORPUS.replace("docs/*", "none/*"), "No file matches", 1),
    "two sources of one name": (
        "corpus: {sources: [{name: s, path: docs, license: CC0-1.0}, {name: s, path: docs, license: CC0-1.0}]}\n",
        "Two sources are named 's'",
        2,
    ),
    "no such column": (CORPUS.replace("text: a", "text: b"), "have no column b", 2),
    "half of two columns": (CORPUS.replace("text: a", "text: a+b"), "have no column b", 2),
    "unknown statistic": (SOURCE % (", filters: {limits: {kanji_shar: [0, 1]}}", ""), "Unknown statistic", 2),
    "unknown statistic for all": (SOURCE % ("", ", filters: {limits: {nothing: [0, 1]}}"), "Unknown statistic", 2),
    "no word list": (SOURCE % ("", ", filters: {words: [words.txt]}"), "No file matches", 1),
    "word list of another encoding": (SOURCE % ("", ", filters: {words: [sjis.txt]}"), "not UTF-8", 1),
    "no license table": (SOURCE % ("", ", licenses: {table: none.yaml}"), "license table cannot be read", 2),
    "license forbids": (CORPUS.replace("CC0-1.0", "evaluation-only"), "does not allow training", 4),
    "no evaluation file": (SOURCE % ("", ", decontaminate: {items: [none.jsonl]}"), "No file matches", 1),
    "evaluation file of no form": (SOURCE % ("", ", decontaminate: {items: [sjis.txt]}"), "No evaluation file", 1),
    "no key": (SOURCE % ("", ", personal_data: {mode: mask, key_file: none.key}"), "there is no such file", 1),
    "short key": (SOURCE % ("", ", personal_data: {mode: mask, key_file: short.key}"), "at least 32 random bytes", 1),
    "no form that is read": (
        "corpus: {sources: [{name: s, path: 'docs/*.bin', license: CC0-1.0}]}\n",
        "are of no format that is read",
        2,
    ),
    "tuning without a base": ("tune: {}\n", "needs a section `base`", 2),
    "sweep without tuning": ("sweep: {}\n", "needs a section `tune`", 2),
    "no general text to replay": (
        CORPUS + SCRATCH + "pretrain: {sequence_length: 64, replay: {share: 0.1}}\n",
        "no source of the corpus has the domain general",
        2,
    ),
    "domains that are not there": (
        CORPUS + SCRATCH + "pretrain: {sequence_length: 64, domains: [law]}\n",
        "has the domain law",
        2,
    ),
    "model without its stage": (
        CORPUS + SCRATCH + "evaluate: {models: [base, tuned]}\n",
        "`tuned` is made by the section `tune`",
        2,
    ),
    "evaluation without models": (CORPUS + "evaluate: {}\n", "no section of the recipe makes a model", 2),
    "nothing to evaluate": (BASE + "evaluate: {}\n", "nothing to evaluate", 2),
    "unknown task": (BASE + "evaluate: {tasks: [{task: nothing-of-this-name}]}\n", "nothing-of-this-name", 2),
    "task without its data": (BASE + "evaluate: {tasks: [{task: chabsa, data: none}]}\n", "none", 1),
    "no published results": (CORPUS + BASE + "evaluate: {published: none}\n", "No file matches", 1),
    "comparison without questions": (BASE + "compare: {}\n", "nothing to ask", 2),
    "no file of questions": (BASE + "compare: {prompts: none.jsonl}\n", "No file matches", 1),
    "questions that are none": (BASE + "compare: {prompts: records.jsonl}\n", "This row is not a prompt", 1),
    "unknown template of answers": (
        BASE + "compare: {prompts: prompts.jsonl, template: none}\n",
        "Unknown prompt template",
        2,
    ),
    "no model folder": ("base: {model: none}\n", "not a model folder", 1),
    "pickled weights": ("base: {model: pickled}\n", "no safetensors weights", 1),
    "missing tensor": ("base: {model: hollow}\n", "missing: model.norm.weight", 1),
    "longer than the base's context": (TUNE.replace("128", "1024") % "", "longer than the base's context of 256", 2),
    "longer than the new base's context": (
        CORPUS + "base: {scratch: {domains: [finance], sequence_length: 1024}}\n",
        "longer than the base's context of 512",
        2,
    ),
    "sweep longer than the context": (
        TUNE % "" + "sweep: {sequence_length: [128, 512]}\n",
        "longer than the base's context of 256",
        2,
    ),
    "all records too long": (TUNE.replace("128", "16") % "", "no record is left to train on", 2),
    "packing that mixes": (CORPUS + "base: {model: bloom}\npretrain: {sequence_length: 64}\n", "would mix texts", 2),
    "attention that is not here": (TUNE % ", attention: flash", "flash-attn is not installed", 1),
    "processes that run has not": (TUNE % ", strategy: fsdp2", "fsdp2 needs several processes", 2),
    "modules the base has not": (TUNE % ", lora: {targets: [query]}", "has no module query", 1),
    "no added words": (TUNE % ", lora: {train_tokens: added}", "no added words to train", 1),
    "unknown template": (TUNE % ", template: none", "Unknown prompt template", 2),
    "chat template of a new base": (
        CORPUS + SCRATCH + RECORDS + "tune: {sequence_length: 64, template: chat}\n",
        "has no chat template",
        2,
    ),
    "four bits without a GPU": (TUNE % ", quantize: nf4", "cannot be used here", 1),
    "sweep without validation": (
        TUNE.replace("license: CC0-1.0}]", "license: CC0-1.0}], validation_share: 0") % "" + "sweep: {rank: [2, 4]}\n",
        "judged on validation records",
        2,
    ),
    "two data sets of one name": (
        "instruct: {import: [{name: a, path: records.jsonl}], harvest: [{name: a, path: docs}]}\n",
        "Two sources are named 'a'",
        2,
    ),
    "no template of this name": (EXPAND % "none", "There is no template 'none'", 1),
    "no task of this name": (EXPAND % "jsquad, tasks: [none]", "has no task 'none'", 2),
    "release that the license forbids": (
        RECORDS.replace("license: CC0-1.0}]", "license: CC-BY-NC-4.0}], release: CC-BY-4.0"),
        "cannot be released under CC-BY-4.0",
        4,
    ),
    "release under no license": (
        RECORDS.replace("license: CC0-1.0}]", "license: CC0-1.0}], release: none"),
        "The license 'none' is not known",
        2,
    ),
    "no key for records": (
        RECORDS.replace("}]}", "}], screen: {personal_data: {mode: mask, key_file: none.key}}}"),
        "there is no such file",
        1,
    ),
    "no items to keep out of records": (
        RECORDS.replace("}]}", "}], screen: {contamination: {items: [none.jsonl]}}}"),
        "No file matches",
        1,
    ),
    "unknown key": ("corpu: {}\n", "corpu", 2),
    "a flag where a number belongs": ("seed: true\n", "seed", 2),
    "a folder that is not empty": (CORPUS + "out: mine\n", "nothing was touched", 2),
    "a run over its documents": (CORPUS + "out: docs\n", "contain, lie in, or be an input", 2),
    "a run over its recipe": (CORPUS + "out: .\n", "recipe's own folder", 2),
}


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    from safetensors.torch import load_file, save_file
    from transformers import BloomConfig, BloomForCausalLM

    from model.tiny import save_tiny, tiny_tokenizer

    folder = tmp_path_factory.mktemp("place")
    save_tiny(folder / "m")
    save_tiny(folder / "hollow")
    tensors = load_file(folder / "hollow/model.safetensors")
    del tensors["model.norm.weight"]
    save_file(tensors, folder / "hollow/model.safetensors", metadata={"format": "pt"})
    tokenizer = tiny_tokenizer()
    config = BloomConfig(vocab_size=len(tokenizer), hidden_size=32, n_layer=2, n_head=4)
    BloomForCausalLM(config).save_pretrained(folder / "bloom")
    tokenizer.save_pretrained(folder / "bloom")
    (folder / "pickled").mkdir()
    (folder / "pickled/config.json").write_text("{}")
    (folder / "pickled/pytorch_model.bin").write_bytes(b"x")
    (folder / "docs").mkdir()
    (folder / "docs/d.jsonl").write_text('{"a": "本文です。"}\n')
    (folder / "docs/d.bin").write_bytes(b"\x00\x01\x02\xff" * 50)
    (folder / "mine").mkdir()
    (folder / "mine/thesis.txt").write_text("mine")
    record = {"instruction": "預金保険とは何ですか。", "input": "", "output": "預金を守る制度です。"}
    (folder / "records.jsonl").write_text(json.dumps(record, ensure_ascii=False) + "\n")
    (folder / "prompts.jsonl").write_text('{"prompt": "預金保険とは。"}\n')
    (folder / "sjis.txt").write_bytes("銀行".encode("cp932"))
    (folder / "short.key").write_text("secret")
    return folder


def ended(capsys, *words: str) -> tuple[int, str]:
    code = main(["--lang", "en", *words])
    out, err = capsys.readouterr()
    return code, out + err


def failures(text: str) -> list[str]:
    """What doctor calls failures, in its words."""
    blocks = re.split(r"^(?=(?:ok  |warn|FAIL)  )", text, flags=re.MULTILINE)
    return [block.removeprefix("FAIL  ").partition(": ")[2].strip() for block in blocks if block.startswith("FAIL")]


@pytest.mark.parametrize("name", CASES)
def test_doctor_and_run_refuse_alike(name, place, capsys):
    text, words, expected = CASES[name]
    recipe = place / "recipe.yaml"
    recipe.write_text("name: x\n" + text)
    before = sorted(place.rglob("*"))
    code, said = ended(capsys, "doctor", str(recipe))
    assert (code, words in said) == (expected, True), said
    for command in (["run", str(recipe), "--dry-run"], ["run", str(recipe)]):
        code, refused = ended(capsys, *command)
        assert (code, words in refused) == (expected, True), refused
        for failure in failures(said):
            assert all(line.strip() in refused for line in failure.splitlines()), (failure, refused)
    assert sorted(place.rglob("*")) == before


def test_a_sound_recipe_passes(place, capsys):
    recipe = place / "recipe.yaml"
    recipe.write_text("name: x\n" + TUNE % "")
    assert ended(capsys, "doctor", str(recipe))[0] == 0
    assert ended(capsys, "run", str(recipe), "--dry-run")[0] == 0


def test_there_are_attacks_enough():
    assert len(CASES) >= 50
