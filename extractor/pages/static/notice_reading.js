// What was read from a notice: checks as a queue, fields and totals, then each issue with its measures and their values.
"use strict";
(function (pages) {
  const { el, quote, badge } = pages;
  const BESIDE = ["responsible", "deadline"];
  const ROWS = [...BESIDE, "document", "quantity", "date", "organization", "accountability", "digits"];

  // `node` holds it all; what stands for a value carries its path as data-path.
  pages.noticeReading = function (data, text, words, isTold = false) {
    const { t } = words;
    const held = new Map();
    for (const value of data.values) {
      if (!held.has(value.of)) held.set(value.of, []);
      held.get(value.of).push(value);
    }
    const of = path => held.get(path) || [];
    const top = kind => of("").filter(value => value.kind === kind);
    const issues = top("issue");
    const told = isTold || data.values.some(value => pages.readerOf(value) !== "rules");
    const show = { data, text, words, of, told };
    const list = el("div.issue-list", {}, issueList(show, issues));
    return el("div.reading", {},
      checks(show),
      el("section.fields", { "aria-labelledby": "fields-heading" },
        el("h2", { id: "fields-heading" }, t("notice.fields")), fields(show, top("field")),
        top("total").length ? [el("h3", {}, t("kinds.total")), totals(show, top("total"))] : null,
        el("h3", {}, t("notice.outline")), outline(show, top("digits"))),
      el("section.issues", { "aria-labelledby": "issues-heading" },
        el("h2", { id: "issues-heading" }, t("notice.issues"), " ", el("span.count", {}, words.number(issues.length))),
        told ? legend(data.values, words, isTold) : null,
        issues.length ? [pages.issueFilter(show, issues, list), list] : el("p.soft", {}, t("notice.no_issues"))));
  };

  function checks(show) {
    const { data, words } = show, { t, term } = words;
    const items = data.checks.map((check, index) => el("li", {},
      el("button.check", { type: "button", "data-check": index, "data-path": check.at },
        badge(`severity-${check.severity}`, term("severity", check.severity)), quote("span.message", check.message, { lang: null }))));
    return el("section.checks", { "aria-labelledby": "checks-heading" },
      el("div.heading-row", {},
        el("h2", { id: "checks-heading" }, t("notice.checks"), " ", el("span.count", {}, words.number(items.length))),
        items.length > 1 && el("div.stepper", {},
          el("button", { type: "button", "data-step": "-1", "aria-label": t("notice.previous_check") }, "‹"),
          el("span.position", { "aria-live": "polite" }, `– / ${items.length}`),
          el("button", { type: "button", "data-step": "1", "aria-label": t("notice.next_check") }, "›"))),
      items.length ? el("ol.check-list", {}, items) : el("p.soft", {}, t("notice.no_checks")),
      unsure(show));
  }

  // The values that are least likely to be right, to be looked at in this order.
  function unsure({ data, text, words }) {
    if (!data.unsure.length) return null;
    const byPath = new Map(data.values.map(value => [value.path, value]));
    return el("details.unsure-list", {},
      el("summary", {}, words.t("notice.unsure", { n: words.number(data.unsure.length) })),
      el("ol.check-list", {}, data.unsure.map(path => byPath.get(path)).map(value => el("li", {},
        el("button.check", { type: "button", "data-unsure": "", "data-path": value.path },
          el("span.badge", {}, words.share(pages.confidenceOf(value))), el("span", {}, pages.nameOf(value, words)),
          quote("span.message", pages.beginning(pages.printed(value, text), 40)))))));
  }

  function fields(show, values) {
    return el("dl.facts", {}, values.map(value => el("div", {},
      el("dt", {}, pages.nameOf(value, show.words)),
      el("dd", {}, value.value === null ? el("span.none", {}, show.words.t("notice.none")) : button(show, value)))));
  }

  function totals(show, values) {
    return el("dl.facts", {}, values.map(value => el("div", {},
      el("dt", {}, pages.nameOf(value, show.words)), el("dd", {}, button(show, value)))));
  }

  // How much of the text was read; unread digits that stand in a measure are shown there, the others here.
  function outline(show, elsewhere) {
    const { data, words } = show;
    const { t, number, share } = words;
    const places = data.values.filter(value => value.kind === "digits").length;
    const unread = data.digits === null ? "–"
      : data.digits_unread ? t("notice.unread", { n: number(data.digits_unread), all: number(data.digits), places: number(places) })
        : t("notice.all_read", { all: number(data.digits) });
    return el("dl.facts.outline", {},
      el("div", {}, el("dt", {}, t("column.coverage")), el("dd", {}, share(data.coverage))),
      el("div", {}, el("dt", {}, t("column.digits_unread")), el("dd", {}, unread, elsewhere.map(value => [" ", button(show, value)]))));
  }

  // Where people are at work, they are named from the beginning.
  function legend(values, words, isTold) {
    const found = new Set(values.map(value => pages.readerOf(value)).concat(isTold ? ["person"] : []));
    return el("p.legend.soft", {}, words.t("notice.read_by"), words.keys("reader").filter(reader => reader !== "rules" && found.has(reader)).map(reader =>
      el("span", {}, pages.readerMark(reader, words), " ", words.term("reader", reader))), el("span", {}, words.t("notice.unmarked")));
  }

  // Headings that group issues are printed where they change.
  function issueList(show, issues) {
    const grouped = issues.some(issue => issue.section.length);
    const nodes = [];
    let shown = "";
    for (const issue of issues) {
      const section = issue.section.join("\n");
      if (section !== shown && section) {
        nodes.push(el("h3.group", { "data-group": section }, issue.section.map(words => quote("span", words))));
      }
      shown = section;
      nodes.push(issueNode(show, issue, grouped ? "h4" : "h3"));
    }
    return nodes;
  }

  function issueNode(show, issue, heading) {
    const { term } = show.words;
    return el("article.issue", { "data-status": issue.status, "data-issue": issue.path },
      el("div.issue-head", {},
        el(heading, {}, el("button.open", { type: "button", "data-path": issue.path },
          issue.label ? quote("span.label", issue.label) : null, quote("span.title", issue.title))),
        el("div.badges", {},
          badge("category", term("category", issue.category), mark(show, issue, "category")),
          badge(`status-${issue.status}`, term("issue_status", issue.status), mark(show, issue, "status")))),
      rowsOf(show, show.of(issue.path), BESIDE, show.words.t("notice.values_of_issue", { name: pages.bare(issue.label || issue.title) })),
      el("ol.measures", {}, show.of(issue.path).filter(value => value.kind === "measure").map(measure => measureNode(show, measure))));
  }

  function measureNode(show, measure) {
    const { words, text } = show;
    const values = show.of(measure.path);
    const name = words.t("notice.values_of", { name: pages.bare(measure.label || pages.printed(measure, text)) });
    return el("li.measure", { "data-status": measure.status },
      el("div.measure-head", {},
        el("button.open", { type: "button", "data-path": measure.path },
          measure.label ? quote("span.label", measure.label) : null, quote("span.title", pages.printed(measure, text))),
        el("span.badges", {},
          measure.types.map((type, at) => badge("type", words.term("measure_type", type), at === measure.types.length - 1 && mark(show, measure, "types"))),
          badge(`status-${measure.status}`, words.term("measure_status", measure.status), mark(show, measure, "status")))),
      rowsOf(show, values, ROWS, name));
  }

  // A row for each kind of value that there is, in the order of `kinds`.
  function rowsOf(show, values, kinds, name) {
    const rows = kinds.map(kind => [kind, values.filter(value => value.kind === kind)]).filter(([, found]) => found.length);
    return rows.length ? el("div.values", { role: "toolbar", "aria-label": name }, rows.map(([kind, found]) =>
      el("div.row", {}, el("span.row-name", {}, show.words.t(`row.${kind}`)),
        el("div.row-values", {}, found.map(value => button(show, value)))))) : null;
  }

  function button(show, value) {
    const note = pages.noteOf(value, show.words), placed = value.at.length > 0;
    const printed = quote("span.printed", value.kind === "field" && !placed ? value.value : pages.printed(value, show.text));
    const noted = note && (note.quoted ? quote("span.note", note.quoted) : el("span.note", {}, note.said));
    return el(`button.value.value-${value.kind}`, { type: "button", "data-path": value.path },
      value.kind === "quantity" ? [noted, printed] : [printed, noted], mark(show, value));
  }

  // Who read it, where it was not the rules alone; that it is unsure, where they say so.
  function mark(show, value, part) {
    const reader = pages.readerOf(value, part);
    return reader === "rules" ? pages.unsureMark(pages.confidenceOf(value, part), show.data.unsure_below, show.words) : pages.readerMark(reader, show.words);
  }
})(window.pages);
