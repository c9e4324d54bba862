// The scheme editor: weights by slider, number and steps with a live total. Without this script
// the page does the same on the server by its buttons. Weights are reckoned in whole cents.
(function () {
  "use strict";
  var FULL = 10000;

  function cents(text) {
    var match = /^\s*(\d{1,3})(?:\.(\d{0,2}))?\s*$/.exec(text);
    if (!match) return null;
    var value = Number(match[1]) * 100 + Number(((match[2] || "") + "00").slice(0, 2));
    return value <= FULL ? value : null;
  }

  function text(value) {
    var whole = Math.floor(value / 100);
    var rest = String(value % 100).padStart(2, "0");
    return whole + "." + rest;
  }

  function editor() {
    return document.querySelector("[data-scheme-editor]");
  }

  function number(row) {
    return row.querySelector("[data-weight]");
  }

  function reckon(form) {
    var total = 0;
    form.querySelectorAll("[data-weight]").forEach(function (field) {
      var value = cents(field.value);
      field.classList.toggle("is-invalid", value === null);
      total += value || 0;
    });
    var box = form.querySelector("[data-total]");
    var off = Math.abs(total - FULL);
    var words = box.dataset.complete;
    if (total > FULL) words = box.dataset.over.replace("{0}", text(off));
    if (total < FULL) words = box.dataset.under.replace("{0}", text(off));
    box.querySelector("[data-total-number]").textContent = text(total);
    box.querySelector("[data-total-words]").textContent = words;
    box.querySelector("[data-total-meter]").value = total / 100;
    box.querySelector("[data-total-figures]").classList.toggle("is-off", total !== FULL);
    var scale = box.querySelector("[data-scale]");
    if (scale) scale.hidden = total === FULL || total === 0;
  }

  function stretch(slider, value) {
    // The slider spans what is usual; a larger weight widens it.
    if (value / 100 > Number(slider.max)) slider.max = 100;
    slider.value = value / 100;
  }

  function set(row, value, from) {
    var bounded = Math.min(Math.max(value, 0), FULL);
    if (from !== "number") number(row).value = text(bounded);
    var slider = row.querySelector("[data-slider]");
    if (slider && from !== "slider") stretch(slider, bounded);
  }

  function setUp(form) {
    if (!form || form.dataset.ready) return;
    form.dataset.ready = "1";
    form.querySelectorAll("[data-slider]").forEach(function (slider) {
      slider.hidden = false;
      stretch(slider, cents(number(slider.closest(".item")).value) || 0);
    });
    form.querySelectorAll(".no-script").forEach(function (button) {
      button.hidden = true;
    });
    form.querySelectorAll("[data-details]").forEach(function (details) {
      details.addEventListener("toggle", function () {
        details.closest(".item").querySelector("[data-open-state]").value = details.open ? "1" : "";
      });
    });
    reckon(form);
    var focus = form.dataset.focusOn && document.getElementById(form.dataset.focusOn);
    if (focus) focus.focus();
  }

  document.addEventListener("input", function (event) {
    var form = event.target.closest("[data-scheme-editor]");
    if (!form) return;
    form.dataset.dirty = "";
    var row = event.target.closest(".item");
    if (event.target.matches("[data-slider]")) {
      set(row, Math.round(Number(event.target.value) * 100), "slider");
      reckon(form);
    } else if (event.target.matches("[data-weight]")) {
      set(row, cents(event.target.value) || 0, "number");
      reckon(form);
    }
  });

  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-scheme-editor] [data-step]");
    if (!button) return;
    event.preventDefault();
    var row = button.closest(".item");
    var form = editor();
    form.dataset.dirty = "";
    set(row, (cents(number(row).value) || 0) + Number(button.dataset.step), "step");
    reckon(form);
  });

  // Leaving with unsaved changes asks once; the form's own buttons do not.
  var leaving = false;
  document.addEventListener("submit", function (event) {
    if (event.target.matches("[data-scheme-editor], [action*='/discard/']")) leaving = true;
  });
  document.addEventListener("htmx:beforeRequest", function () {
    leaving = true;
  });
  document.addEventListener("htmx:afterRequest", function (event) {
    leaving = Boolean(event.detail.xhr && event.detail.xhr.getResponseHeader("HX-Redirect"));
  });
  window.addEventListener("beforeunload", function (event) {
    var form = editor();
    if (form && "dirty" in form.dataset && !leaving) event.preventDefault();
  });

  document.addEventListener("htmx:afterSwap", function () {
    setUp(editor());
  });
  // A draft that somebody else saved is answered with both versions in place of the form.
  document.addEventListener("htmx:beforeSwap", function (event) {
    if (event.detail.xhr.status !== 409 || !event.detail.target.matches("[data-scheme-editor]")) {
      return;
    }
    event.detail.shouldSwap = true;
    event.detail.isError = false;
    leaving = true;
  });
  setUp(editor());
})();
