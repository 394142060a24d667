// The address of a view, as in #/list/issue?category=economy: a path and a question, so that every view can be linked to.
"use strict";
(function (pages) {
  // The part of an address that says which view and what is asked of it.
  pages.viewed = (path, question = {}) => `#/${path.split("/").map(encodeURIComponent).join("/")}${pages.questionOf(question)}`;

  pages.questionOf = function (question) {
    const asked = new URLSearchParams(Object.entries(question).filter(([, value]) => value)).toString();
    return asked && `?${asked}`;
  };

  // What the page's address asks for now.
  pages.asked = function () {
    const [path, query = ""] = location.hash.replace(/^#\/?/, "").split("?");
    return { path: path.split("/").map(pages.decoded), question: Object.fromEntries(new URLSearchParams(query)) };
  };

  // A part of an address as somebody may have typed it.
  pages.decoded = function (part) {
    try { return decodeURIComponent(part); } catch { return part; }
  };

  // Draws what another address asks for; links within a view keep their place, a new view begins at its top.
  pages.followAddress = function (main, isReady, draw) {
    let shown = null;
    addEventListener("hashchange", () => {
      if (!isReady()) return;
      draw();
      const here = location.hash.split("?")[0];
      if (here !== shown) { scrollTo(0, 0); main.focus({ preventScroll: true }); }
      shown = here;
    });
  };
})(window.pages);
