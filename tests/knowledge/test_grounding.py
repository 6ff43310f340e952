"""No wrong number, date, name or article passes; what follows from the passage does."""

import random

import pytest

from study.materials import FAQ, LAW, REPORT, material
from tekio.knowledge.computed import Computed
from tekio.knowledge.facts import facts_of
from tekio.knowledge.ground import Ground
from tekio.knowledge.grounding import check, check_row
from tekio.knowledge.verbatim import is_verbatim
from tekio.study.build import ground_of
from tekio.study.material import Draft
from tekio.study.strategies import STRATEGIES

PASSAGE = "甲乙銀行は、令和6年3月31日に、大阪府で1,200百万円（前年比5.2％減）を計上した。会社法第三十二条の五による。"


def wrong(text: str, computed: tuple[Computed, ...] = ()) -> list[str]:
    return [item.text for item in check(text, Ground.of(PASSAGE), computed)[1]]


@pytest.mark.parametrize(
    "text",
    [
        "12億円を計上した。",
        "2024年3月に計上した。",
        "2024年3月31日の金額は1,200,000,000円である。",
        "会社法第32条の5による。",
        "5.2%減少した。",
        "甲乙銀行の業績です。\n1. 金額は12億円です。",
        "十二億円である。",
    ],
)
def test_the_same_fact_in_another_form_is_right(text: str):
    assert wrong(text) == []


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("13億円を計上した。", "13億円"),
        ("1,200円を計上した。", "1,200円"),
        ("1,200百万ドルを計上した。", "1,200百万ドル"),
        ("2025年3月31日に計上した。", "2025年3月31日"),
        ("令和6年3月30日である。", "令和6年3月30日"),
        ("会社法第32条の4による。", "第32条の4"),
        ("丙丁銀行は計上した。", "丙丁銀行"),
        ("東京都で計上した。", "東京都"),
        ("田中一郎氏が計上した。", "田中一郎"),
        ("トヨタは計上した。", "トヨタ"),
        ("ABC社は計上した。", "ABC"),
        ("民法による。", "民法"),
    ],
)
def test_what_stands_nowhere_is_named(text: str, named: str):
    assert named in wrong(text)


def test_a_day_of_the_same_year_stands_in_the_passage():
    ground = Ground.of("構想会議が設置された。同年6月24日に本部が設置された。")
    assert check("6月24日です。", ground)[1] == []
    assert [item.text for item in check("6月25日です。", ground)[1]] == ["6月25日"]


def test_a_computation_passes_only_where_it_comes_out():
    passage = "売上は前期1,000百万円、当期1,250百万円。"
    ground = Ground.of(passage)
    right = Computed("difference", ("1,250百万円", "1,000百万円"), "250百万円")
    rate = Computed("change", ("1,250百万円", "1,000百万円"), "25.0%")
    text = "250百万円、25.0%増えた。"
    assert check(text, ground, (right, rate))[1] == []
    assert check(text, ground, ())[1]
    assert check("251百万円増えた。", ground, (Computed("difference", right.inputs, "251百万円"),))[1]
    assert check("30.0%増えた。", ground, (Computed("change", right.inputs, "30.0%"),))[1]
    assert check("250百万円", ground, (Computed("difference", ("1,300百万円", "1,050百万円"), "250百万円"),))[1]
    assert check("25.0%", ground, (Computed("power", right.inputs, "25.0%"),))[1]


def test_the_places_of_what_is_said_are_kept():
    spans, _ = check("甲乙銀行は12億円を計上した。", Ground.of(PASSAGE))
    assert [PASSAGE[start:end] for start, end in spans] == ["甲乙銀行", "1,200百万円"]


@pytest.mark.parametrize(
    ("passage", "text", "named"),
    [
        ("売上は5.2%増加した。", "売上は5.2%減少した。", "5.2%減少した。"),
        ("百万円以下の罰金に処する。", "百万円以上の罰金に処する。", "百万円以上の罰金に"),
        ("利益は増えた。", "利益は減少した。", ""),
        ("この金額は必要経費に算入することができません。", "この金額は必要経費に算入することができます。", "できます"),
        ("定数の三分の二以上の多数による。", "定数の五分の二以上の多数による。", "五分の二"),
        ("1984年（昭和59年）に発行された。", "1984年（昭和8年）に発行された。", "昭和8年"),
        ("資本金三億円以下の会社", "資本金三億ドル以下の会社", "三億ドル"),
        ("白樺会が設立した。", "株式会社浪花堂が設立した。", "株式会社浪花堂"),
        (
            "全額を必要経費に算入することができますか。\n算入することはできません。",
            "必要経費に算入することができます。",
            "できます",
        ),
        ("申込書は、課税対象にはなりません。", "申込書は、課税対象になります。", "なります"),
        ("購入日以後の期間による。", "購入日以前の期間による。", "以前"),
        ("翌日から起算して45日以内に提出する。", "翌日から起算して45日以後に提出する。", "以後"),
        ("幅2メートルの道路である。", "幅2キロメートルの道路である。", "2キロメートル"),
        ("租税特別措置法第33条第1項", "租税特別措置法39条1項による。", "39条"),
        ("補償金の取扱いである。", "土地収用法による。", "土地収用法"),
        ("支店が最も多いのは北地区である。", "支店が最も少ないのは北地区である。", "最も少"),
        ("この地域で一番長い橋である。", "この地域で最も短い橋である。", "最も短"),
        ("政府は声を上げた。", "利尻町政府は声を上げた。", "利尻町"),
        ("甲川、乙川、丙川が流れる。", "4つの川は、甲川、乙川ともう1つは何ですか。", "4"),
        ("昭和20年8月6日と、同9日に記録した。", "昭和20年8月8日に記録した。", "8月8日"),
        ("その日数は、期間に算入しない。", "その日数は期間に算入される。", "算入"),
        ("会社は賠償の責任を負わない。", "会社が賠償の責任を負う。", "責任を負"),
        ("弁明する機会を与えなければならない。", "弁明の機会を与える必要はない。", "機会を与"),
        ("通帳は全て返却しました。", "通帳の一部は返却されていない。", "返却"),
        ("国内は812億円（同3.1%増）、国際は391億円（同17.8%増）。", "国際は3.1%増の391億円だった。", "3.1%"),
        ("予想を2,550億円から2,600億円に引き上げる。", "予想は2,600億円から2,550億円に変わった。", "→"),
        ("2,550億円と2,600億円の二つである。", "2,550億円から2,600億円へ引き下げた。", "引き下げ"),
        ("超過の料金は、1kgにつき400円とする。", "超過の料金は、1個につき400円である。", "1個"),
        ("1円22銭の円高である。", "1円22銭の円安となった。", "円安"),
        ("税抜方式による。", "税込方式である。", "税込"),
        ("為替要因が＋139円であった。", "為替要因が139円押し下げた。", "139円"),
        ("「貯蓄」など五つから選ばせる。", "四つの選択肢がある。", "四つ"),
        ("当工場の設備は豊橋工場にある。", "設備は豊田工場にある。", "豊田工場"),
        ("個人は684億円、法人は153億円である。", "個人と法人を合わせて838億円である。", "838億円"),
        ("基準価額は9,842円で、222円上がった。", "基準価額は9,621円より222円高い9,842円である。", "9,621円"),
        (
            "機構の残高が四億円を超え、資金の援助その他の業務を行う。",
            "機構の残高が四億ドルを超え、資金の援助その他の業務を行う。",
            "四億ドル",
        ),
        ("期間は5年間、3年後に見直す。", "期間は5年間、3年後に見直すことから8年である。", "8年"),
        (
            "主な耐用年数は、建物15年～50年、機械装置7年～10年である。",
            "機械装置の耐用年数は15年から50年である。",
            "15年",
        ),
        ("一月以上一年以内の期間に請求する。六月以下の刑とする。", "1か月以上6か月以内の期間に請求する。", "6か月"),
        ("見込価額は1万円（消費税を除く。）以下である。", "見込価額は1万円以上である。", "1万円以上"),
        ("三年を経過した場合は、十年以内に申し出る。", "5年を経過した場合は、10年以内に申し出る。", "5年"),
        ("倒産は14件で、前年より3件少なかった。", "倒産は前年の11件から14件になった。", "11件"),
        ("報酬は年額12万円以内とする。", "報酬は15万円である。", "15万円"),
        ("件数は158,317件だった。", "件数は約17万件だった。", "17万件"),
        ("午後2時18分に起き、午後4時52分に終わった。", "14時18分に起き、16時52分まで、2時間44分続いた。", "44分"),
        ("業種別では、卸売38%、製造27%、建設14%である。", "建設が27%、製造が14%である。", "27%"),
        (
            "プラン　支払限度額　自己負担額\nスタンダード　5,000万円　10万円\nプレミアム　2億円　50万円",
            "自己負担額は、スタンダードが50万円、プレミアムが10万円です。",
            "500000円",
        ),
        (
            "第七条　開発区域に公園を設ける。\n第十条　開発者は、工事着手届を市長に提出する。",
            "工事着手届の提出は、第七条に定められている。",
            "7",
        ),
        ("（単位：百万円）\n売上高　48,600　43,200\n営業利益　3,150　3,500", "売上高は487億円である。", "487億円"),
        ("高さが十メートルを超える建物による。", "高さが10メートル以上の建物による。", "10メートル以上"),
        ("費用は80,000円以内とし、5,000円を負担する。", "修理代が18万円であった。", "18万円"),
        ("2012年1月25日、前年の11位から22位とした。", "2011年の順位は、1月25日に発表された。", "1月25日"),
        ("照会先は外為業務部とする。", "照会先は国際営業部である。", "国際営業部"),
        ("富士東センターが寄与した。", "富士西センターが寄与した。", "富士西センター"),
        ("処方せんを三年間保存する。前年の記録も同じ。", "処方せんは1年間保存する。", "1年間"),
    ],
)
def test_what_is_turned_round_or_of_another_kind_is_named(passage: str, text: str, named: str):
    missing = [item.text for item in check(text, Ground.of(passage))[1]]
    assert any(named in item for item in missing)


@pytest.mark.parametrize(
    ("passage", "text"),
    [
        ("1924年2月に国交を結び、4月14日から交渉した。", "1924年4月14日から交渉した。"),
        ("1888年に移り住んだ。同年12月23日に事件が起きた。", "1888年12月23日に起きた。"),
        ("1952年に始まり、翌年には広がった。", "1953年に広がった。"),
        ("2006年11月16-18日に開かれた。", "2006年11月18日に終わった。"),
        ("最も多いのは千葉県で、兵庫県が次ぐ。", "2番目に多いのは兵庫県である。"),
        ("甲国、乙国、丙国が署名した。", "甲国と乙国、丙国の3国が署名した。"),
        ("白樺橋は長い。", "白樺橋建設に使われたモチーフと出身大学は何ですか。"),
        ("売上は100百万円から90百万円へ減少した。", "売上は100百万円から90百万円へ減少した。"),
        ("租税特別措置法第42条の6第1項", "租税特別措置法42条の6の1項による。"),
        ("道路の長さは5キロメートルである。", "道路の長さは5,000mである。"),
        ("イ　公道\nロ　私道\nハ　水路", "例はイ、ロ、ハの3つである。"),
        ("1940年に結び、1934年締結の条約を破棄し、5月22日に調印した。", "1940年5月22日に調印した。"),
        ("1941年6月22日に始まり、同年12月に止まった。", "1941年12月に止まった。"),
        ("1945年、8月に入ると6日に、同9日にも記録した。", "1945年8月9日に記録した。"),
        ("甲川、乙川、丙川が流れる。", "3つの川は、甲川、乙川ともう1つは何ですか。"),
        ("方式には3種類がある。", "3つの方式のうち、3種の部品を使うものはどれですか。"),
        ("監督の宮崎は語った。", "宮崎監督は何を語りましたか。"),
        ("邸宅は愛知県犬山市に移された。", "邸宅は愛知県何市に移されましたか。"),
        ("雨の多い地域では砂が少ない。", "砂は多いか、もしくは少ないか。"),
        ("個人は684億円、法人は153億円である。", "個人の684億円と法人の153億円を合わせて837億円である。"),
        ("基準価額は9,842円で、222円上がった。", "基準価額は9,620円より222円高い9,842円である。"),
        ("新築は13年間、中古は10年間である。", "新築は13年で、中古の10年より3年長い。"),
        ("売上高3,410億円のうち139億円を投じた。", "139億円は、売上高3,410億円の約4.1%に当たる。"),
        ("約3割に当たる1,140台が止まった。", "1,140台が3割に当たるので、全部でおよそ3,800台である。"),
        ("二週間以内に、百分の百二十に相当する額を納める。", "14日以内に120%相当額を納める。"),
        ("三月以内に請求する。", "3か月以内に請求できる。"),
        ("午後2時18分に起きた。", "14時18分に起きた。"),
        ("日本銀行の田所総裁は述べた。", "日銀総裁は述べた。"),
        ("添付しないときは、適用しない。", "添付すれば適用される。"),
        ("会員に周知する。ただし、不利益とならない変更は、この限りでない。", "不利益のない変更は周知されない。"),
        ("浅い水域を好む種である。", "浅い水域を好まないのは、どちらですか。"),
        ("会議の意見を聴かなければならない。", "会議の意見を聴く必要がある。"),
        ("1億円（前年比3%増）。", "前年から3%増えて、1億円となった。"),
        ("主な耐用年数は、建物15年～50年、機械装置7年～10年である。", "機械装置の耐用年数は7年から10年である。"),
        ("倒産は14件で、前年より3件少なかった。", "倒産は前年の17件から14件に減った。"),
        ("倍率は9月に1.31倍で、前月より0.02ポイント上昇した。", "倍率は8月の1.29倍から9月に1.31倍へ上がった。"),
        ("比率は前年の38%から47%に上がった。", "比率は1年で9ポイント高まり47%になった。"),
        ("価格を8,000円から12,000円に引き上げた。", "価格は8,000円から1万2,000円へと1.5倍になった。"),
        ("無料の重さは普通席が20kg、上級席が40kgまでとする。", "上級席は40kgで、普通席の2倍である。"),
        ("対象は31,260人で、17,819人が受けた。", "31,260人のうち17,819人が受け、受けなかった人は13,441人だった。"),
        ("件数は158,317件だった。", "件数は約16万件だった。"),
        ("着工は11.9%減少した。", "着工は1割以上減った。"),
        ("返戻金は通常型の70%に抑えられる。", "返戻金は通常型より3割少なくなる。"),
        ("午後2時18分に起き、午後4時52分に終わった。", "14時18分に起き、16時52分まで、2時間34分続いた。"),
        ("掛金は月額68,000円までとする。", "月額6万8,000円を12か月続けると、年に81万6,000円になる。"),
        ("18歳未満の者は、同意書を要する。", "17歳の人には、同意書が必要である。"),
        (
            "購入費の2分の1（100円未満切捨て）、上限4万円を助成する。",
            "購入費が63,500円の場合、半分の31,750円から100円未満を切り捨てた31,700円となる。",
        ),
        ("建蔽率は50%で、敷地は150㎡以上とする。", "敷地が200㎡の場合、建蔽率50%では100㎡が上限となる。"),
        ("贈与の年の翌年3月15日までに住む。", "2026年に贈与を受けた場合は、2027年3月15日までに住む。"),
        ("軒の高さが7mを超える建物に限る。", "軒高が7m以下でも、対象となることがある。"),
        (
            "（単位：百万円）\n　　　　　当中間期　前中間期　増減率\n売上高　48,600　43,200　12.5%\n中間純利益　2,240　2,100　6.7%",
            "売上高は486億円で、前年同期の432億円から54億円増えた。中間純利益は22億4,000万円で、1億4,000万円上回った。",
        ),
        (
            "決議　配当金の総額（百万円）　1株当たり配当額（円）\n取締役会　1,920　40\n株主総会　2,208　46",
            "19億2,000万円と22億800万円を合わせて41億2,800万円になる。期末は46円である。",
        ),
        ("1株当たり年間86円（中間40円、期末46円）とする。", "期末は中間に比べて6円多い。"),
        ("価額の百分の八十を限度とし、四千万円を超えない。", "価額が3,000万円の建物であれば、2,400万円までとなる。"),
        ("スタンダードは86,400円。研修をしていれば20%割り引く。", "20%の割引により、86,400円が69,120円になる。"),
        ("空室率は2.4%から3.1%に上昇した。", "空室率は0.7ポイント上がって3.1%となった。"),
        ("2012年1月25日、前年の11位から22位とした。", "2012年の順位は、1月25日に発表された。"),
        (
            "（単位：百万円）\n親会社の所有者に帰属する持分 | 第107期: 222,125 | 第108期: 230,410\n資本合計 | 第107期: 216,438 | 第108期: 225,007",
            "甲社の第107期の親会社の所有者に帰属する持分は222,125百万円である。",
        ),
        (
            "貸付けの期間が十年以上のものは、利率を届け出る。期間が五年以上の貸付けの利率は、別に定める。",
            "空欄を埋めてください。貸付けの期間が（　　　）のものは、利率を届け出る。期間が五年以上の貸付けの利率は、別に定める。",
        ),
        ("2025年9月18日\n10月1日に新エンジンを提供する。", "2025年10月1日から使える。"),
        ("第九条　十年間保存する。\n２　写しも同じ。", "第9条第1項により10年間保存する。"),
        (
            "法第四十条　次の者は罰する。\n一　届出をしない者\n二　供託をしない者",
            "供託をしない者は、第40条第2号による。",
        ),
        ("所得税法第9条第1項、同法施行令第20条の2", "根拠は所得税法施行令20条の2である。"),
        ("甲事業（12億円）と乙事業（3億円）を始める。", "12億円と3億円の2事業で15億円を合わせて見込む。"),
    ],
)
def test_what_follows_from_the_passage_is_right(passage: str, text: str):
    assert check(text, Ground.of(passage))[1] == []


@pytest.mark.parametrize("digit", "23456789")
def test_what_is_supposed_is_no_other_value_of_the_passage(digit: str):
    passage = "届出をした者が一年以内に着工しないときは、届出は効力を失う。延長は三十年以下とする。"
    row = passage.replace("一年", f"{digit}年").replace("三十年以下", "一定の年数まで")
    assert [item.text for item in check(row, Ground.of(passage))[1]] == [f"{digit}年"]


def test_a_question_may_tell_a_case_of_its_own():
    ground = Ground.of("一の修理が20万円未満であれば、修繕費とすることができる。")
    asked = "修理代が18万円で、価値を高める工事が含まれています。修繕費にできますか。"
    assert check_row(asked, "20万円未満であれば、修繕費とすることができます。", ground)[1] == []
    assert [item.text for item in check_row(asked, "30万円未満であればできます。", ground)[1]] == ["30万円"]


def test_a_short_answer_stands_in_the_passage():
    ground = Ground.of("城主は小森半左衛門である。")
    assert check_row("城主は誰ですか。", "小森半左衛門です。", ground)[1] == []
    assert [item.kind for item in check_row("城主は誰ですか。", "蘇我入鹿です。", ground)[1]] == ["answer"]


def test_a_question_is_held_against_the_questions_of_the_passage():
    ground = Ground.of("甲国で最も長い川は何ですか。\n丙川です。")
    assert check("甲国で最も長い川は何ですか。", ground)[1] == []
    assert {item.kind for item in check("甲国で最も短い川は何ですか。", ground)[1]} == {"direction"}


def test_the_bound_a_question_asks_for_is_that_of_its_answer():
    ground = Ground.of("加入者は9,000人以上と推計された。")
    assert check_row("加入者は何人以上ですか。", "9,000人です。", ground)[1] == []
    assert [item.kind for item in check_row("加入者は何人未満ですか。", "9,000人です。", ground)[1]] == ["direction"]


# --- planted errors -------------------------------------------------------------------------------------------------


def rows() -> list[tuple[str, Draft, Ground]]:
    documents = [material(LAW), material(FAQ), material(REPORT, company="甲乙銀行")]
    found: list[tuple[str, Draft, Ground]] = []
    for document in documents:
        for name, tell in STRATEGIES.items():
            for item in tell(document, 6):
                if isinstance(item, Draft):
                    found += [(name, item, ground_of(document, item))]
    return found


OTHERS = {"name": ["住友商事株式会社", "財務大臣", "北海道", "ソニー", "労働基準法", "日本年金機構", "佐藤健氏"]}


def planted(text: str, chance: random.Random) -> str | None:
    """The text with one number, date, article or name changed into another; None where it has none."""
    facts = [
        fact for fact in facts_of(text) if any(character.isdecimal() for character in fact.text) or fact.kind == "name"
    ]
    if not facts:
        return None
    fact = chance.choice(facts)
    if fact.kind == "name":
        other = chance.choice(OTHERS["name"])
    else:
        places = [place for place, character in enumerate(fact.text) if character.isdecimal()]
        place = chance.choice(places)
        digit = chance.choice([digit for digit in "123456789" if digit != fact.text[place]])
        other = fact.text[:place] + digit + fact.text[place + 1 :]
    return text[: fact.start] + other + text[fact.end :]


@pytest.mark.parametrize("seed", range(1, 6))
def test_none_of_500_planted_errors_passes(seed: int):
    chance = random.Random(seed)
    material_rows = rows()
    passed: list[str] = []
    tried = 0
    while tried < 500:
        _, draft, ground = chance.choice(material_rows)
        text = planted(draft.whole, chance)
        if text is None:
            continue
        before, after = ({(f.kind, f.value) for f in facts_of(told)} for told in (draft.whole, text))
        if all((kind, value) in ground.places for kind, value in after - before):
            continue  # another fact of the same passage: a true sentence may say it
        tried += 1
        if not check(text, ground, draft.computed)[1]:
            passed.append(text)
    assert passed == []


TABLE = "（単位：百万円）\n売上高 | 前期: 1,000 | 当期: 1,250 | 増減率（％）: 25.0\n営業利益 | 前期: 100 | 当期: 90 | 増減率（％）: △10.0"


@pytest.mark.parametrize(
    ("row", "right"),
    [
        ("当期の売上高は1,250百万円である。", True),
        ("当期の売上高は2,250百万円である。", False),  # both years added
        ("営業利益の増減率は△10.0％である。", True),
        ("営業利益の増減率は△90.0％である。", False),  # one year by the other
        ("売上高の増減率は△20.0％である。", False),  # from the later year to the earlier
        ("前期と当期の売上高の合計は2,250百万円である。", True),
    ],
)
def test_no_calculation_stands_for_the_cell_that_a_row_names(row: str, right: bool):
    assert (check(row, Ground.of(TABLE))[1] == []) is right


def test_a_count_that_is_not_told_is_no_count():
    ground = Ground.of(
        "第四条　次に掲げるものとする。\n一　商号\n二　資本金\n三　本店\n2　前項の届出は、遅滞なくしなければならない。"
    )
    count = (Computed("count", ("商号", "資本金", "本店"), "3つ"),)
    assert check("第四条は「商号」、「資本金」及び「本店」の3つを掲げる。", ground, count)[1] == []
    assert check("第四条は「商号」、「資本金」及び「本店」の2つを掲げる。", ground, count)[1] != []


STATUTE = """（交付金）
第十七条　政府は、前条の場合を除き、年金特別会計の健康勘定に収納された額を協会に対し遅滞なく交付する。
2　政府は、当該年度の健康勘定に剰余金が繰り入れられたときは、協会に対し交付金として交付する。
3　政府は、各月ごとに、協会に対し、交付金の額の算定根拠を明らかにするものとする。
4　前三項に定めるもののほか、交付金の交付に関し必要な事項は、省令で定める。"""


def test_a_sentence_that_stands_in_the_paragraph_it_names_is_of_no_other():
    ground = Ground.of(STATUTE, "年金特別会計健康勘定交付金施行令")
    said = "政府は、各月ごとに、協会に対し、交付金の額の算定根拠を明らかにするものとする。"
    assert check(f"年金特別会計健康勘定交付金施行令第十七条第3項によれば、{said}", ground)[1] == []
    assert check(f"年金特別会計健康勘定交付金施行令第十七条第2項によれば、{said}", ground)[1]


ALIKE = """第五条　研究所は、通則法第三十二条第一項の規定により各事業年度の評価を受けようとするときは、報告書を提出しなければならない。
第七条　研究所は、通則法第三十四条第一項の規定により各中期目標期間の評価を受けようとするときは、報告書を提出しなければならない。"""


def test_an_article_within_a_sentence_that_stands_there_is_not_that_of_one_alike():
    ground = Ground.of(ALIKE, "研究所省令")
    said = "研究所は、通則法第三十四条第一項の規定により各中期目標期間の評価を受けようとするときは、報告書を提出しなければならない。"
    assert check(said, ground)[1] == []
    for text, right in ((said, True), (said.replace("三十四", "三十二"), False)):
        article = next(fact for fact in facts_of(text) if fact.kind == "article")
        assert is_verbatim(article, text, ground.folded) is right
