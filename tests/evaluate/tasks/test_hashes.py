"""The bytes that are sent, against the published table of prompt hashes and against what lm-eval itself sent."""

import json
import lzma
from functools import cache
from pathlib import Path

import pytest

from realdata import need_golden, need_real_data
from tekio.evaluate.scoring.requests import ChoiceRequest
from tekio.evaluate.tasks import load_task
from tekio.evaluate.tasks.build import BuiltTask, request_text

TASKS = ["chabsa", "cma_basics", "cpa_audit", "fp2", "security_sales_1"]
# sha256 (first 16 hex digits) of all prompts: (fin-harness-2024, fin-harness-2025); one value where both are the same.
# The published cpa_audit values are those of the rendering with "nan" statements (task cpa_audit_nan).
PUBLISHED = {
    "default": "3de878eddc2da4bc 5c609936be41cf62 | 36451a08a7ce6b20 198194665e8ef834 | 64a06608313baaa1 8ea882b615a7d99d"
    " | 63c077e4be943b36 bcfd0174fd2c2c29 | c10bf7f1abe72c85 29757b16a591e68a",
    "0.1": "1dea75f3887facf6 eb8afa343c7eb473 | 93a0f8d0cf58138a f6bf218eaa036625 | 3b18923ef0dd9395 0b50030feb39ae19"
    " | b98773579552e18f dc5a1b75b9982072 | 2eb8469e0b68b676 d9be094299a11b81",
    "0.1.2": "- | 60da83b98d6c3de3 d62715d90c185daa | f099631cb6a7ef93 74cec7e260bcd4c9"
    " | b741587654089f3f 64b3a3b3375ab941 | b82cada73c52485e 60cca647eb508ef7",
    "0.2": "76592eb8ccb1148c 91d53d7fd11927a8 | b4b9394fadfe24b2 2ad0c5daa158458a | 0d99ddb0661ab596 bc723d818952c1a4"
    " | 24dfa8d6156a0a5d 339fbf144606f306 | f415436b3a5f966d 8aa089ab0e5eb255",
    "0.2.1": "- | 36f43592a6ec3b7b 4ebf2b80e9aa46b8 | aad252b3fa5fa495 9e4f87009701f6d1"
    " | 4b994206012d37b3 55950aee89792169 | f74223ec3ee72804 ad736433a70db06e",
    "0.4": "14a06b7615a44371 | 7f5439f997836c34 | 9a51d638c68f8b35 | 2292541e25b10bde | 9952f0aff434fd90",
}


def cases():
    for template, line in PUBLISHED.items():
        for task, cell in zip(TASKS, line.split(" | "), strict=True):
            if cell != "-":
                old, *new = cell.split()
                yield task, template, "fin-harness-2024", old
                yield task, template, "fin-harness-2025", (new or [old])[0]


@cache
def built(task: str, template: str, protocol: str) -> BuiltTask:
    data = need_real_data("chabsa" if task == "chabsa" else "fin-harness")
    return load_task(task, base=Path()).build(data, template=template, protocol=protocol, shots=0, limit=None, seed=1)


@pytest.mark.real
@pytest.mark.parametrize(("task", "template", "protocol", "expected"), list(cases()))
def test_prompt_hashes_equal_the_published_ones(task, template, protocol, expected):
    name = "cpa_audit_nan" if task == "cpa_audit" else task
    assert built(name, template, protocol).prompt_hash[:16] == expected


def golden(folder: str) -> dict[str, list[dict]]:
    path = need_golden(folder, "items.jsonl.xz")
    by_task: dict[str, list[dict]] = {}
    with lzma.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            by_task.setdefault(row["task"], []).append(row)
    return {task: sorted(rows, key=lambda row: row["doc_id"]) for task, rows in by_task.items()}


@pytest.mark.real
@pytest.mark.parametrize("folder", ["finharness-small-unigram-0.4.9.1", "finharness-bigdefault-unigram-0.4.9.1"])
def test_prompts_equal_what_the_harness_sent(folder):
    """All nine templates of two tasks and the default of the others, byte for byte, choices and gold too."""
    for name, rows in golden(folder).items():
        task, _, template = name.partition("-1.0-")
        ours = built(task, template or "default", "fin-harness-2025")
        assert len(rows) == ours.n
        for row, request, item in zip(rows, ours.requests, ours.items, strict=True):
            assert isinstance(request, ChoiceRequest)
            assert row["context"] == request.prompt, name
            assert tuple(row["continuations"]) == request.continuations
            assert item.gold is not None
            assert row["target"] == row["continuations"][item.gold]


@pytest.mark.real
def test_a_users_sentences_get_the_seven_chabsa_prompts_as_the_harness_sent_them(tmp_path):
    """`inherit` with data of one's own: byte for byte what lm-eval sent for the same sentences."""
    data = need_golden("data", "sentiment.jsonl")
    rows_by_task = golden("chabsa-unigram-0.4.9.1")
    (tmp_path / "own.yaml").write_text(
        "name: own\ninherit: chabsa\ndata: {reader: jsonl, items: [], fields: {id: id, gold: polarity, cluster: id}}\n"
    )
    assert len(rows_by_task) == 7
    for name, rows in rows_by_task.items():
        template = name.partition("-1.0-")[2] or "default"
        ours = load_task("own.yaml", base=tmp_path).build(
            data, template=template, protocol="fin-harness-2025", shots=0, limit=None, seed=1
        )
        for row, request in zip(rows, ours.requests, strict=True):
            assert isinstance(request, ChoiceRequest)
            assert (row["context"], tuple(row["continuations"])) == (request.prompt, request.continuations), name


@pytest.mark.real
def test_item_counts_and_gold_distributions_are_the_published_ones():
    expected = {
        "chabsa": {0: 4334, 1: 3131, -1: 258},
        "cma_basics": {0: 10, 1: 7, 2: 14, 3: 7},
        "cpa_audit": {0: 55, 1: 64, 2: 67, 3: 69, 4: 73, 5: 70},
        "fp2": {0: 114, 1: 120, 2: 118, 3: 123},
        "security_sales_1": {0: 24, 1: 26, 2: 2, 3: 5},
    }
    for task, counts in expected.items():
        golds = built(task, "default", "fin-harness-2025").golds
        found = {value: golds.count(value) for value in set(golds)}
        if task == "cpa_audit":  # published without order
            assert sorted(found.values()) == sorted(counts.values())
        else:
            assert found == counts


@pytest.mark.real
def test_jglue_reads_in_its_own_layout():
    data = need_real_data("jglue")
    jnli = load_task("jnli", base=Path()).build(data, template="default", protocol="plain", shots=0, limit=None, seed=1)
    golds = jnli.golds
    assert [golds.count(value) for value in range(3)] == [349, 735, 1350]  # v1.3: entailment, contradiction, neutral
    commonsense = load_task("jcommonsenseqa", base=Path()).build(
        data, template="default", protocol="plain", shots=3, limit=None, seed=1
    )
    assert commonsense.n == 1119
    assert all(request_text(request).count("質問：") == 4 for request in commonsense.requests)
