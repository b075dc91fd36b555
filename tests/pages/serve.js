// A folder, served on loopback.
import fs from "node:fs";
import http from "node:http";
import path from "node:path";

const types = { ".html": "text/html; charset=utf-8", ".css": "text/css", ".js": "text/javascript" };

// Serves FOLDER; returns its address, which ends in a slash, and what ends it.
export async function serve(folder) {
  const server = http.createServer((request, response) => {
    const name = path.join(folder, decodeURIComponent(new URL(request.url, "http://localhost").pathname));
    fs.readFile(name, (error, bytes) => {
      // Browsers ask every server for an icon.
      const missing = name.endsWith("favicon.ico") ? 204 : 404;
      response.writeHead(error ? missing : 200, { "content-type": types[path.extname(name)] ?? "application/octet-stream" });
      response.end(error ? "" : bytes);
    });
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  return { address: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() };
}
