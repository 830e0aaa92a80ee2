// Points: up to some thousand in view are marks with shapes, outlines, sizes and error bars; more than that
// are summed by pixel (heap.js), with the largest as marks on top. Drawing goes in slices, so that moving never
// waits for a million points.

const mostShapes = 12000;
const largeArea = 4, mostLarge = 400, mostNamed = 24;  // marks that stand out of many

class Points {
  constructor(given, axes) {
    this.kind = 'points';
    this.given = given;
    this.name = given.name;
    this.rawX = arrayOf(given.x) || new Float32Array(0);
    this.rawY = arrayOf(given.y) || new Float32Array(0);
    this.xs = axes.x.scaled(this.rawX);
    this.ys = axes.y.scaled(this.rawY);
    this.values = given.values && arrayOf(given.values.data);
    this.scale = given.values && new ColorScale(given.values);
    this.groups = given.categories && arrayOf(given.categories.data);
    this.groupNames = given.categories ? given.categories.names : [];
    this.hidden = new Uint8Array(this.groupNames.length);
    this.sizes = arrayOf(given.sizes);
    this.labels = textsOf(given.labels);
    this.columns = (given.columns || []).map((c) => ({ name: c.name, data: arrayOf(c.data) }));
    this.errors = {};
    for (const side of ['left', 'right', 'below', 'above']) this.errors[side] = arrayOf(given.errors && given.errors[side]);
    this.axes = axes;
    this.visible = true;
    this.grid = null;
    this.seen = 0;  // in view when last drawn
  }

  get count() { return this.xs.length; }
  // Of the points and of their error bars.
  extent() {
    const { left, right, below, above } = this.errors, ends = { x: extentOf(this.xs), y: extentOf(this.ys) };
    for (const [axis, raw, low, high] of [['x', this.rawX, left, right], ['y', this.rawY, below, above]]) {
      if (!low) continue;
      for (let i = 0; i < raw.length; ++i)
        ends[axis] = extentOf([this.axes[axis].place(this.lowEnd(axis, raw[i], low[i])), this.axes[axis].place(raw[i] + (high || low)[i])], ends[axis]);
    }
    return ends;
  }
  // On a logarithmic axis an end next to 0 would leave no room for the data.
  lowEnd(axis, at, below) {
    return this.axes[axis].kind === 'log' && at - below < 1e-3 * at ? at : at - below;
  }
  // Points without a place on the axes.
  missing() {
    if (this.placeless === undefined) {
      this.placeless = 0;
      for (let i = 0; i < this.count; ++i) this.placeless += Number.isFinite(this.xs[i] + this.ys[i]) ? 0 : 1;
    }
    return this.placeless;
  }
  shown(i) { return !this.groups || !this.hidden[this.groups[i]]; }
  // A sample stands behind a density until one looks closer.
  active(frame) { return this.visible && (!this.given.from_zoom || frame.zoom >= this.given.from_zoom); }
  index() { return this.grid || (this.grid = new Grid(this.xs, this.ys)); }

  color(i) {
    if (this.groups) return categoryColor(this.groups[i]);
    if (this.values) return this.scale.color(this.values[i]);
    return this.given.color ? fromHex(this.given.color) : fromHex(theme.mark);
  }

  // Slices of work: each next() paints until frame.due().
  *paint(frame, target) {
    const margin = 10;
    const [[left, right], [bottom, top]] = frame.between(-margin, -margin, frame.width + margin, frame.height + margin);
    const whole = frame.zoom < 1.3 && this.count > 5000;
    const found = whole ? null : this.index().inside([left, bottom], [right, top]);
    if (found && this.sizes && found.length <= mostShapes) found.sort();  // what is to lie on top comes last
    const n = found ? found.length : this.count;
    this.seen = 0;
    if (n <= mostShapes) yield* this.paintShapes(frame, target, found, n);
    else yield* this.paintHeap(frame, target, found, n);
  }

  // Smaller where marks are many for their room.
  radius(n, frame) {
    const usual = n <= 60 ? 5 : n <= 1000 ? 4 : n <= 5000 ? 3 : 2.2;
    return Math.max(1.3, Math.min(usual, Math.sqrt(0.11 * frame.width * frame.height / Math.max(1, n)))) * this.given.size;
  }

  // How far a mark reaches: areas are the sizes.
  reach(i, radius) { return this.sizes ? radius * Math.sqrt(Math.max(0.04, this.sizes[i])) : radius; }

  *paintShapes(frame, target, found, n) {
    const radius = this.radius(n, frame), c = target;
    this.shownRadius = radius;
    if (n <= 5000) this.paintErrors(frame, c, found, n);
    const sprites = this.sprites(n <= 5000);
    for (let k = 0; k < n; ++k) {
      if (this.paintMark(frame, c, found ? found[k] : k, radius, sprites)) ++this.seen;
      if (k % 512 === 511 && frame.due()) yield;
    }
    if (n <= 400) this.paintLabels(frame, c, found, n, radius);
    else this.nameLarge(frame, c, radius);
  }

  // Marks of one picture, drawn `times` as large as a usual one: large ones stay sharp.
  sprites(outlined) { return { outlined, times: this.sizes ? 4 : 2, made: new Map() }; }

  // True where it lies within the picture.
  paintMark(frame, c, i, radius, { outlined, times, made }) {
    const x = frame.px(this.xs[i]), y = frame.py(this.ys[i]);
    if (!this.shown(i) || !(x > -20 && y > -20 && x < frame.width + 20 && y < frame.height + 20)) return false;
    const bin = this.groups ? this.groups[i] : this.values ? this.scale.bin(this.values[i]) : 0;
    let sprite = made.get(bin);
    if (!sprite) made.set(bin, sprite = markSprite(this.groups ? categoryMarker(bin) : 'circle', this.color(i), times * radius, frame.ratio, outlined));
    const half = sprite.half * this.reach(i, 1) / times;
    c.drawImage(sprite.canvas, x - half, y - half, 2 * half, 2 * half);
    return x >= 0 && y >= 0 && x <= frame.width && y <= frame.height;
  }

  // The largest marks, in their order: they are not lost among many.
  large() {
    if (this.largest) return this.largest;
    const found = [];
    for (let i = 0; this.sizes && i < this.count; ++i) if (this.sizes[i] >= largeArea) found.push(i);
    if (found.length > mostLarge) found.sort((a, b) => this.sizes[b] - this.sizes[a]).length = mostLarge;
    return this.largest = found.sort((a, b) => a - b);
  }

  nameLarge(frame, c, radius) {
    if (!this.labels || !this.sizes) return;
    const named = [...this.large()].sort((a, b) => this.sizes[b] - this.sizes[a]).slice(0, mostNamed);
    this.paintLabels(frame, c, named, named.length, radius);
  }

  paintErrors(frame, c, found, n) {
    const { left, right, below, above } = this.errors;
    if (!left && !below) return;
    c.lineWidth = 1;
    for (let k = 0; k < n; ++k) {
      const i = found ? found[k] : k;
      if (!this.shown(i)) continue;
      const x = frame.px(this.xs[i]), y = frame.py(this.ys[i]);
      c.strokeStyle = rgb(this.color(i));
      c.beginPath();
      if (below) {
        const a = frame.py(this.axes.y.place(this.rawY[i] - below[i])), b = frame.py(this.axes.y.place(this.rawY[i] + (above || below)[i]));
        c.moveTo(x, Number.isNaN(a) ? frame.height : a);
        c.lineTo(x, b);
      }
      if (left) {
        const a = frame.px(this.axes.x.place(this.rawX[i] - left[i])), b = frame.px(this.axes.x.place(this.rawX[i] + (right || left)[i]));
        c.moveTo(Number.isNaN(a) ? 0 : a, y);
        c.lineTo(b, y);
      }
      c.stroke();
    }
  }

  // Texts beside their marks, where they cover neither a mark nor another text.
  paintLabels(frame, c, found, n, radius) {
    if (!this.labels) return;
    const marks = [], taken = [];
    for (let k = 0; k < n; ++k) {
      const i = found ? found[k] : k, x = frame.px(this.xs[i]), y = frame.py(this.ys[i]);
      if (this.shown(i) && x > 0 && x < frame.width && y > 8 && y < frame.height - 8) marks.push({ i, x, y, r: this.reach(i, radius) });
    }
    const overlaps = (x, y, width) => taken.some((t) => Math.abs(t.y - y) < 13 && x < t.x + t.width + 4 && t.x < x + width + 4)
      || marks.some((m) => Math.abs(m.y - y) < m.r + 5 && m.x > x - m.r && m.x < x + width + m.r);
    c.font = frame.font(11);
    c.textBaseline = 'middle';
    c.textAlign = 'left';
    c.lineJoin = 'round';
    for (const { i, x: at, y, r } of marks) {
      const text = this.labels(i);
      if (!text || taken.length >= 120) continue;
      const width = c.measureText(text).width;
      const x = [at + r + 3, at - r - 3 - width].find((left) => left > 0 && left + width < frame.width && !overlaps(left, y, width));
      if (x === undefined) continue;
      taken.push({ x, y, width });
      c.strokeStyle = theme.paper;
      c.lineWidth = 3;
      c.strokeText(text, x, y);
      c.fillStyle = theme.ink;
      c.fillText(text, x, y);
    }
  }

  *paintHeap(frame, target, found, n) {
    const channels = this.groups ? 3 : this.values ? 2 : 0;  // of values: their sum, and how many there are
    const heap = heapOf(this, frame, channels), { count, sums, stride, width, height, ratio } = heap, [a, b, d] = sums;
    const side = Math.max(1, Math.round((n > 200000 ? 1.6 : 2.4) * ratio));
    const shift = (side - 1) / 2;
    const ax = frame.px(0) * ratio - shift + guard, bx = (frame.px(1) - frame.px(0)) * ratio;
    const ay = frame.py(0) * ratio - shift + guard, by = (frame.py(1) - frame.py(0)) * ratio;
    const right = width + guard, bottom = height + guard;
    const { xs, ys, groups, values, hidden, scale } = this;
    const colors = groups && this.groupNames.map((name, g) => categoryColor(g));
    const steps = n > 60000 ? 16 : 1;  // each pass takes every 16th: the first already looks like the whole
    for (let pass = 0; pass < steps; ++pass) {
      for (let k = pass * 7 % steps, done = 0; k < n; k += steps) {
        const i = found ? found[k] : k;
        const x = ax + bx * xs[i], y = ay + by * ys[i];
        if (!(x > 0 && y > 0 && x < right && y < bottom) || (groups && hidden[groups[i]])) continue;
        if (x >= guard - shift && y >= guard - shift && x <= right - shift && y <= bottom - shift) ++this.seen;
        const known = values !== undefined && !scale.lacks(values[i]);
        const t = known ? scale.fraction(values[i]) : 0;
        const color = groups ? colors[groups[i]] : null;
        for (let row = 0, at = (y | 0) * stride + (x | 0); row < side; ++row, at += stride) {
          const end = at + side;
          if (color) for (let j = at; j < end; ++j) { ++count[j]; a[j] += color[0]; b[j] += color[1]; d[j] += color[2]; }
          else if (known) for (let j = at; j < end; ++j) { ++count[j]; a[j] += t; ++b[j]; }
          else for (let j = at; j < end; ++j) ++count[j];
        }
        if (++done % 4096 === 0 && frame.due()) { this.showHeap(frame, target, heap, n); yield; }
      }
    }
    this.showHeap(frame, target, heap, n);
  }

  showHeap(frame, target, heap, n) {
    const [a, b, c] = heap.sums;
    const plain = packed(this.color(0)), table = this.values && this.scale.table.map(packed);
    const missing = packed(fromHex(theme.missing));
    const colorOf = this.groups ? (k, n) => (c[k] / n) << 16 | (b[k] / n) << 8 | (a[k] / n)
      : this.values ? (k) => b[k] > 0 ? table[Math.round(a[k] / b[k] * 256)] : missing : () => plain;
    heap.present(frame, target, colorOf, this.values ? 0.8 : 0.45);  // fainter colours would be other values
    const sprites = this.sprites(true), radius = this.shownRadius = this.radius(n, frame);
    for (const i of this.large()) this.paintMark(frame, target, i, radius, sprites);
    this.nameLarge(frame, target, radius);
  }

  nearest(frame, px, py, reach) {
    const [x, y] = frame.at(px, py);
    return this.index().nearest(x, y, frame.perX, frame.perY, reach, (i) => this.shown(i));
  }

  // [name, text] pairs of a mark, and its heading.
  facts(i, frame) {
    const rows = [
      [this.axes.x.label || 'x', this.axes.x.text(this.xs[i], frame.spanX), this.axes.x.unit],
      [this.axes.y.label || 'y', this.axes.y.text(this.ys[i], frame.spanY), this.axes.y.unit]];
    const { left, right, below, above } = this.errors;
    if (left) rows[0][1] += errorText(left[i], (right || left)[i]);
    if (below) rows[1][1] += errorText(below[i], (above || below)[i]);
    if (!spec.axes) rows.length = 0;
    if (this.values) rows.push([this.given.values.label || 'value', numberText(this.values[i])]);
    if (this.groups) rows.push([this.given.categories.label || 'category', this.groupNames[this.groups[i]]]);
    const told = [this.values && this.given.values.label, ...this.columns.map((c) => c.name)];
    if (this.sizes && !(this.given.size_label && told.includes(this.given.size_label)))
      rows.push([this.given.size_label || 'size', numberText(this.sizes[i])]);
    for (const column of this.columns) rows.push([column.name, numberText(column.data[i], 10)]);
    const heading = this.labels ? this.labels(i) : (this.name || 'point') + ' ' + countText(i);
    return { heading, rows: rows.map(([name, text, unit]) => [name, text + (unit && text !== 'missing' ? ' ' + unit : '')]) };
  }
}

const errorText = (below, above) => Number.isNaN(below) && Number.isNaN(above) ? ''
  : below === above ? ' \u00b1 ' + numberText(below, 3) : ' \u2212' + numberText(below, 3) + ' +' + numberText(above, 3);
