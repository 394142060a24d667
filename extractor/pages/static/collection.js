// All values of all notices as items that can be asked for: a number on a page and the list it leads to are one question.
"use strict";
(function (pages) {
  const MONEY = "元", COUNTED = "counted";
  pages.AMONG = "/"; // between the ids of the notices that a question is about: no id has one

  // What an item can be asked about, by kind: each facet gives the item's keys and names a vocabulary or a naming function.
  const SHARED = {
    notice: { keys: item => [item.notice.id], name: (key, _, all) => all.notice(key).name },
    genre: { keys: item => [item.notice.value("genre")], vocabulary: "genre" },
    inspection: { keys: item => [item.notice.value("inspection_kind")], vocabulary: "inspection_kind" },
    reader: { keys: item => [item.value ? pages.readerOf(item.value) : "rules"], vocabulary: "reader" },
    doubt: { keys: doubtsOf, name: (key, words) => words.t(`doubt.${key}`) },
  };
  const category = { keys: item => [item.issue ? item.issue.category : null], vocabulary: "category" };
  const FACETS = {
    issue: { ...SHARED, category, status: { keys: item => [item.value.status], vocabulary: "issue_status" } },
    measure: {
      ...SHARED, type: { keys: item => item.value.types, vocabulary: "measure_type" },
      status: { keys: item => [item.value.status], vocabulary: "measure_status" }, category,
    },
    document: { ...SHARED, action: { keys: item => [item.value.action], vocabulary: "document_action" }, category },
    quantity: {
      ...SHARED, type: { keys: item => item.measure.types, vocabulary: "measure_type" },
      unit: { keys: item => [item.value.base[1] === MONEY ? "money" : "other"], name: (key, words) => words.t(`unit.${key}`) },
    },
    accountability: {
      ...SHARED, handling: { keys: item => [item.value.action], vocabulary: "accountability_action" },
      unit: { keys: item => [item.value.base[1]], name: key => key },
    },
    // The figures of sums, and those that sums leave out: extractor/collection/sums.py decides which.
    sum: {
      ...SHARED, sum: { keys: item => [item.figure.sum], vocabulary: "sum" }, unit: { keys: item => [item.figure.unit], name: key => key },
      reason: { keys: item => [item.figure.reason], vocabulary: "sum_reason" },
      left: { keys: item => [item.figure.reason === COUNTED ? "no" : "yes"] },
      group: { keys: item => [item.figure.sum.split("_")[0]] },
    },
    total: { ...SHARED, total: { keys: item => [item.value.name], vocabulary: "total_name" } },
    check: {
      notice: SHARED.notice, genre: SHARED.genre, inspection: SHARED.inspection,
      severity: { keys: item => [item.check.severity], vocabulary: "severity" },
    },
  };

  // What is to be looked at again: where the reader was unsure, and where a check is.
  function doubtsOf(item) {
    if (item.doubts) return item.doubts;
    const sure = pages.confidenceOf(item.value || {});
    const found = [sure !== null && sure < item.notice.data.unsure_below && "unsure", item.notice.checked?.has(item.value?.path) && "checked"].filter(Boolean);
    return found.length ? [...found, "any"] : [];
  }

  // list: the data of notices; made(data) makes a notice of it, of a whole record unless told otherwise.
  pages.collection = function (list, made = noticeOf) {
    const notices = list.map(made), byId = new Map(notices.map(notice => [notice.id, notice]));
    tellApart(notices);
    const all = {
      kinds: Object.keys(FACETS),
      notices,
      notice: id => byId.get(id),
      facets: kind => FACETS[kind],
      // The items of a kind that fit a question: {category: "economy", status: "completed", body: "…"}.
      items(kind, question = {}) {
        const facets = Object.entries(FACETS[kind]).filter(([name]) => question[name]);
        const asked = question.notice ? [byId.get(question.notice)].filter(Boolean) : notices;
        return asked.filter(notice => fits(notice, question)).flatMap(notice => notice.items(kind))
          .filter(item => facets.every(([name, facet]) => facet.keys(item).includes(question[name])))
          .filter(item => !question.organisation || pages.bodiesOf(item).some(body => body.includes(question.organisation)));
      },
      // How many of these items have which keys of two facets: counted(rowKey, partKey).
      cross(kind, items, rows, parts) {
        const counts = new Map(), [row, part] = [FACETS[kind][rows].keys, FACETS[kind][parts].keys];
        for (const item of items) {
          for (const one of row(item)) for (const other of part(item)) counts.set(`${one}\n${other}`, (counts.get(`${one}\n${other}`) || 0) + (item.n ?? 1));
        }
        return (one, other) => counts.get(`${one}\n${other}`) || 0;
      },
      chosen: question => notices.filter(notice => fits(notice, question)),
      // Those that are the same as others: sums and lists leave them out unless a question has `copies`.
      copies: notices.filter(notice => notice.original),
      // The notices of a body, in the order of their years; of one that is alone, none.
      series(notice) {
        const same = notices.filter(other => other.series && other.series === notice.series && !other.original);
        return same.length > 1 ? same.sort((one, other) => (one.edition || "").localeCompare(other.edition || "")) : [];
      },
    };
    return all;
  };

  // How many items these are: one in a list stands for itself, one of a tally for as many as it says.
  pages.many = items => items.reduce((sum, item) => sum + (item.n ?? 1), 0);

  // The sum of what counts among the figures of one sum and one unit.
  pages.sumOf = items => Math.round(100 * items.filter(pages.counts).reduce((sum, item) => sum + item.figure.value, 0)) / 100;
  pages.counts = item => item.figure.reason === COUNTED;

  // Ask for more, or no longer: keys without a value leave the question.
  pages.change = function (question, more) {
    for (const [key, value] of Object.entries(more)) if (value) question[key] = value; else delete question[key];
  };

  // The year that a notice goes by, which its edition begins with.
  pages.yearOf = notice => /^\d{4}/.exec(notice.edition || "")?.[0] || null;

  pages.bodiesOf = function (item) {
    const holder = item.measure || item.issue;
    return holder ? item.notice.bodies(holder.path) : [];
  };

  function fits(notice, question) {
    return (!question.among || question.among.split(pages.AMONG).includes(notice.id))
      && (!question.year || pages.yearOf(notice) === question.year)
      && (!question.genre || notice.value("genre") === question.genre)
      && (!question.inspection || notice.value("inspection_kind") === question.inspection)
      && (question.copies || !notice.original || question.notice === notice.id)
      && (!question.body || notice.sought.includes(question.body.toLowerCase()));
  }

  function noticeOf(data) {
    const byPath = new Map(data.values.map(value => [value.path, value]));
    const value = path => byPath.get(path)?.value;
    const text = pages.text(data.text);
    let items = null;
    return {
      id: data.id, data, text, value, valueAt: path => byPath.get(path),
      original: data.duplicate_of, series: data.series, edition: data.edition,
      ...pages.namesOf(data, value),
      characters: [...text.whole].length, checked: new Set(data.checks.map(check => check.at)),
      bodies: path => data.values.filter(each => BODIES.has(each.kind) && (each.of === path || byPath.get(each.of)?.of === path)).map(each => String(each.value)),
      items(kind) {
        items = items || itemsOf(this, byPath);
        return items[kind] || [];
      },
    };
  }

  pages.wholeNotice = noticeOf;

  const BODIES = new Set(["organization", "organizations", "responsible"]);

  // What a notice is called, and the words by which it is looked for.
  pages.namesOf = (data, value) => ({
    name: pages.bare([value("inspected_body") || value("title") || data.id, data.edition].filter(Boolean).join(" ")),
    sought: [data.id, value("title"), value("inspected_body"), value("inspection_team")].join("\n").toLowerCase(),
  });

  // No two notices have one name: those that would, and copies, get their ids.
  function tellApart(notices) {
    const times = new Map();
    for (const { name, original } of notices) if (!original) times.set(name, (times.get(name) || 0) + 1);
    for (const notice of notices) if (notice.original || times.get(notice.name) > 1) notice.name = `${notice.name}（${pages.bare(notice.id)}）`;
  }

  function itemsOf(notice, byPath) {
    const items = { check: notice.data.checks.map(check => ({ notice, check, value: byPath.get(check.at) })) };
    for (const value of notice.data.values) {
      const measure = measureOf(value, byPath);
      items[value.kind] = items[value.kind] || [];
      items[value.kind].push({ notice, value, measure, issue: issueOf(value, measure, byPath) });
    }
    items.sum = notice.data.sums.map(figure => {
      const value = byPath.get(figure.at), measure = measureOf(value, byPath);
      // A copy is looked at only where copies count.
      return { notice, value, measure, issue: issueOf(value, measure, byPath), figure: figure.reason === "duplicate" ? { ...figure, reason: COUNTED } : figure };
    });
    return items;
  }

  // The measure that a value is, or belongs to; null where there is none.
  function measureOf(value, byPath) {
    if (value.kind === "measure") return value;
    const owner = byPath.get(value.of);
    return owner?.kind === "measure" ? owner : null;
  }

  function issueOf(value, measure, byPath) {
    return value.kind === "issue" ? value : byPath.get(measure ? measure.of : value.of);
  }
})(window.pages);
