"""Invented ledgers as workbooks: what offices keep, with what offices do to it."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

HEADINGS = ("序号", "问题", "整改措施", "责任单位", "责任人", "整改时限", "进展", "完成情况")


def workbook(fill: Callable[[Any], None], **options: Any) -> bytes:
    """Return the bytes of an xlsx that ``fill`` has filled by XlsxWriter."""
    import xlsxwriter

    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, **options})
    fill(book)
    book.close()
    return target.getvalue()


def rows(*lines: Sequence[Any], name: str = "Sheet1") -> bytes:
    """Return the bytes of an xlsx with one sheet of these rows."""

    def fill(book: Any) -> None:
        sheet = book.add_worksheet(name)
        for number, line in enumerate(lines):
            sheet.write_row(number, 0, line)

    return workbook(fill)


def numbered(count: int) -> bytes:
    """Return the bytes of an xlsx with so many findings, each with its own figures, dates and bodies."""

    def fill(book: Any) -> None:
        sheet = book.add_worksheet("台账")
        day = book.add_format({"num_format": 'yyyy"年"m"月"d"日"'})
        sheet.merge_range(0, 0, 0, 7, "松林县教育局关于县委巡察反馈问题整改情况的通报")
        sheet.write_row(1, 0, HEADINGS)
        for number in range(1, count + 1):
            row = number + 1
            sheet.write_row(
                row, 0, [number, f"第{number}处库房物资管理不规范", f"1.清点库房物资{number}件。\n2.修订《管库办法》。"]
            )
            sheet.write_row(row, 3, [f"第{number % 9}管理站、县教育局", ("李明", "王芳")[number % 2]])
            sheet.write_datetime(row, 5, date.fromordinal(738_700 + number % 300), day)
            sheet.write_row(
                row, 6, [f"已清点库房物资{number}件,追缴{number}.5万元。", ("已完成", "正在推进")[number % 2]]
            )

    return workbook(fill)


def office_ledger() -> bytes:
    """Return the bytes of a ledger as offices keep it.

    Title rows, two rows of headings, columns in an order of their own, merged findings and bodies, a line that groups,
    a sum, formats, formulas, hidden rows, columns and sheets, a second ledger, and a sheet of another kind.
    """
    return workbook(_fill_office_ledger)


def _fill_office_ledger(book: Any) -> None:
    _fill_first_sheet(book)
    second = book.add_worksheet("作风建设")
    second.write_row(0, 0, ["问题", "整改措施", "责任人", "完成时限"])
    second.write_row(1, 0, ["例会过多", "合并例会12次。", "王芳", "2024年6月底前"])
    other = book.add_worksheet("通讯录")
    other.write_row(0, 0, ["姓名", "电话"])
    other.write_row(1, 0, ["张三", "0512-12345678"])
    hidden = book.add_worksheet("草稿")
    hidden.write_row(0, 0, ["问题", "整改措施"])
    hidden.write_row(1, 0, ["旧问题", "旧措施。"])
    hidden.hide()


def _fill_first_sheet(book: Any) -> None:
    day = book.add_format({"num_format": '[$-804]yyyy"年"m"月"d"日";@'})
    month = book.add_format({"num_format": 'yyyy"年"m"月"'})
    percent = book.add_format({"num_format": "0.0%"})
    money = book.add_format({"num_format": '#,##0.00"万元"'})
    struck = book.add_format({"font_strikeout": True})
    plain = book.add_format({"bold": True})
    sheet = book.add_worksheet("党的建设")
    sheet.merge_range("A1:J1", "松林县教育局党组关于县委巡察反馈问题整改情况的通报")
    sheet.write("A2", "填报单位:松林县教育局")
    sheet.write("H2", "填报时间:2024年1月5日")
    headings = {"A": "序号", "B": "责任单位", "C": "巡察反馈问题", "D": "整改时限", "I": "内部备忘", "J": "备注"}
    for column, words in headings.items():
        sheet.merge_range(f"{column}3:{column}4", words)
    sheet.merge_range("E3:H3", "整改情况")
    sheet.write_row("E4", ["整改措施", "进展情况", "完成率", "是否完成"])
    sheet.merge_range("A5:J5", "一、党的领导方面")
    sheet.merge_range("A6:A7", 1)
    sheet.merge_range("B6:B8", "县教育局党组\n人事股")
    sheet.merge_range("C6:C7", "第一议题制度执行不到位")
    sheet.write_datetime("D6", date(2023, 12, 31), day)
    sheet.write("E6", "1.修订《学习制度》。\n2.每月学习1次。")
    sheet.write("F6", "已修订制度1项。")
    sheet.write_number("G6", 0.956, percent)
    sheet.write("H6", "已完成")
    sheet.write("D7", "长期坚持")
    sheet.write("E7", "开展警示教育。")
    sheet.write_rich_string("F7", "已开展警示教育", struck, "5", plain, "6", "场。")
    sheet.write("H7", "正在推进")
    sheet.write("A8", "2")
    sheet.write("C8", "专项资金拨付滞后")
    sheet.write_datetime("D8", date(2024, 3, 1), month)
    sheet.write("E8", "追回资金。")
    sheet.write_number("F8", 1234.5, money)
    sheet.write_formula("G8", "=1/0", None, "#DIV/0!")
    sheet.write("H8", "已完成")
    sheet.write("I8", "内部:处分3人。")
    sheet.write("A9", "3")
    sheet.write("C9", "隐藏的问题")
    sheet.write("E9", "隐藏的措施。")
    sheet.write("A10", "合计")
    sheet.write_formula("G10", "=SUM(G6:G8)", None, 0.956)
    sheet.write("A11", "填表人:张三")
    sheet.write("E11", "审核人:李四")
    sheet.write_comment("E6", "请核对次数")
    sheet.set_row(8, None, None, {"hidden": True})
    sheet.set_column("I:I", None, None, {"hidden": True})
