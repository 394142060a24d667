"""The text goes where it was said to go: TLS mistakes are named, waits end with the call, no file of the working folder
chooses a host unasked."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from checkout import SUPPORT
from endpoint_example import call, settings, with_endpoint
from fake_endpoint import Serving, serving

from extractor.cli import main
from extractor.endpoint.client import Endpoint
from extractor.endpoint.connection import fault_of
from extractor.endpoint.diagnosis import requested_wait
from extractor.endpoint.doctor import examine
from extractor.endpoint.doctor_report import DoctorReport
from extractor.endpoint.failures import EndpointFailure, Reason
from extractor.endpoint.limiter import Limiter, Need
from extractor.endpoint.setting_sources import load
from extractor.endpoint.settings import EndpointSettings
from extractor.errors import SettingsError

CERTIFICATE = SUPPORT / "tls_example.pem"
"""A certificate for ``wrong.example`` that signed itself, with its key: nobody trusts it, and it is for no server."""
SECRET = "sk-planted-0123456789abcdef"


@pytest.fixture(scope="module")
def server() -> Iterator[Serving]:
    with serving("endpoint_example:answer") as running:
        yield running


# --- TLS --------------------------------------------------------------------------------------------------------------


@asynccontextmanager
async def listening(*, in_tls: bool) -> AsyncIterator[int]:
    """A server on a port, in TLS or not, that answers each request with 400."""
    context = None
    if in_tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATE)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"HTTP/1.1 400 -\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
        writer.close()

    asyncio.get_running_loop().set_exception_handler(lambda *_: None)  # handshakes that fail are what is wanted
    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def failure_and_report(scheme: str, *, in_tls: bool) -> tuple[EndpointFailure, DoctorReport]:
    async with listening(in_tls=in_tls) as port:
        how = EndpointSettings(
            base_url=f"{scheme}://127.0.0.1:{port}/v1", model="m", mode="json", retries=0, timeout=30
        )
        async with Endpoint(how) as endpoint:
            with pytest.raises(EndpointFailure) as caught:
                await endpoint.ask(call())
        return caught.value, await examine(how, call())


@pytest.mark.parametrize(
    ("scheme", "in_tls", "trusted", "words"),
    [
        ("https", False, False, "does not speak TLS at this port; write http:// instead of https://"),
        ("https", True, False, "has a certificate that is self-signed; nothing was sent to it"),
        ("https", True, True, "has a certificate that is for another address; nothing was sent to it"),
    ],
)
def test_tls_that_fails_is_named(
    scheme: str, in_tls: bool, trusted: bool, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    failure, report = asyncio.run(failure_and_report(scheme, in_tls=in_tls))
    assert failure.reason is Reason.TLS
    assert words in str(failure)
    assert words in report.diagnoses[0]
    assert "SSL_CERT_FILE" in report.suggestions[0]


def test_the_doctor_sees_tls_behind_an_address_without() -> None:
    failure, report = asyncio.run(failure_and_report("http", in_tls=True))
    assert failure.reason in (Reason.CONNECTION, Reason.TLS)
    assert "https://" in str(failure)
    assert "write https:// instead of http://" in report.diagnoses[0]


def test_a_host_that_nobody_knows_is_named() -> None:
    unknown = socket.gaierror(-2, "Name or service not known")
    assert "its host name is not known" in fault_of(unknown, "http://no-such-host/v1").words


# --- waits that a server announces ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("date", "until", "seconds"),
    [
        ("Mon, 01 Jan 2001 00:00:00 GMT", "Mon, 01 Jan 2001 00:00:07 GMT", 7.0),
        ("Mon, 01 Jan 2091 00:00:00 GMT", "Mon, 01 Jan 2091 00:00:07 GMT", 7.0),
        ("Mon, 01 Jan 2091 00:00:00 -0000", "Mon, 01 Jan 2091 08:00:07 +0800", 7.0),
        ("Mon, 01 Jan 2001 00:00:07 GMT", "Mon, 01 Jan 2001 00:00:00 GMT", 0.0),
        ("nonsense", "Mon, 01 Jan 2001 00:00:07 GMT", 0.0),
    ],
)
def test_a_wait_until_a_date_is_by_the_servers_clock(date: str, until: str, seconds: float) -> None:
    assert requested_wait({"date": date, "retry-after": until}) == seconds


@pytest.mark.parametrize(
    "value", ["9" * 300_000 + "x", "9." * 150_000, "1h" * 150_000, "Mon, " * 60_000, "(" * 300_000]
)
@pytest.mark.parametrize("name", ["retry-after", "retry-after-ms", "x-ratelimit-reset-requests"])
def test_a_header_of_any_length_is_looked_at_once(name: str, value: str) -> None:
    """A pattern that tries again from each place of it would not end here."""
    wait = requested_wait({"x-ratelimit-remaining-requests": "0", "date": value, name: value})
    assert wait is None or 0 <= wait <= 86400


def test_waits_that_are_asked_for_count_for_the_calls_that_wait() -> None:
    """By a clock of our own: the endpoint asks for ever more, a call waits for so much of it, and its turn for ever."""
    now = 0.0

    async def run() -> tuple[list[str], float]:
        nonlocal now
        limiter = Limiter(EndpointSettings(concurrency=1), lambda: now)
        ticket = await limiter.enter(Need(1))
        patient = asyncio.create_task(limiter.enter(Need(1), patience=100))
        impatient = asyncio.create_task(limiter.enter(Need(1), patience=10))
        await asyncio.sleep(0)
        now = 1000.0  # its turn has not come; nobody asked for that
        limiter.refused(ticket, 8)
        now = 1004.0
        limiter.close(6)  # of which four are new...
        limiter.close(3)
        limiter.close(6.5)  # ...and half a second more makes 10.5
        limiter.leave(ticket, Need(1))
        await asyncio.sleep(0)
        with pytest.raises(EndpointFailure) as caught:
            await impatient
        now = 1011.0
        limiter.leave(await _let_through(limiter, patient), Need(1))
        return [caught.value.reason], patient.result().held_back

    assert asyncio.run(run()) == ([Reason.RATE_LIMITED], 10.5)


async def _let_through(limiter: Limiter, waiting: asyncio.Task[Any]) -> Any:
    ticket = asyncio.create_task(limiter.enter(Need(1)))  # whoever comes has the gate look who may go
    result = await waiting
    ticket.cancel()
    return result


def test_a_call_that_waits_to_be_repeated_ends_with_its_time(server: Serving) -> None:
    server.script(faults={1: "500", 2: {"kind": "stall", "seconds": 5}})

    async def use(endpoint: Endpoint) -> list[Any]:
        await endpoint.ask(call(["tea"]))  # the client's first request takes longer
        return list(await asyncio.gather(endpoint.ask(call()), endpoint.ask(call(["sea"])), return_exceptions=True))

    how = settings(server, call_deadline=1.0, concurrency=1)  # the second call has the only place
    failures, endpoint = with_endpoint(how, use)
    assert [each.reason for each in failures] == [Reason.TIMEOUT] * 2
    assert "before its turn came again" in str(failures[0])
    assert endpoint.totals.requests == 3


def test_an_endpoint_that_answers_no_probe_costs_its_time_once(server: Serving) -> None:
    server.script(rate=1.0, kinds=[{"kind": "stall", "seconds": 1}])

    async def use(endpoint: Endpoint) -> list[Any]:
        calls = (endpoint.ask(call([f"w{number}"])) for number in range(8))
        return await asyncio.gather(*calls, return_exceptions=True)

    failures, endpoint = with_endpoint(settings(server, mode="auto", model="slow", timeout=0.2, retries=0), use)
    assert [each.reason for each in failures] == [Reason.TIMEOUT] * 8
    assert endpoint.totals.requests == 1


# --- what the working folder may say ----------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder, with a user's folder of settings beside it."""
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "EXTRACTOR_BASE_URL", "EXTRACTOR_MODEL", "EXTRACTOR_MODE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "user"))
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    return work


PROFILE = 'default_profile = "p"\n[profiles.p]\nbase_url = "http://there/v1"\nmodel = "m"\n'


@pytest.mark.parametrize("name", ["OPENAI_BASE_URL", "EXTRACTOR_BASE_URL"])
def test_a_file_of_variables_may_not_choose_the_host(folder: Path, name: str) -> None:
    (folder / ".env").write_text(f"{name}=http://there/v1\nEXTRACTOR_MODEL=m\nOPENAI_API_KEY={SECRET}\n")
    with pytest.raises(SettingsError, match=rf"\.env: sets {name}, but where texts and keys go") as caught:
        load()
    assert SECRET not in str(caught.value)
    assert load({"base_url": "http://here/v1"}).base_url == "http://here/v1"


def test_a_variable_of_the_environment_goes_over_a_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / ".env").write_text("OPENAI_BASE_URL=http://there/v1\nEXTRACTOR_MODEL=m\n")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://here/v1")
    assert load().base_url == "http://here/v1"


def test_a_file_for_other_programs_is_passed_over_where_no_model_is_named(folder: Path) -> None:
    (folder / ".env").write_text(f"OPENAI_BASE_URL=http://there/v1\nOPENAI_API_KEY={SECRET}\n")
    found = load()
    assert (found.base_url, found.api_key) == (EndpointSettings().base_url, None)  # its key is for its server


def test_the_variable_of_the_key_is_not_chosen_either(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTHER_SECRET", SECRET)
    (folder / ".env").write_text("EXTRACTOR_API_KEY_ENV=OTHER_SECRET\n")
    with pytest.raises(SettingsError, match="sets EXTRACTOR_API_KEY_ENV"):
        load({"base_url": "http://here/v1", "model": "m"})
    found = load({"base_url": "http://here/v1", "model": "m", "api_key_env": "OTHER_SECRET"})
    assert found.api_key is not None


def test_a_default_profile_of_the_working_folder_may_not_choose_the_host(folder: Path) -> None:
    (folder / "extractor.toml").write_text(PROFILE)
    with pytest.raises(SettingsError, match=r"extractor\.toml: its default profile sets base_url.*--profile"):
        load()
    assert load(profile="p").base_url == "http://there/v1"


def test_the_users_own_default_profile_may(folder: Path) -> None:
    user = folder.parent / "user" / "notice-extractor"
    user.mkdir(parents=True)
    (user / "extractor.toml").write_text(PROFILE)
    assert load().base_url == "http://there/v1"
    (folder / "extractor.toml").write_text('[profiles.p]\nbase_url = "http://elsewhere/v1"\nmodel = "m"\n')
    assert load().base_url == "http://there/v1"  # the user's own stands
    assert load(profile="p").base_url == "http://elsewhere/v1"


def test_the_command_says_so(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "extractor.toml").write_text(PROFILE)
    (folder / "n.txt").write_text("x")
    assert main(["run", "n.txt", "--out", "out"]) == 2
    assert "where texts and keys go is not for a file of the working folder to say unasked" in capsys.readouterr().err
    assert main(["run", "n.txt", "--out", "out", "--backend", "rules"]) == 0
