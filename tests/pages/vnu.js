// The Nu Html Checker, which needs Java.
import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import path from "node:path";
import { serve } from "./serve.js";

const jar = path.join(path.dirname(createRequire(import.meta.url).resolve("vnu-jar")), "build/dist/vnu.jar");

// What it says of PAGES, which lie below ROOT, warnings included; one line a finding. They are
// served: of a page on disk it doubts that 'self' is where its style sheet lies.
export async function findingsOfVnu(root, pages) {
  const server = await serve(root);
  const addresses = pages.map((page) => new URL(path.relative(root, page).split(path.sep).map(encodeURIComponent).join("/"), server.address).href);
  const answer = await new Promise((resolve) =>
    execFile(
      "java",
      ["-Dnu.validator.servlet.allow-forbidden-hosts=true", "-jar", jar, "--format", "json", ...addresses],
      { maxBuffer: 1 << 28 },
      (error, stdout, stderr) => resolve({ error, said: stderr.trim() }),
    ),
  );
  server.close();
  if (answer.error?.code === "ENOENT") return ["java is missing: tests/tools/install-packages.sh check"];
  try {
    return JSON.parse(answer.said).messages.map((m) => `${m.url?.replace(server.address, "")}:${m.lastLine ?? ""}: ${m.message}`);
  } catch {
    return [`vnu says no JSON: ${answer.said.slice(0, 500) || answer.error?.message}`];
  }
}
