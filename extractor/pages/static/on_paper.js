// A notice on paper: finding by finding, each with its paragraphs beside what was read from them.
"use strict";
(function (pages) {
  const { el, quote, badge } = pages;
  const ROWS = ["responsible", "deadline", "document", "quantity", "date", "organization", "accountability", "digits"];
  let now = null, opened = [];

  // Whoever prints gets what `made` gives in the place of all in `frame`, while that is on the page.
  pages.forPrint = (frame, made) => { now = { frame, made }; };
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details:not([open])")];
    for (const each of opened) each.open = true;
    if (!now?.frame.isConnected) return;
    now.sheet = now.made();
    now.frame.append(now.sheet);
    now.frame.classList.add("is-printed");
  });
  addEventListener("afterprint", () => {
    for (const each of opened) each.open = false;
    now?.sheet?.remove();
    now?.frame.classList.remove("is-printed");
  });

  // notes: [{ path, said }], what people wrote beside values and checks.
  pages.onPaper = function (data, text, words, notes = []) {
    const held = new Map();
    for (const value of data.values) held.set(value.of, [...(held.get(value.of) || []), value]);
    const show = { data, text, words, notes, of: path => held.get(path) || [] }, own = show.of("");
    const issues = own.filter(value => value.kind === "issue"), title = own.find(value => value.path === "title")?.value;
    return el("section.on-paper", {},
      el("h1", {}, quote("span", title || data.id)),
      el("dl.printed-fields", {}, own.filter(value => ["field", "total"].includes(value.kind) && value.value !== null && value.path !== "title")
        .map(value => el("div", {}, el("dt", {}, pages.nameOf(value, words)), el("dd", {}, lineOf(value, show))))),
      remarks(show, path => !issues.some(issue => isIn(path, issue.path))),
      issues.map(issue => finding(show, issue)));
  };

  const isIn = (path, outer) => path === outer || path?.startsWith(`${outer}.`);

  function finding(show, issue) {
    const { text, words } = show;
    return el("article.printed-finding", {},
      issue.section.length ? el("p.soft", {}, quote("span", issue.section.join(" › "))) : null,
      el("h2", {}, issue.label ? quote("span.label", `${issue.label} `) : null, quote("span", issue.title)),
      el("p.printed-states", {}, badge("category", words.term("category", issue.category)), " ", badge(`status-${issue.status}`, words.term("issue_status", issue.status))),
      el("div.printed-sides", {},
        el("div.printed-text", { lang: "zh" }, text.cut(...issue.at[0]).split("\n").filter(line => line.trim()).map(line => el("p", {}, pages.source(line)))),
        el("div.printed-values", {},
          rows(show, issue),
          el("ol", {}, show.of(issue.path).filter(value => value.kind === "measure").map(measure => el("li", {},
            quote("b", [measure.label, pages.printed(measure, text)].filter(Boolean).join(" ")), " ",
            measure.types.map(type => [badge("type", words.term("measure_type", type)), " "]), badge(`status-${measure.status}`, words.term("measure_status", measure.status)),
            rows(show, measure)))),
          remarks(show, path => isIn(path, issue.path)))));
  }

  function rows(show, holder) {
    const found = ROWS.map(kind => [kind, show.of(holder.path).filter(value => value.kind === kind)]).filter(([, values]) => values.length);
    return found.map(([kind, values]) => el("p.printed-row", {}, el("span.soft", {}, `${show.words.t(`row.${kind}`)} `),
      values.map((value, index) => [index ? "；" : "", lineOf(value, show)])));
  }

  // A value in a line: as printed, what belongs to it, and who read it where that was not the rules.
  function lineOf(value, { text, words }) {
    const note = pages.noteOf(value, words), reader = pages.readerOf(value);
    const printed = value.kind === "field" && !value.at.length ? String(value.value) : pages.printed(value, text);
    return [quote("span", printed), note ? `（${pages.bare(note.quoted || note.said)}）` : "", reader === "rules" ? null : [" ", pages.readerMark(reader, words)]];
  }

  // The checks and the notes whose path fits.
  function remarks({ data, words, notes }, fits) {
    const checks = data.checks.filter(check => fits(check.at || check.path)), written = notes.filter(note => fits(note.path));
    if (!checks.length && !written.length) return null;
    return el("ul.printed-checks", {},
      checks.map(check => el("li", {}, badge(`severity-${check.severity}`, words.term("severity", check.severity)), " ", pages.source(check.message))),
      written.map(note => el("li", {}, pages.source(note.said))));
  }
})(window.pages);
