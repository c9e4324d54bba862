// Runs before the first paint: the theme of the system where the reader wants that, and the
// folded navigation. Nothing flashes.
(function () {
  "use strict";
  var root = document.documentElement;
  var cookie = /(?:^|; )theme=(auto|light|dark)/.exec(document.cookie);
  var theme = root.dataset.theme || (cookie ? cookie[1] : "auto");
  var dark = window.matchMedia("(prefers-color-scheme: dark)");

  function apply() {
    root.dataset.bsTheme = theme === "auto" ? (dark.matches ? "dark" : "light") : theme;
  }

  apply();
  dark.addEventListener("change", apply);
  try {
    root.classList.toggle("nav-folded", localStorage.getItem("nav-folded") === "1");
  } catch (error) {
    // storage is switched off: the navigation starts unfolded
  }
})();
