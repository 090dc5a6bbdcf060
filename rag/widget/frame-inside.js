// In the frame: tells the page around it how high its content is. The height alone is told, to whoever may frame us.
const tell = () => parent.postMessage({ kamerantwoordHeight: document.body.scrollHeight }, "*");

new ResizeObserver(tell).observe(document.body);
addEventListener("message", ({ data }) => { if (data?.kamerantwoordAsks) tell(); });
