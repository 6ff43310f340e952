"""What the operating system says of a failure, in Japanese: one table by errno, put in place of the system's English words."""

from __future__ import annotations

import errno
import functools
import os
import re

REASONS = {
    "EPERM": "許可されていない操作です",
    "ENOENT": "ファイルかフォルダがありません",
    "EINTR": "処理が中断されました",
    "EIO": "入出力エラーです",
    "ENXIO": "装置がありません",
    "E2BIG": "引数が長すぎます",
    "EBADF": "ファイルが開かれていません",
    "EAGAIN": "一時的に利用できません",
    "ENOMEM": "メモリが足りません",
    "EACCES": "アクセス権がありません",
    "EBUSY": "使用中です",
    "EEXIST": "既に存在します",
    "EXDEV": "別のファイルシステムへは移動できません",
    "ENODEV": "対応する装置がありません",
    "ENOTDIR": "フォルダではありません",
    "EISDIR": "ファイルではなくフォルダです",
    "EINVAL": "値が正しくありません",
    "ENFILE": "システム全体で開いているファイルが多すぎます",
    "EMFILE": "開いているファイルが多すぎます",
    "ENOTTY": "この装置ではできない操作です",
    "ETXTBSY": "実行中のファイルです",
    "EFBIG": "ファイルが大きすぎます",
    "ENOSPC": "ディスクに空きがありません",
    "ESPIPE": "位置を変えられないファイルです",
    "EROFS": "読み取り専用のファイルシステムです",
    "EMLINK": "リンクが多すぎます",
    "EPIPE": "パイプの相手が閉じられました",
    "ENAMETOOLONG": "名前が長すぎます",
    "ENOLCK": "ロックを取得できません",
    "ENOSYS": "このシステムにない機能です",
    "ENOTEMPTY": "フォルダが空ではありません",
    "ELOOP": "リンクが循環しています",
    "EDQUOT": "ディスクの割り当て量を超えました",
    "ESTALE": "ネットワーク上のファイルが失われました",
    "EOPNOTSUPP": "対応していない操作です",
    "EADDRINUSE": "アドレスは使用中です",
    "EADDRNOTAVAIL": "このアドレスは使えません",
    "ENETDOWN": "ネットワークが停止しています",
    "ENETUNREACH": "ネットワークに到達できません",
    "ECONNABORTED": "接続が中止されました",
    "ECONNRESET": "接続が相手に切られました",
    "ENOTCONN": "接続されていません",
    "ETIMEDOUT": "時間内に接続できませんでした",
    "ECONNREFUSED": "接続を拒否されました",
    "EHOSTUNREACH": "ホストに到達できません",
}


@functools.lru_cache(maxsize=1)
def _table() -> tuple[re.Pattern[str], dict[str, str]]:
    found = {os.strerror(getattr(errno, name)): words for name, words in REASONS.items() if hasattr(errno, name)}
    longest_first = sorted(found, key=len, reverse=True)
    return re.compile("|".join(rf"(?<![A-Za-z]){re.escape(text)}(?![A-Za-z])" for text in longest_first)), found


def reasons_in_japanese(text: str) -> str:
    """`text` with the system's reasons (`os.strerror`) in Japanese; everything else stays."""
    pattern, found = _table()
    return pattern.sub(lambda match: found[match[0]], text)
