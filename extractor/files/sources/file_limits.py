"""The limits on one input. Each refusal names its limit, so that a caller knows which one to raise."""

from __future__ import annotations

from dataclasses import dataclass

MB = 1_000_000


@dataclass(frozen=True)
class Limits:
    """Upper limits, all inclusive.

    The defaults are at least ten times the largest notices known (31,000 characters, 40 pages, some MB of Word with
    pictures) and keep one file's memory below about 1 GB.
    """

    file_bytes: int = 50 * MB
    """Bytes of one notice file, packed or not, and of standard input."""
    text_characters: int = 2_000_000
    """Code points of one notice's plain text, and of an HTML page's source after decoding (times ten)."""
    page_tags: int = 300_000
    """Tags of one HTML page; each takes some hundred bytes when it is parsed."""
    xml_bytes: int = 40 * MB
    """Bytes of all XML in a docx or a spreadsheet, unpacked; parsed it takes ten times that."""
    sheet_cells: int = 500_000
    """Filled cells of all sheets of one workbook; repeated cells count as often as they are repeated."""
    xls_bytes: int = 20 * MB
    """Bytes of one Excel workbook up to 2003; read it takes some ten times that."""
    pdf_pages: int = 500
    """Pages of one PDF."""
    scanned_pages: int = 200
    """Pages of one document that are recognised; each takes seconds."""
    picture_pixels: int = 80_000_000
    """Pixels of one picture: twice an A4 page at 600 dpi."""
    archive_members: int = 5_000
    """Entries of one zip archive, those of archives within it included."""
    archive_unpacked_bytes: int = 200 * MB
    """Bytes of all readable members of one zip archive together; also of the archive itself, and of a docx unpacked."""
    archive_ratio: int = 200
    """Unpacked bytes for one packed byte, asked of members beyond 1 MB (small files of blanks pack well too)."""
    archive_depth: int = 2
    """Archives within each other: 1 reads a.zip, 2 also the b.zip inside it."""


DEFAULT_LIMITS = Limits()


def size_in_mb(count: int) -> str:
    """Format a number of bytes for people, e.g. ``52.4 MB`` or ``1.5 kB``."""
    return f"{count / MB:.1f} MB" if count >= MB else f"{count / 1000:.1f} kB"
