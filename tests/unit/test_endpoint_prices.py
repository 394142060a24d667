"""What tokens cost, and that an unknown price is not nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from extractor.data import read_table
from extractor.endpoint.calls import Usage
from extractor.endpoint.prices import Price, price_of
from extractor.errors import SettingsError


@pytest.fixture(autouse=True)
def _no_prices_of_the_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "user"))


def test_a_price_is_for_a_million_tokens() -> None:
    price = Price(input=2.0, cached=0.5, output=8.0)
    assert price.of(Usage(prompt=1_000_000, cached=400_000, completion=100_000)) == pytest.approx(1.2 + 0.2 + 0.8)


def test_a_dated_name_costs_what_the_name_does() -> None:
    assert price_of("gpt-4o-mini-2024-07-18") == price_of("gpt-4o-mini") == Price(0.15, 0.075, 0.60)


@pytest.mark.parametrize("model", ["qwen3-8b", "gpt-4o-mini-tuned", "openai/gpt-4o"])
def test_an_unknown_model_has_no_price(model: str) -> None:
    assert price_of(model) is None


def test_a_table_of_one_s_own_goes_first(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text('["gpt-4o"]\ninput = 1\ncached = 1\noutput = 1\n["mine"]\ninput = 0\ncached = 0\noutput = 0\n')
    users = tmp_path / "user" / "notice-extractor"
    users.mkdir(parents=True)
    (users / "prices.toml").write_text('["gpt-4o"]\ninput = 2\ncached = 2\noutput = 2\n')
    assert price_of("gpt-4o", own) == Price(1, 1, 1)
    assert price_of("mine", own) == Price(0, 0, 0)
    assert price_of("gpt-4o") == Price(2, 2, 2)
    assert price_of("gpt-4o-mini", own) == Price(0.15, 0.075, 0.60)


@pytest.mark.parametrize(
    "text", ['["m"]\ninput = -1\ncached = 0\noutput = 0\n', '["m"]\ninput = 1\n', "m = 1\n", "[m\n"]
)
def test_a_wrong_table_is_named(tmp_path: Path, text: str) -> None:
    own = tmp_path / "own.toml"
    own.write_text(text)
    with pytest.raises(SettingsError, match=r"own\.toml"):
        price_of("m", own)


def test_a_missing_table_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        price_of("m", tmp_path / "none.toml")


def test_cached_tokens_cost_no_more_than_fresh_ones() -> None:
    for name in read_table("prices"):
        price = price_of(name)
        assert price is not None
        assert price.cached <= price.input <= price.output, name
