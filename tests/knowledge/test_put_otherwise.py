"""Rows that put something else into their passage's words, an item's value to another item, or end before their sentence does; and right ones beside them."""

# pyright: standard

import pytest

from tekio.knowledge.ground import Ground
from tekio.knowledge.grounding import check_row

MERGER = "2012年10月1日、高岳製作所と東光電気が経営統合し発足した。重電8社（日立製作所、東芝、三菱電機）の一角である。さいたま市の相川宗一市長は協力すると述べ、放送局の佐藤允克社長も期待を寄せた。"
OFFICERS = "監事は、機構の業務を監査する。理事は、理事長を補佐して機構の業務を掌理する。"
RATES = "利率は次のとおりとする。\n一　元本の額が十万円以上百万円未満の場合　年一割八分\n二　元本の額が百万円以上の場合　年一割五分"
BONDS = "規定: 一　法第三条第八項 | 名称: 第十四回国庫債券 | 額面金額: 七十五万円\n規定: 二　法第三条第九項 | 名称: 第十六回国庫債券 | 額面金額: 九十万円\n規定: 三　法第三条第十項 | 名称: 第十九回国庫債券 | 額面金額: 百万円"
CASH = (
    "前連結会計年度及び当連結会計年度における財務活動により得られた資金は、それぞれ454百万円及び171百万円となりました。"
)
TALES = "ジェイコブズが1890年に『イギリス民話集』を刊行した。ドラリュは『フランス民話集』をまとめた。"
GAME = "取得にともない、バンジーは当社の完全子会社となりました。対価は約5,140億円です。"
FILMS = "登場第一作『プレーン・クレイジー』および第二作『ギャロッピン・ガウチョ』はサイレント映画である。"
SAKE = "純米酒の精米歩合は60%以下である。吟醸酒では50%が多い。"


@pytest.mark.parametrize(
    ("passage", "question", "row", "stands"),
    [
        (MERGER, "", "高岳製作所と東光電気が経営統合して発足した。", True),
        (MERGER, "", "2012年10月1日、高岳製作所と東芝が経営統合して発足した。", False),
        (MERGER, "", "相川宗一市長は協力すると述べた。", True),
        (MERGER, "", "相川宗一社長は協力すると述べた。", False),
        (OFFICERS, "", "機構の業務を監査するのは監事である。", True),
        (OFFICERS, "", "機構の業務を監査するのは理事である。", False),
        (RATES, "", "元本の額が百万円以上の場合、利率は年一割五分です。", True),
        (RATES, "", "元本の額が百万円以上の場合、利率は年一割八分です。", False),
        (BONDS, "", "第十四回国庫債券の額面金額は七十五万円である。", True),
        (BONDS, "", "第十九回国庫債券の額面金額は100万円である。", True),
        (BONDS, "", "第十四回国庫債券の額面金額は九十万円である。", False),
        (BONDS, "", "第十六回は90万円で、第十四回の75万円より15万円高い。", True),
        (CASH, "", "当連結会計年度に財務活動により得られた資金は171百万円でした。", True),
        (CASH, "", "当連結会計年度に財務活動により得られた資金は454百万円でした。", False),
        (CASH, "", "財務活動により得られた資金は、前期の454百万円から当期は171百万円に減りました。", True),
        (TALES, "『イギリス民話集』を刊行したのは誰ですか。", "ジェイコブズ", True),
        (TALES, "『利尻町民話集』を刊行したのは誰ですか。", "ジェイコブズ", False),
        (GAME, "", "対価は約5,140億円です。取得にともない、バンジーは当社の完全子会社となりました。", True),
        (GAME, "", "対価は約5,140億円です。取得にともない、バンジーは当社の完全子会", False),
        (FILMS, "2作目の登場作品は何ですか。", "『ギャロッピン・ガウチョ』", True),
        (FILMS, "1作目の登場作品は何ですか。", "『ギャロッピン・ガウチョ』", False),
        (SAKE, "純米酒の精米歩合は何%以下ですか。", "60%以下", True),
        (SAKE, "純米酒の精米歩合は何%以下ですか。", "約50%", False),
    ],
)
def test_what_stands_in_the_passages_words(passage: str, question: str, row: str, stands: bool):
    assert (not check_row(question, row, Ground.of(passage))[1]) == stands


BALANCE = "◆　当期末の資産（単位：百万円）\n総資産 | 当期末: 8,208,012 | 前期末: 7,741,972 | 増減: 466,039\n総負債 | 当期末: 5,294,259 | 前期末: 5,502,537 | 増減: △208,278"
LOANS = "③ 中小企業等貸出比率（単体）　（単位：百万円、％）\n中小企業等貸出比率 | 2021年３月期: 80.78 | 2022年３月期: 79.99\n中小企業等貸出残高 | 2021年３月期: 2,048,243 | 2022年３月期: 2,213,012"
NAMING = (
    "命名権の契約は6年間、売却総額は1億8000万円である。負債は22億アメリカドルあり、5億5000万アメリカドルまで抑える。"
)
PENALTY = "納付しなかつた印紙税の額とその二倍に相当する金額との合計額に相当する過怠税を徴収する。"
BUYBACK = "取得期間\n2022年５月23日から2022年９月22日"
PENSION = "一　六十歳以上六十一歳未満の者　十年\n二　六十五歳以上の者　一月"


@pytest.mark.parametrize(
    ("passage", "row", "stands"),
    [
        (BALANCE, "総資産は8兆2,080億円である。", True),
        (BALANCE, "総資産は約8兆2,080億円で、4,660億円ほど増えた。", True),
        (BALANCE, "総資産は8兆2,180億円である。", False),
        (BALANCE, "総負債は208,278百万円減少した。", True),
        (BALANCE, "総負債は208,278百万円増加した。", False),
        (BALANCE, "総資産は466,039百万円減少した。", False),
        (LOANS, "中小企業等貸出比率は80.78％から79.99％へ下がった。", True),
        (LOANS, "中小企業等貸出残高は2,213,012百万円である。", True),
        (NAMING, "契約は6年間で総額1億8千万円なので、1年当たりでは3,000万円になる。", True),
        (NAMING, "契約は6年間で総額1億8千万円なので、1年当たりでは4,000万円になる。", False),
        (NAMING, "22億ドルの負債を5億5,000万ドルに減らす。", True),
        (PENALTY, "過怠税は納付しなかった印紙税の3倍になる。", True),
        (PENALTY, "過怠税は納付しなかった印紙税の4倍になる。", False),
        (BUYBACK, "取得期間は2022年5月23日から4か月間である。", True),
        (BUYBACK, "取得期間は2022年5月23日から5か月間である。", False),
        (PENSION, "65歳以上の者は1か月で足りる。", True),
    ],
)
def test_what_comes_of_tables_and_statutes(passage: str, row: str, stands: bool):
    assert (not check_row("", row, Ground.of(passage))[1]) == stands


KIDNEY = "慢性腎不全では腎臓の機能が低下し、貧血が改善されない。"
ICE = "氷床は、西南極においては減少、東南極においては増加で推移した。"
BOTH = "オスの方がメスより体長・体幅が若干大きい。繁殖期はゲンゴロウと比較すると非常に早い。"


@pytest.mark.parametrize(
    ("passage", "question", "answer", "stands"),
    [
        (KIDNEY, "貧血が改善されないのは、どの臓器の機能が低下したからですか。", "腎臓", True),
        (KIDNEY, "貧血が改善されないのは、どの臓器の機能が上昇したからですか。", "腎臓", False),
        (ICE, "氷床が減少したのはどこですか。", "西南極", True),
        (ICE, "氷床が増加したのはどこですか。", "西南極", False),
        (BOTH, "体の幅が大きいのはオスとメスのどちらですか。", "オス", True),
        (BOTH, "体の幅が小さいのはオスとメスのどちらですか。", "オス", False),
        (BOTH, "繁殖期が遅いのはゲンゴロウと本種のどちらですか。", "ゲンゴロウ", True),
        (BOTH, "繁殖期が早いのはゲンゴロウと本種のどちらですか。", "ゲンゴロウ", False),
        (BOTH, "繁殖期は早いか、早いか。", "早い", False),
        (BOTH, "繁殖期は早いか、速いか。", "遅い", False),
    ],
)
def test_which_way_it_is_where_the_answer_stands(passage: str, question: str, answer: str, stands: bool):
    assert (not check_row(question, answer, Ground.of(passage))[1]) == stands
