"""Runs whose reports tests look at: two notices with something of everything, and one that means harm."""

from __future__ import annotations

import json
from pathlib import Path

from extractor import extract
from extractor.exports.written_notices import run_in
from extractor.pages.run_page import write_report
from extractor.record.contract import Check, Notice
from extractor.runs.run_folder import opened

# 𠮷 takes two units of UTF-16: what stands behind it is misplaced where code points are taken for these.
TOWN = """某县𠮷镇党委关于巡察整改进展情况的通报
根据统一部署,2024年3月1日至4月30日,县委第一巡察组对𠮷镇党委开展了巡察,6月5日反馈了意见,共反馈问题5个。
一、整改进展情况
(一)已完成的整改事项
1.关于“理论学习不够”问题的整改。
一是强化学习。召开党委会议3次,培训党员干部120余人次。二是制定《学习计划》,修订《考勤办法》。
2.关于“资金管理不严”问题的整改。
一是追缴违规资金1.5万元,清退补贴3000元,约谈5人,党纪处分2人。二是正在开展账目排查。
(二)持续推进的整改事项
3.关于“环境治理滞后”问题的整改。
一是投入265亿元开展河道治理。二是下一步将建设信息平台。
欢迎监督。联系电话:025-88029150。
中共某县𠮷镇委员会
2024年12月1日
"""
VILLAGE = """某市某区委关于巡视整改进展情况的通报
根据统一部署,2023年4月1日至5月30日,省委第二巡视组对某区委开展了巡视,7月5日反馈了意见。
二、整改进展情况
1.关于“干部选拔把关不严”问题的整改。
区委组织部印发《选拔工作规程》,组织培训4期。诫勉3人。
2.关于“清欠不力”问题的整改。
追回拖欠款项2亿元,退还保证金80万元。
中共某市某区委员会
2024年1月10日
"""
# Numbers that are none: in no measure 9.8.7, in one 12.3.4, in another ④ and 5.6.7.
UNREAD = (
    TOWN.replace("反馈问题5个。", "反馈问题5个,挽回损失9.8.7万元。")
    .replace("正在开展账目排查", "正在退还12.3.4万元")
    .replace("将建设信息平台", "将节约④万元、退还5.6.7万元")
)
HARM = "window.harmed = true"
HOSTILE = f"""</script><script>{HARM}</script>关于巡察整改进展情况的通报
根据统一部署,2024年3月1日至4月30日,县委第一巡察组对<img src=x onerror="{HARM}">镇党委开展了巡察,6月5日反馈了意见。
一、整改进展情况
1.关于“<img src=x onerror='{HARM}'><!--<script>”问题的整改。
一是制定《</title><svg onload={HARM}>》,点击javascript:{HARM}查看,培训3次。二是印发《[办法](javascript:{HARM})》。
2.关于“行分隔\u2028{HARM}//\u2029与\u202e向右写\u202c的字\u2066”问题的整改。
区委<b onmouseover={HARM}>办公室</b>追缴资金\u202e00051元\u202c,约谈{{{{7*7}}}}5人。&lt;script&gt;
中共某县委员会
2024年12月1日
"""


def notices() -> list[tuple[Notice, str]]:
    """The town's notice, parts of it read by a model too, and the village's."""
    town = extract(TOWN, notice_id="town")
    issue = town.issues[0]
    measure = issue.measures[1].model_copy(
        update={"read_by": {"types": "model", "documents[0]": "both", "documents[1].action": "model"}, "confidence": {}}
    )
    first = issue.model_copy(
        update={
            "measures": [issue.measures[0], measure, *issue.measures[2:]],
            "read_by": {"category": "both"},
            "confidence": {},
        }
    )
    doubt = Check(
        code="witnesses_disagree", severity="warning", message="规则读作“甲”,模型读作“乙”。", path="issues[0].category"
    )
    town = town.model_copy(update={"issues": [first, *town.issues[1:]], "checks": [*town.checks, doubt]})
    return [(town, TOWN), (extract(VILLAGE, notice_id="village"), VILLAGE)]


def unread() -> list[tuple[Notice, str]]:
    """A notice whose digits are not all read."""
    return [(extract(UNREAD, notice_id="unread"), UNREAD)]


def hostile() -> list[tuple[Notice, str]]:
    """A notice whose text would run, were it taken for markup or script."""
    return [(extract(HOSTILE, notice_id="hostile"), HOSTILE)]


def stored(folder: Path, found: list[tuple[Notice, str]]) -> Path:
    """Keep notices as a run does."""
    with opened(folder) as run:
        for notice, text in found:
            run.save(notice.notice_id, "key", text, notice.model_dump_json(), {})
        run.compose(notice.notice_id for notice, _ in found)
        run.write_report(
            {
                "settings": {"backend": "assisted"},
                "finished": "2026-01-02T03:04:05+00:00",
                "totals": {"failed": 1, "pending": 2},
            }
        )
    return folder


def report(folder: Path, found: list[tuple[Notice, str]], *, english: bool = False) -> Path:
    """Write the report of a run of these notices."""
    file = folder / ("report.en.html" if english else "report.html")
    write_report(run_in(stored(folder, found)), file, "en" if english else "zh")
    return file


def data_of(file: Path) -> list[dict[str, object]]:
    """The notices' data in a report, as its page takes it."""
    begin = '<script type="application/json" class="notice-data">'
    parts = file.read_text(encoding="utf-8").split(begin)[1:]
    return [json.loads(part.split("</script>")[0]) for part in parts]
