"use strict";
// Keys, and how the run stands. Everything else works without this file.
const rows = [...document.querySelectorAll("table.tasks tbody tr")];
let here = -1;
const follow = (selector) => { const link = document.querySelector(selector); if (link) link.click(); };
const move = (by) => {
  if (!rows.length) return follow(by > 0 ? "a[rel=next]" : "a[rel=prev]");
  if (here >= 0) rows[here].classList.remove("here");
  here = Math.max(0, Math.min(rows.length - 1, here + by));
  rows[here].classList.add("here");
  rows[here].querySelector("a").focus({ preventScroll: true });
  rows[here].scrollIntoView({ block: "nearest" });
};
const help = document.getElementById("keys");
const button = document.getElementById("keys-button");
if (button) button.addEventListener("click", () => help.showModal());
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, select, textarea")) { if (event.key === "Escape") event.target.blur(); return; }
  if (help && help.open) return;
  const act = {
    j: () => move(1), k: () => move(-1), n: () => follow("a[rel=next]"), p: () => follow("a[rel=prev]"),
    u: () => follow("#up"), "?": () => help.showModal(),
    "/": () => { const field = document.getElementById("search"); if (field) field.focus(); else follow("#up"); },
  }[event.key];
  if (act) { event.preventDefault(); act(); }
});
document.querySelectorAll(".filters select").forEach((one) => one.addEventListener("change", () => one.form.submit()));
const standing = document.getElementById("standing");
if (standing) {
  const look = async () => {
    try {
      const answer = await fetch("/standing");
      if (!answer.ok) throw new Error();
      const told = await answer.json();
      standing.textContent = told.said;
      const counts = told.counts || {};
      document.querySelectorAll(".tab").forEach((tab) => {
        const name = tab.classList[1];
        const count = name ? counts[name] : told.total;
        if (count !== undefined) tab.querySelector("b").textContent = count.toLocaleString("en");
      });
      setTimeout(look, told.moving ? 1500 : 10000);
    } catch { standing.textContent = "the viewer has ended"; setTimeout(look, 10000); }
  };
  setTimeout(look, 1000);
}
