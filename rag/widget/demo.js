// The buttons of the demo page change the look of the widget.
const widget = document.querySelector("kamer-antwoord");
const buttons = document.querySelectorAll("button[data-look]");

for (const button of buttons) {
  button.addEventListener("click", () => {
    const look = button.dataset.look;
    widget.dataset.look = look;
    widget.setAttribute("theme", look === "light" || look === "dark" ? look : "auto");
    for (const other of buttons) other.setAttribute("aria-pressed", String(other === button));
  });
}
