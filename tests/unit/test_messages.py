"""Messages in the user's language: which one it is, and that the table says all that the code says."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sentences_in_code
import typer
from cli_examples import NOTICE, command, write

from extractor.cli import app
from extractor.data import read_table
from extractor.messages import language, paragraphs, said, translate

HOLE = re.compile(r"\{(\d+)[#*]?\}")
WORDS = {
    "{1}: {2} no notices{3}": ("a", "this folder holds", ", only 3 × OFD"),
    "{1}: {2} as {3}": ("a.txt", "done", "a"),
}
"""What is filled into templates whose words are filled in, too."""
SYSTEM_WORDS = tuple(
    english for english in read_table("messages")["sentences"] if english[0].isupper() and "{" not in english
)
"""What the operating system says."""
PUT_TOGETHER = (
    *("done as", "failed as", "unchanged as", "this folder holds no notices", "this pattern matches no notices"),
    *("{1#} call", "{1#} kept answer", "{1#} answer", "{1#} of {2#} call", "{1}: {2#} call", "nothing to ask about"),
    *("{1#} notice of earlier runs", "{1#} notices of earlier runs"),
    *("then: export again, for", "next: {1} run,", "then: {1} run,"),
    *("is the server running?", "{1} sent a completion without an answer", "still reading notices"),
)
"""Clauses that the code puts together from several texts."""


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, "zh"),
        ({"LANG": "C.UTF-8"}, "zh"),
        ({"LC_ALL": "POSIX"}, "zh"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "LC_MESSAGES": "en_GB.UTF-8"}, "en"),
        ({"LC_ALL": "zh_CN", "LANG": "en_US"}, "zh"),
        ({"EXTRACTOR_LANG": "en", "LANG": "zh_CN"}, "en"),
        ({"EXTRACTOR_LANG": "zh", "LANG": "en_US"}, "zh"),
    ],
)
def test_the_language_is_that_of_the_environment_and_chinese_first(environment: dict[str, str], expected: str) -> None:
    assert language(environment) == expected


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("a.txt: is empty; fetch it again or leave it out", "a.txt：是空的；请重新下载，或不处理它"),
        (
            "a.txt: 2 calls failed for good, there the rules' reading stands: http://h/v1 cannot be reached, "
            "or broke off (ConnectError); is the server running?",
            "a.txt：2 次调用最终失败，那里采用规则的结果：http://h/v1 连不上，或中断（ConnectError）；服务器开着吗？",
        ),
        ("out/a:b.jsonl:12: is no notice; run the extraction again", "out/a:b.jsonl:12：不是通报；请重新提取"),
        (
            r"C:\通报\a.txt: there is no such file or folder; check the path",
            r"C:\通报\a.txt：没有这个文件或文件夹；请检查路径",
        ),
        (
            "the export failed: out: cannot be written (No space left on device); choose another place with --to",
            "导出失败：out：不能写入（磁盘已满）；请用 --to 另选位置",
        ),
        (
            "a: this folder holds no notices, only 2 × icon, animation or drawing, 1 × RAR archive",
            "a：这个文件夹中没有通报，只有 图标、动画或绘图 2 个，RAR 压缩包 1 个",
        ),
        (
            "0 done, 1 failed; nothing could be read, so out/n.jsonl stays as it is, with 4 notices: 0 issues; 0.1 s",
            "完成 0 份，失败 1 份；没有能读的通报，out/n.jsonl 保持不变，仍为 4 份：0 个问题；0.1 秒",
        ),
        (
            "1 done; 2 in n.jsonl (1 notice of earlier runs left out, their work stays in w): 2 issues; 0.1 s",
            "完成 1 份；n.jsonl 中共 2 份（不含以前运行的 1 份通报，其结果保留在 w）：2 个问题；0.1 秒",
        ),
        ("wrote s.xlsx: 1,216 ledger, 4 notices, 0 notes", "已写入 s.xlsx：台账 1,216 行，4 份通报，0 条备注"),
        ("something that nobody has told of", "something that nobody has told of"),
        ("a; b.txt: is empty; fetch it again", "a; b.txt：是空的；请重新下载"),
    ],
)
def test_a_sentence_is_told_in_chinese_around_what_is_filled_in(english: str, chinese: str) -> None:
    assert said(english, "zh") == chinese
    assert said(english, "en") == english


@pytest.mark.parametrize("name", ["is empty", "interrupted", "a: b", "1 issues", "a (b)"])
def test_a_path_comes_through_though_it_reads_like_a_sentence(name: str) -> None:
    assert said(f"{name}.txt: is a picture; save it smaller", "zh").startswith(f"{name}.txt：")


def test_a_hostile_sentence_is_left_as_it_is() -> None:
    text = "a: " * 3_000
    assert said(text, "zh") == text


@pytest.mark.parametrize("sentence", sentences_in_code.sentences(), ids=lambda sentence: sentence.place)
def test_each_sentence_of_the_code_is_in_the_table(sentence: sentences_in_code.CodeSentence) -> None:
    """All of it: with numbers for what is filled in, nothing may stay English, and each number comes through once."""
    filled = WORDS.get(sentence.template) or [str(40 + number) for number in range(1, 12)]
    for line in filter(re.compile("[a-z]{2}").search, sentence.template.split("\n")):
        english = HOLE.sub(lambda hole: filled[int(hole[1]) - 1], line.strip())
        found = translate(english)
        assert found is not None and found.is_whole, f"no entry for {english!r} in extractor/data/messages.toml"
        numbers = re.findall(r"(?<!\d)[45]\d(?!\d)", english)
        assert sorted(re.findall(r"(?<!\d)[45]\d(?!\d)", found.text)) == sorted(numbers)


def test_no_entry_is_for_nothing() -> None:
    """Each entry's words stand in the code or its data, around whatever is filled in."""
    texts = "\n".join(re.sub(r"\{\d+\}", "\0", text) for text in sentences_in_code.all_templates())
    others = (*SYSTEM_WORDS, *PUT_TOGETHER)
    kept = [entry for entry in read_table("messages")["sentences"] if not entry.startswith(others)]
    assert [entry for entry in kept if not all(part in texts for part in _fixed(entry))] == []


def _fixed(entry: str) -> list[str]:
    """Return the words of an entry between what is filled in, without the marks at which sentences are taken apart."""
    parts = re.split(r"\{\d+[#*]?\}|; |: |, | \(|\)", entry)
    return [part.strip(" .") for part in parts if part.strip(" .")]


def test_each_entry_fills_in_what_the_english_has() -> None:
    table = read_table("messages")
    for english, chinese in {**table["usage"], **table["sentences"]}.items():
        assert sorted(HOLE.findall(chinese)) == sorted(HOLE.findall(english)), english


def test_a_command_speaks_chinese_unless_it_is_told_otherwise(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("EXTRACTOR_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    assert "没有 notices.jsonl" in command("show", "nowhere", cwd=tmp_path).err
    assert "holds no notices.jsonl" in command("show", "nowhere", "--lang", "en", cwd=tmp_path).err
    assert "没有选项：--foo" in command("show", "nowhere", "--foo", cwd=tmp_path).err
    assert "No such option: --foo" in command("show", "nowhere", "--foo", "--lang=en", cwd=tmp_path).err


def test_a_run_tells_its_sentences_in_the_language_that_was_chosen(tmp_path: Path) -> None:
    write(tmp_path, empty="", notice=NOTICE)
    wanted = {
        "en": "empty.txt: is empty; fetch it again or leave it out",
        "zh": "empty.txt：是空的；请重新下载，或不处理它",
    }
    for lang, sentence in wanted.items():
        done = command("run", "empty.txt", "notice.txt", "--lang", lang, "--log-json", cwd=tmp_path)
        assert wanted["en"] in done.err  # what machines read is in English
        told = json.loads((tmp_path / "out" / "run.json").read_text(encoding="utf-8"))["inputs"]
        assert sentence in [each["error"] for each in told]


def _helps(command: Any, path: str = "") -> Iterator[tuple[str, str]]:
    for text in (command.help, *(getattr(each, "help", None) for each in command.params)):
        if text:
            yield path, text
    for name, each in getattr(command, "commands", {}).items():
        yield from _helps(each, f"{path} {name}")


def test_each_help_text_is_in_the_table_and_none_is_for_nothing() -> None:
    table, used = read_table("messages")["help"], set()
    for path, text in _helps(typer.main.get_command(app)):
        for paragraph in paragraphs(text):
            assert paragraph in table, f"no help of {path} in extractor/data/messages.toml: {paragraph!r}"
            used.add(paragraph)
    assert set(table) == used


def test_help_is_in_the_language_of_messages(tmp_path: Path) -> None:
    chinese = command("run", "--help", "--lang", "zh", cwd=tmp_path).out
    assert chinese.startswith("用法：") and "模型与接口：" in chinese and "Options:" not in chinese
    english = command("run", "--help", cwd=tmp_path).out
    headings = [line for line in english.splitlines() if re.fullmatch("[A-Z][a-z ]+:", line)]
    assert headings == ["Arguments:", "Options:", "Limits:", "Messages:", "Cluster:", "Model and endpoint:"]
    assert english.index("--out") < english.index("--seconds") < english.index("--base-url")


def test_a_command_without_arguments_answers_with_its_help(tmp_path: Path) -> None:
    assert "Commands:" in command(cwd=tmp_path).err
