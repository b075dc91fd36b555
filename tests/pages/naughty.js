// Looks at an instance whose free fields are naughty strings (make-naughty.py), in Chromium,
// from disk. Prints TAP:
//   node naughty.js INSTANCE EXPECTED
// or, with "markdown" for EXPECTED, what its error files have in them that is no text.
import { execSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { gfm } from "micromark-extension-gfm";
import { chromium } from "playwright-core";

const [instance, expected] = process.argv.slice(2);

// ---- Error files ------------------------------------------------------------------

if (expected === "markdown") {
  const folder = path.join(instance, "inbox", "rejected");
  const kinds = new Set();
  for (const name of fs.readdirSync(folder).filter((each) => each.endsWith(".error.md"))) {
    const text = fs.readFileSync(path.join(folder, name), "utf8");
    const walk = (node) => {
      if (["html", "image", "footnoteReference", "linkReference", "imageReference", "delete"].includes(node.type))
        console.log(`${name}: ${node.type}: ${node.value ?? ""}`);
      if (node.type === "link" && /^[a-z]+:|^\/\//i.test(node.url)) console.log(`${name}: ${node.url}`);
      kinds.add(node.type);
      node.children?.forEach(walk);
    };
    walk(fromMarkdown(text, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] }));
  }
  process.exit();
}

// ---- Pages ------------------------------------------------------------------------

let tests = 0;
function is(what, findings) {
  tests += 1;
  console.log(`${findings.length === 0 ? "ok" : "not ok"} ${tests} - ${what}`);
  for (const finding of findings.slice(0, 20)) console.log(`#   ${finding}`);
  if (findings.length > 0) process.exitCode = 1;
}

const reports = path.join(path.resolve(instance), "reports");
const texts = fs.readFileSync(expected, "utf8").trim().split("\n").map((line) => JSON.parse(line));
const address = (name) => pathToFileURL(path.join(reports, name)).href;

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? execSync("command -v chromium").toString().trim(),
  args: ["--no-sandbox"],
});
const view = await (await browser.newContext()).newPage();
const noise = [];
view.on("pageerror", (error) => noise.push(`script: ${error.message}`));
view.on("console", (message) => message.type() === "error" && noise.push(`console: ${message.text()}`));
view.on("dialog", (dialog) => {
  noise.push(`dialog: ${dialog.message()}`);
  dialog.dismiss();
});
view.on("request", (request) => request.url().startsWith(pathToFileURL(reports).href) || noise.push(`asks for ${request.url()}`));

// What a page shows cannot have some characters, and has one space for many.
const odd = /[\p{Cc}\u202a-\u202e\u2066-\u2069\ufeff\ufdd0-\ufdef\ufffe\uffff]/gu;
const shown = (text) => text.replace(odd, "\ufffd").replace(/[ \u2028\u2029]+/g, " ").trim();

// The values of a page's tables of facts by their fields; all elements and attributes there are.
const look = () =>
  view.evaluate(() => {
    const facts = {};
    for (const row of document.querySelectorAll(".facts tbody tr")) facts[row.cells[0].textContent] = row.cells[1].textContent.trim();
    const names = new Set();
    for (const element of document.querySelectorAll("*")) {
      names.add(element.localName === "b" && element.hasAttribute("aria-current") ? "here" : element.localName);
      for (const { name, value } of element.attributes) {
        names.add(`@${name}`);
        if (["href", "src", "action"].includes(name) && !/^(?:#|(?:\.\.\/)*[A-Za-z0-9_.%/~-]+(?:#|$))/.test(value)) names.add(`@${name}=${value}`);
      }
    }
    return { facts, names: [...names], text: document.body.textContent };
  });

// All that pages are made of, from those that show none of the strings.
const known = new Set();
for (const page of ["purchase.html", "search.html", "request/index.html", "request/application.html", "spending/index.html", "calendar/index.html"]) {
  await view.goto(address(page));
  for (const name of (await look()).names) known.add(name);
}
for (const name of ["small", "br", "em", "@open", "strong", "svg", "ol", "h3", "here", "mark", "@aria-busy",
                    // The chart of the overview.
                    "rect", "@width", "@height", "@focusable", "@aria-hidden"]) known.add(name);

const wrong = [];
const strange = new Set();
const check = (page, { names }) => names.filter((name) => !known.has(name)).forEach((name) => strange.add(`${page}: ${name}`));
// All that look like markup or code, and some of the others.
const seen = texts.filter(({ long }, i) => i % 8 === 0 || /[<>&"'`=]/.test(long));
for (const { number, short, long } of seen) {
  const page = `certificate/N-${number}.1.html`;
  await view.goto(address(page));
  const own = await look();
  check(page, own);
  const wanted = { Company: short, Applicant: short, Address: long, Location: `${long}, ${long}, CN` };
  for (const [field, text] of Object.entries(wanted))
    if (own.facts[field] !== shown(text)) wrong.push(`${page}: ${field}: ${JSON.stringify(own.facts[field])}, not ${JSON.stringify(shown(text))}`);
  if (!own.text.includes(shown(long))) wrong.push(`${page}: the comment is missing`);
  if (number % 4 !== 0) continue;
  const other = `certificate/U-${number}.1.html`;
  await view.goto(address(other));
  const upload = await look();
  check(other, upload);
  if (!upload.text.includes(shown(short))) wrong.push(`${other}: its name is missing`);
}
for (const folder of ["list", "incoming", "activity", "status/issued", "unissued", "status/verification-failed"])
  for (const name of fs.readdirSync(path.join(reports, folder)).filter((each) => each.endsWith(".html"))) {
    await view.goto(address(`${folder}/${name}`));
    check(`${folder}/${name}`, await look());
  }
await view.goto(address("index.html"));
check("index.html", await look());
is(`${seen.length} strings stand on their pages, letter by letter`, wrong);
is("no element, attribute or link comes of one", [...strange]);

// ---- The search --------------------------------------------------------------------

await view.goto(address("search.html"));
const lost = [];
for (const { number, short } of texts.filter((_, i) => i % 9 === 0)) {
  if (!/[\p{L}\p{N}\p{P}\p{S}]/u.test(shown(short))) continue;
  await view.fill("#query", shown(short));
  await view.locator("#results[aria-busy=false]").waitFor({ state: "attached" });
  for (let n = 0; n < 5 && (await view.locator("#more").isVisible()); n++) {
    const before = await view.locator("#results > li").count();
    await view.click("#more");
    await view.waitForFunction((count) => document.querySelectorAll("#results > li").length > count || document.getElementById("more").hidden, before);
  }
  const found = await view.evaluate(() => [...document.querySelectorAll("#results > li")].map((item) => item.textContent));
  for (const id of [`N-${number}.1`, `U-${number}.1`])
    if (!found.some((text) => text.startsWith(id) && text.includes(shown(short)))) lost.push(`${id}: ${JSON.stringify(short)}: ${found.length} found`);
}
check("search.html", await look());
is("the search finds them, and shows them as text", lost);
is("nothing of them is an element there", [...strange]);
is("no page says or asks for anything", noise);
await browser.close();
console.log(`1..${tests}`);
