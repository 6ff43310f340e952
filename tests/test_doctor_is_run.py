"""Attacks: whatever `run` would refuse before its first stage, `doctor` refuses in one call, in the same words, with the same exit code."""

import ast
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import tekio
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
PREFER = TUNE % "" + "prefer: {sequence_length: 128, pairs: [%s]}\n"
FOLDER = "corpus: {sources: [{name: s, path: docs, license: CC0-1.0, %s}]}\n"
PAGES = "corpus: {sources: [{name: s, path: page.html, license: CC0-1.0, options: {%s}}]}\n"
TASK = BASE + "evaluate: {tasks: [{task: task.yaml, data: items.jsonl, %s}]}\n"
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
    "no such group": (SOURCE % (", group: company", ""), "have no column company", 2),
    "early stop that measures nothing": (TUNE % ", early_stop: 2", "give `evaluate_every` too", 2),
    "a rewrite without the name to write": (
        RECORDS.replace("}]}", "}], screen: {rules: {self_reference: rewrite}}}"),
        "give `names`",
        2,
    ),
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
    "preferring without tuning": (BASE + "prefer: {}\n", "needs a section `tune`", 2),
    "preferring without pairs": (TUNE % "" + "prefer: {sequence_length: 128}\n", "names no pairs of answers", 2),
    "two sets of pairs of one name": (
        PREFER % "{name: p, path: pairs.jsonl, license: CC0-1.0}, {name: p, path: pairs.jsonl, license: CC0-1.0}",
        "Two sources are named 'p'",
        2,
    ),
    "no file of pairs": (PREFER % "{name: p, path: none.jsonl}", "No file matches", 1),
    "records that are no pairs": (PREFER % "{name: p, path: records.jsonl, license: CC0-1.0}", "No pair is left", 3),
    "pairs whose license forbids": (
        PREFER % "{name: p, path: pairs.jsonl, license: evaluation-only}",
        "No pair is left",
        3,
    ),
    "pairs that may not be released": (
        (PREFER % "{name: p, path: pairs.jsonl, license: CC-BY-SA-4.0}").replace(
            "instruct: {", "instruct: {release: CC-BY-4.0, "
        ),
        "does not allow what the recipe does",
        4,
    ),
    "pairs longer than a row": (
        (PREFER % "{name: p, path: pairs.jsonl, license: CC0-1.0}").replace(
            "prefer: {sequence_length: 128", "prefer: {sequence_length: 64"
        ),
        "pairs left out",
        3,
    ),
    "answers that take the whole context": (
        BASE + "compare: {prompts: prompts.jsonl, max_new_tokens: 60000}\n",
        "leaves no room for the prompt",
        2,
    ),
    "answers longer than any model writes": (
        BASE + "compare: {prompts: prompts.jsonl, max_new_tokens: 10000000}\n",
        "less than or equal to 65536",
        2,
    ),
    "a context that no model has": (
        CORPUS + "base: {scratch: {domains: [finance], architecture: {context_length: 10000000}}}\n",
        "less than or equal to 1048576",
        2,
    ),
    "rows of pairs beyond the context": (
        (PREFER % "{name: p, path: pairs.jsonl, license: CC0-1.0}").replace(
            "prefer: {sequence_length: 128", "prefer: {sequence_length: 100000"
        ),
        "longer than the base's context",
        2,
    ),
    "no general text to replay": (
        CORPUS + SCRATCH + "pretrain: {sequence_length: 64, replay: {share: 0.1}}\n",
        "no source of the corpus has the domain general",
        2,
    ),
    "records to replay that are not there": (
        TUNE % ", replay: {sources: [t], answers: given}",
        "no records of the source t to replay",
        2,
    ),
    "records to train on that are not there": (
        TUNE % ", sources: [t]",
        "no records of the source t to train on",
        2,
    ),
    "records trained and replayed at once": (
        TUNE % ", sources: [r], replay: {sources: [r]}",
        "a source is trained or replayed",
        2,
    ),
    "nothing but replay": (TUNE % ", replay: {sources: [r]}", "no record is left to train on", 2),
    "replay of the records themselves": (TUNE % ", replay: {answers: given}", "name them in `sources`", 2),
    "replay and documents are all": (
        TUNE % ", replay: {share: 0.6}, documents: {finance: 0.5}",
        "together are below 1",
        2,
    ),
    "annealing without a phase for it": (
        CORPUS + SCRATCH + "pretrain: {sequence_length: 64, anneal: {sources: [s]}}\n",
        "`linear` has none",
        2,
    ),
    "annealing with nothing": (
        CORPUS + SCRATCH + "pretrain: {sequence_length: 64, optimizer: {schedule: wsd}, anneal: {share: 0.5}}\n",
        "give `sources` or `domains`",
        2,
    ),
    "annealing with a source that is not there": (
        CORPUS + SCRATCH + "pretrain: {sequence_length: 64, optimizer: {schedule: wsd}, anneal: {sources: [t]}}\n",
        "no source of the corpus is called t",
        2,
    ),
    "annealing with a domain that is not there": (
        CORPUS + SCRATCH + "pretrain: {sequence_length: 64, optimizer: {schedule: wsd}, anneal: {domains: [law]}}\n",
        "has the domain law",
        2,
    ),
    "a residual without pre-training": (BASE + "residual: {instruct: m}\n", "needs a section `pretrain`", 2),
    "a residual of another base": (
        CORPUS + BASE + "pretrain: {sequence_length: 64}\nresidual: {instruct: bloom, weight: 1.0}\n",
        "do not have the same weights",
        1,
    ),
    "a residual asked in a template that is not there": (
        CORPUS + BASE + RECORDS + "pretrain: {sequence_length: 64}\nresidual: {instruct: m}\n",
        "has no chat template to ask",
        2,
    ),
    "a weight twice": (
        CORPUS + BASE + "pretrain: {sequence_length: 64}\nresidual: {instruct: m, weight: [1, 1]}\n",
        "each value once",
        2,
    ),
    "weights without a judge": (
        SOURCE % ("", ", held_out: {share: 0}") + BASE + "pretrain: {sequence_length: 64}\nresidual: {instruct: m}\n",
        "several weights and nothing to judge them by",
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
    "samples that are all the same": (
        BASE + "compare: {prompts: prompts.jsonl, samples: 2}\n",
        "samples above 1 need a temperature above 0",
        2,
    ),
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
    "an encoder for a base": (
        CORPUS + "base: {model: bert}\npretrain: {sequence_length: 64, packing: false}\n",
        "A model of type 'bert' is no causal language model",
        1,
    ),
    "an encoder with a decoder for a base": (
        TUNE.replace("model: m", "model: t5") % ", packing: false",
        "A model of type 't5' is no causal language model",
        1,
    ),
    "pairs for several processes": (
        PREFER.replace("length: 128, pairs", "length: 128, strategy: fsdp2, pairs")
        % "{name: p, path: pairs.jsonl, license: CC0-1.0}",
        "fsdp2 needs several processes",
        2,
    ),
    "one record with most of the tokens": (
        (TUNE % "").replace("records.jsonl", "uneven.jsonl"),
        "of all tokens); max_dropped is 0.05",
        2,
    ),
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
    "two ways to save moments": (
        TUNE % ", optimizer: {kind: adamw8bit, state: bf16}",
        "`state: bf16` is for `kind: adamw`",
        2,
    ),
    "offload without shards": (TUNE % ", offload: true, strategy: ddp", "`offload` is FSDP2's", 2),
    "layers of nothing": (TUNE % ", checkpointed_layers: 2", "`checkpointed_layers` counts the layers", 2),
    "paged moments without a GPU": (TUNE % ", optimizer: {kind: paged-adamw8bit}", "a CUDA device", 1),
    "8-bit moments in shards": (
        TUNE % ", optimizer: {kind: adamw8bit}, offload: true",
        "cannot be sharded by fsdp2",
        2,
    ),
    "moments in bf16 under DeepSpeed": (
        TUNE % ", optimizer: {state: bf16}, strategy: zero2",
        "DeepSpeed keeps the moments itself",
        2,
    ),
    "more layers than the base has": (
        TUNE % ", gradient_checkpointing: true, checkpointed_layers: 99",
        "layers are to be computed again",
        2,
    ),
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
    "domain that no stage uses": (
        CORPUS.replace("}]}", "}, {name: l, domain: law, path: docs/d.jsonl, columns: {text: a}}]}")
        + "base: {model: m}\npretrain: {sequence_length: 64}\n",
        "no stage of the recipe uses it",
        2,
    ),
    "documents of a domain that is not there": (
        CORPUS + TUNE % ", documents: {law: 0.1}",
        "has the domain law",
        2,
    ),
    "no such option": (SOURCE % (", options: {tabels: lines}", ""), "There is no option `tabels`", 2),
    "option of another reader": (SOURCE % (", options: {ocr: tesseract}", ""), "There is no option `ocr`", 2),
    "wrong value of an option": (SOURCE % (", options: {delimiter: ';;'}", ""), "It is one character", 2),
    "number of an option in words": (SOURCE % (", options: {max_line_bytes: many}", ""), "It is a whole number", 2),
    "way of writing tables": (PAGES % "tables: nonsense", "It is one of labelled, lines, markdown, drop", 2),
    "group without a column": (
        "corpus: {sources: [{name: s, path: t.csv, columns: {text: a}, group: firm, license: CC0-1.0}]}\n",
        "have no column firm",
        2,
    ),
    "thresholds the wrong way round": (
        SOURCE % (", filters: {limits: {letters: [9, 1]}}", ""),
        "nothing is at least",
        2,
    ),
    "archives that will not be opened": (
        "corpus: {sources: [{name: s, path: a.zip, license: CC0-1.0, options: {max_members: 1}}]}\n",
        "archives that a build will not open",
        2,
    ),
    "held-out text of nothing": (
        SOURCE % ("", ", held_out: {share: 0}") + BASE + "evaluate: {}\n",
        "The corpus has no held-out text",
        2,
    ),
    "budget of what is not measured": (
        CORPUS + BASE + "pretrain: {sequence_length: 64, forgetting_budget: 0.1}\n",
        "held-out text of the domain general",
        2,
    ),
    "heads that do not divide": (
        CORPUS + SCRATCH.replace("64}", "64, architecture: {hidden_size: 250, heads: 4}}"),
        "no multiple of twice the 4 `heads`",
        2,
    ),
    "key and value heads that do not divide": (
        CORPUS + SCRATCH.replace("64}", "64, architecture: {heads: 4, key_value_heads: 3}}"),
        "no multiple of 3 `key_value_heads`",
        2,
    ),
    "a base of no text": (CORPUS + SCRATCH.replace("[finance]", "[]"), "base.scratch.domains", 2),
    "rank of nothing": (TUNE % "" + "sweep: {rank: [0]}\n", "sweep.rank", 2),
    "learning backwards": (TUNE % "" + "sweep: {learning_rate: [-1.0]}\n", "sweep.learning_rate", 2),
    "a seed twice": (TUNE % "" + "sweep: {rank: [2], seeds: [1, 1]}\n", "each value once", 2),
    "instructions from nowhere": ("instruct: {}\n", "names no source", 2),
    "no format of this name": (RECORDS.replace("license", "format: klingon, license"), "no format 'klingon'", 2),
    "no such column of records": (
        RECORDS.replace("license", "columns: {question: frage}, license"),
        "no column frage",
        2,
    ),
    "no reading of this name": (
        "instruct: {harvest: [{name: h, path: page.html, readings: [headlines]}]}\n",
        "no reading 'headlines'",
        2,
    ),
    "no screen of this name": (RECORDS.replace("}]}", "}], screen: {off: [mojibaki]}}"), "Did you mean `mojibake`?", 2),
    "name of a source that is none": (
        RECORDS.replace("}]}", "}], screen: {rules: {names: {nta: 国税庁}}}}"),
        "no source 'nta'",
        2,
    ),
    "no answer can be so long": (
        RECORDS.replace("}]}", "}], screen: {min_answer_characters: 9, max_answer_characters: 5}}"),
        "is above `max_answer_characters` 5",
        2,
    ),
    "no option of the template": (EXPAND % "jsquad, options: {colour: red}", "no option 'colour'", 2),
    "answers in a template that is not there": (
        BASE + "compare: {prompts: prompts.jsonl, template: chat}\n",
        "None of the models has a chat template",
        1,
    ),
    "no template of the task": (TASK % "template: nonsense", "has no template nonsense", 2),
    "no demonstrations": (TASK % "shots: 2", "has no pool of demonstrations", 4),
    "no such metric": (TASK % "metrics: [nonsense]", "there is no metric `nonsense`", 2),
    "no such device": (
        BASE + "evaluate: {device: abacus, tasks: [{task: task.yaml, data: items.jsonl}]}\n",
        "no such device",
        2,
    ),
    "an examination of nothing": (CORPUS + BASE + "exam: {kinds: []}\n", "name at least one kind of item", 2),
    "a source that is not told again": (CORPUS + "study: {sources: [law]}\n", "the corpus has none of the name law", 2),
    "general text alone told again": (
        CORPUS.replace("domain: finance", "domain: general") + "study: {}\n",
        "name it in `study.domains`",
        2,
    ),
    "a model server that is not named": (CORPUS + "study: {generator: endpoint}\n", "needs a section `endpoint`", 2),
    "an examination drafted by nobody": (CORPUS + "exam: {generator: endpoint}\n", "needs a section `endpoint`", 2),
    "an examination drafted far away": (
        CORPUS + "exam: {generator: endpoint, endpoint: {url: 'ftp://127.0.0.1/v1', model: m, terms: MIT}}\n",
        "not an http(s) address",
        2,
    ),
    "a way of telling that rules have not": (
        CORPUS + "study: {strategies: [restate]}\n",
        "no strategy of `generator: rules`",
        2,
    ),
    "documents that are half of a whole": (
        CORPUS + BASE + "pretrain: {sequence_length: 64, sources: {corpus: 0.5}}\n",
        "together they are 1",
        2,
    ),
    "no ray": ("engine: {kind: ray}\n" + CORPUS, "tekio[ray]", 1),
    "unknown key": ("corpu: {}\n", "corpu", 2),
    "epochs and weight": (FOLDER % "epochs: 2, weight: 2", "give one of `epochs` and `weight`", 2),
    "a reader that is none": (FOLDER % "reader: docxx", "did you mean `docx`?", 2),
    "a path from a variable": (FOLDER.replace("docs", "'${TEKIO_NO_SUCH}'") % "priority: 1", "environment variable", 2),
    "a path with a NUL": (FOLDER.replace("docs", '"a\\0b"') % "priority: 1", "this cannot be a path", 2),
    "a path of nobody": (FOLDER.replace("docs", "~nosuchuser/x") % "priority: 1", "home folder of this user", 2),
    "a path that is a list": (FOLDER.replace("docs", "[a]") % "priority: 1", "a path is expected", 2),
    "a secret in the recipe": (
        FOLDER.replace("}]}", "}], personal_data: {salt: x}}") % "priority: 1",
        "`salt` is gone",
        2,
    ),
    "a name that leaves the folder": (FOLDER.replace("name: s", "name: ../s") % "priority: 1", "a name has letters", 2),
    "a number of 5,000 digits": ("seed: " + "9" * 5000 + "\n", "a number of 5,000 digits", 2),
    "no YAML": ("out: [\n", "This is not valid YAML", 2),
    "nesting": ("out: " + "[" * 200 + "]" * 200 + "\n", "nested too deeply", 2),
    "two bases": ("base: {model: m, scratch: {}}\n", "give exactly one of `model` and `scratch`", 2),
    "a difference that trains tokens": (
        TUNE % ", lora: {variant: pissa, train_tokens: added}",
        "`pissa` cannot train tokens",
        2,
    ),
    "shares of sources that are not one": (
        CORPUS + BASE + "study: {}\npretrain: {sequence_length: 64, sources: {corpus: 0.5, study: 0.2}}\n",
        "each share is above 0, and together they are 1",
        2,
    ),
    "documents alone": (CORPUS + TUNE % ", documents: {finance: 1.0}", "together they are below 1", 2),
    "an engine that is not installed": (
        BASE + "evaluate: {engine: vllm, tasks: [{task: task.yaml, data: items.jsonl}]}\n",
        "vLLM is not installed",
        2,
    ),
    "a tracker on the network": ("watch: {mlflow_uri: 'http://localhost'}\n", "needs `network: true`", 2),
    "a tracker at no address": ("watch: {network: true, mlflow_uri: nowhere}\n", "is no http address", 2),
    "sources that are all optional": (
        "instruct: {import: [{name: a, path: none.jsonl, optional: true}]}\n",
        "None of the sources of `instruct` is at hand",
        1,
    ),
    "a flag where a number belongs": ("seed: true\n", "seed", 2),
    "a folder that is not empty": (CORPUS + "out: mine\n", "nothing was touched", 2),
    "a run over its documents": (CORPUS + "out: docs\n", "contain, lie in, or be an input", 2),
    "a run over its recipe": (CORPUS + "out: .\n", "recipe's own folder", 2),
}


SAID: dict[str, str] = {}
"""What doctor said of each."""


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    from safetensors.torch import load_file, save_file
    from transformers import (
        BertConfig,
        BertForMaskedLM,
        BloomConfig,
        BloomForCausalLM,
        T5Config,
        T5ForConditionalGeneration,
    )

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
    bert = BertConfig(
        vocab_size=len(tokenizer), hidden_size=32, intermediate_size=32, num_hidden_layers=1, num_attention_heads=4
    )
    BertForMaskedLM(bert).save_pretrained(folder / "bert")
    t5 = T5Config(vocab_size=len(tokenizer), d_model=32, d_kv=8, d_ff=32, num_layers=1, num_heads=4)
    T5ForConditionalGeneration(t5).save_pretrained(folder / "t5")
    for name in ("bloom", "bert", "t5"):
        tokenizer.save_pretrained(folder / name)
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
    many = [record | {"instruction": f"第{number}問。預金保険とは何ですか。"} for number in range(30)]
    many[4]["output"] = "".join(f"第{number}条は預金を守る制度です。" for number in range(200))
    (folder / "uneven.jsonl").write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in many))
    pair = {"prompt": "預金保険とは。", "chosen": "預金を守る制度です。", "rejected": "山です。"}
    (folder / "pairs.jsonl").write_text(json.dumps(pair, ensure_ascii=False) + "\n")
    (folder / "prompts.jsonl").write_text('{"prompt": "預金保険とは。"}\n')
    (folder / "page.html").write_text("<p>質問はありますか。</p><p>銀行は預金を受け入れます。</p>")
    (folder / "t.csv").write_text("a,b\n本文です。,1\n")
    with zipfile.ZipFile(folder / "a.zip", "w") as archive:
        archive.writestr("1.txt", "一")
        archive.writestr("2.txt", "二")
    (folder / "task.yaml").write_text(
        "name: t\nkind: choice\ndata: {files: [items.jsonl], fields: {gold: answer, options: choices}}\n"
        "templates: {default: {prompt: '{{ question }}'}}\n"
    )
    item = {"question": "金利とは。", "choices": ["利率", "税"], "answer": 0}
    (folder / "items.jsonl").write_text(json.dumps(item, ensure_ascii=False) + "\n")
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
    SAID[name] = said
    assert (code, words in said) == (expected, True), said
    plan = [["run", str(recipe), "--dry-run"]] if list(CASES).index(name) % 10 == 0 else []  # the same check
    for command in (*plan, ["run", str(recipe)]):
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


RULES = (
    *("doctor", "recipe"),
    *(
        "corpus/check.py",
        "corpus/readers/options.py",
        "instruct/check.py",
        "instruct/preferences/check.py",
        "stages.py",
    ),
)
"""Where the rules stand that a run refuses by before its first stage."""
NOT_HERE = {
    "doctor/machine.py": "a machine without room, rights or programs: tests/test_doctor.py, tests/cli",
    "needs deepspeed, which is not installed": "what is installed here",
    "torch.compile needs a C++ compiler": "what is installed here",
    "A base from scratch has no added words to train.": "a base of a folder says the same",
    "things this paper recipe needs are missing:": "tests/recipe: paper recipes",
    "The recipe has no variant `": "no recipe, a command",
    "There is no reader `": "said by the recipe itself",
    "The recipe is empty.": "tests/test_recipe.py",
    "The recipe cannot be read.": "tests/test_recipe.py",
    "The recipe is not UTF-8.": "tests/test_recipe.py",
    "The file is too large for a recipe.": "tests/test_recipe.py",
    "A recipe is a mapping of sections.": "tests/test_recipe.py",
    "Also:": "no rule",
}
"""Rules that no recipe alone breaks, and where they are tried or why not."""


def rules() -> Iterator[tuple[str, str]]:
    """Place and words (the longest piece without values) of every refusal that is worded in `RULES`."""
    source = Path(tekio.__file__).parent
    files = [file for rule in RULES for file in (sorted((source / rule).glob("*.py")) or [source / rule])]
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Raise | ast.Yield):
                continue
            value = node.exc if isinstance(node, ast.Raise) else node.value
            calls = [call for call in ast.walk(value) if isinstance(call, ast.Call)] if value is not None else []
            if not any(getattr(call.func, "id", "") in REFUSING and may_refuse(call) for call in calls):
                continue
            worded = [call.args[WORDS[name]] for call in calls if (name := getattr(call.func, "id", "")) in WORDS]
            pieces = [piece.value for text in worded[:1] for piece in ast.walk(text) if isinstance(piece, ast.Constant)]
            if texts := [piece for piece in pieces if isinstance(piece, str)]:
                yield f"{file.relative_to(source)}:{node.lineno}", max(texts, key=len).strip()


REFUSING = ("Finding", "lacking", "TekioError", "UsageError", "RecipeError", "WrongValueError")
WORDS = {"Text": 0, "WrongValueError": 0, "lacking": 1}


def may_refuse(call: ast.Call) -> bool:
    return getattr(call.func, "id", "") != "Finding" or getattr(call.args[0], "value", None) == "failure"


def test_no_rule_is_without_an_attack():
    if len(SAID) < len(CASES):
        pytest.skip("not all attacks were made")
    said = "\n".join(SAID.values())
    assert [
        f"{place}: {words}"
        for place, words in rules()
        if words not in said and not {words, place.partition(":")[0]} & set(NOT_HERE)
    ] == []


def test_there_are_attacks_enough():
    assert len(CASES) >= 85


def test_what_doctor_warns_of_run_says_too(tmp_path, capsys):
    (tmp_path / "a.jsonl").write_text(
        '{"instruction": "預金とは何ですか。", "output": "銀行に預けたお金です。"}\n', encoding="utf-8"
    )
    recipe = tmp_path / "r.yaml"
    recipe.write_text(
        "name: x\ninstruct: {import: [{name: a, path: a.jsonl, license: proprietary}]}\n", encoding="utf-8"
    )
    words = "instruct.a: license `proprietary`: training is not clearly allowed"
    assert f"warn  {words}" in ended(capsys, "doctor", str(recipe))[1]
    for more in (["--dry-run"], []):
        code, said = ended(capsys, "run", str(recipe), "--out", str(tmp_path / "out"), *more)
        assert (code, f"warn: {words}" in said) == (0, True), said
    forbidden = recipe.read_text(encoding="utf-8").replace("proprietary", "evaluation-only")
    (tmp_path / "no.yaml").write_text(forbidden, encoding="utf-8")
    assert "training is not allowed, its rows are left out" in ended(capsys, "doctor", str(tmp_path / "no.yaml"))[1]
    assert main(["--lang", "ja", "run", str(recipe), "--out", str(tmp_path / "other")]) == 0
    assert "warn: instruct.a: ライセンス `proprietary`" in capsys.readouterr().err
