"""The policy table: what it says of each license, and that the gate stops what it must."""

import re
from pathlib import Path

import pytest

from tekio.errors import PolicyError, RecipeError, Text
from tekio.licenses import ANSWERS, find_license, policies, refuse_export, refuse_training, shipped_policies


def test_every_row_has_a_name_a_source_line_and_known_answers_in_both_languages():
    for identity, item in shipped_policies().items():
        assert item.id == identity
        assert item.name.en
        assert item.name.ja
        assert "{source}" in item.attribution.en or identity in ("EDINET", "boj-terms", "public-domain-13")
        for answer in (item.may_train, item.may_redistribute, item.commercial):
            assert answer in ANSWERS


@pytest.mark.parametrize(
    ("identity", "train", "pass_on", "commercial", "share_alike"),
    [  # as the licenses' texts say: creativecommons.org deeds, PDL 1.0, the Japanese WordNet license
        ("PDL-1.0", "yes", "yes", "yes", False),
        ("CC-BY-4.0", "yes", "yes", "yes", False),
        ("CC-BY-2.0-FR", "yes", "yes", "yes", False),
        ("WordNet-1.0", "yes", "yes", "yes", False),
        ("CC-BY-SA-4.0", "yes", "yes", "yes", True),
        ("CC-BY-NC-4.0", "ask", "yes", "no", False),
        ("CC-BY-ND-4.0", "ask", "no", "ask", False),
        ("EDINET", "yes", "derived", "yes", False),
        ("internal", "yes", "no", "yes", False),
        ("evaluation-only", "no", "no", "ask", False),
    ],
)
def test_the_answers_of_well_known_licenses(identity, train, pass_on, commercial, share_alike):
    item = find_license(identity)
    answers = (item.may_train, item.may_redistribute, item.commercial, item.share_alike)
    assert answers == (train, pass_on, commercial, share_alike)


def test_case_aliases_and_labels_find_the_license_and_anything_else_is_unknown():
    assert find_license("cc-by-4.0").id == "CC-BY-4.0"
    assert find_license("PDL1.0").id == "PDL-1.0"
    assert find_license("internal:risk").id == "internal"
    assert find_license("no such license").id == "unknown"


def test_the_source_line_names_source_and_place_and_leaves_no_gap_without_a_place():
    line = find_license("CC-BY-2.0-FR").attribution_for("tatoeba", "https://example.org/1")
    assert line.en == "tatoeba (https://example.org/1), CC BY 2.0 FR; edited with Tekio."
    assert (
        find_license("PDL-1.0").attribution_for("edinet").ja
        == "出典：edinet、公共データ利用規約（第1.0版）に基づき加工して作成"
    )


def test_training_is_refused_where_a_license_says_no_and_strictly_where_it_does_not_say_yes():
    refuse_training([("a", "CC-BY-4.0"), ("b", "unknown"), ("c", "CC-BY-NC-4.0")])
    with pytest.raises(PolicyError, match=r"d: academic-only"):
        refuse_training([("a", "CC-BY-4.0"), ("d", "academic-only")])
    with pytest.raises(PolicyError, match=r"b: unknown, c: CC-BY-NC-4.0"):
        refuse_training([("a", "CC-BY-4.0"), ("b", "unknown"), ("c", "CC-BY-NC-4.0")], strict=True)


def test_passing_on_is_refused_for_all_but_yes_and_share_alike_is_named():
    assert refuse_export([("a", "CC-BY-4.0"), ("b", "CC-BY-SA-4.0"), ("c", "cc-by-sa-4.0")]) == ["CC-BY-SA-4.0"]
    for identity in ("EDINET", "boj-terms", "internal:risk", "copyright", "never heard of"):
        with pytest.raises(PolicyError, match=f"x: {identity}") as caught:
            refuse_export([("a", "CC0-1.0"), ("x", identity)])
        assert caught.value.exit_code == 4


def test_a_table_of_ones_own_overrides_by_id_and_a_broken_one_is_refused(tmp_path: Path):
    table = tmp_path / "policies.yaml"
    table.write_text(
        "EDINET: {name: E, may_train: 'yes', may_redistribute: 'no', commercial: 'no', attribution: '{source}'}\n"
        "vendor: {name: {en: V, ja: 社}, may_train: ask, may_redistribute: 'no', commercial: 'yes'}\n",
        encoding="utf-8",
    )
    known = policies(table)
    assert known["EDINET"].may_redistribute == "no"
    assert find_license("vendor", known).name.ja == "社"
    assert known["CC-BY-4.0"] == shipped_policies()["CC-BY-4.0"]
    for broken, said in (
        ("vendor: {name: V, may_train: maybe, may_redistribute: 'no', commercial: 'no'}", "may_train: maybe: yes / no"),
        ("vendor: {name: V, may_train: yes, may_redistribute: 'no', commercial: 'no'}", "引用符"),
        ("a: [", ""),
        ("a: {name: x}", "a: may_train、may_redistribute、commercial がありません"),
        ("a: {nome: x}", "a: nome という項目はありません"),
        ("a: x", "a: 項目と値が必要です"),
        ("- a", "ライセンスの名前ごとに項目を書く表です"),
    ):
        table.write_text(broken, encoding="utf-8")
        with pytest.raises(RecipeError) as caught:
            policies(table)
        reason = caught.value.why
        assert isinstance(reason, Text)
        assert said in reason.ja
        assert re.search(r"[ぁ-ん]", reason.ja), "the reason stands in Japanese"
        assert not re.search(r"[ぁ-ん]", reason.en)
    table.write_bytes(b"\xff\xfe")
    with pytest.raises(RecipeError, match="UTF-8"):
        policies(table)
