// Shows some of a notice's issues: by words, category, status, and by who read something in them.
"use strict";
(function (pages) {
  const { el } = pages;

  pages.issueFilter = function (show, issues, list) {
    const { words, text } = show;
    const { t, term } = words;
    const readersIn = issue => new Set([issue, ...show.of(issue.path), ...show.of(issue.path).flatMap(value => show.of(value.path))].map(value => pages.readerOf(value)));
    const choices = {
      category: select(t("column.category"), words.keys("category").filter(key => issues.some(i => i.category === key)).map(key => [key, term("category", key)])),
      status: select(t("column.issue_status"), words.keys("issue_status").filter(key => issues.some(i => i.status === key)).map(key => [key, term("issue_status", key)])),
      reader: show.told ? select(t("column.reader"), words.keys("reader").map(key => [key, term("reader", key)])) : null,
    };
    const search = el("input", { type: "search", "aria-label": t("notice.search") , placeholder: t("notice.search") });
    const said = el("p.soft.tally", { "aria-live": "polite" });
    const chosen = key => choices[key] ? choices[key].value : "";

    function apply() {
      const sought = search.value.trim().toLowerCase();
      let shown = 0;
      issues.forEach(issue => {
        const fits = (!chosen("category") || issue.category === chosen("category"))
          && (!chosen("status") || issue.status === chosen("status"))
          && (!chosen("reader") || readersIn(issue).has(chosen("reader")))
          && (!sought || text.cut(...issue.at[0]).toLowerCase().includes(sought));
        list.querySelector(`[data-issue="${issue.path}"]`).hidden = !fits;
        shown += fits;
      });
      for (const group of list.querySelectorAll(".group")) group.hidden = !nextIssues(group).some(node => !node.hidden);
      said.textContent = shown === issues.length ? "" : t("notice.found", { n: shown, all: issues.length });
    }

    // To show an issue that is hidden, as a value of it was chosen.
    list.addEventListener("pages:show", event => {
      if (!event.target.closest(".issue[hidden]")) return;
      search.value = "";
      Object.values(choices).forEach(choice => { if (choice) choice.value = ""; });
      apply();
    });
    const form = el("form.filters", { submit: event => event.preventDefault(), input: apply },
      search, Object.values(choices), said);
    return form;

    function select(name, options) {
      return el("select", { "aria-label": name }, el("option", { value: "" }, t("filter.any", { name })),
        options.map(([key, label]) => el("option", { value: key }, label)));
    }
  };

  function nextIssues(group) {
    const found = [];
    for (let node = group.nextElementSibling; node && !node.classList.contains("group"); node = node.nextElementSibling) found.push(node);
    return found;
  }
})(window.pages);
