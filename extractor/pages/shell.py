"""The parts of a page: its static files, data that cannot escape from its element, and a content security policy."""

from __future__ import annotations

import base64
import hashlib
import html
import json
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from importlib.resources import files

# In the order of their dependencies.
NOTICE_SCRIPTS = (
    "dom.js", "theme.js", "text.js", "values.js", "notice_text.js", "notice_reading.js", "notice_filter.js",
    "keys.js", "citation.js", "on_paper.js", "notice.js",
)  # fmt: skip
COLLECTION_SCRIPTS = (
    *NOTICE_SCRIPTS, "collection.js", "charts.js", "table.js", "notice_table.js", "overview.js", "list.js",
    "comparison.js", "compare.js", "tallied.js", "address.js",
)  # fmt: skip
REPORT_SCRIPTS = (*COLLECTION_SCRIPTS, "parts.js", "report.js")
NOTICE_STYLES = ("page.css", "notice.css")
REPORT_STYLES = (*NOTICE_STYLES, "report.css")

PageRules = Callable[[Iterable[str], Iterable[str]], str]
"""Makes the content security policy of a page of its scripts and styles."""
_encoded = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode
_UNSAFE = {char: f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"}


@cache
def static_file(name: str) -> str:
    """Return a file of ``static/``."""
    return files("extractor.pages").joinpath("static", name).read_text(encoding="utf-8")


def safe_json(data: object) -> str:
    """Return JSON that cannot escape from a script element.

    Characters that HTML reads as markup, and that old scripts read as an end of line, are escaped.
    """
    return _without_markup(plain_json(data))


def _without_markup(json_text: str) -> str:
    # Several times faster than a translation of all characters.
    for char, escape in _UNSAFE.items():
        json_text = json_text.replace(char, escape)
    return json_text


def plain_json(data: object) -> str:
    """Return JSON without blanks."""
    return _encoded(data)


def policy(scripts: Iterable[str], styles: Iterable[str]) -> str:
    """Return a content security policy for a page with these inline scripts and styles and no others.

    Under it nothing is fetched, and no script can turn text into markup.
    """
    rules = {
        "default-src": "'none'",
        "script-src": _hashes(scripts),
        "style-src": _hashes(styles),
        "img-src": "data:",  # the pictures of recognised lines, which are in the page
        "base-uri": "'none'",
        "form-action": "'none'",
        "require-trusted-types-for": "'script'",
        "trusted-types": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def policy_with_parts(scripts: Iterable[str], styles: Iterable[str]) -> str:
    """Return a policy as ``policy`` does, under which these scripts may load others: the parts of a report.

    An address of a script can only be made by the policy ``report-parts`` of ``static/parts.js``.
    """
    alone = policy(scripts, styles)
    return alone.replace("script-src ", "script-src 'strict-dynamic' ").replace(
        "trusted-types 'none'", "trusted-types report-parts"
    )


def part_begin(name: str) -> str:
    """Return the begin of the script of a report's part, which hands its data, a text of JSON, to ``pages.part``."""
    return f"pages.part('{name}','"


PART_END = "');\n"
"""The end of such a script."""


def part_data(json_text: str) -> str:
    """Return a piece of its data, as it stands between the two."""
    return _without_markup(json_text).replace("\\", "\\\\").replace("'", "\\'")


def data_element(data: object, **attributes: str) -> str:
    """Return a script element with data; ``class_`` becomes the attribute ``class``."""
    written = "".join(f' {name.rstrip("_")}="{html.escape(value)}"' for name, value in attributes.items())
    return f'<script type="application/json"{written}>{safe_json(data)}</script>\n'


def page(
    title: str,
    noscript: str,
    lang: str,
    data: Iterable[str],
    rules: PageRules = policy,
) -> Iterator[str]:
    """Yield the report's page piece by piece; ``data`` are its data elements, ``lang`` is ``zh`` or ``en``.

    ``rules`` makes its content security policy.
    """
    scripts = [static_file(name) for name in REPORT_SCRIPTS]
    style = "".join(static_file(name) for name in REPORT_STYLES)
    yield f"""<!doctype html>
<html lang="{"zh-CN" if lang == "zh" else "en"}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{html.escape(rules(scripts, [style]))}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{html.escape(title)}</title>
<style>{style}</style>
</head>
<body>
<header class="top"></header>
<main id="main" tabindex="-1"><noscript>{html.escape(noscript)}</noscript></main>
"""
    yield from data
    yield from (f"<script>{script}</script>\n" for script in scripts)
    yield "</body>\n</html>\n"


def _hashes(texts: Iterable[str]) -> str:
    digests = (base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in texts)
    return " ".join(f"'sha256-{digest}'" for digest in digests)
