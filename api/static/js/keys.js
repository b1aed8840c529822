// The desk by keyboard: j and k move from row to row, x ticks one, a signs for it, / goes to the search.

const ROWS = "[data-key]";

function rows() {
  return [...document.querySelectorAll(ROWS)].filter((row) => row.offsetParent !== null);
}

function here() {
  return document.activeElement.closest(ROWS);
}

function go(step) {
  const all = rows();
  const at = all.indexOf(here());
  const next = all[at < 0 ? (step > 0 ? 0 : all.length - 1) : at + step];
  const link = next?.querySelector(".clocks__what a, .alerts__what a, button");
  link?.focus({ preventScroll: true });
  next?.scrollIntoView({ block: "nearest" });
}

function tick() {
  const box = here()?.querySelector('input[type="checkbox"]');
  if (box) box.checked = !box.checked;
}

function sign() {
  const row = here();
  const button = row?.querySelector("[data-sign]");
  if (button) return button.click();
  const box = row?.querySelector('input[type="checkbox"]');
  if (box) box.checked = true;
  if (document.querySelector('input[name="case"]:checked')) document.getElementById("sign-all").click();
}

function search() {
  document.querySelector("[data-search]")?.focus();
}

const KEYS = { j: () => go(1), k: () => go(-1), x: tick, a: sign, "/": search };

addEventListener("keydown", (event) => {
  const types = event.target.closest('input:not([type="checkbox"]), textarea, select, [contenteditable]');
  if (types || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const act = KEYS[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});
