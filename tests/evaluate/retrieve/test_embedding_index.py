"""Passages by an embedding model in a folder: cosines of mean token vectors, as transformers alone gives them."""

# pyright: standard

from pathlib import Path

import numpy as np
import pytest

from tekio.errors import TekioError
from tekio.evaluate.retrieve.embedding_index import EmbeddingIndex
from tekio.model.embeddings import EmbeddingModel

TEXTS = ["日本銀行は政策金利を据え置いた。", "当社の売上高は増加した。", "預金", "預金保険制度とは何ですか。" * 9]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from model.tiny import save_tiny

    return save_tiny(tmp_path_factory.mktemp("embedding") / "m")


def alone(folder: Path, text: str) -> np.ndarray:
    """The vector of one text by itself, without batches and masks."""
    import torch
    from transformers import AutoModel, AutoTokenizer

    model, tokenizer = AutoModel.from_pretrained(folder).eval(), AutoTokenizer.from_pretrained(folder)
    with torch.inference_mode():
        mean = model(torch.tensor([tokenizer(text)["input_ids"]])).last_hidden_state[0].mean(0).numpy()
    return mean / np.linalg.norm(mean)


def test_vectors_are_means_of_length_one_whatever_the_batch(folder: Path):
    found = EmbeddingModel(folder, "cpu").vectors(TEXTS)
    for row, text in zip(found, TEXTS, strict=True):
        assert row == pytest.approx(alone(folder, text), abs=1e-5)


def test_passages_are_ranked_by_cosine(folder: Path):
    index = EmbeddingIndex(TEXTS, folder, query_prefix="問: ", passage_prefix="文: ")
    query = alone(folder, "問: 金利は")
    cosines = [float(alone(folder, "文: " + text) @ query) for text in TEXTS]
    hits = index.search("金利は", 3)
    assert [hit.passage for hit in hits] == sorted(range(4), key=lambda place: -cosines[place])[:3]
    assert [hit.score for hit in hits] == pytest.approx(sorted(cosines, reverse=True)[:3], abs=1e-5)


def test_a_folder_without_a_model_is_refused(tmp_path: Path):
    with pytest.raises(TekioError, match="model folder"):
        EmbeddingModel(tmp_path)
