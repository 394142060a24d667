// Notices as the service tells of them, in the shape that the report's overview and lists ask for.
"use strict";
(function (pages) {
  const { el } = pages;
  // What a filter of a page is called in the API, where that has one name for several.
  const TERM = new Set(["action", "handling", "sum", "total", "severity"]);
  const OF_TERM = { document: "action", accountability: "handling", sum: "sum", total: "total", check: "severity" };
  pages.views = {};

  // The items of a list as the API finds them. A promise: `isElsewhere` says so.
  pages.findThere = function (all, fail) {
    const find = async (kind, question, from) => {
      try {
        const found = await pages.ask(`/v1/items/${kind}?${query({ ...question, offset: String(from) })}`);
        return {
          total: found.total, items: found.items.map(item => listed(item, all)), keys: keysOf(kind, found.present),
          sums: found.sums.map(sum => ({ ...sum, left: sum.left_out })),
        };
      } catch (error) {
        fail(error);
        return new Promise(() => {});
      }
    };
    find.isElsewhere = true;
    find.downloads = (kind, question, words) => el("p.downloads", {}, el("span.soft", {}, words.t("collected.download")),
      ["xlsx", "csv", "parquet", "json"].map(ending => [" ", el("a", {
        href: `/v1/items/${kind}.${ending}`,
        click: event => { event.currentTarget.href = `/v1/items/${kind}.${ending}?${query(question)}`; },
      }, ending)]));
    return find;
  };

  function query(question) {
    const asked = new URLSearchParams();
    for (const [name, value] of Object.entries(question)) {
      if (value) asked.set(name === "sort" ? "order" : TERM.has(name) ? "term" : name, value);
    }
    return asked.toString();
  }

  function keysOf(kind, present) {
    const { term, unit, ...keys } = present;
    const units = kind === "quantity" ? ["money", "other"] : unit;
    return { ...keys, unit: units, doubt: ["unsure", "checked", "any"], ...(OF_TERM[kind] && { [OF_TERM[kind]]: term }) };
  }

  // A row of the API as an item of a list: its text is the stretch around its place.
  function listed(found, all) {
    const text = pages.text(found.around), at = found.at ? [found.at] : [];
    const inside = offset => offset - found.begin;
    const notice = Object.create(all.notice(found.notice_id) || { id: found.notice_id, name: found.notice_id });
    notice.text = {
      cut: (start, end) => text.cut(inside(start), inside(end)),
      around: (start, end, most) => text.around(inside(start), inside(end), most),
    };
    const value = { ...found.data.value, path: found.path, kind: kindOf(found), at, by: { "": found.reader } };
    return {
      notice, value, issue: found.issue_title === null ? null : { title: found.issue_title }, measures: found.data.measures,
      check: found.data.check, figure: found.reason && { sum: found.term, unit: found.unit, value: found.value, reason: found.reason },
    };
  }

  function kindOf({ kind, path }) {
    if (kind !== "check" && kind !== "sum") return kind;
    return /\.measures\[\d+\]$/.test(path) ? "measure" : /^issues\[\d+\]$/.test(path) ? "issue" : "value";
  }

  // Words in any order, with the sentences that have most of them; each leads to its place.
  pages.views.search = function (root, { words, question, ask, fail }) {
    const { t } = words, found = el("div.hits"), said = el("p.tally", { "aria-live": "polite" });
    let turn = 0, waits = null;
    const input = el("input", { type: "search", name: "q", maxlength: "200", value: question.q || "", input: event => {
      pages.change(question, { q: event.target.value.trim() });
      ask(question);
      clearTimeout(waits);
      waits = setTimeout(draw, 150);
    } });
    pages.put(root, el("div.list", {}, el("header.page-head", {}, el("h1", {}, t("collected.search"))),
      el("form.filters", { role: "search", submit: event => { event.preventDefault(); draw(); } }, el("label", {}, el("span", {}, t("collected.any_order")), input)),
      said, found));
    if (question.q) draw(); else input.focus();

    async function draw() {
      turn += 1;
      const own = turn;
      if (!question.q) { pages.put(found); pages.put(said); return; }
      try {
        const told = await pages.ask(`/v1/search?${new URLSearchParams({ q: question.q })}`);
        if (own !== turn) return;
        pages.put(said, t(told.total ? "collected.hits" : "collected.no_hits", { n: words.number(told.total), shown: words.number(told.notices.length) }));
        pages.put(found, told.notices.map(hit));
      } catch (error) { fail(error); }
    }
    function hit(notice) {
      const link = sentence => pages.address(`notice/${notice.notice_id}`, { at: sentence?.path });
      return el("article.hit", {}, el("h2", {}, el("a", { href: link() }, pages.quote("span", [notice.title, notice.edition].filter(Boolean).join(" ")))),
        notice.sentences.map(sentence => el("p", {}, el("a.item", { href: link(sentence) }, lit(sentence)))),
        notice.further ? el("p.soft", {}, t("collected.further", { n: words.number(notice.further) })) : null);
    }
  };

  // Notices of a body beside each other: { series, among }.
  pages.views.compare = function (root, known) {
    const find = async notices => (await pages.ask(`/v1/comparison?${new URLSearchParams(notices.map(notice => ["notice", notice.id]))}`)).findings;
    find.isElsewhere = true;
    pages.compare(root, { ...known, find });
  };

  // A sentence with what was sought lit in it.
  function lit(sentence) {
    const text = pages.text(sentence.words), parts = [];
    let done = 0;
    for (const [start, end] of sentence.at.map(place => place.map(offset => offset - sentence.begin))) {
      if (start < done) continue;
      parts.push(pages.source(text.cut(done, start)), pages.quote("mark.lit", text.cut(start, end)));
      done = end;
    }
    return el("span.sentence", { lang: "zh", dir: "ltr" }, parts, pages.source(text.whole.slice(text.unit(done))));
  }

  pages.noNotices = words => el("div.desk", {}, el("h1", {}, words.t("overview.title")), el("p", {}, words.t("collected.empty")),
    el("p", {}, el("a", { href: "/" }, words.t("collected.to_inbox"))));
})(window.pages);
