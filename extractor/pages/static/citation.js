// The words of a value with where they are from, to be copied into other writing.
"use strict";
(function (pages) {
  const { el } = pages;

  // “sentence”——《title》(body, date), the finding, the place in the text, and the address.
  pages.citation = function (value, { data, text, words, link }) {
    const { t } = words, field = path => data.values.find(each => each.path === path)?.value;
    const date = field("published_on") || field("signed_on");
    const named = [field("inspected_body"), date && said(date, words)].filter(Boolean).join(t("cite.comma"));
    const parts = [
      `${t("cite.title", { title: field("title") || data.id })}${named && t("cite.named", { named })}`,
      findingOf(value, data, t), placeOf(value, data, t), link,
    ];
    return pages.bare(`${t("cite.quoted", { words: sentenceOf(value, text) })}${parts.filter(Boolean).join(t("cite.comma"))}`);
  };

  // Of a finding its title, of anything else the sentences around it.
  function sentenceOf(value, text) {
    if (value.kind === "issue") return value.title;
    if (!value.at.length) return String(value.value ?? value.title ?? "");
    const { before, words, after } = text.around(value.at[0][0], value.at[0][1], Infinity);
    return `${before}${words}${after}`.replace(/\s*\n\s*/g, "");
  }

  const said = (date, words) => words.lang === "zh" ? date.replace(/^(\d+)-0?(\d+)(?:-0?(\d+))?$/, (_, year, month, day) => `${year}年${month}月${day ? `${day}日` : ""}`) : date;

  function findingOf(value, data, t) {
    const path = /^issues\[\d+\]/.exec(value.path)?.[0], issue = path && data.values.find(each => each.path === path);
    return issue && t("cite.finding", { title: [issue.label && `${issue.label} `, issue.title].filter(Boolean).join("") });
  }

  // Characters of the text, counted from one, and the page or the cells of the original where those are known.
  function placeOf(value, data, t) {
    if (!value.at.length) return "";
    const [start, end] = value.at[0];
    const inside = other => other[0] < end && start < other[1];
    const page = (data.lines || []).find(inside)?.[2], cells = (data.cells || []).filter(inside).map(cell => cell[2]);
    return [page && t("cite.page", { page }), cells.length && cells.slice(0, 3).join("、"), t("cite.place", { start: start + 1, end })].filter(Boolean).join(t("cite.comma"));
  }

  // A button that copies `citation()`; where the browser does not let it, the words are shown, chosen, to be copied by hand.
  // `said` is told of it, too: where the button may be out of sight.
  pages.citeButton = function (citation, words, { keys, said } = {}) {
    const { t } = words, told = el("span.cited", { role: "status" });
    return [el("button", { type: "button", "data-cite": true, "aria-keyshortcuts": keys, click: async () => {
      const line = citation();
      if (await copied(line)) { told.textContent = t("cite.copied"); said?.(t("cite.copied")); return; }
      const field = el("textarea", { rows: "3", readonly: true, "aria-label": t("cite.by_hand") }, line);
      pages.put(told, t("cite.by_hand"), field);
      field.select();
    } }, t("cite.copy")), " ", told];
  };

  async function copied(line) {
    try { await navigator.clipboard.writeText(line); return true; } catch { return false; }
  }
})(window.pages);
