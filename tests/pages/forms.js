// Fills in the forms of the pages in Chromium, from disk, as a person would, and leaves what
// each of them made in a folder. Prints TAP:
//   node forms.js INSTANCE FOLDER STEP [ID]
// STEP names a group of forms below, ID the certificate that it is about. What was made is
// judged by forms.sh with certdrop.
import { execSync } from "node:child_process";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { serve } from "./serve.js";

const [instance, folder] = process.argv.slice(2, 4).map((name) => path.resolve(name));
const [wanted, id] = process.argv.slice(4);
fs.mkdirSync(folder, { recursive: true });

let tests = 0;
function ok(what, passed, ...why) {
  tests += 1;
  console.log(`${passed ? "ok" : "not ok"} ${tests} - ${what}`);
  for (const line of passed ? [] : why) console.log(`#   ${line}`);
  if (!passed) process.exitCode = 1;
}
const is = (what, got, expected) => ok(what, got === expected, `got:    ${got}`, `wanted: ${expected}`);

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? execSync("command -v chromium").toString().trim(),
  args: ["--no-sandbox"],
});
const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
const page = await context.newPage();
const noise = [];
page.on("pageerror", (error) => noise.push(`script: ${error.message}`));
page.on("console", (message) => message.type() === "error" && noise.push(`console: ${message.text()}`));
let own = "file:"; // where the pages are
page.on("request", (request) => request.url().startsWith(own) || request.url().startsWith("blob:") || noise.push(`asks for ${request.url()}`));

const address = (name, fragment = "") => pathToFileURL(path.join(instance, "reports", name)).href + fragment;
async function open(name, fragment) {
  await page.goto("about:blank");
  await page.goto(address(name, fragment));
}
// From a certificate's page by the link of that name among its operations; by its address
// where this version does not have the operation.
async function operate(name) {
  await open(`certificate/${id}.html`);
  const panel = page.locator("section.panel", { has: page.getByRole("heading", { name: "Operate" }) });
  const missing = panel.getByText(new RegExp(`Not available in this version:.*${name}`));
  if ((await missing.count()) > 0) await open(`request/${name.toLowerCase()}.html`, `#certificate=${id}`);
  else await panel.getByRole("link", { name, exact: true }).click();
}
const field = (way) => page.locator(`[data-path="${way}"]:not([type=radio], [type=checkbox])`);
const choice = (way, value) => page.locator(`[data-path="${way}"][value="${value}"]`);
const faults = () => page.locator("#faults li").allTextContents();
// What is said once it was tried to save.
async function refuse() {
  await button("Save the file").click();
  await page.locator("form[aria-busy=false]").waitFor();
  return faults();
}
async function refuses(what, wanted) {
  const said = await refuse();
  ok(what, said.some((fault) => fault.startsWith(wanted)), ...said);
}
const button = (name) => page.getByRole("button", { name, exact: true });

// axe finds nothing in what is shown now, light and dark, narrow and wide.
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

async function fill(values) {
  for (const [way, value] of Object.entries(values)) {
    const target = field(way);
    if ((await target.evaluate((element) => element.localName)) === "select") await target.selectOption(value);
    else await target.fill(value);
  }
}

// Saves what the form makes under NAME; with another ending for a package.
async function save(name) {
  const [download] = await Promise.all([
    page.waitForEvent("download", { timeout: 10000 }).catch(() => null),
    button("Save the file").click(),
  ]);
  if (download === null) {
    ok(`${name}: the form makes a file`, false, ...(await faults()));
    return "";
  }
  const ending = path.extname(download.suggestedFilename());
  const file = path.join(folder, `${name}${ending}`);
  await download.saveAs(file);
  ok(`${name}: the form makes a file`, fs.statSync(file).size > 0);
  return file;
}

const applicant = {
  "applicant/name": "Applicant & <One>",
  "applicant/phone": "+86 571 5550 0100",
  "applicant/email": "applicant@example.test",
  "applicant/idNumber": "ID-000000-0001",
};
const company = {
  "company/name": "Example “Operations” & Söhne 有限公司",
  "company/type": "private-organization",
  "company/phone": "+86 571 5550 0199",
  "company/organizationId": "91330000000000000X",
  "company/location/@country": "CN",
  "company/location/@province": "Zhejiang",
  "company/location/@city": "Hangzhou",
  "company/address": "1 Example Road",
  "company/zip": "310000",
};
const inOrder = (fields) => Object.fromEntries(Object.entries(fields).map(([way, value]) => [`application/${way}`, value]));
const png = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64");
const image = (name, buffer = png) => ({ name, mimeType: "image/png", buffer });

const steps = {
  // What is wrong is said at the field and in the summary, and nothing is made.
  async checks() {
    await open("request/payment.html");
    ok("without a fragment, only the reference is there", /^PAY-\d{8}-[A-Z2-9]{5}$/.test(await field("@ref").inputValue()));
    is("what is missing is counted in the summary", (await refuse()).length, 4);
    is("and has the focus", await page.evaluate(() => document.activeElement.id), "faults");
    await page.getByRole("link", { name: /^Amount:/ }).click();
    is("which leads to the field", await page.evaluate(() => document.activeElement.dataset.path), "@amount");
    await fill({ "@amount": "12" });
    await page.keyboard.press("Tab");
    const amount = page.locator("[data-field=Amount]");
    is("a value is checked when it is left", await amount.locator(".error").textContent(), "“12” is not an amount with exactly two decimals, such as 3600.00.");
    is("which is said of the field", await field("@amount").getAttribute("aria-invalid"), "true");
    await fill({ "@amount": "12.00" });
    await page.keyboard.press("Tab");
    is("and is gone when it is mended", await amount.locator(".error").isVisible(), false);

    await open("request/application.html", "#certificate=X.1&asks=domains+applicant+confirmationLetter&names=2&rule=multiple");
    await fill({ "domains/domain": "a.example.test\nb.example.test b.example.test", "applicant/name": "x".repeat(65), "applicant/email": "nobody" });
    await field("attachments/attachment[@kind=confirmationLetter]/@file").setInputFiles(image("letter.png", Buffer.from("GIF89a")));
    await field("attachments/attachment[@kind=identity]/@file").setInputFiles(image("id.png", Buffer.concat([png, Buffer.alloc(512000)])));
    const said = (await refuse()).join("\n");
    for (const part of [
      "Domain names: “b.example.test” is there twice.",
      "Applicant, Name: This is not a name of 1 to 64 characters",
      "Applicant, Phone: This is missing, such as +86 571 5550 0100.",
      "Applicant, E-mail: “nobody” is not an e-mail address",
      "letter.png is neither a PNG nor a JPEG image",
      "id.png has 512,070 bytes; at most 512,000 are allowed.",
    ])
      ok(`it is said: ${part}`, said.includes(part), said);
    await fill({ "domains/domain": "a.example.test\nb.example.test\nc.example.test" });
    await refuses("more names than were paid for", "Domain names: These are 3 names; 2 are paid for.");
    await accessible("an application with faults");
    await choice("@action", "save").check();
    await fill({ "domains/domain": "a.example.test", "applicant/name": "One", "applicant/email": "" });
    for (const kind of ["confirmationLetter", "identity"]) await field(`attachments/attachment[@kind=${kind}]/@file`).setInputFiles([]);
    await save("save-little");
  },

  // Many values in every field: what the form says to each goes into verdicts.txt, beside
  // documents that have the value, for xmllint to say the same.
  async values() {
    const odd = [
      "a", "A1", "PO-4711", "x".repeat(64), "x".repeat(65), "x".repeat(128), "x".repeat(129), "x".repeat(254), "x".repeat(1001),
      "😀".repeat(64), "😀".repeat(65), "two words", "  two   words ", "a.b_c-d", "-a", ".a", "a/b", "ä", "有限公司", "CN", "cn", "CNY", "cny",
      "3600.00", "3600", "03.00", "0.00", "1234567890.00", "+86 571 5550 0100", "(0571) 5550", "12", "a@b.example", "a@b", "a b@c.example",
      "o'neil{x}|y~z@sub.example.test", "ID-000000-0001", "ID_1", "310000", "D 12-3", "a\u0085b", "a\u2028b", "a\u202eb", "a\ufeffb", "<b>&\"'", "\u007f",
    ];
    const results = [];
    for (const kind of ["payment", "application", "review", "upload"]) {
      await open(`request/${kind}.html`);
      const found = await page.evaluate(async (values) => {
        const verdicts = [];
        for (const field of document.querySelectorAll("input[type=text][data-path], textarea[data-path]:not([data-list], [data-verbatim])"))
          for (const value of values) {
            if (field.dataset.path === "@ref" && "refuse" in field.dataset) continue;
            field.value = value;
            field.dispatchEvent(new Event("change", { bubbles: true }));
            await new Promise((resolve) => setTimeout(resolve));
            const wrong = !document.getElementById(`${field.closest("[data-field]").id}-error`).hidden;
            verdicts.push([field.dataset.path, value, wrong]);
          }
        return verdicts;
      }, odd);
      for (const verdict of found) results.push([kind, ...verdict]);
    }
    const escape = (text) => text.replace(/[&<>"\u007f-\u009f\u2028]/g, (c) => `&#${c.codePointAt(0)};`);
    const needed = {
      payment: { ref: "R", order: "O", reference: "T", amount: "1.00", currency: "CNY" },
      application: { ref: "R", certificate: "C.1" },
      review: { ref: "R", certificate: "C.1", decision: "approve", reviewer: "One" },
      upload: { ref: "R" },
    };
    const verdicts = results.map(([kind, way, value, wrong], i) => {
      const steps = way.split("/");
      const last = steps.pop();
      const attributes = { ...needed[kind] };
      let inside = kind === "upload" ? "<certificate>x</certificate>" : "";
      let content = last.startsWith("@") ? "" : `<${last}>${escape(value)}</${last}>`;
      if (steps.length === 0 && last.startsWith("@")) attributes[last.slice(1)] = value;
      for (const [n, name] of steps.reverse().entries())
        content = `<${name}${n === 0 && last.startsWith("@") ? ` ${last.slice(1)}="${escape(value)}"` : ""}>${content}</${name}>`;
      inside += content;
      const all = Object.entries(attributes).map(([name, text]) => ` ${name}="${escape(text)}"`).join("");
      const file = `value-${i}.xml`;
      fs.writeFileSync(path.join(folder, file), `<${kind} xmlns="urn:certdrop:1"${all}>${inside}</${kind}>\n`);
      return `${wrong ? "wrong" : "right"} ${file} ${kind} ${way} ${JSON.stringify(value.slice(0, 30))}`;
    });
    fs.writeFileSync(path.join(folder, "verdicts.txt"), `${verdicts.join("\n")}\n`);
    ok("values were tried in many fields", verdicts.length > 500, String(verdicts.length));
  },

  async order() {
    await open("purchase.html");
    is("before a product is chosen there is no price", await page.locator("#price output").textContent(), "–");
    await choice("product", "secure-ov-multi").check();
    await fill({ quantity: "2", years: "2", nameCount: "5" });
    is("the price follows what is chosen", await page.locator("#price output").textContent(), "7,200.00 CNY");
    is("and says how", await page.locator("#price small").textContent(), "2 × 2 years × (1,200.00 + 2 further names × 300.00)");
    await save("order-plain");
    await open("purchase.html");
    await choice("product", "free-dv-single").check();
    is("a free product has nothing to pay", await page.locator("[data-part=payment]").isVisible(), false);
    await fill({ years: "2" });
    await refuses("and no second year", "Years:");
    await open("purchase.html");
    await choice("product", "secure-ov-multi").check();
    await fill({ "@ref": "FORM-OV" });
    await save("order-ov");
    await fill({ "@ref": "FORM-DV" });
    await choice("product", "standard-dv-single").check();
    await page.getByLabel("Send the application with this order").check();
    ok("an application brings the payment", await page.getByLabel("Send the payment with this order").isChecked());
    is("which is the price", await field("payment/@amount").inputValue(), "298.00");
    await fill({ "payment/@reference": "TX-1", "application/domains/domain": "form.example.test", ...inOrder(applicant) });
    await choice("application/download/format", "nginx").check();
    await accessible("an order with all that it can carry");
    is("the company is of no use", await page.locator("[data-part=company]").isVisible(), false);
    await save("order-whole");
    await fill({ "@ref": "FORM.1" });
    await refuses("a reference that looks like a certificate is refused", "Reference: “FORM.1” is not");
  },

  async payment() {
    await operate("Payment");
    is("the order is filled in", await field("@order").inputValue(), "FORM-OV");
    is("and what is due", await field("@amount").inputValue(), "1200.00");
    await fill({ "@reference": "TX-2" });
    await save("payment");
  },

  async application() {
    await operate("Application");
    is("the certificate is filled in", await field("@certificate").inputValue(), "FORM-OV.1");
    await fill({ "domains/domain": "shop.example.test\npay.example.test", ...applicant, ...company });
    await button("Keep for later").click();
    ok("it is kept", (await page.locator("#kept p").textContent()).startsWith("It is kept in this browser"));
    await refuses("the letter is asked for", "Attachments, Confirmation letter, stamped: This file is missing.");
    await operate("Application");
    await button("Take it up again").click();
    is("what was kept comes back", await field("company/name").inputValue(), company["company/name"]);
    await field("attachments/attachment[@kind=confirmationLetter]/@file").setInputFiles(image("any name.jpeg"));
    await choice("csr/@mode", "automatic").check();
    await fill({ "csr/@key": "ec-p384" });
    await save("application");
    is("and is forgotten once the file is made", await page.evaluate(() => localStorage.length), 0);
    const shown = await page.locator("#done pre").textContent();
    await accessible("a file that was made");
    ok("the document is shown", shown.includes('<csr mode="automatic" key="ec-p384"/>'), shown);
  },

  async review() {
    await operate("Review");
    ok("the application is filled in", (await field("@application").inputValue()).startsWith("APP-"));
    await choice("@decision", "approve").check();
    await fill({ "@reviewer": "Verification Desk", comment: "Called back;\nthe letter is in order." });
    await save("review");
  },

  // What was withdrawn is kept, so that nothing is asked for again.
  async resubmission() {
    await operate("Application");
    is("what was applied for is filled in", await field("domains/domain").inputValue(), "shop.example.test\npay.example.test");
    await save("resubmission");
  },

  async issuance() {
    await operate("Issuance");
    await fill({ ".": fs.readFileSync(path.join(folder, "chain.pem"), "utf8") });
    await save("issuance");
  },

  async download() {
    await operate("Download");
    await refuses("a download without a format is refused", "Formats: Please choose.");
    await choice("format", "tomcat").check();
    await choice("format", "apache").check();
    await choice("@profile", "modern").check();
    await save("download");
  },

  async deployment() {
    await operate("Deployment");
    await choice("target[@product=slb]/region", "cn-hangzhou").check();
    await choice("target[@product=slb]/region", "cn-beijing").check();
    await choice("target[@product=cdn]/region", "global").check();
    await save("deployment");
  },

  async undeployment() {
    await operate("Undeployment");
    const checked = await page.locator("[type=checkbox]:checked").evaluateAll((all) => all.map(({ value }) => value).join());
    is("where it is deployed is filled in", checked, "cn-hangzhou,cn-beijing,global");
    for (const region of ["cn-hangzhou", "cn-beijing"]) await choice("target[@product=slb]/region", region).uncheck();
    await save("undeployment");
  },

  async renewal() {
    await operate("Renewal");
    await fill({ years: "1" });
    await page.getByLabel("Send the payment with this renewal").check();
    is("the payment is the price", await field("payment/@amount").inputValue(), "298.00");
    await fill({ "payment/@reference": "TX-3" });
    await save("renewal");
  },

  async revocation() {
    await operate("Revocation");
    await fill({ "@reason": "superseded" });
    await save("revocation");
  },

  async upload() {
    await open("request/upload.html");
    await fill({ certificate: fs.readFileSync(path.join(folder, "chain.pem"), "utf8"), "@name": "Old shop & <others>" });
    const key = fs.readFileSync(path.join(folder, "key.pem"));
    await page.locator("[data-fills]").nth(1).setInputFiles({ name: "key.pem", mimeType: "text/plain", buffer: key });
    await page.waitForFunction(() => document.querySelector('[data-path="privateKey/."]').value !== "");
    await save("upload-pem");
    is("no secret is shown again", await page.locator("#done details").isVisible(), false);
    await open("request/upload.html");
    await page.getByLabel("PKCS#12 file").first().check();
    await refuses("of what is chosen the file is missing", "PKCS#12 file: This file is missing.");
    await field("pkcs12/@file").setInputFiles(path.join(folder, "site.pfx"));
    await fill({ "pkcs12/@password": " secret  words " });
    await save("upload-pfx");
  },

  // What needs nothing but the certificate.
  async withdrawal() {
    await operate("Withdrawal");
    await save("withdrawal");
  },
  async deletion() {
    await operate("Deletion");
    await save("deletion");
  },

  // Straight into the inbox. Nobody is there to choose a folder, so the browser's own one is chosen:
  // the private one that it gives to pages that are served.
  async inbox() {
    const server = await serve(path.join(instance, "reports"));
    own = server.address;
    await page.addInitScript(() => {
      if (!isSecureContext) return; // about:blank
      window.showDirectoryPicker = async () => {
        sessionStorage.asked = Number(sessionStorage.asked ?? 0) + 1;
        const root = await navigator.storage.getDirectory();
        if (sessionStorage.choose === "nothing") throw new DOMException("The user aborted a request.", "AbortError");
        for (const name of ["outbox", "inbox"]) await root.getDirectoryHandle(name, { create: true });
        const inbox = await root.getDirectoryHandle("inbox");
        for (const name of ["done", "rejected"]) await inbox.getDirectoryHandle(name, { create: true });
        return sessionStorage.choose === "outbox" ? root.getDirectoryHandle("outbox") : root;
      };
      const { write } = FileSystemWritableFileStream.prototype;
      FileSystemWritableFileStream.prototype.write = async function (data) {
        if (sessionStorage.full) throw new DOMException("The disk is full.", "QuotaExceededError");
        await write.call(this, data);
        sessionStorage.while = JSON.stringify(await window.list());
      };
      // What lies in the inbox: names and sizes.
      window.list = async () => {
        const found = {};
        const inbox = await (await navigator.storage.getDirectory()).getDirectoryHandle("inbox");
        for await (const [name, entry] of inbox.entries()) found[name] = entry.kind === "file" ? (await entry.getFile()).size : "folder";
        return found;
      };
    });
    const files = async () => Object.entries(await page.evaluate(() => window.list())).filter(([, size]) => size !== "folder");
    const problem = () => page.locator("#problem").textContent();
    const set = (what) => page.evaluate((entries) => Object.assign(sessionStorage, entries), what);
    const asked = () => page.evaluate(() => Number(sessionStorage.asked));
    const press = async () => {
      await button("Put it into the inbox").click();
      await page.locator("#done:visible, #problem:visible, #faults:visible").waitFor();
    };
    const begin = async () => {
      await page.goto("about:blank");
      await page.goto(`${own}request/download.html#certificate=FORM-DV.1`);
    };
    await begin();
    await choice("format", "nginx").check();

    await set({ choose: "nothing" });
    await press();
    is("who chooses no folder is told so", await problem(), "Nothing was put there: no folder was chosen.");
    await set({ choose: "outbox" });
    await press();
    is("who chooses another folder, too", await problem(), "It could not be put there: outbox is no inbox: that has the folders done and rejected in it.");

    await set({ choose: "instance", full: "yes" });
    await press();
    is("a failure to write is told", await problem(), "It could not be put there: The disk is full.");
    is("and leaves no file behind", JSON.stringify(await files()), "[]");
    await page.evaluate(() => delete sessionStorage.full);

    const name = `${await field("@ref").inputValue()}.xml`;
    await press();
    ok("it is said that the file is in the inbox", (await page.locator("#done p").textContent()).startsWith(`${name} is in the inbox.`));
    is("of a whole instance, the inbox is found, and the file is all there is", (await files()).map(([each]) => each).join(), name);
    const text = await page.evaluate(async (file) => {
      const inbox = await (await navigator.storage.getDirectory()).getDirectoryHandle("inbox");
      return (await (await inbox.getFileHandle(file)).getFile()).text();
    }, name);
    is("it is whole", text, await page.locator("#done pre").textContent());
    const meanwhile = JSON.parse(await page.evaluate(() => sessionStorage.while));
    ok("while it was written, nothing of it was under its name", !meanwhile[name], JSON.stringify(meanwhile));
    fs.writeFileSync(path.join(folder, "inbox.xml"), text);

    const before = await asked();
    await begin();
    await choice("format", "pem").check();
    await press();
    is("the folder is remembered", await asked(), before);
    is("and another file is put there", (await files()).length, 2);

    await page.evaluate(async () => (await navigator.storage.getDirectory()).removeEntry("inbox", { recursive: true }));
    await press();
    ok("a folder that is gone is told", (await problem()).startsWith("It could not be put there: "), await problem());
    await press();
    is("and can be chosen anew", await asked(), before + 1);
    is("with the file in it", (await files()).length, 1);
    server.close();
  },

  // Without the script there is no form, but the example.
  async plain() {
    const bare = await browser.newContext({ javaScriptEnabled: false });
    const view = await bare.newPage();
    await view.goto(address("request/payment.html"));
    is("no field is shown", await view.locator("input:visible, button:visible").count(), 0);
    ok("the example is", await view.locator(".byhand pre").isVisible());
    await view.goto(address("purchase.html"));
    is("nor on the purchase page", await view.locator("input:visible, button:visible").count(), 0);
    ok("whose table is", await view.locator("table").first().isVisible());
    await bare.close();
  },
};

await steps[wanted]();
is("no error in the console, nothing asked of elsewhere", noise.join("\n"), "");
await browser.close();
console.log(`1..${tests}`);
