"""Rules that no longer hold are flagged where the old rule is stated, and not where the new one is."""

import pytest

from tekio.instruct.screen.editorial import suggestions
from tekio.instruct.screen.superseded import find_superseded, superseded_rules

OLD_AND_NEW = {
    "nisa-general": (
        "NISAの非課税枠は年間１２０万円、期間は最長5年間です。",
        "NISAのつみたて投資枠は年間120万円です。",
    ),
    "nisa-junior": (
        "ジュニアNISAは年80万円まで投資できます。",
        "ジュニアNISAは2023年末で終了しました。年80万円まででした。",
    ),
    "nisa-age": ("NISA口座は20歳以上の方が開設できます。", "NISA口座は18歳以上の方が開設できます。"),
    "ideco-civil-servants": ("公務員の掛金の上限は月額12,000円です。", "公務員の掛金の上限は月額2万円です。"),
    "ideco-age": ("iDeCoに加入できるのは60歳未満の方です。", "iDeCoに加入できるのは65歳未満の方です。"),
    "pension-deferral": ("年金の繰下げは70歳までできます。", "年金の繰下げは75歳までできます。"),
    "pension-early": ("繰上げ受給では1か月につき0.5％減額されます。", "繰上げ受給では1か月につき0.4％減額されます。"),
    "pension-working": (
        "在職老齢年金は、月額28万円を超えると停止されます。",
        "在職老齢年金は、基準額を超えると停止されます。",
    ),
    "consumption-tax-rate": ("消費税率は8％です。", "消費税率は10％です。軽減税率は8％です。"),
    "invoice": ("区分記載請求書等を保存してください。", "適格請求書等保存方式が適用されます。"),
    "electronic-books-approval": (
        "電子帳簿で保存するには税務署長の承認が必要です。",
        "電子帳簿の税務署長の承認は不要です。",
    ),
    "electronic-transactions-paper": (
        "電子取引のデータは書面に出力して保存することができます。",
        "電子取引のデータを書面に出力して保存することは認められません。",
    ),
    "tax-return-seal": ("確定申告書には押印が必要です。", "確定申告書に押印は不要です。"),
    "securities-income-20": (
        "税率は20%（所得税15%、住民税5%）です。",
        "税率は20.315%（所得税15.315%、住民税5%）です。",
    ),
    "securities-income-10": ("上場株式の配当には軽減税率10％が適用されます。", "上場株式の配当の税率は20.315％です。"),
    "deposit-insurance": ("普通預金は全額保護されます。", "決済用預金は全額保護されます。"),
    "postal-savings-limit": ("ゆうちょ銀行の預入限度額は1,000万円です。", "ゆうちょ銀行の預入限度額は2,600万円です。"),
    "maruyu-elderly": ("65歳以上の方はマル優を利用できます。", "障害者の方はマル優を利用できます。"),
    "libor": ("金利は円LIBORに連動します。", "LIBORの公表停止に伴い、TONAを参照します。"),
    "tse-segments": ("当社は東証一部に上場しています。", "当社はプライム市場に上場しています。"),
    "quarterly-report": ("四半期報告書を提出します。", "半期報告書を提出します。"),
    "securities-exchange-act": ("証券取引法により届出が必要です。", "証券取引等監視委員会が検査します。"),
    "financial-products-sales-act": ("金融商品販売法に基づき説明します。", "金融サービス提供法に基づき説明します。"),
    "age-of-majority": ("成年年齢は20歳です。", "成年年齢は18歳です。"),
    "gift-before-death": ("相続開始前3年以内の贈与は加算されます。", "相続開始前7年以内の贈与は加算されます。"),
    "gift-settlement": (
        "相続時精算課税を選ぶと、少額でも申告が必要です。",
        "相続時精算課税でも、110万円以下なら申告は不要です。",
    ),
    "inheritance-allowance": (
        "基礎控除は5,000万円＋1,000万円×法定相続人の数です。",
        "基礎控除は3,000万円＋600万円×法定相続人の数です。",
    ),
    "inheritance-registration": ("相続登記に期限はありません。", "相続登記は3年以内に行う義務があります。"),
    "income-wall-103": ("年収103万円を超えると所得税がかかります。", "年収160万円を超えると所得税がかかります。"),
    "basic-allowance-38": ("基礎控除は38万円です。", "基礎控除は58万円です。"),
    "housing-loan-deduction": (
        "住宅ローン控除では残高の1%が控除されます。",
        "住宅ローン控除では残高の0.7%が控除されます。",
    ),
    "statutory-interest": ("法定利率は年5％です。", "法定利率は年3％です。"),
    "internal-control-scope": (
        "売上高のおおむね3分の2に達する拠点を選びます。",
        "売上高のおおむね3分の2という基準を機械的に適用してはいけません。",
    ),
    "basel-2": ("バーゼルⅡにより自己資本比率を計算します。", "バーゼルⅢにより自己資本比率を計算します。"),
    "health-insurance-card": ("健康保険証の写しを提出してください。", "資格確認書の写しを提出してください。"),
    "notification-card": ("通知カードの写しを提出してください。", "マイナンバーカードの写しを提出してください。"),
    "furusato-points": ("ふるさと納税でポイントを付与します。", "ふるさと納税でのポイント付与は禁止されています。"),
    "paper-shares": ("株券を紛失したときは届け出てください。", "株式は株券電子化により振替で管理されます。"),
    "pension-qualifying": ("老齢基礎年金の受給資格期間は25年以上です。", "老齢基礎年金の受給資格期間は10年以上です。"),
    "negative-rate": (
        "日本銀行は政策金利をマイナス0.1％としています。",
        "日本銀行は、政策金利をマイナス0.1％としていた政策を2024年3月に終了しました。",
    ),
    "stock-settlement": (
        "国内株式の受渡しは約定日から起算して4営業日目です。",
        "国内株式の受渡しは約定日から起算して3営業日目です。",
    ),
}


def test_every_rule_of_the_table_has_an_example():
    assert {rule.id for rule in superseded_rules()} == set(OLD_AND_NEW)


@pytest.mark.parametrize("name", sorted(OLD_AND_NEW))
def test_the_old_rule_is_flagged_and_the_new_one_is_not(name):
    old, new = OLD_AND_NEW[name]
    assert name in [item["why"].split(":")[0] for item in find_superseded(old)]
    assert [item["why"] for item in find_superseded(new)] == []


def test_a_flag_says_since_when_and_where_it_stands_and_nothing_is_changed():
    found = suggestions("成年年齢は。", "成年年齢は20歳です。", "2021-04-01")
    flag = next(item for item in found if item["rule"] == "superseded")
    assert (flag["since"], flag["found"]) == ("2022-04-01", ["成年年齢は20歳"])
    assert "民法" in flag["law"]


def test_rules_have_a_day_and_a_source():
    for rule in superseded_rules():
        assert 2000 < rule.since.year < 2027
        assert rule.law
        assert rule.why
