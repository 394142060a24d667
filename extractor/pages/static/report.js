// The report: the data in the page, and what the address asks for of it.
"use strict";
(function (pages) {
  const { el } = pages;
  const taken = node => { const data = JSON.parse(node.textContent); node.remove(); return data; };

  pages.address = pages.viewed;
  // A report of one notice opens with it.
  const asked = () => !location.hash && all.notices.length === 1 ? { path: ["notice", all.notices[0].id], question: {} } : pages.asked();
  const tellAddress = (path, question) => history.replaceState(null, "", pages.address(path, question));

  const report = taken(document.getElementById("report-data"));
  const main = document.querySelector("main"), top = document.querySelector("header.top");
  // Of many notices the page has counts alone; the rest is in parts beside it, which are loaded when they are asked for.
  const parts = report.parts ? pages.inParts(report.parts, () => pages.words(report, lang)) : null;
  let all = parts ? null : pages.collection([...document.querySelectorAll("script.notice-data")].map(taken));
  let lang = report.lang, turn = 0;
  const hasSeries = parts ? report.parts.series : report.series.length > 0;
  const fail = error => pages.put(main, el("p.warning", { role: "alert" }, error.message));

  function draw() {
    turn += 1;
    const words = pages.words(report, lang), { path: [view, of], question } = asked();
    document.documentElement.lang = lang === "zh" ? "zh-CN" : "en";
    pages.put(top, bar(words, view));
    document.body.dataset.view = view || "overview";
    if (view === "notice" && all.notice(of)) showWhole(words, all.notice(of), question);
    else if (view === "list" && all.kinds.includes(of)) pages.list(main, { all, words, kind: of, question, find: parts?.finder(all, fail), ask: more => tellAddress(`list/${of}`, more) });
    else if (view === "compare") pages.compare(main, { all, words, question, find: parts ? comparedInParts : notices => compared(report.series, notices), fail, ask: more => tellAddress("compare", more) });
    else pages.overview(main, { all, words, run: report.run, question, ask: more => tellAddress("", more) });
    document.title = titleOf(words, view, of);
  }

  function titleOf(words, view, of) {
    if (view === "notice" && all.notice(of)) return `${all.notice(of).name} · ${words.t("report.title")}`;
    if (view === "compare") return `${words.t("compare.title")} · ${words.t("report.title")}`;
    return view === "list" && all.kinds.includes(of) ? `${words.t(`kinds.${of}`)} · ${words.t("report.title")}` : words.t("report.title");
  }

  // What the report knows of notices of one body: of each finding its path and whether it is open.
  function compared(all, notices) {
    const series = all.find(each => each.notices.includes(notices[0].id));
    if (!series?.strands) return null;
    const at = notices.map(notice => series.notices.indexOf(notice.id));
    const sides = (list, side) => at.map((place, index) => list[place] && side(notices[index], list[place]));
    return series.strands.map(strand => ({
      told: sides(strand.told, (notice, [path, isOpen]) => ({ ...notice.valueAt(path), is_open: isOpen })),
      measures: strand.measures.map(list => sides(list, (notice, path) => ({ path, status: notice.valueAt(path).status, words: notice.text.cut(...notice.valueAt(path).at[0]) })))
        .filter(list => list.filter(Boolean).length > 1),
    })).filter(strand => strand.told.some(Boolean));
  }

  const comparedInParts = async notices => compared(await parts.series(), await parts.wholes(notices));

  async function showWhole(words, notice, question) {
    if (!parts) { showNotice(words, notice, notice.data, question); return; }
    const own = turn;
    try {
      const [whole] = await parts.wholes([notice]);
      if (own === turn) showNotice(words, notice, whole.data, question);
    } catch (error) { fail(error); }
  }

  function showNotice(words, notice, data, question) {
    const at = all.notices.indexOf(notice), beside = [[at - 1, "previous"], [at + 1, "next"]].filter(([index]) => all.notices[index]);
    const heading = el("header.notice-head", {},
      el("h1", {}, pages.quote("span", notice.value("title") || notice.name)),
      beside.length ? el("nav.beside", { "aria-label": words.t("notice.others") }, beside.map(([index, name]) =>
        el("a", { href: pages.address(`notice/${all.notices[index].id}`), title: all.notices[index].name }, words.t(`notice.${name}`)))) : null,
      seriesOf(words, notice));
    const page = pages.notice(main, data, {
      words, heading, link: path => placed(pages.address(`notice/${notice.id}`, { at: path })), chosen: path => { history.replaceState(null, "", pages.address(`notice/${notice.id}`, { at: path })); },
    });
    if (question.at) page.choose(question.at);
  }

  // An address for others: of a page on disk its name alone, since the folder is this machine's.
  function placed(address) {
    const home = location.protocol === "file:" ? pages.decoded(location.pathname.split("/").pop()) : location.href.split("#")[0];
    return `${home}${address}`;
  }

  // The body's notices of other years, and of a copy the notice that counts.
  function seriesOf(words, notice) {
    const original = all.notice(notice.original), series = all.series(notice);
    const link = (other, name) => el("a", { href: pages.address(`notice/${other.id}`), "aria-current": other === notice && "page" }, pages.quote("span", name));
    return [
      original && el("p.soft.copy-of", {}, words.t("notice.copy_of"), link(original, original.name)),
      series.length > 1 && el("nav.series", { "aria-label": words.t("notice.series") }, el("span.soft", {}, words.t("notice.series")),
        series.map(other => link(other, other.edition || other.name))),
      series.length > 1 && el("a.to-compare", { href: pages.address("compare", { series: notice.series }) }, words.t("compare.title")),
    ];
  }

  function bar(words, view) {
    const { t } = words;
    const link = (href, name, here) => el("a", { href, "aria-current": here && "page" }, name);
    const other = lang === "zh" ? "en" : "zh";
    return [
      el("a.skip", { href: "#main", click: event => { event.preventDefault(); main.focus(); } }, t("report.skip")),
      el("a.home", { href: "#/" }, t("report.name")),
      el("nav", { "aria-label": t("report.views") },
        link("#/", t("report.overview"), !view), link("#/list/issue", t("report.lists"), view === "list"),
        hasSeries ? link("#/compare", t("compare.title"), view === "compare") : null,
        all.notices.length === 1 ? link(pages.address(`notice/${all.notices[0].id}`), t("report.notice"), view === "notice")
          : all.notices.length ? noticeChoice(words, view) : null),
      el("div.settings", {},
        el("button", { type: "button", lang: other === "zh" ? "zh-CN" : "en", click: () => { lang = other; draw(); } }, other === "zh" ? "中文" : "English"),
        el("button", { type: "button", click: pages.turnTheme }, t("report.theme"))),
    ];
  }

  function noticeChoice(words, view) {
    const { path: [, of] } = asked();
    return el("select.notice-choice", { "aria-label": words.t("report.choose"), change: event => { if (event.target.value) location.hash = pages.address(`notice/${event.target.value}`); } },
      el("option", { value: "" }, words.t("report.choose")),
      all.notices.map(notice => el("option", { value: notice.id, selected: view === "notice" && notice.id === of }, notice.name)));
  }

  pages.followAddress(main, () => all, draw);
  if (parts) parts.notices().then(list => { all = pages.collection(list, pages.tallied); draw(); }).catch(fail);
  else draw();
})(window.pages);
