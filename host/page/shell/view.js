// What part of the data is shown, and how places become pixels. A view is two ranges, of places along x and y;
// everything that draws gets a Frame made from it and from the size of the plot.

class View {
  constructor(axes, layers) {
    this.axes = axes;
    this.full = { x: this.range(axes.x, layers, 'x'), y: this.range(axes.y, layers, 'y') };
    this.x = this.full.x.slice();
    this.y = this.full.y.slice();
  }

  range(axis, layers, which) {
    let [low, high] = [Infinity, -Infinity];
    for (const layer of layers) {
      const extent = layer.extent()[which];
      low = Math.min(low, extent[0]);
      high = Math.max(high, extent[1]);
    }
    const onlyCells = layers.length > 0 && layers.every((l) => l.kind === 'cells' || l.given.from_zoom);
    if (!(low <= high)) [low, high] = [0, 1];
    const room = onlyCells ? 0 : high > low ? 0.03 * (high - low) : axis.kind === 'linear' && low !== 0 ? Math.abs(low) * 0.1 : 0.5;
    low -= room;
    high += room;
    // Ends that were asked for; null: from the data.
    if (axis.given.low !== null) low = axis.place(axis.given.low);
    if (axis.given.high !== null) high = axis.place(axis.given.high);
    return high > low ? [low, high] : [low - 1, low + 1];
  }

  reset() {
    this.x = this.full.x.slice();
    this.y = this.full.y.slice();
  }

  // Around (x, y), which stays where it is. Neither smaller than the numbers' own steps nor 50 times the data.
  zoom(factor, x, y, along = 'xy') {
    for (const [which, at] of [['x', x], ['y', y]]) {
      if (!along.includes(which)) continue;
      const [low, high] = this[which], full = this.full[which][1] - this.full[which][0];
      const finest = Math.max(full * 1e-12, Math.max(Math.abs(low), Math.abs(high)) * 1e-13);
      const span = Math.max(finest, Math.min(50 * full, (high - low) / factor));
      const scale = span / (high - low);
      this[which] = [at - (at - low) * scale, at + (high - at) * scale];
    }
  }

  // The data never leaves the picture altogether.
  move(dx, dy) {
    for (const [which, d] of [['x', dx], ['y', dy]]) {
      const [low, high] = this[which], [first, last] = this.full[which];
      const step = Math.max(first - high + 0.05 * (high - low), Math.min(last - low - 0.05 * (high - low), d));
      this[which] = [low + step, high + step];
    }
  }
}

class Frame {
  constructor(view, width, height, ratio, equal) {
    this.width = width;
    this.height = height;
    this.ratio = ratio;
    let { x, y } = view;
    if (equal) {  // one unit is as long along y as along x: the tighter of the two decides
      const per = Math.min(width / (x[1] - x[0]), height / (y[1] - y[0]));
      const around = ([low, high], pixels) => [(low + high - pixels / per) / 2, (low + high + pixels / per) / 2];
      x = around(x, width);
      y = around(y, height);
    }
    this.x = x;
    this.y = y;
    this.spanX = x[1] - x[0];
    this.spanY = y[1] - y[0];
    this.perX = width / this.spanX;
    this.perY = height / this.spanY;
    this.zoom = Math.sqrt((view.full.x[1] - view.full.x[0]) / (view.x[1] - view.x[0]) * (view.full.y[1] - view.full.y[0]) / (view.y[1] - view.y[0]));
    this.turnX = view.axes.x.given.reversed;
    this.turnY = view.axes.y.given.reversed;
    this.until = Infinity;
  }
  // A reversed axis grows to the left, or downwards.
  px(x) { return this.turnX ? (this.x[1] - x) * this.perX : (x - this.x[0]) * this.perX; }
  py(y) { return this.turnY ? (y - this.y[0]) * this.perY : (this.y[1] - y) * this.perY; }
  at(px, py) {
    return [this.turnX ? this.x[1] - px / this.perX : this.x[0] + px / this.perX,
      this.turnY ? this.y[0] + py / this.perY : this.y[1] - py / this.perY];
  }
  // [[x, x], [y, y]] between two places on the plot, in ascending order.
  between(px0, py0, px1, py1) {
    const a = this.at(px0, py0), b = this.at(px1, py1);
    return [[Math.min(a[0], b[0]), Math.max(a[0], b[0])], [Math.min(a[1], b[1]), Math.max(a[1], b[1])]];
  }
  due() { return performance.now() > this.until; }
  font(size, weight = '') { return `${weight} ${size}px system-ui, "DejaVu Sans", sans-serif`; }
}
