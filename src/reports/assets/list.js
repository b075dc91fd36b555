// Sorts the table of a list by its columns, filters its rows by what is typed or by what the link
// that led here asks for, on this page and nothing else, and remembers whether they are shown as cards. Without it the page is what it is.
"use strict";
(() => {
  const place = document.getElementById("filter");
  const words = document.getElementById("words");
  const shown = document.getElementById("shown");
  const table = document.querySelector(".scroll > table");
  const holder = table?.tBodies[0];
  if (!place || !holder) return;
  const rows = [...holder.children]; // in the order of the page
  const heads = [...table.tHead.rows[0].cells];

  // ---- Filtering ----------------------------------------------------------------

  // What a row says, without the operations that most of them have.
  function textOf(row) {
    const last = heads.at(-1).textContent === "Operate";
    const parts = last ? [...row.children].slice(0, -1) : [...row.children];
    return parts.map((part) => part.textContent).join(" ").toLowerCase();
  }
  const texts = new Map(rows.map((row) => [row, textOf(row)]));

  function filter() {
    const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const row of rows) {
      row.hidden = !wanted.every((word) => texts.get(row).includes(word));
      if (!row.hidden) count += 1;
    }
    shown.textContent = wanted.length === 0 ? "" : `${count} of ${rows.length} shown`;
  }

  // ---- Sorting ------------------------------------------------------------------

  const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
  const collator = new Intl.Collator("en", { numeric: true });

  // Text, a number or a date as what it is compared by; null where there is nothing.
  function keyOf(cell) {
    const text = cell.textContent.trim();
    if (text === "--" || text === "") return null;
    const date = text.match(/^([A-Z][a-z]{2}) (\d{1,2}), (\d{4})(?:, (\d\d):(\d\d) UTC)?/);
    if (date) return Date.UTC(date[3], MONTHS.indexOf(date[1]), date[2], date[4] ?? 0, date[5] ?? 0);
    return cell.classList.contains("n") ? Number(text.replaceAll(",", "")) : text;
  }

  const compare = (a, b) => (typeof a === "number" && typeof b === "number" ? a - b : collator.compare(a, b));

  // Rows with nothing in the column come last, whichever way.
  function sort(column, direction) {
    const keys = new Map(rows.map((row) => [row, keyOf(row.cells[column])]));
    const sorted = [...rows].sort((a, b) => {
      const [left, right] = [keys.get(a), keys.get(b)];
      if (left === null || right === null) return (left === null) - (right === null);
      return direction * compare(left, right);
    });
    holder.append(...(direction === 0 ? rows : sorted));
  }

  // Up, down, and as it was.
  const ways = ["ascending", "descending", null];
  function turn(column) {
    const way = ways[(ways.indexOf(heads[column].getAttribute("aria-sort")) + 1) % ways.length];
    for (const head of heads) head.removeAttribute("aria-sort");
    if (way !== null) heads[column].setAttribute("aria-sort", way);
    sort(column, way === null ? 0 : way === "ascending" ? 1 : -1);
  }

  heads.forEach((head, column) => {
    if (head.textContent === "Operate") return;
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    button.addEventListener("click", () => turn(column));
    head.append(button);
  });

  // ---- List or cards ------------------------------------------------------------

  // A browser may be told to keep nothing.
  function remembered(view) {
    try {
      if (view !== undefined) window.localStorage.setItem("certdrop view", view);
      return window.localStorage.getItem("certdrop view");
    } catch {
      return null;
    }
  }
  // A page that leads to the rows of one kind, such as those of a status, says which: they are what
  // the field shows then, and it can be emptied.
  const asked = new URLSearchParams(window.location.hash.slice(1)).get("words");
  if (asked !== null) words.value = asked;

  const views = document.querySelector(".views");
  views?.addEventListener("click", (event) => {
    if (event.target.id) remembered(event.target.id);
  });
  const chosen = ["#list", "#cards"].includes(window.location.hash);
  if (views && !chosen && remembered() === "cards") window.location.replace("#cards");

  words.addEventListener("input", filter);
  place.hidden = false;
  if (words.value !== "") filter();
})();
