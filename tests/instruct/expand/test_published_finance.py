"""chABSA and EDINET filings become instructions; a figure keeps unit, scale, period and consolidation and can be checked."""

import json
import zipfile
from decimal import Decimal

import pytest

from realdata import need_real_data
from tekio.engine import LocalEngine
from tekio.instruct import build_instructions
from tekio.instruct.candidate import Row
from tekio.instruct.expand.edinet import answer_agrees, filing_rows, period_text, show
from tekio.instruct.expand.expand import compile_template, expand_file
from tekio.instruct.expand.facts import Fact, instances_in, read_filing
from tekio.instruct.expand.templates import read_template
from tekio.instruct.screen.rules import screen_rows
from tekio.recipe.instruct import ExpandConfig, InstructConfig, ScreenConfig
from tekio.recipe.paths import RecipePath
from tekio.store import read_json, read_jsonl
from tekio.text.unreadable import UnreadableError

CRP = "http://disclosure.edinet-fsa.go.jp/taxonomy/jpcrp/2025-11-01/jpcrp_cor"
DEI = "http://disclosure.edinet-fsa.go.jp/taxonomy/jpdei/2013-08-31/jpdei_cor"
PPS = "http://disclosure.edinet-fsa.go.jp/taxonomy/jppfs/2025-11-01/jppfs_cor"


def context(name, period, member=""):
    dimension = (
        f'<xbrli:scenario><xbrldi:explicitMember dimension="jppfs_cor:{member.split("=")[0]}">jppfs_cor:{member.split("=")[1]}'
        "</xbrldi:explicitMember></xbrli:scenario>"
        if member
        else ""
    )
    dates = period.split("/")
    inside = (
        f"<xbrli:startDate>{dates[0]}</xbrli:startDate><xbrli:endDate>{dates[1]}</xbrli:endDate>"
        if len(dates) == 2
        else f"<xbrli:instant>{period}</xbrli:instant>"
    )
    return (
        f'<xbrli:context id="{name}"><xbrli:entity><xbrli:identifier scheme="x">E0</xbrli:identifier></xbrli:entity>'
        f"<xbrli:period>{inside}</xbrli:period>{dimension}</xbrli:context>"
    )


def instance(facts: str, *, consolidated="true") -> bytes:
    single = "ConsolidatedOrNonConsolidatedAxis=NonConsolidatedMember"
    contexts = "".join(
        [
            context("FilingDateInstant", "2025-06-20"),
            context("CurrentYearDuration", "2024-04-01/2025-03-31"),
            context("Prior1YearDuration", "2023-04-01/2024-03-31"),
            context("CurrentYearInstant", "2025-03-31"),
            context("CurrentYearDuration_NonConsolidatedMember", "2024-04-01/2025-03-31", single),
            context("CurrentYearDuration_Segment", "2024-04-01/2025-03-31", "OperatingSegmentsAxis=BankMember"),
        ]
    )
    about = {
        "FilerNameInJapanese": "架空商事株式会社",
        "EDINETCode": "E99999",
        "CurrentPeriodEndDate": "2025-03-31",
        "TypeOfCurrentPeriod": "FY",
        "WhetherConsolidatedFinancialStatementsArePrepared": consolidated,
    }
    told = "".join(
        f'<d:{name}DEI contextRef="FilingDateInstant">{value}</d:{name}DEI>' for name, value in about.items()
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><xbrli:xbrl xmlns:xbrli="http://www.xbrl.org/2003/instance" '
        f'xmlns:xbrldi="http://xbrl.org/2006/xbrldi" xmlns:c="{CRP}" xmlns:p="{PPS}" xmlns:d="{DEI}">{contexts}'
        '<xbrli:unit id="JPY"><xbrli:measure>iso4217:JPY</xbrli:measure></xbrli:unit>'
        '<xbrli:unit id="pure"><xbrli:measure>xbrli:pure</xbrli:measure></xbrli:unit>'
        f"{told}{facts}</xbrli:xbrl>"
    ).encode()


SALES = (
    '<c:NetSalesSummaryOfBusinessResults contextRef="CurrentYearDuration" unitRef="JPY" decimals="-6">1234000000</c:NetSalesSummaryOfBusinessResults>'
    '<c:NetSalesSummaryOfBusinessResults contextRef="Prior1YearDuration" unitRef="JPY" decimals="-6">1000000000</c:NetSalesSummaryOfBusinessResults>'
    '<c:NetSalesSummaryOfBusinessResults contextRef="CurrentYearDuration_NonConsolidatedMember" unitRef="JPY" decimals="-3">999888000</c:NetSalesSummaryOfBusinessResults>'
    '<p:NetSales contextRef="CurrentYearDuration_Segment" unitRef="JPY" decimals="-6">5000000</p:NetSales>'
    '<c:EquityToAssetRatioSummaryOfBusinessResults contextRef="CurrentYearInstant" unitRef="pure" decimals="3">0.451</c:EquityToAssetRatioSummaryOfBusinessResults>'
)


def test_figures_keep_unit_scale_period_and_consolidation():
    rows = list(filing_rows(read_filing("x.xbrl", instance(SALES))))
    told = {(row["label"], row["consolidated"]): (row["answer"], row["period"]) for row in rows}
    assert told == {
        ("売上高", "連結"): ("1,234百万円", "2025年3月期"),
        ("売上高", "個別"): ("999,888千円", "2025年3月期"),
        ("自己資本比率", "連結"): ("45.1％", "2025年3月期末"),
    }
    sales = rows[0]
    assert (sales["change"], sales["direction"], sales["prior_answer"]) == ("23.4％", "増加", "1,000百万円")
    assert sales["answer_check"]["value"] == "1234000000"
    assert sales["answer_check"]["period"] == ["2024-04-01", "2025-03-31"]


def test_a_segment_is_not_the_company_and_a_single_company_is_not_consolidated():
    assert (
        read_filing("x.xbrl", instance(SALES)).left_out == 2 - 1 + 0
    )  # the segment's figure; dei numbers have no unit
    single = read_filing("x.xbrl", instance(SALES, consolidated="false"))
    assert {fact.consolidated for fact in single.facts} == {False}


@pytest.mark.parametrize(
    ("value", "form", "unit", "decimals", "shown"),
    [
        ("-839000000", "amount", "JPY", -6, "△839百万円"),
        ("1234567", "amount", "JPY", 0, "1,234,567円"),
        ("25.05", "per_share", "JPY/shares", 2, "25.05円"),
        ("0.082", "ratio", "pure", 3, "8.2％"),
        ("12.3", "times", "pure", 1, "12.3倍"),
        ("176645000", "shares", "shares", 0, "176,645,000株"),
        ("1", "amount", "USD", 0, None),
    ],
)
def test_values_are_shown_as_filings_print_them(value, form, unit, decimals, shown):
    assert show(Fact("c", "l", form, Decimal(value), unit, decimals, None, "2025-03-31", True)) == shown


@pytest.mark.parametrize(
    ("answer", "agrees"),
    [
        ("1,234百万円です。", True),
        ("12.3億円です。", True),  # rounded, but right to the digit told
        ("1,234,000,000円", True),
        ("1,235百万円です。", False),
        ("△1,234百万円です。", False),
        ("1,234千円です。", False),
        ("分かりません。", False),
    ],
)
def test_an_answer_is_checked_against_its_figure(answer, agrees):
    assert answer_agrees(answer, {"answer": "1,234百万円"}) is agrees


def test_an_edited_answer_that_states_another_figure_is_rejected(tmp_path):
    (tmp_path / "x.xbrl").write_bytes(instance(SALES))
    config = ExpandConfig(name="e", path=RecipePath.of(tmp_path / "x.xbrl"), template="edinet-facts", tasks=["figure"])
    compiled = compile_template(read_template("edinet-facts"), config)
    rows: list[Row] = list(expand_file(tmp_path / "x.xbrl", "x.xbrl", compiled, config, 17))
    rows[0].record.messages[-1]["content"] = "9,999百万円です。"
    screen_rows(rows, ScreenConfig())
    assert [row.rejected_by for row in rows] == ["wrong_answer", None, None]


def test_hostile_archives_and_instances_are_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("XBRL/PublicDoc/a.xbrl", b"0" * 50_000_000)
    with pytest.raises(UnreadableError, match="too_large"):
        instances_in(tmp_path / "bomb.zip")
    (tmp_path / "cut.zip").write_bytes((tmp_path / "bomb.zip").read_bytes()[:1000])
    with pytest.raises(UnreadableError, match="bad_archive"):
        instances_in(tmp_path / "cut.zip")
    laughs = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'
    with pytest.raises(UnreadableError, match="doctype"):
        read_filing("x.xbrl", laughs)


def test_an_interim_period_is_called_so():
    filing = read_filing("x.xbrl", instance(SALES).replace(b">FY<", b">HY<").replace(b"2025-03-31", b"2024-09-30"))
    assert period_text(filing, instant=False) == "2024年9月中間期"


CHABSA = {
    "header": {"document_id": "E00001", "document_name": "架空食品株式会社"},
    "sentences": [
        {
            "sentence_id": 0,
            "sentence": "売上高は増加しましたが、営業利益は減少しました",
            "opinions": [
                {"target": "売上高", "category": "company#sales", "polarity": "positive", "from": 0, "to": 3},
                {"target": "営業利益", "category": "company#profit", "polarity": "negative", "from": 12, "to": 16},
                {"target": "経費", "category": "company#cost", "polarity": "negative", "from": 1, "to": 3},
            ],
        },
        {"sentence_id": 1, "sentence": "当社は食品を製造しています", "opinions": []},
    ],
}


def test_chabsa_opinions_become_polarity_extraction_and_inverse_tasks(tmp_path):
    (tmp_path / "e.json").write_text(json.dumps(CHABSA, ensure_ascii=False), encoding="utf-8")
    config = ExpandConfig(name="c", path=RecipePath.of(tmp_path / "e.json"), template="chabsa")
    rows = list(
        expand_file(tmp_path / "e.json", "e.json", compile_template(read_template("chabsa"), config), config, 17)
    )
    reasons = [row.rejected_by for row in rows if row.rejected_by]
    assert reasons == ["rule:target_not_at_its_place", "rule:no_opinion"]
    made = {(row.record.meta.extra["task"], row.record.output) for row in rows if row.alive}
    assert ("find-target", "売上高") in made
    assert ("targets", "売上高: positive\n営業利益: negative\n経費: negative") in made
    assert {row.record.meta.group for row in rows if row.alive} == {"c:E00001"}


@pytest.mark.real
def test_real_filings_become_checked_questions(tmp_path):
    path = need_real_data("edinet-samples", "S002XXXX.zip")
    source = ExpandConfig(name="ed", path=RecipePath.of(path), template="edinet-facts")
    build_instructions(InstructConfig(expand=[source]), tmp_path / "i", seed=17, engine=LocalEngine(1))
    rows = list(read_jsonl(tmp_path / "i" / "train.jsonl"))
    sales = [row for row in rows if row["meta"]["extra"]["row"].endswith("/連結/売上高")]
    assert {row["messages"][-1]["content"].rstrip("です。").split("で")[0] for row in sales} >= {"323,609百万円"}
    assert len(rows) == 301


@pytest.mark.real
def test_real_chabsa_sentences_become_instructions(tmp_path):
    path = need_real_data("chabsa", "e00008_ann.json")
    source = ExpandConfig(name="ch", path=RecipePath.of(path), template="chabsa")
    build_instructions(InstructConfig(expand=[source]), tmp_path / "i", seed=17, engine=LocalEngine(1))
    totals = read_json(tmp_path / "i" / "funnel.json")["totals"]
    assert totals["rows_in"] == totals["rows_train"] + totals["rows_validation"] + sum(totals["rejected"].values())
    assert totals["rows_train"] == 90
