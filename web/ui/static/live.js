// Live parts: an element with an id and data-live="topic topic" is read anew from
// the page's own address when one of these topics changes. What a person types,
// chooses or has opened there is never taken away: the part then waits until
// they are done, or until they ask for it. The focus stays where it is.
(() => {
  "use strict";

  const stream = document.getElementById("stream");
  const news = document.getElementById("news");
  if (!stream) return;

  const shortest = 3000; // milliseconds between two readings of a page
  const stale = new Set();
  let timer = 0, last = 0, reading = false;

  for (const topic of ["devices", "findings", "worklist", "imports", "feeds", "traffic", "notices", "people", "settings"]) {
    stream.addEventListener(topic, () => mark(topic));
  }
  // After a break of the stream nobody knows what was missed.
  let broken = false;
  document.addEventListener("htmx:sse:error", () => { broken = true; });
  document.addEventListener("htmx:sse:after:connection", () => { if (broken) { broken = false; mark(""); } });
  document.addEventListener("visibilitychange", () => { if (!document.hidden && stale.size) plan(); });
  document.addEventListener("focusout", () => { if (stale.size) plan(); });
  document.addEventListener("toggle", () => { if (stale.size) plan(); }, true);
  document.addEventListener("close", () => { if (stale.size) plan(); }, true);
  if (news) news.addEventListener("click", () => { news.hidden = true; read(true); });

  function mark(topic) {
    document.querySelectorAll("[data-live]").forEach((e) => {
      if (e.id && (!topic || e.dataset.live.split(" ").includes(topic))) stale.add(e.id);
    });
    if (stale.size) plan();
  }

  function plan() {
    if (timer || document.hidden) return;
    let pause = shortest;
    stale.forEach((id) => { pause = Math.max(pause, 1000 * (Number(document.getElementById(id)?.dataset.pause) || 0)); });
    timer = setTimeout(() => { timer = 0; read(false); }, Math.max(200, last + pause - Date.now()));
  }

  // busy tells whether a person is at work in a part.
  function busy(part) {
    const at = document.activeElement;
    if (part.contains(at) && at.matches("textarea, select, input:not([type=checkbox]):not([type=radio]):not([type=submit]):not([type=button])")) return true;
    const chosen = window.getSelection();
    if (chosen && !chosen.isCollapsed && chosen.rangeCount && part.contains(chosen.anchorNode)) return true;
    if (part.querySelector("dialog[open], details.menu[open], .htmx-request")) return true;
    return [...part.querySelectorAll("input, textarea, select")].some((f) => {
      if (f.type === "hidden") return false;
      if (f.type === "checkbox" || f.type === "radio") return f.checked !== f.defaultChecked;
      if (f.tagName === "SELECT") {
        const options = [...f.options], named = options.some((o) => o.defaultSelected);
        return options.some((o, i) => o.selected !== (named ? o.defaultSelected : i === 0));
      }
      return f.value !== f.defaultValue;
    });
  }

  async function read(asked) {
    if (reading) return;
    const wanted = [...stale].filter((id) => { const e = document.getElementById(id); if (!e) stale.delete(id); return e && (asked || !busy(e)); });
    if (news && !asked) news.hidden = wanted.length === stale.size;
    if (!wanted.length) return;
    reading = true;
    let failed = false;
    last = Date.now();
    const from = location.href;
    wanted.forEach((id) => stale.delete(id));
    try {
      const answer = await fetch(from, { headers: { "Ward-Live": "1" }, credentials: "same-origin", redirect: "error" });
      if (!answer.ok) throw new Error(String(answer.status));
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (location.href !== from) { wanted.forEach((id) => stale.add(id)); return; } // a filter changed meanwhile
      wanted.forEach((id) => {
        const old = document.getElementById(id), fresh = page.getElementById(id);
        if (!old || !fresh) return;
        if (!asked && busy(old)) { stale.add(id); return; }
        put(old, document.importNode(fresh, true));
      });
    } catch {
      failed = true;
      wanted.forEach((id) => stale.add(id)); // with the next event, or when the stream is back
    } finally {
      reading = false;
      if (news) news.hidden = !stale.size || asked;
      if (!failed && [...stale].some((id) => { const e = document.getElementById(id); return e && !busy(e); })) plan();
    }
  }

  const nameOf = (e) => e.id || e.querySelector(":scope > summary")?.textContent.trim().slice(0, 80) || "";
  const keyOf = (e) => e.id ? "#" + CSS.escape(e.id) : e.getAttribute("href") ? `${e.tagName}[href="${CSS.escape(e.getAttribute("href"))}"]` :
    e.name ? `${e.tagName}[name="${CSS.escape(e.name)}"][value="${CSS.escape(e.value)}"]` : "";

  // put puts the fresh part in place of the old one.
  function put(old, fresh) {
    const at = old.contains(document.activeElement) && document.activeElement !== old ? keyOf(document.activeElement) : "";
    const open = new Set([...old.querySelectorAll("details")].filter((d) => d.open).map(nameOf));
    const shut = new Set([...old.querySelectorAll("details")].filter((d) => !d.open).map(nameOf));
    const scrolled = [...old.querySelectorAll(".scroll")].map((s) => [s.scrollLeft, s.scrollTop]);
    fresh.querySelectorAll("details").forEach((d) => { const n = nameOf(d); d.open = open.has(n) || (d.open && !shut.has(n)); });
    old.replaceWith(fresh);
    fresh.querySelectorAll(".scroll").forEach((s, i) => { if (scrolled[i]) [s.scrollLeft, s.scrollTop] = scrolled[i]; });
    if (at) fresh.querySelector(at)?.focus({ preventScroll: true });
    window.htmx?.process(fresh);
    document.dispatchEvent(new CustomEvent("ward:live", { detail: { id: fresh.id } }));
  }
})();
