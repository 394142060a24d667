// Notices deleted: asked once, with the review work that goes with them.
"use strict";
(function (pages) {
  const { el } = pages;
  const KEPT = "told"; // what the page that follows says first

  // notices: [{ id, title, changes, by }]. Promises what became of them, null where nobody wanted it or nothing was done;
  // tell(sentence) says why.
  pages.deleteNotices = async function (notices, t, tell) {
    if (!document.querySelector(".you")) { signIn(); return null; }
    if (!await isWanted(notices, t)) return null;
    const body = new URLSearchParams();
    for (const { id, changes } of notices) { body.append("notice", id); body.append("seen", changes); }
    let answer;
    try { answer = await fetch("/delete", { method: "POST", body }); } catch { tell(t("review.not_sent")); return null; }
    if (answer.status === 401) { signIn(); return null; }
    if (!answer.ok) { tell(t("review.failed")); return null; }
    const ended = await answer.json();
    const said = [["done", ended.deleted], ["changed", ended.changed], ["gone", ended.gone]].filter(([, those]) => those.length)
      .map(([name, those]) => t(`delete.${name}`, { n: those.length })).join(" ");
    sessionStorage.setItem(KEPT, said);
    return ended;
  };

  // What the page before left to say.
  pages.saidBefore = function () {
    const said = sessionStorage.getItem(KEPT) || "";
    sessionStorage.removeItem(KEPT);
    return said;
  };

  const signIn = () => { location.href = `/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`; };

  const work = ({ changes, by }, t) => by ? t("delete.had_review", { by, n: changes }) : Number(changes) ? t("delete.had_changes", { n: changes }) : t("delete.had_none");

  function isWanted(notices, t) {
    return new Promise(resolve => {
      const dialog = el("dialog.keys.deletion", { "aria-labelledby": "deletion-heading", close: () => { resolve(dialog.returnValue === "yes"); dialog.remove(); } },
        el("h2", { id: "deletion-heading" }, notices.length === 1 ? t("delete.ask_one") : t("delete.ask", { n: notices.length })),
        el("ul", { tabindex: "0", "aria-labelledby": "deletion-heading" }, notices.map(notice => el("li", {}, pages.quote("b", notice.title), el("span.soft", {}, ` · ${pages.bare(`${notice.id} · ${work(notice, t)}`)}`)))),
        el("p", {}, t("delete.for_good")),
        el("form", { method: "dialog" },
          el("button", { value: "no", autofocus: true }, t("delete.no")), " ", el("button.grave", { value: "yes" }, t("delete.yes"))));
      document.body.append(dialog);
      dialog.showModal();
    });
  }
})(window.pages);
