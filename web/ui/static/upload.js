// Uploads in parts that go on where they stopped: after a lost connection by
// themselves, after a closed page when the same file is chosen again.
(() => {
  "use strict";

  const form = document.getElementById("upload");
  const list = document.getElementById("uploads");
  if (!form || !list) return;
  const zone = form.querySelector(".dropzone"), input = form.querySelector("input[type=file]");
  const say = form.dataset;
  const longest = 30000; // milliseconds between two tries
  const queue = [];
  let working = false;

  form.addEventListener("submit", (e) => { e.preventDefault(); add(input.files); });
  input.addEventListener("change", () => add(input.files));
  form.querySelector("button[type=submit]").hidden = true; // choosing is enough here
  for (const name of ["dragenter", "dragover"]) zone.addEventListener(name, (e) => { e.preventDefault(); zone.classList.add("over"); });
  for (const name of ["dragleave", "drop"]) zone.addEventListener(name, (e) => { e.preventDefault(); zone.classList.remove("over"); });
  zone.addEventListener("drop", (e) => {
    const folder = [...(e.dataTransfer?.items || [])].some((i) => i.webkitGetAsEntry?.()?.isDirectory);
    if (folder) { row({ name: "" }).wrong(say.tFolder); return; }
    add(e.dataTransfer.files);
  });
  // A file that misses the box must not replace the page.
  for (const name of ["dragover", "drop"]) window.addEventListener(name, (e) => e.preventDefault());
  window.addEventListener("beforeunload", (e) => { if (working) e.preventDefault(); });

  function add(files) {
    [...files].forEach((file) => queue.push({ file, row: row(file) }));
    input.value = "";
    work();
  }

  async function work() {
    if (working) return;
    working = true;
    for (let next; (next = queue.shift());) await send(next.file, next.row);
    working = false;
  }

  // row shows one file. All texts are set as text, never as markup.
  function row(file) {
    const make = (tag, cls) => { const e = document.createElement(tag); e.className = cls || ""; return e; };
    const li = make("li"), name = make("span", "name"), text = make("span", "muted num"), bar = make("progress"), line = make("div", "row"), space = make("span", "grow");
    const stop = make("button", "plain");
    name.textContent = file.name; stop.type = "button"; stop.textContent = say.tCancel;
    bar.max = 1; bar.value = 0; bar.setAttribute("aria-label", file.name);
    line.append(name, text, space, stop);
    li.append(line, bar);
    list.prepend(li);
    const self = {
      cancelled: false,
      at(done, size) { bar.value = size ? done / size : 0; text.textContent = Math.floor(size ? done * 100 / size : 0) + " %"; },
      note(s) { text.textContent = s; },
      wrong(s) { text.textContent = s; text.className = "wrong"; bar.remove(); stop.remove(); },
      done(link, s) { text.textContent = s; bar.remove(); stop.remove(); if (link) { const a = make("a", "button"); a.href = link; a.textContent = say.tOpen; line.append(a); } },
    };
    stop.addEventListener("click", () => { self.cancelled = true; self.abort?.abort(); });
    return self;
  }

  const key = (f) => `upload ${f.name} ${f.size} ${f.lastModified}`;
  const kept = (f) => { try { return localStorage.getItem(key(f)); } catch { return null; } };
  const keep = (f, id) => { try { id ? localStorage.setItem(key(f), id) : localStorage.removeItem(key(f)); } catch { /* private window: it cannot go on later */ } };
  const wait = (ms) => new Promise((done) => setTimeout(done, ms));

  // ask sends one request and gives its answer; a lost connection throws.
  async function ask(method, path, body, signal) {
    const answer = await fetch(path, { method, body, signal, headers: { Accept: "application/json" }, credentials: "same-origin", redirect: "error" });
    const kind = answer.headers.get("Content-Type") || "";
    const data = kind.startsWith("application/json") ? await answer.json() : { message: say.tFailed };
    return { ok: answer.ok, status: answer.status, ...data };
  }

  const fault = (a) => [a.message || say.tFailed, a.hint, a.cause].filter(Boolean).join(" ");

  async function begin(file) {
    const id = kept(file);
    if (id) {
      const a = await ask("GET", `/imports/${encodeURIComponent(id)}/upload`);
      if (a.ok && a.state === "receiving" && a.size === file.size) return a;
      keep(file, "");
    }
    const a = await ask("POST", form.dataset.begin, new URLSearchParams({ name: file.name, size: String(file.size) }));
    if (a.ok) keep(file, a.id);
    return a;
  }

  async function send(file, line) {
    if (line.cancelled) return line.done("", say.tCancelled);
    if (!file.size) return line.wrong(say.tEmpty);
    if (file.size > Number(say.max)) return line.wrong(say.tLarge);
    let upload = null, pause = 500;
    for (;;) {
      try {
        if (!upload) {
          upload = await begin(file);
          if (!upload.ok) return line.wrong(fault(upload));
          if (upload.received) line.note(say.tOn);
        }
        const ended = await parts(file, line, upload);
        pause = 500;
        if (ended.again) throw new Error("again");
        keep(file, "");
        return ended.wrong ? line.wrong(ended.wrong) : line.done(ended.link, ended.text);
      } catch {
        if (line.cancelled) { await cancel(upload); keep(file, ""); return line.done("", say.tCancelled); }
        line.note(say.tAgain);
        await wait(pause);
        pause = Math.min(longest, pause * 2);
        upload = null; // the hub tells where to go on
      }
    }
  }

  // parts sends what is missing and completes.
  async function parts(file, line, upload) {
    let at = upload.received;
    while (at < file.size) {
      if (line.cancelled) throw new Error("cancelled");
      line.abort = new AbortController();
      const a = await ask("POST", `/imports/${encodeURIComponent(upload.id)}/part?offset=${at}`, file.slice(at, at + upload.chunk), line.abort.signal);
      if (a.status === 409 && a.state === "receiving" && a.received !== at) { at = a.received; continue; }
      if (a.status === 507 || a.status === 502 || a.status === 503 || a.status === 504) return { again: true };
      if (!a.ok) return { wrong: fault(a) };
      at = a.received;
      line.at(at, file.size);
    }
    line.note(say.tCheck);
    const a = await ask("POST", `/imports/${encodeURIComponent(upload.id)}/complete`);
    return a.ok ? { link: a.link, text: say.tDone } : { wrong: fault(a) };
  }

  async function cancel(upload) {
    if (!upload?.id) return;
    try { await ask("POST", `/imports/${encodeURIComponent(upload.id)}/cancel`); } catch { /* it ends by itself after a day */ }
  }
})();
