"""Transformers of one layer, made on the spot: nothing is fetched."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

TEXTS = [
    "қытай жерді алды",
    "мигранты едут сюда",
    "the border is closed",
    "бәрі жақсы",
    "всё спокойно",
    "all is well",
]
WIDTH = 16


def tokenizer(texts: Sequence[str] = TEXTS, size: int = 120) -> Any:
    """Word pieces of a few texts."""
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers

    made = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    made.pre_tokenizer = pre_tokenizers.Whitespace()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    made.train_from_iterator(texts, trainers.WordPieceTrainer(vocab_size=size, special_tokens=special))
    return made


def bert(folder: Path, labels: Sequence[str], texts: Sequence[str] = TEXTS, size: int = 120) -> Path:
    """A sequence classifier with random weights."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

    torch.manual_seed(3)
    config = BertConfig(
        vocab_size=size + 30, hidden_size=WIDTH, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16,
        id2label=dict(enumerate(labels)), label2id={label: at for at, label in enumerate(labels)},
    )  # fmt: skip
    BertForSequenceClassification(config).save_pretrained(folder)
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer(texts, size),
        unk_token="[UNK]",
        pad_token="[PAD]",
        cls_token="[CLS]",
        sep_token="[SEP]",
    ).save_pretrained(folder)
    return folder


def sentence_encoder(base: Path, folder: Path) -> Path:
    """A sentence-transformers model over a transformer, as those of the hub are."""
    from sentence_transformers import SentenceTransformer

    SentenceTransformer(str(base), device="cpu", local_files_only=True).save(str(folder))
    return folder
