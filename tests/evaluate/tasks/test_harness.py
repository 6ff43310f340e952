"""Every prompt of every finance task, template and protocol against the harness's own task files and functions."""

# pyright: standard

import os
from functools import cache
from pathlib import Path

import pytest

from evaluate.tasks.harness import TASKS, prompts_hash
from realdata import need_real_data
from tekio.evaluate.tasks import load_task

# Made by `harness.prompts_hash` with japanese-lm-fin-harness at aeff729: (fin-harness-2024, fin-harness-2025), one value where
# both are the same; - where the harness has no such template.
RENDERED = {
    "default": "3de878eddc2da4bc 5c609936be41cf62 | 36451a08a7ce6b20 198194665e8ef834 | 5c2c31bbc65af018 67abbf5d4e65e8ab | 63c077e4be943b36 bcfd0174fd2c2c29 | c10bf7f1abe72c85 29757b16a591e68a",
    "0.1": "1dea75f3887facf6 eb8afa343c7eb473 | 93a0f8d0cf58138a f6bf218eaa036625 | b6c8d0524bb058c2 0fcd50a8a8965569 | b98773579552e18f dc5a1b75b9982072 | 2eb8469e0b68b676 d9be094299a11b81",
    "0.1.2": "- | 60da83b98d6c3de3 d62715d90c185daa | 3cc6dc10e1bcbd48 2cf005990bcfba39 | b741587654089f3f 64b3a3b3375ab941 | b82cada73c52485e 60cca647eb508ef7",
    "0.2": "76592eb8ccb1148c 91d53d7fd11927a8 | b4b9394fadfe24b2 2ad0c5daa158458a | 553df100d5c09dea 3d920cd24994256b | 24dfa8d6156a0a5d 339fbf144606f306 | f415436b3a5f966d 8aa089ab0e5eb255",
    "0.2.1": "- | 36f43592a6ec3b7b 4ebf2b80e9aa46b8 | 043ddac503b5d988 7401a8d7fb0561ea | 4b994206012d37b3 55950aee89792169 | f74223ec3ee72804 ad736433a70db06e",
    "0.3": "d0ab34e0f73e7a06 b8b27a91ea6aaa0d | 1f65f144c38db2db a90b0394379ee40a | d9029fd00a305e0b f48d400bb12a10d7 | ac83f192a1bc396c 390a8745c08ecb29 | ae54696619e100f0 ff264a85f4140afd",
    "0.4": "14a06b7615a44371 | 7f5439f997836c34 | e0b89a19335ff51f | 2292541e25b10bde | 9952f0aff434fd90",
    "0.5": "fc25f8f0f5329507 88e615ac6c3c9a69 | e945278ac8d2d759 95a9c3d64aa00f47 | 921bb6c5a7225cee b3af8b194b8e01c9 | 092ffe9c431d8040 4058113194d67334 | 60c8a3d6ea371cb0 461816e1f041faf1",
    "0.6": "f4cde9da409ae341 b4e5725ad942b8f0 | 5fc1ceb3e5d46be3 7a3c7de2a40701c0 | 85fbba263c6cec70 2e0eed0443a4df52 | c310a8e3a103e810 a24765661c1f9ae4 | cfa5584f265fc7f7 e4b8eaea85f8e045",
}


def cells():
    for template, line in RENDERED.items():
        for task, cell in zip(TASKS, line.split(" | "), strict=True):
            if cell != "-":
                old, *new = cell.split()
                yield task, template, "fin-harness-2024", old
                yield task, template, "fin-harness-2025", (new or [old])[0]


def test_the_table_covers_every_template_of_every_task():
    covered = {(task, template) for task, template, _, _ in cells()}
    assert covered == {(task, template) for task in TASKS for template in load_task(task, base=Path()).spec.templates}


@cache
def folder(task: str) -> Path:
    return need_real_data("chabsa" if task == "chabsa" else "fin-harness")


@pytest.mark.real
@pytest.mark.parametrize(("task", "template", "protocol", "expected"), list(cells()))
def test_what_is_sent_is_what_the_harness_renders(task, template, protocol, expected):
    built = load_task(task, base=Path()).build(
        folder(task), template=template, protocol=protocol, shots=0, limit=None, seed=1
    )
    assert built.prompt_hash[:16] == expected


@pytest.mark.heavy
@pytest.mark.parametrize(("task", "template", "protocol", "expected"), list(cells()))
def test_the_table_is_what_the_harness_renders(task, template, protocol, expected):
    clone = os.environ.get("TEKIO_FIN_HARNESS")
    if not clone:
        pytest.skip("TEKIO_FIN_HARNESS names no clone of japanese-lm-fin-harness")
    data = need_real_data("fin-harness") / "jlm_fin_eval" / "datasets"
    old = protocol == "fin-harness-2024"
    assert prompts_hash(Path(clone), task, template, old, data, need_real_data("chabsa"))[:16] == expected
