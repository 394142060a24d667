// All notices of the service: the report's overview and lists, over what the API tells of the corrected records.
"use strict";
(function (pages) {
  const { el } = pages;
  const page = JSON.parse(document.getElementById("page-data").textContent);
  const words = pages.words(page, page.lang), { t } = words;
  const main = document.querySelector("main");
  const NOTICE = "notice/";
  const SLOW = 1500; // milliseconds after which a page says why it waits
  let all = null;

  // Every view can be linked to: its path and its question stand in the address. Notices have pages of their own.
  pages.address = function (path, question = {}) {
    if (path.startsWith(NOTICE)) return `/review/${encodeURIComponent(path.slice(NOTICE.length))}${pages.questionOf(question)}`;
    return `/overview${pages.viewed(path, question)}`;
  };
  const tell = (path, question) => history.replaceState(null, "", pages.address(path, question));

  // What the API answers, or why it does not.
  pages.ask = async function (address) {
    let answer;
    try { answer = await fetch(address, { headers: { accept: "application/json" } }); } catch { throw new Error(t("collected.lost")); }
    if (answer.status === 401) { location.href = `/sign-in?next=${encodeURIComponent("/overview")}`; }
    const told = await answer.json().catch(() => ({ detail: String(answer.status) }));
    if (!answer.ok) throw new Error(t("collected.refused", { why: told.detail }));
    return told;
  };

  const news = pages.news(t, () => load().catch(fail));
  async function load() {
    const state = await pages.stateNow(); // before what it tells of: what comes meanwhile is news
    all = pages.collection((await pages.ask("/v1/overview")).notices, pages.tallied);
    news.since(state);
    draw();
  }

  function draw() {
    const { path: [view, of], question } = pages.asked(), here = view || "overview";
    document.body.dataset.view = here;
    for (const link of document.querySelectorAll("[data-of]")) {
      if (link.dataset.of === here) link.setAttribute("aria-current", "page"); else link.removeAttribute("aria-current");
    }
    const known = { all, words, question, fail };
    if (!all.notices.length) return pages.put(main, pages.noNotices(words));
    if (view === "list" && all.kinds.includes(of)) {
      pages.list(main, { ...known, kind: of, find: pages.findThere(all, fail), ask: more => tell(`list/${of}`, more) });
    } else if (pages.views[view]) {
      pages.views[view](main, { ...known, ask: more => tell(view, more) });
    } else {
      pages.overview(main, { ...known, run: {}, ask: more => tell("", more) });
    }
    document.title = [titleOf(here, of), t("report.name")].join(" · ");
  }

  const titleOf = (view, of) => view === "list" && all.kinds.includes(of) ? t(`kinds.${of}`) : t({ overview: "report.overview", list: "report.lists", compare: "compare.title" }[view] || `collected.${view}`);

  function fail(error) {
    pages.put(main, el("div.desk", {}, el("p.warning", { role: "alert" }, error.message)));
  }

  pages.followAddress(main, () => all, draw);
  // Who comes back from a review sees what was corrected there.
  addEventListener("pageshow", event => { if (event.persisted) load().catch(fail); });
  // Notices that came last are counted before anything is shown; a page that waits for that says so.
  const waiting = setInterval(async () => {
    const uncounted = all ? 0 : await pages.uncounted(), said = main.querySelector("[role=status]");
    if (all) clearInterval(waiting);
    else if (uncounted && said) said.textContent = t("collected.counting", { n: words.number(uncounted) });
  }, SLOW);
  load().catch(fail);
})(window.pages);
