// What all pages of the service have: light or dark.
"use strict";
(function (pages) {
  document.querySelector("[data-turn-theme]")?.addEventListener("click", pages.turnTheme);
})(window.pages);
