"""Sound files made on the spot: silence as Ogg Opus that a browser plays, and the first bytes of other types."""

from __future__ import annotations

import struct

SAMPLES_PER_FRAME = 960
"""20 ms at 48 kHz."""
SILENT_FRAME = b"\xf8\xff\xfe"
FRAMES_PER_PAGE = 50
MP3 = b"ID3\x04" + bytes(60)
MP3_FRAME = b"\xff\xfb\x90\x64" + bytes(60)
M4A = b"\x00\x00\x00\x20ftypM4A \x00\x00\x02\x00isomiso2" + bytes(40) + b"mp4a" + bytes(20)


def opus(seconds: int = 2) -> bytes:
    """Silence of a length."""
    head = b"OpusHead" + struct.pack("<BBHIhB", 1, 1, 0, 48_000, 0, 0)
    tags = b"OpusTags" + struct.pack("<I", 7) + b"silence" + struct.pack("<I", 0)
    pages = [_page([head], 0, 0, first=True), _page([tags], 1, 0)]
    for number in range(seconds):
        position = (number + 1) * FRAMES_PER_PAGE * SAMPLES_PER_FRAME
        pages.append(_page([SILENT_FRAME] * FRAMES_PER_PAGE, number + 2, position, last=number == seconds - 1))
    return b"".join(pages)


def _page(packets: list[bytes], number: int, position: int, *, first: bool = False, last: bool = False) -> bytes:
    """One page of the Ogg container (RFC 3533)."""
    flags = (2 if first else 0) | (4 if last else 0)
    head = b"OggS" + struct.pack("<BBqIIIB", 0, flags, position, 1, number, 0, len(packets))
    page = head + bytes(len(packet) for packet in packets) + b"".join(packets)
    return page[:22] + struct.pack("<I", _checksum(page)) + page[26:]


def _checksum(page: bytes) -> int:
    """The container's own CRC-32: polynomial 04C11DB7, nothing turned around."""
    value = 0
    for byte in page:
        value ^= byte << 24
        for _ in range(8):
            value = (value << 1 ^ 0x04C11DB7) if value & 0x80000000 else value << 1
            value &= 0xFFFFFFFF
    return value
