// Files that somebody chose or dropped, folders too, and which of them are to be sent: as a run over the folder reads them.
"use strict";
(function (pages) {
  const HEAD = 8192; // bytes by which a file's kind is told
  const NAMED = 5000, LOOKED = 50; // files in one question: by their names, and with their first bytes

  pages.ofField = field => [...field.files].map(file => ({ file, path: file.webkitRelativePath || file.name }));

  // Promises the files of what was dropped. unreadable(path) is told what the browser cannot open.
  pages.ofDrop = function (transfer, unreadable) {
    // The entries must be taken at once: afterwards the browser has forgotten them.
    const entries = [...transfer.items].map(item => item.webkitGetAsEntry?.()).filter(Boolean);
    return entries.length ? walked(entries, unreadable) : Promise.resolve(pages.ofField(transfer));
  };

  async function walked(entries, unreadable) {
    const found = [];
    for (const entry of entries) {
      const path = entry.fullPath.replace(/^\//, "");
      try {
        if (entry.isFile) found.push({ file: await new Promise((take, fail) => entry.file(take, fail)), path });
        else found.push(...await walked(await inside(entry), unreadable));
      } catch { unreadable(path); }
    }
    return found;
  }

  // A folder's entries come some hundred at a time.
  async function inside(folder) {
    const reader = folder.createReader(), found = [];
    for (;;) {
      const some = await new Promise((take, fail) => reader.readEntries(take, fail));
      if (!some.length) return found;
      found.push(...some);
    }
  }

  // Promises { read: [file], passed: [{ path, kind }] }, or fails where the service does not answer. Pictures that are the
  // pages of one notice are one file, which begins with `series`.
  pages.sortedOut = async function (files, series, unreadable) {
    const fates = await asked(files.map(({ path }) => ({ path })), NAMED);
    const open = [];
    for (const { path, file } of files.filter((_, at) => fates[at].fate === "look")) {
      try { open.push({ path, head: await head(file) }); } catch { unreadable(path); }
    }
    const known = new Map([...fates, ...await asked(open, LOOKED)].map(fate => [fate.path, fate]));
    const read = files.filter(({ path }) => known.get(path).fate === "read");
    return {
      read: [...joined(read.map(each => ({ ...each, ...known.get(each.path) })), series)],
      passed: [...known.values()].filter(fate => fate.fate === "passed_over"),
    };
  };

  function* joined(files, begin) {
    for (const each of files) {
      if (!each.series) yield each;
      if (each.series !== each.path) continue;
      const all = files.filter(other => other.series === each.path).sort((one, other) => one.page - other.page);
      const last = all.at(-1).path.split("/").at(-1);
      yield { path: `${each.path}…${last}`, file: new Blob([begin, ...all.flatMap(({ file }) => [lengthOf(file), file])]) };
    }
  }

  // As the service's reader of pictures in one piece takes it: eight bytes, the highest first.
  function lengthOf(file) {
    const bytes = new DataView(new ArrayBuffer(8));
    bytes.setBigUint64(0, BigInt(file.size));
    return bytes;
  }

  async function head(file) {
    return btoa(String.fromCharCode(...new Uint8Array(await file.slice(0, HEAD).arrayBuffer())));
  }

  async function asked(files, most) {
    const found = [];
    for (let at = 0; at < files.length; at += most) {
      const answer = await fetch("/chosen-files", {
        method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ files: files.slice(at, at + most) }),
      });
      if (!answer.ok) throw new Error(String(answer.status));
      found.push(...await answer.json());
    }
    return found;
  }
})(window.pages);
