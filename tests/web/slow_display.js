// A display of 15 frames a second, as a slow machine's: pages are drawn by the processor, half a core at 60.
(() => {
  const APART = 58; // milliseconds from one frame until the next is asked for, which then takes some more
  const [ask, withdraw] = [requestAnimationFrame.bind(window), cancelAnimationFrame.bind(window)];
  const waiting = new Map();
  let [last, count] = [-Infinity, 0];

  window.requestAnimationFrame = (then) => {
    const own = ++count;
    const begin = () => waiting.set(own, { frame: ask((now) => (waiting.delete(own), then((last = now)))) });
    const wait = last + APART - performance.now();
    if (wait > 0) waiting.set(own, { timer: setTimeout(begin, wait) });
    else begin();
    return own;
  };

  window.cancelAnimationFrame = (own) => {
    const { frame, timer } = waiting.get(own) ?? {};
    clearTimeout(timer);
    if (frame) withdraw(frame);
    waiting.delete(own);
  };
})();
