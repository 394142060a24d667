// A report of many notices: its page is small, and its parts lie in a folder beside it, as scripts, since a page that is opened
// from disk may load nothing else. Each is loaded when it is asked for, and whole notices are forgotten again.
"use strict";
(function (pages) {
  const MOST_BLOCKS = 8, STEP = 100;
  const waiting = new Map();
  // What each part calls.
  pages.part = (name, told) => { waiting.get(name)?.(JSON.parse(told)); waiting.delete(name); };

  // parts: { folder, blocks: [how many notices each holds], series: whether there is something to compare, readers: whether
  // others than rules read anything }.
  pages.inParts = function (parts, words) {
    const base = `${encodeURIComponent(parts.folder)}/`, isOurs = address => address.startsWith(base) && /^[a-z]+(?:-[a-z0-9]+)?\.js$/.test(address.slice(base.length));
    const addresses = window.trustedTypes ? window.trustedTypes.createPolicy("report-parts", {
      createScriptURL(address) { if (isOurs(address)) return address; throw new TypeError(address); },
    }) : { createScriptURL: address => address };
    const begun = new Map(), blocks = new Map();
    const blockOf = parts.blocks.flatMap((many, block) => new Array(many).fill(block));

    function loaded(name) {
      return new Promise((done, failed) => {
        const script = document.createElement("script");
        waiting.set(name, data => { script.remove(); done(data); });
        script.onerror = () => { script.remove(); waiting.delete(name); begun.delete(name); failed(new Error(words().t("report.part_missing", { folder: parts.folder }))); };
        script.src = addresses.createScriptURL(`${base}${name}.js`);
        document.head.append(script);
      });
    }
    // A part that is kept.
    function kept(name) {
      if (!begun.has(name)) begun.set(name, loaded(name));
      return begun.get(name);
    }
    // The whole notices of a block; those of a few blocks are kept.
    async function block(number) {
      if (!blocks.has(number)) blocks.set(number, loaded(`notices-${number}`).then(list => list.map(pages.wholeNotice)));
      const found = blocks.get(number);
      blocks.delete(number);
      blocks.set(number, found);
      if (blocks.size > MOST_BLOCKS) blocks.delete(blocks.keys().next().value);
      try { return await found; } catch (error) { blocks.delete(number); throw error; }
    }
    async function whole(notice) {
      const number = blockOf[notice.at], first = blockOf.indexOf(number);
      return Object.assign((await block(number))[notice.at - first], { name: notice.name });
    }

    return {
      series: () => kept("series"),
      async notices() {
        const list = await kept("overview");
        begun.delete("overview");
        list.forEach((data, at) => { data.at = at; });
        return list;
      },
      async wholes(notices) {
        const found = [];
        for (const notice of notices) found.push(await whole({ at: notice.data.at, name: notice.name }));
        return found;
      },
      // Finds the items of a list: by what the list's part says of each, and where words are sought in the notices themselves.
      finder(all, fail) {
        let asked = "", seen = null;
        const find = (kind, question, from) => found(kind, question, from).catch(error => { fail(error); return new Promise(() => {}); });
        async function found(kind, question, from) {
          const index = await kept(`list-${kind}`), now = JSON.stringify([kind, question]);
          if (asked !== now) { asked = now; seen = sought(index, kind, question, () => asked !== now); }
          const places = await seen, items = [];
          for (const place of places.slice(from, from + STEP)) items.push(await itemAt(place, kind));
          return { total: places.length, items, keys: keysIn(index, all.facets(kind)), sums: kind === "sum" ? sumsIn(places) : [] };
        }
        const itemAt = async (place, kind) => (await whole(place.notice)).items(kind)[place.item];
        const sought = (index, kind, question, isOver) => {
          const places = placesIn(all, index, kind, question);
          return question.q || question.organisation ? fitting(places, place => itemAt(place, kind), pages.hasWords(question), isOver) : places;
        };
        find.isElsewhere = true;
        find.sorts = SORTS;
        find.isTold = parts.readers;
        return find;
      },
    };
  };

  // Words and bodies are sought in the notices themselves, one part after the other.
  async function fitting(places, itemAt, has, isOver) {
    const found = [];
    for (const place of places) {
      if (isOver()) return [];
      if (has(await itemAt(place))) found.push(place);
    }
    return found;
  }

  // What a column is sorted by.
  const SORTS = {
    category: place => place.kind.issue.category, issue_status: place => place.kind.value.status, status: place => place.kind.value.status,
    types: place => place.kind.value.types[0], action: place => place.kind.value.action, handling: place => place.kind.value.action,
    name: place => place.kind.value.name, sum: place => place.kind.figure.sum, reason: place => place.kind.figure.reason,
    severity: place => ["error", "warning", "info"].indexOf(place.kind.check.severity),
    value: place => place.number, in_full: place => place.number, notice: place => place.notice.name,
  };

  // A kind of items: all whose facets are the same. Only what facets look at is there.
  const kindOf = ([category, status, term, unit, reason, reader, types, doubts]) => ({
    value: { category, status, types, action: term, name: term, base: [0, unit], by: { "": reader } },
    issue: { category }, measure: { types }, check: { severity: term }, figure: { sum: term, unit, reason }, doubts,
  });

  const kindsIn = index => { index.items ||= index.kinds.map(kindOf); return index.items; };

  // The items that fit a question: the notice, the number of the item in it, its kind and its figure; in order.
  function placesIn(all, index, kind, question) {
    const facets = Object.entries(all.facets(kind)).filter(([name]) => question[name] && name !== "notice" && name !== "genre" && name !== "inspection");
    const kinds = kindsIn(index), fits = kinds.map(item => facets.every(([name, facet]) => facet.keys(item).includes(question[name])));
    const chosen = question.notice ? all.chosen({ ...question, copies: "1" }).filter(notice => notice.id === question.notice) : all.chosen(question);
    const found = [];
    for (const notice of chosen) {
      const { at } = notice.data, numbers = index.numbers[at];
      index.notices[at].forEach((one, item) => {
        if (fits[one]) found.push({ notice: { at, name: notice.name }, item, kind: kinds[one], number: numbers ? numbers[item] : null });
      });
    }
    return inOrder(found, question.sort || "");
  }

  function inOrder(places, sort) {
    const by = SORTS[sort.replace("-", "")], turn = sort.startsWith("-") ? -1 : 1;
    const compare = (one, other) => typeof one === "number" && typeof other === "number" ? one - other : String(one ?? "").localeCompare(String(other ?? ""), "zh");
    return by ? places.sort((one, other) => turn * compare(by(one), by(other))) : places;
  }

  function keysIn(index, facets) {
    const named = Object.entries(facets).filter(([name]) => !["notice", "genre", "inspection", "left", "group"].includes(name));
    return Object.fromEntries(named.map(([name, facet]) => [name, [...new Set(kindsIn(index).flatMap(facet.keys))].filter(key => key !== null && key !== undefined)]));
  }

  const sumsIn = places => pages.sumsOf(places.map(({ kind, number }) => ({ figure: { ...kind.figure, value: number } })));
})(window.pages);
