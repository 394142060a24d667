"""An invented notice as a page, and what a careful person reads of it."""

from __future__ import annotations

from pathlib import Path

from extractor.files.ingest import IngestedFile, read_text
from extractor.files.sources.source import Source

TITLE = "中共青禾县松林镇委员会关于巡察整改进展情况的通报"
DATE = "发布日期:2024-05-20 信息来源:青禾清风网"
BODY = [
    "2023年9月4日至10月27日,县委第二巡察组对松林镇党委开展了巡察,12月8日反馈了意见。",
    "一、整改工作组织情况",
    "镇党委召开党委会6次,制定整改措施48条。",
    "二、整改任务完成情况",
    "(一)关于“理论学习不够深入”问题的整改",
    "一是完善学习制度,印发《松林镇党委理论学习办法》,开展集中学习12次。",
    "二是对学习不到位的党支部约谈3人,通报2个单位。",
    "(二)关于“惠民资金监管不严”问题的整改",
    "一是全面清查资金,追缴违规发放补贴35.6万元,退还群众128户。",
    "二是严肃追责问责,给予党纪处分5人,诫勉谈话4人。",
    "联系电话:0800-1234567;电子邮箱:sl@example.cn。",
    "中共青禾县松林镇委员会",
    "2024年5月18日",
]
WANTED = [TITLE, DATE, *BODY]
FOOT = "<div><p>主办单位:青禾县纪委监委</p><p>技术支持:某公司 某ICP备12345678号</p></div>"
RELATED = "<div><p>相关链接</p><ul>" + "".join(
    f"<li><a href='/{n}'>中共某某镇委员会关于巡察整改进展情况的通报</a> <span>2024-03-2{n}</span></li>"
    for n in range(5)
) + "</ul></div>"  # fmt: skip


def paragraphs(lines: list[str]) -> str:
    return "".join(f"<p>{line}</p>" for line in lines)


ARTICLE = paragraphs(BODY)


def page(inner: str, head: str = "") -> str:
    """A page that shows title, date line and ``inner``; ``head`` goes into its head."""
    return (
        f"<!DOCTYPE html><html><head><meta charset='utf-8'><title>{TITLE}</title>{head}</head>"
        f"<body><h1>{TITLE}</h1><p>{DATE}</p>{inner}</body></html>"
    )


def with_in(place: str, other: str) -> str:
    """The article with ``other`` in the place of some of its words."""
    assert place in ARTICLE
    return ARTICLE.replace(place, other)


def read_page(source: str, folder: Path, name: str = "page.html") -> IngestedFile:
    path = folder / name
    path.write_text(source, encoding="utf-8", newline="")
    return read_text(Source(str(path)))


def account(read: IngestedFile) -> list[tuple[str, str]]:
    """What was left out: kind and first words."""
    return [(entry.kind, entry.words) for entry in read.left_out]
