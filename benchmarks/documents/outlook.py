"""Messages as Outlook saves them (.msg): a compound file ([MS-CFB] version 3) of properties ([MS-OXMSG])."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

SECTOR, SMALL, CUTOFF = 512, 64, 4096
END, FREE, FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
UNICODE, BINARY, NUMBER, TIME = 0x001F, 0x0102, 0x0003, 0x0040


@dataclass
class Storage:
    """A folder of a compound file."""

    streams: dict[str, bytes] = field(default_factory=dict[str, bytes])
    storages: dict[str, Storage] = field(default_factory=dict[str, "Storage"])


def outlook_message(
    subject: str, sender: str, plain: str = "", page: str = "", attached: tuple[tuple[str, bytes], ...] = ()
) -> bytes:
    """A message with a plain body, an HTML body or both, and attachments."""
    texts = {0x001A: "IPM.Note", 0x0037: subject, 0x0C1A: sender, 0x0C1F: "sender@example.co.jp", 0x1000: plain}
    root = _properties({key: value for key, value in texts.items() if value}, {0x1013: page.encode()} if page else {})
    root.streams["__properties_version1.0"] = (
        struct.pack("<8xIIII8x", 0, len(attached), 0, len(attached)) + root.streams["__properties_version1.0"]
    )
    root.storages["__nameid_version1.0"] = Storage(
        {f"__substg1.0_{name}0102": b"" for name in ("0002", "0003", "0004")}
    )
    for place, (name, raw) in enumerate(attached):
        inner = _properties({0x3704: name, 0x3707: name}, {0x3701: raw}, {0x3705: 1, 0x0E21: place})
        inner.streams["__properties_version1.0"] = bytes(8) + inner.streams["__properties_version1.0"]
        root.storages[f"__attach_version1.0_#{place:08X}"] = inner
    return compound_file(root)


def _properties(texts: dict[int, str], blobs: dict[int, bytes], numbers: dict[int, int] | None = None) -> Storage:
    storage = Storage()
    entries: list[bytes] = []
    for key, value in (numbers or {}).items():
        entries.append(struct.pack("<HHIII", NUMBER, key, 6, value, 0))
    for key, text in texts.items():
        raw = text.encode("utf-16-le")
        storage.streams[f"__substg1.0_{key:04X}001F"] = raw
        entries.append(struct.pack("<HHIII", UNICODE, key, 6, len(raw) + 2, 0))
    for key, raw in blobs.items():
        storage.streams[f"__substg1.0_{key:04X}0102"] = raw
        entries.append(struct.pack("<HHIII", BINARY, key, 6, len(raw), 0))
    if 0x001A in texts:
        # PR_CLIENT_SUBMIT_TIME: 2025-04-01 00:00 UTC in 100 ns since 1601; PR_STORE_SUPPORT_MASK: Unicode strings
        entries.append(struct.pack("<HHIQ", TIME, 0x0039, 6, (1743465600 + 11644473600) * 10_000_000))
        entries.append(struct.pack("<HHIII", NUMBER, 0x3FDE, 6, 65001, 0))  # PR_INTERNET_CPID: UTF-8
        entries.append(struct.pack("<HHIII", NUMBER, 0x340D, 6, 0x00040000, 0))
    storage.streams["__properties_version1.0"] = b"".join(entries)
    return storage


def compound_file(root: Storage) -> bytes:
    """The bytes of a compound file. Streams below 4,096 bytes lie in the small stream, as the format asks."""
    names, kinds, datas, children, nexts = ["Root Entry"], [5], [b""], [FREE], [FREE]

    def add(storage: Storage, parent: int) -> None:
        inside = [*storage.streams.items(), *storage.storages.items()]
        last = FREE
        for name, held in sorted(inside, key=lambda pair: (len(pair[0]), pair[0].upper())):
            place = len(names)
            names.append(name)
            kinds.append(1 if isinstance(held, Storage) else 2)
            datas.append(b"" if isinstance(held, Storage) else held)
            children.append(FREE)
            nexts.append(FREE)
            if last == FREE:
                children[parent] = place
            else:
                nexts[last] = place
            last = place
            if isinstance(held, Storage):
                add(held, place)

    add(root, 0)
    body, table = bytearray(), list[int]()
    small, small_table = bytearray(), list[int]()
    starts = [END] * len(names)

    def chain(raw: bytes, into: bytearray, fat: list[int], size: int) -> int:
        if not raw:
            return END
        begin, count = len(fat), -(-len(raw) // size)
        fat.extend([*range(begin + 1, begin + count), END])
        into.extend(raw.ljust(count * size, b"\0"))
        return begin

    for place, raw in enumerate(datas):
        if kinds[place] == 2:
            starts[place] = (
                chain(raw, small, small_table, SMALL) if len(raw) < CUTOFF else chain(raw, body, table, SECTOR)
            )
    starts[0] = chain(bytes(small), body, table, SECTOR)
    sizes = [len(raw) for raw in datas]
    sizes[0] = len(small)
    mini = b"".join(struct.pack("<I", entry) for entry in small_table)
    mini = mini.ljust(-(-len(mini) // SECTOR) * SECTOR, b"\xff")
    mini_start = chain(mini, body, table, SECTOR)
    entries = b"".join(
        (name.encode("utf-16-le").ljust(64, b"\0"))
        + struct.pack("<HBBIII16xI8x8xIQ", len(name) * 2 + 2, kind, 1, FREE, beside, below, 0, start, size)
        for name, kind, beside, below, start, size in zip(names, kinds, nexts, children, starts, sizes, strict=True)
    )
    blank = bytes(64) + struct.pack("<HBBIII16xI8x8xIQ", 0, 0, 0, FREE, FREE, FREE, 0, 0, 0)
    entries += blank * (-len(names) % 4)
    directory = chain(entries, body, table, SECTOR)
    fats = 1
    while fats * (SECTOR // 4) < len(table) + fats:
        fats += 1
    first_fat = len(table)
    table += [FAT] * fats
    packed = b"".join(struct.pack("<I", entry) for entry in table).ljust(fats * SECTOR, b"\xff")
    where = [first_fat + place for place in range(fats)]
    header = struct.pack(
        "<8s16xHHHHH6xIIIIIIIIII",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        0x3E, 3, 0xFFFE, 9, 6,
        0, fats, directory, 0, CUTOFF, mini_start, len(mini) // SECTOR, END, 0, where[0],
    )  # fmt: skip
    rest = b"".join(struct.pack("<I", place) for place in [*where[1:], *[FREE] * (109 - fats)])
    return header + rest + bytes(body) + packed
