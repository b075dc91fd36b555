// Searches in Chromium, from disk, as a person would. Prints TAP:
//   node search.js INSTANCE STEP
// STEP names what is looked at, below; the instance is that of search.sh.
import { execSync } from "node:child_process";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const [instance, step] = process.argv.slice(2);
const reports = path.join(path.resolve(instance), "reports");

let tests = 0;
function ok(what, passed, ...why) {
  tests += 1;
  console.log(`${passed ? "ok" : "not ok"} ${tests} - ${what}`);
  for (const line of passed ? [] : why) console.log(`#   ${line}`);
  if (!passed) process.exitCode = 1;
}
const is = (what, got, wanted) =>
  ok(what, JSON.stringify(got) === JSON.stringify(wanted), `got:    ${JSON.stringify(got)}`, `wanted: ${JSON.stringify(wanted)}`);

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? execSync("command -v chromium").toString().trim(),
  args: ["--no-sandbox"],
});
const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
const page = await context.newPage();
const noise = [];
let loaded = [];
page.on("pageerror", (error) => noise.push(`script: ${error.message}`));
page.on("console", (message) => message.type() === "error" && noise.push(`console: ${message.text()}`));
page.on("dialog", (dialog) => {
  noise.push(`dialog: ${dialog.message()}`);
  dialog.dismiss();
});
page.on("request", (request) => {
  if (!request.url().startsWith("file:")) noise.push(`asks for ${request.url()}`);
  if (/\/search\/[^/]*\.js$/.test(request.url())) loaded.push(path.basename(request.url()));
});

const address = (name) => pathToFileURL(path.join(reports, name)).href;
const query = page.getByRole("searchbox");
const found = page.locator("#found");
const results = page.locator("#results > li");

async function open() {
  loaded = [];
  await page.goto("about:blank");
  await page.goto(address("search.html"));
}
// The IDs that TEXT finds, in order, once the page says what came of it.
async function search(text) {
  await query.fill(text);
  await page.locator("#results[aria-busy=false]").waitFor({ state: "attached" });
  return results.locator("p:first-child > a:first-child").allTextContents();
}

const axe = fs.readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
async function accessible(what) {
  const findings = [];
  await page.evaluate(axe);
  for (const colorScheme of ["light", "dark"])
    for (const width of [360, 1280]) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 900 });
      const result = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"], preload: false }));
      for (const v of result.violations) findings.push(`${colorScheme} ${width}: ${v.id}: ${v.nodes.map((node) => node.target).join(" ")}`);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      if (overflow > 0) findings.push(`${width}: ${overflow} px too wide`);
      if (process.env.SHOTS) await page.screenshot({ path: path.join(process.env.SHOTS, `${what.replace(/\W+/g, "-")}-${colorScheme}-${width}.png`), fullPage: true });
    }
  ok(`axe finds nothing: ${what}`, findings.length === 0, ...findings);
}

const shards = () => fs.readdirSync(path.join(reports, "search")).filter((name) => name.endsWith(".js"));
const certificates = () => JSON.parse(fs.readFileSync(path.join(reports, "certificates.json"), "utf8")).certificates;

const steps = {
  async finds() {
    await open();
    await accessible("the search page");
    is("nothing is loaded before anything is asked", loaded, []);
    is("a whole name", await search("www.abc-1.com"), ["PO-4711.1"]);
    ok("little of the index is loaded for it", loaded.length <= 4 && shards().length > 8, `${loaded} of ${shards()}`);
    is("its beginning", await search("www.abc-2"), ["PO-4712.1"]);
    is("what follows a dot in it", await search("abc-3.com"), ["PO-4713.1"]);
    is("several have it, the newest first", await search("efg.co"), ["PO-4713.1", "PO-4712.1", "PO-4711.1"]);
    is("in capitals", await search("WWW.ABC-1.COM"), ["PO-4711.1"]);
    is("an address", await search("https://www.abc-1.com/x?y#z"), ["PO-4711.1"]);
    is("a name in its own script", await search("bücher-2.de"), ["PO-4712.1"]);
    is("an ID", await search("PO-4712.1"), ["PO-4712.1"]);
    is("its beginning", await search("po-471"), ["PO-4711.1", "PO-4712.1", "PO-4713.1"]);
    is("IDs that differ in case alone", (await search("case-1")).sort(), ["CASE-1.1", "case-1.1"]);
    is("a company", await search("ärzte & söhne \"2"), ["PO-4712.1"]);
    is("a word of it, in the order of the names", await search("SÖHNE"), ["PO-4711.1", "PO-4712.1", "PO-4713.1"]);
    is("nothing", await search("nothing-like-it"), []);
    is("which is said", await found.textContent(), "Nothing begins with “nothing-like-it”.");
    is("not what is in the middle of a word", await search("rztesö"), []);

    const all = certificates();
    const wrong = [];
    for (const certificate of all.filter((_, i) => i % 97 === 0 || i > all.length - 8)) {
      const terms = [certificate.id, ...certificate.domains];
      if (certificate.serialNumber !== null)
        terms.push(certificate.serialNumber, certificate.serialNumber.match(/../g).join(":").toLowerCase());
      for (const term of terms) if (!(await search(term)).includes(certificate.id)) wrong.push(`${certificate.id}: ${term}`);
    }
    is("each certificate by each of its terms", wrong, []);

    is("very many: some of them", (await search("example.test")).length, 20);
    is("with a word on it", await found.textContent(), "The first 20 certificates. Type more to find fewer, or show more.");
    await page.getByRole("button", { name: "Show more" }).click();
    await page.waitForFunction(() => document.querySelectorAll("#results > li").length === 40);
    is("then more, the focus on the first of them", await page.evaluate(() => document.activeElement === document.querySelector("#results > li:nth-child(21) a")), true);
    is("one letter is enough", (await search("n")).length, 20);
    ok("and does not load it all", loaded.length < shards().length, `${loaded.length} of ${shards().length}`);
    await accessible("what was found");

    const odd = certificates().find(({ id }) => id === "ODD-1.1");
    await search(odd.id);
    const text = "<img src=x onerror=alert(1)></script><script>alert(2)</script>";
    ok("odd text is text", (await results.first().textContent()).includes(text), await results.first().innerHTML());
    is("and no element", await results.locator("img, script").count(), 0);
    is("it is found by it", await search("<img src"), ["ODD-1.1"]);

    await search("po-471");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    is("the keys go down", await page.evaluate(() => document.activeElement.textContent), "PO-4712.1");
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("ArrowUp");
    is("and up to the field", await page.evaluate(() => document.activeElement.id), "query");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.waitForURL(/certificate/);
    is("Enter opens the certificate", await page.title(), "Certificate PO-4711.1 - certdrop");
    await page.goBack();
    await page.waitForFunction(() => document.querySelectorAll("#results > li").length === 3);
    is("the way back leads to what was found", await query.inputValue(), "po-471");
    await search("po-4713.1");
    await page.keyboard.press("Enter");
    await page.waitForURL(/certificate/);
    is("Enter in the field opens what alone was found", await page.title(), "Certificate PO-4713.1 - certdrop");
    await page.getByRole("link", { name: "Search", exact: true }).click();
    is("every page leads to the search", await page.title(), "Search - certdrop");

    const plain = await browser.newContext({ javaScriptEnabled: false });
    const without = await plain.newPage();
    await without.goto(address("search.html"));
    is("without script there is no field", await without.getByRole("searchbox").count(), 0);
    await without.getByRole("link", { name: "Issued", exact: true }).click();
    is("but the lists are", await without.title(), "Certificates: Issued - certdrop");
  },

  async lists() {
    const column = (n) => page.locator(`.scroll tbody tr:not([hidden]) > :nth-child(${n})`).allTextContents();
    const sorts = (name) => page.getByRole("columnheader", { name, exact: true }).getAttribute("aria-sort");
    const turn = (name) => page.getByRole("button", { name, exact: true }).click();
    const words = page.getByRole("searchbox", { name: "Filter this page" });
    await page.goto(address("list/index.html"));
    await accessible("a list");
    const before = await column(1);
    ok("a page of the list has some rows", before.length > 3, String(before.length));
    await turn("Bound Domains");
    const names = await column(3);
    is("a column is sorted", names, [...names].sort((a, b) => new Intl.Collator("en", { numeric: true }).compare(a, b)));
    is("and says so", await sorts("Bound Domains"), "ascending");
    await turn("Bound Domains");
    is("then the other way", await column(3), names.toReversed());
    is("and says so", await sorts("Bound Domains"), "descending");
    await accessible("a list that is sorted");
    await turn("Bound Domains");
    is("then it is as it was", [await sorts("Bound Domains"), await column(1)], [null, before]);
    await turn("Expiry On");
    const days = (await column(5)).map((day) => (day === "--" ? Infinity : Date.parse(`${day} UTC`)));
    is("dates go by time, and nothing comes last", days, [...days].sort((a, b) => (a === b ? 0 : a - b)));
    ok("with both there", days.includes(Infinity) && days.some(Number.isFinite));
    is("operations are no order", await page.getByRole("button", { name: "Operate" }).count(), 0);
    await words.fill("ABC-2 pending");
    is("what is typed filters", await column(3), ["www.abc-2.com, pay.efg.com, xn--bcher-2-n2a.de"]);
    is("and is counted", await page.locator("#shown").textContent(), `1 of ${before.length} shown`);
    await words.fill("deploy to product");
    is("operations are not what is filtered by", (await column(1)).length, 0);
    await words.fill("");
    is("nothing typed shows all", (await column(1)).length, before.length);
    await words.press("Tab");
    await page.keyboard.press("Enter");
    await page.waitForURL(/search.html/);
    ok("beside it is the way to all", true);

    await page.goto(address("list/index.html"));
    await page.getByRole("link", { name: "Card view" }).click();
    const isCard = () => page.locator("main tbody tr").first().evaluate((row) => getComputedStyle(row).display);
    is("the rows are cards", await isCard(), "grid");
    await page.getByRole("searchbox").fill("pay.efg.com abc-3");
    is("cards are filtered, too", await page.locator(".scroll tbody tr:visible").count(), 1);
    await page.goto(address("status/issued/index.html"));
    is("which of both is remembered", await isCard(), "grid");
    await page.getByRole("link", { name: "List view" }).click();
    is("either way", await isCard(), "table-row");
    await page.goto(address("status/issued/index.html"));
    await page.getByRole("link", { name: /^\d+ to \d+$/ }).first().click();
    await page.waitForURL(/\/list\/\d+\.html/);
    const issued = await column(2);
    ok("a list of a status leads to the others with it", issued.length > 0 && issued.every((status) => status === "Issued"), issued.join());
    await page.goto(address("list/index.html") + "#words=Pending%20verification");
    const pending = await column(2);
    ok("a link may ask for a status", pending.length > 0 && pending.length < before.length, pending.join());
    ok("  alone", pending.every((status) => status === "Pending verification"), pending.join());
    await words.fill("");
    is("  and be overruled", (await column(1)).length, before.length);
    await page.goto(address("incoming/index.html"));
    await page.getByRole("searchbox").fill("upper.xml");
    is("and files", await page.locator(".scroll tbody tr:visible").count(), 1);
    await page.goto(address("unissued/index.html"));
    await turn("Status");
    is("and what is not issued is sorted", await sorts("Status"), "ascending");

    const plain = await browser.newContext({ javaScriptEnabled: false });
    const without = await plain.newPage();
    await without.goto(address("list/index.html"));
    is("without script there is neither", await without.locator("input:visible, button:visible").count(), 0);
  },

  async gone() {
    await open();
    for (const term of ["gone.example.test", "GONE-1.1", "gone"]) is(`a deleted one is found by ${term}`, await search(term), ["GONE-1.1"]);
    is("as deleted", await results.locator("p:first-child .off").allTextContents(), ["Deleted"]);
    await accessible("what is deleted");
    await results.locator("a").click();
    await page.getByText("it existed stays on record").waitFor();
    await accessible("the page of what is deleted");
    await open();
    is("the others are", await search("case.example.test"), ["case-1.1"]);
  },
};

await steps[step]();
ok("no page says anything, nor asks for anything", noise.length === 0, ...noise);
await browser.close();
console.log(`1..${tests}`);
