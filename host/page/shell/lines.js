// Lines through many vertices, broken where a coordinate is missing. Of the vertices that fall into one column
// of pixels only the first, lowest, highest and last are drawn: the picture is the same, at any length.

class Lines {
  constructor(given, axes) {
    this.kind = 'lines';
    this.given = given;
    this.name = given.name;
    this.axes = axes;
    this.xs = axes.x.scaled(arrayOf(given.x) || new Float32Array(0));
    this.ys = axes.y.scaled(arrayOf(given.y) || new Float32Array(0));
    this.visible = true;
    this.grid = null;
  }

  get count() { return this.xs.length; }
  extent() {
    const y = extentOf(this.ys);
    return { x: extentOf(this.xs), y: this.given.bars && this.axes.y.kind === 'linear' ? extentOf([-this.axes.y.origin], y) : y };
  }
  active() { return this.visible; }
  color() { return this.given.color ? fromHex(this.given.color) : categoryColor(this.given.index); }
  index() { return this.grid || (this.grid = new Grid(this.xs, this.ys)); }

  *paint(frame, c) {
    const { xs, ys } = this, n = xs.length, columns = frame.ratio;
    c.strokeStyle = rgb(this.color());
    c.lineWidth = this.given.width || 1.5;
    c.lineJoin = 'round';
    if (this.given.bars) { this.paintBars(frame, c); return; }
    c.beginPath();
    let pen = false, column = NaN, first = 0, low = 0, high = 0, last = 0, lastX = 0, strokes = 0;
    const flush = () => {
      if (Number.isNaN(column)) return;
      for (const y of [first, low, high, last]) pen ? c.lineTo(lastX, y) : (c.moveTo(lastX, y), pen = true);
      ++strokes;
    };
    const reach = frame.width + 1e5;
    for (let i = 0; i < n; ++i) {
      const x = frame.px(xs[i]), y = Math.max(-1e5, Math.min(1e5, frame.py(ys[i])));
      if (Number.isNaN(x) || Number.isNaN(y)) { flush(); column = NaN; pen = false; continue; }
      const here = Math.floor(Math.max(-1e5, Math.min(reach, x)) * columns);
      // Far outside, like both of its neighbours: nothing of it is seen.
      const before = frame.px(xs[i - 1]), after = frame.px(xs[i + 1]), far = frame.width + 50;
      const outside = (x < -50 && !(before >= -50) && !(after >= -50)) || (x > far && !(before <= far) && !(after <= far));
      if (outside) { flush(); column = NaN; pen = false; continue; }
      if (here === column) { low = Math.min(low, y); high = Math.max(high, y); last = y; lastX = x; }
      else { flush(); column = here; first = low = high = last = y; lastX = Math.max(-1e5, Math.min(reach, x)); }
      if (strokes >= 2000) {  // a long path is slow to stroke: in pieces that share their vertex
        flush();
        c.stroke();
        c.beginPath();
        c.moveTo(lastX, last);
        pen = true;
        strokes = 0;
        column = NaN;
        if (frame.due()) yield;
      }
      if (i % 65536 === 65535 && frame.due()) yield;
    }
    flush();
    c.stroke();
  }

  // Two vertices a bar. On a logarithmic axis bars stand on the lower edge.
  paintBars(frame, c) {
    const { xs, ys } = this, floor = this.axes.y.kind === 'log' ? frame.py(frame.y[0]) : frame.py(this.axes.y.place(-this.axes.y.origin));
    c.fillStyle = rgb(this.color());
    for (let i = 0; i + 1 < xs.length; i += 2) {
      const a = frame.px(xs[i]), b = frame.px(xs[i + 1]), y = Math.max(-1e5, Math.min(1e5, frame.py(ys[i])));
      if (Number.isNaN(y)) continue;
      const left = Math.min(a, b), width = Math.abs(b - a), base = Math.max(-1e5, Math.min(1e5, floor));
      c.globalAlpha = 0.45;
      c.fillRect(left, Math.min(y, base), width, Math.abs(base - y));
      c.globalAlpha = 1;
      c.lineWidth = 1;
      if (width > 3) c.strokeRect(left, Math.min(y, base), width, Math.abs(base - y));
    }
  }

  box(i) {
    const k = i - i % 2, floor = this.axes.y.kind === 'log' ? -1e3 : -this.axes.y.origin;
    return { x: [this.xs[k], this.xs[k + 1]], y: [floor, this.ys[k]] };
  }

  // The bar under a place.
  bar(frame, px, py) {
    const [x, y] = frame.at(px, py), { xs, ys } = this;
    for (let i = 0; i + 1 < xs.length; i += 2)
      if (x >= xs[i] && x < xs[i + 1] && y <= ys[i]) return { index: i, distance: 0 };
    return null;
  }

  nearest(frame, px, py, reach) {
    if (this.given.bars) return this.bar(frame, px, py);
    const [x, y] = frame.at(px, py);
    return this.index().nearest(x, y, frame.perX, frame.perY, reach, () => true);
  }

  facts(i, frame) {
    const { x, y } = this.axes, unit = (axis) => axis.unit ? ' ' + axis.unit : '';
    if (this.given.bars) {
      const ends = [i - i % 2, i - i % 2 + 1].map((k) => x.text(this.xs[k], frame.spanX, 6)).join(' to ');
      return { heading: this.name || 'bar', rows: [[x.label || 'x', ends + unit(x)], [y.label || 'y', y.text(this.ys[i], frame.spanY) + unit(y)]] };
    }
    return { heading: this.name || 'line', rows: [
      [x.label || 'x', x.text(this.xs[i], frame.spanX) + unit(x)], [y.label || 'y', y.text(this.ys[i], frame.spanY) + unit(y)]] };
  }
}
