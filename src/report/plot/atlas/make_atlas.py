#!/usr/bin/env python3
"""Makes atlas.bin, the glyphs that charts are written with. Run once; the result is checked in.

Needs Pillow and the DejaVu Sans fonts (Debian: python3-pil fonts-dejavu-core).

    python3 make_atlas.py /usr/share/fonts/truetype/dejavu

Format, little-endian. Header: b"GLY1", number of faces (u8). Then for each face: size in pixels
(u8), number of glyphs (u16), where its records start (u32, from the start of the file). A record
is 12 bytes, sorted by code point: code point (u16), advance (u8), left (i8) and top (i8: down from
the baseline) of the box, width (u8), height (u8), 0 (u8), where its coverage starts (u32). Coverage
is 4 bits a pixel, row by row, high half first, padded to whole bytes at the end of the glyph.
"""
import pathlib
import struct
import sys

from PIL import Image, ImageDraw, ImageFont

# Note, body, heading, title: the order of `Face` in text.rs.
FACES = [("DejaVuSans", 21), ("DejaVuSans", 24), ("DejaVuSans-Bold", 27), ("DejaVuSans-Bold", 36)]
MARKS = "–—‘’“”•…−×÷·≈≠≤≥±∞←↑→↓↔Δμσλ⁰¹²³⁴⁵⁶⁷⁸⁹⁻"
CHARACTERS = sorted({*map(chr, range(0x20, 0x7F)), *map(chr, range(0xA0, 0x100)), *MARKS})


def coverage(mask):
    """4 bits a pixel, two pixels a byte."""
    levels = [(value * 15 + 127) // 255 for value in mask]
    levels += [0] * (len(levels) % 2)
    return bytes(high << 4 | low for high, low in zip(levels[::2], levels[1::2]))


def glyph(font, character):
    """Advance, left, top, width, height and coverage of one character, baseline at zero."""
    left, top, right, bottom = font.getbbox(character, anchor="ls")
    width, height = max(right - left, 0), max(bottom - top, 0)
    mask = Image.new("L", (width or 1, height or 1))
    ImageDraw.Draw(mask).text((-left, -top), character, font=font, fill=255, anchor="ls")
    advance = round(font.getlength(character))
    if not mask.getbbox():
        return advance, 0, 0, 0, 0, b""
    return advance, left, top, width, height, coverage(mask.tobytes())


def main(folder):
    header = struct.pack("<4sB", b"GLY1", len(FACES))
    offset = len(header) + 7 * len(FACES)
    table, body = b"", b""
    for name, size in FACES:
        path = pathlib.Path(folder) / f"{name}.ttf"
        font = ImageFont.truetype(str(path), size, layout_engine=ImageFont.Layout.BASIC)
        table += struct.pack("<BHI", size, len(CHARACTERS), offset + len(body))
        records, pixels = b"", b""
        start = offset + len(body) + 12 * len(CHARACTERS)
        for character in CHARACTERS:
            *box, bits = glyph(font, character)
            records += struct.pack("<HBbbBBBI", ord(character), *box, 0, start + len(pixels))
            pixels += bits
        body += records + pixels
    target = pathlib.Path(__file__).with_name("atlas.bin")
    target.write_bytes(header + table + body)
    print(f"{target}: {len(header + table + body)} bytes")


if __name__ == "__main__":
    main(sys.argv[1])
