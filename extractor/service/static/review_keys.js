// Review by keys, one letter each. They rest while somebody types, and whoever does not want them turns them off.
"use strict";
(function (pages) {
  const { el } = pages;
  const OFF = "review-keys-off";
  const SHOWN = [
    ["n", "next"], ["p", "previous"], ["y", "accept_next"], ["a", "accept"], ["e", "edit"], ["m", "note"], ["u", "undo"],
    ["c", "next_check"], ["x", "settle"], ["1", "take_rules"], ["2", "take_model"],
    ["q", "cite"], ["h", "history"], ["f", "finish"], ["]", "next_notice"], ["?", "help"],
  ];

  // `actions` has a function by each name; they run one after the other, so that quick presses are not lost.
  // Gives help(), which shows the keys.
  pages.reviewKeys = function (t, actions) {
    const named = new Map(SHOWN);
    const dialog = helpOf(t);
    let last = Promise.resolve();
    document.body.append(dialog);
    document.addEventListener("keydown", event => {
      const name = named.get(event.key === "？" ? "?" : event.key.toLowerCase());
      if (!name || !isForUs(event) || (name !== "help" && localStorage.getItem(OFF))) return;
      event.preventDefault();
      if (name === "help") { help(); return; }
      if (!event.repeat) last = last.then(actions[name]).catch(() => actions.failed());
    });
    function help() { if (!dialog.open) dialog.showModal(); }
    return { help };
  };

  function isForUs(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || event.isComposing || document.querySelector("dialog[open]")) return false;
    const at = event.target;
    return !at.matches?.("textarea, select, [contenteditable]") && !(at.matches?.("input") && !["checkbox", "radio", "button"].includes(at.type));
  }

  function helpOf(t) {
    const turned = el("input", { type: "checkbox", change: () => {
      if (turned.checked) localStorage.removeItem(OFF); else localStorage.setItem(OFF, "1");
    } });
    turned.checked = !localStorage.getItem(OFF);
    const dialog = el("dialog.keys", { "aria-labelledby": "keys-heading" },
      el("h2", { id: "keys-heading" }, t("keys.heading")),
      el("dl", {}, SHOWN.map(([key, name]) => el("div", {}, el("dt", {}, el("kbd", {}, key)), el("dd", {}, t(`keys.${name}`)))),
        el("div", {}, el("dt", {}, el("kbd", {}, "Esc")), el("dd", {}, t("keys.escape")))),
      el("p", {}, el("label", {}, turned, " ", t("keys.on"))),
      el("button", { type: "button", click: () => dialog.close() }, t("notice.close")));
    return dialog;
  }
})(window.pages);
