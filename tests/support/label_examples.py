"""A short notice and its label file, for tests of labels and of the commands about them."""

from __future__ import annotations

TEXT = """某镇党委关于巡察整改进展情况的通报
发布日期:2023-12-01
县委第二巡察组于2023年3月1日至5月对某镇党委开展了巡察,6月11日反馈问题23个,完成率52.9%。
一、整改进展情况
(一)政治建设方面
(一)关于“学习不够深入”问题的整改。
一是强化学习。制定《学习计划》,每月召开会议12次,参加300余人。2023年10月以来,镇党委给予党纪处分2人。
二是召开会议 12 次,发放资料1,234份。形成长效机制。
联系电话:010-12345678;邮政信箱:某镇解放路1号;电子邮箱:a@b.cn。
某镇委员会
2023年11月30日
"""
LABELS = """notice: example-2024
annotator: a
status: reviewed
fields:
  title: 关于巡察整改进展情况的通报
  inspected_body: 某镇党委
  inspection_team: 县委第二巡察组
  genre: inspection
  inspection_kind: 巡察
  inspection_start: 2023-03-01
  inspection_end: 2023-05
  feedback_date: 2023-06-11
  published_on: 2023-12-01
  signed_by: 某镇委员会
  signed_on: 2023-11-30
  phone: 010-12345678
  postal_address: 某镇解放路1号
  email: a@b.cn
totals:
  - issues_found | 23 | 个
  - completion_rate | 52.9 | %
issues:
  - label: (一)
    title: 学习不够深入
    section: [政治建设方面]
    category: political_leadership
    status: unspecified
    text: (一)关于“学习 … 形成长效机制。
    measures:
      - label: 一是
        text: 强化学习。 … 党纪处分2人。
        heading: 强化学习
        types: [regulation, education]
        status: completed
        documents:
          - issued | 学习计划
        quantities:
          - 12 | 次 | 召开会议
          - 300 | 人 | 参加 | over
          - 2 | 人 | 党纪处分
        dates:
          - 2023-10/.. | 2023年10月以来
        organizations:
          - 镇党委
        accountability:
          - 党纪处分 | 2 | 人
      - label: 二是
        text: 召开会议 12 次,发放资料1,234份。形成长效机制。
        types: [deliberation]
        status: completed
        quantities:
          - 12 | 次 | 召开会议
          - 1234 | 份 | 资料
"""
