// The table of notices: who was inspected by whom and when, and how much was found.
"use strict";
(function (pages) {
  const { el, quote } = pages;

  // Its order stands in the address as `table`: `sort` is that of lists, which the address leads to.
  pages.noticeTable = function ({ words, chosen, link, question, ask }) {
    const { t } = words;
    const column = (key, cell, by, more) => ({ key, name: t(`column.${key}`), cell, by, ...more });
    const field = path => column(path, notice => notice.value(path) ? quote("span", notice.value(path)) : "–", notice => notice.value(path));
    const term = path => column(path, notice => notice.value(path) ? words.term(path, notice.value(path)) : "–", notice => notice.value(path));
    const several = path => new Set(chosen.map(notice => notice.value(path))).size > 1;
    const count = (key, kind) => {
      const many = notice => pages.many(notice.items(kind));
      return column(key, notice => many(notice) ? el("a", { href: link(kind, { notice: notice.id }) }, words.number(many(notice))) : "0", many, { number: true });
    };
    const issued = notice => pages.sumOf(notice.items("sum").filter(item => item.figure.sum === "rules_issued"));
    const rules = column("issued", notice => issued(notice) ? el("a", { href: link("sum", { sum: "rules_issued", reason: "counted", notice: notice.id }) }, words.number(issued(notice))) : "0", issued, { number: true });
    return pages.table({
      words, name: t("overview.notices"), items: chosen, sort: question.table, sorted: table => ask(Object.assign(question, { table })),
      columns: [
        column("notice", notice => el("a.item", { href: pages.address(`notice/${notice.id}`) }, quote("b", notice.name),
          quote("span.soft", notice.value("title") || notice.id)), notice => notice.name),
        field("inspection_team"),
        several("genre") && term("genre"), term("inspection_kind"),
        field("feedback_date"), field("signed_on"),
        count("issues", "issue"), count("measures", "measure"), rules, count("checks", "check"),
        column("coverage", notice => words.share(notice.data.coverage), notice => notice.data.coverage ?? -1, { number: true }),
        column("digits_unread", notice => notice.data.digits_unread === null ? "–" : words.number(notice.data.digits_unread), notice => notice.data.digits_unread ?? -1, { number: true }),
      ].filter(Boolean),
    });
  };
})(window.pages);
