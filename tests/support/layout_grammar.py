"""Invented notices in layouts put together at random, each with the reading that it must give.

``invented(seed)`` draws a kind of body, then how it prints findings, groups, labels, answers, properties, states,
tables, the head and the end; ``layout`` of the result names each choice, so that failures can be counted by it. The
words are in ``layout_words.toml``. What is expected is known from the putting together, never read back from the text.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import groupby
from random import Random
from typing import Any, NamedTuple

from checkout import SUPPORT


class InventedMeasure(NamedTuple):
    """A measure as it must be read: figures as (value, unit), documents as (title, action)."""

    label: str | None
    text: str
    figures: tuple[tuple[float, str], ...] = ()
    dates: tuple[str, ...] = ()
    documents: tuple[tuple[str, str], ...] = ()


class InventedIssue(NamedTuple):
    """An issue as it must be read; ``status`` is None where the notice prints none."""

    label: str | None
    title: str
    section: tuple[str, ...]
    measures: tuple[InventedMeasure, ...]
    status: str | None = None


class InventedNotice(NamedTuple):
    """A notice's text, what must be read from it, and the choices that its layout is made of."""

    text: str
    issues: tuple[InventedIssue, ...]
    fields: dict[str, str]
    totals: tuple[tuple[str, float, str], ...]
    layout: dict[str, str]


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads(SUPPORT.joinpath("layout_words.toml").read_text(encoding="utf-8"))


_CN = "零一二三四五六七八九十"


def chinese(number: int) -> str:
    """A number below 100 in Chinese numerals."""
    tens, ones = divmod(number, 10)
    return (("" if tens == 1 else _CN[tens]) + "十" if tens else "") + (_CN[ones] if ones or not tens else "")


class _Label(NamedTuple):
    """How a label is printed in front of its words, and what it must be read as."""

    printed: str
    label: str | None


_Numbering = Callable[[int], _Label]
NUMBERINGS: dict[str, _Numbering] = {
    "dun": lambda n: _Label(f"{chinese(n)}、", chinese(n)),
    "cn_paren": lambda n: _Label(f"（{chinese(n)}）", f"({chinese(n)})"),
    "digit_dot": lambda n: _Label(f"{n}.", str(n)),
    "digit_wide_dot": lambda n: _Label(f"{n}．", str(n)),
    "digit_dun": lambda n: _Label(f"{n}、", str(n)),
    "digit_paren": lambda n: _Label(f"（{n}）", f"({n})"),
    "digit_half_paren": lambda n: _Label(f"({n})", f"({n})"),
    "digit_right_paren": lambda n: _Label(f"{n}）", f"{n})"),
    "shi": lambda n: _Label(f"{chinese(n)}是", f"{chinese(n)}是"),
    "di": lambda n: _Label(f"第{chinese(n)}，", f"第{chinese(n)}"),
    "circled": lambda n: _Label(chr(0x2460 + n - 1), str(n)),
    "none": lambda _: _Label("", None),
    "problem_digit": lambda n: _Label(f"问题{n}：", f"问题{n}"),
    "problem_chinese": lambda n: _Label(f"问题{chinese(n)}：", f"问题{chinese(n)}"),
    "feedback_digit": lambda n: _Label(f"反馈问题{n}：", f"反馈问题{n}"),
    "feedback_dot": lambda n: _Label(f"反馈问题{n}.", f"反馈问题{n}"),
    "ordinal_problem": lambda n: _Label(f"第{chinese(n)}个问题：", f"第{chinese(n)}个问题"),
    "ordinal_digit_problem": lambda n: _Label(f"第{n}个问题：", f"第{n}个问题"),
    "bracketed_problem": lambda n: _Label(f"【问题{n}】", f"问题{n}"),
    "task_serial": lambda n: _Label(f"整改任务序号{n}：", f"整改任务序号{n}"),
}
SAME_LEVEL = {
    "digit_wide_dot": "digit_dot",
    "digit_dun": "digit_dot",
    "digit_half_paren": "digit_paren",
}
"""Numberings that a reader takes for one and the same."""
_FINDING_NUMBERINGS = (
    "dun",
    "cn_paren",
    "cn_paren",
    "digit_dot",
    "digit_dot",
    "digit_wide_dot",
    "digit_dun",
    "digit_paren",
    "problem_digit",
    "problem_chinese",
    "feedback_digit",
    "feedback_dot",
    "ordinal_problem",
    "ordinal_digit_problem",
    "bracketed_problem",
    "task_serial",
    "dashed",
    "problem_dashed",
    "none",
)


class _Frame(NamedTuple):
    """What stands around a finding; ``run_in``: its answer may follow in the same paragraph."""

    before: str
    behind: str
    run_in: bool = False
    labelled: bool = True
    """Whether it goes with labels that say 问题 themselves."""


_FRAMES: dict[str, _Frame] = {
    "about_quoted_rectification": _Frame("关于“", "”问题的整改情况", labelled=False),
    "about_quoted_answer": _Frame("关于“", "”的问题。", run_in=True),
    "about_quoted": _Frame("关于“", "”问题"),
    "about_team": _Frame("关于巡察组反馈的“", "”问题的整改落实情况", labelled=False),
    "against_quoted": _Frame("针对“", "”问题", labelled=False),
    "about": _Frame("关于", "的问题"),
    "about_stop": _Frame("关于", "的问题。", run_in=True),
    "about_rectification": _Frame("关于", "问题整改情况", labelled=False),
    "quoted": _Frame("“", "”问题整改情况", labelled=False),
    "aspect": _Frame("在“", "”方面", labelled=False),
    "bare": _Frame("", ""),
    "bare_stop": _Frame("", "。", run_in=True),
    "bare_problem": _Frame("", "的问题。", run_in=True, labelled=False),
}
_STATES = {
    "已完成": "completed",
    "已完成整改": "completed",
    "已整改到位": "completed",
    "正在推进": "in_progress",
    "持续推进": "in_progress",
    "基本完成": None,
    "达到序时进度": "in_progress",
    "分阶段整改": "in_progress",
}


@dataclass
class _Draw:
    """The dice of one notice, its words, and the choices made so far."""

    random: Random
    sector: dict[str, Any]
    layout: dict[str, str] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    tricky: float = 0.0
    """The share of sentences with words that look like structure."""

    def choose(self, name: str, options: Sequence[str]) -> str:
        """Choose and remember."""
        self.layout[name] = self.random.choice(list(options))
        return self.layout[name]

    def chance(self, name: str, share: float) -> bool:
        """Say yes with a probability, and remember."""
        self.layout[name] = "yes" if self.random.random() < share else "no"
        return self.layout[name] == "yes"

    def fresh(self, options: Sequence[str]) -> str:
        """Return an option that was not drawn before, as long as there is one."""
        left = [each for each in options if each not in self.used] or list(options)
        chosen = self.random.choice(left)
        self.used.add(chosen)
        return chosen


_SLOT = re.compile(r"\{(?P<kind>[~d]|[ira]:)?(?P<word>[^}]*)\}")
_ACTIONS = {"i:": "issued", "r:": "revised", "a:": "applied"}


def _sentence(draw: _Draw) -> InventedMeasure:
    """Fill a sentence without its full stop."""
    tricky = _words()["tricky"] if draw.random.random() < draw.tricky else []
    template = draw.fresh(tricky or [*draw.sector["sentences"], *_words()["common"]])
    figures: list[tuple[float, str]] = []
    dates: list[str] = []
    documents: list[tuple[str, str]] = []

    def fill(slot: re.Match[str]) -> str:
        kind, word = slot["kind"], slot["word"]
        if kind in _ACTIONS:
            documents.append((word, _ACTIONS[kind]))
            return f"《{word}》"
        if kind == "d":
            printed, value = _date(draw, template[slot.end() :])
            dates.append(value)
            return printed
        whole = draw.random.choice([3, 7, 12, 16, 28, 46, 135, 860, 1240])
        figure = whole + (draw.random.choice([0.5, 0.37, 0.8]) if kind == "~" else 0.0)
        figures.append((figure, word))
        return f"{figure:g}{word}"

    text = _SLOT.sub(fill, template)
    return InventedMeasure(None, text, tuple(figures), tuple(dates), tuple(documents))


def _date(draw: _Draw, behind: str) -> tuple[str, str]:
    month, day = draw.random.randint(1, 9), draw.random.randint(1, 28)
    form = draw.random.choice(["month", "day"])
    if behind.startswith("起"):
        value = f"2023-{month:02d}" if form == "month" else f"2023-{month:02d}-{day:02d}"
        return (f"2023年{month}月" if form == "month" else f"2023年{month}月{day}日"), f"{value}/.."
    if behind.startswith("前"):
        value = f"2023-{month:02d}" if form == "month" else f"2023-{month:02d}-{day:02d}"
        return (f"2023年{month}月底" if form == "month" else f"2023年{month}月{day}日"), f"../{value}"
    if form == "month":
        return f"2023年{month}月", f"2023-{month:02d}"
    return f"2023年{month}月{day}日", f"2023-{month:02d}-{day:02d}"


def _measure(draw: _Draw, *, sentences: int = 0, stop: str = "。") -> InventedMeasure:
    parts = [_sentence(draw) for _ in range(sentences or draw.random.choice([1, 1, 2, 3]))]
    joints = [draw.random.choice(["，", "。", "；"]) for _ in parts[1:]] + [stop]
    text = "".join(part.text + joint for part, joint in zip(parts, joints, strict=True))
    return InventedMeasure(
        None,
        text,
        tuple(figure for part in parts for figure in part.figures),
        tuple(date for part in parts for date in part.dates),
        tuple(document for part in parts for document in part.documents),
    )


Printed = tuple[list[str], list[InventedMeasure]]
"""Paragraphs of an answer, and its measures."""


def _numbered(draw: _Draw, numbering: str, count: int, *, run_in: bool, topics: bool = False) -> Printed:
    lines: list[str] = []
    measures: list[InventedMeasure] = []
    semicolons = run_in and draw.random.random() < 0.4
    for number in range(1, count + 1):
        stop = "；" if semicolons and number < count else "。"
        # A sentence that begins with a figure cannot follow 1. without a blank.
        measure = _measure(draw, sentences=1 if run_in else 0, stop=stop)
        topic = draw.random.choice(["强化责任落实。", "加强制度建设。", "提高思想认识。"]) if topics else ""
        label = NUMBERINGS[numbering](number)
        lines.append(f"{label.printed}{topic}{measure.text}")
        measures.append(measure._replace(label=label.label, text=topic + measure.text))
    return (["".join(lines)] if run_in else lines), measures


def _inside(draw: _Draw, finding: str, *, at_lines: bool) -> str:
    """Return a numbering for measures on lines of their own that cannot be taken for the findings'."""
    group, inner = (draw.layout.get(name, "none") for name in ("group_numbering", "inner_numbering"))
    taken = {SAME_LEVEL.get(each, each) for each in (finding, group, inner, draw.layout.get("part_numbering", "none"))}
    if finding in ("dashed", "problem_dashed"):
        taken |= {"digit_dot"}
    options = ["digit_dot", "digit_paren", "digit_dun", "digit_half_paren", "cn_paren", "digit_right_paren"]
    options += [] if at_lines else ["shi", "di", "circled"]
    return draw.choose("measure_numbering", [each for each in options if SAME_LEVEL.get(each, each) not in taken])


def _finding(draw: _Draw) -> str:
    tricky = _words()["tricky_findings"] if draw.random.random() < draw.tricky else []
    return draw.fresh(tricky or draw.sector["findings"])


class _Answer(NamedTuple):
    """How all answers of a notice are printed."""

    form: str
    numbering: str
    lead_in: str
    lead_in_form: str
    before: tuple[str, ...]
    behind: tuple[str, ...]


_ANSWER_FORMS = (
    "paragraph",
    "paragraphs",
    "run_in",
    "run_in",
    "lines",
    "lines",
    "blocks",
    "blocks_lines",
    "fields",
    "plain_and_run_in",
    "nested",
    "nested",
)


def _answer_style(draw: _Draw, finding: str) -> _Answer:
    form = draw.choose("answer", _ANSWER_FORMS)
    numbering = "none"
    if form in ("lines", "blocks_lines", "fields", "nested"):
        numbering = _inside(draw, finding, at_lines=form in ("fields", "nested"))
    elif form in ("run_in", "blocks", "plain_and_run_in"):
        options = ["shi", "shi", "shi", "circled", "digit_paren", "di"]
        groups = (draw.layout.get(name, "none") for name in ("group_numbering", "inner_numbering"))
        taken = {SAME_LEVEL.get(each, each) for each in (finding, *groups)}
        numbering = draw.choose("measure_numbering", [each for each in options if each not in taken])
    lead_form = "none"
    if form not in ("blocks", "blocks_lines", "fields"):
        lead_form = draw.choose("lead_in", ["none", "none", "own_line", "run_in", "run_in", "bracketed"])
    properties = [draw.random.choice(_words()["properties"]) for _ in range(draw.random.choice([0, 0, 1, 2]))]
    at_front = bool(properties) and draw.chance("properties_before", 0.5)
    draw.layout["properties"] = "before" if at_front else "behind" if properties else "none"
    before, behind = (properties, ()) if at_front else ((), properties)
    lead_in = draw.random.choice(_words()["lead_ins"])
    return _Answer(form, numbering, lead_in, lead_form, tuple(before), tuple(behind))


def _answer(draw: _Draw, style: _Answer) -> Printed:
    if style.form in ("blocks", "blocks_lines"):
        return _blocks(draw, style, run_in=style.form == "blocks")
    if style.form == "fields":
        return _fields(draw, style)
    count = draw.random.choice([2, 3])
    if style.form == "paragraph":
        measure = _measure(draw)
        lines, measures = [measure.text], [measure]
    elif style.form == "paragraphs":
        measures = [_measure(draw), _measure(draw)]
        lines = [each.text for each in measures]
    elif style.form == "nested":
        lines, measures = _nested(draw, style.numbering)
    elif style.form == "plain_and_run_in":
        first = _measure(draw)
        more, rest = _numbered(draw, style.numbering, count, run_in=True)
        lines, measures = [first.text, *more], [first, *rest]
    else:
        run_in = style.form == "run_in"
        topics = not run_in and draw.random.random() < 0.2
        lines, measures = _numbered(draw, style.numbering, count, run_in=run_in, topics=topics)
    if style.lead_in_form == "own_line":
        lines = [f"{style.lead_in}：", *lines]
    elif style.lead_in_form == "run_in":
        lines = [f"{style.lead_in}：{lines[0]}", *lines[1:]]
    elif style.lead_in_form == "bracketed":
        lines = [f"【{style.lead_in}】{lines[0]}", *lines[1:]]
    return lines, measures


def _nested(draw: _Draw, numbering: str) -> Printed:
    """Print (1)强化责任落实。一是…二是…: the deeper units are the measures."""
    lines: list[str] = []
    measures: list[InventedMeasure] = []
    for number in (1, 2):
        more, found = _numbered(draw, "shi", 2, run_in=True)
        topic = draw.random.choice(["强化责任落实。", "加强制度建设。", "提高思想认识。", "聚焦重点领域，抓好整改："])
        lines.append(f"{NUMBERINGS[numbering](number).printed}{topic}{more[0]}")
        measures += found
    return lines, measures


def _blocks(draw: _Draw, style: _Answer, *, run_in: bool) -> Printed:
    """Print 整改措施:(1)…(2)… 整改情况:(1)…(2)…: the list starts over."""
    lines: list[str] = []
    measures: list[InventedMeasure] = []
    second = draw.random.choice(["整改情况", "整改成效", "整改落实情况", "整改完成情况"])
    for name in ("整改措施", second):
        more, found = _numbered(draw, style.numbering, 2, run_in=run_in)
        lines += [f"{name}：{more[0]}", *more[1:]] if run_in else [f"{name}：", *more]
        measures += found
    return lines, measures


def _fields(draw: _Draw, style: _Answer) -> Printed:
    """Print numbered fields: 1.整改措施:… 2.整改情况:… 3.责任单位:…."""
    lines: list[str] = []
    measures: list[InventedMeasure] = []
    numbering = NUMBERINGS[style.numbering]
    for number, name in enumerate(("整改措施", "整改情况"), 1):
        measure = _measure(draw)
        lines.append(f"{numbering(number).printed}{name}：{measure.text}")
        measures.append(measure._replace(label=numbering(number).label))
    lines.append(f"{numbering(3).printed}责任单位：{draw.random.choice(_words()['offices'])}")
    lines.append(f"{numbering(4).printed}完成时限：2023年12月底")
    return lines, measures


def _property(draw: _Draw, template: str) -> str:
    return template.format(
        body=draw.random.choice(_words()["offices"]), day="2023年9月", person=draw.random.choice(_words()["persons"])
    )


class _Style(NamedTuple):
    """How all findings of a notice are printed; ``more`` names what else each of them prints."""

    numbering: str
    frame: str
    run_in: bool
    answer: _Answer
    state_form: str
    more: str


def _style(draw: _Draw) -> _Style:
    names = ("part_numbering", "group_numbering", "inner_numbering")
    taken = {SAME_LEVEL.get(each, each) for each in (draw.layout.get(name, "") for name in names)}
    numbering = draw.choose(
        "numbering", [each for each in _FINDING_NUMBERINGS if SAME_LEVEL.get(each, each) not in taken]
    )
    says_problem = any(word in numbering for word in ("problem", "feedback", "task"))
    frames = [name for name, frame in _FRAMES.items() if frame.labelled or not says_problem]
    if draw.layout["groups"] == "framed":  # or the deepest frame is the group's
        frames = [name for name in frames if "“" in _FRAMES[name].before and name != "aspect"]
    if numbering == "none":
        frames = [name for name in frames if "“" in _FRAMES[name].before and name != "aspect"]
    frame = draw.choose("frame", frames)
    answer = _answer_style(draw, numbering)
    if answer.form == "nested" and "“" not in _FRAMES[frame].before and answer.lead_in_form == "none":
        # Without a frame or a lead-in, 强化责任落实。一是…二是… would be the finding, as the deepest heading.
        answer = answer._replace(lead_in_form="own_line")
        draw.layout["lead_in"] = "own_line"
    inline = answer.lead_in_form != "own_line" and not answer.before
    inline = inline and answer.form in ("paragraph", "run_in", "paragraphs")
    run_in = _FRAMES[frame].run_in and inline and draw.chance("run_in", 0.6)
    states = ["none", "none", "none", "line_behind"]
    if not run_in:
        states.append("brackets")
    if answer.lead_in_form in ("own_line", "run_in"):
        states.append("lead_in")
    return _Style(numbering, frame, run_in, answer, draw.choose("state", states), _more(draw, run_in=run_in))


def _more(draw: _Draw, *, run_in: bool) -> str:
    forms = ["none", "none", "none", "effect"]
    if draw.layout["state"] == "none":
        forms.append("next_step")
    if not run_in:
        forms += ["manifestation", "responsible_in_brackets", "duties_in_brackets"]
    return draw.choose("more", forms)


def _label(style: _Style, number: int, group: int) -> _Label:
    if style.numbering == "dashed":
        return _Label(f"{group}-{number}.", f"{group}-{number}")
    if style.numbering == "problem_dashed":
        return _Label(f"问题{group}-{number}：", f"问题{group}-{number}")
    return NUMBERINGS[style.numbering](number)


def _issue(draw: _Draw, style: _Style, label: _Label, section: tuple[str, ...]) -> tuple[list[str], InventedIssue]:
    title = _finding(draw)
    frame = _FRAMES[style.frame]
    if "“" in frame.before:
        title = title.replace("“", "‘").replace("”", "’")
    heading = f"{label.printed}{frame.before}{title}{frame.behind}"
    answer = style.answer
    lines, measures = _answer(draw, answer)
    status = None
    if style.state_form != "none":
        state = draw.random.choice(list(_STATES))
        status = _STATES[state]
        if style.state_form == "brackets":
            heading += f"（{state}）"
        elif style.state_form == "lead_in":
            lines[0] = lines[0].replace("：", f"（{state}）：", 1)
        else:
            lines.append(draw.random.choice(_words()["state_lines"]).format(state))
    if style.more == "effect":
        effect = _measure(draw, sentences=1)
        lines.append(f"整改成效：{effect.text}")
        measures = [*measures, effect]
    elif style.more == "next_step":
        step = InventedMeasure(None, "下一步，将持续跟踪问效，防止问题反弹。")
        lines.append(step.text)
        measures = [*measures, step]
    elif style.more == "responsible_in_brackets":
        heading += f"（责任单位：{draw.random.choice(_words()['offices'])}）"
    elif style.more == "duties_in_brackets":
        heading += f"（{draw.random.choice(_words()['offices'])}牵头，2023年9月底前完成）"
    before = [_property(draw, each) for each in answer.before]
    if style.more == "manifestation":
        before.insert(0, "具体表现：有的台账记录不完整，有的环节把关不严。")
    behind = [_property(draw, each) for each in answer.behind]
    lines = [heading + lines[0], *lines[1:], *behind] if style.run_in else [heading, *before, *lines, *behind]
    return lines, InventedIssue(label.label, title, section, tuple(measures), status)


_GROUP_FORMS = (
    "none",
    "none",
    "numbered",
    "numbered",
    "counts",
    "black_brackets",
    "plain_lines",
    "framed",
    "states",
    "ordinal",
    "two_levels",
)


def _groups(draw: _Draw) -> None:
    """Choose how parts and groups are numbered, before the findings take what is left."""
    form = draw.choose("groups", _GROUP_FORMS)
    parts = draw.choose("parts", ["three", "three", "three", "plain_headings", "none"])
    draw.layout["part_numbering"] = "dun" if parts == "three" else "none"
    numbering = "none"
    if form in ("numbered", "counts", "framed", "states"):
        numbering = "cn_paren" if parts == "three" else draw.random.choice(["dun", "cn_paren"])
    elif form == "ordinal":
        numbering = "ordinal"
    elif form == "two_levels":
        inner = ("cn_paren", "digit_dot") if parts == "three" else ("dun", "cn_paren")
        numbering, draw.layout["inner_numbering"] = inner
    draw.layout["group_numbering"] = numbering


def _group_heading(draw: _Draw, number: int, count: int, state: str) -> tuple[str, str]:
    """Return a group's line, and the words that must be read as its section."""
    form = draw.layout["groups"]
    aspect = draw.fresh(draw.sector["aspects"])
    numbering = draw.layout["group_numbering"]
    label = "" if numbering in ("none", "ordinal") else NUMBERINGS[numbering](number).printed
    words = {
        "numbered": f"{aspect}方面",
        "counts": f"{aspect}方面（{count}个问题）",
        "black_brackets": f"{aspect}方面",
        "plain_lines": f"{aspect}方面",
        "framed": f"关于“{aspect}”方面的问题",
        "states": f"{state}的问题（{count}个）",
        "ordinal": f"{aspect}方面",
        "two_levels": f"{aspect}方面",
    }[form]
    if form == "black_brackets":
        return f"【{words}】", words
    if form == "ordinal":
        return f"第{chinese(number)}部分、{words}", words
    return f"{label}{words}", words


def _findings(draw: _Draw, style: _Style) -> tuple[list[str], list[InventedIssue]]:
    groups = draw.layout["groups"]
    sizes = [draw.random.choice([2, 3]) for _ in range(2)] if groups != "none" else [draw.random.choice([3, 4, 5])]
    dashed = style.numbering in ("dashed", "problem_dashed")
    draw.layout["group_properties"] = "no"
    if groups in ("numbered", "counts", "states"):
        draw.chance("group_properties", 0.2)
    restart = dashed or (groups != "none" and draw.chance("numbers_restart", 0.5))
    lines: list[str] = []
    issues: list[InventedIssue] = []
    for group, size in enumerate(sizes, 1):
        section: tuple[str, ...] = ()
        status = None
        if groups != "none":
            state = ("已完成整改", "持续推进整改")[group - 1]
            heading, words = _group_heading(draw, group, size, state)
            section = (words,)
            lines.append(heading)
            if draw.layout["group_properties"] == "yes":
                lines += [f"责任领导：{draw.random.choice(_words()['persons'])}", "整改时限：2023年12月底"]
            if groups == "two_levels":
                inner = draw.fresh(["工作推进", "责任落实", "制度执行", "日常监管"]) + "方面"
                lines.append(NUMBERINGS[draw.layout["inner_numbering"]](1).printed + inner)
                section = (words, inner)
            status = {"states": ("completed", "in_progress")[group - 1]}.get(groups)
        for number in range(1, size + 1):
            at = number if restart else len(issues) + 1
            is_last = (group, number) == (len(sizes), size)
            # Behind the last finding, what comes next speaks of the whole.
            its = style._replace(more="none") if is_last and style.more == "next_step" else style
            more, issue = _issue(draw, its, _label(style, at, group), section)
            lines += more
            unsure = status is not None and style.state_form != "none"  # the group says one thing, the finding another
            issues.append(issue._replace(status=None if unsure else issue.status or status))
    return lines, issues


_COLUMN_SHARE = 0.6


def _table(draw: _Draw) -> tuple[list[str], list[InventedIssue]]:
    form = draw.choose("table", ["tabs", "tabs", "tabs_of_lines", "markdown", "lines"])
    columns = [name for name in _words()["columns"] if name not in ("finding", "progress")]
    names = ["finding", "progress", *(name for name in columns if draw.random.random() < _COLUMN_SHARE)]
    order = [name for name in _words()["columns"] if name in names]
    if draw.chance("columns_shuffled", 0.4):
        draw.random.shuffle(order)
    if form in ("lines", "tabs_of_lines") and order[0] != "number":
        order = ["number", *(name for name in order if name != "number")]
    rows = [[draw.random.choice(_words()["columns"][name]) for name in order]]
    issues: list[InventedIssue] = []
    enumerated = draw.chance("cells_enumerated", 0.4) and form != "lines"
    for number in range(1, draw.random.choice([3, 4, 5]) + 1):
        title = _finding(draw)
        cells: dict[str, str] = {
            "number": str(number),
            "finding": title,
            "responsible": draw.random.choice(_words()["offices"]),
        }
        cells |= {"deadline": draw.random.choice(["2023年9月", "2023年12月底", "立行立改", "长期坚持"])}
        state = draw.random.choice(["已完成", "正在推进", "已完成整改"])
        status = _STATES[state]
        cells |= {"state": state}
        measures: list[InventedMeasure] = []
        for name in order:
            if name not in ("measure", "progress"):
                continue
            if enumerated:
                numbering = draw.random.choice(["digit_dot", "digit_paren", "shi"])
                lines, found = _numbered(draw, numbering, 2, run_in=form != "tabs_of_lines")
                cells[name] = "\n".join(lines)
            else:
                found = [_measure(draw, stop="。" if draw.random.random() < 0.7 else "")]
                cells[name] = found[0].text
            measures += found
        rows.append([cells[name] for name in order])
        label = str(number) if "number" in order else None
        issues.append(InventedIssue(label, title, (), tuple(measures), status if "state" in order else None))
    return _table_lines(form, rows), issues


def _table_lines(form: str, rows: list[list[str]]) -> list[str]:
    if form == "lines":
        return [cell for row in rows for cell in row]
    if form.startswith("tabs"):
        return ["\n".join("\t".join(row) for row in rows)]
    rule = ["---" for _ in rows[0]]
    return ["\n".join("| " + " | ".join(row) + " |" for row in [rows[0], rule, *rows[1:]])]


def _opening(draw: _Draw, body: str) -> tuple[str, dict[str, str]]:
    form = draw.choose("opening", ["full", "full", "feedback_only", "short_day", "none"])
    told = "现将整改进展情况公布如下。"
    whole = {"inspection_team": "县委第二巡察组", "inspected_body": body}
    if form == "full":
        return (
            f"根据县委统一部署，2023年3月6日至5月12日，县委第二巡察组对{body}开展了常规巡察，6月20日反馈了巡察意见。{told}",
            {**whole, "inspection_start": "2023-03-06", "inspection_end": "2023-05-12", "feedback_date": "2023-06-20"},
        )
    if form == "feedback_only":
        return f"2023年6月20日，县委第二巡察组向{body}反馈了巡察意见。{told}", {**whole, "feedback_date": "2023-06-20"}
    if form == "short_day":
        return (
            f"2023年3月至5月，县委第二巡察组对{body}进行了专项巡察，并于2023年6月20日反馈了意见。{told}",
            {**whole, "inspection_start": "2023-03", "inspection_end": "2023-05", "feedback_date": "2023-06-20"},
        )
    return f"根据巡察工作有关要求，{told}", {}


def _totals(draw: _Draw) -> tuple[str, list[tuple[str, float, str]]]:
    form = draw.choose("totals", ["none", "plain", "with_groups", "three_states", "measures"])
    if form == "none":
        return "领导班子带头认领问题、带头研究部署。", []
    told = _words()["totals"][form]
    return told["text"], [(name, value, unit) for name, value, unit in told["read"]]


def _totals_of_groups(draw: _Draw, issues: Sequence[InventedIssue]) -> list[tuple[str, float, str]]:
    """已完成整改的问题(3个), a group's heading, states how many are."""
    if draw.layout["groups"] != "states":
        return []
    sizes = [len(list(group)) for _, group in groupby(issues, key=lambda issue: issue.section)]
    return [("issues_resolved", sizes[0], "个"), ("issues_in_progress", sizes[1], "个")]


def _head(draw: _Draw, title: str) -> list[str]:
    """Print the title with what pages put around it."""
    forms = ["front_matter", "page_lines", "markdown", "site_prefix", "breadcrumb"]
    form = draw.choose("head", ["plain"] * 3 + forms)
    if form == "front_matter":
        return [f"---\ntitle: {title}\ndate: 2023-12-20 09:30:00\ncategories: 公告\n---\n<!-- more -->"]
    if form == "page_lines":
        return [title, "发布时间：2023-12-20 来源：本站 浏览次数：128 字体：大 中 小"]
    if form == "markdown":
        return [f"# {title}"]
    if form == "breadcrumb":
        return ["首页 > 信息公开 > 巡察整改", title, "字号：[大 中 小] 发布日期：2023年12月20日"]
    if form == "site_prefix":
        return [f"【巡察整改】{title}"]
    return [title]


def _end(draw: _Draw, body: str) -> tuple[list[str], dict[str, str]]:
    form = draw.choose("end", ["full", "full", "signature", "contact", "nothing"])
    lines: list[str] = []
    fields: dict[str, str] = {}
    if form in ("full", "contact"):
        lines.append("欢迎广大干部群众对整改落实情况进行监督。联系电话：0000-5123456；电子邮箱：zg2023@example.cn。")
        fields["contact.phone"] = "0000-5123456"
    if draw.chance("therefore", 0.2):
        lines.append("特此通报。")
    if form in ("full", "signature"):
        lines += [f"中共{body}", "2023年12月18日"]
        fields |= {"signed_by": f"中共{body}", "signed_on": "2023-12-18"}
    if form in ("full", "signature") and draw.chance("furniture", 0.3):
        lines += ["上一篇：青禾县召开整改工作推进会", "下一篇：关于某某同志任职前公示", "【打印本页】【关闭窗口】"]
    return lines, fields


def _broken(draw: _Draw, line: str) -> str:
    """Break a long paragraph inside a sentence, as copied pages are."""
    if len(line) < 40 or "反馈" in line or "\t" in line or line.startswith("|") or "\n" in line:
        return line
    # Between two characters of a clause, and in no date, figure or name.
    places = [at for at in range(20, len(line) - 8) if re.fullmatch(r"[\u4e00-\u9fff]{6}", line[at - 4 : at + 2])]
    places = [at for at in places if not re.search(r"[0-9第一二三四五六七八九十]", line[at - 6 : at + 6])]
    at = draw.random.choice(places) if places else 0
    return f"{line[:at]}\n{line[at:]}" if at else line


_HALF = str.maketrans("，。；：（）", ",。;:()")


def invented(seed: int) -> InventedNotice:
    """Put a notice together."""
    random = Random(seed)
    words = _words()
    sector = random.choice(sorted(words["sector"]))
    draw = _Draw(random, words["sector"][sector], {"sector": sector})
    draw.tricky = 0.25 if draw.chance("tricky", 0.4) else 0.0
    body = random.choice(draw.sector["bodies"])
    title = random.choice(words["titles"]).format(body=body)
    opening, fields = _opening(draw, body)
    _groups(draw)
    if draw.layout["groups"] == "none" and draw.chance("as_table", 0.3):
        findings, issues = _table(draw)
    else:
        findings, issues = _findings(draw, _style(draw))
    sentence, totals = _totals(draw)
    lines = _parts(draw, opening, sentence, findings)
    end, signed = _end(draw, body)
    fields |= {"title": title, **signed}
    lines = _placed(draw, [*_head(draw, title), *lines], findings, end)
    text = _printed(draw, lines)
    if draw.layout.get("annex") != "yes":
        totals += _totals_of_groups(draw, issues)
    return InventedNotice(text, tuple(issues), fields, tuple(totals), draw.layout)


def _parts(draw: _Draw, opening: str, sentence: str, findings: list[str]) -> list[str]:
    first, answers, last = (draw.random.choice(_words()["parts"][name]) for name in ("first", "answers", "last"))
    step = "下一步，将持续抓好整改落实，巩固整改成果。"
    form = draw.layout["parts"]
    if form == "none":
        return [opening + sentence, *findings]
    if form == "plain_headings":
        return [opening, first, sentence, answers, *findings, last, step]
    return [opening, f"一、{first}", sentence, f"二、{answers}", *findings, f"三、{last}", step]


def _placed(draw: _Draw, lines: list[str], findings: list[str], end: list[str]) -> list[str]:
    """Put the ending behind the lines; where it is signed, the findings may stand in an annex behind it."""
    signed = draw.layout["end"] in ("full", "signature")
    if not (signed and draw.layout["parts"] == "none" and draw.chance("annex", 0.25)):
        return [*lines, *end]
    rest = lines[: len(lines) - len(findings)]
    return [*rest, "整改情况详见附件。", *end, "附件：巡察反馈问题整改情况清单", *findings]


def _printed(draw: _Draw, lines: list[str]) -> str:
    if draw.chance("broken_paragraphs", 0.15):
        lines = [_broken(draw, line) if draw.random.random() < 0.5 else line for line in lines]
    spacing = draw.choose("spacing", ["blank_lines", "blank_lines", "lines", "indented"])
    if spacing == "indented":
        lines = [line if "\t" in line or line.startswith(("|", "---", "#")) else f"　　{line}" for line in lines]
    text = ("\n" if spacing != "blank_lines" else "\n\n").join(lines) + "\n"
    return text.translate(_HALF) if draw.chance("half_width", 0.15) else text
