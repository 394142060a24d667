// Charts of bars: rows of a table, so that each number is there to be read, followed and copied.
"use strict";
(function (pages) {
  const { el, svg } = pages;
  const WIDE = 1000; // units of a bar's own coordinates; the page gives it its width

  // rows: [{ name, href, parts: [{ key, n, href }] }]; series: [{ key, name }]. Bars share one scale; empty rows are left out.
  pages.stackedBars = function ({ caption, first, rows, series, words }) {
    const sum = row => row.parts.reduce((total, part) => total + part.n, 0);
    const shown = rows.filter(sum).sort((one, other) => sum(other) - sum(one));
    const most = Math.max(1, ...shown.map(sum));
    const kept = series.filter(({ key }) => shown.some(row => row.parts.some(part => part.key === key && part.n)));
    const many = kept.length > 1;
    const key = ({ key, name }) => [el(`span.key.key-${key}`, { "aria-hidden": "true" }), el("span.key-name", {}, name)];
    return pages.shortened(el("table.chart.stacked", {}, el("caption", {}, caption, many && el("span.narrow-legend", { "aria-hidden": "true" }, kept.map(one => el("span", {}, key(one))))),
      el("thead", {}, el("tr", {}, el("th", { scope: "col" }, first), el("td", {}),
        many && kept.map(one => el("th.number", { scope: "col" }, key(one))),
        el("th.number", { scope: "col" }, words.t("overview.sum")))),
      el("tbody", {})), shown, row => el("tr", {},
        el("th", { scope: "row" }, row.name),
        el("td.bar-cell", {}, pages.bar(row.parts, most)),
        many && kept.map(({ key }) => cell(row.parts.find(part => part.key === key), words)),
        cell({ n: sum(row), href: row.href }, words)), words);
  };

  function cell(part, words) {
    return el("td.number", {}, part?.n ? el("a", { href: part.href }, words.number(part.n)) : el("span.none", {}, "0"));
  }

  pages.bar = function (parts, most) {
    let x = 0;
    const rects = parts.filter(part => part.n).map(part => {
      const width = WIDE * part.n / most;
      const rect = svg(`rect.fill-${part.key}`, { x, y: 0, width: Math.max(width - 2, 2), height: 10 });
      x += width;
      return rect;
    });
    return svg("svg.bar", { viewBox: `0 0 ${WIDE} 10`, preserveAspectRatio: "none", "aria-hidden": "true" }, rects);
  };

  // What was stated beside what was found, on one scale: a ring and a dot with a line between them.
  pages.dumbbell = function (stated, found, most) {
    const at = n => 8 + 184 * n / most;
    return svg("svg.dumbbell", { viewBox: "0 0 200 16", "aria-hidden": "true" },
      svg("line.axis", { x1: 0, x2: 200, y1: 8, y2: 8 }),
      svg(stated > found ? "line.more" : "line.less", { x1: at(found), x2: at(stated), y1: 8, y2: 8 }),
      svg("circle.found", { cx: at(found), cy: 8, r: 4.5 }),
      svg("circle.stated", { cx: at(stated), cy: 8, r: 4.5 }));
  };

  // When each notice was inspected, told the outcome, and spoke: rows [{ name, href, from, to, told, published }] of dates.
  pages.timeline = function (rows, words) {
    const days = rows.flatMap(row => [row.from, row.to, row.told, row.published].filter(Boolean)).map(dayOf);
    if (!days.length) return null;
    const first = new Date(Math.min(...days)).getUTCFullYear(), last = new Date(Math.max(...days)).getUTCFullYear() + 1;
    const begin = Date.UTC(first, 0), end = Date.UTC(last, 0);
    const x = date => WIDE * (dayOf(date) - begin) / (end - begin);
    const years = Array.from({ length: last - first + 1 }, (_, n) => first + n);
    const line = row => svg("svg.time", { viewBox: `0 0 ${WIDE} 20`, preserveAspectRatio: "none", "aria-hidden": "true" },
      years.map(year => svg("line.year", { x1: x(`${year}`), x2: x(`${year}`), y1: 0, y2: 20 })),
      row.told && row.published && svg("rect.wait", { x: x(row.told), y: 9, width: Math.max(1, x(row.published) - x(row.told)), height: 2 }),
      row.from && row.to && svg("rect.inspected", { x: x(row.from), y: 5, width: Math.max(4, x(row.to) - x(row.from)), height: 10 }),
      row.told && svg("rect.told", { x: x(row.told) - 3, y: 3, width: 6, height: 14 }),
      row.published && svg("rect.published", { x: x(row.published) - 3, y: 3, width: 6, height: 14 }));
    const scale = el("div.time-scale", { "aria-hidden": "true" }, years.slice(0, -1).map(year => el("span", {}, String(year))));
    return pages.shortened(el("table.chart.timeline", {}, el("caption", {}, words.t("overview.timeline_note")),
      el("thead", {}, el("tr", {}, el("th", { scope: "col" }, words.t("column.notice")), el("td.bar-cell", {}, scale),
        ["inspected", "told", "published"].map(key => el("th", { scope: "col" }, el(`span.key.key-${key}`, { "aria-hidden": "true" }), words.t(`overview.${key}`))),
        el("th.number", { scope: "col" }, words.t("overview.waited")))),
      el("tbody", {})), rows, row => el("tr", {},
        el("th", { scope: "row" }, el("a", { href: row.href, lang: "zh" }, row.name)), el("td.bar-cell", {}, line(row)),
        el("td.date", {}, row.from ? `${row.from} – ${row.to || "?"}` : "–"), el("td.date", {}, row.told || "–"), el("td.date", {}, row.published || "–"),
        el("td.number", {}, row.told && row.published ? words.number(Math.round((dayOf(row.published) - dayOf(row.told)) / 86400000)) : "–")), words);
  };

  // 2023-10-15, 2025-04 or 2023, as a day.
  function dayOf(date) {
    const [year, month = 1, day = 1] = date.split("-").map(Number);
    return Date.UTC(year, month - 1, day);
  }
})(window.pages);
