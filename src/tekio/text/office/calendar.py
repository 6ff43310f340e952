"""Invitations (text/calendar, RFC 5545) as lines a person reads: what, when, where, and what is said about it."""

from __future__ import annotations

import datetime as dt
import re

MAX_EVENTS = 200
_STAMP = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})(?:T([0-9]{2})([0-9]{2})[0-9]{2}(Z)?)?")
_JAPAN = re.compile(r"^X-WR-TIMEZONE:Asia/Tokyo|^TZID:.*Tokyo|^TZOFFSETTO:\+0900", re.MULTILINE | re.IGNORECASE)
_OFTEN = {"DAILY": "毎日", "WEEKLY": "毎週", "MONTHLY": "毎月", "YEARLY": "毎年"}


def is_calendar(kind: str, name: str) -> bool:
    """Whether a part of a message is an invitation, by its media type and its file name."""
    return kind == "text/calendar" or name.lower().endswith(".ics")


def calendar_text(text: str) -> str:
    """The events of a calendar part, a blank line between them; times in UTC as Japan's where the part names its time zone."""
    unfolded = re.sub(r"\r?\n[ \t]", "", text)
    here = _JAPAN.search(unfolded) is not None
    cancelled = re.search(r"^METHOD:CANCEL", unfolded, re.MULTILINE | re.IGNORECASE) is not None
    told = [
        "\n".join(_event(part.split("END:VEVENT")[0], here, cancelled))
        for part in unfolded.split("BEGIN:VEVENT")[1 : MAX_EVENTS + 1]
    ]
    return "\n\n".join(part for part in told if part)


def _event(part: str, here: bool, cancelled: bool) -> list[str]:
    fields: dict[str, str] = {}
    alarm = False
    for line in part.splitlines():
        head, colon, value = line.partition(":")
        alarm = line.strip() == "BEGIN:VALARM" or (alarm and line.strip() != "END:VALARM")
        if colon and not alarm:
            fields.setdefault(head.partition(";")[0].strip().upper(), value.strip())
    name = _plain(fields.get("SUMMARY", ""))
    lines = [f"予定{'（取消）' if cancelled else ''}: {name}"] if name else []
    if when := _when(fields.get("DTSTART", ""), fields.get("DTEND", ""), here):
        lines.append(f"日時: {when}")
    if often := _OFTEN.get(next(iter(re.findall(r"FREQ=([A-Z]+)", fields.get("RRULE", ""))), "")):
        lines.append(f"繰返し: {often}")
    if place := _plain(fields.get("LOCATION", "")):
        lines.append(f"場所: {place}")
    return [*lines, *(line for line in _plain(fields.get("DESCRIPTION", "")).split("\n") if line.strip())]


def _plain(value: str) -> str:
    """A text without the escapes of RFC 5545, 3.3.11."""
    return re.sub(r"\\([nN,;\\])", lambda found: "\n" if found[1] in "nN" else found[1], value).strip()


def _when(begin: str, end: str, here: bool) -> str:
    first, last = _moment(begin, here), _moment(end, here)
    if first is None:
        return ""
    day, hour, zone = first
    told = f"{day.year}年{day.month}月{day.day}日{f' {hour}' if hour else ''}"
    if last is not None and last[0] == day and hour and last[1]:
        told += f"～{last[1]}"
    elif last is not None and hour and last[1]:
        told += f"～{last[0].year}年{last[0].month}月{last[0].day}日 {last[1]}"
    elif last is not None and not hour and last[0] - day > dt.timedelta(days=1):
        through = last[0] - dt.timedelta(days=1)  # the end of whole days is the day after
        told += f"～{through.year}年{through.month}月{through.day}日"
    return f"{told}{zone}"


def _moment(value: str, here: bool) -> tuple[dt.date, str, str] | None:
    """(day, hour and minute, a mark for UTC) of a date or a date with a time."""
    found = _STAMP.match(value)
    if found is None:
        return None
    try:
        year, month, day, hour, minute = (int(found[place] or 0) for place in range(1, 6))
        at = dt.datetime(year, month, day, hour, minute)
    except ValueError:
        return None
    if found[6] and here:
        at += dt.timedelta(hours=9)
    return at.date(), f"{at.hour}:{at.minute:02}" if found[4] else "", "（UTC）" if found[6] and not here else ""
