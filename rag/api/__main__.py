"""``python -m rag.api FILE`` writes the documentation of the API, for docs/api.md."""

from __future__ import annotations

from pathlib import Path

import click

from index.settings import load_settings
from rag.api.application import create_api
from rag.api.reference import as_markdown, describe


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
def main(file: Path) -> None:
    """Write the documentation of the API to FILE."""
    # Nothing is asked: only the description is read.
    api = create_api(lambda: None, load_settings())  # type: ignore[arg-type, return-value]
    file.write_text(as_markdown(describe(api.openapi())), encoding="utf-8")


if __name__ == "__main__":
    main()
