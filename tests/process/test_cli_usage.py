"""The command line itself: help, version, wrong usage, exit statuses."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import jsonschema  # type: ignore[import-untyped]
import pytest
from cli_examples import NOTICE, command, notices, write

from extractor import __version__
from extractor.cli import main

HEAVY = ("pydantic", "lxml", "rich", "docx", "pypdfium2", "ahocorasick", "numpy", "scipy", "extractor.pipeline")


def test_help_imports_nothing_heavy() -> None:
    program = (
        "import sys; from extractor.cli import main; status = main(['--help']);"
        f"print([name for name in {HEAVY} if name in sys.modules], status, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stderr == "[] 0\n"
    assert {"run", "show", "schema", "eval", "gold"} <= set(done.stdout.split())


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"{__version__}\n"


@pytest.mark.parametrize("arguments", [["run"], ["run", "a.txt", "--unknown"], ["run", "a.txt", "--jobs", "0"], ["go"]])
def test_wrong_usage(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "Error: " in said.err


@pytest.mark.parametrize(
    ("options", "lacks"),
    [
        (["--backend", "assisted"], "no model is named; say which with --model"),
        (
            ["--backend", "model", "--model", "m"],
            "no endpoint is set; give --base-url, or put a key into OPENAI_API_KEY",
        ),
        (["--model", "m"], "no endpoint is set; a model needs --model, and --base-url or a key in OPENAI_API_KEY"),
        (["--base-url", "http://127.0.0.1:9/v1"], "no model is named; a model needs --model"),
        (["--model", "m", "--base-url", "here"], "base_url (--base-url): is no web address"),
    ],
)
def test_an_endpoint_that_is_half_set(
    options: list[str], lacks: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["run", "a.txt", *options]) == 2
    assert capsys.readouterr().err.startswith(f"error: {lacks}")
    assert list(tmp_path.iterdir()) == []


def test_an_output_folder_that_cannot_be_used(tmp_path: Path) -> None:
    write(tmp_path, a=NOTICE, out=NOTICE)
    for out in ("out.txt", "out.txt/below"):
        done = command("run", "a.txt", "--out", out, cwd=tmp_path)
        assert (done.status, done.out, done.err.count("\n")) == (2, "", 1)
        assert done.err.startswith(f"error: {out}: cannot be used as output folder")


def test_the_schema_describes_what_a_run_writes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path, a=NOTICE)
    assert main(["run", str(tmp_path / "a.txt"), "--out", str(tmp_path / "out")]) == 0
    capsys.readouterr()
    assert main(["schema"]) == 0
    printed = capsys.readouterr().out
    schema = json.loads(printed)
    assert "\\u" not in printed
    jsonschema.Draft202012Validator.check_schema(schema)
    (notice,) = notices(tmp_path / "out")
    jsonschema.validate(notice, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**notice, "inspection_kind": "审计"}, schema)
