// Makes a document from a form of a page: checks the fields by the limits that the schema
// gave them, builds the XML, packs it with its images, and offers it to save or puts it
// into the inbox. All that is known of a document stands in the page:
//
//   data-path       where a field's value goes: "company/location/@country"; a step may say
//                   which one is meant: "target[@product=slb]/region"; "." is the text itself
//   data-rule, data-example, data-pattern, data-max-length, …   the type of the value
//   data-list       one value a line
//   data-optional   a part that need not be there: nothing in it is required while it is empty
//   data-when, data-is   there only if another field has that value
//
// The address says what to begin with, after "#": names of attributes, elements or whole
// paths with their values; asks= names parts that are required this time, without= parts
// that are of no use, names= how many domain names there may be and rule= of which kind,
// product= what is renewed, price= and currency= what a year of it cost.
"use strict";
(() => {
  const NAMESPACE = "urn:certdrop:1";
  const form = document.getElementById("form");
  const body = form?.querySelector("[data-kind]");
  if (!body) return;

  const all = (selector, within = form) => [...within.querySelectorAll(selector)];
  const part = (name) => form.querySelector(`[data-part="${name}"]`);
  const controls = () => all("[data-path]").filter((control) => !control.matches(":disabled"));
  const control = (path) => form.querySelector(`[data-path="${path}"]`);
  const step = (path) => path.split("/").pop().replace(/^@/, "");

  const given = new URLSearchParams(location.hash.slice(1));
  const asks = new Set();
  const files = new Map(); // control of a file: its name in the package, its bytes

  function element(name, text, attributes = {}) {
    const made = document.createElement(name);
    made.append(...(Array.isArray(text) ? text : [text ?? ""]));
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  }

  // ---- What stands in the fields ---------------------------------------------

  const isChoice = (field) => field.type === "checkbox" || field.type === "radio";
  const plain = (text) => text.replace(/[ \t\r\n]+/g, " ").trim();

  // The values of a field; an empty one has none.
  function values(field) {
    if (isChoice(field)) return field.checked && field.value !== "" ? [field.value] : [];
    if (field.type === "file") return files.has(field) ? [files.get(field).name] : [];
    const texts = "list" in field.dataset ? field.value.split(/[\s,;]+/) : [field.value];
    return texts.map((text) => ("verbatim" in field.dataset ? text : plain(text))).filter((text) => text !== "");
  }

  // Whether a part that may be left out has anything in it but what it came with.
  const isUsed = (within) =>
    all("[data-path]", within).some((field) =>
      field.type === "file" ? field.files.length > 0 : "initial" in field.dataset ? false : values(field).length > 0,
    );

  function isAsked(field) {
    return field.dataset.path.split(/[/@[\]=]+/).some((name) => asks.has(name));
  }

  function isRequired(field) {
    const within = field.closest("[data-optional]");
    const required = field.required || "required" in field.dataset;
    return (required && (within === null || isUsed(within))) || isAsked(field);
  }

  // ---- Checks ----------------------------------------------------------------

  // What XML cannot hold, whatever the type.
  const impossible = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

  function isOfType(text, type) {
    const length = [...text].length;
    return (
      !impossible.test(text) &&
      (!type.pattern || new RegExp(`^(?:${type.pattern})$`, "u").test(text)) &&
      (!type.refuse || !new RegExp(`^(?:${type.refuse})$`, "u").test(text)) &&
      (!type.minLength || length >= Number(type.minLength)) &&
      (!type.maxLength || length <= Number(type.maxLength)) &&
      (!type.maximum || Number(text) <= Number(type.maximum))
    );
  }

  function faultOfText(field, texts) {
    const type = field.dataset;
    const wrong = texts.find((text) => !isOfType(text, type));
    if (wrong !== undefined) {
      const shown = "secret" in type || wrong.length > 60 ? "This" : `“${wrong}”`;
      return `${shown} is not ${type.rule}${type.example && !("secret" in type) ? `, such as ${type.example}` : ""}.`;
    }
    const twice = texts.find((text, i) => texts.indexOf(text) !== i);
    return twice !== undefined ? `“${twice}” is there twice.` : "";
  }

  const signatures = [
    ["png", [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
    ["jpg", [0xff, 0xd8, 0xff]],
  ];

  // Reads the file of a field; says what is wrong with it.
  async function faultOfFile(field) {
    files.delete(field);
    const file = field.files[0];
    if (file === undefined) return "";
    const limit = Number(field.dataset.bytes);
    if (file.size > limit)
      return `${file.name} has ${file.size.toLocaleString("en")} bytes; at most ${limit.toLocaleString("en")} are allowed.`;
    if (file.size === 0) return `${file.name} is empty.`;
    const bytes = new Uint8Array(await file.arrayBuffer());
    const found = signatures.find(([, start]) => start.every((byte, i) => bytes[i] === byte));
    if ("image" in field.dataset && found === undefined)
      return `${file.name} is neither a PNG nor a JPEG image, whatever its name says.`;
    const ending = "image" in field.dataset ? found[0] : "p12";
    files.set(field, { name: `${field.dataset.file}.${ending}`, bytes });
    return "";
  }

  function missing(field) {
    const example = field.dataset.example && !("secret" in field.dataset) ? `, such as ${field.dataset.example}` : "";
    if (field.type === "file") return "This file is missing.";
    return isChoice(field) ? "Please choose." : `This is missing${example}.`;
  }

  // Radio buttons and the check boxes of one element count as one field.
  const groupOf = (field) =>
    isChoice(field) && field.name !== "" ? all(`[name="${field.name}"]`).filter((other) => !other.disabled) : [field];

  async function faultOf(field) {
    const texts = field.type === "file" ? [] : groupOf(field).flatMap(values);
    const fault = field.type === "file" ? await faultOfFile(field) : isChoice(field) ? "" : faultOfText(field, texts);
    const empty = field.type === "file" ? field.files.length === 0 : texts.length === 0;
    if (fault !== "") return fault;
    if (empty && isRequired(field)) return missing(field);
    return field.dataset.path.endsWith("/domain") ? faultOfNames(texts) : "";
  }

  const nameLimit = () => Number(control("nameCount")?.value || given.get("names") || 0);

  function faultOfNames(texts) {
    const rule = product()?.names ?? given.get("rule");
    if (rule === "single" && texts.length > 1) return "This product is for one domain name.";
    if (rule === "wildcard" && texts.length > 0 && texts.filter((text) => text.startsWith("*.")).length !== 1)
      return "This product is for one wildcard, such as *.example.test.";
    if (rule === "wildcard" || nameLimit() === 0 || texts.length <= nameLimit()) return "";
    return `These are ${texts.length} names; ${nameLimit()} are paid for.`;
  }

  function showFault(field, fault) {
    const place = document.getElementById(`${field.closest("[data-field]").id}-error`);
    place.textContent = fault;
    place.hidden = fault === "";
    for (const each of groupOf(field)) {
      if (fault === "") each.removeAttribute("aria-invalid");
      else each.setAttribute("aria-invalid", "true");
    }
  }

  function labelOf(field) {
    const part = field.closest("[data-title]");
    const label = field.closest("[data-field]").dataset.field;
    return part === null ? label : `${part.dataset.title}, ${label}`;
  }

  // Shows what is wrong at the fields and in the summary. Whether all is right.
  async function check() {
    const faults = [];
    const done = new Set();
    for (const field of controls()) {
      const first = groupOf(field)[0];
      if (done.has(first)) continue;
      done.add(first);
      const fault = await faultOf(first);
      showFault(first, fault);
      if (fault !== "") faults.push([first, fault]);
    }
    const summary = document.getElementById("faults");
    summary.hidden = faults.length === 0;
    summary.querySelector("ul").replaceChildren(
      ...faults.map(([field, fault]) => {
        const link = element("a", `${labelOf(field)}: ${fault}`, { href: `#${field.id}` });
        link.addEventListener("click", (event) => {
          event.preventDefault();
          field.focus();
        });
        return element("li", [link]);
      }),
    );
    if (faults.length > 0) summary.focus();
    return faults.length === 0;
  }

  // ---- The document ----------------------------------------------------------

  function childOf(parent, path) {
    const [, name, attribute, value] = path.match(/^([^[]+)(?:\[@([^=]+)=(.*)\])?$/);
    const found = [...parent.children].find(
      (child) => child.localName === name && (!attribute || child.getAttribute(attribute) === value),
    );
    if (found) return found;
    const child = parent.ownerDocument.createElementNS(NAMESPACE, name);
    if (attribute) child.setAttribute(attribute, value);
    parent.append(child);
    return child;
  }

  function put(root, path, text) {
    const steps = path.split("/");
    const last = steps.pop();
    const parent = steps.reduce(childOf, root);
    if (last.startsWith("@")) parent.setAttribute(last.slice(1), text);
    else if (last === ".") parent.append(text);
    else parent.appendChild(root.ownerDocument.createElementNS(NAMESPACE, last)).append(text);
  }

  function indent(parent, margin) {
    if (parent.children.length === 0) return;
    for (const child of [...parent.children]) {
      child.before(`${margin}  `);
      indent(child, `${margin}  `);
    }
    parent.append(margin);
  }

  function build() {
    const xml = document.implementation.createDocument(NAMESPACE, body.dataset.kind);
    for (const field of controls())
      for (const text of values(field)) put(xml.documentElement, field.dataset.path, text);
    indent(xml.documentElement, "\n");
    return `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(xml)}\n`;
  }

  // ---- The package: a ZIP whose members are stored ----------------------------

  const crcTable = Uint32Array.from({ length: 256 }, (_, n) => {
    for (let bit = 0; bit < 8; bit++) n = n & 1 ? (n >>> 1) ^ 0xedb88320 : n >>> 1;
    return n;
  });
  const crc = (bytes) => (bytes.reduce((sum, byte) => crcTable[(sum ^ byte) & 255] ^ (sum >>> 8), -1) ^ -1) >>> 0;

  // Little-endian numbers: pairs of a width in bytes and a value.
  function record(...fields) {
    const bytes = [];
    for (const [width, value] of fields) for (let i = 0; i < width; i++) bytes.push(Math.floor(value / 256 ** i) & 255);
    return Uint8Array.from(bytes);
  }

  function zip(members) {
    const pieces = [];
    const directory = [];
    let offset = 0;
    for (const { name, bytes } of members) {
      const ascii = new TextEncoder().encode(name);
      const sizes = [[4, crc(bytes)], [4, bytes.length], [4, bytes.length], [2, ascii.length], [2, 0]];
      // Version 1.0, no flags, stored, 1980-01-01.
      const local = record([4, 0x04034b50], [2, 10], [2, 0], [2, 0], [2, 0], [2, 0x21], ...sizes);
      directory.push(
        record([4, 0x02014b50], [2, 10], [2, 10], [2, 0], [2, 0], [2, 0], [2, 0x21], ...sizes, [2, 0], [2, 0], [2, 0], [4, 0], [4, offset]),
        ascii,
      );
      pieces.push(local, ascii, bytes);
      offset += local.length + ascii.length + bytes.length;
    }
    const size = directory.reduce((sum, piece) => sum + piece.length, 0);
    const end = record([4, 0x06054b50], [2, 0], [2, 0], [2, members.length], [2, members.length], [4, size], [4, offset], [2, 0]);
    return new Blob([...pieces, ...directory, end], { type: "application/zip" });
  }

  // The file to drop: the document, or a package of it and what it names.
  function make() {
    const xml = build();
    const reference = values(control("@ref"))[0];
    const members = controls().filter((field) => files.has(field)).map((field) => files.get(field));
    if (members.length === 0)
      return { name: `${reference}.xml`, xml, blob: new Blob([xml], { type: "application/xml" }) };
    const document = { name: `${reference}.xml`, bytes: new TextEncoder().encode(xml) };
    return { name: `${reference}.zip`, xml, blob: zip([document, ...members]) };
  }

  // ---- Saving ----------------------------------------------------------------

  function download({ name, blob }) {
    const address = URL.createObjectURL(blob);
    element("a", "", { href: address, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(address), 60000);
  }

  // The chosen folder is remembered; the browser asks before it may be used again.
  function remembered(mode, change) {
    return new Promise((resolve, reject) => {
      const opening = indexedDB.open("certdrop", 1);
      opening.onupgradeneeded = () => opening.result.createObjectStore("folders");
      opening.onerror = () => reject(opening.error);
      opening.onsuccess = () => {
        try {
          const asking = change(opening.result.transaction("folders", mode).objectStore("folders"));
          asking.onsuccess = () => resolve(asking.result);
          asking.onerror = () => reject(asking.error);
        } catch (error) {
          reject(error);
        }
      };
    });
  }

  async function has(folder, ...names) {
    const found = [];
    for await (const [name, entry] of folder.entries()) if (entry.kind === "directory") found.push(name);
    return names.every((name) => found.includes(name));
  }

  async function chooseInbox() {
    const chosen = await showDirectoryPicker({ id: "certdrop-inbox", mode: "readwrite" });
    const inbox = (await has(chosen, "inbox", "outbox")) ? await chosen.getDirectoryHandle("inbox") : chosen;
    if (!(await has(inbox, "done", "rejected")))
      throw new Error(`${chosen.name} is no inbox: that has the folders done and rejected in it.`);
    await remembered("readwrite", (folders) => folders.put(inbox, "inbox")).catch(() => {});
    return inbox;
  }

  async function findInbox() {
    const inbox = await remembered("readonly", (folders) => folders.get("inbox")).catch(() => undefined);
    const access = { mode: "readwrite" };
    if (inbox === undefined) return chooseInbox();
    if ((await inbox.queryPermission(access)) === "granted") return inbox;
    return (await inbox.requestPermission(access)) === "granted" ? inbox : chooseInbox();
  }

  // The browser writes under another name, which the inbox leaves alone (NAME.crswap), and
  // renames it at the end: no half of a file is ever seen. What fails leaves no empty one, which
  // the inbox would take, and the folder, which may be gone, is asked for again.
  async function putIntoInbox({ name, blob }) {
    const inbox = await findInbox();
    const wasThere = await inbox.getFileHandle(name).then(() => true, () => false);
    let stream;
    try {
      stream = await (await inbox.getFileHandle(name, { create: true })).createWritable();
      await stream.write(blob);
      await stream.close();
    } catch (error) {
      await stream?.abort().catch(() => {});
      if (!wasThere) await inbox.removeEntry(name).catch(() => {});
      await remembered("readwrite", (folders) => folders.delete("inbox")).catch(() => {});
      throw error;
    }
  }

  function tell(file, inInbox) {
    const done = document.getElementById("done");
    const code = (text) => element("code", text);
    const where = inInbox
      ? [code(file.name), " is in the inbox. "]
      : [code(file.name), " is saved by your browser. Move it into ", code("inbox/"), ". "];
    done.querySelector("p").replaceChildren(
      ...where,
      "The next run decides it, or the watch at once; the answer will be ",
      code(`outbox/receipts/${file.name}.receipt.xml`),
      ".",
    );
    const shown = done.querySelector("pre");
    shown.textContent = file.xml;
    shown.parentElement.hidden = all("[data-secret]").some((field) => field.value !== "");
    done.hidden = false;
    done.focus();
  }

  // Checks and makes the file, and puts it where it belongs, one at a time.
  async function save(put, inInbox) {
    if (form.getAttribute("aria-busy") === "true") return;
    form.setAttribute("aria-busy", "true");
    await saveNow(put, inInbox).finally(() => form.setAttribute("aria-busy", "false"));
  }

  async function saveNow(put, inInbox) {
    const problem = document.getElementById("problem");
    problem.hidden = true;
    document.getElementById("done").hidden = true;
    if (!(await check())) return;
    const file = make();
    try {
      await put(file);
    } catch (error) {
      problem.textContent =
        error.name === "AbortError" ? "Nothing was put there: no folder was chosen." : `It could not be put there: ${error.message}`;
      problem.hidden = false;
      return;
    }
    forget();
    tell(file, inInbox);
  }

  // ---- Keeping for later -----------------------------------------------------

  // A browser may be told to keep nothing.
  const storage = (() => {
    try {
      return window.localStorage;
    } catch {
      return null;
    }
  })();
  const keepAs = () => `certdrop ${body.dataset.kind} ${given.get("certificate") ?? ""}`;
  const canBeKept = (field) => field.type !== "file" && !("secret" in field.dataset) && field.dataset.path !== "@ref";
  const switches = () => all("[data-toggle], [data-choose]");

  function keep() {
    const fields = all("[data-path]").filter(canBeKept).flatMap((field) =>
      isChoice(field) ? (field.checked ? [[field.dataset.path, field.value]] : []) : [[field.dataset.path, field.value]],
    );
    const kept = { at: new Date().toISOString(), fields, switches: switches().map((each) => each.checked) };
    storage.setItem(keepAs(), JSON.stringify(kept));
    showKept("It is kept in this browser, without its files, until you make the file or forget it.");
  }

  function takeUp() {
    const kept = JSON.parse(storage.getItem(keepAs()));
    switches().forEach((each, i) => (each.checked = kept.switches[i] ?? each.checked));
    for (const field of all("[data-path]").filter(canBeKept)) {
      const mine = kept.fields.filter(([path]) => path === field.dataset.path).map(([, value]) => value);
      if (isChoice(field)) field.checked = mine.includes(field.value);
      else if (mine.length > 0) field.value = mine[0];
    }
    showKept("It is taken up again; files have to be chosen anew.");
    follow();
  }

  function forget() {
    storage?.removeItem(keepAs());
    showKept("");
  }

  function showKept(text) {
    const notice = document.getElementById("kept");
    if (notice === null) return;
    if (storage === null) document.getElementById("keep").hidden = true;
    const stored = storage?.getItem(keepAs()) ?? null;
    notice.querySelector("p").textContent = text || (stored ? `Something was kept here on ${new Date(JSON.parse(stored).at).toLocaleString("en")}.` : "");
    notice.hidden = text === "" && stored === null;
    for (const button of all("button", notice)) button.hidden = stored === null;
  }

  // ---- What depends on other fields -------------------------------------------

  const cents = (money) => Math.round(Number(money) * 100);
  const money = (amount) => (amount / 100).toFixed(2);
  const grouped = (amount) => (amount / 100).toLocaleString("en", { minimumFractionDigits: 2 });

  const product = () => form.querySelector('[data-path="product"]:checked')?.dataset;

  // What QUANTITY certificates of a product with COUNT names cost for some years.
  function priceOf(chosen, quantity, years, count) {
    const extra = Math.max(count - Number(chosen.included), 0);
    const year = cents(chosen.price) + extra * cents(chosen.extra);
    const names = extra > 0 ? ` + ${extra} further name${extra > 1 ? "s" : ""} × ${grouped(cents(chosen.extra))}` : "";
    return {
      amount: quantity * years * year,
      currency: chosen.currency,
      how: `${quantity} × ${years} year${years > 1 ? "s" : ""} × (${grouped(cents(chosen.price))}${names})`,
    };
  }

  const number = (path) => Number(control(path)?.value) || 1;

  function priceOfRenewal() {
    const sold = all("#products [data-product]").find(({ dataset }) => dataset.product === given.get("product"));
    if (sold !== undefined) {
      const most = sold.dataset.names === "multiple" ? Number(sold.dataset.maximumNames) : 1;
      return priceOf(sold.dataset, 1, number("years"), Math.min(nameLimit(), most));
    }
    if (!given.has("price")) return null;
    return { amount: number("years") * cents(given.get("price")), currency: given.get("currency"), how: "" };
  }

  const priceOfOrder = () => (product() ? priceOf(product(), number("quantity"), number("years"), nameLimit()) : null);

  function followPrice() {
    const price = control("product") ? priceOfOrder() : priceOfRenewal();
    const shown = document.getElementById("price");
    if (shown !== null) {
      shown.hidden = price === null && control("product") === null;
      shown.querySelector("output").textContent = price ? `${grouped(price.amount)} ${price.currency}` : "–";
      shown.querySelector("small").textContent = price ? price.how : "Choose a product.";
    }
    const payment = part("payment");
    if (payment === null || price === null) return;
    for (const [path, value] of [["payment/@amount", money(price.amount)], ["payment/@currency", price.currency]]) {
      control(path).value = value;
      control(path).readOnly = true;
    }
    payment.hidden = price.amount === 0;
    payment.disabled = payment.hidden;
  }

  // What a product allows: years, names, the company, what has to be attached.
  function followProduct() {
    const chosen = product();
    if (!chosen) return;
    control("years").dataset.maximum = control("years").max = chosen.maximumYears;
    const count = control("nameCount");
    count.min = 1;
    count.dataset.maximum = count.max = chosen.maximumNames;
    count.disabled = chosen.names !== "multiple";
    count.closest("[data-field]").hidden = count.disabled;
    if (count.dataset.of !== chosen.product) count.value = count.disabled ? "" : chosen.included;
    count.dataset.of = chosen.product;
    showPart("company", "company" in chosen);
    if (!withApplication()) return;
    control("quantity").value = "1";
    part("payment").querySelector("[data-toggle]").checked = true;
  }

  const withApplication = () => part("application")?.querySelector("[data-toggle]").checked ?? false;

  // What is needed this time: of an order by its product, else as the address says; of what
  // is only saved, nothing.
  function followAsks() {
    const chosen = product();
    const wanted = chosen
      ? `domains applicant ${"company" in chosen ? "company" : ""} ${chosen.requires ?? ""}`
      : (given.get("asks") ?? "");
    const saving = controls().some((field) => field.checked && field.value === "save" && step(field.dataset.path) === "action");
    asks.clear();
    if (saving || (chosen && !withApplication())) return;
    for (const name of wanted.split(" ").filter(Boolean)) asks.add(name);
  }

  function showPart(name, shown) {
    const named = part(name);
    if (named === null) return;
    named.hidden = !shown;
    named.disabled = !shown;
  }

  function followSwitches() {
    for (const toggle of all("[data-toggle]")) {
      const content = document.getElementById(toggle.getAttribute("aria-controls"));
      content.hidden = !toggle.checked;
      content.disabled = !toggle.checked;
    }
    if (control("quantity")) control("quantity").readOnly = withApplication();
    for (const choose of all("[data-choose]"))
      for (const one of all(`[data-alternative="${choose.dataset.choose}"]`)) one.hidden = one.disabled = !choose.checked;
    for (const field of all("[data-when]")) {
      const on = all(`[data-path="${field.dataset.when}"]`).some((other) => values(other).includes(field.dataset.is));
      field.closest("[data-field]").hidden = !on;
      field.disabled = !on;
    }
  }

  function follow() {
    followProduct();
    followSwitches();
    followAsks();
    followPrice();
    for (const field of controls()) {
      const mark = field.closest("[data-field]").querySelector(".need");
      if (mark) mark.hidden = !isRequired(field);
    }
  }

  // ---- Beginning -------------------------------------------------------------

  function proposeReference() {
    const letters = "ABCDEFGHJKLMNPQSTUVWXYZ23456789";
    const random = [...crypto.getRandomValues(new Uint8Array(5))].map((byte) => letters[byte % letters.length]).join("");
    const now = new Date();
    const day = [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((n) => String(n).padStart(2, "0")).join("");
    return `${body.dataset.prefix}-${day}-${random}`;
  }

  function fillIn() {
    for (const [key, value] of given) {
      for (const field of all("[data-path]").filter(({ dataset }) => dataset.path === key || step(dataset.path) === key)) {
        if (isChoice(field)) field.checked ||= field.value === value;
        else if (field.type === "file") continue;
        else if ("list" in field.dataset && field.value !== "") field.value += `\n${value}`;
        else field.value = value;
      }
    }
    for (const name of (given.get("without") ?? "").split(" ").filter(Boolean)) showPart(name, false);
    if (control("@ref").value === "") control("@ref").value = proposeReference();
  }

  for (const hidden of all("[data-script]", document)) hidden.hidden = false;
  document.querySelector("details.byhand")?.removeAttribute("open");
  fillIn();
  showKept("");
  follow();

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    save(download, false);
  });
  form.addEventListener("input", () => {
    document.getElementById("done").hidden = true; // it was about what stood here before
    follow();
  });
  form.addEventListener("change", async (event) => {
    const field = event.target;
    if ("fills" in field.dataset && field.files.length > 0) {
      const target = document.getElementById(field.dataset.fills);
      target.value = await field.files[0].text();
      showFault(target, await faultOf(target));
    }
    follow();
    if (!("path" in field.dataset)) return;
    const first = groupOf(field)[0];
    const fault = await faultOf(first);
    showFault(first, fault.startsWith("This is missing") || fault === "Please choose." ? "" : fault);
  });
  const inboxButton = document.getElementById("inbox");
  if ("showDirectoryPicker" in window) {
    inboxButton.hidden = false;
    inboxButton.addEventListener("click", () => save(putIntoInbox, true));
  }
  document.getElementById("keep")?.addEventListener("click", keep);
  document.getElementById("take-up")?.addEventListener("click", takeUp);
  document.getElementById("forget")?.addEventListener("click", forget);
})();
