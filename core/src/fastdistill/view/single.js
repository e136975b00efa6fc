"use strict";
// Filters and keys of the page without a server. Without this file every task is still there to open.
const tasks = [...document.querySelectorAll(".one")];
const field = (id) => document.getElementById(id);
let here = -1;
const shown = () => tasks.filter((one) => !one.hidden);
const filter = () => {
  const text = field("search").value.toLowerCase();
  tasks.forEach((one) => {
    const data = one.dataset;
    one.hidden = Boolean((field("status").value && data.status !== field("status").value)
      || (field("reason").value && !data.reason.split(" ").includes(field("reason").value))
      || (text && !one.textContent.toLowerCase().includes(text)));
  });
  field("shown").textContent = shown().length.toLocaleString("en");
  here = -1;
};
["search", "status", "reason"].forEach((id) => field(id).addEventListener("input", filter));
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select")) return;
  if (event.key === "/") { event.preventDefault(); field("search").focus(); }
  const by = { j: 1, k: -1 }[event.key];
  const seen = shown();
  if (!by || !seen.length) return;
  if (here >= 0) { seen[here].classList.remove("here"); seen[here].open = false; }
  here = Math.max(0, Math.min(seen.length - 1, here + by));
  seen[here].classList.add("here");
  seen[here].open = true;
  seen[here].querySelector("summary").focus({ preventScroll: true });
  seen[here].scrollIntoView({ block: "start" });
});
