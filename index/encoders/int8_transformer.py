"""The bundled model as a module of sentence-transformers; named in ``bundled/modules.json``.

Importing this file imports torch: only sentence-transformers does so, when it loads the folder.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

from safetensors.numpy import load_file, save_file
from sentence_transformers.models import Transformer

from index.encoders.card import WEIGHT_FILE
from index.encoders.int8 import PROJECTION, dequantise_model


class Int8Transformer(Transformer):  # type: ignore[misc]  # sentence-transformers comes in untyped
    """Load 8-bit weights into an ordinary Transformer.

    What `load` returns is a plain Transformer in float32: it trains, moves to a GPU and saves as any
    other, and once saved it needs this file no more.
    """

    @classmethod
    def load(cls, model_name_or_path: str, **options: Any) -> Transformer:
        """Load the module from a folder that `index.encoders.build_model` wrote.

        Parameters
        ----------
        model_name_or_path : str
            The folder.
        **options : Any
            What sentence-transformers hands to each module; passed on, apart from what names a
            model on a hub.
        """
        source = Path(model_name_or_path)
        layers = json.loads((source / "config.json").read_text(encoding="utf-8"))["num_hidden_layers"]
        # Neither transformers nor sentence-transformers takes a configuration together with weights in memory.
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            for path in source.glob("*.json"):
                shutil.copy(path, folder)
            weights = dequantise_model(load_file(source / WEIGHT_FILE), layers)
            weights.pop(PROJECTION, None)  # not part of BertModel
            save_file(weights, Path(folder) / "model.safetensors", metadata={"format": "pt"})
            return Transformer.load(folder, **options)
