"""Zip archives: members, their names, nesting, and what is refused."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import pytest
from counting import counted
from hypothesis import given
from hypothesis import strategies as st

from extractor.errors import InputError
from extractor.files.discover import DiscoveredInputs, discover
from extractor.files.ingest import read_text
from extractor.files.sources.file_limits import Limits
from extractor.files.sources.raw import read_bytes
from extractor.files.sources.source import Source

NOTICE = "根据省委统一部署,巡视组对我区开展了巡视。现将整改情况通报如下。\n".encode()


def packed(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def listed(data: bytes, limits: Limits | None = None) -> DiscoveredInputs:
    Path("a.zip").write_bytes(data)
    return discover(["a.zip"], limits or Limits())


def complaint(data: bytes, limits: Limits | None = None) -> str:
    found = listed(data, limits)
    assert len(found.problems) == 1
    return str(found.problems[0].error)


pytestmark = pytest.mark.usefixtures("place")


def test_members_with_known_endings_are_notices() -> None:
    hidden = {"__MACOSX/._n.txt": b"x", ".h.txt": b"x", "~$n.docx": b"x", "p.gif": b"x"}
    found = listed(packed({"b/n.txt": NOTICE, "a.html": b"<p>1</p>", **hidden}))
    assert [(source.name, source.stem) for source in found.sources] == [("a.zip!a.html", "a"), ("a.zip!b/n.txt", "n")]
    read = read_text(found.sources[1])
    assert (read.name, read.stem, read.text, read.format) == ("a.zip!b/n.txt", "n", NOTICE.decode(), "txt")


def test_archives_in_archives_are_opened_to_the_stated_depth() -> None:
    twice = packed({"c.txt": NOTICE, "in/b.zip": packed({"d.txt": NOTICE, "deeper.zip": packed({"e.txt": NOTICE})})})
    found = listed(twice)
    assert [source.name for source in found.sources] == ["a.zip!c.txt", "a.zip!in/b.zip!d.txt"]
    assert read_text(found.sources[1]).text == NOTICE.decode()
    assert [problem.name for problem in found.problems] == ["a.zip!in/b.zip!deeper.zip"]
    assert "3 archives deep, 2 are read" in str(found.problems[0].error)
    assert len(listed(twice, Limits(archive_depth=3)).sources) == 3


@pytest.mark.parametrize("charset", ["gbk", "utf-8"])
def test_names_without_the_utf8_flag_are_read_as_their_maker_wrote_them(charset: str) -> None:
    name = "整改通报/鼓楼区.txt".encode(charset)
    data = packed({"x" * len(name): NOTICE}).replace(b"x" * len(name), name)
    found = listed(data)
    assert [source.name for source in found.sources] == ["a.zip!整改通报/鼓楼区.txt"]
    assert read_text(found.sources[0]).stem == "鼓楼区"


@pytest.mark.parametrize("name", ["../../etc/n.txt", "/etc/n.txt", "C:\\x\\n.txt", "..\\n.txt", "./a/../n.txt"])
def test_names_that_lead_out_of_the_archive_are_labels_only(place: Path, name: str) -> None:
    (source,) = listed(packed({name: NOTICE})).sources
    assert ".." not in source.name
    assert source.stem == "n"
    assert read_text(source).text == NOTICE.decode()
    assert sorted(path.name for path in place.iterdir()) == ["a.zip"]


def test_a_name_that_occurs_twice_is_read_once_and_reported() -> None:
    found = listed(packed({"n.txt": NOTICE, "./n.txt": b"other"}))
    assert read_text(found.sources[0]).text == NOTICE.decode()
    assert "twice" in str(found.problems[0].error)


def test_an_archive_without_notices_is_refused() -> None:
    assert "holds no notices" in complaint(packed({"p.gif": b"x"}))
    assert "b.zip: holds no notices" in complaint(packed({"b.zip": packed({})}))


def test_a_truncated_archive_is_refused() -> None:
    assert "truncated" in complaint(packed({"n.txt": NOTICE})[:-30])


def test_a_damaged_member_is_refused_alone() -> None:
    data = bytearray(packed({"n.txt": NOTICE, "m.txt": NOTICE}, zipfile.ZIP_STORED))
    data[data.index(NOTICE) + 3] ^= 0xFF
    good, bad = listed(bytes(data)).sources
    assert read_text(good).text == NOTICE.decode()
    with pytest.raises(InputError, match=r"a.zip!n.txt: is damaged"):
        read_text(bad)


def test_an_encrypted_member_is_refused() -> None:
    data = bytearray(packed({"n.txt": NOTICE}))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + offset] |= 1
    (source,) = listed(bytes(data)).sources
    with pytest.raises(InputError, match=r"a.zip!n.txt: is encrypted"):
        read_text(source)


def test_an_unknown_packing_is_refused() -> None:
    data = bytearray(packed({"n.txt": NOTICE}))
    for signature, offset in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        struct.pack_into("<H", data, data.index(signature) + offset, 9)  # Deflate64, as Windows writes it
    (source,) = listed(bytes(data)).sources
    with pytest.raises(InputError, match="unknown way"):
        read_text(source)


def test_limits_hold_for_an_archive_as_a_whole() -> None:
    many = packed({f"{number}.txt": NOTICE * 100 for number in range(5)})
    assert "more than 4 entries" in complaint(many, Limits(archive_members=4))
    assert "unpack to more than" in complaint(many, Limits(archive_unpacked_bytes=499 * len(NOTICE)))
    assert len(listed(many, Limits(archive_members=5, archive_unpacked_bytes=500 * len(NOTICE))).sources) == 5
    nested = packed({"a.txt": NOTICE, "b.zip": many})
    assert "more than 6 entries" in complaint(nested, Limits(archive_members=6))


def test_a_zip_bomb_is_refused_without_unpacking_it() -> None:
    assert "as zip bombs do" in complaint(packed({"n.txt": bytes(3_000_000)}))
    with pytest.raises(InputError, match="as zip bombs do"):  # also when the member is asked for directly
        read_text(Source("a.zip", ("n.txt",)))
    forged = bytearray(packed({"n.txt": bytes(3_000_000)}))  # which declares less than it would unpack to
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        struct.pack_into("<I", forged, forged.index(signature) + offset, 10)
    (source,) = listed(bytes(forged)).sources
    with pytest.raises(InputError, match="damaged"):
        read_text(source)


def test_members_of_a_large_archive_are_looked_up_and_not_looked_for() -> None:
    names = [f"{number}.txt" for number in range(300)]
    Path("many.zip").write_bytes(packed(dict.fromkeys(names, NOTICE), zipfile.ZIP_STORED))
    sources = discover(["many.zip"]).sources
    with counted() as calls:
        assert all(read_bytes(source, Limits()) == NOTICE for source in sources)
    assert calls.number < 300 * 300  # one look at every name for each member would be more than that


def test_an_archive_that_was_replaced_is_read_anew() -> None:
    for text in (NOTICE, NOTICE * 2):
        (source,) = listed(packed({"n.txt": text})).sources
        assert read_bytes(source, Limits()) == text


@pytest.mark.parametrize("forged", [False, True])
def test_a_directory_that_is_too_large_is_refused_before_it_is_read(forged: bool) -> None:
    data = bytearray(packed({f"{number:0200}.txt": b"x" for number in range(2000)}, zipfile.ZIP_STORED))
    if forged:  # entries that it does not own up to
        struct.pack_into("<HH", data, data.rindex(b"PK\x05\x06") + 8, 1, 1)
    with counted() as calls:
        assert "holds more than 9 entries" in complaint(bytes(data), Limits(archive_members=9))
    assert calls.number < 2000


def test_an_oversize_member_and_an_oversize_archive_are_refused() -> None:
    (source,) = listed(packed({"n.txt": NOTICE})).sources
    with pytest.raises(InputError, match=r"a.zip!n.txt: .* is more than"):
        read_text(source, Limits(file_bytes=len(NOTICE) - 1))
    with Path("big.zip").open("wb") as file:
        file.truncate(300_000_000)
    assert "300.0 MB is more than the 200.0 MB" in str(discover(["big.zip"]).problems[0].error)


def test_a_missing_member_is_refused() -> None:
    listed(packed({"n.txt": NOTICE}))
    with pytest.raises(InputError, match="no such member"):
        read_text(Source("a.zip", ("gone.txt",)))


def test_an_archive_under_another_ending_is_refused_with_the_remedy() -> None:
    Path("a.txt").write_bytes(packed({"n.txt": NOTICE}))
    with pytest.raises(InputError, match=r"give it the ending .zip"):
        read_text(Source("a.txt"))


@given(st.data())
def test_no_damage_to_an_archive_gets_past_the_error_tree(data: st.DataObject) -> None:
    whole = bytearray(packed({"n.txt": NOTICE, "b.zip": packed({"m.txt": NOTICE})}, zipfile.ZIP_STORED))
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    for source in listed(bytes(whole[: data.draw(st.integers(0, len(whole)))])).sources:
        try:
            read_text(source)
        except InputError as error:
            assert str(error).startswith("a.zip!")
