"""Invitations say what, when and where, without the marks of their format."""

import datetime as dt

import pytest

from tekio.text.office.calendar import calendar_text


def event(*lines: str, outer: str = "") -> str:
    return "\r\n".join(("BEGIN:VCALENDAR", outer, "BEGIN:VEVENT", *lines, "END:VEVENT", "END:VCALENDAR"))


def test_an_event_is_told_in_lines():
    told = calendar_text(
        event(
            "SUMMARY:与信委員会",
            "DTSTART;TZID=Tokyo Standard Time:20250418T133000",
            "DTEND;TZID=Tokyo Standard Time:20250418T150000",
            "LOCATION:本店",
            r"DESCRIPTION:議題は次のとおり。\n格付\, 引当を審",
            " 議します。",
            "RRULE:FREQ=MONTHLY;COUNT=3",
        )
    )
    assert told.split("\n") == [
        "予定: 与信委員会",
        "日時: 2025年4月18日 13:30～15:00",
        "繰返し: 毎月（全3回）",
        "場所: 本店",
        "議題は次のとおり。",
        "格付, 引当を審議します。",
    ]


JAPAN = (
    "BEGIN:VTIMEZONE\r\nTZID:Tokyo Standard Time\r\nBEGIN:STANDARD\r\nTZOFFSETTO:+0900\r\nEND:STANDARD\r\nEND:VTIMEZONE"
)
SINGAPORE = JAPAN.replace("Tokyo Standard Time", "Asia/Singapore").replace("0900", "0800")
NEW_YORK = """BEGIN:VTIMEZONE\r
TZID:America/New_York\r
BEGIN:DAYLIGHT\r
DTSTART:20070311T020000\r
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU\r
TZOFFSETFROM:-0500\r
TZOFFSETTO:-0400\r
END:DAYLIGHT\r
BEGIN:STANDARD\r
DTSTART:20071104T020000\r
RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU\r
TZOFFSETFROM:-0400\r
TZOFFSETTO:-0500\r
END:STANDARD\r
END:VTIMEZONE"""


def when(*lines: str, outer: str = "") -> str:
    """What the event's line of its time says."""
    told = calendar_text(event("SUMMARY:会議", *lines, outer=outer))
    return next(line.removeprefix("日時: ") for line in told.split("\n") if line.startswith("日時: "))


@pytest.mark.parametrize("outer", ["X-WR-TIMEZONE:Asia/Tokyo", JAPAN, "TZ:+09"])
def test_times_in_utc_are_japans_where_the_part_is_kept_in_its_zone(outer: str):
    assert when("DTSTART:20250418T043000Z", outer=outer) == "2025年4月18日 13:30"


@pytest.mark.parametrize(
    "outer",
    ["", NEW_YORK, f"{JAPAN}\r\n{NEW_YORK}", "X-WR-TIMEZONE:America/New_York", JAPAN.replace("Tokyo", "Korea")],
)
def test_times_in_utc_have_japans_beside_them_anywhere_else(outer: str):
    told = when("DTSTART:20250418T143000Z", "DTEND:20250418T153000Z", outer=outer)
    # independent of the code: datetime's own zones
    begin = dt.datetime(2025, 4, 18, 14, 30, tzinfo=dt.UTC).astimezone(dt.timezone(dt.timedelta(hours=9)))
    assert (begin.day, begin.hour, begin.minute) == (18, 23, 30)
    assert told == "2025年4月18日 14:30～15:30（UTC、日本時間では2025年4月18日 23:30～2025年4月19日 0:30）"


@pytest.mark.parametrize(
    ("zone", "outer", "named"),
    [
        ("America/New_York", NEW_YORK, "America/New_York、UTC-4"),
        ("America/New_York", "", "America/New_York"),  # its definition is missing
        ("/mozilla.org/20050126_1/America/New_York", "", "America/New_York"),
        ("Eastern Standard Time", "", "Eastern Standard Time"),
        ("Asia/Singapore", SINGAPORE, "Asia/Singapore、UTC+8"),
        ("Asia/Seoul", JAPAN.replace("Tokyo Standard Time", "Asia/Seoul"), "Asia/Seoul、UTC+9"),
        (
            "Asia/Kolkata",
            JAPAN.replace("Tokyo Standard Time", "Asia/Kolkata").replace("0900", "0530"),
            "Asia/Kolkata、UTC+5:30",
        ),
        ("Customized Time Zone", SINGAPORE.replace("Asia/Singapore", "Customized Time Zone"), "UTC+8"),
        ('"(UTC+08:00) Kuala Lumpur, Singapore"', "", "(UTC+08:00) Kuala Lumpur, Singapore"),
        ("(UTC-05:00) Eastern Time (US & Canada)", "", "(UTC-05:00) Eastern Time (US & Canada)"),
    ],
)
def test_times_of_another_zone_stand_as_they_are_there_with_its_name(zone: str, outer: str, named: str):
    told = when(f"DTSTART;TZID={zone}:20250418T093000", f"DTEND;TZID={zone}:20250418T110000", outer=outer)
    assert told == f"2025年4月18日 9:30～11:00（{named}）"


@pytest.mark.parametrize(
    "zone",
    [
        "Asia/Tokyo",
        "Tokyo Standard Time",
        '"(UTC+09:00) 大阪、札幌、東京"',
        "(GMT+09:00) Osaka, Sapporo, Tokyo",
        "東京 (標準時)",
    ],
)
def test_japans_zone_needs_no_name(zone: str):
    assert when(f"DTSTART;TZID={zone}:20250418T133000") == "2025年4月18日 13:30"


@pytest.mark.parametrize("outer", ["", NEW_YORK, "X-WR-TIMEZONE:America/New_York"])
def test_a_floating_time_stands_as_it_is(outer: str):
    assert when("DTSTART:20250418T133000", outer=outer) == "2025年4月18日 13:30"


def test_a_flight_has_the_zone_of_either_end():
    told = when("DTSTART;TZID=Asia/Tokyo:20250418T110000", "DTEND;TZID=America/New_York:20250418T104000")
    assert told == "2025年4月18日 11:00（日本時間）～2025年4月18日 10:40（America/New_York）"


def test_a_zone_called_utc_is_utc():
    told = when("DTSTART;TZID=Etc/UTC:20250418T200000")
    assert told == "2025年4月18日 20:00（UTC、日本時間では2025年4月19日 5:00）"


def test_whole_days_have_no_zone():
    assert when("DTSTART;VALUE=DATE:20250401", outer=NEW_YORK) == "2025年4月1日"


@pytest.mark.parametrize(
    ("length", "end"), [("PT1H30M", "～15:00"), ("P1DT2H", "～2025年4月19日 15:30"), ("PT0S", ""), ("P9999999999W", "")]
)
def test_an_event_that_says_how_long_it_takes_has_its_end(length: str, end: str):
    assert when("DTSTART;TZID=Asia/Tokyo:20250418T133000", f"DURATION:{length}") == f"2025年4月18日 13:30{end}"


@pytest.mark.parametrize(
    ("rule", "often"),
    [
        ("FREQ=WEEKLY;BYDAY=MO", "毎週"),
        ("FREQ=WEEKLY;INTERVAL=2", "2週ごと"),
        ("FREQ=MONTHLY;INTERVAL=3;COUNT=4", "3か月ごと（全4回）"),
        ("FREQ=DAILY;UNTIL=20250629T150000Z", "毎日（2025年6月30日まで）"),
        ("FREQ=DAILY;UNTIL=20250630", "毎日（2025年6月30日まで）"),
    ],
)
def test_how_often_and_until_when_is_told(rule: str, often: str):
    told = calendar_text(event("SUMMARY:朝会", "DTSTART;TZID=Asia/Tokyo:20250418T090000", f"RRULE:{rule}"))
    assert f"繰返し: {often}" in told.split("\n")


def test_whole_days_end_before_the_day_that_is_named():
    told = calendar_text(event("SUMMARY:棚卸", "DTSTART;VALUE=DATE:20250401", "DTEND;VALUE=DATE:20250404"))
    assert "日時: 2025年4月1日～2025年4月3日" in told


def test_a_cancelled_event_says_so_and_a_broken_date_is_left():
    assert calendar_text(event("SUMMARY:会議", "DTSTART:20259999", outer="METHOD:CANCEL")) == "予定（取消）: 会議"
