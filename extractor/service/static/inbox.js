// The inbox: notices chosen in the list, and deleted; news is told, and shown when asked for.
"use strict";
(function (pages) {
  const data = JSON.parse(document.getElementById("page-data").textContent);
  const { t } = pages.words(data, data.lang);
  const told = document.querySelector(".told"), form = document.getElementById("chosen");
  const tell = sentence => { told.textContent = sentence; };
  tell(pages.saidBefore());
  pages.news(t, () => location.reload()).since(data.state);
  if (!form) return;

  const button = form.querySelector("button.grave"), all = form.querySelector("[data-all]");
  const boxes = [...form.querySelectorAll("[name=notice]")];
  const chosen = () => boxes.filter(box => box.checked);

  function draw() {
    const n = chosen().length;
    button.disabled = !n;
    button.textContent = t("delete.chosen", { n });
    all.checked = n === boxes.length;
    all.indeterminate = n > 0 && n < boxes.length;
  }
  form.addEventListener("change", event => {
    if (event.target === all) for (const box of boxes) box.checked = all.checked;
    draw();
  });
  form.addEventListener("submit", async event => {
    event.preventDefault();
    const notices = chosen().map(({ value, dataset }) => ({ id: value, ...dataset }));
    if (notices.length && await pages.deleteNotices(notices, t, tell)) location.reload();
  });
  draw(); // browsers keep what was ticked when a page is loaded again
})(window.pages);
