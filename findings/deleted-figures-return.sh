#!/usr/bin/env bash
# A deleted figure in a tracked change comes back beside the new one: in the html that LibreOffice writes, and where
# striprtf reads the rtf that it writes.
# Needs Python 3.11 or newer, PyPI and LibreOffice (Debian 12: libreoffice-writer 7.4.7); works in a temporary folder.
# Exits 1 where what is seen is no longer what is told.
set -euo pipefail
command -v soffice >/dev/null || { echo "skipped: LibreOffice (soffice) is not installed"; exit 0; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"${PYTHON:-python3}" -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check python-docx==1.2.0 striprtf==0.0.35
venv/bin/python - <<'END'
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import docx
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from striprtf.striprtf import rtf_to_text

document = docx.Document()
paragraph = document.add_paragraph("追缴")
paragraph._p.append(
    parse_xml(f'<w:del {nsdecls("w")} w:id="1" w:author="a"><w:r><w:delText>99</w:delText></w:r></w:del>')
)
paragraph.add_run("35.6万元。")
document.save("a.docx")
profile = f"-env:UserInstallation={Path('profile').absolute().as_uri()}"
for kind in ("html", "rtf"):
    command = ["soffice", "--headless", profile, "--convert-to", kind, "a.docx"]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
page = re.sub("<[^>]*>|\\s", "", Path("a.html").read_text(encoding="utf-8").partition("<body")[2])
said = subprocess.run(["soffice", "--version"], check=True, capture_output=True, text=True).stdout.split()
seen = {
    f"{' '.join(said[:2])}, html": "9935.6万元" in page,
    f"striprtf {version('striprtf')}, rtf": "9935.6万元" in rtf_to_text(Path("a.rtf").read_text(encoding="ascii")),
}
for what, is_back in seen.items():
    print(f"  追缴(99 deleted)35.6万元 as {what}: {'9935.6' if is_back else 'no 99'}")
sys.exit(not all(seen.values()))
END
