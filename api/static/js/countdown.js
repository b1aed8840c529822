// Keeps every countdown moving. The server's clock counts, not this computer's: only the time since the page
// was made is taken from here. Without this script the page shows the countdowns as they were when it was made.

const MINUTE = 60_000;
const REFRESH = 15_000;

const madeAt = Date.parse(document.documentElement.dataset.now);
const clocks = [...document.querySelectorAll("time[data-countdown]")];

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

function tick() {
  const now = madeAt + performance.now();
  for (const clock of clocks) {
    const left = Date.parse(clock.dateTime) - now;
    clock.textContent = `${left < 0 ? "超期" : "还剩"} ${span(left)}`;
    const holder = clock.closest(".is-due_soon, .is-later");
    if (left < 0 && holder) {
      holder.classList.remove("is-due_soon", "is-later");
      holder.classList.add("is-overdue");
    }
  }
}

if (clocks.length && !Number.isNaN(madeAt)) setInterval(tick, REFRESH);
