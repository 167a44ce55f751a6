// Behaviour that all pages share. No inline code anywhere: elements say what
// they want in data attributes.
(() => {
  "use strict";

  const typing = (e) => e.target.closest("input, textarea, select, [contenteditable]");

  // Keys: "/" to find, j and k through the rows of a table, Enter opens the row.
  document.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    if (e.key === "Escape") document.querySelectorAll("details.menu[open]").forEach((d) => { d.open = false; d.querySelector("summary").focus(); });
    if (typing(e)) return;
    if (e.key === "/") {
      const find = document.querySelector("[data-find]") || document.getElementById("find");
      if (find) { e.preventDefault(); find.focus(); find.select(); }
    } else if (e.key === "j" || e.key === "k") {
      step(e.key === "j" ? 1 : -1);
    }
  });

  function step(by) {
    const rows = [...document.querySelectorAll("[data-rows] [data-row]")];
    if (!rows.length) return;
    const at = rows.findIndex((r) => r.contains(document.activeElement));
    const row = rows[Math.min(rows.length - 1, Math.max(0, at < 0 ? 0 : at + by))];
    const link = row.querySelector("a, button, input") || row;
    link.focus();
    row.scrollIntoView({ block: "nearest" });
  }

  document.addEventListener("click", (e) => {
    const close = e.target.closest("[data-close]");
    if (close) (close.closest("dialog, .notice") || close).tagName === "DIALOG" ? close.closest("dialog").close() : close.closest(".notice").remove();
    const open = e.target.closest("[data-open]");
    if (open) document.getElementById(open.dataset.open)?.showModal();
    if (e.target.closest("[data-print]")) window.print();
    document.querySelectorAll("details.menu[open]").forEach((d) => { if (!d.contains(e.target)) d.open = false; });
  });

  // data-all="name": ticks every box of that name; data-count shows how many are ticked.
  document.addEventListener("change", (e) => {
    const all = e.target.closest("[data-all]");
    if (all) document.querySelectorAll(`input[name="${CSS.escape(all.dataset.all)}"]`).forEach((b) => { b.checked = all.checked; });
    if (e.target.closest("[data-submit]")) e.target.form.requestSubmit();
    count();
  });

  function count() {
    document.querySelectorAll("[data-count]").forEach((c) => {
      const n = document.querySelectorAll(`input[name="${CSS.escape(c.dataset.count)}"]:checked`).length;
      c.textContent = n;
      const bar = c.closest("[data-bulk]");
      if (bar) bar.hidden = n === 0;
    });
  }
  document.addEventListener("htmx:after:swap", count);
  document.addEventListener("DOMContentLoaded", count);

  // Live: say so when the stream of changes is broken.
  const live = (broken) => { const l = document.getElementById("live"); if (l) l.hidden = !broken; };
  document.addEventListener("htmx:sse:error", () => live(true));
  document.addEventListener("htmx:sse:after:connection", () => live(false));
  document.addEventListener("htmx:error", (e) => {
    if (!(e.target instanceof Element) || e.target.id === "stream") return;
    const n = document.getElementById("notice");
    if (n && n.dataset.offline) n.textContent = n.dataset.offline;
  });
})();
