// Lists: the items that fit a question, each with its sentence and the way to it.
"use strict";
(function (pages) {
  const { el, quote, badge } = pages;
  const FILTERS = {
    issue: ["category", "status"], measure: ["type", "status", "category"], document: ["action", "category"],
    quantity: ["unit", "type"], accountability: ["handling", "unit"], sum: ["sum", "unit", "reason"], total: ["total"], check: ["severity"],
  };

  const JUDGED = new Set(["issue", "measure", "quantity", "accountability"]);

  // question: { genre, inspection, body, notice, q, sort, … }; ask(question): tell the address; it does not draw again.
  // find(kind, question, from): the items that fit, or a promise of them: { total, items, sums, keys: { filter: [key] } }.
  pages.list = function (root, { all, words, kind, question, ask, find = inPage(all) }) {
    const { t } = words, facets = all.facets(kind);
    const place = el("div.list-place"), said = el("p.tally", { "aria-live": "polite" });
    const many = all.notices.length > 1;
    const told = all.notices.some(notice => notice.data.values?.some(value => value.by)) || (find.isTold ?? find.isElsewhere);
    const names = filtersOf(kind, facets, { notice: many && !find.isElsewhere, reader: told });
    const selects = {};
    let asked = 0;

    // Of items elsewhere some columns alone can be sorted by.
    const sortable = column => find.sorts && !find.sorts[column.key] ? { ...column, by: null } : column;
    function change(more) {
      pages.change(question, more);
      ask(question);
      draw();
    }
    function draw() {
      const found = find(kind, question, 0);
      if (!found.then) { show(found); return; }
      asked += 1;
      const turn = asked;
      found.then(late => { if (turn === asked) show(late); }); // what was asked before is not shown after
    }
    function nothing() {
      if (!Object.keys(question).some(name => name !== "sort")) return el("p", {}, t("list.none"));
      return el("p", {}, t("list.nothing"), " ", el("a", { href: pages.address(`list/${kind}`) }, t("list.widen")));
    }
    function show(found) {
      for (const [name, keys] of Object.entries(found.keys || {})) if (selects[name]) offer(name, keys);
      pages.put(said, t("list.found", { n: words.number(found.total) }), found.sums.map(sum => el("span.sum", {}, words.t(sum.counted ? "list.sum" : "list.no_sum", {
        name: words.term("sum", sum.sum), sum: words.number(sum.value), unit: sum.unit, n: words.number(sum.counted), rest: words.number(sum.left),
      }))));
      const rest = find.isElsewhere && { total: found.total, more: async from => (await find(kind, question, from)).items };
      const sorted = sort => { ask(Object.assign(question, { sort })); if (rest) draw(); };
      pages.put(place, found.total
        ? pages.table({ name: t(`kinds.${kind}`), columns: columnsOf(kind, words, many, told).map(sortable), items: found.items, sort: question.sort, sorted, rest, words })
        : nothing());
    }

    pages.put(root, el("div.list", {},
      el("header.page-head", {}, el("h1", {}, t(`kinds.${kind}`)),
        el("nav.kinds", { "aria-label": t("list.kinds") }, all.kinds.map(other =>
          el("a", { href: pages.address(`list/${other}`, pages.pick(question, ["genre", "inspection", "body", "year", "copies", "notice", "among"])), "aria-current": other === kind && "page" }, t(`kinds.${other}`))))),
      many ? pages.noticeFilter(all, words, question, change) : null,
      question.among ? among() : null,
      el("form.filters", { submit: event => event.preventDefault() },
        el("label", {}, el("span", {}, t("filter.words")), el("input", { type: "search", name: "q", value: question.q || "", input: event => change({ q: event.target.value.trim() }) })),
        names.map(name => choice(name)),
        facets.doubt && el("label", {}, el("span", {}, t("filter.organisation")), el("input", { type: "search", name: "organisation", value: question.organisation || "", input: event => change({ organisation: event.target.value.trim() }) }))),
      find.downloads ? find.downloads(kind, question, words) : null,
      kind === "sum" ? el("p.note", {}, t("list.sum_note")) : null,
      said, place));
    draw();

    // The notices that were compared, which the list is narrowed down to until somebody asks for all.
    function among() {
      const names = question.among.split(pages.AMONG).map(id => all.notice(id)?.name).filter(Boolean);
      const line = el("p.note.only-among", {}, t("list.among", { n: words.number(names.length) }), quote("span", names.join("、")), " ",
        el("button.link", { type: "button", click: () => { line.remove(); change({ among: "" }); } }, t("list.among_all")));
      return line;
    }
    function choice(name) {
      const keys = find.isElsewhere ? [] : keysOf(name);
      selects[name] = el("select", { name, change: event => change({ [name]: event.target.value }) });
      offer(name, keys);
      return el("label", {}, el("span", {}, t(`filter.${name}`)), selects[name]);
    }
    function keysOf(name) {
      const others = Object.fromEntries(Object.entries(question).filter(([key]) => key !== name));
      return [...new Set(all.items(kind, others).flatMap(facets[name].keys))];
    }
    // Put these keys among the choices, beside those that are there.
    function offer(name, keys) {
      const facet = facets[name], select = selects[name];
      const every = new Set([...[...select.options].map(option => option.value), ...keys, question[name]].filter(Boolean));
      if (select.options.length === every.size + 1) return;
      const sorted = facet.vocabulary ? words.keys(facet.vocabulary).filter(key => every.has(key)) : [...every];
      const called = key => facet.vocabulary ? words.term(facet.vocabulary, key) : facet.name(key, words, all);
      pages.put(select, el("option", { value: "" }, t("filter.all")), sorted.map(key => el("option", { value: key, selected: key === question[name] }, called(key))));
    }
  };

  // The names of a list's filters; notices and readers are told apart only where there are several.
  function filtersOf(kind, facets, { notice, reader }) {
    const own = [notice && "notice", ...FILTERS[kind], reader && facets.reader && "reader", facets.doubt && "doubt"];
    return own.filter(Boolean);
  }

  pages.pick = (question, keys) => Object.fromEntries(keys.filter(key => question[key]).map(key => [key, question[key]]));

  // Finds in the data of the page.
  function inPage(all) {
    return (kind, question) => {
      const items = all.items(kind, question).filter(pages.hasWords({ q: question.q }));
      return { total: items.length, items, sums: kind === "sum" ? pages.sumsOf(items) : [] };
    };
  }

  // Whether an item has the words, and the body, that a question asks for.
  pages.hasWords = function ({ q, organisation }) {
    const sought = (q || "").toLowerCase().split(/\s+/).filter(Boolean);
    return item => {
      const words = sought.length ? wordsOf(item).toLowerCase() : "";
      return sought.every(word => words.includes(word)) && (!organisation || pages.bodiesOf(item).some(body => body.includes(organisation)));
    };
  };

  // What a search for words looks through: the item's own sentence.
  function wordsOf({ notice, value, check }) {
    if (check) return check.message;
    const around = value.at.length ? notice.text.around(value.at[0][0], value.at[0][1], 1000) : { before: "", words: String(value.value), after: "" };
    return [around.before, around.words, around.after, value.title || "", value.heading || ""].join("");
  }

  // Each sum in each unit, and how many figures it leaves out; there is no sum across.
  pages.sumsOf = function (items) {
    const sums = new Map();
    for (const item of items) {
      const key = `${item.figure.sum}\n${item.figure.unit}`;
      sums.set(key, [...(sums.get(key) || []), item]);
    }
    return [...sums].map(([key, found]) => {
      const [sum, unit] = key.split("\n"), counted = found.filter(pages.counts);
      return { sum, unit, value: pages.sumOf(found), counted: counted.length, left: found.length - counted.length };
    });
  };

  function columnsOf(kind, words, many, told) {
    const { t, term } = words;
    const column = (key, cell, by, more) => ({ key, name: t(`column.${key}`), cell, by, ...more });
    const link = (item, ...children) => el("a.item", { href: pages.address(`notice/${item.notice.id}`, { at: item.value?.path }) }, children);
    const sentence = item => link(item, item.value.at.length ? pages.sentence(item.value, item.notice.text) : t("notice.no_place"));
    const status = (key, vocabulary) => column(key, item => badge(`status-${item.value.status}`, term(vocabulary, item.value.status)), item => item.value.status);
    const sentenceAt = item => item.value?.at.length ? Object.values(item.notice.text.around(...item.value.at[0])).join("") : "";
    const wordsAt = item => item.value?.at.length ? item.notice.text.cut(...item.value.at[0]) : "";
    const issue = column("issue", item => item.issue?.title ? quote("span.within", pages.beginning(item.issue.title, 40)) : "", item => item.issue?.title || "");
    const number = column("value", item => quote("span.printed", pages.printed(item.value, item.notice.text)), item => item.value.base?.[0], { number: true });
    const own = {
      issue: () => [
        column("finding", item => link(item, item.value.label && quote("span.label", item.value.label), quote("span", item.value.title)), item => item.value.title),
        column("category", item => term("category", item.value.category), item => item.value.category), status("issue_status", "issue_status"),
        column("measures", item => words.number(measuresOf(item)), measuresOf, { number: true }),
      ],
      measure: () => [
        column("measure", sentence, wordsAt), issue,
        column("types", item => item.value.types.map(type => badge("type", term("measure_type", type))), item => item.value.types[0]), status("status", "measure_status"),
      ],
      document: () => [
        column("document", item => quote("b", item.value.title), item => item.value.title),
        column("action", item => term("document_action", item.value.action), item => item.value.action), column("sentence", sentence, sentenceAt),
      ],
      quantity: () => [
        number, column("in_full", item => pages.inFull(item.value, words) || "", item => item.value.base?.[0], { number: true }),
        column("subject", item => item.value.subject ? quote("span", item.value.subject) : "", item => item.value.subject), column("sentence", sentence, sentenceAt),
      ],
      accountability: () => [
        column("handling", item => term("accountability_action", item.value.action), item => item.value.action), number, column("sentence", sentence, sentenceAt), issue,
      ],
      sum: () => [
        column("sum", item => term("sum", item.figure.sum), item => item.figure.sum), number,
        column("in_full", item => `${words.number(item.figure.value)} ${item.figure.unit}`, item => item.figure.value, { number: true }),
        column("reason", item => badge(pages.counts(item) ? "counted" : "left", term("sum_reason", item.figure.reason)), item => (pages.counts(item) ? "" : item.figure.reason)),
        column("sentence", sentence, sentenceAt), issue,
      ],
      total: () => [column("name", item => term("total_name", item.value.name), item => item.value.name), number, column("sentence", sentence, sentenceAt)],
      check: () => [
        column("severity", item => badge(`severity-${item.check.severity}`, term("severity", item.check.severity)), item => ["error", "warning", "info"].indexOf(item.check.severity)),
        column("message", item => link(item, pages.source(item.check.message)), item => item.check.message),
        column("sentence", item => item.value?.at.length ? pages.sentence(item.value, item.notice.text) : "", sentenceAt),
      ],
    }[kind]();
    const sure = item => pages.confidenceOf(item.value);
    return [
      ...own,
      JUDGED.has(kind) && column("confidence", item => words.share(sure(item)), item => sure(item) ?? 1, { number: true }),
      told && kind !== "check" && column("reader", item => pages.readerMark(pages.readerOf(item.value), words), item => pages.readerOf(item.value)),
      many && column("notice", item => quote("span", item.notice.name), item => item.notice.name),
    ].filter(Boolean);
  }

  const measuresOf = item => item.measures ?? item.notice.items("measure").filter(other => other.issue === item.value).length;
})(window.pages);
