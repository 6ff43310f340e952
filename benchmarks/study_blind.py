"""What the check of `study` says of sentences written without sight of it: right ones about a passage, and ones with one error.

    python benchmarks/study_blind.py [--show] [--set tax|second|third|fourth|fifth|sixth|seventh|eighth]

`tax`: 60 of each about nine pages of the tax agency, by the check's own author before it was mended on them; in this file, page, right rows, wrong
rows. `second`: 120 of each about 30 passages (statutes, filings, news of a bank, notices), by an author who had not seen the check, with the kind of the error:
`study_blind/passages.jsonl` and `rows.jsonl`. `third`: 240 rows about 24 passages by a third author, questions with answers among them. `fourth`: 240 rows about 60 passages
by a fourth author. `fifth`: 240 rows about 40 passages by a fifth author. `sixth`: 60 right rows and 40 with another value of their passage, or turned round, about 12 passages, by who mended the check
for such rows and before the check was read. `seventh`: 60 of each about 15 passages, of the kinds a tester would plant first (eras, ranges' ends, bounds, 万/億, △, points and
percent, paragraphs, one character of a name, English, cut off, repeated), by who mended the check next and before it was read. `eighth`: 90 of each about 40 passages of the real data, which the set names and does not hold (`study_blind_sources.py`),
by an author who had read neither the check nor the other sets' rows. Right rows that are refused and errors that pass are counted.
"""

from __future__ import annotations

import argparse
import json
import os
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from study_blind_sources import named_passages
from tekio.knowledge.ground import Ground
from tekio.knowledge.grounding import Ungrounded, check_row
from tekio.statistics.intervals import wilson

DATA = Path(os.environ.get("TEKIO_REAL_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data")
PAGES = DATA / "nta" / "shitsugi"
SECOND = Path(__file__).with_name("study_blind")
# fmt: off
ROWS: dict[str, tuple[list[str], list[str]]] = {
    "1138": (
        ["国債などを取得し、その債務者が非居住者であるものは、輸出取引とみなされる。", "非居住者が日本の国内市場で出した社債の利子が問われている。",
         "金銭を貸し付けた相手が非居住者であれば、輸出取引とみなされるものに当たる。", "日本支店を通じて利子が支払われる場合についても照会している。",
         "問われている取引は2つで、いずれも社債の利子である。", "外債から受け取る利子を課税売上割合の分母と分子に入れるかどうかが論点である。", "これは消費税に関する質疑応答である。"],
        ["国債などを取得し、その債務者が居住者であるものだけが、印紙税法で輸出取引とみなされる。", "非居住者が3つの国内市場で出した社債の利子が問われている。",
         "社債の利子の5％を分母に算入する。", "香港支店を通じて利子が支払われる場合についても照会している。", "平成30年に発行された社債の利子が問われている。",
         "消費税法第88条によれば、利子は非課税である。", "これは関税定率法に関する質疑応答である。"]),
    "13944": (
        ["家が焼けたのは2月で、同じ年の6月に建売住宅を買って住んでいた。", "焼失後3年を経過する日が属する年の大みそか、つまり12月31日までの譲渡である。",
         "特別控除額の限度は3千万円である。", "控除の限度額は30,000,000円です。", "焼けた家の敷地と今の住まいを一緒に売る場合の照会である。",
         "施行令23条1項が準用する20条の3第2項の場合には当たらない。", "どちらの譲渡所得にも特例を使うことができる。"],
        ["家が焼けたのは3月で、同じ年の6月に建売住宅を買って住んでいた。", "焼失後5年を経過する日が属する年の12月31日までの譲渡である。", "特別控除額の限度は3,000円である。",
         "控除の限度額は5,000万円です。", "焼失後3年を経過する日の属する年の3月31日までの譲渡である。", "施行令23条4項が準用する20条の3第2項の場合には当たらない。",
         "施行令第23条第1項で準用する第20条の7第2項の場合には当たらない。"]),
    "15785": (
        ["資本金が1億円以下の判定法人について照会している。", "判定法人のグループは、グループ通算制度を使っていない。", "発行済株式の半分、すなわち2分の1以上を同じ大規模法人が持つ法人が挙げられている。",
         "特別償却の根拠は租税特別措置法42条の6の1項である。", "自己の株式は、発行済株式から除いて数える。", "資本金100百万円以下の法人が対象となり得る。", "これは法人税の質疑応答である。"],
        ["資本金が3億円以下の判定法人について照会している。", "資本金1億円以上の法人が対象となり得る。", "発行済株式の5分の1以上を同じ大規模法人が持つ法人が挙げられている。",
         "特別償却の根拠は租税特別措置法42条の9の1項である。", "資本金1億ドル以下の法人が対象となり得る。", "特別償却の根拠は中小企業基本法である。", "資本金1,000万円以下の判定法人について照会している。"]),
    "1762": (
        ["Aは不動産貸付業を営み、賃貸用のアパートを買った。", "清算金は、買ったアパートの取得価額に入る。", "その全額をその年の必要経費に算入することはできない。",
         "賦課期日は、年度の初日が属する年の1月1日である。", "固定資産税と都市計画税を合わせて「固定資産税等」と呼んでいる。", "購入日以後の期間に当たる金額を売主に払った。", "これは所得税の取扱いである。"],
        ["Bホールディングスは不動産貸付業を営み、賃貸用のアパートを買った。", "その全額をその年の必要経費に算入することができます。", "賦課期日は、年度の初日が属する年の4月1日である。",
         "賦課期日は、年度の初日が属する年の1月31日である。", "購入日以前の期間に対応する金額を売主に払った。", "地方税法第999条により清算金は取得価額に入る。", "清算金は大阪市に支払われた。"]),
    "2670": (
        ["判定する事業年度の開始の日より前の3年以内に終わった各年度を見る。", "所得金額の年平均額が15億円を超えると適用除外事業者になる。", "平均が1,500百万円超かどうかで判定する。",
         "A社はX4期にA事業とB1事業を行っている。", "適用除外事業者かどうかは事業年度ごとに判定する。", "適用除外事業者は、中小企業技術基盤強化税制を使えない。"],
        ["判定する事業年度の開始の日前5年以内に終わった各年度を見る。", "所得金額の年平均額が51億円を超えると適用除外事業者になる。", "平均が15億円以下の法人が適用除外事業者である。",
         "平均が15万円超かどうかで判定する。", "A社はX7期にA事業とB1事業を行っている。", "根拠は措法第42条の8である。"]),
    "3944": (
        ["甲名義の建物は2棟、A社名義の建物は1棟ある。", "借地の上には合わせて3棟の建物がある。", "Y市の収用事業によって補償金が支払われた。", "補償金は甲の名義で一括して契約された。",
         "A社に帰属させた分を差し引いた残りが甲の収入金額になる。", "関係するのは租税特別措置法33条1項である。", "借地の一部はA社に転貸されていた。"],
        ["甲名義の建物は4棟、A社名義の建物は1棟ある。", "甲名義の建物は2棟、A社名義の建物は6棟ある。", "横浜市の収用事業によって補償金が支払われた。", "補償金はトヨタの名義で一括して契約された。",
         "関係するのは租税特別措置法39条1項である。", "関係するのは土地収用法である。", "甲は補償金を2年に分けて受け取った。"]),
    "5652": (
        ["A社に勤めるBは、妻も別の会社で働いている。", "高校生の子が2人いて、長男と長女である。", "重ならない限り、どちらの親の扶養親族にしてもよい。", "同じ世帯に所得者が二人以上いる場合の話である。",
         "申告書に書かれたとおりに扱う。", "長男をBの、長女を妻の扶養親族とすることができる。"],
        ["C銀行に勤めるBは、妻も別の会社で働いている。", "同じ世帯に所得者が五人以上いる場合の話である。", "同じ世帯に所得者が2人以下の場合の話である。", "扶養控除は1人38万円である。",
         "根拠は所得税法第194条の9である。", "申告書は令和5年1月1日までに出す。"]),
    "7560": (
        ["契約は、申込みと承諾で成り立つ。", "申込書や注文書は、ふつうは課税対象にならない。", "標題が依頼書でも、書かれた内容によっては契約書になる。", "判断は、文書そのものから客観的に行うのが基本である。",
         "基本通達の2条と3条が根拠である。", "これは印紙税の質疑応答である。"],
        ["基本通達の5条と3条が根拠である。", "基本通達の第2条、第8条が根拠である。", "申込書や注文書は、通常、課税対象になります。", "これは酒税法の質疑応答である。", "申込書には200円の印紙を貼る。",
         "国税庁長官は昭和52年にこの取扱いを定めた。"]),
    "8183": (
        ["幅が2メートルほどの通り抜け私道について尋ねている。", "公道から公道へ抜けられる私道が例に挙がっている。", "行き止まりでも、公園や集会所に多くの人が出入りする私道は当てはまる。", "公共バスの停留所がある私道も例の一つである。",
         "財産評価基本通達の24が定めている。", "例はイ、ロ、ハの3つである。", "不特定多数の者が通る私道の価額は評価しない。"],
        ["幅が4メートルほどの通り抜け私道について尋ねている。", "幅が2キロメートルほどの通り抜け私道について尋ねている。", "財産評価基本通達の42が定めている。", "東京メトロの停留所がある私道も例の一つである。",
         "例はイ、ロ、ハの7つである。", "通り抜けのできない私道だけが該当しません。私道の幅は6メートル以上である。", "鎌倉市の私道が例に挙がっている。"]),
}
# fmt: on


def page(number: str) -> tuple[str, str]:
    """Title and text of a page, without its navigation."""
    text = (PAGES / f"{number}.md").read_text(encoding="utf-8")
    body = text[text.index("\n# ") + 3 :]
    title = text[: text.index("\n# ")].rsplit("[", 1)[1].split("]")[0]  # 消費税
    return f"{title} {body.splitlines()[0]}", re.sub(r"!?\[[^\]]*\]\([^)]*\)", "", body)


def tax() -> Iterator[tuple[str, Ground, str, str]]:
    """(name of the passage, what it says, kind, row) of the first set."""
    for number, (right, wrong) in ROWS.items():
        title, text = page(number)
        ground = Ground.of(text, title)
        yield from ((number, ground, "right", row) for row in right)
        yield from ((number, ground, "wrong", row) for row in wrong)


def second(prefix: str = "") -> Iterator[tuple[str, Ground, str, str]]:
    """The same of the second set; the kind is `right` or that of the error. prefix: of the files of another set."""
    lines = (SECOND / f"{prefix}passages.jsonl").read_text(encoding="utf-8").splitlines()
    grounds = {
        passage["id"]: Ground.of(passage["text"], passage.get("title", "")) for passage in map(json.loads, lines)
    }
    yield from rows_of(prefix, grounds)


def rows_of(prefix: str, grounds: dict[str, Ground]) -> Iterator[tuple[str, Ground, str, str]]:
    """The rows of a set, each with its passage."""
    for line in (SECOND / f"{prefix}rows.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        yield row["passage"], grounds[row["passage"]], row.get("error") or row.get("kind", "right"), row["text"]


def third() -> Iterator[tuple[str, Ground, str, str]]:
    """The same of the third set."""
    yield from second("third-")


def fourth() -> Iterator[tuple[str, Ground, str, str]]:
    """The same of the fourth set."""
    yield from second("fourth-")


def fifth() -> Iterator[tuple[str, Ground, str, str]]:
    """The same of the fifth set."""
    yield from second("fifth-")


def sixth() -> Iterator[tuple[str, Ground, str, str]]:
    """The same of the sixth set."""
    yield from second("sixth-")


def seventh() -> Iterator[tuple[str, Ground, str, str]]:
    """The same of the seventh set."""
    yield from second("seventh-")


def eighth() -> Iterator[tuple[str, Ground, str, str]]:
    """The same of the eighth set, whose passages are read from the real data."""
    yield from rows_of(
        "eighth-",
        {
            number: Ground.of(text, title)
            for number, title, text in named_passages(SECOND / "eighth-passages.jsonl", DATA)
        },
    )


ASKED = re.compile(r"問[:：] ?(.*?)\n答[:：] ?(.*)", re.DOTALL)


def refused(row: str, ground: Ground) -> list[Ungrounded]:
    """What the check says of a row; a question with its answer is checked as one."""
    asked = ASKED.fullmatch(row)
    question, answer = (asked[1], asked[2]) if asked else ("", row)
    return check_row(question, answer, ground)[1]


SETS = {
    "tax": tax,
    "second": second,
    "third": third,
    "fourth": fourth,
    "fifth": fifth,
    "sixth": sixth,
    "seventh": seventh,
    "eighth": eighth,
}


def main() -> None:
    """Count."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--show", action="store_true")
    parser.add_argument("--set", choices=SETS, nargs="+", default=list(SETS))
    given = parser.parse_args()
    for name in given.set:
        count: Counter[str] = Counter()
        faults: dict[str, list[str]] = {}
        for passage, ground, kind, row in SETS[name]():
            missing = refused(row, ground)
            count[kind] += 1
            if (kind == "right") == bool(missing):
                faults.setdefault(kind, []).append(f"{passage} {row}  {[item.text for item in missing] or ''}")
        wrong = [kind for kind in count if kind != "right"]
        print(f"{name}:")
        for told, kinds in (("right rows refused", ["right"]), ("errors that pass", wrong)):
            bad, n = sum(len(faults.get(kind, [])) for kind in kinds), sum(count[kind] for kind in kinds)
            found = wilson(bad, n)
            print(f"  {told}: {bad} of {n}, {bad / n:.1%} [{found.low:.1%}, {found.high:.1%}]")
        if len(wrong) > 1:
            print("  by kind:", ", ".join(f"{kind} {len(faults.get(kind, []))} of {count[kind]}" for kind in wrong))
        for kind, rows in faults.items() if given.show else ():
            for row in rows:
                print(f"    {kind}: {row}")


if __name__ == "__main__":
    main()
