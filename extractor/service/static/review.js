// Review: the notice's page, with a form for what is chosen in it. Forms come from the service and go there by htmx; when a
// change was kept, the page is drawn anew from what the service then says.
"use strict";
(function (pages) {
  const { el } = pages;
  const POLL = 15000; // milliseconds between looks at what others did
  const main = document.querySelector("main");
  const home = location.pathname;
  const lang = document.documentElement.lang.startsWith("zh") ? "zh" : "en";
  let state = null, page = null, selected = null;

  const said = el("p.said", { role: "status" });
  const bar = el("div.selection-bar", { hidden: true });
  document.body.append(bar);

  async function load(path, message = "") {
    const answer = await fetch(`${home}/state`);
    if (!answer.ok) { said.textContent = answer.statusText; return; }
    state = await answer.json();
    draw(path);
    said.textContent = message;
  }

  function draw(path) {
    const words = pages.words(state, lang);
    const scrolled = page && [page.textPane.scrollTop, page.readingPane.scrollTop, scrollY];
    page = pages.notice(main, state.data, { words, heading: heading(words), more: value => tools(`item?id=${encodeURIComponent(idOf(value))}`, idOf(value)) });
    main.querySelectorAll("[data-check]").forEach((check, index) => check.after(el("button.settle", {
      type: "button", "hx-post": `${home}/changes`, "hx-swap": "none", "hx-vals": vals({ op: "accept", item: state.checks[index] }),
    }, words.t("review.settle"))));
    htmx.process(main);
    if (scrolled) { [page.textPane.scrollTop, page.readingPane.scrollTop] = scrolled; scrollTo(0, scrolled[2]); }
    if (path) page.choose(path);
  }

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

  function tools(address, wanted) {
    const node = el("div.tools");
    if (wanted) queueMicrotask(() => htmx.ajax("GET", `${home}/${address}`, { target: node, swap: "innerHTML" }));
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
    const add = (kind, more = "") => { bar.hidden = true; page.tell(el("div.detail-head", {}, el("b", {}, t(`kind.${kind}`)), closing()), tools(`new?kind=${kind}&start=${selected.start}&end=${selected.end}${more}`, kind)); };
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
    bar.hidden = true;
  }

  document.addEventListener("selectionchange", () => { clearTimeout(noticeSelection.soon); noticeSelection.soon = setTimeout(noticeSelection, 120); });
  document.addEventListener("click", event => { if (event.target.closest("[data-take-selection]")) takeSelection(); });
  document.addEventListener("keydown", event => { if (event.key === "Escape") bar.hidden = true; });
  main.addEventListener("input", event => { const form = event.target.closest(".item-form"); if (form) form.dataset.changed = ""; });
  document.body.addEventListener("reviewed", event => load(event.detail.path, event.detail.said));
  document.body.addEventListener("refused", event => { said.textContent = event.detail.said; });
  for (const name of ["htmx:sendError", "htmx:timeout"]) {
    document.body.addEventListener(name, () => { said.textContent = pages.words(state, lang).t("review.not_sent"); });
  }

  // What others did is shown, unless it would take away what is being typed.
  setInterval(async () => {
    if (document.hidden || !state || main.querySelector(".item-form[data-changed]")) return;
    try {
      const answer = await fetch(`${home}/state?seen=${state.seen}`);
      if (answer.status === 200) { state = await answer.json(); draw(); said.textContent = pages.words(state, lang).t("review.others"); }
    } catch { /* asked again soon */ }
  }, POLL);

  load(new URLSearchParams(location.search).get("at"));
})(window.pages);
