// Review: the notice's page, with a form for what is chosen in it. Forms come from the service and go there by htmx; when a
// change was kept, the page is drawn anew from what the service then says.
"use strict";
(function (pages) {
  const { el } = pages;
  const FIRST = ".item-form .fields :is(input, select, textarea):not([name=start], [name=end])";
  const POLL = 15000; // milliseconds between looks at what others did
  const main = document.querySelector("main");
  const home = location.pathname;
  const lang = document.documentElement.lang.startsWith("zh") ? "zh" : "en";
  const walk = pages.reviewWalk();
  let state = null, page = null, keys = null, selected = null, leaving = () => true, byKeyboard = false, isWalking = false;
  let chosen = "", editing = false, nextAfter = "", tallest = 0, goingOn = false, answered = () => {};

  const said = el("p.said", { role: "status" });
  const bar = el("div.selection-bar", { hidden: true });
  document.body.append(bar);

  // `kind`: "good", "bad", or "" for news.
  function say(message, kind = "") {
    said.textContent = message;
    said.dataset.kind = kind;
    said.title = message;
  }

  async function load(pathNow, message = "", kind = "") {
    const answer = await fetch(`${home}/state`);
    if (!answer.ok) { tell(answer.status); return; }
    state = await answer.json();
    draw(pathNow());
    say(message, kind);
  }

  // What somebody typed outlives what others do: its form is put back where it was.
  function draw(path) {
    const words = pages.words(state, lang), form = main.querySelector(".item-form");
    let typed = main.querySelector(".item-form:is([data-changed], [data-item=''])");
    const scrolled = page && [page.textPane.scrollTop, page.readingPane.scrollTop];
    const open = path || pathOf(form ? form.dataset.item : chosen);
    leaving = () => true;
    page = pages.notice(main, state.data, {
      words, heading: heading(words), told: true, leaving: () => leaving(), chosen: toAddress, link: path => linkTo(path).href, citing: { keys: "q", said: message => say(message, "good") }, notes: printedNotes,
      doubts: checks => pages.disputes(checks.map(check => [check, state.disputes[state.data.checks.indexOf(check)]]), words, takeReading),
      more: value => { const kept = typed; typed = null; return toolsOf(value, kept); },
    });
    keys ||= pages.reviewKeys(words.t, actions);
    markNotes(page.readingPane, words.t);
    walk.show(state, page.readingPane);
    const scroll = () => { if (scrolled) [page.textPane.scrollTop, page.readingPane.scrollTop] = scrolled; };
    for (const [index, check] of main.querySelectorAll("[data-check]").entries()) check.after(...checkButtons(index, words));
    htmx.process(main);
    keepHeight(page.readingPane.querySelector(".checks"));
    scroll();
    if (open) {
      page.choose(open);
      if (!nextAfter) scroll(); // what was chosen before stays where it was
    }
    nextAfter = "";
    if (typed) page.tell(el("div.detail-head", {}, el("b", {}, words.t(`kind.${typed.dataset.kind}`)), closing()), el("div.tools", {}, typed));
    leaving = () => !changed() || confirm(words.t("review.discard"));
  }

  function checkButtons(index, words) {
    const item = state.checks[index], noted = state.notes.some(note => note.item === item);
    return [el(`button.note-on${noted ? ".has-note" : ""}`, { type: "button", "aria-label": words.t("review.note_on"), click: () => noteOnCheck(item, state.data.checks[index].message) }, words.t("review.note")), el("button.settle", {
      type: "button", "hx-post": `${home}/changes`, "hx-swap": "none", "hx-disabled-elt": "this", "hx-vals": vals({ op: "accept", item }),
    }, words.t("review.settle"))];
  }

  // What is below the checks stays where it is when one of them is dealt with.
  function keepHeight(checks) {
    tallest = Math.max(tallest, checks.offsetHeight);
    checks.style.minHeight = `${tallest}px`;
  }

  function toAddress(path) {
    chosen = pages.itemAt(state, path);
    history.replaceState(null, "", linkTo(path));
  }
  function linkTo(path) {
    const address = new URL(location.href);
    address.searchParams.set("at", path);
    return address;
  }
  function printedNotes() {
    const checked = item => state.data.checks[state.checks.indexOf(item)];
    return state.notes.map(note => ({ path: pathOf(note.item) || checked(note.item)?.path || "", said: `${words().t("review.note")} ${note.by}: ${note.words}` }));
  }

  const changed = () => main.querySelector(".item-form[data-changed]");
  const pathOf = item => item ? Object.keys(state.ids).find(path => state.ids[path] === item) : undefined;

  const vals = values => JSON.stringify({ ...values, seen: state.seen });

  function heading(words) {
    const { t } = words, open = state.checks.length, post = values => ({ type: "button", "hx-post": `${home}/changes`, "hx-swap": "none", "hx-vals": vals(values) });
    const mayFinish = !state.reviewed && open === 0;
    return el("header.notice-head", {},
      el("h1", {}, pages.quote("span", state.title)),
      el("div.review-bar", {},
        el("button", { type: "button", click: () => step(-1), "aria-keyshortcuts": "p" }, t("keys.previous")),
        el("button", { type: "button", click: () => step(1), "aria-keyshortcuts": "n" }, t("keys.next")),
        el("button.main", { ...post({ op: "finish" }), disabled: !mayFinish, title: open ? t("review.finish_open") : null }, t("review.finish")),
        el("button", { ...post({ op: "undo", change: state.undoable }), disabled: !state.undoable }, t("review.undo_last")),
        el("button.history", { type: "button", click: showHistory }, t("review.history"), ` ${state.seen}`),
        el("button", { type: "button", click: () => keys.help(), "aria-keyshortcuts": "?" }, t("keys.heading")),
        el("button.delete", { type: "button", click: remove }, t("delete.this")),
        walk.bar(state, t, filter),
        state.reviewed ? el("b", { title: state.reviewed }, state.reviewed) : el("span.open-checks", {}, t("review.open", { n: open }))),
      el("div.told-line", {}, said, el("p.soft.hint", {}, t("review.keys"))));
  }

  async function remove() {
    const notice = { id: state.data.id, title: state.title, changes: state.seen, by: state.reviewed_by };
    if (await pages.deleteNotices([notice], words().t, sentence => say(sentence, "bad"))) location.href = "/";
  }

  function filter(name) {
    if (!leaving()) { draw(); return; }
    for (const form of main.querySelectorAll(".item-form")) delete form.dataset.changed;
    walk.turn(name);
    draw();
    main.querySelector(".review-bar select").focus();
  }

  function step(by) {
    const next = by ? walk.from(state, chosen, by) : chosen;
    if (next) walkTo(pathOf(next)); else say(words().t("walk.none"));
  }

  // Choose a value without the focus going into its form: further keys are to walk on.
  function walkTo(path) {
    byKeyboard = false;
    main.focus({ preventScroll: true });
    if (path) page.choose(path);
  }

  const words = () => pages.words(state, lang);

  // Send a change, draw the page anew, and tell what became of it. `after`: the item to go on with.
  async function post(values, after = "", address = "changes") {
    const body = new URLSearchParams({ ...values, seen: state.seen });
    let answer;
    try { answer = await fetch(`${home}/${address}`, { method: "POST", body }); } catch { tell(0); return; }
    const told = JSON.parse(answer.headers.get("HX-Trigger") || "{}");
    byKeyboard = false;
    if (told.reviewed) {
      nextAfter = after;
      await load(() => pathOf(after) || pathOf(told.reviewed.item), told.reviewed.said, "good");
    } else if (answer.status === 409) await load(() => undefined, told.refused.said, "bad");
    else if (told.refused) say(told.refused.said, "bad");
    else tell(answer.status);
  }

  // Of the check that is looked at, or of one on the chosen value: the values of one reader instead of the other's.
  async function takeReading(check, reader) {
    if (!leaving()) return;
    await post({ check: state.checks[state.data.checks.indexOf(check)], reader }, "", "take");
  }
  const takeNow = async reader => {
    const at = openChecks().findIndex(each => each.getAttribute("aria-current")), differ = index => state.disputes[index]?.length;
    const found = differ(at) ? at : state.data.checks.findIndex((check, index) => differ(index) && check.at && pages.itemAt(state, check.at) === chosen);
    if (found >= 0) await takeReading(state.data.checks[found], reader); else say(words().t("walk.no_dispute"));
  };

  // The item that is shown with its form.
  const held = () => main.querySelector(".detail:not([hidden]) .tools[data-item]")?.dataset.item || "";
  const begun = () => main.querySelector(".item-form:is([data-changed], [data-item=''])");
  // What somebody typed is saved, never passed over.
  function send(form, goesOn) {
    goingOn = goesOn;
    form.querySelector("button[value=correct], button[value=add]").click();
    return new Promise(resolve => { answered = resolve; });
  }
  const openChecks = () => [...main.querySelectorAll("[data-check]")];
  const press = name => { isWalking = true; name?.click(); isWalking = false; };

  const actions = {
    next: () => step(1),
    previous: () => step(-1),
    async accept() {
      if (begun()) await send(begun(), false); else if (held()) await post({ op: "accept", item: held() }); else say(words().t("walk.choose"));
    },
    async accept_next() {
      if (begun()) { await send(begun(), true); return; }
      if (!held()) { step(chosen ? 0 : 1); return; }
      await post({ op: "accept", item: held(), alone: "1" }, walk.from(state, held(), 1, true));
    },
    edit() {
      const first = main.querySelector(FIRST);
      if (first) first.focus(); else editing = true;
    },
    cite: () => {
      const button = main.querySelector(".detail:not([hidden]) [data-cite]");
      if (button) button.click(); else say(words().t("walk.choose"));
    },
    note: () => main.querySelector(".note-form input")?.focus(),
    async undo() {
      if (state.undoable) await post({ op: "undo", change: state.undoable }); else say(words().t("walk.no_undo"));
    },
    next_check() {
      const all = openChecks(), at = all.findIndex(check => check.getAttribute("aria-current"));
      if (!all.length) { say(words().t("notice.no_checks")); return; }
      const next = all[(at + 1) % all.length];
      walkTo();
      press(next);
      next.scrollIntoView({ block: "nearest" });
    },
    async settle() {
      const all = openChecks(), at = all.findIndex(check => check.getAttribute("aria-current"));
      if (at >= 0) await post({ op: "accept", item: state.checks[at] }); else say(words().t("walk.no_check"));
    },
    take_rules: () => takeNow("rules"),
    take_model: () => takeNow("model"),
    history: () => { if (leaving()) showHistory(); },
    async finish() {
      if (state.checks.length) say(words().t("review.finish_open"), "bad"); else if (!state.reviewed) await post({ op: "finish" });
    },
    next_notice: () => { if (leaving()) location.href = `${home}/next`; },
    failed: () => tell(0),
  };

  function showHistory() {
    const list = el("div", { id: "history" });
    page.tell(el("div.detail-head", {}, el("b", {}, pages.words(state, lang).t("review.history")), closing()), list);
    htmx.ajax("GET", `${home}/history`, { target: list, swap: "innerHTML" });
  }
  const closing = () => el("button.close", { type: "button", "aria-label": pages.words(state, lang).t("notice.close"), click: () => page.close() }, "×");

  function toolsOf(value, kept) {
    const item = pages.itemAt(state, value.path) || state.ids[value.of] || "";
    if (item !== nextAfter) say("");
    bar.hidden = true;
    const node = kept && kept.dataset.item === item ? el("div.tools", {}, el("div", {}, kept)) : tools(`item?id=${encodeURIComponent(item)}`, item);
    node.dataset.item = item;
    if (item) node.append(notesOn(item));
    return node;
  }

  function tools(address, wanted) {
    const place = el("div"), focus = byKeyboard;
    if (wanted) queueMicrotask(async () => {
      await htmx.ajax("GET", `${home}/${address}`, { target: place, swap: "innerHTML" });
      const first = place.querySelector(FIRST);
      if ((focus || editing) && first) first.focus();
      editing = false;
    });
    return el("div.tools", {}, place);
  }

  // The notes on an item or a check, and a line for one more.
  function notesOn(item) {
    const { t } = words();
    const line = el("input", { name: "words", maxlength: "2000", autocomplete: "off", "aria-label": t("review.note") });
    return el("div.notes", {},
      state.notes.filter(note => note.item === item).map(note => el("p.note", {}, pages.source(`${note.by} · ${note.made}: ${note.words}`))),
      el("form.note-form", { submit: event => { event.preventDefault(); if (line.value.trim()) keepNote(item, line); } },
        el("label", {}, t("review.note"), " ", line), " ", el("button", {}, t("review.keep_note"))));
  }

  async function keepNote(item, line) {
    if (changed() && !leaving()) return;
    await post({ op: "note", item, words: line.value });
    main.focus({ preventScroll: true });
  }

  function noteOnCheck(item, message) {
    if (!leaving()) return;
    page.tell(el("div.detail-head", {}, el("b", {}, words().t("review.note")), pages.quote("span", message, { lang: null }), closing()), el("div.tools", {}, notesOn(item)));
    main.querySelector(".note-form input").focus();
  }

  function markNotes(reading, t) {
    for (const note of state.notes) {
      const path = pathOf(note.item), row = path && reading.querySelector(`[data-path="${path}"]:not([data-check], [data-unsure])`);
      if (row && !row.querySelector(".noted")) row.append(el("span.noted", { title: pages.bare(note.words) }, t("review.note")));
    }
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
    if (!selected) { say(pages.words(state, lang).t("review.select_first"), "bad"); return; }
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
  document.addEventListener("click", event => { 
    if (event.target.closest("[data-take-selection]")) takeSelection();
    if (event.target.closest("[data-accept-next]")) actions.accept_next();
  });
  document.addEventListener("keydown", event => { if (event.key === "Escape") bar.hidden = true; });
  main.addEventListener("input", event => { const form = event.target.closest(".item-form"); if (form) form.dataset.changed = ""; });
  main.addEventListener("click", event => { byKeyboard = event.detail === 0 && !isWalking; }, true);
  document.body.addEventListener("reviewed", async event => {
    const form = event.target.closest(".item-form");
    if (form) delete form.dataset.changed; // it is kept now
    const opens = form || !changed();
    byKeyboard = false;
    nextAfter = form && goingOn ? walk.from(state, form.dataset.item, 1, true) : "";
    goingOn = false;
    await load(() => opens && (pathOf(nextAfter) || pathOf(event.detail.item)), event.detail.said, "good");
    if (form) main.focus({ preventScroll: true });
    answered();
  });
  // A form comes back with the reason in it; other refusals are told above.
  document.body.addEventListener("refused", event => { say(event.target.matches(".item-form") ? "" : event.detail.said, "bad"); answered(); });
  document.body.addEventListener("htmx:configRequest", event => {
    const sent = event.detail.parameters;
    if (event.target.matches(".item-form[data-changed]") && sent.op === "accept") sent.op = "correct"; // what was typed is kept
  });
  document.body.addEventListener("htmx:sendError", () => tell(0));
  document.body.addEventListener("htmx:responseError", event => tell(event.detail.xhr.status));

  // Why nothing was kept, by the answer's status; 0: there was none.
  function tell(status) {
    const why = { 0: "not_sent", 401: "signed_out", 404: "gone" }[status] || "failed";
    say(state ? pages.words(state, lang).t(`review.${why}`) : String(status), "bad");
    goingOn = false;
    answered();
  }

  setInterval(async () => {
    if (document.hidden || !state) return;
    try {
      const answer = await fetch(`${home}/state?seen=${state.seen}`);
      if (answer.status === 200) { state = await answer.json(); draw(); say(pages.words(state, lang).t("review.others")); }
    } catch { /* asked again soon */ }
  }, POLL);

  load(() => new URLSearchParams(location.search).get("at"));
})(window.pages);
