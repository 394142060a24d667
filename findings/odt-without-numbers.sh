#!/usr/bin/env bash
# Of an OpenDocument text with a numbered list, a text in a shape and a phonetic guide, odfdo gives dashes for the
# numbers and loses the shape's text and the words below the guide; odfpy gives no number, and the text twice.
# Needs Python 3.11 or newer and PyPI; works in a temporary folder. Exits 1 where what is seen is no longer what is told.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"${PYTHON:-python3}" -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check odfdo==3.27.3 odfpy==1.4.1
venv/bin/python - <<'END'
import sys
import zipfile

from odf import opendocument, teletype, text
from odfdo import Document

names = {"office": "office", "text": "text", "style": "style", "draw": "drawing", "manifest": "manifest"}
declared = " ".join(f'xmlns:{k}="urn:oasis:names:tc:opendocument:xmlns:{v}:1.0"' for k, v in names.items())
level = '<text:list-level-style-number text:level="1" style:num-format="一, 二, 三, ..." style:num-suffix="、"/>'
styles = f'<office:automatic-styles><text:list-style style:name="L">{level}</text:list-style></office:automatic-styles>'
body = '<text:list text:style-name="L"><text:list-item><text:p>组织情况</text:p></text:list-item></text:list>'
body += "<text:p>神<text:ruby><text:ruby-base>龛</text:ruby-base><text:ruby-text>kān</text:ruby-text></text:ruby>修缮</text:p>"
body += "<text:p>框前<draw:custom-shape><text:p>追缴35.6万元</text:p></draw:custom-shape></text:p>"
kind = "application/vnd.oasis.opendocument.text"
entries = "".join(
    f'<manifest:file-entry manifest:full-path="{path}" manifest:media-type="{media}"/>'
    for path, media in (("/", kind), ("content.xml", "text/xml"))
)
with zipfile.ZipFile("a.odt", "w") as package:
    package.writestr("mimetype", kind)
    package.writestr("META-INF/manifest.xml", f"<manifest:manifest {declared}>{entries}</manifest:manifest>")
    content = f"{styles}<office:body><office:text>{body}</office:text></office:body>"
    package.writestr("content.xml", f"<office:document-content {declared}>{content}</office:document-content>")
one = Document("a.odt").get_formatted_text()
other = "\n".join(teletype.extractText(each) for each in opendocument.load("a.odt").getElementsByType(text.P))
print("  odfdo:", " / ".join(one.split()))
print("  odfpy:", " / ".join(other.split()))
same = "- 组织情况" in one and "、" not in one and "龛" not in one and "35.6" not in one
sys.exit(not (same and "、" not in other and other.count("追缴35.6万元") == 2))
END
