// One stream for all pages of a browser: a server gives it few connections, and a person opens many pages.

const pages = new Set();
let source = null;
let newest = null;
let heard = 0;
const SILENT = 40_000; // the server says something at least every 15 seconds

function tell(message) {
  for (const page of pages) page.postMessage(message);
}

function open() {
  source?.close();
  heard = Date.now();
  source = new EventSource("/api/v1/alerts/stream");
  source.addEventListener("open", () => tell({ kind: "open" }));
  source.addEventListener("beat", () => (heard = Date.now()));
  source.addEventListener("change", (event) => {
    heard = Date.now();
    newest = { kind: "change", mark: event.lastEventId };
    tell(newest);
  });
  source.addEventListener("error", () => {
    const isOver = source.readyState === EventSource.CLOSED;
    tell({ kind: isOver ? "over" : "lost" });
  });
}

setInterval(() => {
  if (pages.size && source?.readyState !== EventSource.CLOSED && Date.now() - heard > SILENT) {
    tell({ kind: "lost" });
    open();
  }
}, 5_000);

onconnect = (event) => {
  const page = event.ports[0];
  pages.add(page);
  page.onmessage = ({ data }) => {
    if (data === "bye") pages.delete(page);
    if (data === "again") open();
    if (!pages.size) source?.close();
  };
  if (!source || source.readyState === EventSource.CLOSED) open();
  else if (newest) page.postMessage(newest);
};
