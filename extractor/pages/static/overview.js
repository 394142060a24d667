// The overview of a run: each number leads to the list of what it counts.
"use strict";
(function (pages) {
  const { el, quote } = pages;
  const STATED = [
    ["issues_found", "issue", {}], ["issues_resolved", "issue", { status: "completed" }],
    ["issues_in_progress", "issue", { status: "in_progress" }], ["measures_planned", "measure", {}],
  ];
  const HELD = ["party_discipline", "administrative_discipline", "organisational_handling", "admonished", "criticised_or_reminded", "referred"];

  // question: which notices ({ genre, inspection, body }); ask(question): go to the overview of others.
  pages.overview = function (root, { all, words, run, question, ask }) {
    const { t } = words;
    const view = { all, words, question, ask, chosen: all.chosen(question), count: (kind, more) => pages.many(all.items(kind, { ...question, ...more })) };
    view.items = (kind, more) => all.items(kind, { ...question, ...more });
    view.link = (kind, more = {}) => pages.address(`list/${kind}`, { ...question, table: "", ...more });
    const body = el("div.overview-body", {});
    const draw = () => pages.put(body,
      keyFigures(view),
      panel(view, "issues", issues(view)),
      panel(view, "measures", measures(view)),
      panel(view, "stated", stated(view)),
      panel(view, "documents", documents(view)),
      panel(view, "money", money(view)),
      panel(view, "accountability", accountability(view)),
      panel(view, "timeline", timeline(view)),
      panel(view, "notices", pages.noticeTable(view)));
    const narrow = more => {
      pages.change(question, more);
      view.chosen = all.chosen(question);
      ask(question);
      found.textContent = saidChosen();
      draw();
    };
    const saidChosen = () => t("overview.chosen", { n: view.chosen.length, all: all.chosen({ copies: question.copies }).length });
    const found = el("span.soft", { "aria-live": "polite" }, saidChosen());
    pages.put(root, el("div.overview", {},
      el("header.page-head", {}, el("h1", {}, t("overview.title")), el("p.soft", {}, said(run, all, words))),
      run.missing ? el("p.warning", {}, t("overview.missing", { n: run.missing })) : null,
      run.waiting ? el("p.warning", {}, t("overview.waiting", { n: run.waiting })) : null,
      all.notices.length > 1 ? pages.noticeFilter(all, words, question, narrow, found) : null,
      body));
    draw();
  };

  // Which notices are looked at: the same two fields stand above the overview and above lists.
  pages.noticeFilter = function (all, words, question, narrow, ...more) {
    const { t } = words;
    const choice = (name, path) => {
      const keys = words.keys(path).filter(key => all.notices.some(notice => notice.value(path) === key));
      return keys.length > 1 && el("label", {}, el("span", {}, t(`column.${path}`)), el("select", { name, change: event => narrow({ [name]: event.target.value }) },
        el("option", { value: "" }, t("filter.all")),
        keys.map(key => el("option", { value: key, selected: key === question[name] }, words.term(path, key)))));
    };
    return el("form.filters", { submit: event => event.preventDefault() },
      el("label", {}, el("span", {}, t("filter.body")), el("input", {
        type: "search", value: question.body || "", name: "body", input: event => narrow({ body: event.target.value.trim() }),
      })),
      yearChoice(all, words, question, narrow),
      choice("genre", "genre"), choice("inspection", "inspection_kind"),
      all.copies.length > 0 && el("label.copies", {}, el("input", {
        type: "checkbox", name: "copies", checked: Boolean(question.copies), change: event => narrow({ copies: event.target.checked ? "1" : "" }),
      }), el("span", {}, t("filter.copies", { n: words.number(all.copies.length) }))),
      more);
  };

  function yearChoice(all, words, question, narrow) {
    const years = [...new Set(all.notices.map(pages.yearOf).filter(Boolean))].sort().reverse();
    return years.length > 1 && el("label", {}, el("span", {}, words.t("filter.year")), el("select", { name: "year", change: event => narrow({ year: event.target.value }) },
      el("option", { value: "" }, words.t("filter.all")), years.map(year => el("option", { value: year, selected: year === question.year }, year))));
  }

  function said(run, all, words) {
    const counted = all.chosen({}), characters = counted.reduce((sum, notice) => sum + notice.characters, 0);
    return [words.t("overview.said", { n: words.number(counted.length), characters: words.number(characters) }),
      all.copies.length > 0 && words.t("overview.copies", { n: words.number(all.copies.length) }),
      run.backend && words.t(`backend.${run.backend}`),
      run.trust && words.t(`trust.${run.trust}`), run.finished].filter(Boolean).join(" · ");
  }

  const panel = ({ words }, name, ...content) => el(`section.panel.panel-${name}`, { "aria-labelledby": `panel-${name}` },
    el("h2", { id: `panel-${name}` }, words.t(`overview.${name}`)), content);

  function keyFigures(view) {
    const { words, link, count } = view;
    const { t } = words;
    const toNotices = event => { event.preventDefault(); document.getElementById("panel-notices").scrollIntoView(); };
    const figure = (name, value, href, note) => el("div", {}, el("dt", {}, name),
      el("dd", {}, el("a.big", { href, click: href === "#panel-notices" && toNotices }, value), note ? el("span.soft", {}, note) : null));
    // One thing in one unit each; the list that it opens has the sentences, and those that do not count.
    const summed = (sum, unit, told, note) => {
      const items = view.items("sum", { sum, unit }), left = pages.many(items.filter(item => !pages.counts(item)));
      return figure(words.term("sum", sum), told(pages.sumOf(items)), link("sum", { sum, unit }),
        [note, left ? t("figure.left_out", { n: words.number(left) }) : null].filter(Boolean).join(t("figure.and")));
    };
    const persons = n => words.number(n) + t("unit.人");
    const held = words.headlines.sums.filter(sum => view.items("sum", { sum, unit: words.headlines.unit }).length);
    const revised = pages.sumOf(view.items("sum", { sum: "rules_revised" }));
    return el("dl.key-figures", {},
      figure(t("figure.notices"), words.number(view.chosen.length), "#panel-notices"),
      figure(t("figure.issues"), words.number(count("issue")), link("issue"), t("figure.completed", { n: words.number(count("issue", { status: "completed" })) })),
      figure(t("figure.measures"), words.number(count("measure")), link("measure"), t("figure.completed", { n: words.number(count("measure", { status: "completed" })) })),
      summed("rules_issued", "份", words.number, revised ? t("figure.revised", { n: words.number(revised) }) : null),
      (held.length ? held : words.headlines.sums.slice(0, 1)).map(sum => summed(sum, words.headlines.unit, persons)),
      summed("money_recovered", "元", n => pages.yuan(n, words)),
      figure(t("figure.checks"), words.number(count("check")), link("check"), t("figure.grave", { n: words.number(count("check", { severity: "error" }) + count("check", { severity: "warning" })) })));
  }

  // A sum of money as people say it: 万 and 亿 in Chinese, millions in English; the exact sum stands in its list.
  pages.yuan = function (sum, words) {
    const steps = words.lang === "zh" ? [[1e8, "亿元"], [1e4, "万元"], [1, "元"]] : [[1e9, " bn"], [1e6, " m"], [1, ""]];
    const [size, unit] = steps.find(([size]) => sum >= size) || steps.at(-1);
    return (words.lang === "zh" ? "" : "¥") + words.number(sum / size) + unit;
  };

  // A chart of a kind's items: a row for each key of one facet, parted by another that has a vocabulary.
  function parted(view, kind, { by, keys, name, parts, vocabulary }) {
    const { all, words } = view, items = view.items(kind);
    if (!items.length) return empty(words);
    const counted = all.cross(kind, items, by, parts);
    return pages.stackedBars({
      words, caption: words.t(`overview.${kind}s_note`), first: words.t(`column.${by === "type" ? "types" : by}`),
      series: words.keys(vocabulary).map(key => ({ key, name: words.term(vocabulary, key) })),
      rows: keys.map(row => ({
        name: name(row), href: view.link(kind, { [by]: row }),
        parts: words.keys(vocabulary).map(key => ({ key, n: counted(row, key), href: view.link(kind, { [by]: row, [parts]: key }) })),
      })),
    });
  }
  const empty = words => el("p.soft", {}, words.t("overview.empty"));

  const issues = view => parted(view, "issue", {
    by: "category", keys: view.words.keys("category"), name: key => view.words.term("category", key), parts: "status", vocabulary: "issue_status",
  });

  const measures = view => parted(view, "measure", {
    by: "type", keys: view.words.keys("measure_type"), name: key => view.words.term("measure_type", key), parts: "status", vocabulary: "measure_status",
  });

  // Rules alone, each title of a notice once; films, books and names are in the list, with why they do not count.
  function documents(view) {
    const { words } = view, rules = ["issued", "revised"].map(key => ({ key, sum: `rules_${key}` }));
    const asked = (notice, more) => ({ notice: notice.id, group: "rules", reason: "counted", ...more });
    const rows = view.chosen.map(notice => ({
      name: quote("span", notice.name), href: view.link("sum", asked(notice)),
      parts: rules.map(({ key, sum }) => ({ key, n: pages.sumOf(view.items("sum", asked(notice, { sum }))), href: view.link("sum", asked(notice, { sum })) })),
    }));
    if (!rows.some(row => row.parts.some(part => part.n))) return empty(words);
    return pages.stackedBars({
      words, caption: words.t("overview.documents_note"), first: words.t("column.notice"),
      series: rules.map(({ key, sum }) => ({ key, name: words.term("sum", sum) })), rows,
    });
  }

  function accountability(view) {
    const { words } = view, held = view.items("sum").filter(item => !/^(money|rules)_/.test(item.figure.sum));
    const counted = held.filter(pages.counts);
    const units = [...new Set(counted.map(item => item.figure.unit))].sort((one, other) => rank(one) - rank(other));
    const rows = words.keys("sum").map(sum => {
      const own = held.filter(item => item.figure.sum === sum);
      return {
        name: words.term("sum", sum), href: view.link("sum", { sum }), left: pages.many(own.filter(item => !pages.counts(item))), leftHref: view.link("sum", { sum, left: "yes" }),
        parts: units.map((unit, index) => ({
          key: `unit-${Math.min(index, 5)}`, href: view.link("sum", { sum, unit }), n: pages.sumOf(own.filter(item => item.figure.unit === unit)),
        })),
      };
    }).filter(row => row.left || row.parts.some(part => part.n));
    return [el("p.note", {}, words.t("overview.accountability_note")), rows.length ? unitTable(words, rows, units) : empty(words), statedTable(view, HELD)];
  }
  const rank = unit => ["人", "人次"].indexOf(unit) + 1 || 9;

  // Persons and cases do not add up: a column and a bar for each unit, no sum across.
  function unitTable(words, rows, units) {
    const most = Math.max(1, ...rows.flatMap(row => row.parts.map(part => part.n)));
    return el("table.chart.units", {}, el("caption.unseen", {}, words.t("overview.accountability")),
      el("thead", {}, el("tr", {}, el("th", { scope: "col" }, words.t("column.handling")), units.map(unit => el("th", { scope: "col" }, words.t("overview.counted_in", { unit }))), el("th.number", { scope: "col" }, words.t("overview.left_out")))),
      el("tbody", {}, rows.map(row => el("tr", {}, el("th", { scope: "row" }, el("a", { href: row.href }, row.name)),
        row.parts.map(part => el("td", {}, part.n ? el("span.unit-bar", {}, el("a", { href: part.href }, words.number(part.n)), pages.bar([part], most)) : el("span.none", {}, "–"))),
        el("td.number", {}, row.left ? el("a", { href: row.leftHref }, words.number(row.left)) : el("span.none", {}, "0"))))));
  }

  function money(view) {
    const { words } = view, { t } = words;
    const rows = view.chosen.map(notice => {
      const of = (sum, more) => view.items("sum", { notice: notice.id, sum, ...more });
      return {
        notice, own: of("money_recovered"), sum: pages.sumOf(of("money_recovered")), returned: pages.sumOf(of("money_returned")),
        left: pages.many(view.items("sum", { notice: notice.id, group: "money", left: "yes" })), told: view.items("total", { notice: notice.id, total: "money_recovered" }),
      };
    }).filter(row => row.sum || row.returned || row.left || row.told.length).sort((one, other) => other.sum - one.sum);
    if (!rows.length) return [el("p.note", {}, t("overview.money_note")), empty(words)];
    const most = Math.max(1, ...rows.map(row => row.sum));
    const cell = (n, notice, asked) => el("td.number", {}, n ? el("a", { href: view.link("sum", { ...asked, notice: notice.id }) }, words.number(n)) : el("span.none", {}, "–"));
    return [el("p.note", {}, t("overview.money_note")), pages.shortened(el("table.chart", {},
      el("caption.unseen", {}, t("overview.money")),
      el("thead", {}, el("tr", {}, el("th", { scope: "col" }, t("column.notice")), el("td", {}),
        ["money_sum", "money_returned", "left_out", "money_told"].map(key => el("th.number", { scope: "col" }, t(`overview.${key}`))))),
      el("tbody", {})), rows, ({ notice, sum, returned, left, told }) => el("tr", {}, el("th", { scope: "row" }, quote("span", notice.name)),
        el("td.bar-cell", {}, pages.bar([{ key: "money", n: sum }], most)),
        cell(sum, notice, { sum: "money_recovered" }), cell(returned, notice, { sum: "money_returned" }), cell(left, notice, { group: "money", left: "yes" }),
        el("td.number", {}, told.length ? told.map(item => totalLink(item, `${words.number(item.value.base[0])}`)) : el("span.none", {}, "–"))), words)];
  }

  const totalLink = (item, name) => el("a.told", { href: pages.address(`notice/${item.notice.id}`, { at: item.value.path }) }, name);

  // Who states more than was found: for each notice what it says of itself, and what was read in it.
  function stated(view) {
    const { words } = view, { t } = words;
    const rows = view.chosen.flatMap(notice => STATED.map(([name, kind, more]) => {
      const told = view.items("total", { notice: notice.id, total: name })[0];
      // Where no issue has a status in the text, a difference says nothing.
      const silent = more.status && !view.items(kind, { notice: notice.id }).some(item => item.value.status !== "unspecified");
      return told && !silent && { notice, name, told, n: told.value.base[0], found: view.count(kind, { notice: notice.id, ...more }), href: view.link(kind, { notice: notice.id, ...more }) };
    })).filter(Boolean).sort((one, other) => (other.n - other.found) - (one.n - one.found));
    if (!rows.length) return empty(words);
    const most = Math.max(...rows.flatMap(row => [row.n, row.found]));
    return pages.shortened(el("table.chart.stated", {}, el("caption", {}, t("overview.stated_note")),
      el("thead", {}, el("tr", {}, el("th", { scope: "col" }, t("column.notice")), el("th", { scope: "col" }, t("column.name")), el("td", {}),
        ["stated", "found"].map(key => el("th.number", { scope: "col" }, el(`span.key.key-${key}`, { "aria-hidden": "true" }), t(`overview.column_${key}`))),
        el("th.number", { scope: "col" }, t("overview.column_difference")))),
      el("tbody", {})), rows, row => el("tr", {}, el("th", { scope: "row" }, quote("span", row.notice.name)), el("td", {}, words.term("total_name", row.name)),
        el("td.bar-cell", {}, pages.dumbbell(row.n, row.found, most)),
        el("td.number", {}, totalLink(row.told, words.number(row.n))), el("td.number", {}, el("a", { href: row.href }, words.number(row.found))),
        el("td.number", {}, difference(row.n - row.found, words))), words);
  }

  function difference(n, words) {
    if (!n) return el("span.none", {}, "0");
    return n > 0 ? el("b.more", {}, `+${words.number(n)}`) : el("span", {}, `−${words.number(-n)}`);
  }

  function statedTable(view, names) {
    const { words } = view;
    const rows = names.map(name => [name, view.items("total", { total: name })]).filter(([, items]) => items.length);
    if (!rows.length) return null;
    return el("table.chart", {}, el("caption", {}, words.t("overview.held_stated")),
      el("tbody", {}, rows.flatMap(([name, items]) => items.map(item => el("tr", {}, el("th", { scope: "row" }, quote("span", item.notice.name)),
        el("td", {}, words.term("total_name", name)), el("td.number", {}, totalLink(item, words.number(item.value.base[0]))))))));
  }

  function timeline(view) {
    const rows = view.chosen.map(({ id, name, value }) => ({
      name, href: pages.address(`notice/${id}`), from: value("inspection_start"), to: value("inspection_end"),
      told: value("feedback_date"), published: value("published_on") || value("signed_on"),
    })).filter(row => row.told || row.published).sort((one, other) => (one.told || "").localeCompare(other.told || ""));
    return pages.timeline(rows, view.words) || empty(view.words);
  }
})(window.pages);
