// Notices of which there are counts alone, in the shape that the overview and lists ask for.
"use strict";
(function (pages) {
  // A notice of which there are counts alone: an item stands for as many as its `n` says.
  pages.tallied = function (data) {
    const value = path => data.fields[path];
    let items = null;
    return {
      id: data.id, data, value, original: data.duplicate_of, series: data.series, edition: data.edition,
      ...pages.namesOf(data, value), characters: data.characters, reviewed: data.reviewed,
      items(kind) {
        items = items || itemsOf(this);
        return items[kind] || [];
      },
    };
  };

  function itemsOf(notice) {
    const items = { total: notice.data.totals.map(([name, n, path]) => ({ notice, value: { kind: "total", name, path, base: [n, ""] } })) };
    for (const [kind, ...rest] of notice.data.items) {
      items[kind] ||= [];
      items[kind].push({ notice, ...OF[kind](...rest) });
    }
    return items;
  }
  const OF = {
    issue: (category, status, n) => ({ n, value: { kind: "issue", category, status }, issue: { category } }),
    measure: (types, status, n) => ({ n, value: { kind: "measure", types: types.split("\n").filter(Boolean), status } }),
    sum: (sum, unit, reason, n, value) => ({ n, figure: { sum, unit, reason, value } }),
    check: (severity, n) => ({ n, check: { severity } }),
  };
})(window.pages);
