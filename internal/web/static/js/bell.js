// The number on the bell follows what happens (server-sent events), while the page is looked at: a hidden page holds no
// connection. What is new is said aloud, politely; a number that falls is not.

const bell = document.querySelector("[data-bell]");
let source;
let known = -1;

function show(event) {
  const { n, shown, label } = JSON.parse(event.data);
  const count = bell.querySelector(".bell-count");
  count.textContent = shown;
  count.hidden = n === 0;
  bell.querySelector(".visually-hidden").textContent = label;
  if (known >= 0 && n > known) document.getElementById("bell-news").textContent = label;
  known = n;
}

function follow() {
  if (document.hidden) {
    source?.close();
    source = undefined;
  } else if (!source || source.readyState === EventSource.CLOSED) {
    source = new EventSource(bell.dataset.bell);
    source.addEventListener("message", show);
  }
}

if (bell) {
  follow();
  document.addEventListener("visibilitychange", follow);
  addEventListener("pagehide", () => source?.close());
}
