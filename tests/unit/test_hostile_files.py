"""Files that ask too much are refused by each reader with a sentence, or what is in them is read."""

from __future__ import annotations

import pytest
from hostile_files import MAKERS, READ

from extractor.errors import InputError
from extractor.files.ingest import ingest
from extractor.files.scan.recogniser import engine_version
from extractor.files.sources.source import Source

_PICTURES = pytest.mark.skipif(not engine_version(), reason="needs the extra ocr")


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=_PICTURES if name.endswith((".png", ".tif")) else ()) for name in MAKERS]
)
def test_a_file_that_asks_too_much_is_refused_or_read(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("extractor.files.office.libre_office.office_program", lambda: None)
    data = MAKERS[name]()
    if name in READ:
        assert ingest(Source(name), data).text
        return
    with pytest.raises(InputError, match=f"^{name}: ") as refused:
        ingest(Source(name), data)
    assert "\n" not in str(refused.value)
