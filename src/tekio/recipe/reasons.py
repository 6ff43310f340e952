"""Why a value of a recipe is refused, in both languages: our own validators' reasons, and pydantic's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic_core import ErrorDetails

from tekio.errors import Text, WrongValueError

# pydantic's error types (its documentation, "Validation Errors"); names in braces are the details' context.
_JAPANESE = {
    "bool_parsing": "true か false を指定してください",
    "bool_type": "true か false を指定してください",
    "dict_type": "キーと値の対応表を指定してください",
    "model_type": "キーと値の対応表を指定してください",
    "extra_forbidden": "知らないキーです",
    "finite_number": "有限の数値を指定してください",
    "float_parsing": "数値を指定してください",
    "float_type": "数値を指定してください",
    "greater_than": "{gt} より大きい値を指定してください",
    "greater_than_equal": "{ge} 以上の値を指定してください",
    "int_from_float": "整数を指定してください",
    "int_parsing": "整数を指定してください",
    "int_parsing_size": "数値が大きすぎます",
    "int_type": "整数を指定してください",
    "invalid_key": "キーは文字列にしてください",
    "less_than": "{lt} より小さい値を指定してください",
    "less_than_equal": "{le} 以下の値を指定してください",
    "list_type": "リストを指定してください",
    "literal_error": "次のいずれかを指定してください: {expected}",
    "missing": "このキーが必要です",
    "string_pattern_mismatch": "形式が違います: {pattern}",
    "recursion_loop": "値が自分自身を含んでいます",
    "string_too_long": "{max_length} 文字以内で指定してください",
    "string_too_short": "{min_length} 文字以上で指定してください",
    "string_unicode": "文字列として読めません",
    "string_type": "文字列を指定してください",
    "too_long": "{max_length} 個以内で指定してください",
    "too_short": "{min_length} 個以上指定してください",
    "tuple_type": "リストを指定してください",
}


_ENGLISH = {
    "dict_type": "Input should be a mapping of keys and values",
    "model_type": "Input should be a mapping of keys and values",
}


def reason_of(detail: ErrorDetails) -> Text:
    """The reason in a complaint of pydantic."""
    context: Mapping[str, object] = detail.get("ctx", {})
    own = context.get("error")
    if isinstance(own, WrongValueError):
        return own.reason
    english = _ENGLISH.get(detail["type"]) or detail["msg"].removeprefix("Value error, ")
    japanese = _JAPANESE.get(detail["type"])
    if japanese is None:
        return Text(english, f"この値は使えません（{english}）")
    return Text(english, japanese.format_map({name: _listed(value) for name, value in context.items()}))


def _listed(value: object) -> str:
    """A limit, or pydantic's `'a', 'b' or 'c'`, as it stands in a Japanese sentence."""
    if isinstance(value, float):
        return f"{value:g}"
    return str(value).replace("', '", "'、'").replace("' or '", "'、'")


def any_of(reasons: Sequence[Text]) -> Text:
    """One reason of several that say what one value may be."""
    different = {reason.en: reason for reason in reasons}.values()
    return Text("; or: ".join(item.en for item in different), "。または、".join(item.ja for item in different))
