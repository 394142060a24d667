"""Random notices with their text: every value is printed where its span says, as an extractor would ground it."""

from __future__ import annotations

from hypothesis import strategies as st

from extractor.record.contract import (
    Accountability,
    Contact,
    DateMention,
    Document,
    Issue,
    Measure,
    Notice,
    Quantity,
    Span,
    Total,
)
from extractor.record.enumerations import VOCABULARIES
from extractor.text.text_hash import text_sha256

UNITS = ("次", "人", "万元", "亿元", "万平方米", "%", "家次", "份")
ORGANIZATIONS = ("区纪委监委", "区委组织部", "财政局", "高新区管理中心", "各街道")
DOCUMENTS = ("招商工作手册", "财务管理制度(试行)", "关于‘过紧日子’的通知", "考核办法")
SUBJECTS = ("召开会议", "培训干部", "追回资金", "新增企业")
TITLES = ("学习不够深入", "“四风”问题禁而不绝", "监管不力,底数不清", "融资成本较高", "推诿扯皮")
HEADINGS = ("强化责任落实", "完善长效机制", "开展专项整治")
FILLING = ("认真对照要求逐项梳理问题", "明确责任单位和完成时限", "推动整改工作走深走实", "广泛听取意见建议")
BEFORE = {"over": "超", "under": "不足", "about": "约", None: ""}


class Writer:
    """Writes a text piece by piece and says where each piece stands."""

    def __init__(self) -> None:
        self.text = ""

    def put(self, words: str) -> Span:
        start = len(self.text)
        self.text += words
        return Span(start=start, end=len(self.text))


def _key(vocabulary: str) -> st.SearchStrategy[str]:
    return st.sampled_from(sorted(VOCABULARIES[vocabulary]))


# Made once: to make and check a strategy takes longer than to draw from it.
_NUMERAL = st.sampled_from("一二三")
_FOUND = st.integers(1, 99)
_KIND = st.sampled_from(("巡视", "巡察", None))
_START = st.sampled_from(("2023-04-18", None))
_TITLE = st.sampled_from(TITLES)
_CATEGORY = _key("category")
_ISSUE_STATUS = _key("issue_status")
_HEADING = st.one_of(st.none(), st.sampled_from(HEADINGS))
_FILLING = st.sampled_from(FILLING)
_ORGANIZATIONS = st.lists(st.sampled_from(ORGANIZATIONS), unique=True, max_size=2)
_MONTHS = st.lists(st.integers(1, 12), unique=True, max_size=2)
_DOCUMENTS = st.lists(st.sampled_from(DOCUMENTS), unique=True, max_size=2)
_ACTION = _key("document_action")
_FIGURES = st.integers(0, 3)
_HELD = st.booleans()
_PERSONS = st.integers(1, 30)
_TYPES = st.lists(_key("measure_type"), unique=True, min_size=1, max_size=3)
_MEASURE_STATUS = _key("measure_status")
_VALUE = st.one_of(st.integers(0, 9_999), st.integers(1, 9_999).map(lambda tenth: tenth / 10))
_UNIT = st.sampled_from(UNITS)
_SUBJECT = st.sampled_from(SUBJECTS)
_QUALIFIER = st.sampled_from((None, "over", "under", "about"))


@st.composite
def notices(
    draw: st.DrawFn, *, issues: tuple[int, int] = (1, 3), measures: tuple[int, int] = (1, 3)
) -> tuple[Notice, str]:
    """Draw a notice and its text."""
    page = Writer()
    spans: dict[str, list[Span]] = {}
    title = page.put("某区委关于巡视整改进展情况的通报")
    page.put("\n根据统一部署,")
    team = page.put(f"省委第{draw(_NUMERAL)}巡视组")
    page.put("于2023年4月18日至6月28日对")
    body = page.put("某区委")
    page.put("开展了巡视。反馈的")
    found = draw(_FOUND)
    total = page.put(f"{found}个")
    page.put("问题逐一整改。\n二、整改进展情况\n")
    spans |= {"title": [title], "inspection_team": [team], "inspected_body": [body]}
    size = draw(st.integers(*issues))
    written = [_issue(draw, page, number + 1, measures) for number in range(size)]
    page.put("\n欢迎监督。联系电话:")
    phone = page.put("0516-87636289")
    page.put("\n某区委\n")
    spans["contact.phone"] = [phone]
    notice = Notice(
        notice_id="example",
        text_sha256=text_sha256(page.text),
        title=_words(page, title),
        inspected_body="某区委",
        inspection_team=_words(page, team),
        inspection_kind=draw(_KIND),
        inspection_start=draw(_START),
        contact=Contact(phone=_words(page, phone)),
        totals=[Total(name="issues_found", value=found, unit="个", text=total)],
        issues=written,
        spans=spans,
    )
    return notice, page.text


def _words(page: Writer, span: Span) -> str:
    return page.text[span.start : span.end]


def _issue(draw: st.DrawFn, page: Writer, number: int, sizes: tuple[int, int]) -> Issue:
    label = page.put(f"({number})")
    page.put("关于“")
    title = page.put(f"{draw(_TITLE)}{number}")
    page.put("”问题的整改。\n")
    found = [_measure(draw, page, count + 1) for count in range(draw(st.integers(*sizes)))]
    end = found[-1].text.end if found else len(page.text) - 1
    return Issue(
        label=f"({number})",
        title=_words(page, title),
        category=draw(_CATEGORY),
        status=draw(_ISSUE_STATUS),
        text=Span(start=label.start, end=end),
        measures=found,
        spans={"label": [label], "title": [title]},
    )


def _measure(draw: st.DrawFn, page: Writer, number: int) -> Measure:
    label = page.put(str(number))
    page.put(".")
    spans = {"label": [label]}
    start = len(page.text)
    heading = draw(_HEADING)
    if heading is not None:
        spans["heading"] = [page.put(heading)]
        page.put("。")
    page.put(f"{draw(_FILLING)},{draw(_FILLING)},")
    organizations = draw(_ORGANIZATIONS)
    for name in organizations:
        spans.setdefault("organizations", []).append(page.put(name))
        page.put("牵头,")
    dates = []
    for month in draw(_MONTHS):
        dates.append(DateMention(value=f"2023-{month:02}", text=page.put(f"2023年{month}月")))
        page.put("部署,")
    documents = []
    for name in draw(_DOCUMENTS):
        page.put("印发《")
        documents.append(Document(title=name, action=draw(_ACTION), text=page.put(name)))
        page.put("》,")
    quantities = [_quantity(draw, page) for _ in range(draw(_FIGURES))]
    accountability = []
    if draw(_HELD):
        page.put("党纪处分")
        count = draw(_PERSONS)
        place = page.put(f"{count}人")
        quantities.append(Quantity(value=count, unit="人", subject="党纪处分", text=place))
        accountability.append(Accountability(action="党纪处分", count=count, unit="人", text=place))
    page.put("成效明显。")
    text = Span(start=start, end=len(page.text))
    page.put("\n")
    return Measure(
        label=str(number),
        text=text,
        heading=heading,
        types=draw(_TYPES),
        status=draw(_MEASURE_STATUS),
        documents=documents,
        quantities=quantities,
        dates=dates,
        organizations=organizations,
        accountability=accountability,
        spans=spans,
    )


def _quantity(draw: st.DrawFn, page: Writer) -> Quantity:
    value = draw(_VALUE)
    unit, subject = draw(_UNIT), draw(_SUBJECT)
    qualifier = draw(_QUALIFIER)
    page.put(f"{subject}{BEFORE[qualifier]}")
    place = page.put(f"{value:,}{unit}")
    page.put(",")
    return Quantity(value=value, unit=unit, subject=subject, qualifier=qualifier, text=place)
