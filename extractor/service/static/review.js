// Review: the notice's page, with a form for what is chosen in it. Forms come from the service and go there by htmx; when a
// change was kept, the page is drawn anew from what the service then says.
"use strict";
(function (pages) {
  const { el } = pages;
  const POLL = 15000; // milliseconds between looks at what others did
  const main = document.querySelector("main");
  const home = location.pathname;
  const lang = document.documentElement.lang.startsWith("zh") ? "zh" : "en";
  let state = null, page = null, selected = null, leaving = () => true, byKeyboard = false;

  const said = el("p.said", { role: "status" });
  const bar = el("div.selection-bar", { hidden: true });
  document.body.append(bar);

  async function load(pathNow, message = "") {
    const answer = await fetch(`${home}/state`);
    if (!answer.ok) { tell(answer.status); return; }
    state = await answer.json();
    draw(pathNow());
    said.textContent = message;
  }

  // What somebody typed outlives what others do: its form is put back where it was.
  function draw(path) {
    const words = pages.words(state, lang), form = main.querySelector(".item-form");
    let typed = main.querySelector(".item-form:is([data-changed], [data-item=''])");
    const scrolled = page && [page.textPane.scrollTop, page.readingPane.scrollTop, scrollY];
    const open = path || (form && pathOf(form.dataset.item));
    leaving = () => true;
    page = pages.notice(main, state.data, { words, heading: heading(words), leaving: () => leaving(), more: value => { const kept = typed; typed = null; return toolsOf(value, kept); } });
    for (const [index, check] of main.querySelectorAll("[data-check]").entries()) {
      check.after(el("button.settle", {
        type: "button", "hx-post": `${home}/changes`, "hx-swap": "none", "hx-disabled-elt": "this", "hx-vals": vals({ op: "accept", item: state.checks[index] }),
      }, words.t("review.settle")));
    }
    htmx.process(main);
    if (open) page.choose(open);
    if (typed) page.tell(el("div.detail-head", {}, el("b", {}, words.t(`kind.${typed.dataset.kind}`)), closing()), el("div.tools", {}, typed));
    if (scrolled) { [page.textPane.scrollTop, page.readingPane.scrollTop] = scrolled; scrollTo(0, scrolled[2]); }
    leaving = () => !changed() || confirm(words.t("review.discard"));
    measureTop();
  }

  const changed = () => main.querySelector(".item-form[data-changed]");
  const pathOf = item => Object.keys(state.ids).find(path => state.ids[path] === item);

  const vals = values => JSON.stringify({ ...values, seen: state.seen });
  // A title or a topic is part of the issue or measure that it names.
  const idOf = value => state.ids[value.path] || state.ids[value.of] || "";

  function heading(words) {
    const { t } = words;
    const open = state.checks.length;
    return el("header.notice-head", {},
      el("h1", {}, pages.quote("span", state.title)),
      el("div.review-bar", {},
        state.reviewed ? el("b", {}, state.reviewed) : el("span", {}, t("review.open", { n: open })),
        state.reviewed ? null : el("button.main", { type: "button", disabled: open > 0, title: open ? t("review.finish_open") : null, "hx-post": `${home}/changes`, "hx-swap": "none", "hx-vals": vals({ op: "finish" }) }, t("review.finish")),
        el("button", { type: "button", disabled: !state.undoable, "hx-post": `${home}/changes`, "hx-swap": "none", "hx-vals": vals({ op: "undo", change: state.undoable }) }, t("review.undo_last")),
        el("button", { type: "button", click: showHistory }, t("review.history"), ` ${state.seen}`)),
      said, el("p.soft.hint", {}, t("review.keys")));
  }

  function showHistory() {
    const list = el("div", { id: "history" });
    page.tell(el("div.detail-head", {}, el("b", {}, pages.words(state, lang).t("review.history")), closing()), list);
    htmx.ajax("GET", `${home}/history`, { target: list, swap: "innerHTML" });
  }
  const closing = () => el("button.close", { type: "button", "aria-label": pages.words(state, lang).t("notice.close"), click: () => page.close() }, "×");

  function toolsOf(value, kept) {
    const item = idOf(value);
    said.textContent = "";
    bar.hidden = true;
    return kept && kept.dataset.item === item ? el("div.tools", {}, kept) : tools(`item?id=${encodeURIComponent(item)}`, item);
  }

  function tools(address, wanted) {
    const node = el("div.tools"), focus = byKeyboard;
    if (wanted) queueMicrotask(async () => {
      await htmx.ajax("GET", `${home}/${address}`, { target: node, swap: "innerHTML" });
      const first = node.querySelector(".fields :is(input, select, textarea)");
      if (focus && first) first.focus();
    });
    return node;
  }

  // Words selected in the text can become a value, or the place of the one whose form is open.
  function noticeSelection() {
    const found = getSelection();
    if (bar.contains(document.activeElement)) return;
    const range = found.rangeCount && !found.isCollapsed ? found.getRangeAt(0) : null;
    const ends = range && page ? page.offsets(range) : null;
    if (!ends) { bar.hidden = true; if (range) selected = null; return; }
    const text = pages.text(state.data.text), words = text.cut(...ends);
    const start = ends[0] + [...words].length - [...words.trimStart()].length;
    const end = ends[1] - [...words].length + [...words.trimEnd()].length;
    if (start >= end) { bar.hidden = true; return; }
    selected = { start, end, words: text.cut(start, end) };
    showBar(range.getBoundingClientRect());
  }

  function showBar(place) {
    const words = pages.words(state, lang), { t } = words;
    const add = (kind, more = "") => { if (!leaving()) return; unselect(); page.tell(el("div.detail-head", {}, el("b", {}, t(`kind.${kind}`)), closing()), tools(`new?kind=${kind}&start=${selected.start}&end=${selected.end}${more}`, kind)); };
    const form = main.querySelector(".item-form");
    const fields = el("select", { "aria-label": t("review.set_field"), change: event => add("field", `&field=${encodeURIComponent(event.target.value)}`) },
      el("option", { value: "" }, t("review.choose_field")), state.fields.map(name => el("option", { value: name }, t(`field.${name}`))));
    pages.put(bar,
      form ? el("button.main", { type: "button", "data-take-selection": true }, t("review.take_selection")) : null,
      el("span", {}, t("review.add_as")), state.kinds.map(kind => el("button", { type: "button", "data-add": kind, click: () => add(kind) }, t(`kind.${kind}`))),
      el("label", {}, t("review.set_field"), fields));
    bar.hidden = false;
    bar.style.left = `${Math.max(8, Math.min(place.left, innerWidth - bar.offsetWidth - 8))}px`;
    bar.style.top = `${Math.min(place.bottom + 6, innerHeight - bar.offsetHeight - 8)}px`;
  }

  function takeSelection() {
    const form = main.querySelector(".item-form");
    if (!form) return;
    if (!selected) { said.textContent = pages.words(state, lang).t("review.select_first"); return; }
    form.elements.start.value = selected.start;
    form.elements.end.value = selected.end;
    pages.put(form.querySelector(".words"), pages.source(selected.words));
    if (["organization", "field"].includes(form.dataset.kind)) form.elements.value.value = selected.words;
    form.dataset.changed = "";
    unselect();
  }

  function unselect() {
    bar.hidden = true;
    getSelection().removeAllRanges();
  }

  document.addEventListener("selectionchange", () => { clearTimeout(noticeSelection.soon); noticeSelection.soon = setTimeout(noticeSelection, 120); });
  document.addEventListener("click", event => { if (event.target.closest("[data-take-selection]")) takeSelection(); });
  document.addEventListener("keydown", event => { if (event.key === "Escape") bar.hidden = true; });
  main.addEventListener("input", event => { const form = event.target.closest(".item-form"); if (form) form.dataset.changed = ""; });
  main.addEventListener("click", event => { byKeyboard = event.detail === 0; }, true);
  document.body.addEventListener("reviewed", event => {
    const form = event.target.closest(".item-form");
    if (form) delete form.dataset.changed; // it is kept now
    const opens = form || !changed();
    load(() => opens && pathOf(event.detail.item), event.detail.said);
    if (form) main.focus({ preventScroll: true });
  });
  document.body.addEventListener("refused", event => { said.textContent = event.detail.said; });
  document.body.addEventListener("htmx:sendError", () => tell(0));
  document.body.addEventListener("htmx:responseError", event => tell(event.detail.xhr.status));

  // Why nothing was kept, by the answer's status; 0: there was none.
  function tell(status) {
    const why = { 0: "not_sent", 401: "signed_out", 404: "gone" }[status] || "failed";
    said.textContent = state ? pages.words(state, lang).t(`review.${why}`) : String(status);
  }

  function measureTop() {
    document.documentElement.style.setProperty("--top", `${document.querySelector("header.top").offsetHeight}px`);
  }
  addEventListener("resize", measureTop);

  setInterval(async () => {
    if (document.hidden || !state) return;
    try {
      const answer = await fetch(`${home}/state?seen=${state.seen}`);
      if (answer.status === 200) { state = await answer.json(); draw(); said.textContent = pages.words(state, lang).t("review.others"); }
    } catch { /* asked again soon */ }
  }, POLL);

  load(() => new URLSearchParams(location.search).get("at"));
})(window.pages);
