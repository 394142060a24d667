"""Text and Markdown: charsets, line ends, and what is no text at all."""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.errors import InputError
from extractor.files.ingest import IngestedFile, read_text
from extractor.files.sources.charset import decode
from extractor.files.sources.file_limits import Limits
from extractor.files.sources.source import Source

SIMPLIFIED = "根据省委统一部署,巡视组对我区开展了巡视。现将整改进展情况通报如下:\n一、关于“责任不到位”问题的整改。\n"
TRADITIONAL = "根據省委統一部署,巡視組對我區開展了巡視。現將整改進展情況通報如下:\n一、關於「責任不到位」問題的整改。\n"
# What the standards share, so that each charset can hold it.
COMMON_CHINESE = st.text(st.sampled_from("的一是在有人大中会作和年工市上地公元目力手文,。、0123ab \n"), min_size=8)


def write(folder: Path, name: str, data: bytes) -> Source:
    path = folder / name
    path.write_bytes(data)
    return Source(str(path))


def refusal(folder: Path, name: str, data: bytes, limits: Limits | None = None) -> str:
    source = write(folder, name, data)
    with pytest.raises(InputError) as caught:
        read_text(source, limits or Limits())
    assert str(caught.value).startswith(source.name)
    return str(caught.value)


def test_text_comes_out_as_it_is_with_where_it_came_from(tmp_path: Path) -> None:
    data = "\n  标题 \t\n\n一、 甲\x0b\u2028乙\x85\n\n\n".encode()
    source = write(tmp_path, "notice.2024.txt", data)
    assert read_text(source) == IngestedFile(
        name=str(tmp_path / "notice.2024.txt"),
        stem="notice.2024",
        text=data.decode(),
        format="txt",
        charset="utf-8",
        sha256=hashlib.sha256(data).hexdigest(),
    )


def test_markdown_is_text_too(tmp_path: Path) -> None:
    read = read_text(write(tmp_path, "a.MD", "# 标题\n\n<p>正文</p>\n".encode()))
    assert (read.format, read.text) == ("md", "# 标题\n\n<p>正文</p>\n")


def test_all_line_ends_become_newlines(tmp_path: Path) -> None:
    assert read_text(write(tmp_path, "a.txt", "甲\r\n乙\r丙\n\r\n丁\r".encode())).text == "甲\n乙\n丙\n\n丁\n"


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\n\t"), min_size=1))
def test_utf8_text_is_never_changed(text: str) -> None:
    assert decode(text.encode(), "x").text == text.removeprefix("\ufeff")


@pytest.mark.parametrize(
    ("codec", "charset", "text"),
    [
        ("utf-8", "utf-8", SIMPLIFIED),
        ("utf-8-sig", "utf-8", SIMPLIFIED),
        ("utf-16", "utf-16", SIMPLIFIED),
        ("gb2312", "gb18030", SIMPLIFIED),
        ("gbk", "gb18030", SIMPLIFIED),
        ("gb18030", "gb18030", SIMPLIFIED + "𬶠"),
        ("gb18030", "gb18030", TRADITIONAL),
        ("big5", "big5", TRADITIONAL),
        ("utf-8", "utf-8", TRADITIONAL),
    ],
)
def test_every_charset_is_recognised(tmp_path: Path, codec: str, charset: str, text: str) -> None:
    read = read_text(write(tmp_path, "a.txt", text.encode(codec)))
    assert (read.text, read.charset) == (text, charset)


def test_big_endian_utf16_is_recognised_by_its_mark(tmp_path: Path) -> None:
    assert read_text(write(tmp_path, "a.txt", b"\xfe\xff" + SIMPLIFIED.encode("utf-16-be"))).text == SIMPLIFIED


@given(COMMON_CHINESE)
def test_gbk_and_big5_are_told_apart_in_short_texts(text: str) -> None:
    simplified, traditional = f"整改情况{text}", f"整改情況{text}".replace("会", "會")
    assert decode(simplified.encode("gbk"), "x") == (simplified, "gb18030")
    assert decode(traditional.encode("big5"), "x") == (traditional, "big5")


def test_text_in_another_charset_is_refused_rather_than_garbled(tmp_path: Path) -> None:
    said = refusal(tmp_path, "a.txt", "Café crème brûlée à la façon d'été".encode("latin-1"))
    assert "UTF-8, GB2312, GBK, GB18030 and Big5" in said
    refusal(tmp_path, "b.txt", "これは日本語のテキストです。整理番号".encode("euc_jp"))


@pytest.mark.parametrize(("codec", "named"), [("utf-8", "UTF-8"), ("gbk", "GB18030")])
def test_a_damaged_file_is_refused_with_the_place_of_the_damage(tmp_path: Path, codec: str, named: str) -> None:
    whole = SIMPLIFIED[:20].encode(codec)
    said = refusal(tmp_path, "a.txt", whole + b"\xff\n" + SIMPLIFIED.encode(codec))
    assert f"is {named}, but damaged at byte {len(whole)}" in said


def test_odd_utf16_is_refused(tmp_path: Path) -> None:
    assert "UTF-16, but damaged" in refusal(tmp_path, "a.txt", b"\xff\xfe" + SIMPLIFIED.encode("utf-16-le") + b"a")


@pytest.mark.parametrize("data", [b"abc\x01\x02\x03\x04\x05\x06\x07", b"\xff\xfe\0\0a\0\0\0"])
def test_binary_files_are_refused(tmp_path: Path, data: bytes) -> None:
    assert "is no text" in refusal(tmp_path, "a.txt", data)


@pytest.mark.parametrize("data", [b"", b" \r\n\t", "\ufeff".encode(), " \u3000\n".encode()])
def test_empty_files_are_refused(tmp_path: Path, data: bytes) -> None:
    said = refusal(tmp_path, "a.txt", data)
    assert "is empty" in said or "holds no text" in said


@pytest.mark.parametrize("name", ["a.doc", "a.docx", "a.wps"])
def test_old_word_files_are_refused_with_the_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr("extractor.files.office.libre_office.office_program", lambda: None)
    said = refusal(tmp_path, name, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    assert "save it as docx" in said or "save the file as docx" in said


def test_too_many_characters_are_refused(tmp_path: Path) -> None:
    assert "10 are read" in refusal(tmp_path, "a.txt", ("一" * 11).encode(), Limits(text_characters=10))
    assert read_text(write(tmp_path, "b.txt", ("一" * 10).encode()), Limits(text_characters=10)).text == "一" * 10


def test_an_oversize_file_is_refused_by_its_size_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (tmp_path / "a.txt").open("wb") as file:
        file.truncate(200_000_000)

    def unwanted(*_: object, **__: object) -> None:
        pytest.fail("the file was opened")

    monkeypatch.setattr(Path, "open", unwanted)
    with pytest.raises(InputError, match=r"200.0 MB is more than the 50.0 MB"):
        read_text(Source(str(tmp_path / "a.txt")))


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read_text(Source(str(tmp_path / "gone.txt")))
    with pytest.raises(InputError, match="folder"):
        read_text(Source(str(tmp_path)))


def test_standard_input_is_read_up_to_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    def type_in(data: bytes) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))

    type_in(SIMPLIFIED.encode("gbk"))
    read = read_text(Source(None))
    assert (read.name, read.stem, read.format, read.text) == ("<stdin>", "stdin", "txt", SIMPLIFIED)
    type_in("<!-- 快照 --><html><body><p>关于整改</p></body></html>".encode())
    assert read_text(Source(None)).text == "关于整改\n"
    type_in(b"a" * 101)
    with pytest.raises(InputError, match="<stdin>: holds more than"):
        read_text(Source(None), Limits(file_bytes=100))


def test_reading_text_loads_no_parsing_library(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(SIMPLIFIED, encoding="gbk")
    program = (
        "import sys\n"
        "from extractor.files.discover import discover\n"
        "from extractor.files.ingest import read_text\n"
        "read_text(discover([sys.argv[1]]).sources[0])\n"
        "print({'lxml', 'docx', 'pypdfium2'} & set(sys.modules))\n"
    )
    done = subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
