"""The pages without review: a notice's, and the one about the interface."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse

from extractor.files.parts.text_places import text_places_from
from extractor.pages import shell
from extractor.pages.notice_page import notice_page as data_of
from extractor.pages.page_words import words
from extractor.record.checks import Lang
from extractor.record.contract import Notice
from extractor.service.http.middleware import NOTHING
from extractor.service.store.notice_store import StoredNotice

_PAGES = Environment(
    loader=PackageLoader("extractor.service"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)


class HtmlPage(NamedTuple):
    """A page and its content security policy."""

    html: str
    policy: str


def notice_page(kept: StoredNotice, lang: Lang) -> HtmlPage:
    """Return a notice's page: the report of a run with this notice alone."""
    notice = Notice.model_validate_json(kept.record)
    named = words()["words"]
    run = {"backend": None, "finished": None, "missing": 0}
    data = [
        shell.data_element(data_of(notice, kept.text, text_places_from(kept.places)), class_="notice-data"),
        shell.data_element({"lang": lang, "run": run, "series": [], **words()}, id="report-data"),
    ]
    pieces = shell.page(notice.title or notice.notice_id, " ".join(named["report.noscript"].values()), lang, data)
    return HtmlPage("".join(pieces), _notice_policy())


def interface_page(openapi: Mapping[str, Any]) -> HtmlPage:
    """Return the page about the HTTP interface, from its OpenAPI description."""
    operations = [
        {"path": path, "method": method.upper(), **operation}
        for path, methods in openapi["paths"].items()
        for method, operation in methods.items()
    ]
    style = files("extractor.service").joinpath("templates/style.css").read_text(encoding="utf-8")
    values = {"style": Markup(style), "info": openapi["info"], "operations": operations}
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return HtmlPage(_PAGES.get_template("interface.html").render(values), f"{NOTHING}; style-src 'sha256-{digest}'")


def html_response(page: HtmlPage) -> HTMLResponse:
    """Return the answer with a page, under its own policy."""
    return HTMLResponse(page.html, headers={"Content-Security-Policy": page.policy})


@cache
def _notice_policy() -> str:
    scripts = map(shell.static_file, shell.REPORT_SCRIPTS)
    styles = "".join(map(shell.static_file, shell.REPORT_STYLES))
    return f"{shell.policy(scripts, [styles])}; frame-ancestors 'none'"
