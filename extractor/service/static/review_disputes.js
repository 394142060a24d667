// The values of both readers beside each other, where they differ, with a button (and a key) to take either.
"use strict";
(function (pages) {
  const { el, quote, badge } = pages;
  const KEYS = { rules: "1", model: "2" };

  // found: [[check, [{ name, rules, model, kept }]]]; take(check, reader) is told when one is chosen. Null where none differ.
  pages.disputes = function (found, words, take) {
    const tables = found.filter(([, values]) => values?.length).map(([check, values]) => table(values, words, reader => take(check, reader)));
    return tables.length ? el("div.both-readings", {}, tables) : null;
  };

  function table(values, words, take) {
    const { t } = words, readers = Object.keys(KEYS);
    const cell = (value, reader) => el("td", { class: value.kept === reader ? "kept" : null }, quote("span", value[reader]),
      value.kept === reader ? [" ", badge("kept", t("review.kept"))] : null);
    return el("table.disputes", {}, el("caption.unseen", {}, t("review.both_readings")),
      el("thead", {}, el("tr", {}, el("td", {}), readers.map(reader => el("th", { scope: "col" }, words.term("reader", reader), " ",
        el("button", { type: "button", "data-take": reader, "aria-keyshortcuts": KEYS[reader], click: () => take(reader) }, t("review.take"), " ", el("kbd", {}, KEYS[reader])))))),
      el("tbody", {}, values.map(value => el("tr", {}, el("th", { scope: "row" }, value.name), readers.map(reader => cell(value, reader))))));
  }
})(window.pages);
