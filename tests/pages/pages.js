// Looks at all pages below a folder and prints TAP:
//   node pages.js FOLDER ROOT
// ROOT is the instance: a link may lead to any file in it, and to none outside.
// Every HTML page is valid for html-validate; each kind is for the Nu Html Checker, and has no
// finding of axe in Chromium, light and dark, narrow and wide, and is whole with scripts off;
// every link of every page leads somewhere.
import { execSync } from "node:child_process";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { FileSystemConfigLoader, HtmlValidate } from "html-validate";
import { chromium } from "playwright-core";
import { findingsWithoutScript } from "./plain.js";
import { findingsOfVnu } from "./vnu.js";

const [folder, root] = process.argv.slice(2).map((name) => path.resolve(name));
const here = path.dirname(fileURLToPath(import.meta.url));
const only = (text, ending) => text.filter((name) => name.endsWith(ending));
const pages = fs
  .readdirSync(folder, { recursive: true })
  .map((name) => path.join(folder, name))
  .filter((name) => fs.statSync(name).isFile())
  .sort();

let tests = 0;
function is(what, findings) {
  tests += 1;
  console.log(`${findings.length === 0 ? "ok" : "not ok"} ${tests} - ${what}`);
  for (const finding of findings.slice(0, 40)) console.log(`#   ${finding}`);
  if (findings.length > 40) console.log(`#   and ${findings.length - 40} more`);
  if (findings.length > 0) process.exitCode = 1;
}
const short = (name) => path.relative(root, name);

// ---- html-validate ----------------------------------------------------------

const validator = new HtmlValidate(
  new FileSystemConfigLoader(JSON.parse(fs.readFileSync(path.join(here, "htmlvalidate.json"), "utf8"))),
);
const invalid = [];
for (const page of only(pages, ".html")) {
  const report = await validator.validateString(fs.readFileSync(page, "utf8"), page);
  for (const result of report.results)
    for (const m of result.messages) invalid.push(`${short(page)}:${m.line}: ${m.ruleId}: ${m.message}`);
}
is(`${only(pages, ".html").length} pages are valid HTML`, invalid);

// ---- What a page may load, and how large it is ------------------------------

const loose = [];
for (const page of only(pages, ".html")) {
  const text = fs.readFileSync(page, "utf8");
  const policy = text.match(/<meta http-equiv="Content-Security-Policy" content="([^"]*)">/)?.[1] ?? "";
  if (!policy.startsWith("default-src 'none';") || /unsafe|\*|https?:/.test(policy)) loose.push(`${short(page)}: ${policy || "no policy"}`);
  if (/<style|\sstyle="|<script(?! src="[^"]+" defer>)|\son[a-z]+="/.test(text)) loose.push(`${short(page)}: a script or style within the page`);
  if (/<script/.test(text) !== /script-src/.test(policy)) loose.push(`${short(page)}: a policy with a script that is not there, or the other way round`);
}
is("every page has a strict policy, and no script or style of its own", loose);
const pageBytes = 100000;
is(
  "no page in either form is larger than 100 KB",
  pages
    .filter((page) => /\.(html|md)$/.test(page) && fs.statSync(page).size > pageBytes)
    .map((page) => `${short(page)}: ${fs.statSync(page).size} bytes`),
);

// ---- Links ------------------------------------------------------------------

function linksOfHtml(text) {
  return [...text.matchAll(/\s(?:href|src|action)="([^"]*)"/g)].map((m) =>
    m[1].replaceAll("&amp;", "&").replaceAll("&quot;", '"').replaceAll("&#39;", "'"),
  );
}
function linksOfMarkdown(text) {
  return [...text.matchAll(/(?<!\\)\]\(<?([^()<>\s]*(?:\([^()\s]*\)[^()<>\s]*)*)>?(?:\s+"[^"]*")?\)/g)].map((m) =>
    m[1].replace(/\\([!-/:-@[-`{-~])/g, "$1").replaceAll("&amp;", "&"),
  );
}
const ids = new Map();
function idsOf(page) {
  if (!ids.has(page))
    ids.set(page, new Set([...fs.readFileSync(page, "utf8").matchAll(/\sid="([^"]*)"/g)].map((m) => m[1])));
  return ids.get(page);
}
function faultOf(page, link) {
  if (link === "" || /^(mailto|tel):/.test(link)) return link === "" ? "is empty" : null;
  if (/^data:image\//.test(link)) return null;
  if (/^[a-z][a-z0-9+.-]*:/i.test(link)) return "leads out of the instance";
  const url = new URL(link, pathToFileURL(page));
  const target = fileURLToPath(new URL(url.pathname, "file://"));
  if (!target.startsWith(root + path.sep)) return "leads out of the instance";
  if (!fs.existsSync(target)) return "leads nowhere";
  const anchor = decodeURIComponent(url.hash.slice(1));
  if (anchor !== "" && target.endsWith(".html") && !anchor.includes("=") && !idsOf(target).has(anchor))
    return "names no element there";
  return null;
}
let links = 0;
const broken = [];
const reached = new Set([path.join(folder, "index.html"), path.join(folder, "index.md")]);
for (const [ending, linksOf] of [
  [".html", linksOfHtml],
  [".md", linksOfMarkdown],
])
  for (const page of only(pages, ending))
    for (const link of linksOf(fs.readFileSync(page, "utf8"))) {
      links += 1;
      const fault = faultOf(page, link);
      if (fault !== null) broken.push(`${short(page)}: ${link} ${fault}`);
      else if (!/^[a-z]+:/.test(link)) reached.add(fileURLToPath(new URL(new URL(link, pathToFileURL(page)).pathname, "file://")));
    }
is(`${links} links lead somewhere`, broken);
is(
  "every page is linked from another",
  pages.filter((page) => /\.(html|md)$/.test(page) && path.basename(page) !== "README.md" && !reached.has(page)).map(short),
);

// ---- Each kind of page, in Chromium -----------------------------------------

// All of a few kinds would be all of the same: some of each folder, and what has a heading or
// a class that none before it had.
const perFolder = new Map();
const looked = only(pages, ".html").filter((page) => {
  const kind = path.dirname(page);
  const { seen, count } = perFolder.get(kind) ?? { seen: new Set(), count: 0 };
  const text = fs.readFileSync(page, "utf8");
  const features = [...text.matchAll(/<h[23]>[^<]*|\sclass="[^"]*"|status\/[a-z-]+\/index|\sdata-kind="[^"]*"/g)].map(String);
  const isNew = features.some((feature) => !seen.has(feature));
  for (const feature of features) seen.add(feature);
  perFolder.set(kind, { seen, count: count + 1 });
  return kind === folder || isNew || count < Number(process.env.PAGES_PER_FOLDER ?? 3);
});
const letters = path.join(root, "outbox/letters");
const vnu = findingsOfVnu(root, [
  ...looked,
  ...(fs.existsSync(letters) ? fs.readdirSync(letters) : []).slice(0, 6).map((name) => path.join(letters, name)),
]);
// Chromium's own sandbox needs user namespaces, which a root in a container lacks.
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? execSync("command -v chromium").toString().trim(),
  args: ["--no-sandbox"],
});
const axe = fs.readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
for (const colorScheme of ["light", "dark"])
  for (const width of [360, 1440]) {
    const context = await browser.newContext({ colorScheme, viewport: { width, height: 900 }, bypassCSP: true });
    const view = await context.newPage();
    const findings = [];
    view.on("pageerror", (error) => findings.push(`script: ${error.message}`));
    view.on("console", (message) => message.type() === "error" && findings.push(`console: ${message.text()}`));
    view.on("request", (request) => request.url().startsWith("file:") || findings.push(`asks for ${request.url()}`));
    for (const page of looked) {
      await view.goto(pathToFileURL(page).href);
      await view.evaluate(axe);
      const result = await view.evaluate(() => window.axe.run(document, { resultTypes: ["violations"], preload: false }));
      for (const v of result.violations)
        for (const node of v.nodes.slice(0, 3)) findings.push(`${short(page)}: ${v.id}: ${v.help}: ${node.target.join(" ")}`);
      const overflow = await view.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      if (overflow > 0) findings.push(`${short(page)}: is ${overflow} px wider than the window`);
    }
    is(`axe finds nothing on ${looked.length} pages, ${colorScheme}, ${width} px wide`, findings);
    await context.close();
  }

// Columns change their number between those widths.
const narrow = await browser.newContext();
const wider = [];
for (const page of looked) {
  const view = await narrow.newPage();
  await view.goto(pathToFileURL(page).href);
  for (const width of [320, 400, 500, 640, 800, 1024]) {
    await view.setViewportSize({ width, height: 900 });
    const overflow = await view.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    if (overflow > 0) wider.push(`${short(page)}: is ${overflow} px wider than ${width}`);
  }
  await view.close();
}
is("no page is wider than its window, whatever that is", wider);
const lacking = await findingsWithoutScript(browser, looked, (page) => pathToFileURL(page).href);
is("every page is whole with scripts off", lacking.map(([page, fault]) => `${short(page)}: ${fault}`));
is("the Nu Html Checker finds nothing, nor in letters", await vnu);
await browser.close();
console.log(`1..${tests}`);
