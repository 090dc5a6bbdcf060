// Makes the pages quicker to use; every page but the chat also works without it.
// Nothing here writes HTML: texts are set as text, and come from attributes of the page itself.

const root = document.documentElement;
const body = document.body;
const language = root.lang;
const words = JSON.parse(document.getElementById("kw-woorden").textContent);

// Gradio sets the language of the page to that of the browser; the page is in its own language.
new MutationObserver(() => {
  if (root.lang !== language) root.lang = language;
}).observe(root, { attributes: true, attributeFilter: ["lang"] });

function say(text) {
  const status = document.getElementById("kw-status");
  if (!status) return;
  status.textContent = "";
  // A screen reader only speaks up when the text changes after a moment.
  setTimeout(() => { status.textContent = text; }, 60);
}

// --- Copying -----------------------------------------------------------------------------------

function selectedIn(element) {
  const selection = getSelection();
  if (!selection || selection.isCollapsed || !element) return "";
  const range = selection.getRangeAt(0);
  return element.contains(range.commonAncestorContainer) ? selection.toString().replace(/\s+/g, " ").trim() : "";
}

function textToCopy(button) {
  const text = button.nextElementSibling?.textContent ?? "";
  if (!button.classList.contains("kw-citeer")) return text;
  const chosen = selectedIn(button.closest(".kw-antwoord")?.querySelector(".kw-woorden"));
  const source = button.parentElement.querySelector(".kw-citaatbron")?.textContent;
  return chosen && source ? `«${chosen}» — ${source}` : text;
}

async function copy(button) {
  const label = button.dataset.label ?? button.textContent;
  button.dataset.label = label;
  let told = words.copied;
  try {
    await navigator.clipboard.writeText(textToCopy(button));
  } catch {
    told = words.failed;
  }
  button.textContent = told;
  say(told);
  setTimeout(() => { button.textContent = label; }, 2000);
}

// Keep the selection of a quotation when its button is pressed.
document.addEventListener("mousedown", (event) => {
  if (event.target.closest?.(".kw-citeer")) event.preventDefault();
});

document.addEventListener("click", (event) => {
  const button = event.target.closest?.(".kw-kopieer");
  if (button) copy(button);
});

// --- The page of the letter --------------------------------------------------------------------

function armSwitches() {
  for (const button of document.querySelectorAll(".kw-schakel:not([aria-pressed])")) {
    button.setAttribute("aria-pressed", String(!body.classList.contains("kw-zonder-markering")));
  }
}

function switchMarks() {
  const off = body.classList.toggle("kw-zonder-markering");
  for (const button of document.querySelectorAll(".kw-schakel")) button.setAttribute("aria-pressed", String(!off));
}

// «…/blad-3.png?v=…» -> «…/blad-4.png?v=…»
const toPage = (address, page) => address.replace(/\/blad-\d+\./, `/blad-${page}.`);

async function turnPage(link, event) {
  const leaf = link.closest(".kw-blad");
  const page = new URL(link.href).searchParams.get("blad");
  if (!leaf || !page) return;
  event.preventDefault();
  const answer = await fetch(link.href);
  if (!answer.ok) return;
  const fetched = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(".kw-blad");
  if (!fetched) return;
  // Only numbers are taken over: the marks are those of this answer's own best sentence.
  leaf.querySelector(".kw-telling").textContent = fetched.querySelector(".kw-telling").textContent;
  leaf.querySelector(".kw-vel").alt = fetched.querySelector(".kw-vel").alt;
  for (const picture of leaf.querySelectorAll(".kw-lagen img")) picture.src = toPage(picture.getAttribute("src"), page);
  leaf.querySelector(".kw-groot").href = toPage(leaf.querySelector(".kw-groot").getAttribute("href"), page);
  const forward = link.classList.contains("kw-volgende");
  for (const name of [".kw-vorige", ".kw-volgende"]) leaf.querySelector(name).replaceWith(fetched.querySelector(name));
  const next = leaf.querySelector(forward ? "a.kw-volgende" : "a.kw-vorige") ?? leaf.querySelector("a.kw-vorige, a.kw-volgende");
  next?.focus();
  say(leaf.querySelector(".kw-telling").textContent);
}

document.addEventListener("click", (event) => {
  if (event.target.closest?.(".kw-schakel")) switchMarks();
  const link = event.target.closest?.("a.kw-vorige, a.kw-volgende");
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) turnPage(link, event);
});

// The sheet of a Word or text letter starts at its answer.
function showAnswers() {
  for (const sheet of document.querySelectorAll(".kw-tekstblad:not(.kw-op-plaats)")) {
    const answer = sheet.querySelector(".kw-omlijnd");
    if (!answer || !sheet.clientHeight) continue;
    sheet.classList.add("kw-op-plaats");
    sheet.scrollTop = answer.offsetTop - sheet.offsetTop - 48;
  }
}

armSwitches();
showAnswers();

// --- Word for word? ----------------------------------------------------------------------------

// Reading the source again takes a moment, so it is asked for after the answer is there.
async function check(place) {
  place.classList.add("kw-gevraagd-na");
  try {
    const answer = await fetch(place.querySelector("a").href);
    const { verbatim } = await answer.json();
    const told = verbatim === null ? null : place.querySelector(verbatim ? ".kw-ja" : ".kw-nee");
    if (told) told.hidden = false;
  } catch { /* Without an answer nothing is claimed. */ }
}

function checkShown() {
  for (const place of document.querySelectorAll(".kw-gelijk:not(.kw-gevraagd-na)")) {
    if (!place.closest("details:not([open])")) check(place);
  }
}

document.addEventListener("toggle", checkShown, true);
checkShown();

// --- The chat ----------------------------------------------------------------------------------

const chat = document.querySelector("gradio-app");
let shown = null;
let wait = 0;
let patience = 0;
let at = location.search;

const field = (id) => document.querySelector(`#${id} textarea, #${id} input`);

// Gradio takes a value over on «input», and sends it on Enter.
async function open(query) {
  const element = field("adres");
  if (!element) {
    location.assign(location.pathname + query);
    return;
  }
  busy(true);
  Object.getOwnPropertyDescriptor(Object.getPrototypeOf(element), "value").set.call(element, query);
  element.dispatchEvent(new Event("input", { bubbles: true }));
  await new Promise((done) => { setTimeout(done); });
  element.dispatchEvent(new KeyboardEvent("keypress", { key: "Enter", bubbles: true, cancelable: true }));
}

function busy(on) {
  clearTimeout(wait);
  body.classList.remove("kw-bezig");
  document.querySelector(".kw-balk")?.remove();
  clearTimeout(patience);
  if (!on) return;
  // Without an answer Gradio says why; the sign of progress does not stay for ever.
  patience = setTimeout(() => busy(false), 20000);
  wait = setTimeout(() => {
    body.classList.add("kw-bezig");
    const bar = document.createElement("div");
    bar.className = "kw-balk";
    body.append(bar);
    say(words.searching);
  }, 300);
}

// Gradio reads the whole source of a message aloud, announces every answer whole, and opens our links in new tabs.
function tidy() {
  const log = document.querySelector("#gesprek [role=log]");
  if (!log) return;
  set(log, "aria-label", words.talk);
  set(log, "aria-live", "off");
  armSwitches();
  showAnswers();
  checkShown();
  for (const message of log.querySelectorAll("[data-testid][aria-label]")) message.removeAttribute("aria-label");
  for (const link of log.querySelectorAll("a[target]")) {
    if (new URL(link.href).origin === location.origin) link.removeAttribute("target");
  }
}

function set(element, name, value) {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

function newest() {
  const turns = document.querySelectorAll("#gesprek .kw-beurt");
  return turns[turns.length - 1] ?? null;
}

function arrive(turn) {
  busy(false);
  body.classList.toggle("kw-gesprek-bezig", Boolean(turn));
  if (!turn) return;
  const problem = turn.querySelector(".kw-fout");
  if (problem) {
    say(problem.textContent);
    field("vraag")?.focus();
    turn.scrollIntoView({ block: "nearest" });
    return;
  }
  const address = turn.querySelector(".kw-adres");
  const search = new URL(address.href).search;
  if (search !== location.search) history.pushState(null, "", location.pathname + search);
  at = location.search;
  const asked = turn.closest(".message-row")?.previousElementSibling?.querySelector(".kw-gevraagd");
  for (const link of document.querySelectorAll(".kw-taal")) link.search = search;
  if (asked) document.title = `${asked.textContent.slice(0, 80)} · Kamerantwoord`;
  say(turn.querySelector(".kw-melding")?.textContent ?? "");
  const heading = turn.querySelector(".kw-kop");
  heading?.focus({ preventScroll: true });
  (asked ?? turn).scrollIntoView({ block: "start" });
}

function look() {
  tidy();
  if (!body.classList.contains("kw-geladen") && field("vraag")) {
    body.classList.add("kw-geladen");
    shown = newest();
    return;
  }
  const turn = newest();
  if (turn !== shown && body.classList.contains("kw-geladen")) {
    shown = turn;
    arrive(turn);
  }
}

if (chat) {
  new MutationObserver(look).observe(chat, { childList: true, subtree: true, attributes: true, attributeFilter: ["aria-label", "aria-live", "target"] });
  look();

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a.kw-stel, .kw-gezocht a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    open(new URL(link.href).search);
  });

  chat.addEventListener("click", (event) => {
    if (event.target.closest?.("#stel")) busy(true);
  });
  chat.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && event.target.closest?.("#vraag")) busy(true);
  });
  document.querySelector(".kw-filters form")?.addEventListener("submit", (event) => {
    event.preventDefault();
    const asked = [...new URLSearchParams(location.search)].filter(([name]) => name === "q" || name === "v");
    const chosen = [...new FormData(event.target)].filter(([name, value]) => value && name !== "q" && name !== "v");
    const search = new URLSearchParams([...asked, ...chosen]).toString();
    location.assign(location.pathname + (search ? `?${search}` : ""));
  });
  addEventListener("popstate", () => {
    // A jump within the page is one too, and changes nothing.
    if (location.search !== at) open(location.search);
    at = location.search;
  });
}
