// Light or dark as the system is, until somebody chooses.
"use strict";
(function (pages) {
  const theme = document.documentElement.dataset, system = matchMedia("(prefers-color-scheme: dark)");
  let themeChosen = false;
  function followSystem() {
    if (!themeChosen) theme.theme = system.matches ? "dark" : "light";
  }
  pages.turnTheme = function () {
    themeChosen = true;
    theme.theme = theme.theme === "dark" ? "light" : "dark";
  };
  system.addEventListener("change", followSystem);
  followSystem();
})(window.pages);
