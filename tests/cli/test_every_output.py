"""Attacks on every verb that writes, taken from the command line itself: an output never destroys what is not Tekio's."""

import json
from pathlib import Path

import pytest

from cli.every_verb import verbs
from tekio.cli import build_parser, main

pytest.importorskip("torch")

OPTIONS = ("--out", "--write")
# Verb -> the words that make it work, `OUT` where it writes. Relative to a folder with the inputs below.
WORDS = {
    "run": "run in/r.yaml --out OUT",
    "demo": "demo --out OUT",
    "corpus build": "corpus build in/r.yaml --out OUT",
    "corpus export": "corpus export corpus --out OUT",
    "harvest": "harvest in/faq.html --out OUT",
    "expand": "expand in/rows.jsonl --template question-answer --out OUT",
    "instruct build": "instruct build in/i.yaml --out OUT",
    "review": "review in/records.jsonl --write OUT",
    "dataset import": "dataset import in/records.jsonl --out OUT",
    "dataset export": "dataset export in/records.jsonl --to parquet --license internal --out OUT",
    "draft": "draft in/records.jsonl --kind harder --out OUT --endpoint http://127.0.0.1:9 --endpoint-model m",
    "train": "train in/t.yaml --out OUT",
    "merge": "merge in/m --out OUT",
    "export": "export in/m --out OUT",
    "vocabulary": "vocabulary in/m in/d.txt --terms in/terms.txt --out OUT",
    "evaluate": "evaluate in/m --suite in/suite.yaml --out OUT",
    "contamination": "contamination in/exam.yaml --in in/d.txt --out OUT",
    "report": "report in --out OUT",
    "evidence": "evidence in --out OUT",
    "forget": "forget in/i.yaml --source r --out OUT",
    "compare": "compare in/m in/m2 --prompts in/prompts.jsonl --out OUT",
    "judge": "judge in/answers --reviewer r --write OUT",
    "schema": "schema --out OUT",
    "bundle make": "bundle make --wheels in/wheels --extras= --out OUT",
    "bundle install": "bundle install in/kit --out OUT",
    "exam build": "exam build in/e.yaml --corpus corpus --out OUT",
    "study build": "study build in/s.yaml --corpus corpus --out OUT",
}
# These add files to a folder that several of them share and overwrite none; they need the network.
COLLECTING = {"fetch edinet", "fetch pages", "fetch wikipedia", "fetch laws"}
ONLY_LOOKS = {"doctor"}  # `--out` names the place that is looked at


WRITING = [
    name
    for name, parser in verbs(build_parser("en"))
    if any(option in OPTIONS for action in parser._actions for option in action.option_strings)
]


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    from bundle.small_wheel import wheel
    from model.tiny import save_tiny
    from tekio.bundle import BundlePlan, make_bundle

    folder = tmp_path_factory.mktemp("outputs")
    own = folder / "in"
    own.mkdir()
    save_tiny(own / "m")
    save_tiny(own / "m2", seed=1)
    wheel(own / "wheels")
    make_bundle(BundlePlan(extras="", wheels=own / "wheels"), own / "kit")
    (own / "docs").mkdir()
    (own / "docs/a.txt").write_text("日本銀行は金融政策決定会合で政策金利を据え置いた。" * 20)
    source = "corpus: {sources: [{name: s, path: docs, license: CC0-1.0, filters: {preset: none}}]}\n"
    records = "instruct: {import: [{name: r, path: records.jsonl, license: CC0-1.0}]}\n"
    (own / "r.yaml").write_text("name: r\n" + source)
    (own / "i.yaml").write_text("name: i\n" + records)
    (own / "e.yaml").write_text("name: e\n" + source + "exam: {}\n")
    (own / "s.yaml").write_text("name: s\n" + source + "study: {}\n")
    (own / "t.yaml").write_text("name: t\nbase: {model: m}\n")
    record = {"instruction": "預金保険とは何ですか。", "input": "", "output": "預金を守る制度です。"}
    (own / "records.jsonl").write_text(json.dumps(record, ensure_ascii=False) + "\n")
    (own / "rows.jsonl").write_text('{"question": "預金保険とは何ですか。", "answer": "預金を守る制度です。"}\n')
    (own / "prompts.jsonl").write_text('{"prompt": "預金保険とは。"}\n')
    said = {"text": "はい", "tokens": 1, "finish": "eos", "characters": 2, "japanese_share": 1.0, "repetition": 0.0}
    asked = {"id": "q", "prompt": "預金保険とは。", "input": None, "reference": None, "topic": None, "rendered": ""}
    (own / "answers").mkdir()
    (own / "answers/answers.jsonl").write_text(json.dumps(asked | {"answers": {"m": said, "m2": said}}) + "\n")
    (own / "faq.html").write_text("<h3>預金保険とは何ですか。</h3><p>預金を守る制度です。</p>")
    (own / "d.txt").write_text("政策金利を据え置いた。")
    (own / "terms.txt").write_text("政策金利\n")
    (own / "exam.jsonl").write_text('{"id": "1", "question": "金利は。", "choices": ["上", "下"], "answer": "上"}\n')
    (own / "exam.yaml").write_text(
        "name: exam\nkind: choice\nlicense: internal\n"
        "data: {files: [exam.jsonl], fields: {id: id, options: choices, gold: answer}}\n"
        'templates:\n  default: {prompt: "問題: {{ question }}\\n答え:"}\n'
    )
    (own / "suite.yaml").write_text("tasks:\n  - {task: exam.yaml}\n")
    assert main(["corpus", "build", str(own / "r.yaml"), "--out", str(folder / "corpus")]) == 0
    return folder


def state(folder: Path) -> dict[str, bytes | None]:
    """Everything below a folder but the store of a review or of judgements beside its file, and locks, which go with their process."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
        if not path.name.endswith(".lock")
        and not any(kind in path.name for kind in (".review.sqlite", ".judged.sqlite"))
    }


def test_no_verb_that_writes_is_forgotten():
    assert set(WRITING) == {*WORDS, *COLLECTING, *ONLY_LOOKS}


@pytest.mark.parametrize("out", ["mine", "in", "in/docs", "in/m", "."])
@pytest.mark.parametrize("verb", WORDS)
def test_a_folder_that_is_not_its_own_stays_as_it_was(verb, out, place, monkeypatch, capsys):
    """A user's folder, the recipe's folder, an input, one that contains the inputs."""
    monkeypatch.chdir(place)
    (place / "mine").mkdir(exist_ok=True)
    (place / "mine/thesis.txt").write_text("years of work")
    before = state(place)
    code = main(["--lang", "en", *WORDS[verb].replace("OUT", out).split()])
    said = capsys.readouterr().err
    after = state(place)
    assert {name: after.get(name) for name in before} == before
    assert after.keys() == before.keys()
    assert code in (1, 2), said
    assert "is a bug" not in said
