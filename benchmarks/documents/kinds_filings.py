"""Filings: amendments of a part, whole amendments, reports without blocks, blocks that say nothing."""

from __future__ import annotations

import html
import io
import zipfile

from documents.held import Held

NAMES = 'xmlns:xbrli="http://www.xbrl.org/2003/instance" xmlns:jpcrp_cor="http://disclosure.edinet-fsa.go.jp/taxonomy/jpcrp/2024-11-01/jpcrp_cor" xmlns:jpdei_cor="http://disclosure.edinet-fsa.go.jp/taxonomy/jpdei/2013-08-31/jpdei_cor"'


def filing(name: str, code: str, number: str, day: str, blocks: dict[str, str], form: str = "jpcrp030000-asr") -> bytes:
    """The ZIP of a filing: an instance with text blocks."""
    context = f'<xbrli:context id="FilingDateInstant"><xbrli:entity><xbrli:identifier scheme="http://disclosure.edinet-fsa.go.jp">{code}-000</xbrli:identifier></xbrli:entity><xbrli:period><xbrli:instant>{day}</xbrli:instant></xbrli:period></xbrli:context>'
    flag = f'<jpdei_cor:EDINETCodeDEI contextRef="FilingDateInstant">{code}</jpdei_cor:EDINETCodeDEI><jpdei_cor:FilerNameInJapaneseDEI contextRef="FilingDateInstant">{name}</jpdei_cor:FilerNameInJapaneseDEI><jpdei_cor:AmendmentFlagDEI contextRef="FilingDateInstant">{"false" if number == "01" else "true"}</jpdei_cor:AmendmentFlagDEI>'
    body = "".join(
        f'<jpcrp_cor:{concept}TextBlock contextRef="FilingDateInstant">{html.escape(text)}</jpcrp_cor:{concept}TextBlock>'
        for concept, text in blocks.items()
    )
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr(
            f"XBRL/PublicDoc/{form}-001_{code}-000_2025-03-31_{number}_{day}.xbrl",
            f'<?xml version="1.0" encoding="utf-8"?><xbrli:xbrl {NAMES}>{context}{flag}{body}</xbrli:xbrl>',
        )
    return held.getvalue()


RISKS = "<h3>３【事業等のリスク】</h3><p>(1) 金利の変動　市場金利が上がると、当行の保有する債券の価格が下がり、業績に影響する可能性があります。</p><p>(2) 信用リスク　取引先の業況が悪化すると、貸出金の償却と引当が増える可能性があります。与信の限度を業種ごとに定めています。</p><p>(3) システム　勘定系の更改を2026年度に予定しており、費用は{}億円を見込んでいます。</p><p>(4) 人材　採用が計画に届かないとき、店舗の運営に支障が出るおそれがあります。</p>"
POLICY = "<h3>１【経営方針】</h3><p>地域の企業と家計に寄り添い、資金と助言の両面から支えることを経営の基本に置いています。中期の計画では、役務の利益を{}億円に高めます。</p>"


def amended_in_part() -> list[Held]:
    """An amendment that shows only the corrected sentences, its marks spelled in other ways."""
    note = "<p>１【有価証券報告書の訂正報告書の提出理由】</p><p>記載の一部に誤りがありましたので、訂正報告書を提出するものであります。訂正箇所は下線を付して表示しております。</p>"
    part = "<h3>３【事業等のリスク】</h3><p>　＜訂正前＞</p><p>　＜略＞</p><p>(3) システム　勘定系の更改を2026年度に予定しており、費用は<u>40</u>億円を見込んでいます。</p><p>　＜訂正後＞</p><p>　＜略＞</p><p>(3) システム　勘定系の更改を2026年度に予定しており、費用は<u>44</u>億円を見込んでいます。</p>"
    bare = "<h3>１【経営方針】</h3><p>（省略）</p><p>中期の計画では、役務の利益を<u>52</u>億円に高めます。</p><p>（以下省略）</p>"
    return [
        Held("f01_first.zip", filing("架空若葉銀行", "E99901", "01", "2025-06-20", {"BusinessRisks": RISKS.format(40), "BusinessPolicyBusinessEnvironmentIssuesToAddressEtc": POLICY.format(50)}),
            keep=("(1) 金利の変動 市場金利が上がると、", "与信の限度を業種ごとに定めています。", "地域の企業と家計に寄り添い、"), fields={"title": "事業等のリスク"}),
        Held("f01_part.zip", filing("架空若葉銀行", "E99901", "02", "2025-08-01", {"ReasonForFilingAmendedReport": note, "BusinessRisks": part, "BusinessPolicyBusinessEnvironmentIssuesToAddressEtc": bare}), keep=("費用は44億円を見込んでいます。",)),
    ]  # fmt: skip


def amended_whole() -> list[Held]:
    """An amendment that repeats a block as a whole supersedes it; the other blocks of the first stay."""
    whole = RISKS.replace("勘定系", "基幹系").replace("当行", "当社")
    return [
        Held("f02_first.zip", filing("架空港商事", "E99902", "01", "2025-06-21", {"BusinessRisks": whole.format(61), "BusinessPolicyBusinessEnvironmentIssuesToAddressEtc": POLICY.replace("地域の企業", "港の企業").format(70)}), keep=("港の企業と家計に寄り添い、",), leave=("費用は61億円",)),
        Held("f02_whole.zip", filing("架空港商事", "E99902", "02", "2025-09-01", {"BusinessRisks": whole.format(66)}), keep=("費用は66億円を見込んでいます。", "業種ごとに定めています。")),
    ]  # fmt: skip


def nothing_said() -> Held:
    """Blocks that say that there is nothing, in other words; a short block that says something stays."""
    blocks = {
        "ResearchAndDevelopmentActivities": "<h3>６【研究開発活動】</h3><p>特記すべき事項はありません。</p>",
        "CriticalContractsForOperation": "<h3>５【経営上の重要な契約等】</h3><p>当連結会計年度において、記載すべき重要な契約等はありません。</p>",
        "OverviewOfAffiliatedEntities": "<h3>４【関係会社の状況】</h3>",
        "MajorFacilities": "<h3>２【主要な設備の状況】</h3><p>該当なし</p>",
        "DividendPolicy": "<h3>３【配当政策】</h3><p>年１回の期末配当を基本とします。</p>",
        "DescriptionOfBusiness": "<h3>３【事業の内容】</h3><p>当社は、倉庫業と通関業を営んでいます。倉庫は国内に八か所あり、延べ床面積は四万平方メートルです。</p>",
    }
    return Held("f03_nothing.zip", filing("架空倉庫", "E99903", "01", "2025-06-22", blocks), keep=("当社は、倉庫業と通関業を営んでいます。", "年1回の期末配当を基本とします。"), leave=("特記すべき事項はありません", "該当なし", "関係会社の状況", "記載すべき重要な契約等はありません"), fields={"title": "事業の内容"})  # fmt: skip


def holding_report() -> Held:
    """A report of large holdings as an inline document without text blocks: its text, its tables, its heads."""
    page = """<?xml version="1.0" encoding="utf-8"?><html xmlns="http://www.w3.org/1999/xhtml" xmlns:ix="http://www.xbrl.org/2013/inlineXBRL" xmlns:jplvh_cor="http://disclosure.edinet-fsa.go.jp/taxonomy/jplvh/2023-12-01/jplvh_cor"><head><title>h</title></head><body>
<p>【表紙】</p><table><tr><td>【提出書類】</td><td><ix:nonNumeric name="jplvh_cor:DocumentTitleCoverPage" contextRef="FilingDateInstant">大量保有報告書</ix:nonNumeric></td></tr><tr><td>【提出日】</td><td>令和７年５月９日</td></tr></table>
<p>第２【提出者に関する事項】</p><p>（２）【保有目的】</p><p><ix:nonNumeric name="jplvh_cor:PurposeOfHolding" contextRef="FilingDateInstant">取引関係の維持と強化のため、長期にわたって保有する方針です。</ix:nonNumeric></p>
<p>（３）【重要提案行為等】</p><p>該当事項なし</p><p>（４）【上記提出者の保有株券等の内訳】</p>
<table><tr><td></td><td>本文</td><td>3項1号</td></tr><tr><td>株券（株）</td><td><ix:nonFraction name="jplvh_cor:A" contextRef="FilingDateInstant" unitRef="s" decimals="0" format="ixt:numdotdecimal">1,204,500</ix:nonFraction></td><td></td></tr><tr><td>新株予約権証券（株）</td><td>80,000</td><td>－</td></tr></table></body></html>"""
    instance = f'<?xml version="1.0" encoding="utf-8"?><xbrli:xbrl {NAMES}><xbrli:context id="FilingDateInstant"><xbrli:entity><xbrli:identifier scheme="http://disclosure.edinet-fsa.go.jp">E99904-000</xbrli:identifier></xbrli:entity><xbrli:period><xbrli:instant>2025-05-09</xbrli:instant></xbrli:period></xbrli:context></xbrli:xbrl>'
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        name = "jplvh010000-lvh-001_E99904-000_2025-05-02_01_2025-05-09"
        archive.writestr(f"XBRL/PublicDoc/{name}.xbrl", instance)
        archive.writestr(f"XBRL/PublicDoc/0101010_honbun_{name}_ixbrl.htm", page)
    return Held("f04_holding.zip", held.getvalue(), keep=("取引関係の維持と強化のため、長期にわたって保有する方針です。", "保有目的", "大量保有報告書"), order=("提出者に関する事項", "保有目的", "取引関係の維持", "株券(株)", "1,204,500"))  # fmt: skip


def all_filings() -> list[Held]:
    return [*amended_in_part(), *amended_whole(), nothing_said(), holding_report()]
