// Points in square cells over their extent: what lies in a rectangle, and what is nearest to the pointer,
// without looking at all of them. Built when first asked for: 12 bytes a point while it is built, 4 to stay.

class Grid {
  constructor(xs, ys) {
    this.xs = xs;
    this.ys = ys;
    const [x0, x1] = extentOf(xs), [y0, y1] = extentOf(ys);
    this.x0 = x0;
    this.y0 = y0;
    this.side = Math.max(1, Math.min(1024, Math.floor(Math.sqrt(xs.length / 4))));
    this.perX = this.side / ((x1 - x0) || 1);
    this.perY = this.side / ((y1 - y0) || 1);
    const n = xs.length, cells = this.side * this.side;
    this.starts = new Uint32Array(cells + 2);
    const cellOf = new Uint32Array(n);
    for (let i = 0; i < n; ++i) {
      const cell = this.column(xs[i]) + this.side * this.row(ys[i]);
      cellOf[i] = cell >= 0 ? cell : cells;  // a missing coordinate: behind all others
      ++this.starts[cellOf[i] + 1];
    }
    for (let c = 0; c <= cells; ++c) this.starts[c + 1] += this.starts[c];
    const next = this.starts.slice();
    this.order = new Uint32Array(n);
    for (let i = 0; i < n; ++i) this.order[next[cellOf[i]]++] = i;
  }

  column(x) { return Math.min(this.side - 1, Math.floor((x - this.x0) * this.perX)); }
  row(y) { return Math.min(this.side - 1, Math.floor((y - this.y0) * this.perY)); }

  // Calls visit(first, last) with ranges of `order` that cover the rectangle (and some of its surroundings).
  ranges(low, high, visit) {
    const a = Math.max(0, this.column(low[0])), b = Math.max(-1, this.column(high[0]));
    const c = Math.max(0, this.row(low[1])), d = Math.max(-1, this.row(high[1]));
    if (low[0] > this.x0 + this.side / this.perX || low[1] > this.y0 + this.side / this.perY) return;
    for (let row = c; row <= d; ++row)
      if (a <= b) visit(this.starts[row * this.side + a], this.starts[row * this.side + b + 1]);
  }

  // Indices inside of a rectangle, or null where that is a good part of all.
  inside(low, high) {
    let most = 0;
    this.ranges(low, high, (first, last) => { most += last - first; });
    if (most > 0.3 * this.xs.length && most > 5000) return null;  // a straight pass is faster
    const found = new Uint32Array(most);
    let count = 0;
    this.ranges(low, high, (first, last) => {
      for (let k = first; k < last; ++k) {
        const i = this.order[k], x = this.xs[i], y = this.ys[i];
        if (x >= low[0] && x <= high[0] && y >= low[1] && y <= high[1]) found[count++] = i;
      }
    });
    return found.subarray(0, count);
  }

  // The index nearest to a place by pixels, no further than `reach` of them; -1 where there is none. Of marks
  // at the same place the last, which is drawn on top.
  nearest(x, y, pixelsPerX, pixelsPerY, reach, accepted) {
    let best = -1, least = reach * reach;
    const dx = reach / pixelsPerX, dy = reach / pixelsPerY;
    this.ranges([x - dx, y - dy], [x + dx, y + dy], (first, last) => {
      for (let k = first; k < last; ++k) {
        const i = this.order[k];
        const u = (this.xs[i] - x) * pixelsPerX, v = (this.ys[i] - y) * pixelsPerY;
        const distance = u * u + v * v;
        if ((distance < least || (distance === least && i > best)) && accepted(i)) { least = distance; best = i; }
      }
    });
    return best < 0 ? null : { index: best, distance: Math.sqrt(least) };
  }
}
