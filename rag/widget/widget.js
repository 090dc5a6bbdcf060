// <kamer-antwoord>: a question box that answers from the letters, word for word.
// No framework, no eval, no HTML written from text: everything that is shown is set as text.
// The server puts the style sheet and the texts in the next two lines; see rag/api/files.py.
const STYLES = "";
const TEXTS = {};

const SLOW_MS = 5000;
const GIVE_UP_MS = 20000;
const SHOW_BUSY_MS = 250;
const FILTERS = ["letter", "ministry", "minister", "party", "asker", "after", "before"];

// What the visitor can mend, by asking something else or by waiting; a refusal of another kind is the page's own fault.
const OF_QUESTION = ["empty", "too-long", "too-large", "unsearchable"];
const OF_VISITOR = [...OF_QUESTION, "too-many", "other"];

const sheet = new CSSStyleSheet();
sheet.replaceSync(STYLES);

const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

function make(name, { part, ...attributes } = {}, ...children) {
  const element = document.createElement(name);
  if (part) {
    element.className = part;
    element.setAttribute("part", part);
  }
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== null && value !== false) element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

// Only http and https: an address comes from a letter.
function link(text, address, base) {
  try {
    const url = new URL(address, base);
    return /^https?:$/.test(url.protocol) ? make("a", { href: url.href, rel: "noopener noreferrer" }, text) : null;
  } catch {
    return null;
  }
}

class Problem extends Error {
  // `mistake`: what the page's author did wrong, in the server's words.
  constructor(kind, { status = 0, seconds = 0, mistake = "" } = {}) {
    super(kind);
    Object.assign(this, { kind, status, seconds, mistake });
  }
}

async function readProblem(response) {
  const { status } = response;
  let kind = "other";
  let mistake = "";
  try {
    const { type, title, detail, errors } = await response.json();
    kind = type.split("#problem-")[1] ?? kind;
    const faults = errors?.filter(({ where }) => where !== "/query") ?? [];
    // Half a character, say: all that is wrong is in the question.
    if (errors?.length && !faults.length) kind = "unsearchable";
    if (status < 500 && !OF_VISITOR.includes(kind)) {
      mistake = [detail ?? title, ...faults.map((fault) => `${fault.where.replace("/", "")}: ${fault.detail}`)].join("; ");
    }
  } catch { /* Not from us: a proxy that answers in our place. */ }
  return new Problem(kind, { status, mistake, seconds: Number(response.headers.get("Retry-After")) || 60 });
}

class KamerAntwoord extends HTMLElement {
  static observedAttributes = ["lang", "language", "placeholder", "label"];

  #root = this.attachShadow({ mode: "open" });
  #parts = {};
  #asking = null;
  #asked = "";

  constructor() {
    super();
    this.#root.adoptedStyleSheets = [sheet];
  }

  connectedCallback() {
    if (!this.#parts.form) this.#draw();
  }

  disconnectedCallback() {
    // Later, as an element that is only moved is back in the page by then and goes on asking.
    queueMicrotask(() => {
      if (this.isConnected || !this.#asking) return;
      this.#stop();
      this.#say("");
    });
  }

  attributeChangedCallback() {
    if (this.#parts.form) this.#label();
  }

  /** Ask a question; resolves with the result, or null when it failed, was overtaken or is not in the page. */
  async ask(text) {
    if (!this.isConnected || !this.#parts.form) return null;
    const question = String(text ?? "").trim();
    this.#parts.input.value = question;
    this.#asked = question;
    this.#asking?.abort();
    const asking = (this.#asking = new AbortController());
    this.#empty();
    if (!question) return this.#fail(new Problem("empty"));
    const timers = this.#wait(asking);
    try {
      const result = await this.#fetch(question, asking);
      if (this.#asking !== asking) return null;
      this.#show(result);
      this.#tell(result.answered ? "ka-answer" : "ka-none", {
        hits: result.hits.length,
        confidence: result.confidence,
        id: result.hits[0]?.id ?? null,
      });
      return result;
    } catch (error) {
      if (this.#asking !== asking) return null;
      return this.#fail(error instanceof Problem ? error : new Problem(asking.signal.aborted ? "timeout" : "unreachable"));
    } finally {
      timers.forEach(clearTimeout);
      if (this.#asking === asking) this.#busy(false);
    }
  }

  /** Forget the question and its answer. */
  clear() {
    if (!this.#parts.form) return;
    this.#stop();
    this.#asked = this.#parts.input.value = "";
    this.#empty();
  }

  get #server() {
    return new URL(this.getAttribute("server") || ".", import.meta.url);
  }

  get #language() {
    const given = this.getAttribute("language") || this.closest("[lang]")?.lang || "nl";
    const language = given.toLowerCase().split("-")[0];
    return Object.hasOwn(TEXTS, language) ? language : "nl";
  }

  get #texts() {
    return TEXTS[this.#language];
  }

  // --- Asking ----------------------------------------------------------------------------------

  async #fetch(query, asking) {
    const body = { query, language: this.#language };
    const hits = Number.parseInt(this.getAttribute("hits"), 10);
    if (hits > 0) body.hits = Math.min(hits, 100);
    for (const name of FILTERS) if (this.getAttribute(name)) body[name] = this.getAttribute(name);
    const response = await fetch(new URL("api/v1/ask", this.#server), {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      body: JSON.stringify(body),
      credentials: "omit",
      cache: "no-store",
      referrerPolicy: "no-referrer",
      signal: asking.signal,
    });
    if (!response.ok) throw await readProblem(response);
    const result = await response.json();
    if (!Array.isArray(result?.hits)) throw new Problem("other", { status: response.status });
    return result;
  }

  // Who asked gets null, and nobody is told of an error.
  #stop() {
    this.#asking?.abort();
    this.#asking = null;
    this.#busy(false);
  }

  #wait(asking) {
    return [
      setTimeout(() => this.#busy(true), SHOW_BUSY_MS),
      setTimeout(() => this.#say(this.#texts.slow), SLOW_MS),
      setTimeout(() => asking.abort(), GIVE_UP_MS),
    ];
  }

  #tell(name, detail) {
    // What someone asks is theirs: the host page hears it only when its maker asks for it.
    if (this.hasAttribute("share-question")) detail.question = this.#asked;
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }

  // --- Drawing ---------------------------------------------------------------------------------

  #draw() {
    const input = make("input", {
      part: "field", id: "question", type: "search", autocomplete: "off", enterkeyhint: "search", dir: "auto",
    });
    const form = make("form", { part: "form", role: "search" },
      make("label", { part: "label", for: "question" }), input, make("button", { part: "ask", type: "submit" }));
    const status = make("p", { part: "status", role: "status" });
    const output = make("div", { part: "output" });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.ask(input.value);
    });
    this.#parts = { form, input, status, output, label: form.querySelector("label"), button: form.querySelector("button") };
    this.#label();
    this.#root.replaceChildren(form, status, output);
  }

  #label() {
    const { form, label, button, input } = this.#parts;
    form.lang = this.#language;
    label.textContent = this.getAttribute("label") || this.#texts.label;
    button.textContent = this.#texts.ask;
    input.placeholder = this.getAttribute("placeholder") || "";
  }

  #busy(on) {
    this.#parts.form.setAttribute("aria-busy", String(on));
    if (on) this.#say(this.#texts.searching);
  }

  // `seen` false: only for who listens, because the answer itself is there to see.
  #say(text, seen = true) {
    this.#parts.status.lang = this.#language;
    this.#parts.status.classList.toggle("unseen", !seen || !text);
    this.#parts.status.textContent = text;
  }

  #empty() {
    this.#say("");
    this.#parts.output.replaceChildren();
  }

  #fail(problem) {
    const texts = this.#texts;
    const kind = problem.mistake ? "invalid" : Object.hasOwn(texts.errors, problem.kind) ? problem.kind : "other";
    const said = fill(texts.errors[kind], problem);
    const isOfQuestion = OF_QUESTION.includes(kind);
    const retry = !isOfQuestion && !problem.mistake ? make("button", { part: "retry", type: "button" }, texts.retry) : null;
    retry?.addEventListener("click", () => {
      this.#parts.input.focus();
      this.ask(this.#asked);
    });
    this.#say("");
    this.#parts.output.replaceChildren(
      make("div", { part: "error", lang: this.#language }, make("p", { role: "alert" }, said), retry));
    if (isOfQuestion) this.#parts.input.focus();
    if (problem.mistake) console.error(`<kamer-antwoord>: ${problem.mistake}`);
    this.#tell("ka-error", { kind: problem.kind, status: problem.status });
    return null;
  }

  #show(result) {
    const texts = this.#texts;
    const [first, ...others] = result.hits;
    const notice = result.notice ? make("p", { part: "notice", dir: "auto" }, result.notice) : null;
    const body = result.answered ? [
      make("p", { part: "match" }, texts[first.match]),
      notice,
      this.#hit(first),
      this.#more(others.length === 1 ? texts.oneOther : fill(texts.others, { count: others.length }), others),
    ] : !first && notice ? [notice] : [
      make(`h${this.#level}`, { part: "heading" }, texts.none),
      notice,
      first ? null : make("p", {}, texts.nothing),
      this.#more(texts.near, result.hits, texts.nearMore),
    ];
    this.#parts.output.replaceChildren(
      make("div", { part: "result", lang: this.#language }, ...body, this.#coverage(result.corpus), this.#onward()));
    this.#say(result.answered ? texts.found : first || !notice ? texts.none : result.notice, false);
  }

  get #level() {
    return Math.min(Math.max(Number.parseInt(this.getAttribute("heading-level"), 10) || 2, 2), 5);
  }

  #more(title, hits, remark) {
    if (!hits.length) return null;
    const folded = hits.map((hit) =>
      make("details", { part: "fold" },
        make("summary", {}, make("b", { lang: "nl" }, hit.questions[0].text),
          make("small", {}, `${this.#who(hit.letter)} · ${this.#texts[hit.match]}`)),
        this.#hit(hit, this.#level + 2)));
    return make("section", { part: "more" },
      make(`h${this.#level + 1}`, { part: "heading" }, title), remark ? make("p", {}, remark) : null, folded);
  }

  #hit(hit, level = this.#level) {
    const texts = this.#texts;
    const numbers = this.#numbers(hit.questions);
    return make("article", { part: "hit" },
      make(`h${Math.min(level, 6)}`, { part: "heading" }, fill(texts.answerTo, { numbers })),
      this.#facts(hit.letter),
      hit.letter.kind === "mededeling" ? make("p", { part: "notice" }, texts.notice) : null,
      hit.newer ? this.#newer(hit.newer) : null,
      make("div", { part: "question", lang: "nl" }, hit.questions.map((question) =>
        make("p", {}, hit.joint ? make("b", {}, `${question.number}. `) : null, question.text))),
      hit.joint ? make("p", { part: "joint" }, fill(texts.joint, { numbers })) : null,
      this.#words(hit),
      this.#source(hit));
  }

  #newer({ id, question, date_answered }) {
    const address = `/brief/${id.split("/").map(encodeURIComponent).join("/")}`;
    return make("p", { part: "notice" }, `${this.#texts.newer} (`, link(this.#day(date_answered), address, this.#server),
      "): ", make("span", { lang: "nl" }, question));
  }

  #who(letter) {
    const { date_answered: answered, date_asked: asked } = letter;
    const day = answered || !asked ? this.#day(answered) : fill(this.#texts.askedOn, { day: this.#day(asked) });
    return [letter.answered_by.join(", "), day].filter(Boolean).join(" · ");
  }

  #facts(letter) {
    const texts = this.#texts;
    const names = letter.askers.map(({ name, party }) => (party ? `${name} (${party})` : name)).join(", ");
    const asked = names ? fill(texts.askedBy, { names }) : "";
    const about = letter.subject ? `${asked ? ` ${texts.about} ` : ""}${letter.subject}` : "";
    return make("p", { part: "facts" }, make("b", {}, this.#who(letter)),
      asked || about ? [make("br"), asked, make("span", { lang: "nl" }, about)] : null);
  }

  // The answer, character for character. Offsets count characters, where JavaScript counts halves of some.
  #words({ answer, highlight }) {
    const characters = Array.from(answer.text);
    const words = make("div", { part: "words", lang: "nl" });
    let start = 0;
    for (const paragraph of answer.text.split("\n\n")) {
      const end = start + Array.from(paragraph).length;
      words.append(this.#paragraph(characters, start, end, highlight, answer.footnotes));
      start = end + 2;
    }
    return words;
  }

  #paragraph(characters, start, end, highlight, footnotes) {
    const inside = (offset) => offset > start && offset < end;
    const notes = footnotes.filter(({ offset }) => offset >= start && offset <= end);
    const cuts = [start, ...[highlight.start, highlight.end, ...notes.map(({ offset }) => offset)].filter(inside), end];
    const points = [...new Set(cuts)].sort((a, b) => a - b);
    const paragraph = make("p");
    points.forEach((from, place) => {
      for (const note of notes.filter(({ offset }) => offset === from)) paragraph.append(...this.#note(note));
      const to = points[place + 1];
      if (to === undefined) return;
      const text = characters.slice(from, to).join("");
      const marked = from >= highlight.start && to <= highlight.end;
      paragraph.append(marked ? make("mark", { part: "mark" }, text) : text);
    });
    return paragraph;
  }

  #note({ marker, text, links }) {
    const texts = this.#texts;
    const shown = make("span", { part: "note-text", hidden: true }, text ?? texts.noteMissing,
      links.map((address) => [" ", link(address, address)]).flat());
    const button = make("button", {
      part: "note", type: "button", "aria-expanded": "false", "aria-label": fill(texts.note, { marker }),
    }, marker);
    button.addEventListener("click", () => {
      shown.hidden = !shown.hidden;
      button.setAttribute("aria-expanded", String(!shown.hidden));
    });
    return [button, shown];
  }

  #source(hit) {
    const texts = this.#texts;
    const cite = make("cite", { part: "citation", lang: "nl" }, hit.citation.official);
    const copy = make("button", { part: "copy", type: "button" }, texts.copy);
    copy.addEventListener("click", () => this.#copy(cite, copy));
    const named = [
      [texts.permalink, hit.links.permalink],
      [texts.letter, `/brief/${encodeURIComponent(hit.letter.id)}`],
      [texts.published, hit.links.letter],
      [texts.publishedQuestions, hit.links.question],
    ];
    const links = named.filter(([, address]) => address).map(([name, address]) => link(name, address, this.#server));
    return make("div", { part: "source" }, make("p", {}, cite), copy,
      make("ul", { part: "links" }, links.filter(Boolean).map((anchor) => make("li", {}, anchor))));
  }

  async #copy(cite, button) {
    let told = this.#texts.copied;
    try {
      await navigator.clipboard.writeText(cite.textContent);
    } catch {
      // A page without https, or one that forbids it.
      getSelection().selectAllChildren(cite);
      told = this.#texts.copyFailed;
    }
    button.textContent = told;
    this.#say(told, false);
    setTimeout(() => { button.textContent = this.#texts.copy; }, 2000);
  }

  #coverage({ letters, answers, newest }) {
    const count = (number) => number.toLocaleString(this.#language);
    const name = `coverage${letters === 1 ? "One" : ""}${newest ? "" : "Undated"}`;
    const given = answers === 1 ? this.#texts.answersOne : fill(this.#texts.answers, { count: count(answers) });
    const values = { letters: count(letters), answers: given, newest: this.#day(newest) };
    return make("p", { part: "coverage" }, fill(this.#texts[name], values));
  }

  #onward() {
    const address = `${this.#language === "en" ? "en/" : ""}?${new URLSearchParams({ q: this.#asked })}`;
    return make("p", { part: "onward" }, link(this.#texts.continue, address, this.#server));
  }

  #numbers(questions) {
    const numbers = questions.map(({ number }) => String(number));
    const last = numbers.pop();
    const texts = this.#texts;
    return numbers.length ? `${texts.questions} ${numbers.join(", ")} ${texts.and} ${last}` : `${texts.question} ${last}`;
  }

  #day(iso) {
    const day = iso ? new Date(`${iso}T12:00:00Z`) : null;
    if (!day || Number.isNaN(day.getTime())) return iso || this.#texts.unknownDate;
    return day.toLocaleDateString(this.#language, { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
  }
}

if (!customElements.get("kamer-antwoord")) customElements.define("kamer-antwoord", KamerAntwoord);
