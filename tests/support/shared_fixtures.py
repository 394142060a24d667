"""What files of tests share by name: a scripted endpoint, a client of the file's service, a browser."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from fake_endpoint import Serving, serving
from service_example import Client, Service

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="module")
def server(request: pytest.FixtureRequest) -> Iterator[Serving]:
    """Run a scripted endpoint with the answers that the file names in ``ANSWERS``.

    Each file has one of its own: the client remembers by its address which mode an endpoint takes.
    """
    with serving(request.module.ANSWERS) as running:
        yield running


@pytest.fixture
def client(service: Service) -> Iterator[Client]:
    """Give a client of the file's service."""
    with Client(service.port) as asking:
        yield asking


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Run a browser; it ends with the file, since nothing can be awaited in a process beside it."""
    from browsing import chromium  # only tests of pages import what drives a browser

    with chromium() as started:
        yield started
