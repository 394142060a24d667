// The walk through a notice under review: which items a filter chooses, in which order, and what comes after one.
"use strict";
(function (pages) {
  const { el } = pages;

  // A filter gives the ids of its items, from the page's state.
  const FILTERS = {
    all: state => state.walk,
    unseen: state => state.unseen,
    unsure: state => idsOf(state, state.data.unsure),
    checks: state => idsOf(state, state.data.checks.map(check => check.at)),
    noted: state => state.walk.filter(id => state.notes.some(note => note.item === id)),
  };
  const idsOf = (state, paths) => [...new Set(paths.map(path => path && pages.itemAt(state, path)).filter(Boolean))];

  // The item at a path, or the one that holds it: a title or a topic is part of the issue or measure that it names.
  pages.itemAt = function (state, path) {
    for (let at = path; at; at = at.slice(0, Math.max(at.lastIndexOf("."), 0))) if (state.ids[at]) return state.ids[at];
    return "";
  };

  // `order` is what the filter chose last: what was accepted since has left it, but still says what comes next.
  pages.reviewWalk = function () {
    let name = "all", order = [];
    const found = state => FILTERS[name](state);
    return {
      get name() { return name; },
      turn(to) { name = to; order = []; },
      // The next item behind `id`, or before it; the first where there is none; "" for no item.
      from(state, id, step, unseenOnly = false) {
        const now = found(state).filter(each => !unseenOnly || state.unseen.includes(each) || name === "checks");
        const known = name === "all" || name === "unseen" ? state.walk : order.includes(id) ? order : found(state);
        order = known;
        const left = new Set(now), all = step > 0 ? known : [...known].reverse(), at = all.indexOf(id);
        return all.slice(at + 1).find(each => left.has(each)) || now.find(each => each !== id) || "";
      },
      bar(state, t, changed) {
        const choice = el("select", { "aria-label": t("walk.filter"), change: event => changed(event.target.value) },
          Object.keys(FILTERS).map(key => el("option", { value: key, selected: key === name }, t(`walk.${key}`, { n: FILTERS[key](state).length }))));
        const seen = state.walk.length - state.unseen.length;
        return [choice, el("span.progress", {},
          el("progress", { max: Math.max(state.walk.length, 1), value: seen, "aria-label": t("walk.progress") }), " ",
          t("walk.seen", { n: seen, all: state.walk.length }))];
      },
      // Leave only what the filter chose, with the issue and the measure that hold it.
      show(state, reading) {
        if (name === "all") return;
        const kept = withHolders(state, new Set(found(state)));
        for (const button of reading.querySelectorAll(".value[data-path], .issue-list .open[data-path]")) {
          boxOf(button)?.classList.toggle("passed", !kept.has(button.dataset.path));
        }
        for (const row of reading.querySelectorAll(".row")) row.classList.toggle("passed", !row.querySelector(".value:not(.passed)"));
      },
    };
  };

  // The paths of the chosen items and of all that hold them.
  function withHolders(state, chosen) {
    const kept = new Set();
    for (const [path, id] of Object.entries(state.ids)) {
      if (!chosen.has(id)) continue;
      for (let at = path; at; at = at.slice(0, Math.max(at.lastIndexOf("."), 0))) kept.add(at);
    }
    return kept;
  }

  // What is hidden with a value's button; null where the button is one of several in it.
  function boxOf(button) {
    const box = button.closest(".row-values") ? button : button.closest(".facts > div") || button.closest(".measure, .issue");
    return !box.matches(".issue, .measure") || button.closest(".issue-head, .measure-head") ? box : null;
  }
})(window.pages);
