// Uses the API through a client that is generated from its OpenAPI document:
// lists devices, reads one, uploads a capture in two parts and waits for it.
import { readFile } from "node:fs/promises";
import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";

const [base, token, file] = process.argv.slice(2);
const ward = createClient<paths>({ baseUrl: base + "/api/v1", headers: { Authorization: "Bearer " + token } });

// must gives the answer, or says with the hub's own hint what went wrong.
function must<T>(r: { data?: T; error?: components["schemas"]["Problem"] }): T {
  if (r.data === undefined) throw new Error(`${r.error?.detail} ${r.error?.hint}`);
  return r.data;
}

const list = must(await ward.GET("/devices", { params: { query: { tier: ["T0"], limit: 2 } } }));
const first = list.devices?.[0];
if (!first) throw new Error("no device");
const one = must(await ward.GET("/devices/{id}", { params: { path: { id: first.id } } }));

const content = await readFile(file);
const started = must(await ward.POST("/imports", { body: { name: "tap.pcap", size: content.length } }));
const path = { id: started.id };
const half = Math.floor(content.length / 2);
for (const [from, to] of [[0, half], [half, content.length]]) {
  must(await ward.PATCH("/imports/{id}", {
    params: { path, header: { "Upload-Offset": from } },
    headers: { "Content-Type": "application/octet-stream" },
    body: "", // the part itself stands in bodySerializer: bytes are no string
    bodySerializer: () => new Uint8Array(content.subarray(from, to)),
  }));
}
let done = must(await ward.POST("/imports/{id}/complete", { params: { path } }));
while (done.state === "queued" || done.state === "reading") {
  await new Promise((go) => setTimeout(go, 50));
  done = must(await ward.GET("/imports/{id}", { params: { path } }));
}

const missing = await ward.GET("/devices/{id}", { params: { path: { id: "mac:none" } } });
console.log(JSON.stringify({ total: list.total, tier: first.tier, model: one.model, claims: one.claims?.length, state: done.state, frames: done.frames,
  status: missing.error?.status, hint: missing.error?.hint }));
