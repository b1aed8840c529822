// Shows what is new without a reload, and moves nothing under somebody who reads: while they do, a line at
// the foot says what has come, and showing it is theirs.

const body = document.body;
const bar = document.getElementById("news");
const QUIET = 6_000; // so long without a hand on the page, and nobody is taken to read
let mark = body.dataset.mark;
const isRenewed = mark !== undefined; // other pages only listen, for the bell
let touched = 0;
let isLooking = false;
let isWanted = false;
let held = null; // the newest page as the server has it, where something of it is not shown yet

for (const kind of ["pointerdown", "pointermove", "keydown", "wheel", "touchstart"]) {
  addEventListener(kind, () => (touched = performance.now()), { passive: true });
}

function isReading() {
  if (document.hidden) return false;
  const isMoved = performance.now() - touched < QUIET && touched > 0;
  return isMoved || scrollY > 60 || !getSelection().isCollapsed || document.activeElement !== body;
}

function keysOf(part) {
  return [...part.querySelectorAll("[data-key]")].map((one) => one.dataset.key);
}

// What stands in a part apart from the words that change by themselves.
function plain(part) {
  return part.innerHTML
    .replace(/(<time data-countdown[^>]*>)[^<]*/g, "$1")
    .replace(/name="key" value="[^"]*"/g, "")
    .replace(/ open=""/g, "")
    .replace(/ is-new/g, "");
}

// The choice a select box stands on when nobody has touched it: the one marked, or the first.
function firstChoice(select) {
  return Math.max(0, [...select.options].findIndex((one) => one.defaultSelected));
}

// A form somebody has begun to fill in.
function isBegun(part) {
  return [...part.querySelectorAll("input, textarea, select")].some((one) => {
    if (one.type === "hidden") return false;
    if (one.type === "checkbox" || one.type === "radio") return one.checked !== one.defaultChecked;
    if (one.tagName === "SELECT") return one.selectedIndex !== firstChoice(one);
    return one.value !== one.defaultValue;
  });
}

function nameOf(details) {
  const row = details.closest("[data-key]");
  return `${row ? row.dataset.key : ""} ${details.querySelector("summary").textContent}`;
}

function put(old, fresh) {
  const known = new Set(keysOf(old));
  const opened = new Set([...old.querySelectorAll("details[open]")].map(nameOf));
  for (const one of fresh.querySelectorAll("[data-key]")) {
    if (!known.has(one.dataset.key)) one.classList.add("is-new");
  }
  for (const one of fresh.querySelectorAll("details")) if (opened.has(nameOf(one))) one.open = true;
  old.replaceWith(document.adoptNode(fresh));
}

// Puts each part of the new page in its place unless that would disturb; how much is left out.
function show(fresh, isAsked) {
  const left = { parts: 0, keys: new Set() };
  for (const old of document.querySelectorAll("[data-part]")) {
    const part = fresh.querySelector(`[data-part="${old.dataset.part}"]`);
    if (!part || plain(part) === plain(old)) continue;
    const known = keysOf(old);
    const coming = keysOf(part);
    const isSame = known.join() === coming.join() && known.length > 0;
    const disturbs = old.contains(document.activeElement) || (!isSame && isReading());
    if (isBegun(old) || (disturbs && !isAsked)) {
      left.parts += 1;
      for (const key of coming) if (!known.includes(key)) left.keys.add(key);
    } else {
      put(old, part.cloneNode(true));
    }
  }
  return left;
}

function say(left, isAsked) {
  if (!left.parts || isAsked) {
    bar.hidden = true;
    return;
  }
  bar.querySelector("span").textContent = left.keys.size ? `新到 ${left.keys.size} 项` : "有新的变化";
  bar.hidden = false;
}

function renew(isAsked = false) {
  if (!held) return;
  const left = show(held, isAsked);
  say(left, isAsked);
  if (!left.parts || isAsked) held = null;
}

async function look() {
  if (isLooking) {
    isWanted = true;
    return;
  }
  isLooking = true;
  isWanted = false;
  try {
    const answer = await fetch(body.dataset.address, { cache: "no-store" });
    if (answer.redirected && new URL(answer.url).pathname === "/sign-in") return over();
    if (answer.ok) {
      held = new DOMParser().parseFromString(await answer.text(), "text/html");
      mark = held.body.dataset.mark ?? mark;
      renew();
    }
  } catch {
    standing("lost");
  } finally {
    isLooking = false;
  }
  if (isWanted) setTimeout(look, 1_000);
}

const WORDS = { open: "实时更新中", lost: "实时更新中断，正在重连", over: "登录已失效，请重新登录" };

function standing(kind) {
  const place = document.getElementById("standing");
  if (place && place.textContent !== WORDS[kind]) place.textContent = WORDS[kind];
}

function over() {
  standing("over");
}

function hear({ data }) {
  if (data.kind !== "change") standing(data.kind);
  else standing("open");
  if (data.kind !== "change" || data.mark === mark) return;
  document.dispatchEvent(new Event("office-changed"));
  if (isRenewed) look();
  else mark = data.mark;
}

// Without shared workers (some phones) each page has a stream of its own, while it is looked at.
function alone() {
  let source = null;
  const open = () => {
    source?.close();
    source = new EventSource("/api/v1/alerts/stream");
    source.onopen = () => standing("open");
    source.onerror = () => standing(source.readyState === EventSource.CLOSED ? "over" : "lost");
    source.addEventListener("change", (event) => hear({ data: { kind: "change", mark: event.lastEventId } }));
  };
  document.addEventListener("visibilitychange", () => (document.hidden ? source?.close() : open()));
  document.addEventListener("clock-jumped", open);
  open();
}

function shared() {
  const worker = new SharedWorker(body.dataset.worker, { name: "live" });
  worker.port.onmessage = hear;
  worker.port.start();
  addEventListener("pagehide", () => worker.port.postMessage("bye"));
  document.addEventListener("clock-jumped", () => worker.port.postMessage("again"));
}

if (isRenewed) {
  bar.querySelector("button").addEventListener("click", () => {
    document.activeElement?.blur();
    renew(true);
  });
  setInterval(() => held && renew(), 2_000);
}
if ("SharedWorker" in window) shared();
else alone();
