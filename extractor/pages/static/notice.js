// A notice: its text beside what was read from it. Hovering, focusing or choosing a value lights its words, and the other
// way round. `data` is what extractor/pages/notice_page.py gives.
"use strict";
(function (pages) {
  const { el, quote } = pages;
  const DWELL = 220; // milliseconds over a value before the other side follows
  const WIDE = new Set(["issue", "measure"]); // values of many sentences, which are lit more softly
  const UNREAD = new Set(["remainder", "digits"]); // places that nobody read a value at

  // options: words; heading: nodes above the panes; chosen(path): told whenever a value is chosen; more(value): nodes
  // below its name; doubts(checks): a node about the checks on it; link(path): the address of a value, for citations;
  // citing: { keys, said } of their button; notes(): what people wrote, for print; told: readers are named even where the rules read all; leaving(): false keeps the value that is chosen.
  // Returns choose(path), which lights a value on both sides and brings it into view; offsets(range), where a range of the
  // page lies in the text; tell(nodes), which shows these in a value's place.
  pages.notice = function (root, data, options) {
    const { words } = options, { t } = words;
    const text = pages.text(data.text);
    const byPath = new Map(data.values.map(value => [value.path, value]));
    const left = pages.noticeText(text, data.values);
    const reading = pages.noticeReading(data, text, words, options.told);
    const textPane = el("section.pane.text-pane", { tabindex: "0", "aria-label": t("notice.text_keys") },
      pages.textLegend(data.values, words), left.node);
    const readingPane = el("section.pane.reading-pane", { "aria-label": t("notice.reading") }, reading);
    const detail = el("aside.detail", { "aria-label": t("notice.detail"), "aria-live": "polite", hidden: true });
    const switches = ["reading", "text"].map(side => el("button", {
      type: "button", "data-side": side, "aria-pressed": String(side === "reading"), click: () => turnTo(side),
    }, t(side === "text" ? "notice.text" : "notice.reading")));
    const frame = el("div.notice", { "data-side": "reading" }, options.heading,
      el("div.switch", { role: "group", "aria-label": t("notice.sides") }, switches),
      el("div.panes", {}, textPane, readingPane), detail);
    pages.put(root, frame);
    pages.forPrint(frame, () => pages.onPaper(data, text, words, options.notes?.()));

    const rows = path => [...reading.querySelectorAll(`[data-path="${path}"]`)];
    // Where a value is shown: by a button of its own, else (a title, a topic) by that of the issue or measure it names.
    const home = value => [value.path, value.of].flatMap(rows).find(row => !("check" in row.dataset || "unsure" in row.dataset));
    let chosen = null, hovered = [], dwelling = 0;

    function mark(value, name, on) {
      left.light(value, WIDE.has(value.kind) ? `${name}-wide` : name, on);
      for (const row of new Set([...rows(value.path), home(value)])) row?.classList.toggle(name, on);
    }

    function hover(values, follow) {
      clearTimeout(dwelling);
      for (const value of hovered) mark(value, "lit", false);
      hovered = values;
      for (const value of hovered) mark(value, "lit", true);
      if (hovered.length && follow) dwelling = setTimeout(() => follow(hovered[0]), DWELL);
    }

    const followInText = value => reveal(left.nodeOf(value), textPane);
    const followInReading = value => reveal(home(value), readingPane);

    function choose(path, { from = null } = {}) {
      const value = byPath.get(path);
      if (!value || !leaving()) return;
      hover([]);
      unchoose();
      chosen = value;
      mark(value, "chosen", true);
      home(value)?.dispatchEvent(new CustomEvent("pages:show", { bubbles: true }));
      tell(value); // before the panes scroll, since it takes some of their height
      if (from !== "text") followInText(value);
      if (from !== "reading") followInReading(value);
      options.chosen?.(path);
    }

    function turnTo(side) {
      frame.dataset.side = side;
      for (const button of switches) button.setAttribute("aria-pressed", String(button.dataset.side === side));
      if (chosen) (side === "text" ? followInText : followInReading)(chosen);
    }

    // What is known of the chosen value, its sentence where the text is not beside it, and what else stands there.
    function tell(value) {
      const node = left.nodeOf(value);
      const others = node ? left.at(node).filter(other => other !== value && sameFirstPlace(other, value)) : [];
      const doubts = data.checks.filter(check => check.at === value.path || check.path === value.path
        || (value.kind === "digits" && check.code === "digits_unread" && check.path === value.of));
      show(
        el("div.detail-head", {},
          el("b", {}, pages.nameOf(value, words)), quote("span.printed", pages.beginning(pages.printed(value, text), 60)),
          note(value), inFull(value), readers(value),
          el("button.close", { type: "button", "aria-label": t("notice.close"), click: close }, "×")),
        options.doubts?.(doubts),
        options.more?.(value),
        ...pages.pageLines(data.lines, value, words), pages.cellNames(data.cells, value, words),
        value.at.length ? el("p.detail-sentence", {}, pages.sentence(value, text)) : el("p.soft", {}, t("notice.no_place")),
        el("p.cite", {}, pages.citeButton(() => pages.citation(value, { data, text, words, link: options.link(value.path) }), words, options.citing)),
        ...doubts.map(check => el("p.doubt", {}, pages.badge(`severity-${check.severity}`, words.term("severity", check.severity)), " ", pages.source(check.message))),
        others.length ? el("p.others", {}, t("notice.also_here"), others.map(other =>
          el("button.link", { type: "button", "data-path": other.path, click: () => choose(other.path) },
            pages.nameOf(other, words), noteWords(other)))) : null,
        el("p.detail-switch", {}, ["reading", "text"].map(side =>
          el(`button.to-${side}`, { type: "button", click: () => turnTo(side) }, t(`notice.to_${side}`)))));
    }

    function show(...nodes) {
      detail.hidden = false;
      pages.put(detail, ...nodes);
    }

    const note = value => {
      const found = pages.noteOf(value, words);
      return found && (found.quoted ? quote("span.soft", found.quoted) : el("span.soft", {}, found.said));
    };
    const noteWords = value => { const found = pages.noteOf(value, words); return found ? ` ${pages.bare(found.quoted || found.said)}` : ""; };
    const inFull = value => { const full = pages.inFull(value, words); return full && el("span.soft", {}, `= ${full}`); };
    function readers(value) {
      if (UNREAD.has(value.kind)) return null;
      const parts = Object.entries(value.by || {});
      const told = parts.length ? parts.map(([part, reader]) =>
        part ? t("notice.part_read_by", { part: t(part === "text" ? "part.text" : `part.${value.kind}.${part}`), reader: words.term("reader", reader) })
          : t("notice.value_read_by", { reader: words.term("reader", reader) }))
        : [t("notice.value_read_by", { reader: words.term("reader", "rules") })];
      const sure = Object.entries(value.confidence || {}).map(([part, share]) => t(part ? "notice.part_sure" : "notice.sure", {
        part: part && t(`part.${value.kind}.${part}`), share: words.share(share) }));
      return el("span.soft.readers", {}, [...told, ...sure].join(" · "));
    }

    const leaving = () => !options.leaving || options.leaving();

    function unchoose() {
      if (chosen) mark(chosen, "chosen", false);
      chosen = null;
    }

    function close() {
      if (!leaving()) return;
      const row = chosen && home(chosen);
      unchoose();
      detail.hidden = true;
      if (row) row.focus({ preventScroll: true });
    }

    pages.checkQueue(reading, choose);
    pages.toolbars(reading);
    reading.addEventListener("click", event => {
      const row = event.target.closest("[data-path]");
      if (row) choose(row.dataset.path, { from: "reading" });
    });
    for (const [name, follow] of [["pointerover", followInText], ["focusin", null]]) {
      reading.addEventListener(name, event => {
        if (event.pointerType && event.pointerType !== "mouse") return;
        const row = event.target.closest("[data-path]"), value = row && byPath.get(row.dataset.path);
        hover(value ? [value] : [], follow || followInText);
      });
    }
    textPane.addEventListener("pointerover", event => {
      if (event.pointerType !== "mouse") return;
      const [value] = left.at(event.target);
      hover(value ? [value] : [], followInReading);
    });
    for (const pane of [textPane, reading]) pane.addEventListener("pointerleave", () => hover([]));
    reading.addEventListener("focusout", () => hover([]));
    textPane.addEventListener("click", event => {
      const [value] = left.at(event.target);
      if (value && getSelection().isCollapsed) choose(value.path, { from: "text" });
    });
    textPane.addEventListener("keydown", event => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
      if (step) chooseNeighbour(step, event);
      else if (event.key === "Enter" && chosen) goToReading(home(chosen));
    });
    function chooseNeighbour(step, event) {
      const value = left.neighbour(chosen, step);
      if (!value) return;
      choose(value.path);
      event.preventDefault();
    }
    function goToReading(row) {
      if (!row) return;
      turnTo("reading");
      row.focus();
    }
    frame.addEventListener("keydown", event => { if (event.key === "Escape" && chosen) close(); });
    return { choose, offsets: left.offsets, tell: (...nodes) => { unchoose(); show(...nodes); }, close, textPane, readingPane };
  };

  const sameFirstPlace = (one, other) => one.at[0][0] === other.at[0][0] && one.at[0][1] === other.at[0][1];

  // Bring a node into the middle of its pane where it is out of sight; on a narrow page the window scrolls instead.
  function reveal(node, pane) {
    if (!node || !pane.getClientRects().length) return;
    if (pane.scrollHeight <= pane.clientHeight || getComputedStyle(pane).overflowY === "visible") {
      node.scrollIntoView({ block: "center" });
      return;
    }
    const at = node.getBoundingClientRect(), frame = pane.getBoundingClientRect(), margin = 24;
    if (at.top >= frame.top + margin && at.bottom <= frame.bottom - margin) return;
    pane.scrollTop += at.top - frame.top - frame.height / 3;
  }
})(window.pages);
