// Says in the head of the page that there is something newer to show, and shows it when asked: nothing moves by itself.
"use strict";
(function (pages) {
  const { el } = pages;
  const POLL = 15000; // milliseconds between looks

  // Gives since(state), which takes what the page shows now; `show` shows what there is.
  pages.news = function (t, show) {
    let state = null;
    const button = el("button.news", { type: "button", click: () => { quiet(); show(); } }, t("news.show"));
    const said = el("span.unseen", { role: "status" });
    document.querySelector(".top .settings").prepend(said, button);
    quiet();

    // The button has its place before there is anything to say, so that nothing beside it moves.
    function quiet() {
      button.classList.add("quiet");
      said.textContent = "";
    }
    async function look() {
      if (document.hidden || state === null) return;
      const now = await pages.stateNow();
      if (now === null || now === state) return;
      button.classList.remove("quiet");
      said.textContent = t("news.show");
    }
    setInterval(look, POLL);
    document.addEventListener("visibilitychange", look);
    return { since(shown) { state = shown; quiet(); } };
  };

  // What is another text as soon as a notice came, went or was changed; null where the service does not answer.
  pages.stateNow = async () => (await newsNow())?.state ?? null;
  // How many notices are not counted yet.
  pages.uncounted = async () => (await newsNow())?.uncounted ?? 0;

  async function newsNow() {
    try {
      const answer = await fetch("/news");
      return answer.ok ? await answer.json() : null;
    } catch { return null; }
  }
})(window.pages);
