// Files sent from the inbox, some at a time on a few lanes; what becomes of all of them is told in one line, and what is
// not taken by its name.
"use strict";
(function (pages) {
  const { el } = pages;
  const LANES = 3, MOST_FILES = 20, MOST_BYTES = 16e6; // of one request
  const BUSY = new Set([429, 503]);
  const LOST_AFTER = 5; // tries of a stream
  const form = document.getElementById("send");
  const data = JSON.parse(document.getElementById("page-data").textContent);
  const { t, number } = pages.words(data, data.lang);
  const said = form.querySelector(".said"), notTaken = form.querySelector(".not-taken");
  const failed = el("ul.failed", { tabindex: "0", hidden: true }), passed = el("details.passed-over", { hidden: true }, el("summary"), el("ul", { tabindex: "0" }));
  notTaken.append(failed, passed);
  const jobs = new Map();
  let queue = [], unsent = 0, refused = 0, lanes = 0, why = "";

  const tell = (...nodes) => said.replaceChildren(...nodes);
  const wait = seconds => new Promise(done => setTimeout(done, 1000 * seconds));

  form.addEventListener("submit", event => {
    event.preventDefault();
    const files = [form.elements.files, form.elements.folder].flatMap(pages.ofField);
    if (files.length) { form.reset(); begin(Promise.resolve(files)); } else tell(t("send.choose_first"));
  });
  // The whole page takes what is dropped; elsewhere the browser would leave it and show the file.
  const isOfFiles = event => [...event.dataTransfer.types].includes("Files");
  for (const name of ["dragenter", "dragover"]) {
    addEventListener(name, event => { if (isOfFiles(event)) { event.preventDefault(); document.body.classList.add("dropping"); } });
  }
  addEventListener("dragleave", event => { if (!event.relatedTarget) document.body.classList.remove("dropping"); });
  addEventListener("drop", event => {
    if (!isOfFiles(event)) return;
    event.preventDefault();
    document.body.classList.remove("dropping");
    form.scrollIntoView({ block: "nearest" });
    begin(pages.ofDrop(event.dataTransfer, unreadable));
  });

  async function begin(choosing) {
    tell(t("send.looking"));
    let found;
    try { found = await pages.sortedOut(await choosing, data.series, unreadable); } catch { tell(t("review.not_sent")); return; }
    pass(found.passed);
    why = "";
    queue.push(...found.read);
    unsent += found.read.length;
    if (!found.read.length && !lanes) { tell(t("send.nothing")); return; }
    draw();
    while (lanes < LANES && queue.length) lane();
  }

  async function lane() {
    lanes += 1;
    while (queue.length) await deliver(batch());
    lanes -= 1;
    if (!lanes) end();
  }

  function batch() {
    let bytes = 0, n = 0;
    while (n < Math.min(queue.length, MOST_FILES) && (!n || bytes + queue[n].file.size <= MOST_BYTES)) { bytes += queue[n].file.size; n += 1; }
    return queue.splice(0, n);
  }

  async function deliver(files) {
    const body = new FormData();
    for (const { file, path } of files) body.append("files", file, path);
    let answer = null;
    try { answer = await fetch("/v1/notices", { method: "POST", body }); } catch { /* told below */ }
    if (answer?.ok) await follow(await answer.json(), files.length);
    else if (!answer) await askAgain(files);
    else await deliverLater(answer, files);
  }

  // What to do after an answer that did not take the files.
  async function deliverLater(answer, files) {
    if (BUSY.has(answer.status)) {
      const seconds = Number(answer.headers.get("Retry-After")) || 1;
      tell(t("send.busy", { n: seconds }));
      await wait(seconds);
      await deliver(files);
    } else if (answer.status === 401) stop("send.signed_out");
    else if (files.length > 1) for (const file of files) await deliver([file]); // one may be refused without the others
    else {
      const { detail } = await answer.json(), [{ path }] = files;
      unsent -= 1;
      refuse(detail.includes(path) ? detail : `${path}: ${detail}`);
    }
  }

  // Nothing was sent: a file may have gone since it was chosen, or else the service does not answer.
  async function askAgain(files) {
    const there = [];
    for (const each of files) {
      try { await each.file.slice(0, 1).arrayBuffer(); there.push(each); } catch { unsent -= 1; unreadable(each.path); }
    }
    if (there.length === files.length) stop("send.lost"); else if (there.length) await deliver(there);
  }

  function stop(name) {
    why = t(name, { n: number(unsent) });
    queue = [];
    unsent = 0;
  }

  // The progress of a job, until nothing of it is left to do.
  async function follow(job, files) {
    unsent -= files;
    jobs.set(job.job_id, job);
    draw();
    if (job.pending) await watched(job);
    try {
      const whole = await (await fetch(`/v1/jobs/${encodeURIComponent(job.job_id)}`)).json();
      for (const { error } of whole.items) if (error) refuse(error, false);
    } catch { /* the numbers are told all the same */ }
  }

  function watched(job) {
    return new Promise(done => {
      const stream = new EventSource(`/v1/jobs/${encodeURIComponent(job.job_id)}/events`);
      let tries = 0;
      const take = event => { tries = 0; jobs.set(job.job_id, JSON.parse(event.data)); draw(); };
      stream.addEventListener("progress", take);
      stream.addEventListener("end", event => { stream.close(); take(event); done(); });
      stream.addEventListener("error", () => {
        tries += 1;
        if (tries >= LOST_AFTER || stream.readyState === EventSource.CLOSED) { stream.close(); stop("send.lost"); done(); }
      });
    });
  }

  function draw() {
    const sum = name => [...jobs.values()].reduce((n, job) => n + job[name], 0);
    const numbers = { total: sum("total") + unsent + refused, pending: sum("pending") + unsent, failed: sum("failed") + refused };
    for (const name of ["done", "unchanged"]) numbers[name] = sum(name);
    tell(t("send.progress", Object.fromEntries(Object.entries(numbers).map(([name, n]) => [name, number(n)]))));
  }

  function end() {
    draw();
    said.append(" ", why || el("a", { href: "/" }, t("send.ended")));
  }

  // `isCounted`: a job counts its own.
  function refuse(sentence, isCounted = true) {
    if (isCounted) refused += 1;
    failed.hidden = false;
    failed.append(el("li", {}, pages.source(sentence)));
  }
  const unreadable = path => refuse(t("send.unreadable", { name: path }));

  function pass(files) {
    if (!files.length) return;
    const [heading, list] = passed.children;
    passed.hidden = false;
    list.append(...files.map(({ path, kind }) => el("li", {}, pages.source(path), " · ", kind)));
    heading.textContent = t("send.passed", { n: number(list.children.length) });
  }
})(window.pages);
