// An image of values: cells of one size on the page, row 0 at the lower end of y. Edges stay sharp when a cell
// is larger than a pixel; where cells are smaller their colours are averaged.

class Cells {
  constructor(given, axes) {
    this.kind = 'cells';
    this.given = given;
    this.name = given.name;
    this.axes = axes;
    this.data = arrayOf(given.data);
    this.rows = given.rows;
    this.columns = given.columns;
    this.scale = new ColorScale(given);
    this.x = [axes.x.place(given.x_low), axes.x.place(given.x_high)];
    this.y = [axes.y.place(given.y_low), axes.y.place(given.y_high)];
    this.visible = true;
    this.levels = null;
  }

  get count() { return this.data.length; }
  extent() { return { x: this.x, y: this.y }; }
  active() { return this.visible; }
  nearest() { return null; }

  // The cells as an image, and it again at halves of its size.
  images() {
    if (this.levels) return this.levels;
    const canvas = document.createElement('canvas');
    canvas.width = this.columns;
    canvas.height = this.rows;
    const c = canvas.getContext('2d'), image = c.createImageData(this.columns, this.rows);
    const pixels = new Uint32Array(image.data.buffer), missing = this.scale.log || this.given.blank ? 0 : (255 << 24 | packed(fromHex(theme.missing))) >>> 0;
    for (let row = 0; row < this.rows; ++row)
      for (let column = 0; column < this.columns; ++column) {
        const color = this.scale.fine(this.data[row * this.columns + column]);
        pixels[(this.rows - 1 - row) * this.columns + column] = color ? (255 << 24 | packed(color)) >>> 0 : missing;
      }
    c.putImageData(image, 0, 0);
    this.levels = [canvas];
    for (let from = canvas; from.width > 64 && from.height > 64;) {
      const half = document.createElement('canvas');
      half.width = from.width >> 1;
      half.height = from.height >> 1;
      half.getContext('2d').drawImage(from, 0, 0, half.width, half.height);
      this.levels.push(from = half);
    }
    return this.levels;
  }

  *paint(frame, c) {
    // As if no axis were reversed; the canvas is turned instead.
    const flipX = frame.turnX ? frame.width : 0, flipY = frame.turnY ? frame.height : 0;
    const along = (turned, v, size) => turned ? size - v : v;
    const left = along(frame.turnX, frame.px(this.x[0]), frame.width), right = along(frame.turnX, frame.px(this.x[1]), frame.width);
    const top = along(frame.turnY, frame.py(this.y[1]), frame.height), bottom = along(frame.turnY, frame.py(this.y[0]), frame.height);
    const levels = this.images();
    const cell = (right - left) * frame.ratio / this.columns;
    const level = Math.max(0, Math.min(levels.length - 1, Math.floor(-Math.log2(cell))));
    const image = levels[level];
    // Only what is seen: a browser may refuse to scale an image to a million pixels.
    const fromX = Math.max(0, -left / (right - left)), toX = Math.min(1, (frame.width - left) / (right - left));
    const fromY = Math.max(0, -top / (bottom - top)), toY = Math.min(1, (frame.height - top) / (bottom - top));
    if (!(fromX < toX && fromY < toY)) return;
    c.save();
    c.translate(flipX, flipY);
    c.scale(flipX ? -1 : 1, flipY ? -1 : 1);
    c.imageSmoothingEnabled = cell < 1;
    c.drawImage(image, fromX * image.width, fromY * image.height, (toX - fromX) * image.width, (toY - fromY) * image.height,
      left + fromX * (right - left), top + fromY * (bottom - top), (toX - fromX) * (right - left), (toY - fromY) * (bottom - top));
    c.restore();
  }

  // The cell under a place, and what it holds.
  under(frame, px, py) {
    const [x, y] = frame.at(px, py);
    const column = Math.floor((x - this.x[0]) / (this.x[1] - this.x[0]) * this.columns);
    const row = Math.floor((y - this.y[0]) / (this.y[1] - this.y[0]) * this.rows);
    return column >= 0 && row >= 0 && column < this.columns && row < this.rows ? row * this.columns + column : -1;
  }
  box(i) {
    const row = Math.floor(i / this.columns), column = i % this.columns;
    const edge = ([low, high], k, n) => low + (high - low) * k / n;
    return {
      x: [edge(this.x, column, this.columns), edge(this.x, column + 1, this.columns)],
      y: [edge(this.y, row, this.rows), edge(this.y, row + 1, this.rows)],
    };
  }

  facts(i, frame) {
    const box = this.box(i), { x, y } = this.axes;
    const between = (axis, [low, high], span) => axis.text(low, span, 5) + ' to ' + axis.text(high, span, 5) + (axis.unit ? ' ' + axis.unit : '');
    return { heading: this.name || 'cell', rows: [[x.label || 'x', between(x, box.x, frame.spanX)], [y.label || 'y', between(y, box.y, frame.spanY)],
      [this.given.label || 'value', numberText(this.data[i])]] };
  }
}
