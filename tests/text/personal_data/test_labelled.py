"""Personal data that its label names; amounts, balances and codes never."""

import json
from pathlib import Path

import pytest

from tekio.text.personal_data.find import find_personal_data
from tekio.text.personal_data.labelled import labelled_people


def found(text: str) -> list[tuple[str, str]]:
    return [(span.kind, text[span.start : span.end]) for span in [*find_personal_data(text), *labelled_people(text)]]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("口座番号 7654321 名義 カ）ヒバリ", ("bank_account", "7654321")),
        ("普通 7654321 名義人：スズキ", ("bank_account", "7654321")),
        ("ひばり銀行　川端支店　（当）７６５４３２１", ("bank_account", "７６５４３２１")),
        ("ゆうちょ銀行　記号 12340 番号 87654321", ("bank_account", "87654321")),
        ("振替口座 00150-7-654321", ("bank_account", "00150-7-654321")),
        ("TEL03-3456-7890", ("phone", "03-3456-7890")),
        ("フリーダイヤル（0120）765-432", ("phone", "（0120）765-432")),
        ("海外からは +81(0)3-3456-7890", ("phone", "+81(0)3-3456-7890")),
        ("電話 03.3456.7890", ("phone", "03.3456.7890")),
        ("0570-012-345 へどうぞ", ("phone", "0570-012-345")),
        ("madoguchi[at]hibari.example まで", ("email", "madoguchi[at]hibari.example")),
        ("基礎年金番号：1234-567890", ("pension_number", "1234-567890")),
        ("旅券番号 TZ1234567", ("passport", "TZ1234567")),
        ("パスポートNo.TZ1234567", ("passport", "TZ1234567")),
        ("運転免許証番号 123456789012", ("driving_licence", "123456789012")),
        ("生年月日：昭和50年1月2日", ("birth_date", "昭和50年1月2日")),
        ("生年月日 S50.1.2", ("birth_date", "S50.1.2")),
        ("契約者 早坂 みのり", ("person", "早坂 みのり")),
        ("昨日、早坂様から電話があった", ("person", "早坂")),
        ("早坂 みのり殿", ("person", "早坂 みのり")),
        ("住所：ひばり市川端町2丁目3番4号", ("address", "ひばり市川端町2丁目3番4号")),
    ],
)
def test_what_a_label_names_is_found(text, wanted):
    assert wanted in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "普通預金 812 845",
        "普通預金　1,234,567　1,345,678",
        "当座預金 312 298\n普通預金 812 845",
        "口座数 1234567 件",
        "皆様のお越しを",
        "お客様各位",
        "王子様の絵本",
        "様式第3号",
        "同氏は述べた",
        "ロット番号 AB-12345",
        "2025年10月1日",
        "記号は別表による。番号は3桁。",
        "免許証の有効期限",
        "平均気温 0.5.6",
    ],
)
def test_figures_and_forms_of_address_without_a_name_stay(text):
    assert found(text) == []


def test_marked_lines_written_without_sight_of_the_code():
    rows = [
        json.loads(line) for line in (Path(__file__).parent / "blind.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    accused = [
        row["text"]
        for row in rows
        if not row["spans"] and any(kind != "policy_number" for kind, _ in found(row["text"]))
    ]
    assert accused == []
    wanted = [row for row in rows if row["spans"]]
    hit = 0
    total = 0
    for row in wanted:
        spans = [*find_personal_data(row["text"]), *labelled_people(row["text"])]
        for start, end, _ in row["spans"]:
            total += 1
            hit += any(span.start < end and start < span.end for span in spans)
    assert hit >= 0.85 * total
