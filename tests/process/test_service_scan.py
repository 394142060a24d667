"""The service and pictures of pages: recognised in its processes with limits, shown with their lines."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest
from pdf_examples import NOTICE
from scan_examples import is_drawable, printed, saved
from service_example import Client, serving

from extractor.files.scan.recogniser import engine_version
from extractor.record.contract import Notice

pytestmark = pytest.mark.skipif(
    not (engine_version() and is_drawable()), reason="needs the extra ocr and the fonts of fonts-noto-cjk"
)


def test_pictures_are_read_one_by_one_or_as_the_pages_of_one_notice_and_huge_ones_are_refused(tmp_path: Path) -> None:
    page = printed("\n".join(NOTICE[:6]), 100)[0]
    pages = [page.crop((0, 0, page.width, page.height // 2)), printed("\n".join(NOTICE[6:9]), 100)[0]]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number, each in enumerate(pages, start=1):
            archive.writestr(f"{number}.png", saved(each))
    huge = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x75\x30\0\0\x75\x30\x08\x02\0\0\0"
    with serving(tmp_path / "data", "--workers", "1") as service, Client(service.port) as client:
        done = client.done({"scan.png": saved(pages[0]), "pages.zip": packed.getvalue(), "huge.png": huge})
        assert (done["done"], done["failed"]) == (2, 1)
        single, several = (Notice.model_validate(client.ask(f"/v1/notices/{name}").json()) for name in ("scan", "1"))
        assert [len(notice.issues) for notice in (single, several)] == [1, 2]
        assert single.issues[0].measures[0].read_by["quantities[0]"] == "ocr"
        shown = client.ask("/v1/notices/scan/report").body.decode()
        assert '"lines":[[0,' in shown
        assert "img-src data:" in client.ask("/v1/notices/scan/report").headers["content-security-policy"]
        assert json.loads(client.ask("/v1/notices").body)["total"] == 2
