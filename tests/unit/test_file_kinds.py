"""Files are recognised by their content; of a folder, every one is read, refused with advice, or passed over."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
from kind_examples import ASIDE, LINES, READ, REFUSED, TEXT, ole, packed, write_folder

from extractor.data import read_table
from extractor.errors import InputError
from extractor.files.discover import discover, in_kinds
from extractor.files.ingest import READERS, ingest, read_text
from extractor.files.sources.file_kinds import RefusedKindError, kind_of
from extractor.files.sources.source import Source

KINDS = read_table("file_kinds")


@pytest.fixture(autouse=True)
def _no_office(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("extractor.files.office.libre_office.office_program", lambda: None)


@pytest.mark.parametrize(("name", "data", "kind"), [(name, *rest) for name, rest in (READ | REFUSED | ASIDE).items()])
def test_a_file_is_known_by_its_content(name: str, data: bytes, kind: str) -> None:
    found = kind_of(data, Path(name).suffix.lower())
    assert found == kind or (kind in ("other", "program", "side_file") and found in ("text", "unknown"))


def test_a_table_names_each_kind_with_its_reader_or_with_advice() -> None:
    for kind, row in KINDS.items():
        assert row["zh"] and row["en"]
        assert row.get("reader") in READERS if "reader" in row else row["advice_zh"] and row["advice_en"], kind


def test_of_a_folder_every_file_is_read_refused_or_passed_over(tmp_path: Path) -> None:
    write_folder(tmp_path)
    found = discover([str(tmp_path)])
    assert found.problems == []
    read, refused = {}, {}
    for source in found.sources:
        try:
            read[Path(source.name).name] = read_text(source).text.split()
        except RefusedKindError as error:
            refused[Path(source.name).name] = error.kind
    assert read == dict.fromkeys(READ, LINES)
    assert refused == {name: kind for name, (_, kind) in REFUSED.items()}
    passed = {Path(each.name).name: each.kind for each in found.passed_over}
    assert passed == {name: kind for name, (_, kind) in ASIDE.items()} | {"c_files": "page_part"}


def test_an_archive_is_treated_as_a_folder_is(tmp_path: Path) -> None:
    path = tmp_path / "all.zip"
    members = {name: data for name, (data, _) in (READ | REFUSED | ASIDE).items()}
    path.write_bytes(packed(members | {"c_files/logo.png": b"x", "__MACOSX/._a.txt": b"x"}))
    found = discover([str(path)])
    assert {source.members[-1] for source in found.sources} == {*READ, *REFUSED}
    assert {each.kind for each in found.passed_over} == {kind for _, kind in ASIDE.values()} | {"page_part"}


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("kind", [kind for kind in KINDS if "advice_zh" in KINDS[kind]])
def test_a_refusal_is_one_sentence_in_the_language_of_its_reader(kind: str, lang: str) -> None:
    said = RefusedKindError("a.x", kind).in_words(lang)
    assert said.startswith("a.x")
    assert "\n" not in said
    assert KINDS[kind][lang] in said
    assert KINDS[kind][f"advice_{lang}"] in said
    assert said.isascii() or lang == "zh"


def test_a_refusal_crosses_from_process_to_process() -> None:
    error = pickle.loads(pickle.dumps(RefusedKindError("a.rar", "rar")))
    assert (error.kind, str(error)) == ("rar", str(RefusedKindError("a.rar", "rar")))


@pytest.mark.parametrize("address", ["http://example.cn/a.html", "HTTPS://example.cn", "ftp://example.cn/a.doc"])
def test_an_address_is_never_fetched_and_told_so(address: str) -> None:
    (problem,) = discover([address]).problems
    assert "no address is ever fetched" in str(problem.error)
    assert "从不访问网络" in problem.error.in_words("zh")


def test_what_was_passed_over_is_told_by_kind_and_count(tmp_path: Path) -> None:
    write_folder(tmp_path)
    (tmp_path / "2.gif").write_bytes(b"GIF89a")
    found = discover([str(tmp_path)]).passed_over
    assert in_kinds(found, "en").startswith(
        "3 × file that a system or a program left, 2 × icon, animation or drawing, "
    )
    assert in_kinds(found, "zh").startswith("系统或软件留下的文件3个、图标、动画或绘图2个、")


def test_a_zip_that_is_a_document_or_another_archive_is_known(tmp_path: Path) -> None:
    document, archive = tmp_path / "a.zip", tmp_path / "b.zip"
    document.write_bytes(READ["f.docx"][0])
    archive.write_bytes(b"Rar!\x1a\x07\x00")
    found = discover([str(document), str(archive)])
    assert [read_text(source).text for source in found.sources] == [TEXT]
    assert "RAR archive" in str(found.problems[0].error)


def test_a_damaged_file_says_so_under_its_ending() -> None:
    for name in ("a.doc", "a.docm", "a.ofd", "a.odt"):
        with pytest.raises(InputError, match="holds something else, or is damaged"):
            ingest(Source(name), b"PK\x03\x04")


@pytest.mark.parametrize("at", [44, 48, 76, 512, 580, 1100, 1216])
def test_a_damaged_directory_of_an_old_office_file_ends_nowhere_and_loops_nowhere(at: int) -> None:
    data = bytearray(ole("WordDocument", "1Table"))
    for value in (b"\0\0\0\0", b"\1\0\0\0", b"\xf0\xff\xff\xff"):
        data[at : at + 4] = value
        assert kind_of(bytes(data), ".doc") in ("doc", "ole")
        assert kind_of(bytes(data[: at + 2]), ".doc") in ("doc", "ole")
