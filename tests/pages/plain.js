// A page whose reader has no scripts is whole: nothing to press that does nothing, nothing that
// waits for a script to be shown, and where the script would have made a form or a search, what to do instead.

// Runs in the page, from disk, with scripts off: what is wrong with it.
function faults() {
  const found = [];
  const shown = (element) => element.checkVisibility({ visibilityProperty: true });
  const all = (selector) => [...document.querySelectorAll(selector)];
  for (const control of all("input, button, select, textarea, [contenteditable]").filter(shown))
    found.push(`shows a control that does nothing: ${control.outerHTML.slice(0, 80)}`);
  const parts = all("main > *").filter(shown);
  if (parts.length < 2) found.push("shows next to nothing");
  for (const row of all("main tbody tr, main li").filter((each) => !shown(each)))
    if (!row.closest("[data-script], .form")) found.push(`does not show ${row.textContent.slice(0, 80)}`);
  for (const hidden of all("main [hidden]").filter((each) => !each.matches("[data-script], .form *, #filter, #search, #search *")))
    found.push(`hides ${hidden.outerHTML.slice(0, 80)}`);
  if (document.querySelector("#form [data-kind]") && !all(".byhand pre, .byhand ol").some(shown)) found.push("has a form and does not say how to do without");
  if (document.querySelector("#search") && !/certificates\.csv/.test(document.querySelector("main").innerText)) found.push("does not say how to search");
  return found;
}

export async function findingsWithoutScript(browser, pages, addressOf) {
  const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 1000, height: 900 } });
  const view = await context.newPage();
  const findings = [];
  for (const page of pages) {
    await view.goto(addressOf(page));
    for (const fault of await view.evaluate(faults)) findings.push([page, fault]);
  }
  await context.close();
  return findings;
}
