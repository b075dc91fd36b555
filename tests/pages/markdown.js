// Reads every Markdown page below a folder as GFM, with the parser of remark, and the HTML page
// beside it as HTML, with parse5, and prints as TAP whether both say the same: headings,
// paragraphs, lists, tables cell by cell, code, and where links lead.
//   node markdown.js FOLDER
// What the HTML alone has is what a script works on and what it leaves hidden: forms, filters.
import fs from "node:fs";
import path from "node:path";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { gfm } from "micromark-extension-gfm";
import { parse } from "parse5";

const folder = path.resolve(process.argv[2]);
const pages = fs
  .readdirSync(folder, { recursive: true })
  .map((name) => path.join(folder, name))
  .filter((name) => name.endsWith(".md") && path.basename(name) !== "README.md")
  .sort();

let tests = 0;
function is(what, findings) {
  tests += 1;
  console.log(`${findings.length === 0 ? "ok" : "not ok"} ${tests} - ${what}`);
  for (const finding of findings.slice(0, 30)) console.log(`#   ${finding}`);
  if (findings.length > 30) console.log(`#   and ${findings.length - 30} more`);
  if (findings.length > 0) process.exitCode = 1;
}
const short = (name) => path.relative(folder, name);

// ---- What both are brought to -------------------------------------------------

// Inline content: its text with one space for many, its code, its links.
class Line {
  text = "";
  code = [];
  links = [];
  add(text) {
    this.text += text;
  }
  end() {
    const lines = this.text.split("\n").map((line) => line.replace(/[ \t]+/g, " ").trim());
    return { text: lines.join("\n").trim(), code: this.code, links: this.links };
  }
}

// A link between pages without its ending and what it begins with; another one as it is.
function stemOf(page, link, ending) {
  const target = link.replace(/#.*$/, "");
  const file = path.resolve(path.dirname(page), target);
  return target.endsWith(ending) && file.startsWith(folder + path.sep) ? target.slice(0, -ending.length) : link;
}

// ---- From Markdown --------------------------------------------------------------

const faults = [];
function inlineOfMarkdown(nodes, line, page) {
  for (const node of nodes)
    if (node.type === "text") line.add(node.value.replaceAll("\n", " "));
    else if (node.type === "inlineCode") {
      line.add(node.value);
      line.code.push(node.value);
    } else if (node.type === "link") {
      const inner = new Line();
      inlineOfMarkdown(node.children, inner, page);
      line.add(inner.text);
      line.code.push(...inner.code);
      line.links.push([inner.end().text, stemOf(page, node.url, ".md")]);
    } else if (node.type === "emphasis" || node.type === "strong") inlineOfMarkdown(node.children, line, page);
    else if (node.type === "html" && node.value === "<br>") line.add("\n");
    else faults.push(`${short(page)}: ${node.type}: ${node.value ?? node.url ?? ""}`);
  return line;
}

function blocksOfMarkdown(nodes, page) {
  const inline = (node) => inlineOfMarkdown(node.children, new Line(), page).end();
  return nodes.flatMap((node) => {
    if (node.type === "heading") return { heading: node.depth, ...inline(node) };
    if (node.type === "paragraph") return { paragraph: true, ...inline(node) };
    if (node.type === "list")
      return { list: node.ordered ? "ol" : "ul", items: node.children.map((item) => blocksOfMarkdown(item.children, page)) };
    if (node.type === "code") return { listing: node.value, language: node.lang ?? "" };
    if (node.type === "table") return { table: node.children.map((row) => row.children.map(inline)), align: node.align };
    faults.push(`${short(page)}: ${node.type}: ${node.value ?? ""}`);
    return [];
  });
}

// Behind the last rule comes what the frame adds.
function readMarkdown(page) {
  const text = fs.readFileSync(page, "utf8");
  const tree = fromMarkdown(text, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] });
  const last = tree.children.findLastIndex((node) => node.type === "thematicBreak");
  if (last < 0 || last !== tree.children.length - 2) faults.push(`${short(page)}: no foot`);
  return blocksOfMarkdown(tree.children.slice(0, last), page);
}

// ---- From HTML -------------------------------------------------------------------

const attribute = (node, name) => node.attrs?.find((each) => each.name === name)?.value;
const has = (node, name) => node.attrs?.some((each) => each.name === name) ?? false;
const classes = (node) => (attribute(node, "class") ?? "").split(" ");

// What only a script works with, and pictures of what stands beside them as text.
const isLeftOut = (node) =>
  has(node, "hidden") ||
  has(node, "data-kind") ||
  classes(node).some((name) => name === "unseen") ||
  ["svg", "script", "input", "button", "select", "textarea", "output", "summary", "legend"].includes(node.nodeName);

let here = ""; // the page that is read
function inlineOfHtml(nodes, line) {
  for (const node of nodes) {
    if (isLeftOut(node)) continue;
    if (node.nodeName === "#text") line.add(node.value.replaceAll("\n", " "));
    else if (node.nodeName === "br") line.add("\n");
    else if (node.nodeName === "code") {
      const inner = inlineOfHtml(node.childNodes, new Line());
      line.add(inner.text);
      line.code.push(inner.text);
    } else if (node.nodeName === "a") {
      const inner = inlineOfHtml(node.childNodes, new Line());
      line.add(inner.text);
      line.code.push(...inner.code);
      line.links.push([inner.end().text, stemOf(here, attribute(node, "href"), ".html")]);
    } else inlineOfHtml(node.childNodes, line);
  }
  return line;
}

const inlineNames = new Set(["#text", "a", "b", "br", "code", "em", "small", "span", "strong", "label", "time"]);

function tableOfHtml(table) {
  const rows = [];
  const walk = (node) => {
    if (node.nodeName === "tr") rows.push(node.childNodes.filter((cell) => /^t[hd]$/.test(cell.nodeName)));
    else node.childNodes?.forEach(walk);
  };
  walk(table);
  const align = rows[0].map((cell) => (classes(cell).includes("n") ? "right" : null));
  return { table: rows.map((row) => row.map((cell) => inlineOfHtml(cell.childNodes, new Line()).end())), align };
}

// A list of links that stands in a line is one in the Markdown, with dots between. How a table is
// shown is no matter there.
function barOfHtml(bar) {
  return bar.childNodes
    .filter((list) => list.nodeName === "ul" && !classes(list).includes("views"))
    .map((list) => {
      const line = new Line();
      list.childNodes
        .filter((item) => item.nodeName === "li")
        .forEach((item, i) => {
          if (i > 0) line.add(" · ");
          inlineOfHtml(item.childNodes, line);
        });
      return { paragraph: true, ...line.end() };
    });
}

function blocksOfHtml(nodes) {
  const blocks = [];
  let loose = null; // inline content that no block holds: that of a tight list's item
  const flush = () => {
    const line = loose?.end();
    if (line && line.text !== "") blocks.push({ paragraph: true, ...line });
    loose = null;
  };
  for (const node of nodes) {
    if (isLeftOut(node) || node.nodeName === "#comment") continue;
    if (inlineNames.has(node.nodeName)) {
      loose = inlineOfHtml([node], loose ?? new Line());
      continue;
    }
    flush();
    const inline = () => inlineOfHtml(node.childNodes, new Line()).end();
    if (/^h[1-6]$/.test(node.nodeName)) blocks.push({ heading: Number(node.nodeName[1]), ...inline() });
    else if (node.nodeName === "p") blocks.push({ paragraph: true, ...inline() });
    else if (classes(node).includes("bar")) blocks.push(...barOfHtml(node));
    else if (node.nodeName === "ul" || node.nodeName === "ol")
      blocks.push({
        list: node.nodeName,
        items: node.childNodes.filter((item) => item.nodeName === "li").map((item) => blocksOfHtml(item.childNodes)),
      });
    else if (node.nodeName === "table") blocks.push(tableOfHtml(node));
    else if (node.nodeName === "pre") {
      const [code] = node.childNodes;
      const text = code.childNodes.map((piece) => piece.value).join("");
      blocks.push({ listing: text.replace(/\n$/, ""), language: (attribute(code, "class") ?? "").replace("language-", "") });
    } else blocks.push(...blocksOfHtml(node.childNodes));
  }
  flush();
  return blocks;
}

function find(node, name) {
  if (node.nodeName === name) return node;
  for (const child of node.childNodes ?? []) {
    const found = find(child, name);
    if (found) return found;
  }
  return null;
}

function readHtml(page) {
  here = page;
  return blocksOfHtml(find(parse(fs.readFileSync(page, "utf8")), "main").childNodes);
}

// ---- The same --------------------------------------------------------------------

function firstDifference(page, markdown, html) {
  for (let i = 0; i < Math.max(markdown.length, html.length); i++) {
    const [left, right] = [JSON.stringify(markdown[i]), JSON.stringify(html[i])];
    if (left === right) continue;
    let at = 0;
    while (left && right && left[at] === right[at]) at += 1;
    const piece = (text) => (text === undefined ? "nothing" : text.slice(Math.max(0, at - 60), at + 100));
    return [`${short(page)}: block ${i}: Markdown ${piece(left)}`, `    HTML ${piece(right)}`];
  }
  return [];
}

const differ = [];
const ragged = [];
const counts = { table: 0, list: 0, heading: 0, paragraph: 0, listing: 0 };
for (const page of pages) {
  const markdown = readMarkdown(page);
  for (const block of markdown) for (const name of Object.keys(counts)) if (name in block) counts[name] += 1;
  differ.push(...firstDifference(page, markdown, readHtml(page.replace(/\.md$/, ".html"))));
  for (const block of markdown)
    if (block.table?.some((row) => row.length !== block.table[0].length)) ragged.push(`${short(page)}: a row of another length`);
}
is(
  `${pages.length} pages say the same as Markdown and as HTML (${Object.entries(counts).map(([name, count]) => `${count} ${name}s`).join(", ")})`,
  differ,
);
is("no Markdown has HTML, images or anything else that a page is not made of", faults);
is("every row of a table has its cells", ragged);

// In the source, too, the columns of a table stand under each other, up to a cell that is wider
// than the others may be.
const crooked = [];
const width = (text) => [...text.replace(/\p{Mn}|\p{Me}|\p{Cf}/gu, "")].length;
for (const page of pages) {
  let first = null;
  for (const line of fs.readFileSync(page, "utf8").split("\n")) {
    if (!line.startsWith("| ")) first = null;
    else if (/[^ -~]/.test(line) || line.includes("\\|")) continue;
    else {
      const bars = [...line.matchAll(/(?<!\\)\|/g)].map((match) => match.index);
      first ??= bars;
      const wide = bars.findIndex((at, i) => at !== first[i]);
      if (wide > 0 && bars[wide] - bars[wide - 1] <= 97 && bars.slice(0, wide).every((at, i) => at === first[i]) && width(line) > 0)
        crooked.push(`${short(page)}: ${line}`);
    }
  }
}
is("the columns of tables stand under each other", crooked);
console.log(`1..${tests}`);
