"""Workbooks converted by LibreOffice, for tests marked ``office``."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

OFFICE = shutil.which("soffice")


def converted(data: bytes, form: str, folder: Path) -> bytes:
    """Return an xlsx in another format (xls, ods) as LibreOffice writes it; ``folder`` is used meanwhile."""
    source = folder / "ledger.xlsx"
    source.write_bytes(data)
    profile = (folder / "profile").as_uri()
    assert OFFICE is not None
    command = [OFFICE, "--headless", f"-env:UserInstallation={profile}", "--convert-to", form, "--outdir", str(folder)]
    subprocess.run([*command, str(source)], check=True, capture_output=True, timeout=120)
    return (folder / f"ledger.{form}").read_bytes()
