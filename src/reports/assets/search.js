// Finds certificates by the index in search/, of which it loads the shards that a query needs
// and nothing more; src/reports/search.h says what is in them. A shard is a script that hands
// its lines to certdropShard(), since a page from disk may read nothing else. What was found
// reaches the page as text.
"use strict";
(() => {
  const place = document.getElementById("search");
  if (!place) return;
  const query = document.getElementById("query");
  const found = document.getElementById("found");
  const results = document.getElementById("results");
  const more = document.getElementById("more");
  const invitation = found.textContent;

  const SHOWN = 20; // at once
  const TERM = 60; // where the index cuts what it has, escaped
  const PAUSE = 150; // ms without a key

  function element(name, content, attributes = {}) {
    const made = document.createElement(name);
    made.append(...[content].flat());
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  }

  // ---- The index ---------------------------------------------------------------

  let names = null; // of all shards
  let prefixes = []; // what they stand for, in order
  const shards = new Map(); // name: lines
  const prefixOf = (name) => name.replace(/_([0-9a-f]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
  window.certdropIndex = (list) => {
    names = [];
    for (const [shared, rest] of list) names.push((names.at(-1) ?? "").slice(0, shared) + rest);
    prefixes = names.map(prefixOf);
  };
  window.certdropShard = (name, lines) => shards.set(name, lines);

  const loading = new Map();
  function load(name) {
    if (!loading.has(name))
      loading.set(
        name,
        new Promise((resolve, reject) => {
          const script = element("script", "", { src: `search/${name}.js` });
          script.addEventListener("load", () => resolve(script.remove()));
          script.addEventListener("error", () => {
            script.remove();
            loading.delete(name);
            reject(new Error(`search/${name}.js cannot be read`));
          });
          document.head.append(script);
        }),
      );
    return loading.get(name);
  }

  async function linesOf(name) {
    if (!shards.has(name)) await load(name);
    return shards.get(name) ?? [];
  }

  // The shards with keys that begin with KEY: the one that holds them all, or all below it.
  async function shardsOf(key) {
    if (names === null) await load("index");
    let low = 0;
    for (let high = prefixes.length; low < high; ) {
      const middle = (low + high) >> 1;
      if (prefixes[middle] < key) low = middle + 1;
      else high = middle;
    }
    if (low > 0 && key.startsWith(prefixes[low - 1])) return [names[low - 1]];
    let end = low;
    while (end < prefixes.length && prefixes[end].startsWith(key)) end += 1;
    return names.slice(low, end);
  }

  // ---- Texts, as the index has them --------------------------------------------

  const fold = (text) =>
    [...text.replace(/\s+/g, " ").normalize("NFKC")].map((c) => [...c.toLowerCase()][0]).join("").trim();

  const isPlain = (c) => c >= " " && c <= "~" && !`"\\<>&'`.includes(c);
  const escape = (text) =>
    [...text]
      .map((c) => (isPlain(c) ? c : c.split("").map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`).join("")))
      .join("");

  // As much of a text as the index keeps of it.
  function cut(text) {
    let kept = "";
    for (const c of text) {
      if (escape(kept + c).length > TERM) break;
      kept += c;
    }
    return kept;
  }

  // What a query may mean: itself, the host of an address, a serial number with colons, a
  // name in its own script.
  function meanings(text) {
    const folded = fold(text);
    const host = folded.match(/^[a-z][a-z0-9+.-]*:\/\/([^/?#:]+)/)?.[1];
    const plain = host ?? folded;
    const all = [plain];
    if (/^[0-9a-f]{2}([: ][0-9a-f]{2})+$/.test(plain)) all.push(plain.replace(/[: ]/g, ""));
    if (/[^ -~]/.test(plain) && !/\s/.test(plain)) {
      try {
        all.push(new URL(`http://${plain}/`).hostname);
      } catch {
        // It is no name.
      }
    }
    return [...new Set(all)].filter((meaning) => meaning !== "");
  }

  // ---- Finding -----------------------------------------------------------------

  // All [number, ID] that a meaning finds, in the order of the index: by ID, then by terms.
  async function* hitsOf(meaning) {
    const kept = cut(meaning);
    for (const tree of ["i", "t"])
      for (const name of await shardsOf(tree + escape(kept)))
        for (const [term, number, id] of await linesOf(name)) if (term.startsWith(kept)) yield [number, id];
  }

  async function recordOf(number, id) {
    const [name] = await shardsOf(`i${escape(cut(fold(id)))}",${String(number).padStart(10, "0")}`);
    return name === undefined ? undefined : (await linesOf(name)).find((line) => line[1] === number);
  }

  const begins = (text, meaning) => new RegExp(`(^|[^\\p{L}\\p{N}])${meaning.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&")}`, "u").test(fold(text));

  async function* find(text) {
    const seen = new Set();
    for (const meaning of meanings(text))
      for await (const [number, id] of hitsOf(meaning)) {
        if (seen.has(number)) continue;
        seen.add(number);
        const record = await recordOf(number, id);
        if (record === undefined) continue;
        const [, , , status, until, bound, company, serial] = record;
        const result = { meaning, id, status, until, bound, company, serial };
        if ([id, ...bound, company, serial].some((value) => begins(value, meaning))) yield result;
      }
  }

  // ---- Showing -----------------------------------------------------------------

  // TEXT with what was searched for marked in it.
  function marked(text, meaning) {
    const folded = fold(text);
    const at = folded.length === text.length && begins(text, meaning) ? folded.indexOf(meaning) : -1;
    if (at < 0) return [text];
    return [text.slice(0, at), element("mark", text.slice(at, at + meaning.length)), text.slice(at + meaning.length)];
  }

  // The badge of a status stands among the lists of the page; a deleted certificate is in no list.
  function badgeOf(status) {
    if (status === "") return element("span", "Deleted", { class: "off" });
    const link = document.querySelector(`.bar a[href="status/${status}/index.html"]`);
    return link === null ? status : link.cloneNode(true);
  }

  function show({ meaning, id, status, until, bound, company, serial }) {
    const matching = bound.filter((name) => begins(name, meaning));
    const shown = [...matching, ...bound.filter((name) => !matching.includes(name))].slice(0, 3);
    const head = element("p", [
      element("a", element("code", marked(id, meaning)), { href: `certificate/${encodeURIComponent(id)}.html` }),
      " ",
      badgeOf(status),
    ]);
    const item = element("li", head);
    if (shown.length > 0) {
      const line = element("p", shown.flatMap((name, i) => [i > 0 ? ", " : "", element("code", marked(name, meaning))]));
      if (bound.length > shown.length) line.append(` and ${bound.length - shown.length} more`);
      item.append(line);
    }
    const notes = [];
    if (company !== "") notes.push(marked(company, meaning));
    if (serial !== "" && begins(serial, meaning)) notes.push(["serial number ", element("code", marked(serial, meaning))]);
    if (until !== "") notes.push([`expires ${until}`]);
    if (notes.length > 0) item.append(element("p", element("small", notes.flatMap((note, i) => [i > 0 ? " · " : "", ...note]))));
    results.append(item);
  }

  let turn = 0; // of the last query; what an earlier one still finds is dropped
  let going = null;

  async function showMore() {
    const mine = turn;
    const first = results.children.length;
    more.hidden = true;
    try {
      for (let n = 0; n < SHOWN; n++) {
        const next = await going.next();
        if (mine !== turn) return;
        if (next.done) {
          going = null;
          break;
        }
        show(next.value);
      }
    } catch (error) {
      if (mine === turn) found.textContent = `${error.message}. Is it being made anew? Reload the page.`;
      return;
    }
    const count = results.children.length;
    more.hidden = going === null;
    if (going !== null) found.textContent = `The first ${count} certificates. Type more to find fewer, or show more.`;
    else if (count === 0) found.textContent = `Nothing begins with “${query.value.trim()}”.`;
    else found.textContent = count === 1 ? "1 certificate found." : `${count} certificates found.`;
    if (first > 0) results.children[first]?.querySelector("a").focus();
  }

  async function search() {
    const mine = ++turn;
    results.replaceChildren();
    more.hidden = true;
    try {
      history.replaceState(null, "", query.value === "" ? location.pathname : `#q=${encodeURIComponent(query.value)}`);
    } catch {
      // It is only for the way back.
    }
    going = query.value.trim() === "" ? null : find(query.value);
    if (going === null) found.textContent = invitation;
    else await showMore();
    if (mine === turn) results.setAttribute("aria-busy", "false");
  }

  // ---- Keys ----------------------------------------------------------------------

  let pause = 0;
  query.addEventListener("input", () => {
    clearTimeout(pause);
    results.setAttribute("aria-busy", "true");
    pause = setTimeout(search, PAUSE);
  });
  more.addEventListener("click", showMore);

  // From the field down to what was found and back; Enter opens what alone was found.
  place.addEventListener("keydown", async (event) => {
    const links = [...results.querySelectorAll("li > p:first-child > a:first-child")];
    const at = links.indexOf(document.activeElement);
    const from = document.activeElement === query;
    if (event.key === "ArrowDown" && (from || at >= 0)) (links[at + 1] ?? (more.hidden ? null : more))?.focus();
    else if (event.key === "ArrowUp" && at >= 0) (links[at - 1] ?? query).focus();
    else if (event.key === "ArrowUp" && document.activeElement === more) links.at(-1).focus();
    else if (event.key === "Escape" && !from) query.focus();
    else if (event.key === "Enter" && from) {
      clearTimeout(pause);
      await search();
      if (results.children.length === 1) results.querySelector("a").click();
      return;
    } else return;
    event.preventDefault();
  });

  place.hidden = false;
  query.value = new URLSearchParams(location.hash.slice(1)).get("q") ?? query.value;
  query.focus();
  if (query.value !== "") search();
})();
