// Lets a file be dropped anywhere on [data-dropzone]; the file field works without this.
(function () {
  "use strict";
  document.querySelectorAll("[data-dropzone]").forEach(function (zone) {
    var input = zone.querySelector("input[type=file]");
    var hint = zone.querySelector(".dropzone-hint");
    if (!input) return;
    if (hint) hint.hidden = false;

    function mark(event, over) {
      event.preventDefault();
      zone.classList.toggle("is-over", over);
    }

    ["dragenter", "dragover"].forEach(function (name) {
      zone.addEventListener(name, function (event) {
        mark(event, true);
      });
    });
    zone.addEventListener("dragleave", function (event) {
      mark(event, false);
    });
    zone.addEventListener("drop", function (event) {
      mark(event, false);
      if (event.dataTransfer && event.dataTransfer.files.length) {
        input.files = event.dataTransfer.files;
        input.dispatchEvent(new Event("change", { bubbles: true }));
        input.focus();
      }
    });
  });
})();
