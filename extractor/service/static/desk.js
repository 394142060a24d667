// What all pages of the service have: light or dark, and files sent from the inbox.
"use strict";
(function (pages) {
  const turn = document.querySelector("[data-turn-theme]");
  if (turn) turn.addEventListener("click", pages.turnTheme);

  const form = document.getElementById("send");
  if (!form) return;
  const said = form.querySelector(".said"), says = form.dataset;
  const tell = (...nodes) => said.replaceChildren(...nodes);

  form.addEventListener("submit", async event => {
    event.preventDefault();
    tell(says.sending);
    try {
      const answer = await fetch("/v1/notices", { method: "POST", body: new FormData(form) });
      const job = await answer.json();
      if (!answer.ok) { tell(says.refused, job.detail); return; }
      watch(job);
    } catch { tell(says.lost); }
  });

  function watch(job) {
    const stream = new EventSource(`/v1/jobs/${encodeURIComponent(job.job_id)}/events`);
    const show = event => tell(says.progress.replace(/\{(\w+)\}/g, (_, name) => JSON.parse(event.data)[name]));
    stream.addEventListener("progress", event => {
      show(event);
      if (JSON.parse(event.data).held) list();
    });
    stream.addEventListener("end", async event => {
      stream.close();
      show(event);
      const again = document.createElement("a");
      again.href = "/";
      again.textContent = says.ended;
      said.append(" ", again);
      await list();
    });

    // Why items failed, or have to wait.
    async function list() {
      const found = await (await fetch(`/v1/jobs/${encodeURIComponent(job.job_id)}`)).json();
      for (const item of found.items.filter(each => each.error)) {
        const line = document.createElement("span");
        line.className = "failed";
        line.textContent = item.error;
        said.append(line);
      }
    }
  }
})(window.pages);
