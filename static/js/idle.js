// Says in time that the portal will sign out, and keeps the session while somebody types.
(function () {
  "use strict";
  var dialog = document.getElementById("idle");
  if (!dialog || !dialog.showModal) return;
  var limit = Number(dialog.dataset.seconds) * 1000;
  var warning = Math.min(120000, limit / 4);
  var told = Date.now(); // when the portal last heard of the reader
  var acted = 0;

  ["keydown", "pointerdown", "input"].forEach(function (name) {
    document.addEventListener(name, function () {
      if (!dialog.open) acted = Date.now();
    });
  });

  function stay() {
    var token = JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
    return fetch(dialog.dataset.url, {
      method: "POST",
      headers: { "X-CSRFToken": token },
      redirect: "manual",
    }).then(function (answer) {
      if (answer.status !== 204) return location.reload();
      told = Date.now();
      if (dialog.open) dialog.close();
    });
  }

  dialog.querySelector("button").addEventListener("click", function (event) {
    event.preventDefault();
    stay();
  });

  setInterval(function () {
    var idle = Date.now() - told;
    if (acted > told && idle > limit / 3) stay();
    else if (idle > limit + 2000) location.reload();
    else if (idle > limit - warning && !dialog.open) dialog.showModal();
  }, 5000);
})();
