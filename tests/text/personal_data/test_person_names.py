"""Names, dates of birth and addresses are found where a document lists people, and nowhere else."""

import itertools
import time
from timeit import repeat

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tekio.text.kernels.codepoints import code_points
from tekio.text.personal_data.person_names import find_people, may_hold_people
from tekio.text.personal_data.pseudonyms import PseudonymKey, mask, pseudonym

KEY = PseudonymKey(b"a key of tests")


def found(text: str) -> list[tuple[str, str]]:
    return [(span.kind, text[span.start : span.end]) for span in find_people(text)]


OFFICERS = (
    "役職名 | 氏名 | 生年月日 | 略歴\n"
    "代表取締役会長 | 役員　太郎 | 昭和38年9月11日生 | 昭和60年4月　当社入社\n"
    "取締役 総務部長 | 役　花子 （戸籍上の氏名：金融 花子） | 1969年5月6日生 | 平成1年4月　当社入社\n"
    "取締役 | ジョン・スミス | （注）2 | －\n"
    "計 | － | － | －\n"
)


def test_officers_are_found_with_their_dates_of_birth():
    assert found(OFFICERS) == [
        ("person", "役員　太郎"),
        ("birth_date", "昭和38年9月11日生"),
        ("person", "役　花子"),
        ("person", "金融 花子"),
        ("birth_date", "1969年5月6日生"),
        ("person", "ジョン・スミス"),
    ]


def test_officers_written_a_line_a_cell_are_found():
    text = "代表取締役\n－\n前田　規夫\n昭和24年4月19日生\n昭和47年4月　株式会社東洋情報入社\n56\n"
    assert found(text) == [("person", "前田　規夫"), ("birth_date", "昭和24年4月19日生")]


def test_a_name_found_in_a_list_is_found_in_the_rest_of_the_document():
    text = "氏名 | 選任の理由\n佐野　鉱一 | 佐野鉱一氏は経営の経験が豊富です。\nなお、佐野鉱一氏と当社との間に利害関係はありません。"
    assert found(text) == [("person", "佐野　鉱一"), ("person", "佐野鉱一"), ("person", "佐野鉱一")]


def test_of_shareholders_only_persons_are_taken_with_their_addresses():
    text = (
        "氏名又は名称 | 住所 | 所有株式数（千株）\n"
        "○○信託銀行株式会社 | 東京都中央区 | 12,419\n"
        "TIS従業員持株会 | 東京都新宿区 | 2,397\n"
        "日銀商会 | 東京都新宿区 | 100\n"
        "鈴木　一郎 | 愛知県名古屋市中区三の丸1-2-3 | 56\n"
        "計 | － | 14,872\n"
    )
    assert found(text) == [("person", "鈴木　一郎"), ("address", "愛知県名古屋市中区三の丸1-2-3")]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("【代表者の役職氏名】　代表取締役社長　　桑野　徹\n【本店の所在の場所】", "桑野　徹"),
        ("【代表者の役職氏名】 | 代表取締役社長　桑野　徹", "桑野　徹"),
        ("【事務連絡者氏名】\n財務経理部長　　伊藤　恒嘉\n【電話番号】", "伊藤　恒嘉"),
        ("【事務連絡者氏名】　執行役員財務部長　伊藤恒嘉", "伊藤恒嘉"),
        ("【最高財務責任者の役職氏名】　該当事項はありません。", None),
        ("【氏名又は名称】　○○信託銀行株式会社", None),
        ("業務執行社員 | 公認会計士 | 斉藤　浩史 ㊞", "斉藤　浩史"),
        ("公認会計士　　善方　正義 氏 ( 継続監査年数6年 )", "善方　正義"),
        ("公認会計士　　　21名", None),
        ("公認会計士　監査　業務", None),
    ],
)
def test_covers_and_signatures(text: str, name: str | None):
    assert found(text) == ([("person", name)] if name else [])


@pytest.mark.parametrize(
    "text",
    [
        "東京都新宿区西新宿8丁目17番1号",
        "大阪市北区堂島浜一丁目2番1号",
        "愛知県名古屋市西区笹塚町2丁目41番地",
        "神奈川県横浜市中区弁天通２丁目２６番地",
        "東京都大田区蒲田5-37-1",
        "東京都港区高輪2丁目21-46",
    ],
)
def test_an_address_is_found_down_to_the_house_number(text: str):
    assert found(f"本社は{text}に所在する。") == [("address", text)]


@pytest.mark.parametrize("building", ["みどりマンション201号室", "グリーンハイツ405", "青葉ビル3階"])
def test_the_building_behind_an_address_belongs_to_it(building: str):
    address = f"仙台市青葉区一番町1-2-3　{building}"
    assert found(f"〒980-0811 {address}\n") == [("address", address)]


@pytest.mark.parametrize("after", ["資本金1000万円", "電話2024", "代表 405名", "2024年"])
def test_other_words_behind_an_address_do_not(after: str):
    address = "東京都港区高輪2丁目21-46"
    assert found(f"{address} {after}") == [("address", address)]


@pytest.mark.parametrize(
    "text",
    [
        "東京都の人口は2024-01-01現在で1,400万人",
        "大阪府の第2番目の都市",
        "東京都の市場規模は2024-01-01に1兆円",
        "北海道電力の泊3号機",
        "売上高は東京都内で前年比3-5%増",
        "氏名又は名称 | 住所\n三菱商事 | 東京都",
        "連結報酬等の総額 | 氏名\n固定報酬 | 業績連動報酬",
        "株式会社鈴木　一郎商店の売上は伸びた。",
        "夏目漱石は『坊っちゃん』を書いた。",
        "役員の氏名は別紙のとおり。",
    ],
)
def test_running_text_and_organisations_are_left_alone(text: str):
    assert found(text) == []


def test_one_person_has_one_pseudonym_however_the_name_is_spaced():
    assert pseudonym("佐野　鉱一", "person", KEY) == pseudonym("佐野鉱一", "person", KEY)
    text = "氏名 | 理由\n佐野　鉱一 | 佐野鉱一氏は適任です。"
    masked = mask(text, find_people(text), KEY)
    assert "佐野" not in masked
    assert masked.count(pseudonym("佐野鉱一", "person", KEY)) == 2


ALPHABET = [
    *("氏名", "役員 | ", " | ", "\n", "鈴木　一郎", "昭和38年9月11日生", "公認会計士", "【事務連絡者氏名】"),
    *("東京都新宿区", "1丁目", "2番3号", "4-5-6", "あ", "。", "　", "🙂", "（旧姓：佐藤）"),
]


@given(st.lists(st.sampled_from(ALPHABET), max_size=30).map("".join))
def test_spans_are_in_order_inside_the_text_and_never_overlap(text: str):
    spans = find_people(text)
    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    assert all(first.end <= second.start for first, second in itertools.pairwise(spans))


PIECES = [
    "東京都千代田区",
    "丸の内",
    "大阪府大阪市北区",
    "1",
    "２",
    "三",
    "十",
    "丁目",
    "番",
    "地",
    "号",
    "-",
    "－",
    "‐",
    "−",
    "氏名",
    " | ",
    "\n",
    "山田 太郎",
    "生年月日",
    "昭和40年1月2日生",
    "公認会計士 鈴木 花子",
    "代表者名",
    "担当者名",
    "、",
    "は本店です。",
    " ",
]


@settings(deadline=None)
@given(st.lists(st.lists(st.sampled_from(PIECES), max_size=12).map("".join), max_size=5))
def test_texts_that_are_not_looked_at_hold_nobody(texts):
    looked = set(may_hold_people(code_points(texts)))
    assert {number for number, text in enumerate(texts) if find_people(text)} <= looked


@pytest.mark.parametrize(
    "piece",
    [
        "昭和38年9月11日生",
        "公認会計士" + " " * 50,
        "【事務連絡者氏名】" + "　" * 50,
        "氏名 | 生年月日\n鈴木　一郎 | 昭和38年9月11日生\n",
        "東京都" * 3 + "1丁目",
        "東京都新宿区" + "あ" * 40 + "1-2-3",
        "社長　" * 20,
        "氏名 | " * 10,
    ],
)
def test_hostile_text_takes_linear_time(piece: str):
    """Ten times the text: ten times the seconds when linear, a hundred when quadratic. Best of three: another job may hold the core."""

    def seconds(characters: int) -> float:
        text = "氏名 公認会計士 日生 " + piece * (characters // len(piece))
        return min(repeat(lambda: find_people(text), number=1, repeat=3, timer=time.process_time))

    small = max(seconds(20_000), 0.01)
    assert seconds(200_000) < 50 * small


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("早坂花子（昭和60年5月5日生）", ["早坂花子"]),  # the first line: no cell stands before it
        ("申込者：高橋一郎（昭和60年5月5日生）", ["高橋一郎"]),
        ("被相続人 佐々木一郎（大正15年3月3日生）の相続人", ["佐々木一郎"]),
        ("債務者　東京都港区架空一丁目２番３号　服部太一\n", ["服部太一"]),
        ("債務者　東京都港区架空一丁目２番３号　三井本館\n", []),
    ],
)
def test_a_name_stands_before_a_birth_and_behind_a_party_s_address(text, names):
    assert sorted({text[span.start : span.end] for span in find_people(text) if span.kind == "person"}) == names
