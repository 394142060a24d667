"""Notice ids: safe on every file system, all different, the same whatever the order."""

from __future__ import annotations

import hashlib
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.files.notice_ids import notice_ids, slug
from extractor.files.sources.source import Source


def of_name(source: Source) -> str:
    return hashlib.sha256(source.name.encode(errors="surrogatepass")).hexdigest()


def ids(*paths: str, content_hash: object = of_name) -> list[str]:
    return notice_ids([Source(path) for path in paths], content_hash)  # type: ignore[arg-type]


class TestSlug:
    @pytest.mark.parametrize(
        ("stem", "expected"),
        [
            ("nanjing-2024", "nanjing-2024"),
            ("关于“巡察”整改进展情况的通报(2024)", "关于“巡察”整改进展情况的通报(2024)"),
            ('a\\b:c*d?e"f<g>h|i~j', "a-b-c-d-e-f-g-h-i-j"),
            ("a\x00b\x1bc\u202ed\udcff", "a-b-c-d-"),
            (".hidden", "hidden"),
            ("--force", "force"),
            ("name. . ", "name"),
            ("CON", "_CON"),
            ("com1.notice", "_com1.notice"),
            ("console", "console"),
            ("...", "notice"),
        ],
    )
    def test_what_file_systems_and_terminals_trip_over_is_replaced(self, stem: str, expected: str) -> None:
        assert slug(stem) == expected

    def test_the_composed_form_is_used(self) -> None:
        assert slug(unicodedata.normalize("NFD", "résumé")) == unicodedata.normalize("NFC", "résumé")

    def test_long_stems_are_cut_between_characters_and_stay_apart(self) -> None:
        one, other = slug("整" * 60 + "一"), slug("整" * 60 + "二")
        assert one != other
        assert one.startswith("整" * 31 + "~")
        assert len(one.encode()) <= 100

    @given(st.text())
    def test_any_stem_gives_a_usable_name(self, stem: str) -> None:
        name = slug(stem)
        assert 0 < len(name.encode()) <= 100
        assert not name.startswith((".", "-", " "))
        assert not name.endswith((".", " "))
        assert not set(name) & set('/\\:*?"<>|\0\n')


class TestClashes:
    def test_stems_that_differ_stay_as_they_are(self) -> None:
        assert ids("x/a.txt", "y/b.html") == ["a", "b"]

    def test_one_stem_gets_the_content_hash_whatever_the_order(self) -> None:
        paths = ["x/a.txt", "y/a.html", "y/b.txt"]
        found = dict(zip(paths, ids(*paths), strict=True))
        assert found["x/a.txt"] == f"a~{of_name(Source('x/a.txt'))[:6]}"
        assert found["y/b.txt"] == "b"
        assert dict(zip(reversed(paths), ids(*reversed(paths)), strict=True)) == found

    def test_case_and_composition_clash_too(self) -> None:
        assert all("~" in notice_id for notice_id in ids("x/Name.txt", "y/name.txt"))
        assert all("~" in notice_id for notice_id in ids("x/STRASSE.txt", "y/straße.txt"))

    def test_equal_contents_are_told_apart_by_their_names(self) -> None:
        found = ids("x/a.txt", "y/a.txt", content_hash=lambda _: "0" * 64)
        assert len(set(found)) == 2
        assert ids("y/a.txt", "x/a.txt", content_hash=lambda _: "0" * 64) == found[::-1]

    def test_hashes_with_one_beginning_are_printed_longer(self) -> None:
        hashes = {"x/a.txt": "abcdef" + "0" * 58, "y/a.txt": "abcdef" + "1" * 58}
        found = ids("x/a.txt", "y/a.txt", content_hash=lambda source: hashes[source.name])
        assert found == ["a~abcdef000000", "a~abcdef111111"]

    def test_contents_are_asked_for_where_stems_clash_only(self) -> None:
        asked: list[str] = []

        def content_hash(source: Source) -> str:
            asked.append(source.name)
            return of_name(source)

        ids("x/a.txt", "y/a.txt", "b.txt", content_hash=content_hash)
        assert asked == ["x/a.txt", "y/a.txt"]
