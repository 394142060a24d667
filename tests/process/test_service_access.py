"""Who may ask the service, and what browsers and logs are told."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from cli_examples import NOTICE, command_apart
from service_example import Client, Service, serving

TOKEN = secrets.token_urlsafe()


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("service") / "data"
    options = ("--token-env", "NOTICE_TOKEN", "--allow-host", "notices.example", "--log-json")
    with serving(folder, *options, "--workers", "1", env={"NOTICE_TOKEN": TOKEN}) as running:
        yield running


@pytest.fixture
def stranger(service: Service) -> Iterator[Client]:
    with Client(service.port) as client:
        yield client


@pytest.fixture
def friend(service: Service) -> Iterator[Client]:
    with Client(service.port, {"Authorization": f"Bearer {TOKEN}"}) as client:
        yield client


WRONG = {
    "none": None,
    "empty": "",
    "no value": "Bearer",
    "blank": "Bearer ",
    "shorter": f"Bearer {TOKEN[:-1]}",
    "longer": f"Bearer {TOKEN}x",
    "basic": f"Basic {TOKEN}",
    "bare": TOKEN,
    "Chinese": "Bearer 令",
}


@pytest.mark.parametrize("kind", WRONG)
def test_without_the_token_nothing_is_told(service: Service, kind: str) -> None:
    given = WRONG[kind]
    headers = {} if given is None else {"Authorization": given.encode().decode("latin-1")}
    # Each from an address of its own: at one, wrong guesses would wait for those before.
    with Client(service.port, address=f"127.0.1.{[*WRONG].index(kind) + 1}") as stranger:
        for method, path in (
            ("GET", "/v1/notices"),
            ("POST", "/v1/notices"),
            ("GET", "/metrics"),
            ("DELETE", "/v1/notices/x"),
        ):
            answer = stranger.ask(path, method, headers=headers)
            assert answer.status == 401
            assert answer.headers["www-authenticate"] == "Bearer"


def test_with_the_token_all_is_told(friend: Client) -> None:
    assert friend.done({"notice.txt": NOTICE.encode()})["done"] == 1
    assert friend.ask("/v1/notices/notice").status == 200


def test_health_needs_no_token(stranger: Client) -> None:
    assert {stranger.ask(path).status for path in ("/healthz", "/readyz", "/docs", "/openapi.json")} == {200}


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "", "[", "a b", "@localhost@x"]
)
def test_other_names_are_not_answered(friend: Client, host: str) -> None:
    answer = friend.ask("/v1/notices", headers={"Host": host})
    assert answer.status in (400, 421)


@pytest.mark.parametrize("host", ["notices.example", "NOTICES.example:8443", "localhost:8000", "127.0.0.1", "[::1]:80"])
def test_own_names_and_addresses_are(friend: Client, host: str) -> None:
    assert friend.ask("/v1/notices", headers={"Host": host}).status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_pages_of_other_sites_change_nothing(friend: Client, headers: dict[str, str]) -> None:
    assert friend.ask("/v1/notices/notice", "DELETE", headers=headers).status == 403
    assert friend.ask("/v1/notices", headers=headers).headers.get("access-control-allow-origin") is None


def test_own_pages_may(friend: Client) -> None:
    headers = {"Host": "notices.example", "Origin": "https://notices.example", "Sec-Fetch-Site": "same-origin"}
    assert friend.ask("/v1/notices/none", "DELETE", headers=headers).status == 404


@pytest.mark.parametrize("path", ["/v1/notices", "/docs", "/none", "/healthz"])
def test_answers_tell_browsers_to_be_careful(friend: Client, path: str) -> None:
    headers = friend.ask(path).headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cache-control"] == "no-store"
    assert "server" not in headers


def test_requests_are_known_by_their_ids(service: Service, friend: Client) -> None:
    assert (
        friend.ask("/healthz", headers={"X-Request-ID": "from-outside.1"}).headers["x-request-id"] == "from-outside.1"
    )
    own = friend.ask("/healthz", headers={"X-Request-ID": "two words\tand more"}).headers["x-request-id"]
    assert own.isalnum()
    friend.ask("/healthz")  # by now what was asked before is in the log
    lines = [json.loads(line) for line in service.log().splitlines()]
    assert {"from-outside.1", own} <= {line.get("request_id") for line in lines}


def test_the_log_holds_no_token(service: Service, friend: Client, stranger: Client) -> None:
    friend.ask(f"/v1/notices?token={TOKEN}")
    stranger.ask("/v1/notices", headers={"Authorization": f"Bearer {TOKEN}x"})
    friend.ask("/healthz")
    assert TOKEN not in service.log()


@pytest.mark.parametrize(
    ("options", "env", "words"),
    [
        (("--host", "0.0.0.0"), {}, "a token is needed"),
        (("--host", "::"), {}, "a token is needed"),
        (("--host", "notices.example"), {}, "a token is needed"),
        (("--token-env", "NOTICE_TOKEN"), {}, "NOTICE_TOKEN is not set"),
        (("--token-env", "NOTICE_TOKEN"), {"NOTICE_TOKEN": "short"}, "holds less than 16 characters"),
    ],
)
def test_others_are_not_let_in_by_mistake(
    options: tuple[str, ...], env: dict[str, str], words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    done = command_apart("serve", *options, "--port", "0", cwd=tmp_path)
    assert done.status == 2
    assert words in done.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "path", ["/v1/export.xlsx", "/v1/export.jsonl", "/language/en", "/v1/notices", "/v1/notices/notice/report", "/docs"]
)
@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"},
        {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"},
        {"Origin": "https://evil.example"},
    ],
    ids=["picture", "script", "frame", "origin"],
)
def test_pages_of_other_sites_have_nothing_fetched(friend: Client, path: str, headers: dict[str, str]) -> None:
    assert friend.ask(path, headers=headers).status == 403


def test_a_link_on_another_site_leads_to_a_page_and_to_no_work(friend: Client) -> None:
    followed = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    assert friend.ask("/", headers=followed).status == 200
    assert friend.ask("/v1/export.jsonl", headers=followed).status == 403
    assert friend.ask("/language/en", headers=followed).status == 403


@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=b", "application/x-www-form-urlencoded", "text/plain"])
@pytest.mark.parametrize("path", ["/v1/notices", "/v1/notices/notice/changes", "/review/notice/changes", "/sign-in"])
def test_forms_of_other_sites_start_nothing(friend: Client, path: str, kind: str) -> None:
    for headers in ({"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}):
        assert friend.ask(path, "POST", b"--b--\r\n", {"Content-Type": kind, **headers}).status == 403
