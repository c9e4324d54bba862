// Conveniences on pages that work without them: menus, drawer, confirmation, one submit only,
// toasts. No dependencies.
(function () {
  "use strict";
  var root = document.documentElement;

  // Navigation: folded on wide screens, a drawer on narrow ones
  function setUpNavigation() {
    var fold = document.querySelector("[data-nav-fold]");
    if (fold) {
      fold.hidden = false;
      fold.setAttribute("aria-pressed", String(root.classList.contains("nav-folded")));
      fold.addEventListener("click", function () {
        var folded = root.classList.toggle("nav-folded");
        fold.setAttribute("aria-pressed", String(folded));
        try {
          localStorage.setItem("nav-folded", folded ? "1" : "0");
        } catch (error) {
          // not remembered
        }
      });
    }
    var side = document.getElementById("navigation");
    var open = document.querySelector(".nav-open");
    if (!side || !open) return;
    open.setAttribute("role", "button");
    open.setAttribute("aria-expanded", "false");

    function show(shown) {
      root.classList.toggle("nav-shown", shown);
      open.setAttribute("aria-expanded", String(shown));
      (shown ? side.querySelector("li a, .nav-close") : open).focus();
    }

    open.addEventListener("click", function (event) {
      event.preventDefault();
      show(true);
    });
    document.querySelectorAll(".nav-close, .nav-veil").forEach(function (link) {
      link.addEventListener("click", function (event) {
        event.preventDefault();
        show(false);
      });
    });
    document.addEventListener("keydown", function (event) {
      if (event.key === "Escape" && root.classList.contains("nav-shown")) show(false);
    });
    side.addEventListener("keydown", function (event) {
      if (event.key !== "Tab" || !root.classList.contains("nav-shown")) return;
      var stops = Array.from(side.querySelectorAll("a[href], button")).filter(function (stop) {
        return stop.offsetParent !== null;
      });
      var edge = event.shiftKey ? stops[0] : stops[stops.length - 1];
      if (document.activeElement === edge) {
        event.preventDefault();
        (event.shiftKey ? stops[stops.length - 1] : stops[0]).focus();
      }
    });
  }

  // Menus (details): close on Escape and on a click elsewhere
  function closeMenus(except) {
    document.querySelectorAll("details.menu[open]").forEach(function (menu) {
      if (menu !== except) menu.open = false;
    });
  }
  // A page that is made to be printed
  document.addEventListener("click", function (event) {
    if (event.target.closest("[data-print]")) window.print();
  });

  document.addEventListener("click", function (event) {
    closeMenus(event.target.closest("details.menu"));
  });
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") return;
    var menu = document.querySelector("details.menu[open]");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });

  // Ask once: a button with data-confirm opens the dialog, "yes" presses it for good
  document.addEventListener(
    "click",
    function (event) {
      var button = event.target.closest("[data-confirm]");
      var dialog = document.getElementById("confirm");
      if (!button || !dialog || !dialog.showModal || button.dataset.confirmed) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      if (button.form && !button.formNoValidate && !button.form.reportValidity()) return;
      var yes = dialog.querySelector("#confirm-yes");
      dialog.querySelector("#confirm-title").textContent = button.dataset.confirm;
      dialog.querySelector("#confirm-text").textContent = button.dataset.confirmText || "";
      yes.textContent = button.dataset.confirmYes || button.textContent.trim();
      yes.classList.toggle("btn-danger", "confirmDanger" in button.dataset);
      yes.classList.toggle("btn-primary", !("confirmDanger" in button.dataset));
      dialog.returnValue = "";
      dialog.onclose = function () {
        if (dialog.returnValue !== "yes") return button.focus();
        button.dataset.confirmed = "1";
        button.click();
        delete button.dataset.confirmed;
      };
      dialog.showModal();
    },
    true,
  );

  // One submit only: a second press while the first is under way does nothing
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (event.defaultPrevented || form.method !== "post" || form.closest("[hx-post]")) return;
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "1";
    if (event.submitter) event.submitter.setAttribute("aria-busy", "true");
    // An answer that is a file leaves the page standing: the form works again after a while.
    setTimeout(release, 8000, form);
  });
  function release(form) {
    delete form.dataset.sent;
    form.querySelectorAll("[aria-busy]").forEach(function (button) {
      button.removeAttribute("aria-busy");
    });
  }
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-sent]").forEach(release);
  });

  // Toasts: what a fragment has to say besides itself
  function toast(level, text) {
    var box = document.getElementById("toasts");
    if (!box) return;
    var note = document.createElement("div");
    note.className = "notice notice-" + level;
    var words = document.createElement("div");
    words.textContent = text;
    var close = document.createElement("button");
    close.type = "button";
    close.className = "notice-close";
    close.textContent = "×";
    close.setAttribute("aria-label", box.dataset.close || "×");
    close.addEventListener("click", function () {
      note.remove();
    });
    note.append(words, close);
    box.append(note);
    if (level !== "error") {
      setTimeout(function () {
        note.remove();
      }, 8000);
    }
  }
  document.addEventListener("portal:toasts", function (event) {
    (event.detail.value || event.detail).forEach(function (each) {
      toast(each.level, each.text);
    });
  });
  document.addEventListener("htmx:responseError", function (event) {
    var page = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html");
    var said = page.querySelector("[data-code]");
    var box = document.getElementById("toasts");
    toast("error", said ? said.textContent.replace(/\s+/g, " ").trim() : box.dataset.failed);
  });
  document.addEventListener("htmx:sendError", function () {
    toast("error", document.getElementById("toasts").dataset.failed);
  });

  // Focus: to the error summary where there is one
  function focusErrors(within) {
    var summary = within.querySelector("[data-focus]");
    if (summary) summary.focus();
  }
  document.addEventListener("htmx:afterSettle", function (event) {
    focusErrors(event.target);
  });

  // Tables: arrow keys move between the links of a board's cells
  document.addEventListener("keydown", function (event) {
    var cell = event.target.closest("[data-grid] td, [data-grid] th");
    var steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
    var step = steps[event.key];
    if (!cell || !step || event.target.matches("input, select, textarea")) return;
    var rows = Array.from(cell.closest("table").rows);
    var row = rows[cell.parentElement.rowIndex + step[0]];
    var next = row && row.cells[cell.cellIndex + step[1]];
    var stop = next && next.querySelector("a, button");
    if (stop) {
      event.preventDefault();
      stop.focus();
    }
  });

  setUpNavigation();
  focusErrors(document);
})();
