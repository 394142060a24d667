"""Files of measured trust: what is written is read again, names are safe, and what is no table is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from assist_examples import TUNED
from checkout import ROOT

from extractor.assist.proposals.trust_counts import Dispute, FieldCounts, Share
from extractor.assist.proposals.witnesses import unmeasured
from extractor.disk import names
from extractor.errors import InputError
from extractor.trust_tables import MeasuredTrust, as_toml, file_name, read_calibration, table_of, told, user_tables

SHIPPED = sorted((ROOT / "extractor" / "data" / "trust").glob("*.toml"))
FOUND = MeasuredTrust(
    'model "x"\n\x7f',
    {
        "measures.types": FieldCounts(
            Share(80, 70.25), value=Dispute(Share(40, 12.5), Share(40, 30.0), Share(38, 29.0))
        ),
        "totals": FieldCounts(both=Share(8, 8.0)),
    },
    ("a", "b"),
    "2",
)


@pytest.fixture(autouse=True)
def _own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))


def kept(text: str, model: str) -> None:
    user_tables().mkdir(parents=True, exist_ok=True)
    (user_tables() / file_name(model)).write_text(text, encoding="utf-8")


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / "table.toml"
    file.write_text(as_toml(FOUND), encoding="utf-8")
    assert read_calibration(file, "table") == FOUND


@pytest.mark.parametrize("model", ["Qwen/Qwen2.5:7b", "../../x", "nul", ".hidden", "模型", "a" * 300, "x\ny", "\ud800"])
def test_a_models_name_makes_a_safe_file_name(model: str) -> None:
    name = file_name(model)
    assert names.flaw(name) is None
    assert name.isascii() and name.endswith(".toml")
    assert name != file_name(model + " ")


def test_the_users_table_is_used_for_its_model_alone() -> None:
    kept(as_toml(FOUND), "mine")
    assert table_of("mine").origin == "measured"
    assert table_of("mine").witness("measures.types").value == "model"
    assert table_of("other") is table_of(None) is unmeasured()


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_a_shipped_table_is_used_unless_the_user_has_one(path: Path) -> None:
    measured = read_calibration(path, path.name)
    assert path.name == file_name(measured.model)
    assert set() < set(measured.notices) <= set(TUNED)  # held-back notices show what a table is worth
    shipped = table_of(measured.model)
    assert shipped.origin == "shipped"
    assert told(shipped, measured.model).startswith(f"by the table shipped with the program {measured.model} decides ")
    kept(as_toml(FOUND), measured.model)
    assert table_of(measured.model).origin == "measured"


def test_an_unmeasured_model_is_told_how_to_be_measured() -> None:
    assert told(unmeasured(), "a b").endswith("python -m extractor eval calibrate --gold gold --model 'a b'")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "form = [",
        "form = 7",
        'form = 1\nmodel = "m"\nnotices = []\nprompts = "2"\nfields = 3',
        'form = 1\nmodel = "m"\nnotices = []\nprompts = "2"\n[fields."measures.types"]\nboth = [1, 2]',
        'form = 1\nmodel = "m"\nnotices = []\nprompts = "2"\n[fields."measures.types"]\nboth = [2, nan]',
        'form = 1\nmodel = "m"\nnotices = []\nprompts = "2"\n[fields."measures.types"]\nvalue = []',
        "\udcff",
    ],
)
def test_what_is_no_table_is_refused_with_its_name(text: str) -> None:
    user_tables().mkdir(parents=True, exist_ok=True)
    (user_tables() / file_name("mine")).write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(InputError, match=r"mine.*no table of measured trust.*eval calibrate"):
        table_of("mine")


def test_fields_of_later_versions_are_passed_over(tmp_path: Path) -> None:
    file = tmp_path / "table.toml"
    file.write_text(as_toml(FOUND) + '\n[fields."measures.later"]\nboth = [3, 3]\n', encoding="utf-8")
    assert read_calibration(file, "table") == FOUND
