// How a value is said: its name, its printed words, what belongs to it, and who read it.
"use strict";
(function (pages) {
  const { el, quote } = pages;

  // The name of what a value is: a field's own, as its genre of notices calls it, else its kind's.
  pages.nameOf = function (value, words) {
    if (value.kind === "field") return words.t(`field.${value.path}${value.called ? `.${value.called}` : ""}`);
    if (value.kind === "total") return words.term("total_name", value.name);
    return words.t(`kind.${value.kind}`);
  };

  // A notice's own fields that are of a vocabulary, which has their name.
  const TERMS = new Set(["genre", "inspection_kind"]);

  // A notice's own dates, which are said in full wherever their words are not beside them.
  const isDate = value => value.kind === "field" && /_(start|end|date|on)$/.test(value.path);

  // Its words in the text; of an issue its title, of a measure its topic or its first words.
  pages.printed = function (value, text) {
    if (value.kind === "issue") return value.title;
    if (value.kind === "measure") return value.heading || pages.beginning(text.cut(...value.at[0]), 40);
    if (isDate(value)) return value.value;
    return value.at.length ? value.at.map(([start, end]) => text.cut(start, end)).join("、") : String(value.value ?? "");
  };

  // What the words do not say themselves: a figure's subject, what was done with a document, a date in full.
  pages.noteOf = function (value, words) {
    switch (value.kind) {
      case "quantity": return value.subject ? { quoted: value.subject } : null;
      case "document": return { said: words.term("document_action", value.action) };
      case "accountability": return { said: words.term("accountability_action", value.action) };
      case "date": return { said: value.value };
      case "deadline": return /\d/.test(value.value) ? { said: value.value } : null;
      case "field": {
        const said = TERMS.has(value.path) && value.value ? words.term(value.path, value.value) : value.value;
        return said === value.value ? null : { said };
      }
      default: return null;
    }
  };

  // The figure in base units, where its unit has a magnitude: 26,500,000,000 元 of 265 亿元.
  pages.inFull = (value, words) => value.base && value.unit.length > value.base[1].length ? `${words.number(value.base[0])} ${value.base[1]}` : null;

  // Who read a value: `model` where it read any part alone, `both` where both did, `person` where one did, `ocr` where the
  // rules read a recognised text, else `rules`.
  pages.readerOf = function (value, part) {
    const by = value.by || {};
    const readers = part === undefined ? Object.values(by) : [by[part]];
    return ["model", "both", "person", "ocr"].find(reader => readers.includes(reader)) || "rules";
  };

  // How sure a judged value is, or the least sure of its parts; null where nobody says.
  pages.confidenceOf = function (value, part) {
    const sure = value.confidence || {}, found = part === undefined ? Object.values(sure) : [sure[part]];
    return found.reduce((least, each) => each === undefined || (least !== null && least <= each) ? least : each, null);
  };

  // A question mark at what is less sure than `below`, spelled out for whom it does not help.
  pages.unsureMark = function (sure, below, words) {
    if (sure === null || sure >= below) return null;
    const said = words.t("notice.sure", { share: words.share(sure) });
    return el("span.unsure", { title: said }, el("span", { "aria-hidden": "true" }, "?"), el("span.unseen", {}, said));
  };

  // A letter for the reader, spelled out for whom letters do not help.
  pages.readerMark = function (reader, words) {
    return el(`span.reader.reader-${reader}`, { title: words.term("reader", reader) },
      el("span", { "aria-hidden": "true" }, words.t(`reader.${reader}`)), el("span.unseen", {}, words.term("reader", reader)));
  };

  // The lines of a page in which a value was recognised: the page, where on it, and the line's picture. `lines` are those of
  // extractor/pages/notice_page.py.
  pages.pageLines = function (lines, value, words) {
    const [start, end] = value.at[0] || [0, 0];
    const found = (lines || []).filter(line => line[0] < end && start < line[1]).slice(0, 3);
    return found.map(([, , page, [left, top], , crop]) => el("figure.page-line", {},
      crop && el("img", { src: `data:image/png;base64,${crop}`, alt: words.t("notice.line_picture"), loading: "lazy" }),
      el("figcaption.soft", {}, words.t("notice.line_place", { page, left: words.share(left), top: words.share(top) }))));
  };

  // The cells of a workbook that a value stands in, as "Sheet1!C7". `cells` are those of extractor/pages/notice_page.py.
  pages.cellNames = function (cells, value, words) {
    const found = (cells || []).filter(cell => value.at.some(([start, end]) => cell[0] < end && start < cell[1])).map(cell => cell[2]);
    const names = [...new Set(found)];
    if (!names.length) return null;
    return el("p.soft", {}, words.t("notice.cells"), quote("span", names.slice(0, 6).join("、") + (names.length > 6 ? " …" : "")));
  };

  pages.badge = (kind, name, ...more) => el(`span.badge.badge-${kind}`, {}, name, ...more);

  // The sentence of a value with its words lit in it.
  pages.sentence = function (value, text) {
    const { before, words, after } = text.around(value.at[0][0], value.at[0][1]);
    const whole = value.kind === "measure"; // which is sentences itself
    return el("span.sentence", { lang: "zh", dir: "ltr" }, pages.source(before), quote(whole ? "b.whole" : "mark.lit", words), pages.source(after));
  };
})(window.pages);
