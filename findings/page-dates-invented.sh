#!/usr/bin/env bash
# htmldate, trafilatura, GNE: a page that says 发布日期：2024年3月5日 gets another date, made of an amount, a number or another year.
# Needs Python 3.11 or newer and PyPI; works in a temporary folder. Exits 1 where what is seen is no longer what is told.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"${PYTHON:-python3}" -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check \
    gne==0.4.3 htmldate==1.11.0 lxml==6.1.3 lxml_html_clean==0.4.6 trafilatura==2.3.1
cat > dates.py <<'END'
import sys
from importlib.metadata import version

import htmldate
import trafilatura
from gne import GeneralNewsExtractor

changed = []
READERS = ("htmldate", "trafilatura", "gne")


def page(published, body, meta=""):
    """Return a page with a line above its text that says when it was published."""
    above = f'<p class="info">{published}</p>' if published else ""
    heading = "关于巡察整改进展情况的通报"
    return (
        f'<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><title>{heading}</title>{meta}</head>'
        f'<body><h1>{heading}</h1>{above}<div class="content"><p>{body}</p></div></body></html>'
    )


def dates(text):
    found = (
        htmldate.find_date(text),
        trafilatura.extract_metadata(text).date,
        GeneralNewsExtractor().extract(text)["publish_time"] or None,
    )
    return dict(zip(READERS, found, strict=True))


def compare(text, *told):
    for (reader, seen), expected in zip(dates(text).items(), told, strict=True):
        print(f"  {reader}: {seen}" + ("" if seen == expected else f", told: {expected}"))
        if seen != expected:
            changed.append(f"{reader} gives {seen}, not {expected}")


print(", ".join(f"{name} {version(name)}" for name in READERS))
period = "区委第三巡察组于2023年5月9日至7月8日进行了巡察。"
for published, body, *told in (
    ("Published: March 5, 2024", "整改完成35项。", "2024-03-05", "2024-03-05", None),
    ("发布日期：2024-03-05", period, "2024-03-05", "2024-03-05", "2024-03-05"),
    ("发布日期：2024年3月5日", "整改完成35项。", "2024-01-01", "2024-01-01", "2024年3月5日"),
    ("发布日期：2024年3月5日", period, "2024-01-01", "2023-01-01", "2024年3月5日"),
    ("发布日期：2024年3月5日", "追缴资金2012元，整改2015个问题。", "2024-01-01", "2012-01-01", "2024年3月5日"),
    ("", "追缴资金2015.3万元。", "2015-03-01", "2015-03-01", None),
    ("", "依据云纪发〔2019〕12号文件整改。", "2019-01-01", "2019-01-01", None),
    ("", "联系电话：20120315。", "2012-03-15", "2012-03-15", None),
):
    print(f"{published or 'no date'}; {body}")
    compare(page(published, body), *told)

print(f'<meta name="PubDate" content="2024年3月5日">; {period}')
compare(page("", period, '<meta name="PubDate" content="2024年3月5日">'), "2024-01-01", "2023-01-01", "2024年3月5日")

print("changed: " + "; ".join(changed) if changed else "as told")
sys.exit(bool(changed))
END
venv/bin/python dates.py 2> dates.log || { cat dates.log >&2; exit 1; }
