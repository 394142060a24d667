"""What a notice says about itself: title, who was inspected by whom and when, dates, signature, contact."""

from __future__ import annotations

import re
from calendar import monthrange

from extractor.notice.facts.contact import FieldFound, read_contact
from extractor.notice.facts.dates import DateFound, find_dates
from extractor.notice.outline.ending import Ending
from extractor.notice.outline.marks import chinese_number
from extractor.text.places import Place

_TITLE_END = r"(?:\n|$| |发布|时间|来源|日期|作者|根据|按照|\d{4}[-年/.])"
_TITLE = re.compile(
    r"^[ #*]*+(?:【[^】\n]{1,20}】|\[[^\]\n]{1,20}\]|标题[:] ?|title: *[\"']?(?:[^\n>]{0,40}->)?)? *+"
    r"(?P<title>[^\n。;:]{4,90}?(?:整改|巡视|巡察)[^\n。;:]{0,40}?(?:通报|公告|公示|报告|公开|情况|通告))"
    rf"(?P<after>[*]*(?= *(?:[(][^()\n]{{1,12}}[)])?{_TITLE_END}))",
    re.MULTILINE,
)
_BODY_LINE = re.compile(r"[^\n。;:,]{2,40}(?:委员会|党组|党委|党总支|支部|工委|政府|学校|医院|公司|局|院)")
_PUBLISHED = re.compile(
    r"(?:(?:发布|发表|更新|上传|公开|录入)(?:日期|时间|于)?[:]? *|(?<![文成布])(?:日期|时间)[:]? *|"
    r"(?:^|[\n ])(?:(?![^\n]{0,40}(?:发文|成文|生成)日期)[^\n。]{0,40}?[ |:])?)"
    r"(?P<date>(?P<y>20\d\d) ?[-年/.] ?(?P<m>\d{1,2}) ?[-月/.] ?(?P<d>\d{1,2})(?:日|(?!\d)))"
)
_CN = "一二三四五六七八九十"
_COMMITTEE = (
    r"中央|中共[\u4e00-\u9fff]{1,12}?委|[\u4e00-\u9fff]{0,10}?党[委组]|"
    r"[\u4e00-\u9fff]{0,10}?(?:[省市县区州旗镇校院]|自治区|党|工|集团|公司|总|新区)(?:委|党组|党委)"
)
_TEAM = re.compile(
    r"(?:(?<=[,。;、(\n 由经和及])|(?<=\d日)|(?<=\d月)|(?<=[上中下]旬)|(?<=[初末底])|^)"
    rf"(?P<team>(?:(?:第?[{_CN}]+届)?(?:{_COMMITTEE}))?(?:第?[{_CN}\d]+)?(?:轮)?"
    rf"(?:联动|专项|提级|交叉|机动|政治|常规|上下联动)*(?:巡视|巡察)(?:第?[{_CN}\d]+)?(?:小)?组)"
)
_INSPECTED = re.compile(
    r"(?:对|进驻|向)(?P<body>(?!.{0,6}(?:反馈|意见))[^,。;:\n]{2,70}?)(?:[(][^()\n]{1,30}[)])?(?:党组织)?(?:集中)?"
    r"(?:开展|进行|实施)(?:了)?(?P<how>[^。;\n]{0,40}?(?:巡视|巡察))"
)
_FED_BACK_TO = re.compile(r"向(?P<body>[^,。;:\n]{2,40}?)(?:领导班子)?(?:进行了?)?反馈")
_FEEDBACK = re.compile(r"反馈")
_OPENING_SENTENCE = re.compile(r"(?:根据|按照|经)[^\n]{0,60}(?:部署|安排|要求|批准|同意|统一)|开展了|进行了")
_INSPECTING = re.compile(r"开展|进行|实施|进驻|巡[视察](?!组|机构|工作|办)")
_HEAD = 3000
"""Code points at the beginning of a notice in which its title and its opening stand."""
NORMALISED = frozenset(
    ("inspection_kind", "inspection_start", "inspection_end", "feedback_date", "published_on", "signed_on")
)
"""The fields whose value is a normal form; the others are quoted."""


def read_fields(text: str, opening_end: int, ending: Ending) -> dict[str, FieldFound]:
    """The notice's scalar fields by contract name, the contact's as ``contact.phone`` and so on."""
    fields: dict[str, FieldFound] = {}
    title = _title(text, opening_end)
    if title:
        fields["title"] = title
    opening = Place(title.places[-1].end if title else 0, min(opening_end, _HEAD))
    published = _published(text, opening)
    if published:
        fields["published_on"] = published
        opening = Place(published.places[0].end, max(opening.end, published.places[0].end))
    fields.update(_inspection(text, opening))
    if ending.signed_by:
        value = "、".join(text[place.start : place.end] for place in ending.signed_by)
        fields["signed_by"] = FieldFound(value, ending.signed_by)
    if ending.signed_on:
        signed = signature_date(text[ending.signed_on.start : ending.signed_on.end])
        if signed:
            fields["signed_on"] = FieldFound(signed, (ending.signed_on,))
    fields.update(read_contact(text, ending.start))
    return fields


def _title(text: str, opening_end: int) -> FieldFound | None:
    match = _TITLE.search(text, 0, min(opening_end, _HEAD))
    if match is None or match.start() > 600:
        return None
    if re.search(r"现将|如下|开展了|进行了", match["title"]):
        return None
    place = Place(*match.span("title"))
    if match["title"].startswith("关于"):
        line_end = text.rfind("\n", 0, match.start("title") + 1)
        before = text[:line_end].rstrip()
        above = _BODY_LINE.fullmatch(before[before.rfind("\n") + 1 :].strip()) if line_end > 0 else None
        if above:
            start = before.rfind("\n") + 1
            start += len(before[start:]) - len(before[start:].lstrip())
            return FieldFound(above.group() + match["title"], (Place(start, len(before)), place))
    return FieldFound(match["title"], (place,))


def _published(text: str, opening: Place) -> FieldFound | None:
    """The page's date line: before the opening sentence, near the title."""
    sentence = _OPENING_SENTENCE.search(text, opening.start, opening.end)
    line_start = text.rfind("\n", 0, sentence.start()) + 1 if sentence else opening.end
    stop = max(line_start, sentence.start() if sentence and line_start <= opening.start else line_start)
    match = _PUBLISHED.search(text, opening.start, min(stop, opening.start + 500))
    if match is None:
        match = _PUBLISHED.search(text, 0, opening.start)
    if match is None or not (1 <= int(match["m"]) <= 12 and 1 <= int(match["d"]) <= 31):
        return None
    value = f"{match['y']}-{int(match['m']):02d}-{int(match['d']):02d}"
    return FieldFound(value, (Place(*match.span("date")),))


def _inspection(text: str, opening: Place) -> dict[str, FieldFound]:
    fields: dict[str, FieldFound] = {}
    start, end = opening
    team = _TEAM.search(text, start, end)
    if team:
        fields["inspection_team"] = FieldFound(team["team"], (Place(*team.span("team")),))
    body = _INSPECTED.search(text, start, end) or _FED_BACK_TO.search(text, start, end)
    if body:
        fields["inspected_body"] = FieldFound(body["body"].strip(), (Place(*body.span("body")),))
    how = body.groupdict().get("how") if body else None
    kind_text = (team["team"] if team else "") + (how or "")
    if not kind_text:
        kind_text = text[start:end]
    kind = "巡察" if "巡察" in kind_text else "巡视" if "巡视" in kind_text else None
    if kind:
        place = text.find(kind, start, end)
        fields["inspection_kind"] = FieldFound(kind, (Place(place, place + 2),))
    dates = [d for d in find_dates(text[start:end], None, []).found if d.value and "-" in d.value]
    fields.update(_period_and_feedback(text, [d._replace(text=_moved(d.text, start)) for d in dates]))
    return fields


def _moved(place: Place, by: int) -> Place:
    return Place(place.start + by, place.end + by)


def _period_and_feedback(text: str, dates: list[DateFound]) -> dict[str, FieldFound]:
    fields: dict[str, FieldFound] = {}
    period = next((d for d in dates if "/" in d.value and ".." not in d.value), None)
    end_value = ""
    if period:
        first, end_value = period.value.split("/")
        fields["inspection_start"] = FieldFound(first, (period.text,))
        fields["inspection_end"] = FieldFound(end_value, (period.text,))
    elif dates:
        before_team = re.compile("巡视|巡察").search(text, dates[0].text.end)
        fed_back = _FEEDBACK.search(text, dates[0].text.end)
        told = text[dates[0].text.end : fed_back.start()] if fed_back else ""
        only_fed_back = "。" not in told and fed_back is not None and not _INSPECTING.search(told)
        if before_team and not only_fed_back and (fed_back is None or before_team.start() < fed_back.start()):
            period = dates[0]
            fields["inspection_start"] = FieldFound(period.value.split("/")[0], (period.text,))
    for date in dates:
        if date is period or "/" in date.value:
            continue
        clause = text[date.text.end : date.text.end + 60].split("。", maxsplit=1)[0]
        if "反馈" in clause:
            value = date.value
            printed = text[date.text.start : date.text.end]
            if end_value and "年" not in printed:
                value = end_value[:4] + value[4:]
                if value < end_value:
                    value = f"{int(value[:4]) + 1}{value[4:]}"
            fields["feedback_date"] = FieldFound(value, (date.text,))
            break
    return fields


def signature_date(printed: str) -> str | None:
    """A signature's date in ISO 8601, from digits or Chinese numerals; None where it names no day.

    >>> signature_date("2024年3月15日"), signature_date("二〇二五年四月"), signature_date("2024.3.5")
    ('2024-03-15', '2025-04', '2024-03-05')
    """
    parts = [part.strip() for part in re.split(r"[年月日./-]", printed) if part.strip()]
    numbers = []
    for index, part in enumerate(parts):
        if part.isdecimal():
            numbers.append(int(part))
        elif index == 0:
            digits = "".join(str("〇一二三四五六七八九".find(c) if c in "〇一二三四五六七八九" else 0) for c in part)
            numbers.append(int(digits))
        else:
            numbers.append(chinese_number(part))
    if len(numbers) < 2 or not 1 <= numbers[1] <= 12 or not 1900 <= numbers[0] <= 2100:
        return None
    if len(numbers) == 2:
        return f"{numbers[0]:04d}-{numbers[1]:02d}"
    last = monthrange(numbers[0], numbers[1])[1]
    return f"{numbers[0]:04d}-{numbers[1]:02d}-{numbers[2]:02d}" if 1 <= numbers[2] <= last else None
