// Segments between the points of another layer, such as the edges of a graph: pairs of indices. Few are drawn
// as lines, many are summed by pixel.

const mostStrokes = 4000;

class Segments {
  constructor(given, axes, layers) {
    this.kind = 'segments';
    this.given = given;
    this.name = given.name;
    this.pairs = arrayOf(given.pairs) || new Uint32Array(0);
    this.points = () => layers[given.points];
    this.visible = true;
  }

  get count() { return this.pairs.length / 2; }
  extent() { return { x: [Infinity, -Infinity], y: [Infinity, -Infinity] }; }
  active() { return this.visible; }
  color() { return fromHex(this.given.color || theme.edge); }
  nearest() { return null; }

  *paint(frame, c) {
    const { pairs } = this, points = this.points(), { xs, ys } = points, opacity = this.given.opacity;
    if (this.count > mostStrokes) { yield* this.paintHeap(frame, c, points); return; }
    c.strokeStyle = rgb(this.color());
    c.globalAlpha = opacity;
    c.lineWidth = this.given.width || 1;
    for (let k = 0; k < pairs.length; k += 2) {
      const a = pairs[k], b = pairs[k + 1];
      if (!points.shown(a) || !points.shown(b)) continue;
      c.beginPath();
      c.moveTo(frame.px(xs[a]), frame.py(ys[a]));
      c.lineTo(frame.px(xs[b]), frame.py(ys[b]));
      c.stroke();
      if (k % 512 === 0 && frame.due()) yield;
    }
  }

  *paintHeap(frame, c, points) {
    const heap = heapOf(this, frame, 0), { ratio } = heap, { pairs } = this, { xs, ys } = points, n = this.count, steps = 16;
    const ax = frame.px(0) * ratio, bx = (frame.px(1) - frame.px(0)) * ratio;
    const ay = frame.py(0) * ratio, by = (frame.py(1) - frame.py(0)) * ratio;
    const color = packed(this.color()), present = () => heap.present(frame, c, () => color, this.given.opacity / 2);
    for (let pass = 0; pass < steps; ++pass)
      for (let k = pass * 7 % steps, done = 0; k < n; k += steps) {
        const a = pairs[2 * k], b = pairs[2 * k + 1];
        if (!points.shown(a) || !points.shown(b)) continue;
        heap.line(ax + bx * xs[a], ay + by * ys[a], ax + bx * xs[b], ay + by * ys[b], 1);
        if (++done % 512 === 0 && frame.due()) { present(); yield; }
      }
    present();
  }

  // The segments at a point with the points at their other ends, and how many there are.
  paintAround(frame, c, i) {
    const { pairs } = this, { xs, ys } = this.points(), others = [];
    c.beginPath();
    let count = 0;
    for (let k = 0; k < pairs.length; k += 2) {
      if (pairs[k] !== i && pairs[k + 1] !== i) continue;
      if (++count > 5000) continue;
      c.moveTo(frame.px(xs[pairs[k]]), frame.py(ys[pairs[k]]));
      c.lineTo(frame.px(xs[pairs[k + 1]]), frame.py(ys[pairs[k + 1]]));
      others.push(pairs[k] === i ? pairs[k + 1] : pairs[k]);
    }
    c.strokeStyle = theme.ring;
    c.lineWidth = 1.2;
    c.stroke();
    c.fillStyle = theme.ring;
    const radius = others.length > 100 ? 1.8 : 3;
    for (const k of others) {
      c.beginPath();
      c.arc(frame.px(xs[k]), frame.py(ys[k]), radius, 0, 2 * Math.PI);
      c.fill();
    }
    return count;
  }
}
