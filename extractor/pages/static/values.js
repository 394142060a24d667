// How a value is said: its name, its printed words, what belongs to it, and who read it.
"use strict";
(function (pages) {
  const { el, quote } = pages;

  // The name of what a value is: a field's own, else its kind's.
  pages.nameOf = function (value, words) {
    if (value.kind === "field") return words.t(`field.${value.path}`);
    if (value.kind === "total") return words.term("total_name", value.name);
    return words.t(`kind.${value.kind}`);
  };

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
      case "field": return value.path === "inspection_kind" && words.lang !== "zh" && value.value ? { said: words.term("inspection_kind", value.value) } : null;
      default: return null;
    }
  };

  // The figure in base units, where its unit has a magnitude: 26,500,000,000 元 of 265 亿元.
  pages.inFull = (value, words) => value.base && value.unit.length > value.base[1].length ? `${words.number(value.base[0])} ${value.base[1]}` : null;

  // Who read a value: `model` where it read any part alone, `both` where both did, `person` where one did, else `rules`.
  pages.readerOf = function (value, part) {
    const by = value.by || {};
    const readers = part === undefined ? Object.values(by) : [by[part]];
    return ["model", "both", "person"].find(reader => readers.includes(reader)) || "rules";
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

  pages.badge = (kind, name, ...more) => el(`span.badge.badge-${kind}`, {}, name, ...more);

  // The sentence of a value with its words lit in it.
  pages.sentence = function (value, text) {
    const { before, words, after } = text.around(value.at[0][0], value.at[0][1]);
    const whole = value.kind === "measure"; // which is sentences itself
    return el("span.sentence", { lang: "zh", dir: "ltr" }, pages.source(before), quote(whole ? "b.whole" : "mark.lit", words), pages.source(after));
  };
})(window.pages);
