// On the page around a frame: gives each frame of this server the height of what is in it.
const home = new URL(import.meta.url).origin;
const highest = 20000;

addEventListener("message", ({ origin, source, data }) => {
  const height = Number(data?.kamerantwoordHeight);
  if (origin !== home || !(height > 0)) return;
  for (const frame of document.querySelectorAll("iframe")) {
    if (frame.contentWindow === source) frame.height = Math.min(Math.ceil(height), highest);
  }
});

// A frame that was ready before this script is asked for its height again; one that is not yet, tells it by itself.
for (const frame of document.querySelectorAll("iframe")) {
  if (frame.src.startsWith(`${home}/`)) frame.contentWindow.postMessage({ kamerantwoordAsks: true }, "*");
}
