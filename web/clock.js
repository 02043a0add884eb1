// When frames are drawn: one for each that the browser shows while something moves, none while nothing does.

const LONGEST = 0.1; // seconds that a frame may take before time stands still

export class Clock {
  /** @param {(seconds: number, now: number) => boolean} step draws a frame; whether another one is wanted */
  constructor(step) {
    this.step = step;
    this.wanted = 0;
    this.last = 0; // milliseconds; 0 while nothing moves
    this.closed = false;
    /** @type {number[]} when frames of the last second were drawn */
    this.times = [];
  }

  /** Have a frame drawn. */
  wake() {
    if (!this.closed) this.wanted ||= requestAnimationFrame((now) => this.tick(now));
  }

  /** @param {number} now milliseconds */
  tick(now) {
    this.wanted = 0;
    const seconds = this.last ? Math.min(LONGEST, (now - this.last) / 1000) : 0;
    this.last = now;
    const more = this.step(seconds, now);
    this.times.push(now);
    while (this.times.length > 1 && now - this.times[0] > 1000) this.times.shift();
    if (more) this.wake();
    else this.last = 0;
  }

  /** Frames a second, of the last one. */
  get fps() {
    const { times } = this;
    return times.length > 1 ? (1000 * (times.length - 1)) / (times[times.length - 1] - times[0]) : 0;
  }

  close() {
    cancelAnimationFrame(this.wanted);
    this.closed = true;
  }
}
