// A notice's text, cut where values begin and end, so that any of them can be lit to the character.
"use strict";
(function (pages) {
  const { el, source } = pages;
  const MARKED = new Set(["field", "total", "title", "heading", "document", "quantity", "date", "organization", "accountability", "responsible", "deadline", "remainder", "digits"]);

  // `node` holds the text. at(node): the values that stand there, innermost first; offsets(range): where a range of the page
  // lies in the text, null where it leaves that; light(value, name, on) gives or takes a class; nodeOf(value): where it
  // begins; neighbour(value, step): the next or previous marked value.
  pages.noticeText = function (text, values) {
    const lines = linesOf(text.whole);
    const { body, segments } = paragraphsOf(text, values, lines);
    const segmentOf = new Map(segments.map(segment => [segment.node, segment]));

    // Where a place in the page lies in the text, in code points; null outside of it.
    function offsetOf(container, offset) {
      if (!body.contains(container)) return null;
      const before = document.createRange();
      before.setStart(body, 0);
      before.setEnd(container, offset);
      // The paragraph that a place lies in, or behind: all before it, and the line ends, which the page does not print.
      const paragraphs = [...body.children], at = paragraphs.findLastIndex(each => before.intersectsNode(each));
      if (at < 0) return 0;
      const inside = document.createRange();
      inside.setStart(paragraphs[at], 0);
      if (paragraphs[at].contains(container)) inside.setEnd(container, offset); else inside.selectNodeContents(paragraphs[at]);
      return lines[at].start + [...inside.toString()].length;
    }

    const marks = [...new Set(segments.flatMap(segment => segment.marked))];
    function under(value) {
      return value.at.flatMap(([start, end]) => segments.slice(firstFrom(segments, start), firstFrom(segments, end)));
    }
    return {
      node: body,
      segments,
      at(node) {
        const found = node.closest("mark, .line > span");
        const segment = found && segmentOf.get(found);
        return segment ? (segment.marked.length ? segment.marked : segment.here) : [];
      },
      offsets(range) {
        const ends = [[range.startContainer, range.startOffset], [range.endContainer, range.endOffset]].map(([node, offset]) => offsetOf(node, offset));
        return ends.includes(null) ? null : ends;
      },
      light(value, name, on) {
        for (const { node } of under(value)) node.classList.toggle(name, on);
      },
      nodeOf: value => under(value)[0]?.node,
      neighbour(value, step) {
        const at = marks.indexOf(value);
        return marks[at < 0 ? (step > 0 ? 0 : marks.length - 1) : at + step];
      },
    };
  };

  // What the marks mean that say that something was not read; null where there are none.
  pages.textLegend = function (values, words) {
    const found = ["remainder", "digits"].filter(kind => values.some(value => value.kind === kind));
    return found.length ? el("p.text-legend.soft", {}, words.t("notice.marked"),
      found.map(kind => el(`span.mark-${kind}`, {}, words.t(`kind.${kind}`)))) : null;
  };

  // A paragraph for each line, cut into segments where values begin and end.
  function paragraphsOf(text, values, lines) {
    const body = el("div.text-lines", { lang: "zh" }), segments = [];
    const cut = { text, edges: edgesOf(values, lines), open: new Set(), next: 0 };
    const issueOf = issueByLine(values.filter(value => value.kind === "issue"));
    for (const line of lines) {
      const issue = issueOf(line), own = segmentsOn(line, cut);
      segments.push(...own);
      body.append(el("p.line", { dir: "ltr", "data-status": issue?.status, "data-begins": begins(issue, line) }, own.map(segment => segment.node)));
    }
    return { body, segments };
  }

  // The segments of a line; `cut` holds where the lines before it came to.
  function segmentsOn(line, cut) {
    const found = [], { text, edges, open } = cut;
    for (; cut.next < edges.length && edges[cut.next].offset < line.end; cut.next += 1) {
      const { offset, opens, closes } = edges[cut.next];
      for (const place of closes) open.delete(place);
      for (const place of opens) open.add(place);
      if (offset < line.start) continue; // the end of the line before: its mark is no part of any paragraph
      const end = Math.min(line.end, cut.next + 1 < edges.length ? edges[cut.next + 1].offset : line.end);
      found.push(segmentOver(text, offset, end, open));
    }
    return found;
  }

  function segmentOver(text, start, end, open) {
    const here = [...open].sort((one, other) => one.length - other.length).map(place => place.value);
    const marked = here.filter(value => MARKED.has(value.kind));
    const node = el(marked.length ? `mark.mark.mark-${marked[0].kind}` : "span", {}, source(text.cut(start, end)));
    return { start, end, node, marked, here };
  }

  // Gives the issue that a line lies in, null for none; to be asked for one line after the other.
  function issueByLine(issues) {
    let at = 0;
    return line => {
      while (at < issues.length && issues[at].at[0][1] <= line.start) at += 1;
      return at < issues.length && issues[at].at[0][0] < line.end ? issues[at] : null;
    };
  }

  function begins(issue, line) {
    return issue && issue.at[0][0] >= line.start ? pages.bare(issue.label || "§") : null;
  }

  function linesOf(whole) {
    const lines = [];
    let start = 0, offset = 0;
    for (const character of whole) {
      if (character === "\n") { lines.push({ start, end: offset }); start = offset + 1; }
      offset += 1;
    }
    lines.push({ start, end: offset });
    return lines;
  }

  // Where values and lines begin and end, in order, each with the places that open and close there.
  function edgesOf(values, lines) {
    const edges = new Map();
    const edge = offset => {
      if (!edges.has(offset)) edges.set(offset, { offset, opens: [], closes: [] });
      return edges.get(offset);
    };
    lines.forEach(line => { edge(line.start); edge(line.end); });
    for (const value of values) {
      for (const [start, end] of value.at) {
        if (end <= start) continue;
        const place = { value, length: end - start };
        edge(start).opens.push(place);
        edge(end).closes.push(place);
      }
    }
    return [...edges.values()].sort((one, other) => one.offset - other.offset);
  }

  function firstFrom(segments, offset) {
    let low = 0, high = segments.length;
    while (low < high) { const middle = (low + high) >> 1; if (segments[middle].start < offset) low = middle + 1; else high = middle; }
    return low;
  }
})(window.pages);
