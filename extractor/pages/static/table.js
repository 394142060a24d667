// Tables that can be sorted by their headings, and grow as they are read.
"use strict";
(function (pages) {
  const { el } = pages;
  const STEP = 100; // rows that are shown at once
  const DOZEN = 12, FEW = 6; // rows of a chart that has more, and how many more

  // columns: [{ key, name, number, cell(item), by(item) }]; a column without `by` does not sort. sort: "key" or "-key";
  // sorted(sort) is told when a heading is chosen. Where items are the first of more, `rest` is { total, more(from) }: it
  // promises further ones, and whoever is told of a heading shows the table anew.
  pages.table = function ({ name, columns, items, sort, sorted, rest, words }) {
    const body = el("tbody"), more = el("button.more-rows", { type: "button", click: () => grow() });
    let shown = 0, order = [];

    function arrange() {
      const key = (sort || "").replace("-", ""), column = columns.find(one => one.key === key && one.by);
      const turn = (sort || "").startsWith("-") ? -1 : 1;
      order = column && !rest ? [...items].sort((one, other) => turn * compare(column.by(one), column.by(other))) : items;
      shown = 0;
      body.replaceChildren();
      grow();
    }
    async function grow() {
      if (rest && shown >= order.length && order.length < rest.total) order = [...order, ...await rest.more(order.length)];
      const total = rest ? rest.total : order.length;
      body.append(...order.slice(shown, shown + STEP).map(item => el("tr", {},
        columns.map(column => el(column.number ? "td.number" : "td", { "data-name": column.name, class: `column-${column.key}${column.number ? " number" : ""}` }, column.cell(item))))));
      shown = Math.min(order.length, shown + STEP);
      more.hidden = shown >= total;
      more.textContent = words.t("table.more", { n: words.number(Math.min(STEP, total - shown)), rest: words.number(total - shown) });
    }

    const heads = columns.map(column => el("th", { scope: "col", class: column.number ? "number" : null },
      column.by ? el("button.sort", { type: "button", "data-key": column.key, click: () => turnTo(column) }, column.name) : column.name));
    function turnTo(column) {
      const first = column.number ? `-${column.key}` : column.key, second = column.number ? column.key : `-${column.key}`;
      sort = sort === first ? second : first;
      tellOrder();
      if (!rest) arrange();
      if (sorted) sorted(sort);
    }
    function tellOrder() {
      columns.forEach((column, index) => {
        const order = sort === column.key ? "ascending" : sort === `-${column.key}` ? "descending" : null;
        if (order) heads[index].setAttribute("aria-sort", order); else heads[index].removeAttribute("aria-sort");
      });
    }
    tellOrder();
    arrange();
    return el("div.table-frame", {},
      el("table.rows", {}, el("caption.unseen", {}, name), el("thead", {}, el("tr", {}, heads)), body), more);
  };

  // A chart of many rows, each as `draw` makes it: the first dozen, and a button for the rest.
  pages.shortened = function (table, rows, draw, words) {
    const rest = rows.length - DOZEN < FEW ? [] : rows.slice(DOZEN), body = table.tBodies[0];
    body.append(...rows.slice(0, rows.length - rest.length).map(draw));
    if (!rest.length) return table;
    const button = el("button.more-rows", { type: "button", click: () => { body.append(...rest.map(draw)); button.remove(); } },
      words.t("table.rest", { n: words.number(rest.length) }));
    return [table, button];
  };

  function compare(one, other) {
    if (typeof one === "number" && typeof other === "number") return one - other;
    return String(one ?? "").localeCompare(String(other ?? ""), "zh");
  }
})(window.pages);
