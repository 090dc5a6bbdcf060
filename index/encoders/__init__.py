"""4 encode: text becomes unit vectors."""

from __future__ import annotations

from index.encoders.base import Encoder

__all__ = ["BUNDLED_NAME", "Encoder", "open_encoder"]

BUNDLED_NAME = "bundled"


def open_encoder(name: str = BUNDLED_NAME) -> Encoder:
    """Open the bundled model, or any sentence-transformers model by its name or folder.

    Parameters
    ----------
    name : str
        ``"bundled"``, or what sentence-transformers loads: a folder, or a name on a model hub.

    Raises
    ------
    EncoderError
        When there is no such model, or it cannot be loaded.
    """
    if name == BUNDLED_NAME:
        from index.encoders.onnx import OnnxEncoder

        return OnnxEncoder.open()
    from index.encoders.sentence_transformer import SentenceTransformerEncoder

    return SentenceTransformerEncoder(name)
