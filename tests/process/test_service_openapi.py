"""The service keeps what its OpenAPI description promises, whatever it is sent: Schemathesis makes it up."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from cli_examples import NOTICE
from service_example import HOST, Client, Service, serving

CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
EXPORT = "/v1/export.{ending}"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with serving(tmp_path_factory.mktemp("service") / "data", "--workers", "1", "--queue", "50") as running:
        with Client(running.port) as client:
            assert client.done({"notice.txt": NOTICE.encode()})["done"] == 1
        yield running


@pytest.mark.parametrize(
    "options",
    [
        ("--phases", "coverage,fuzzing", "--max-examples", "6", "--exclude-path", EXPORT),
        ("--phases", "stateful", "--max-examples", "6", "--exclude-path", EXPORT),
        ("--phases", "fuzzing", "--max-examples", "3", "--include-path", EXPORT),  # each starts a process
    ],
    ids=["requests", "sequences", "exports"],
)
def test_nothing_that_is_made_up_breaks_it(service: Service, options: tuple[str, ...], tmp_path: Path) -> None:
    command = (sys.executable, "-m", "schemathesis.cli", "run", f"http://{HOST}:{service.port}/openapi.json")
    limits = ("--checks", CHECKS, "--seed", "1", "--no-shrink", "--continue-on-failure", "--no-color")
    done = subprocess.run(
        [*command, *limits, *options], cwd=tmp_path, env=os.environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
    with Client(service.port) as client:
        assert client.done({f"after-{options[1]}.txt": NOTICE.encode()})["done"] == 1
    assert "unexpectedly" not in service.log()
