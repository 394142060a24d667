// Walking through a notice by keys: checks one after the other, values by arrows within a measure.
"use strict";
(function (pages) {
  // Buttons with data-step walk the queue; whatever check is clicked becomes its place.
  pages.checkQueue = function (reading, choose) {
    const checks = [...reading.querySelectorAll("[data-check]")], position = reading.querySelector(".position");
    let current = -1;
    function turn(to) {
      current = to;
      checks.forEach((check, index) => {
        if (index === to) check.setAttribute("aria-current", "true"); else check.removeAttribute("aria-current");
      });
      if (position) position.textContent = `${to + 1} / ${checks.length}`;
    }
    reading.addEventListener("click", event => {
      const step = event.target.closest("[data-step]"), check = event.target.closest("[data-check]");
      if (check) turn(checks.indexOf(check));
      if (!step) return;
      turn((Math.max(current, step.dataset.step < 0 ? 0 : -1) + Number(step.dataset.step) + checks.length) % checks.length);
      checks[current].scrollIntoView({ block: "nearest" });
      if (checks[current].dataset.path) choose(checks[current].dataset.path, { from: "checks" });
    });
  };

  // One stop of the Tab key a measure; arrows go on within and beyond it.
  pages.toolbars = function (reading) {
    for (const bar of reading.querySelectorAll("[role=toolbar]")) {
      bar.querySelectorAll("button").forEach((button, index) => { button.tabIndex = index ? -1 : 0; });
    }
    reading.addEventListener("focusin", event => {
      const bar = event.target.closest("[role=toolbar]");
      if (bar) bar.querySelectorAll("button").forEach(button => { button.tabIndex = button === event.target ? 0 : -1; });
    });
    reading.addEventListener("keydown", event => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (!step || !event.target.closest("[role=toolbar]")) return;
      const all = [...reading.querySelectorAll("[role=toolbar] button")].filter(button => button.getClientRects().length);
      const next = all[all.indexOf(event.target) + step];
      if (next) { next.focus(); event.preventDefault(); }
    });
  };
})(window.pages);
