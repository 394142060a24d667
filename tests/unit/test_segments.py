"""Where a text is cut: at the start of each line and at each real enumerator. ``|`` marks the cuts."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from planted import full, in_both_widths

from extractor.notice.outline.segments import Segment, split_segments
from extractor.text.folding import half_width


def _segments(text: str) -> list[Segment]:
    return split_segments(half_width(text))


def _printed(text: str) -> list[str]:
    return [text[segment.start : segment.end] for segment in _segments(text)]


@in_both_widths
@pytest.mark.parametrize(
    "marked",
    [
        "甲段讲库房。\n|乙段讲台账。",
        "一、改进作风\n|(一)压减会议\n|1.合并例会。\n|(1)每季一次。",
        "支部马上行动。|一是清点库房。|二是补齐台账。",
        "一是清点库房;|二是补齐台账;|三是更换柜锁。",
        "一是清点库房,|二是补齐台账,|三是更换柜锁。",
        "分三步走:|①清点库房;|②补齐台账;|③更换柜锁。",
        "第一,清点库房。|第二,补齐台账。",
        "其一,清点库房。|其二,补齐台账。",
        "压减会议。|1.合并例会。|2.改为书面。",
        "压减会议。|(1)合并例会。|(2)改为书面。",
        "一是清点库房。\n|二是补齐台账。",
    ],
)
def test_lines_and_enumerators_begin_segments(width: Callable[[str], str], marked: str) -> None:
    pieces = width(marked).split("|")
    assert _printed("".join(pieces)) == [piece.strip() for piece in pieces]


@pytest.mark.parametrize(
    "marked",
    [
        "一是清点库房。|二是补齐台账。|四是更换柜锁。|六是张贴标识。",
        "一是清点库房。|二是补齐台账。|二是更换柜锁。|三是张贴标识。",
    ],
    ids=["missing", "doubled"],
)
def test_a_number_missing_or_doubled_does_not_end_a_list(marked: str) -> None:
    pieces = marked.split("|")
    assert _printed("".join(pieces)) == pieces


@in_both_widths
@pytest.mark.parametrize(
    "text",
    [
        "向薄弱村派驻第一书记5名。",
        "坚持说一是一、说二是二,不打折扣。",
        "开展“一是学得深、二是用得实”主题活动。",
        "开展“先学后干。一是学得深;二是用得实”主题活动。",
        "编印《管库口诀:一是勤点;二是勤记》。",
        "推行“1+N”工作法,实行“3+2”会商。",
        "符合该办法第三条第(一)项、第(二)项的规定。",
        "难点之一是补录旧档。",
        "投入1.5万元、2.3万元分两次拨付。",
        "三、四级支管全部疏通。",
        "十四、十五号楼加装扶手。",
    ],
)
def test_figures_and_slogans_that_look_like_enumerators_cut_nothing(width: Callable[[str], str], text: str) -> None:
    assert _printed(width(text)) == [width(text)]


def test_a_quote_that_never_closes_hides_no_enumerator() -> None:
    assert _printed("开展“清库行动。一是清点库房。二是补齐台账。") == [
        "开展“清库行动。",
        "一是清点库房。",
        "二是补齐台账。",
    ]


@pytest.mark.parametrize("glue", ["", " ", "\u3000"], ids=["nothing", "blank", "ideographic space"])
def test_a_page_that_lost_its_line_breaks_is_cut_at_its_headings(glue: str) -> None:
    lines = [
        "一、组织情况",
        "镇党委逐条认领任务,逐月听取进度,逐项核验材料,把责任落到每一名班子成员身上,做到件件有人管。",
        "二、进展情况",
        "(一)关于“库房失管”问题的整改。",
        "镇财政所重新清点库房物资,补齐出入库台账,更换破损柜锁,并把清点结果贴在院内公示栏接受监督。",
        "(二)关于“例会过多”问题的整改。",
        "镇党政办合并同类例会,压缩发言时间,能书面通报的不再开会,能现场定的不再另行协调、另行发文、另行派人。全年例会减了一半,乡村干部进村入户的日子多了。",
    ]
    joined = glue.join(full(line) for line in lines)
    starts = [joined.index(full(line)) for line in lines if line[0] in "一二("]
    found = [segment.start for segment in _segments(joined) if segment.mark]
    assert len(joined) > 200
    assert found == starts


def test_blank_lines_make_no_segment_and_blanks_around_a_line_belong_to_none() -> None:
    assert _printed("\n\u3000\u3000甲段讲库房。 \n \n\n乙段讲台账。\n") == ["甲段讲库房。", "乙段讲台账。"]


def test_a_segment_tells_its_enumerator_from_its_content_and_whether_it_opens_a_line() -> None:
    text = "一是清点库房。二是补齐台账。"
    first, second = _segments(text)
    assert [text[segment.content : segment.end] for segment in (first, second)] == ["清点库房。", "补齐台账。"]
    assert (first.opens_line, second.opens_line) == (True, False)


@pytest.mark.parametrize("text", ["", "\n", " \n\u3000\n"])
def test_a_text_without_words_has_no_segments(text: str) -> None:
    assert _segments(text) == []
