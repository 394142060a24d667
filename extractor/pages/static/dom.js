// Elements, and words in the reader's language. Text of notices goes through `source`, never through markup.
"use strict";
window.pages = {};
(function (pages) {
  const SVG = "http://www.w3.org/2000/svg";
  // What would steer the line it stands in, or not be seen at all: shown by its code, in an element of its own.
  const CONTROL = /([\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb])/;

  // The line ends inside a cell of a ledger: shown as such.
  const LINE_END = /[\u2028\u2029]/;

  // el("a.soft", { href: "#/" }, "words", child): functions are listeners; null, undefined and false are left out.
  pages.el = function (name, attributes, ...children) {
    const [tag, ...classes] = name.split(".");
    return fill(document.createElement(tag), classes, attributes, children);
  };

  pages.svg = function (name, attributes, ...children) {
    const [tag, ...classes] = name.split(".");
    return fill(document.createElementNS(SVG, tag), classes, attributes, children);
  };

  function fill(node, classes, attributes, children) {
    if (classes.length) node.setAttribute("class", classes.join(" "));
    for (const [key, value] of Object.entries(attributes || {})) if (isPresent(value)) set(node, key, value);
    node.append(...present(children));
    return node;
  }
  function set(node, key, value) {
    if (typeof value === "function") node.addEventListener(key, value);
    else node.setAttribute(key, value === true ? "" : value);
  }
  const isPresent = value => value !== null && value !== undefined && value !== false;
  const present = children => children.flat(Infinity).filter(isPresent);

  // Put these in the place of all a node holds.
  pages.put = (node, ...children) => node.replaceChildren(...present(children));

  // Words of a notice as nodes. Their text is theirs to the character, so that offsets hold.
  pages.source = function (words) {
    return words.split(CONTROL).filter(Boolean).map(part => {
      if (!CONTROL.test(part)) return document.createTextNode(part);
      if (LINE_END.test(part)) return pages.el("span.line-end", {}, part);
      const code = `U+${part.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
      return pages.el("span.control", { "data-code": code }, part);
    });
  };

  // The same for places that hold no elements: titles, labels, options.
  pages.bare = words => words.replace(new RegExp(LINE_END, "g"), " ").split(CONTROL).filter(part => !CONTROL.test(part)).join("");

  // Words of a notice in an element that says what language they are in and keeps their direction to itself.
  pages.quote = (name, words, attributes) => pages.el(name, { lang: "zh", dir: "ltr", ...attributes }, pages.source(words));

  // Names in one language: t("key", { n: 3 }), term("category", "economy"), number(1234.5),
  // share(0.94), which may be null.
  pages.words = function (data, lang) {
    const percent = new Intl.NumberFormat("en", { style: "percent" });
    const figures = new Intl.NumberFormat(lang === "zh" ? "zh-CN" : "en", { maximumFractionDigits: 2 });
    return {
      lang, headlines: data.headlines,
      t(key, values) {
        const found = data.words[key][lang];
        return values ? found.replace(/\{(\w+)\}/g, (_, name) => values[name]) : found;
      },
      term: (vocabulary, key) => data.vocabularies[vocabulary][key]?.[lang] || key,
      keys: vocabulary => Object.keys(data.vocabularies[vocabulary]),
      number: value => figures.format(value),
      share: value => value === null ? "–" : percent.format(value),
    };
  };
})(window.pages);
