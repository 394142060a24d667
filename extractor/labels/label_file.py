"""Label files: hand-written YAML (``gold/FORMAT.md``) turned into contract records with true offsets.

Every mistake of a file is collected with its line, up to some 200; a file with mistakes gives no notice.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from extractor.errors import InputError
from extractor.labels.label_nodes import Faults, LabelError, LabelTable, compose
from extractor.labels.label_reader import LabelReader
from extractor.labels.label_writer import write_labels
from extractor.labels.stored_text import read_text
from extractor.record.contract import Notice
from extractor.record.lookup import page_of

__all__ = ["LabelError", "LabelFile", "parse_labels", "read_label_file", "read_text", "write_labels"]

TOP_KEYS = ("notice", "annotator", "status", "text_sha256", "fields", "totals", "issues")
FILE_STATUSES = ("draft", "reviewed")


@dataclass(frozen=True, slots=True)
class LabelFile:
    """A label file's content; ``notice`` is ``None`` where ``errors`` holds a fault."""

    file: str
    notice_id: str
    annotator: str
    status: str
    notice: Notice | None
    errors: tuple[LabelError, ...] = ()
    text: str = ""

    @property
    def faults(self) -> tuple[LabelError, ...]:
        """The mistakes that make the file unusable."""
        return tuple(error for error in self.errors if error.kind == "fault")


def parse_labels(source: str, text: str, file: str = "labels.yaml") -> LabelFile:
    """Turn a label file's content into a notice over ``text``."""
    faults = Faults(file)
    root = compose(source, TOP_KEYS, faults)
    return _label_file(root, text, faults)


def read_label_file(path: Path, texts: Path) -> LabelFile:
    """Read a label file and the text it labels, ``<texts>/<notice>.txt``."""
    faults = Faults(str(path))
    try:
        source = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        faults.add(1, f"not readable as UTF-8 text ({error})")
        return LabelFile(str(path), path.stem, "", "", None, tuple(faults.found))
    root = compose(source, TOP_KEYS, faults)
    name = root.text("notice") if root is not None else None
    if root is None or name is None:
        return _label_file(root, "", faults)
    if name.value != path.stem:
        faults.note(name.line, f"the file is named {path.name}, but labels “{name.value}”")
    try:
        text = read_text(texts / f"{name.value}.txt")
    except InputError as error:
        faults.add(name.line, f"the text of “{name.value}” is missing: {error}")
        return LabelFile(str(path), name.value, "", "", None, tuple(faults.found))
    return _label_file(root, text, faults)


def _label_file(root: LabelTable | None, text: str, faults: Faults) -> LabelFile:
    if root is None:
        return LabelFile(faults.file, Path(faults.file).stem, "", "", None, tuple(faults.found))
    name = root.required("notice")
    annotator = root.text("annotator")
    status = root.choice("status", FILE_STATUSES, required=True)
    notice = None
    if name is not None:
        notice = LabelReader(page_of(text), faults, draft=status == "draft").notice(root, name.value)
    broken = any(error.kind == "fault" for error in faults.found)
    return LabelFile(
        file=faults.file,
        notice_id=name.value if name else Path(faults.file).stem,
        annotator=annotator.value if annotator else "",
        status=status or "",
        notice=None if broken else notice,
        errors=tuple(sorted(faults.found, key=lambda error: error.line)),
        text=text,
    )
