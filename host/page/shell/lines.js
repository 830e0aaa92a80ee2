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
  extent() { return { x: extentOf(this.xs), y: extentOf(this.ys) }; }
  active() { return this.visible; }
  color() { return this.given.color ? fromHex(this.given.color) : categoryColor(this.given.index); }
  index() { return this.grid || (this.grid = new Grid(this.xs, this.ys)); }

  *paint(frame, c) {
    const { xs, ys } = this, n = xs.length, columns = frame.ratio;
    c.strokeStyle = rgb(this.color());
    c.lineWidth = this.given.width || 1.5;
    c.lineJoin = 'round';
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

  nearest(frame, px, py, reach) {
    const [x, y] = frame.at(px, py);
    return this.index().nearest(x, y, frame.perX, frame.perY, reach, () => true);
  }

  facts(i, frame) {
    const { x, y } = this.axes, unit = (axis) => axis.unit ? ' ' + axis.unit : '';
    return { heading: this.name || 'line', rows: [
      [x.label || 'x', x.text(this.xs[i], frame.spanX) + unit(x)], [y.label || 'y', y.text(this.ys[i], frame.spanY) + unit(y)]] };
  }
}
