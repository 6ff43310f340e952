"""What an answer leaves of a model's context for the prompt."""

from __future__ import annotations

from tekio.errors import Text, UsageError


def prompt_room(context: int, answer: int) -> int:
    """Tokens of a context that are left for the prompt. Raises `UsageError` where the answer takes all: nothing of a question would be read."""
    if answer >= context:
        raise UsageError(
            Text("An answer would take the model's whole context.", "回答だけでモデルのコンテキストが埋まります。"),
            where="max_new_tokens",
            why=no_room_words(context, answer),
        )
    return context - answer


def no_room_words(context: int, answer: int) -> Text:
    """That an answer leaves no room, with the two numbers and what would."""
    return Text(
        f"an answer of {answer:,} tokens leaves no room for the prompt: the model sees {context:,} tokens in all; "
        f"{context // 2:,} or fewer leave half of them",
        f"回答が {answer:,} トークンではプロンプトの入る余地がありません（モデルが扱えるのは合計 {context:,} トークン）。"
        f"{context // 2:,} 以下なら半分が残ります",
    )
