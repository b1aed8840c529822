// Keeps every countdown moving by the server's clock. From this computer only the time that has passed is
// taken; when it slept or was set to another time, the server is asked what time it is.
// Without this script the page shows the countdowns as they were when it was made.

const MINUTE = 60_000;
const REFRESH = 1_000;
const ODD = 2_000; // how far the two clocks of this computer may drift apart in a second

let served = Date.parse(document.documentElement.dataset.now);
let steadyThen = performance.now();
let wallThen = Date.now();

function now() {
  return served + performance.now() - steadyThen;
}

function span(milliseconds) {
  const minutes = Math.floor(Math.abs(milliseconds) / MINUTE);
  if (minutes < 1) return "不到1分钟";
  const days = Math.floor(minutes / 1440);
  const hours = Math.floor((minutes % 1440) / 60);
  const rest = minutes % 60;
  if (days) return hours ? `${days.toLocaleString("en")}天${hours}小时` : `${days.toLocaleString("en")}天`;
  if (hours) return rest ? `${hours}小时${rest}分` : `${hours}小时`;
  return `${rest}分钟`;
}

function show() {
  for (const clock of document.querySelectorAll("time[data-countdown]")) {
    const left = Date.parse(clock.dateTime) - now();
    const words = `${left < 0 ? "超期" : "还剩"} ${span(left)}`;
    if (clock.textContent !== words) clock.textContent = words;
    const holder = clock.closest(".is-due_soon, .is-later");
    if (left < 0 && holder) {
      holder.classList.remove("is-due_soon", "is-later");
      holder.classList.add("is-overdue");
    }
  }
}

// Asks the server; half the way there and back is taken off. Where it does not answer, what is known stays.
async function ask() {
  const sent = performance.now();
  try {
    const answer = await fetch("/api/v1/now", { cache: "no-store" });
    if (!answer.ok) return;
    const told = Date.parse((await answer.json()).now);
    if (Number.isNaN(told)) return;
    steadyThen = performance.now();
    wallThen = Date.now();
    served = told + (steadyThen - sent) / 2;
    show();
  } catch {
    // Not reachable: what is known stays until the next occasion.
  }
}

function tick() {
  const drift = Date.now() - wallThen - (performance.now() - steadyThen);
  if (Math.abs(drift) > ODD) {
    document.dispatchEvent(new Event("clock-jumped"));
    wallThen = Date.now() - (performance.now() - steadyThen);
    ask();
  }
  show();
}

if (!Number.isNaN(served)) {
  setInterval(tick, REFRESH);
  addEventListener("pageshow", (event) => event.persisted && ask());
  addEventListener("online", ask);
  document.addEventListener("visibilitychange", () => !document.hidden && ask());
}
