"""The marks of a base are read from its own files, whatever form they have."""

import json
from pathlib import Path

import pytest

from tekio.cli import main
from tekio.model.special_marks import special_marks


def base(folder: Path, **files: object) -> Path:
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        (folder / f"{name}.json").write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return folder


def test_added_tokens_roles_and_additional_tokens_are_marks(tmp_path: Path):
    folder = base(
        tmp_path / "base",
        tokenizer={
            "added_tokens": [
                {"id": 0, "content": "<EOD|架空LM>", "special": True},
                {"id": 1, "content": "<|turn|>", "special": False},
                {"id": 2, "content": "自己資本比率", "special": False},
                {"id": 3, "content": "\n", "special": True},
            ]
        },
        tokenizer_config={
            "eos_token": {"content": "[終了]"},
            "unk_token": "⁇",
            "additional_special_tokens": ["@@話者@@"],
            "added_tokens_decoder": {"7": {"content": "<<道具>>", "special": True}},
            "chat_template": "{{ '### 返事: ' + message['content'] }}",
        },
        special_tokens_map={"pad_token": "<空き>"},
    )
    assert special_marks(folder) == sorted(
        ["<EOD|架空LM>", "<|turn|>", "[終了]", "@@話者@@", "<<道具>>", "### 返事:", "<空き>"]
    )


def test_the_template_of_its_own_file_counts(tmp_path: Path):
    folder = base(tmp_path / "base", tokenizer={"added_tokens": []})
    (folder / "chat_template.jinja").write_text("{{ '## 依頼：' }}{{ '## 応答：' }}", encoding="utf-8")
    assert special_marks(folder) == ["## 依頼：", "## 応答："]


@pytest.mark.parametrize("content", ["", "[1, 2]", '{"added_tokens": "x"}', '{"added_tokens": [1, {"content": 3}]}'])
def test_files_that_cannot_be_read_name_none(tmp_path: Path, content: str):
    (tmp_path / "tokenizer.json").write_text(content, encoding="utf-8")
    assert special_marks(tmp_path) == []
    assert special_marks(tmp_path / "missing") == []


def test_a_record_with_a_mark_of_the_recipes_base_is_rejected(tmp_path: Path):
    base(tmp_path / "base", tokenizer={"added_tokens": [{"id": 0, "content": "[配当終了]", "special": True}]})
    rows = [
        {"instruction": "配当とは何ですか。", "input": "", "output": "利益の分配です。[配当終了]"},
        {"instruction": "利子とは何ですか。", "input": "", "output": "お金を貸した見返りです。"},
    ]
    (tmp_path / "rows.jsonl").write_text(
        "\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8"
    )
    recipe = "name: x\nseed: 1\ninstruct:\n  import:\n    - {name: a, path: rows.jsonl, license: MIT}\n  validation_share: 0\n"
    (tmp_path / "with.yaml").write_text(recipe + "base: {model: base}\n", encoding="utf-8")
    (tmp_path / "without.yaml").write_text(recipe, encoding="utf-8")
    kept = {}
    for name in ("with", "without"):
        assert main(["instruct", "build", str(tmp_path / f"{name}.yaml"), "--out", str(tmp_path / name)]) == 0
        kept[name] = (tmp_path / name / "train.jsonl").read_text(encoding="utf-8").count("\n")
    assert kept == {"with": 1, "without": 2}
    assert "template_leftover" in (tmp_path / "with" / "rejected.jsonl").read_text(encoding="utf-8")
