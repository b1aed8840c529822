// Beside the reply: which points it has already, and earlier answers to begin from. Only reminders; the server
// judges what is an answer. Nothing is held on to: the form may be put in anew while the page is open.

const EDITOR = "#act-reply textarea[name='text']";

function check(editor) {
  for (const point of document.querySelectorAll("#act-reply [data-pattern]")) {
    const has = new RegExp(point.dataset.pattern, "u").test(editor.value);
    point.classList.toggle("is-met", has);
    point.querySelector("[data-mark]").textContent = editor.value.trim() ? (has ? "写到了" : "还没写到") : "";
  }
}

function fill(text) {
  const editor = document.querySelector(EDITOR);
  if (!editor) return;
  const fold = editor.closest("details");
  if (fold) fold.open = true;
  editor.value = editor.value.trim() ? `${editor.value.trimEnd()}\n${text}` : text;
  check(editor);
  editor.focus();
}

document.addEventListener("input", ({ target }) => target.matches(EDITOR) && check(target));
document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-fill]");
  if (button) fill(document.getElementById(button.dataset.fill).textContent);
});
for (const button of document.querySelectorAll("[data-fill]")) button.hidden = false;
const editor = document.querySelector(EDITOR);
if (editor) check(editor);
