// Says that a new major incident has come to somebody who looks elsewhere: a sound, and a number in the title.

const title = document.title;
const switches = document.getElementById("sound");
const known = new Set(JSON.parse(document.body.dataset.grave));
let count = 0;
let audio = null;

function isOn() {
  return localStorage.getItem("sound") !== "off";
}

// Two notes, a second in all; a browser plays them only after the page was touched once.
function ring() {
  if (!isOn()) return;
  audio ??= new AudioContext();
  for (const [tone, start] of [[880, 0], [660, 0.25], [880, 0.5]]) {
    const note = audio.createOscillator();
    const loud = audio.createGain();
    note.frequency.value = tone;
    loud.gain.setValueAtTime(0.2, audio.currentTime + start);
    loud.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + start + 0.24);
    note.connect(loud).connect(audio.destination);
    note.start(audio.currentTime + start);
    note.stop(audio.currentTime + start + 0.25);
  }
}

function badge() {
  document.title = count ? `（${count}）重大 ${title}` : title;
}

function label() {
  if (!switches) return;
  switches.hidden = false;
  switches.textContent = isOn() ? "重大事件发声：开" : "重大事件发声：关";
}

async function ask() {
  const answer = await fetch("/alerts/grave", { cache: "no-store", redirect: "error" }).catch(() => null);
  if (!answer?.ok) return; // the line above the foot says that the page is cut off
  const fresh = (await answer.json()).filter((one) => !known.has(one));
  if (!fresh.length) return;
  for (const one of fresh) known.add(one);
  count += fresh.length;
  badge();
  ring();
}

document.addEventListener("office-changed", ask);

// The number stays until somebody is back and does something.
for (const kind of ["pointerdown", "keydown"]) {
  addEventListener(kind, () => {
    if (audio?.state === "suspended") audio.resume();
    if (!count) return;
    count = 0;
    badge();
  });
}

switches?.addEventListener("click", () => {
  localStorage.setItem("sound", isOn() ? "off" : "on");
  label();
  if (isOn()) ring();
});
label();
