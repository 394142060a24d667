// Notices of a body beside each other, as tables: sums, findings that come again, what was open, and what one alone has.
"use strict";
(function (pages) {
  const { el, quote, badge } = pages;
  const SHOWN_WORDS = 160; // of a measure, in UTF-16 units

  // strands: { told: [side], measures: [[side]] }, sides in the order of `notices`, null where one tells nothing. A side is
  // { path, title, category, status, is_open } of a finding, { path, words, status } of a measure.
  pages.comparison = function (strands, notices, { all, words }) {
    const view = { all, words, notices, names: namesOf(notices) };
    const again = strands.filter(strand => placesOf(strand).length > 1);
    const open = strands.map(leftOpen).filter(Boolean);
    return [
      section(view, "figures", null, figures(view, strands)),
      section(view, "recurring", again, again.length ? recurring(view, again) : null),
      section(view, "still_open", open, open.length ? stillOpen(view, open) : null),
      notices.map((_, at) => alone(view, strands, at)),
    ];
  };

  const placesOf = strand => strand.told.flatMap((side, at) => side ? [at] : []);

  // Where a finding was open last before the latest notice, and which one tells of it next; null where it never was.
  function leftOpen(strand) {
    const at = strand.told.findLastIndex((side, index) => side?.is_open && index < strand.told.length - 1);
    if (at < 0) return null;
    const then = strand.told.findIndex((side, index) => side && index > at);
    return { was: { at, side: strand.told[at] }, became: then < 0 ? null : { at: then, side: strand.told[then] } };
  }

  // Years where they tell the notices apart, else their editions, else their names.
  function namesOf(notices) {
    const editions = notices.map(notice => notice.edition || notice.name), years = notices.map(notice => pages.yearOf(notice));
    const apart = list => list.every(Boolean) && new Set(list).size === list.length;
    if (!isOneBody(notices)) return notices.map(notice => notice.name);
    return apart(years) ? years : editions.map(pages.bare);
  }

  const isOneBody = notices => new Set(notices.map(notice => notice.series || notice.id)).size === 1;

  function section({ words }, name, items, content, values) {
    const count = items ? ` (${words.number(items.length)})` : "";
    return el(`section.panel.compared-${name}`, {}, el("h2", {}, words.t(`compare.${name}`, values) + count),
      content || el("p.soft", {}, words.t("overview.empty")));
  }

  const heads = names => el("thead", {}, el("tr", {}, names.map(name => el("th", { scope: "col" }, name))));
  const link = (notice, side) => el("a.item", { href: pages.address(`notice/${notice.id}`, { at: side.path }) },
    quote("span", side.title ?? pages.beginning(side.words, SHOWN_WORDS)));

  // A finding as one notice tells it, or a measure.
  function told(view, at, side) {
    const { words } = view, isFinding = side.title !== undefined;
    return el("p.told-then", {}, el("b.when", {}, view.names[at]), " ", link(view.notices[at], side), " ",
      badge(`status-${side.status}`, words.term(isFinding ? "issue_status" : "measure_status", side.status)),
      isFinding && side.is_open && side.status === "unspecified" ? [" ", badge("status-in_progress", words.t("compare.has_open"))] : null,
      isFinding ? el("span.soft", {}, " ", words.term("category", side.category)) : null);
  }

  // A mark for each notice, so that the years of a finding are seen at once, then each sentence.
  function recurring(view, strands) {
    const { words } = view, { t } = words;
    const mark = side => {
      const [name, sign] = !side ? ["not_told", "–"] : side.is_open ? ["open_then", "●"] : ["told_then", "○"];
      return el(`span.mark-${name}`, {}, el("span", { "aria-hidden": "true" }, sign), el("span.unseen", {}, t(`compare.${name}`)));
    };
    return el("div.table-frame", {}, el("table.rows.strands", {}, el("caption", {}, t("compare.marks")),
      heads([...view.names, t("compare.sentences")]),
      el("tbody", {}, strands.map(strand => el("tr", {},
        strand.told.map((side, at) => el("td.strand-mark", { "data-name": view.names[at] }, mark(side))),
        el("td.strand-told", {}, strand.told.map((side, at) => side && told(view, at, side)), wentOn(view, strand)))))));
  }

  function wentOn(view, strand) {
    if (!strand.measures.length) return null;
    return el("details.went-on", { open: view.notices.length === 2 },
      el("summary", {}, view.words.t("compare.went_on", { n: view.words.number(strand.measures.length) })),
      el("ul", {}, strand.measures.map(sides => el("li", {}, sides.map((side, at) => side && told(view, at, side))))));
  }

  function stillOpen(view, strands) {
    const { t } = view.words;
    return el("div.table-frame", {}, el("table.rows.left-open", {}, el("caption.unseen", {}, t("compare.still_open")), heads([t("compare.was_open"), t("compare.then")]),
      el("tbody", {}, strands.map(({ was, became }) => el("tr", {},
        el("td", { "data-name": t("compare.was_open") }, told(view, was.at, was.side)),
        el("td", { "data-name": t("compare.then") }, became ? told(view, became.at, became.side) : t("compare.not_told")))))));
  }

  // What one notice alone tells: new in the latest one, not told again of an earlier one.
  function alone(view, strands, at) {
    const own = strands.filter(strand => strand.told[at] && placesOf(strand).length === 1), isLatest = at === view.notices.length - 1;
    if (!own.length && !isLatest) return null;
    const name = !isOneBody(view.notices) ? "only_then" : isLatest ? "only_latest" : at === 0 ? "only_first" : "only_then";
    return section(view, name, own, own.length ? el("ul.alone", {}, own.map(strand => el("li", {}, told(view, at, strand.told[at])))) : null, { when: view.names[at] });
  }

  // How many there are in each notice, and its sums: each number opens what it counts, a row's name that of all of them.
  function figures(view, strands) {
    const { all, words, notices } = view, { t } = words, among = notices.map(notice => notice.id).join(pages.AMONG);
    const cell = (href, n) => el("td.number", {}, n ? el("a", { href }, words.number(n)) : "0");
    const counted = (kind, name, more = {}) => row(t(name), pages.address(`list/${kind}`, { among, ...more }), notices.map(notice =>
      cell(pages.address(`list/${kind}`, { notice: notice.id, ...more }), pages.many(all.items(kind, { notice: notice.id, ...more })))));
    const plain = (name, count) => row(t(name), null, notices.map((_, at) => el("td.number", {}, words.number(strands.filter(strand => strand.told[at] && count(strand, at)).length))));
    return el("table.chart.compared-sums", {}, el("caption.unseen", {}, t("compare.figures")),
      el("thead", {}, el("tr", {}, el("td", {}), view.names.map(name => el("th.number", { scope: "col" }, name)), el("th.number", { scope: "col" }, t("overview.sum")))),
      el("tbody", {},
        counted("issue", "kinds.issue"), plain("compare.told_before", (strand, at) => placesOf(strand)[0] < at),
        plain("compare.open", (strand, at) => strand.told[at].is_open), counted("measure", "kinds.measure"),
        sumsOf(view).map(([sum, unit]) => summed(view, sum, unit, among))));
  }

  const row = (name, href, cells, sum) => el("tr", {}, el("th", { scope: "row" }, href ? el("a", { href }, name) : name), cells, el("td.number", {}, sum ?? ""));

  function summed({ all, words, notices }, sum, unit, among) {
    const found = question => all.items("sum", { sum, unit, ...question }), href = question => pages.address("list/sum", { sum, unit, ...question });
    const number = (items, address) => items.length ? el("a", { href: address }, words.number(pages.sumOf(items))) : "0";
    return row(`${words.term("sum", sum)}（${unit}）`, href({ among }), notices.map(({ id }) => el("td.number", {}, number(found({ notice: id }), href({ notice: id })))),
      number(found({ among }), href({ among })));
  }

  // The sums that any of the notices has a counted figure of.
  function sumsOf({ all, words, notices }) {
    const has = (sum, unit) => notices.some(({ id }) => all.items("sum", { notice: id, sum, unit }).some(pages.counts));
    const units = sum => [...new Set(notices.flatMap(({ id }) => all.items("sum", { notice: id, sum }).map(item => item.figure.unit)))];
    return words.keys("sum").flatMap(sum => units(sum).map(unit => [sum, unit])).filter(pair => has(...pair));
  }
})(window.pages);
