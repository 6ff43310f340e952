"""Invitations (text/calendar, RFC 5545) as lines a person reads: what, when, where, and what is said about it.

Times are told in the zone they are written in, with its name unless it is Japan's; times in UTC with Japan's beside them.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from tekio.text.office.time_zones import FLOATING, JAPAN, UTC, Zone, is_japans, zone_of_name, zones_of

_STAMP = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})(?:T([0-9]{2})([0-9]{2})[0-9]{2}(Z)?)?$")
_HEAD = re.compile(r'[^:"]*(?:"[^"]*"[^:"]*)*')
"""Name and parameters of a line: a colon in quotes does not end them (3.2)."""
_ZONE = re.compile(r';TZID=(?:"([^"]*)"|(.*?)(?=;[A-Z-]+=|$))', re.IGNORECASE)
_VALUE = re.compile(r":[ \t]*([0-9]{8}[0-9TZ]*)$")
_LENGTH = re.compile(r"\+?P(?:([0-9]+)W)?(?:([0-9]+)D)?(?:T(?:([0-9]+)H)?(?:([0-9]+)M)?(?:[0-9]+S)?)?$")
_OFTEN = {"DAILY": ("毎日", "日"), "WEEKLY": ("毎週", "週"), "MONTHLY": ("毎月", "か月"), "YEARLY": ("毎年", "年")}


@dataclass(frozen=True)
class _Moment:
    """A day, or a day with its time. zone: as it is told."""

    at: dt.datetime
    timed: bool
    zone: str

    @property
    def day(self) -> str:
        return f"{self.at.year}年{self.at.month}月{self.at.day}日"

    @property
    def hour(self) -> str:
        return f"{self.at.hour}:{self.at.minute:02}" if self.timed else ""

    def in_japan(self) -> _Moment:
        """A moment in UTC as Japan's."""
        return replace(self, at=self.at + dt.timedelta(hours=9), zone=JAPAN)


def is_calendar(kind: str, name: str) -> bool:
    """Whether a part of a message is an invitation, by its media type and its file name."""
    return kind == "text/calendar" or name.lower().endswith(".ics")


def calendar_text(text: str) -> str:
    """The events of a calendar part, a blank line between them; times in UTC as Japan's alone where the part is kept in Japan's zone."""
    unfolded = re.sub(r"\r?\n[ \t]", "", text)
    zones = zones_of(unfolded)
    shown = re.search(r"^(?:X-WR-TIMEZONE|TZ):(.*)", unfolded, re.MULTILINE | re.IGNORECASE)
    if shown is not None:
        here = is_japans(shown[1]) or shown[1].strip() in ("+09", "+0900", "+09:00")
    else:
        here = bool(zones) and all(
            zone.name == JAPAN or (not zone.name and zone.offsets == {540}) for zone in zones.values()
        )
    cancelled = re.search(r"^METHOD:CANCEL", unfolded, re.MULTILINE | re.IGNORECASE) is not None
    told = [
        "\n".join(_event(part.split("END:VEVENT")[0], zones, cancelled, here=here))
        for part in unfolded.split("BEGIN:VEVENT")[1:]
    ]
    return "\n\n".join(part for part in told if part)


def _event(part: str, zones: Mapping[str, Zone], cancelled: bool, *, here: bool) -> list[str]:
    fields: dict[str, str] = {}
    whole: dict[str, str] = {}
    alarm = False
    for line in part.splitlines():
        head = next(iter(_HEAD.findall(line)), "")
        alarm = line.strip() == "BEGIN:VALARM" or (alarm and line.strip() != "END:VALARM")
        if len(head) < len(line) and not alarm:
            name = head.partition(";")[0].strip().upper()
            fields.setdefault(name, line[len(head) + 1 :].strip())
            whole.setdefault(name, line.strip())
    name = _plain(fields.get("SUMMARY", ""))
    lines = [f"予定{'（取消）' if cancelled else ''}: {name}"] if name else []
    first = _moment(whole.get("DTSTART", ""), zones, here=here)
    if first is not None:
        last = _moment(whole.get("DTEND", ""), zones, here=here)
        lines.append(f"日時: {_when(first, last or _after(first, fields.get('DURATION', '')))}")
    if often := _often(fields.get("RRULE", ""), first):
        lines.append(f"繰返し: {often}")
    if place := _plain(fields.get("LOCATION", "")):
        lines.append(f"場所: {place}")
    return [*lines, *(line for line in _plain(fields.get("DESCRIPTION", "")).split("\n") if line.strip())]


def _plain(value: str) -> str:
    """A text without the escapes of RFC 5545, 3.3.11."""
    return re.sub(r"\\([nN,;\\])", lambda found: "\n" if found[1] in "nN" else found[1], value).strip()


def _when(first: _Moment, last: _Moment | None) -> str:
    if last is not None and last.zone != first.zone:
        return f"{first.day} {first.hour}{_marked(first)}～{last.day} {last.hour}{_marked(last)}".replace(" （", "（")
    told = _span(first, last)
    if first.zone == UTC:
        japan = _span(first.in_japan(), last.in_japan() if last is not None else None)
        return f"{told}（UTC、日本時間では{japan}）"
    return told if first.zone == JAPAN else f"{told}{_marked(first)}"


def _marked(moment: _Moment) -> str:
    """The zone of a moment, and Japan's time for UTC, in brackets."""
    if moment.zone == UTC:
        japan = moment.in_japan()
        return f"（UTC、日本時間では{japan.day} {japan.hour}）"
    return f"（{moment.zone}）" if moment.zone and moment.timed else ""


def _span(first: _Moment, last: _Moment | None) -> str:
    """From when to when, without a zone."""
    told = f"{first.day} {first.hour}".rstrip()
    if last is None or first.timed != last.timed or last.at <= first.at:
        return told
    if first.timed:
        return f"{told}～{last.hour if last.day == first.day else f'{last.day} {last.hour}'}"
    through = replace(last, at=last.at - dt.timedelta(days=1))  # the end of whole days is the day after
    return told if through.at <= first.at else f"{told}～{through.day}"


def _moment(line: str, zones: Mapping[str, Zone], *, here: bool) -> _Moment | None:
    """The moment of a line such as `DTSTART;TZID=Asia/Tokyo:20250418T133000`; None without a day that exists."""
    value = _VALUE.search(line)
    found = _STAMP.match(value[1]) if value is not None else None
    if value is None or found is None:
        return None
    try:
        year, month, day, hour, minute = (int(found[place] or 0) for place in range(1, 6))
        at = dt.datetime(year, month, day, hour, minute)
    except ValueError:
        return None
    if not found[4]:
        return _Moment(at, timed=False, zone=FLOATING)
    named = _ZONE.search(line[: value.start()])
    tzid = (named[1] or named[2] or "").strip() if named is not None else ""
    zone = UTC if found[6] else (zones.get(tzid) or zone_of_name(tzid)).words_at(at) if tzid else FLOATING
    moment = _Moment(at, timed=True, zone=zone)
    return moment.in_japan() if zone == UTC and here else moment


def _after(first: _Moment, length: str) -> _Moment | None:
    """The end of an event that says how long it takes (3.3.6)."""
    found = _LENGTH.match(length)
    if found is None:
        return None
    weeks, days, hours, minutes = (int((found[place] or "0")[:6]) for place in range(1, 5))
    try:
        return replace(first, at=first.at + dt.timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes))
    except OverflowError:
        return None


def _often(rule: str, first: _Moment | None) -> str:
    """How often an event comes again, and until when (3.3.10)."""
    said = dict(part.split("=", 1) for part in rule.upper().split(";") if "=" in part)
    often = _OFTEN.get(said.get("FREQ", ""))
    if often is None:
        return ""
    interval = said.get("INTERVAL", "1")
    told = often[0] if not interval.isdecimal() or int(interval[:6]) < 2 else f"{int(interval[:6])}{often[1]}ごと"
    end = _moment(f"UNTIL:{said.get('UNTIL', '')}", {}, here=first is not None and first.zone == JAPAN)
    if end is not None:
        return f"{told}（{end.day}まで）"
    return f"{told}（全{said['COUNT']}回）" if said.get("COUNT", "").isdecimal() else told
