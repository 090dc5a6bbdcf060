"""Where a model of sentence-transformers comes from: a folder, what was fetched before, or the model hub."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from index.errors import EncoderError


def load_model(name: str, construct: Callable[..., Any], *, otherwise: str = "") -> Any:
    """Load a model by its folder or its name on the hub; one that was fetched before needs no network.

    Parameters
    ----------
    name : str
    construct : callable
        Called with a folder or a name, perhaps with ``local_files_only=True``; raises `EncoderError`.
    otherwise : str
        What can be named instead of a model, for the message of an error.

    Raises
    ------
    EncoderError
        When there is no such model, the hub cannot be reached, or the model cannot be loaded.
    """
    folder = Path(name).expanduser()
    if folder.is_dir():
        return construct(str(folder))
    if name.startswith((".", "/", "~")) or "\\" in name or name.count("/") > 1:
        raise EncoderError(f"there is no folder {name}; name the folder of a model, or a model on the hub")
    try:
        return construct(name, local_files_only=True)
    except EncoderError:
        _require_on_hub(name, otherwise)
    return construct(name)


def _require_on_hub(name: str, otherwise: str) -> None:
    """Ask the hub once; loading at once would repeat every request for a minute before it gives up."""
    from huggingface_hub import model_info
    from huggingface_hub.errors import HFValidationError, RepositoryNotFoundError

    instead = f", or {otherwise}" if otherwise else ""
    try:
        model_info(name, timeout=10)
    except (RepositoryNotFoundError, HFValidationError) as exc:
        raise EncoderError(
            f"there is no model {name} on the hub, and no folder of that name; "
            f"name a model as «organisation/model», or a folder{instead}"
        ) from exc
    except Exception as exc:  # each version of the library has its own network errors
        raise EncoderError(
            f"{name} was not fetched before, and the model hub cannot be reached; "
            f"connect to the network, or name a folder that holds the model{instead}"
        ) from exc
