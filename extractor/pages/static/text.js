// A notice's text under offsets in code points, as records have them; JavaScript counts UTF-16 units.
"use strict";
(function (pages) {
  const STOPS = "。\uff01\uff1f!?\n\u2028\u2029";

  // cut(start, end); unit(offset): that offset in UTF-16 units; around(start, end): the sentence of a place in three parts.
  pages.text = function (whole) {
    const pairs = []; // code points that take two units
    for (let unit = 0, point = 0; unit < whole.length; unit += 1, point += 1) {
      const code = whole.charCodeAt(unit);
      if (code >= 0xd800 && code < 0xdc00) { pairs.push(point); unit += 1; }
    }
    function unit(offset) {
      let low = 0, high = pairs.length;
      while (low < high) { const middle = (low + high) >> 1; if (pairs[middle] < offset) low = middle + 1; else high = middle; }
      return offset + low;
    }
    return {
      whole,
      unit,
      cut: (start, end) => whole.slice(unit(start), unit(end)),
      around(start, end, most = 90) {
        const from = unit(start), to = unit(end);
        const isWhole = to > from && STOPS.includes(whole[to - 1]);
        return {
          before: pages.ending(whole.slice(sentenceStart(whole, from), from).trimStart(), most),
          words: pages.beginning(whole.slice(from, to), 2 * most),
          after: pages.beginning(whole.slice(to, isWhole ? to : sentenceEnd(whole, to)), most),
        };
      },
    };
  };

  function sentenceStart(whole, from) {
    let unit = from;
    while (unit > 0 && !STOPS.includes(whole[unit - 1])) unit -= 1;
    return unit;
  }

  // The end of a sentence, its full stop included; a line end is not.
  function sentenceEnd(whole, to) {
    let unit = to;
    while (unit < whole.length && !STOPS.includes(whole[unit])) unit += 1;
    return unit < whole.length && whole[unit] !== "\n" ? unit + 1 : unit;
  }

  // The beginning or ending of words, with a mark where something was left out; no character is torn in two.
  pages.beginning = function (words, most) {
    if (words.length <= most) return words;
    const end = isLow(words.charCodeAt(most)) ? most - 1 : most;
    return `${words.slice(0, end)}…`;
  };
  pages.ending = function (words, most) {
    if (words.length <= most) return words;
    const start = words.length - most;
    return `…${words.slice(isLow(words.charCodeAt(start)) ? start + 1 : start)}`;
  };
  const isLow = code => code >= 0xdc00 && code < 0xe000;
})(window.pages);
