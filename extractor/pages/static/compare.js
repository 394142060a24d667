// The view of a comparison: which body, which of its notices, and what they have in common.
"use strict";
(function (pages) {
  const { el } = pages;
  const MOST = 8; // notices beside each other
  const EVERY = "*"; // in the address: all bodies that have several notices, one after the other

  // question: { series, among }; ask(question): tell the address; find(notices): their strands, or a promise of them, null
  // where they are too many. Where `isElsewhere` says so, it finds those of any notices, else of one body's.
  pages.compare = function (root, { all, words, question, ask, find, fail }) {
    const { t } = words, counted = all.notices.filter(notice => !notice.original);
    const bodies = bodiesOf(counted), many = [...bodies].filter(([, notices]) => notices.length > 1);
    const place = el("div.compared"), choices = el("fieldset.among", {}), said = el("p.said", { role: "status" });
    if (!question.series && !question.among && many.length) question.series = many[0][0];
    let turn = 0;

    pages.put(root, el("div.list", {},
      el("header.page-head", {}, el("h1", {}, t("compare.title")), el("p.soft", {}, t("compare.note"))),
      counted.length < 2 || !many.length ? el("p.advice", {}, t("compare.no_series")) : null,
      el("form.filters", { submit: event => event.preventDefault() },
        picker("series", t(find.isElsewhere ? "compare.body" : "compare.body_or_all"), bodies.keys(), question.series === EVERY ? "" : question.series, chooseBody, name => bodies.get(name).length),
        find.isElsewhere ? picker("add", t("compare.add"), counted.map(notice => notice.name), "", add) : null),
      choices, said, place));
    draw();

    // A field that offers names as one types; what is no name is told, and changes nothing.
    function picker(name, label, names, value, taken, note = () => "") {
      const id = `compare-${name}`, known = new Map([...names].map(each => [pages.bare(each), each]));
      const input = el("input", { type: "search", name, list: id, autocomplete: "off", value: value ? pages.bare(value) : "", change: () => {
        const sought = input.value.trim();
        said.textContent = !sought || known.has(sought) ? "" : t("compare.unknown", { name: sought });
        if (!sought || known.has(sought)) taken(known.get(sought) || "", input);
      } });
      return el("label.picker", {}, el("span", {}, label), input,
        el("datalist", { id }, [...known].map(([shown, each]) => el("option", { value: shown, label: note(each) ? t("compare.many", { n: note(each) }) : null }))));
    }
    function chooseBody(series) {
      turnTo({ series: series || (find.isElsewhere ? "" : EVERY), among: "" });
    }
    function add(name, input) {
      const notice = counted.find(each => each.name === name), now = chosen();
      input.value = "";
      if (!notice || now.includes(notice)) return;
      if (now.length >= MOST) said.textContent = t("compare.most", { n: MOST }); else take([...now, notice]);
    }
    function take(notices) {
      turnTo({ among: notices.map(notice => notice.id).join(pages.AMONG) || pages.AMONG });
    }
    function turnTo(more) {
      pages.change(question, more);
      ask(question);
      draw();
    }

    // Those to choose among: the body's, and whichever were added; in the order of time.
    function offered() {
      const named = (question.among || "").split(pages.AMONG);
      return inOrder(counted.filter(notice => (question.series && notice.series === question.series) || named.includes(notice.id)));
    }
    function chosen() {
      const named = question.among?.split(pages.AMONG);
      return named ? offered().filter(notice => named.includes(notice.id)).slice(-MOST) : offered().slice(-MOST);
    }
    function draw() {
      const now = chosen();
      pages.put(choices, el("legend", {}, t("compare.choose", { n: MOST })), offered().map(notice => tick(notice, now)));
      choices.hidden = !offered().length;
      if (question.series === EVERY) pages.put(place, many.map(seriesPart)); else show(now);
    }
    function seriesPart([name, its]) {
      const notices = inOrder([...its]).slice(-MOST);
      return el("section.series-part", {}, el("h2.series-name", {}, pages.quote("span", name)), el("div.compared", {}, told(find(notices), notices)));
    }
    function told(found, notices) {
      return found ? pages.comparison(found, notices, { all, words }) : el("p.warning", {}, t("compare.too_many"));
    }
    function tick(notice, now) {
      const box = el("input", { type: "checkbox", value: notice.id, checked: now.includes(notice), change: () => {
        const ticked = [...choices.querySelectorAll("input:checked")].map(each => all.notice(each.value));
        if (ticked.length > MOST) { box.checked = false; said.textContent = t("compare.most", { n: MOST }); return; }
        said.textContent = "";
        pages.change(question, { among: ticked.map(each => each.id).join(pages.AMONG) || pages.AMONG });
        ask(question);
        show(ticked);
      } });
      return el("label.tick", {}, box, " ", el("span", {}, pages.bare(notice.series === question.series && notice.edition || notice.name)));
    }
    async function show(notices) {
      turn += 1;
      const own = turn;
      if (notices.length < 2) { pages.put(place, el("p", {}, t("compare.choose_two"))); return; }
      try {
        const found = await find(notices);
        if (own !== turn) return;
        pages.put(place, told(found, notices));
      } catch (error) { fail(error); }
    }
  };

  // Bodies and their notices: those of several first, then by name.
  function bodiesOf(notices) {
    const found = new Map();
    for (const notice of notices) if (notice.series) found.set(notice.series, [...(found.get(notice.series) || []), notice]);
    return new Map([...found].sort(([one, its], [other, others]) => (others.length > 1) - (its.length > 1) || one.localeCompare(other, "zh")));
  }

  const inOrder = notices => notices.sort((one, other) => (one.edition || "").localeCompare(other.edition || "") || one.id.localeCompare(other.id));
})(window.pages);
