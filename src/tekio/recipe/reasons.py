"""Why a value of a recipe is refused, in both languages: our own validators' reasons, and pydantic's."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic_core import ErrorDetails

from tekio.errors import Message, Text, WrongValueError

# pydantic's error types (its documentation, "Validation Errors"); names in braces are the details' context.
_JAPANESE = {
    "bool_parsing": "true か false を指定してください",
    "bool_type": "true か false を指定してください",
    "dict_type": "キーと値の対応表を指定してください",
    "model_type": "キーと値の対応表を指定してください",
    "finite_number": "有限の数値を指定してください",
    "float_parsing": "数値を指定してください",
    "float_type": "数値を指定してください",
    "greater_than": "{gt} より大きい値を指定してください",
    "greater_than_equal": "{ge} 以上の値を指定してください",
    "int_from_float": "整数を指定してください",
    "int_parsing": "整数を指定してください",
    "int_parsing_size": "数値が大きすぎます",
    "int_type": "整数を指定してください",
    "less_than": "{lt} より小さい値を指定してください",
    "less_than_equal": "{le} 以下の値を指定してください",
    "list_type": "リストを指定してください",
    "literal_error": "次のいずれかを指定してください: {expected}",
    "string_pattern_mismatch": "形式が違います: {pattern}",
    "string_too_long": "{max_length} 文字以内で指定してください",
    "string_too_short": "{min_length} 文字以上で指定してください",
    "string_type": "文字列を指定してください",
    "too_long": "{max_length} 個以内で指定してください",
    "too_short": "{min_length} 個以上指定してください",
    "tuple_type": "リストを指定してください",
}


def reason_of(detail: ErrorDetails) -> Message:
    """The reason in a complaint of pydantic; in English alone where its kind is not known."""
    context: Mapping[str, object] = detail.get("ctx", {})
    own = context.get("error")
    if isinstance(own, WrongValueError):
        return own.reason
    english = detail["msg"].removeprefix("Value error, ")
    japanese = _JAPANESE.get(detail["type"])
    if japanese is None:
        return english
    return Text(
        english, japanese.format_map({name: str(value).replace(" or ", "、") for name, value in context.items()})
    )
