"""Whole pairs from bare documents: from passages, with the passage as evidence, never with a number it does not have."""

# pyright: standard
# (JSON rows are untyped)

import json

import pytest

from instruct.draft.test_draft import StandIn, endpoint, options, server  # noqa: F401  (the fixture)
from tekio.cli import main
from tekio.documents import Document, document_id, to_table, write_table
from tekio.errors import TekioError
from tekio.instruct.draft.passages import LEAST, MOST, choose_passages, draft_pairs, split_passages
from tekio.offline import close_network
from tekio.records import read_records

SENTENCE = "個人向け国債は、発行から1年が経過すれば、原則としていつでも中途換金することができます。"


def documents(folder, count=6):
    rows = []
    for number in range(count):
        text = "\n".join(f"第{number}章。{SENTENCE * 3}" for _ in range(8))
        identity = document_id("mof", f"{number}.html", text)
        rows.append(
            Document(identity, text, "mof", f"{number}.html", "PDL-1.0", title="国債の手引き", as_of="2026-04-01")
        )
    write_table(to_table(rows), folder / "train" / "00000.parquet")
    return folder / "train"


def said(question, answer):
    return lambda body: json.dumps({"question": question, "answer": answer}, ensure_ascii=False)


def test_passages_are_whole_sentences_and_lose_nothing():
    text = "\n".join([SENTENCE * 4] * 9 + [SENTENCE * 60, "短い段落。"])
    pieces = split_passages(text)
    assert all(LEAST <= len(piece) <= MOST for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())
    assert all(piece.endswith("。") for piece in pieces)


def test_a_passage_that_the_server_refuses_is_lost_alone_and_with_a_reason(server: StandIn, tmp_path):  # noqa: F811
    server.answer = said("個人向け国債はいつ中途換金できますか。", "発行から1年が経過すれば、中途換金できます。")
    server.failures = [413]
    passages = choose_passages(documents(tmp_path), 2, seed=17)
    made = draft_pairs(passages, endpoint(server, tmp_path), options("pair", parallel=1))
    assert [row.rejected_by for row in made.rejected] == ["refused_by_server"]
    assert made.rejected[0].row["passage"] == passages[0].text
    assert (len(made.records), made.asked) == (1, 2)


def test_a_drafted_pair_carries_its_evidence_and_waits_for_review(server: StandIn, tmp_path):  # noqa: F811
    server.answer = said("個人向け国債はいつ中途換金できますか。", "発行から1年が経過すれば、中途換金できます。")
    passages = choose_passages(documents(tmp_path), 3, seed=17)
    made = draft_pairs(
        passages, endpoint(server, tmp_path), options("pair", generator_license="Apache-2.0", parallel=1)
    )
    draft = made.records[0]
    assert draft.meta.review == "unseen"
    assert draft.meta.parents == [passages[0].document]
    assert (draft.meta.license, draft.meta.as_of, draft.meta.origin) == ("PDL-1.0", "2026-04-01", "mof")
    assert draft.meta.extra["passage"] == passages[0].text
    assert draft.meta.extra["generator_license"] == "Apache-2.0"
    assert draft.meta.extra["draft"]["generator"] == "stand-in-1.0"
    # A server that says the same for every passage gives one draft, and says why the others are not there.
    assert [item.rejected_by for item in made.rejected] == ["same_draft_again"] * 2
    assert passages[0].text in server.requests[0]["messages"][1]["content"]


@pytest.mark.parametrize(
    ("question", "answer", "numbers"),
    [
        ("いつ換金できますか。", "発行から２年後です。", ["2"]),
        ("2024年の国債はいつ換金できますか。", "1年後です。", ["2024"]),
        ("手数料はいくらですか。", "3,300円です。", ["3300"]),
    ],
)
def test_a_number_the_passage_does_not_have_is_rejected(server: StandIn, tmp_path, question, answer, numbers):  # noqa: F811
    server.answer = said(question, answer)
    made = draft_pairs(choose_passages(documents(tmp_path), 1, seed=17), endpoint(server, tmp_path), options("pair"))
    assert made.records == []
    assert [(item.rejected_by, item.measured["numbers"]) for item in made.rejected] == [("not_in_the_passage", numbers)]


def test_what_was_answered_is_kept_when_the_server_dies(server: StandIn, tmp_path):  # noqa: F811
    passages = choose_passages(documents(tmp_path), 4, seed=17)
    server.fail_after = 2
    with pytest.raises(TekioError, match="did not answer"):
        draft_pairs(passages, endpoint(server, tmp_path), options("pair", parallel=1))
    server.fail_after = 10**9
    server.failures.clear()
    made = draft_pairs(passages, endpoint(server, tmp_path), options("pair", parallel=3))
    assert (made.asked, made.cached) == (2, 2)


def test_nonsense_is_listed_with_what_was_said(server: StandIn, tmp_path):  # noqa: F811
    server.answer = lambda body: "申し訳ありませんが、できません。"
    made = draft_pairs(choose_passages(documents(tmp_path), 2, seed=17), endpoint(server, tmp_path), options("pair"))
    assert [item.rejected_by for item in made.rejected] == ["unreadable_draft"] * 2
    assert made.rejected[0].measured["text"] == "申し訳ありませんが、できません。"


def test_the_sample_depends_on_the_seed_alone(tmp_path):
    folder = documents(tmp_path)
    small, large = choose_passages(folder, 3, seed=17), choose_passages(folder, 6, seed=17)
    assert {item.key for item in small} < {item.key for item in large}
    assert [item.key for item in choose_passages(folder, 3, seed=17)] == [item.key for item in small]
    assert {item.key for item in choose_passages(folder, 3, seed=18)} != {item.key for item in small}


def test_pairs_from_the_command_line(server: StandIn, tmp_path, capsys):  # noqa: F811
    server.answer = said("いつ換金できますか。", "1年後です。")
    out = tmp_path / "drafts.jsonl"
    command = ["--lang", "en", "draft", str(documents(tmp_path)), "--kind", "pair", "--endpoint", server.url]
    command += ["--endpoint-model", "local", "--out", str(out), "--limit", "2", "--samples", "2"]
    assert main(command) == 0
    assert "4 asked, 0 from the cache" in capsys.readouterr().out
    assert [record.meta.task for record in read_records(out)] == ["drafted-pair"]
    rejected = (tmp_path / "drafts.jsonl.rejected.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["rejected_by"] for line in rejected] == ["same_draft_again"] * 3
    close_network()


def test_a_folder_that_is_no_document_table_is_a_clear_error(tmp_path, capsys):
    (tmp_path / "empty").mkdir()
    command = [
        "--lang",
        "en",
        "draft",
        str(tmp_path / "empty"),
        "--kind",
        "pair",
        "--endpoint",
        "http://127.0.0.1:9/v1",
    ]
    assert main([*command, "--endpoint-model", "m", "--out", str(tmp_path / "o.jsonl")]) == 1
    assert "No document table here" in capsys.readouterr().err
