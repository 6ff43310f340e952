"""Tiny models and tokenizers made on the spot for tests (no download, well under a second)."""

# pyright: standard

from pathlib import Path
from typing import Any

SENTENCES = [
    "日本銀行は金融政策決定会合で政策金利を据え置いた。",
    "当社の売上高は前年同期比で増加し、営業利益は減少した。",
    "預金保険制度とは何ですか。銀行が破綻したときに預金を守る制度です。",
    "以下はタスクを説明する指示です。要求を適切に満たすような返答を書いてください。",
    "The quick brown fox, 12,345 yen (2024).\n\n### 指示:\n### 返答:\n### 入力:\n",
]


def tiny_tokenizer(vocabulary: int = 400, *, bos: bool = True, pad_is_eos: bool = False) -> Any:
    """A byte-level BPE tokenizer trained on a few sentences."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    special = ["<unk>", "<s>", "</s>", "<pad>"]
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=special,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(SENTENCES, trainer)
    if bos:
        tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 1)])
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token="<s>",
        eos_token="</s>",
        unk_token="<unk>",
        pad_token="</s>" if pad_is_eos else "<pad>",
    )


def tiny_llama(vocabulary: int, *, hidden: int = 32, layers: int = 2, seed: int = 0, **options: Any) -> Any:
    """A random Llama with larger weights than usual, so that differences show."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(seed)
    config = LlamaConfig(
        vocab_size=vocabulary,
        hidden_size=hidden,
        intermediate_size=hidden * 2,
        num_hidden_layers=layers,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=256,
        initializer_range=0.1,
        bos_token_id=1,
        eos_token_id=2,
        pad_token_id=3,
        **options,
    )
    return LlamaForCausalLM(config).eval()


def save_tiny(folder: Path, *, seed: int = 0, **options: Any) -> Path:
    """A saved tiny model with its tokenizer."""
    tokenizer = tiny_tokenizer(**{k: options.pop(k) for k in list(options) if k in ("vocabulary", "bos", "pad_is_eos")})
    model = tiny_llama(len(tokenizer), seed=seed, **options)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder
