"""What cannot be quoted but must be judged: a measure's heading, types and status, an issue's category and status."""

from __future__ import annotations

import re
from functools import cache

from extractor.data import read_table
from extractor.notice.lexical import lexical_scores
from extractor.notice.places import Place

_TABLE = "judgement"
_MEASURES_READ = 1500
"""How much of an issue's measures (code points) tells what it is about, where its title does not."""

_HEADING = re.compile(r"[^。;:!?\n]{2,30}。(?=\S)")
_SENTENCE_END = re.compile(r"[。;!?\n]")
_SHORT_TOPIC = 12
_ACT = re.compile(r"(?:制[定订发]|印发|出台|成立|召开|组建|下发|修订|编制|草拟|拟定|起草|举办|聘请|邀请|委托|推进小组)")
_FACTS = re.compile(r"[0-9《]|已(?!有)|均(?!衡)|完成(?!度)|制定出台|印发")
_AIM = re.compile(
    r"^(?:[\u4e00-\u9fff“”]{0,6}?)(?:加强|强化|推进|推动|完善|健全|提升|提高|加快|加大|优化|规范|深化|严格|落实|压实|坚持|建立|构建|聚焦|突出|抓好|抓实|做好|做实|做细|扎实|深入|持续|切实|全面|全力|大力|积极|充分|着力|"
    r"统筹|夯实|筑牢|注重|明确|细化|创新|拓宽|开展|组织|发挥|增强|锚定|有效|认真|进一步|不断|严惩|严肃|严把|畅通|丰富|打造|实施|理顺|改进|整治|狠抓|紧盯|完备|壮大|前移|多措并举|举一反三|立足|围绕|以|从严|科学|精准|助企|助力|促进|保障|防范|化解|督促|培育|引导|动态|从|突显|服务|树牢|树立|提|抓|建|补|拓|强|实|压|转|守|扛|堵塞|整顿|破解|激发|激活|延伸|回应|兜牢|织密|绷紧|厘清|摸清|盘活|把好|选优|配强|用好|管好|汇聚|凝聚|彰显|传承|拧紧|叫响|推广|做强|做优|做大|搭建|攻坚|营造|纵深|倾力|靶向|对标|紧扣|稳步|逐步|靠前|分类|系统|源头|集中|主动|高位|高效|规范化|常态|标本兼治|固本|铸)"
)


def heading_end(text: str, start: int, end: int) -> int:
    """Where the topic clause of a measure ends (its 。 excluded), or ``start`` where it has none.

    A topic names an aim or a field; a clause that reports facts (figures, 《》, 已…) is none.
    """
    match = _HEADING.match(text, start, end)
    if match is None:
        return start
    stop = match.end() - 1
    clause = text[start:stop]
    if _FACTS.search(clause) or _ACT.match(clause):
        return start
    short = len(clause) <= _SHORT_TOPIC and "," not in clause
    return stop if short or _AIM.search(clause) else start


def measure_types(text: str) -> list[str]:
    """One to three kinds of action, the weightiest first."""
    scores = lexical_scores("measure_types", text)
    if not scores:
        return ["other"]
    best = max(scores.values())
    ranked = sorted(scores, key=lambda name: -scores[name])
    return [name for name in ranked if scores[name] >= max(2, 0.3 * best)][:3] or ranked[:1]


def measure_status(text: str) -> str:
    """``in_progress`` where some part is printed as running, or done work stands beside a stated next step; ``planned``
    where every sentence speaks of what is ahead."""
    if _status("running").search(text):
        return "in_progress"
    if not _status("ahead").search(text):
        return "completed"
    sentences = [sentence for sentence in _SENTENCE_END.split(text) if sentence.strip()]
    return "planned" if all(_status("ahead").search(sentence) for sentence in sentences) else "in_progress"


@cache
def _status(name: str) -> re.Pattern[str]:
    return re.compile("|".join(read_table(_TABLE)["measure_status"][name]))


def issue_category(title: str, measures: str) -> str:
    """What the finding is about: by its title first, by its measures where the title leaves it open."""
    scores = lexical_scores("categories", title)
    best = max(scores.values(), default=0)
    leading = [name for name, score in scores.items() if score == best]
    if len(leading) == 1:
        return leading[0]
    by_measures = lexical_scores("categories", measures[:_MEASURES_READ])
    return max(leading or by_measures or ["other"], key=lambda name: by_measures.get(name, 0))


def issue_status(section: list[str], measures: str) -> str:
    """By the group heading, else by words about the problem itself; finished measures alone complete nothing."""
    headings = " ".join(section)
    if _issue_status("in_progress_section").search(headings):
        return "in_progress"
    if _issue_status("completed_section").search(headings):
        return "completed"
    if _issue_status("in_progress_words").search(measures):
        return "in_progress"
    return "completed" if _issue_status("completed_words").search(measures) else "unspecified"


@cache
def _issue_status(name: str) -> re.Pattern[str]:
    return re.compile("|".join(read_table(_TABLE)["issue_status"][name]))


def place_of_heading(text: str, measure: Place) -> Place | None:
    """The place of a measure's heading, if it has one."""
    end = heading_end(text, measure.start, measure.end)
    return Place(measure.start, end) if end > measure.start else None
