"""Every verb of the command line with words that make it work, and which of them are what: the table that attacks start from."""

import argparse
import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FILE, FOLDER, ANY = "@", "%", "&"
WORDS = {
    "run": "run @r.yaml --out OUT",
    "init": "init OUT.yaml",
    "doctor": "doctor @r.yaml --out OUT",
    "verify": "verify %run",
    "explain": "explain %run ID",
    "demo": "demo --out OUT",
    "fetch edinet": "fetch edinet --from-date 2024-01-01 --to-date 2024-01-01 --replay --out OUT",
    "fetch pages": "fetch pages @list.txt --replay --out OUT",
    "fetch wikipedia": "fetch wikipedia --date 20240101 --replay --out OUT",
    "fetch laws": "fetch laws 322AC0000000054 --replay --out OUT",
    "corpus build": "corpus build @r.yaml --out OUT --workers 1",
    "corpus stats": "corpus stats %run",
    "corpus show": "corpus show %run",
    "corpus sample": "corpus sample %run/corpus",
    "corpus diff": "corpus diff %run %other",
    "corpus clean": "corpus clean @docs/a.txt --recipe @r.yaml",
    "corpus export": "corpus export %run --licenses @licenses.yaml --out OUT",
    "exam build": "exam build @e.yaml --corpus %facts/corpus --out OUT",
    "exam show": "exam show %facts/exam --limit 2",
    "harvest": "harvest &faq.html --out OUT --coverage OUT.rest",
    "expand": "expand &rows.jsonl --template @template.yaml --out OUT",
    "instruct build": "instruct build @i.yaml --out OUT",
    "study build": "study build @s.yaml --corpus %studied/corpus --out OUT",
    "study stats": "study stats %studied",
    "study show": "study show %studied",
    "review": "review @records.jsonl --store OUT.sqlite --documents &run/corpus/train --pages %pages --merge @back.csv --write OUT.html",
    "dataset stats": "dataset stats &records.jsonl",
    "dataset show": "dataset show &records.jsonl",
    "dataset diff": "dataset diff &records.jsonl &newer.jsonl",
    "dataset import": "dataset import &records.jsonl --out OUT",
    "dataset export": "dataset export &records.jsonl --to records --license internal --out OUT",
    "dataset card": "dataset card &records.jsonl --license internal",
    "draft": "draft &records.jsonl --kind harder --out OUT --documents &run/corpus/train --endpoint http://127.0.0.1:9 --endpoint-model m",
    "train": "train @t.yaml --out OUT",
    "merge": "merge %m --out OUT --add %m2=0.5",
    "export": "export %m --out OUT",
    "vocabulary": "vocabulary %m @d.txt --terms @terms.txt --out OUT",
    "evaluate": "evaluate %m --suite @suite.yaml --corpus %run/corpus --instruct &instruct --prefer &records.jsonl --out OUT",
    "tasks list": "tasks list",
    "tasks show": "tasks show @exam.yaml --data &data",
    "tasks hash": "tasks hash @exam.yaml",
    "plan-size": "plan-size @sized.yaml",
    "published": "published %board --results &results/results.json",
    "contamination": "contamination @exam.yaml --in &d.txt --evaluation %results --out OUT",
    "report": "report %run --out OUT --evidence OUT.zip",
    "forget": "forget @i.yaml --source r",
    "view": "view %run --page scores",
    "evidence": "evidence @pack.zip",
    "compare": "compare %m %m2 --prompts &prompts.jsonl --corpus &run/corpus --max-new-tokens 2 --out OUT",
    "judge": "judge &answers --reviewer r --store OUT.sqlite --write OUT.html --merge @judgements.jsonl",
    "bundle make": "bundle make --wheels %wheels --extras= --out OUT",
    "bundle verify": "bundle verify %kit",
    "bundle install": "bundle install %kit --out OUT",
    "schema": "schema --out OUT",
    "completion": "completion bash",
}
ENDS_WITH = {"fetch edinet": 1, "fetch pages": 3, "fetch wikipedia": 1, "fetch laws": 3, "draft": 3, "published": 1}
"""Good words that do not end with 0: nothing recorded to replay, no server at that port, none of the board's tasks."""


@dataclass(frozen=True)
class Slot:
    """One word of a verb that names an input."""

    verb: str
    at: int
    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.verb} {self.kind}{self.name}".replace(" ", "_")

    def words(self, replaced: str, out: str) -> list[str]:
        """The verb's words with another input in this place."""
        return good_words(self.verb, out, {self.at: replaced})


def _split(word: str) -> tuple[str, str, str]:
    found = re.fullmatch(r"([@%&])([^=]+)(=.*)?", word)
    return (found[1], found[2], found[3] or "") if found else ("", word, "")


def good_words(verb: str, out: str, replaced: dict[int, str] | None = None) -> list[str]:
    """What to type so that the verb works; `replaced`: other inputs by their place."""
    words: list[str] = []
    for at, word in enumerate(WORDS[verb].split()):
        kind, name, rest = _split(word)
        other = (replaced or {}).get(at)
        if word == "ID":
            word = document_id()
        words.append(re.sub("^OUT", lambda _: out, word) if not kind else (other or name) + rest)
    return words


def document_id() -> str:
    """The id of a document of the run in the working directory."""
    import pyarrow.parquet as pq

    file = next(Path("run/corpus/train").glob("*.parquet"))
    return str(pq.read_table(file, columns=["id"])["id"][0])


SLOTS = [
    Slot(verb, at, kind, name)
    for verb, words in WORDS.items()
    for at, word in enumerate(words.split())
    for kind, name, _ in [_split(word)]
    if kind
]
WRITING = [verb for verb, words in WORDS.items() if "OUT" in words and verb != "doctor"]


def verbs(
    parser: argparse.ArgumentParser, words: tuple[str, ...] = ()
) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Every verb below `parser` with its own parser."""
    below = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    if not below:
        yield " ".join(words), parser
    for action in below:
        for name, item in action.choices.items():
            yield from verbs(item, (*words, name))


_LAW = """第一条　信託受託者は、業務の開始から十日以内に届出書を提出しなければならない。
第二条　信託監督委員は、前条の届出書を五年間備え置かなければならない。
第三条　代表取締役は、届出書の写しを三十日以内に作成し、七年間保存しなければならない。
第四条　信託受益者は、報告書の写しを二十日以内に請求することができる。
第五条　取締役会の議長は、十五日以内に議事録を作成し、九年間保存しなければならない。
"""


def make_inputs(folder: Path, *, said: str = "") -> None:
    """Everything that the words above name, below `folder`. Needs torch; call it with `folder` as working directory.

    said: stands in every title, name and text that may come from outside.
    """
    from bundle.small_wheel import wheel
    from model.tiny import save_tiny
    from tekio.cli import main

    def write(name: str, text: str) -> None:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    save_tiny(folder / "m")
    save_tiny(folder / "m2", seed=1)
    wheel(folder / "wheels")
    write("docs/a.txt", "日本銀行は金融政策決定会合で政策金利を据え置いた。" * 20)
    write(f"docs/b{said}.txt", f"{said}当社の売上高は前年同期比で増加し、営業利益は減少した。" * 20)
    source = "corpus: {sources: [{name: s, path: docs, license: CC0-1.0, filters: {preset: none}}]}\n"
    records = "instruct: {import: [{name: r, path: records.jsonl, license: CC0-1.0}]}\n"
    write("r.yaml", "name: r\n" + source + "report: {}\n")
    write("i.yaml", "name: i\n" + records)
    write("t.yaml", "name: t\nbase: {model: m}\n")
    asked = f"【照会要旨】\n預金保険{said}とは何ですか。\n【回答要旨】\n預金を守る制度です。限度は1,000万円です。"
    write("asked/q.txt", asked)
    write("s.yaml", "name: s\n" + source.replace("path: docs", "path: asked") + "study: {}\n")
    write("licenses.yaml", "{}\n")
    write(
        "template.yaml",
        "name: own\ntasks:\n  - name: answer\n    phrasings:\n"
        '      - {instruction: "{{ question }}", output: "{{ answer }}"}\n',
    )
    write("board/models/x/y/result-0.1.json", '{"results": {"chabsa-1.0-0.1": {"f1": 0.5}}}\n')
    write("taken/thesis.txt", "years of work\n")
    record = {"instruction": f"預金保険{said}とは何ですか。", "input": "", "output": "預金を守る制度です。"}
    clean = record | {"instruction": "預金保険とは何ですか。"}
    write("records.jsonl", "".join(json.dumps(row) + "\n" for row in ([record, clean] if said else [record])))
    row = {"question": f"預金保険{said}とは何ですか。", "answer": f"預金を守る{said}制度です。"}
    write("rows.jsonl", json.dumps(row) + "\n")
    write("prompts.jsonl", json.dumps({"prompt": f"預金保険{said}とは。", "topic": said, "id": f"p{said}"}) + "\n")
    write("judgements.jsonl", "")
    write("faq.html", f"<title>{said}</title><h3>預金{said}保険とは何ですか。</h3><p>預金を守る制度です。</p>")
    shutil.copytree(folder / "docs", folder / "pages")
    write("list.txt", f"https://example.com/{said}\n")
    write("d.txt", "政策金利を据え置いた。\n")
    write("terms.txt", f"政策金利\n{said}\n")
    item = {"id": f"1{said}", "question": f"金利{said}は。", "choices": ["上", "下"], "answer": "上"}
    write("exam.jsonl", json.dumps(item) + "\n")
    write("data/exam.jsonl", json.dumps(item) + "\n")
    write(
        "exam.yaml",
        "name: exam\nkind: choice\nlicense: internal\n"
        "data: {files: [exam.jsonl], fields: {id: id, options: choices, gold: answer}}\n"
        'templates:\n  default: {prompt: "問題: {{ question }}\\n答え:"}\n',
    )
    write("sized.yaml", (folder / "exam.yaml").read_text(encoding="utf-8").replace("data: {", "data: {items: [100], "))
    write("suite.yaml", "tasks:\n  - {task: exam.yaml}\n")
    law = {"title": f"信託業務{said}規則", "text": _LAW.replace("信託受託者", f"信託{said}受託者")}
    write("facts.jsonl", json.dumps(law, ensure_ascii=False) + "\n")
    write(
        "e.yaml",
        "name: e\nexam: {seen: 5, unseen: 0}\nreport: {}\ncorpus:\n  held_out: {share: 0}\n"
        "  sources: [{name: facts, path: facts.jsonl, reader: jsonl, columns: {text: text, title: title}, license: CC0-1.0, filters: {preset: none}}]\n",
    )
    for words in (
        "run e.yaml --out facts",
        "run r.yaml --out run",
        "run r.yaml --out other",
        "run s.yaml --out studied",
        "instruct build i.yaml --out instruct",
        "evaluate m --suite suite.yaml --out results",
        "review records.jsonl --store scrap.sqlite --write back.csv",
        "dataset import records.jsonl --out newer.jsonl",
        "compare m m2 --prompts prompts.jsonl --max-new-tokens 2 --out answers",
        "report run --evidence pack.zip --out scrap",
        "bundle make --wheels wheels --extras= --out kit",
    ):
        code = main(words.split())
        assert code == 0, words
    shutil.rmtree(folder / "scrap")
