"""The fields of a notice: title, inspected body, inspection, feedback, publication, signature, contact."""

from __future__ import annotations

import re
from calendar import monthrange
from functools import cache, partial
from itertools import zip_longest
from typing import NamedTuple

from extractor.notice.facts.contact import FieldFound, contact_part, read_contact
from extractor.notice.facts.dates import DateFound, find_dates
from extractor.notice.facts.genre import INSPECTION, acts_of, read_genre
from extractor.notice.outline.ending import Ending
from extractor.notice.outline.marks import chinese_number
from extractor.text.places import Place
from extractor.text.wording import any_of, word_list

_any_of = partial(any_of, "notice_fields")


_TITLE = (  # 某某局党组关于巡察整改进展情况的通报, behind 【专栏】 or 标题:
    r"^[ #*]*+(?:【[^】\n]{1,20}】|\[[^\]\n]{1,20}\]|标题[:] ?|title *[:=] *[\"']?(?:[^\n>]{0,40}->)?)? *+"
    rf"(?P<title>[^\n。;:]{{4,90}}?%s[^\n。;:]{{0,40}}?{_any_of('title_kinds')}(?:[(]第[^()\n]{{1,6}}[)])?)"
    rf"(?P<after>[*]*[\"']?(?= *(?:[(][^()\n]{{1,12}}[)])?{_any_of('behind_title')}))"
)
_TITLES = tuple(re.compile(_TITLE % _any_of(words), re.MULTILINE) for words in ("title_words", "other_title_words"))
_NO_TITLE = re.compile(_any_of("not_in_titles"))
_BODY_LINE = re.compile(rf"[^\n。;:,]{{2,40}}{_any_of('bodies')}")
_PUBLISHED = re.compile(  # 发布时间:2024-03-20, 日期:2024年3月20日, or a line that begins or ends with the day
    rf"(?:{_any_of('published')}(?:日期|时间|于)?[:]? *|(?<![文成布报表])(?:日期|时间)[:]? *|"
    rf"(?:^|[\n ])(?:(?![^\n]{{0,40}}{_any_of('not_published')}(?:日期|时间))[^\n。]{{0,40}}?[ |:])?)"
    r"(?P<date>(?P<y>20\d\d) ?[-年/.] ?(?P<m>\d{1,2}) ?[-月/.] ?(?P<d>\d{1,2})(?:日(?! ?[,至、])|(?![\d日])))"
)
_CN = "一二三四五六七八九十"
_BEFORE_TEAM = (
    r"(?:(?<=[,。;、(\n 由经和及])|(?<=\d日)|(?<=\d月)|(?<=[上中下]旬)|(?<=[初末底])|^"
    + "".join(f"|(?<={word})" for word in word_list("notice_fields", "before_team"))
    + ")"
)
_TEAM = re.compile(  # 第十二届省委第五巡视组, 县委第二轮联动巡察第三组
    rf"{_BEFORE_TEAM}(?P<team>(?!(?:(?!巡[视察])[^,。\n]){{0,24}}?{_any_of('before_team')})(?:(?:第?[{_CN}]+届)?{_any_of('committees')})?(?:第?[{_CN}\d]+)?轮?"
    rf"{_any_of('inspection_forms')}*(?:巡视|巡察)(?:第?[{_CN}\d]+)?(?:小)?组)"
)
_INSPECTED = (  # 对某某局党组开展了常规巡察
    r"(?:对|进驻|向)(?P<body>(?!.{0,6}(?:反馈|意见))[^,。;:\n]{2,70}?)(?:[(][^()\n]{1,30}[)])?(?:党组织)?(?:集中)?"
    rf"{_any_of('inspects')}(?:了)?(?P<how>[^。;\n]{{0,40}}?%s)"
)
_OTHER_TEAM = (  # 中央第四生态环境保护督察组, 省安委会第三督导组
    rf"{_BEFORE_TEAM}(?P<team>(?!(?:党组|[^组\n]){{0,16}}(?:派出|派驻|{_any_of('before_team')}))[\u4e00-\u9fff]{{0,16}}?%s(?:第?[{_CN}\d]+)?组)(?!织)"
)
_OTHERS_INSPECTED = (  # 对县水务局2022年度预算执行情况进行了审计
    rf"(?:对|进驻)(?P<body>(?:(?!{_any_of('matters')}|{_any_of('inspects')})[^,。;:\n]){{2,40}})"
    rf"(?=[^,。;\n]{{0,60}}?{_any_of('inspects')}了?[^。;\n]{{0,40}}?%s)"
)
_FED_BACK_TO = re.compile(r"向(?P<body>[^,。;:\n]{2,40}?)(?:领导班子)?(?:进行了?)?反馈")  # 向某某局党组反馈
_INSPECTED_DIRECTLY = re.compile(  # 省委第八巡视组巡视了某某局党组
    r"组[^,。;:\n]{0,6}?(?:巡视|巡察|督察|审计)了(?P<body>[^,。;:\n]{2,40}?)(?=[,。;\n])"
)
_REPORTS = re.compile(  # 现将某某局党组落实县委第七巡察组反馈意见整改情况公示如下
    rf"现将(?P<body>[^,。;:\n]{{0,40}}?{_any_of('bodies')})(?:贯彻|落实|关于|对照|针对|对|就)[^。\n]{{0,24}}(?:反馈|巡[视察])"
)
_OPENING_HEADING = re.compile(rf"\n? *[^\n。“”《》]{{0,16}}{_any_of('opening_headings')}[^\n。“”《》]{{0,12}}\n")
_PARAGRAPHS = re.compile(rf"(?: *(?![(]?[0-9{_CN}]{{1,3}}[)、.]|[{_CN}]{{1,2}}是)[^\n]*\n){{1,6}}")
_YEAR = re.compile(r"(?:\d|[今去])年")
_ENDS = re.compile("结束|截止|撤离|启动|动员")
_OPENING_SENTENCE = re.compile(_any_of("opening"))
_DAY_REACH = 60
"""Code points behind a date in which the clause that says what happened then is read."""
_TITLE_WITHIN = 600
"""Code points at the beginning of a notice in which its title begins."""
_HEAD = 3000
"""Code points at the beginning of a notice in which its title and its opening stand."""
NORMALISED = frozenset(
    ("genre", "inspection_kind", "inspection_start", "inspection_end", "feedback_date", "published_on", "signed_on")
)
"""The fields whose value is a normal form; the others are quoted."""


class _Forms(NamedTuple):
    """The patterns by which an opening names who inspected whom, and what that is called."""

    team: re.Pattern[str]
    body: re.Pattern[str]
    act: re.Pattern[str]
    acting: re.Pattern[str]
    """What says that it took place, and was not only fed back."""


@cache
def _forms(genre: str) -> _Forms:
    act = acts_of(genre)
    acting = re.compile(rf"开展|进行|实施|进驻|{act}(?!组|机构|工作|办|局|厅|署)")
    if genre == INSPECTION:
        return _Forms(_TEAM, re.compile(_INSPECTED % act), re.compile(act), acting)
    team = re.compile(_OTHER_TEAM % act)
    return _Forms(team, re.compile(_OTHERS_INSPECTED % act), re.compile(act), acting)


def read_fields(text: str, opening_end: int, ending: Ending) -> dict[str, FieldFound]:
    """Return the notice's scalar fields by contract name, the contact's as ``contact.phone`` and so on."""
    fields: dict[str, FieldFound] = {}
    title = _title(text, opening_end)
    if title:
        fields["title"] = title
    opening = Place(title.places[-1].end if title else 0, min(opening_end, _HEAD))
    published = _published(text, opening)
    if published:
        fields["published_on"] = published
        opening = Place(published.places[0].end, max(opening.end, published.places[0].end))
    genre = read_genre(text, title.places[-1] if title else None, opening)
    if genre:
        fields["genre"] = genre
    if ending.signed_by:
        value = "、".join(text[place.start : place.end] for place in ending.signed_by)
        fields["signed_by"] = FieldFound(value, ending.signed_by)
    if ending.signed_on:
        signed = signature_date(text[ending.signed_on.start : ending.signed_on.end])
        if signed:
            fields["signed_on"] = FieldFound(signed, (ending.signed_on,))
    day = fields.get("signed_on") or published
    told = _opening_told(text, opening, ending.start)
    fields.update(_inspection(text, told, genre.value if genre else INSPECTION, day.value if day else None))
    fields.update(read_contact(text, contact_part(text, ending)))
    return fields


def _title(text: str, opening_end: int) -> FieldFound | None:
    matches = (form.search(text, 0, min(opening_end, _HEAD)) for form in _TITLES)
    match = next((match for match in matches if match and not _NO_TITLE.search(match["title"])), None)
    if match is None or match.start() > _TITLE_WITHIN:
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
    """Return the page's date line: before the opening sentence, near the title."""
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


def _opening_told(text: str, opening: Place, end: int) -> Place:
    """Return the opening; where it is empty, the paragraphs below the first heading that announces an overview."""
    if text[opening.start : opening.end].strip():
        return opening
    heading = _OPENING_HEADING.match(text, opening.start, end)
    below = _PARAGRAPHS.match(text, heading.end(), end) if heading else None
    return Place(*below.span()) if below else opening


def _inspection(text: str, opening: Place, genre: str, day: str | None) -> dict[str, FieldFound]:
    """Return who inspected whom and when; ``day`` is that of the signature, by which 今年 is a year."""
    fields: dict[str, FieldFound] = {}
    start, end = opening
    forms = _forms(genre)
    team = forms.team.search(text, start, end)
    if team:
        fields["inspection_team"] = FieldFound(team["team"], (Place(*team.span("team")),))
    bodies = (form.search(text, start, end) for form in (forms.body, _INSPECTED_DIRECTLY, _FED_BACK_TO, _REPORTS))
    body = next((found for found in bodies if found), None)
    if body:
        fields["inspected_body"] = FieldFound(body["body"].strip(), (Place(*body.span("body")),))
    dates = _dates(text, opening, day)
    if genre != INSPECTION:  # whose openings tell of other periods, too
        dates = [date for date in dates if _is_told_behind(text, date, forms.acting)]
    fields.update(_period_and_feedback(text, dates, forms))
    if genre == INSPECTION:
        fields.update(_kind(text, opening, team, body))
    return fields


def _dates(text: str, opening: Place, day: str | None) -> list[DateFound]:
    """Return the months and days of an opening: only from the first year on, which may be 今年."""
    start, end = opening
    year = _YEAR.search(text, start, end)
    relative = year is not None and year.group()[0] in "今去"
    begin = year.start() if year and relative else start
    found = find_dates(text[start:end], day if relative else None, []).found
    dates = (date._replace(text=_moved(date.text, start)) for date in found if date.value and "-" in date.value)
    return [date for date in dates if date.text.end > begin]


def _kind(text: str, opening: Place, team: re.Match[str] | None, body: re.Match[str] | None) -> dict[str, FieldFound]:
    """Return whether it was 巡视 or 巡察: by the team's name and what it did, else by the opening."""
    start, end = opening
    how = body.groupdict().get("how") if body else None
    kind_text = (team["team"] if team else "") + (how or "")
    if not kind_text:
        kind_text = text[start:end]
    kind = "巡察" if "巡察" in kind_text else "巡视" if "巡视" in kind_text else None
    place = text.find(kind, start, end) if kind else -1
    return {"inspection_kind": FieldFound(kind, (Place(place, place + 2),))} if kind else {}


def _moved(place: Place, by: int) -> Place:
    return Place(place.start + by, place.end + by)


def _period_and_feedback(text: str, dates: list[DateFound], forms: _Forms) -> dict[str, FieldFound]:
    """Return when the inspection took place and when its findings were fed back, by the dates of the opening."""
    fields: dict[str, FieldFound] = {}
    period = next((d for d in dates if "/" in d.value and ".." not in d.value), None)
    end = ""
    if period:
        start, end = period.value.split("/")
        fields["inspection_start"] = FieldFound(start, (period.text,))
        fields["inspection_end"] = FieldFound(end, (period.text,))
    elif dates and _begins_inspection(text, dates[0], forms):
        period = dates[0]
        fields["inspection_start"] = FieldFound(period.value.split("/")[0], (period.text,))
    days = [date for date in dates if date is not period and "/" not in date.value]
    fed_back = [date for date in days if "反馈" in _clause(text, date)]
    for date, later in zip_longest(fed_back, fed_back[1:]):
        between = text[date.text.end : later.text.start] if later else ""
        if _ENDS.search(between) or (forms.acting.search(between) and forms.act.search(between)):
            continue  # 2024年3月,县委第二巡察组对某局党组进行了巡察,7月2日反馈
        fields["feedback_date"] = FieldFound(_after(text, date, end), (date.text,))
        break
    return fields


def _clause(text: str, date: DateFound) -> str:
    """Return what stands behind a date in its sentence, as far as it says what happened then."""
    return text[date.text.end : date.text.end + _DAY_REACH].split("。", maxsplit=1)[0]


def _is_told_behind(text: str, date: DateFound, act: re.Pattern[str]) -> bool:
    behind = re.split(r"[。\n]", text[date.text.end : date.text.end + _DAY_REACH], maxsplit=1)[0]
    return "反馈" in behind or act.search(behind) is not None


def _begins_inspection(text: str, date: DateFound, forms: _Forms) -> bool:
    """Say whether the word behind a date that says what happened then is that of the inspection, and not 反馈."""
    inspection = forms.act.search(text, date.text.end)
    fed_back = text.find("反馈", date.text.end)
    if fed_back >= 0:  # 6月20日,县委第二巡察组向某局党组反馈了意见
        told = text[date.text.end : fed_back]
        if "。" not in told and not forms.acting.search(told):
            return False
    return inspection is not None and (fed_back < 0 or inspection.start() < fed_back)


def _after(text: str, date: DateFound, end: str) -> str:
    """Return a date's value; one printed without a year comes after ``end``, the end of the inspection, if known."""
    value = date.value
    if not end or "年" in text[date.text.start : date.text.end]:
        return value
    value = end[:4] + value[4:]
    return f"{int(value[:4]) + 1}{value[4:]}" if value < end else value


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
