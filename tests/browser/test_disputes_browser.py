"""Where rules and model differ, both values stand side by side under review, and a key takes either."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from browsing import faults_of_access, visited
from fake_endpoint import serving as serving_model
from model_examples import SHORT
from playwright.sync_api import Browser, Page, expect
from service_example import Client, Service, serving

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("disputes")
    with serving_model("dull_model:answer") as model:
        whom = ("--base-url", model.base_url, "--model", "fake", "--cache-dir", str(folder / "cache"))
        with serving(folder / "data", "--workers", "1", *whom, env={"EXTRACTOR_MODE": "json_schema"}) as running:
            with Client(running.port) as client:
                assert client.done({f"{name}.txt": SHORT.encode() + name.encode() for name in "ab"})["done"] == 2
            yield running


def record(service: Service, name: str) -> dict[str, Any]:
    with Client(service.port) as client:
        found: dict[str, Any] = client.ask(f"/v1/notices/{name}").json()
        return found


def next_dispute(page: Page) -> None:
    """Go on by keys to a check that has two readings."""
    for _ in range(page.locator("[data-check]").count()):
        page.keyboard.press("c")
        if page.locator(".disputes").count():
            return


@pytest.mark.parametrize(("name", "key", "reader"), [("a", "2", "model"), ("b", "1", "rules")])
def test_keys_take_the_values_of_either_reader(
    browser: Browser, service: Service, name: str, key: str, reader: str
) -> None:
    before = record(service, name)
    checks = [check for check in before["checks"] if check["disputed"]]
    cookies = [{"name": "reviewer", "value": quote("甲")}]
    with visited(browser, f"http://127.0.0.1:{service.port}/review/{name}", cookies=cookies) as page:
        expect(page.locator(".notice")).to_be_visible()
        page.keyboard.press("?")
        expect(page.locator("dialog.keys")).to_contain_text("取模型的")
        page.keyboard.press("Escape")
        next_dispute(page)
        table = page.locator(".disputes").first
        expect(table.locator("thead th")).to_have_count(2)
        expect(table.locator("td.kept").first).to_contain_text("现用")
        assert faults_of_access(page) == []
        names = table.locator("tbody th").all_text_contents()
        at = page.locator("[data-check][aria-current]").get_attribute("data-path")
        page.keyboard.press(key)
        expect(page.locator(".said")).to_have_attribute("data-kind", "good")
        expect(page.locator("[data-check]")).not_to_have_count(len(before["checks"]))
    after = record(service, name)
    dealt = [check for check in checks if check not in after["checks"] and check["path"].startswith(at or "-")]
    assert len(names) == len(dealt[0]["disputed"])
    for value in dealt[0]["disputed"]:
        assert value_at(after, value) == value[reader]


def value_at(record: dict[str, Any], disputed: dict[str, Any]) -> Any:
    """What the record has where readers differ on a value; its name is known, since it is no whole item."""
    found: Any = record
    for part in re.findall(r"\w+", disputed["path"]):
        found = found[int(part)] if part.isdigit() else found[part]
    return found if disputed["kind"] == "field" else found[disputed["name"]]
