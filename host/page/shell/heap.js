// Sums of many marks by pixel: where marks lie thick the colour is their mean and the more of them the more
// opaque, by the logarithm of their number. So a million marks still show where most of them are.

const guard = 8;  // pixels around the picture: stamps at the edge need no check

class Heap {
  // channels: sums besides the number of marks, such as red, green and blue.
  constructor(width, height, channels) {
    this.width = width;
    this.height = height;
    this.stride = width + 2 * guard;
    const cells = this.stride * (height + 2 * guard);
    this.count = new Float32Array(cells);
    this.sums = Array.from({ length: channels }, () => new Float32Array(cells));
    this.canvas = document.createElement('canvas');
    this.canvas.width = width;
    this.canvas.height = height;
    this.context = this.canvas.getContext('2d');
    this.image = this.context.createImageData(width, height);
    this.pixels = new Uint32Array(this.image.data.buffer);
  }

  clear() {
    this.count.fill(0);
    for (const sum of this.sums) sum.fill(0);
  }

  // Adds `weight` along a line, a pixel a step. Ends may lie anywhere.
  line(x0, y0, x1, y1, weight) {
    let t0 = 0, t1 = 1;
    const dx = x1 - x0, dy = y1 - y0;
    for (const [d, from, size] of [[dx, x0, this.width], [dy, y0, this.height]]) {
      if (d === 0) { if (!(from >= 0 && from < size)) return; continue; }
      const a = -from / d, b = (size - from) / d;
      t0 = Math.max(t0, Math.min(a, b));
      t1 = Math.min(t1, Math.max(a, b));
    }
    if (!(t0 <= t1)) return;
    const steps = Math.max(1, Math.ceil(Math.max(Math.abs(dx), Math.abs(dy)) * (t1 - t0)));
    const sx = dx * (t1 - t0) / steps, sy = dy * (t1 - t0) / steps;
    let x = x0 + dx * t0 + guard + sx / 2, y = y0 + dy * t0 + guard + sy / 2;
    for (let i = 0; i < steps; ++i, x += sx, y += sy) this.count[(y | 0) * this.stride + (x | 0)] += weight;
  }

  // Onto the sheet of a layer.
  present(frame, sheet, colorOf, faintest) {
    this.show(colorOf, faintest);
    sheet.clearRect(0, 0, frame.width, frame.height);
    sheet.drawImage(this.canvas, 0, 0, this.width / this.ratio, this.height / this.ratio);
  }

  // The sums as an image on `canvas`. colorOf(k): [red, green, blue] at index k of the sums.
  show(colorOf, faintest) {
    const { count, width, height, stride, pixels } = this;
    let most = 0;
    for (let k = 0; k < count.length; ++k) if (count[k] > most) most = count[k];
    const scale = (1 - faintest) / Math.log1p(Math.max(4, most));
    const alphas = new Uint8Array(4096);
    for (let n = 0; n < alphas.length; ++n) alphas[n] = Math.round(255 * Math.min(1, faintest + scale * Math.log1p(n)));
    for (let y = 0, to = 0; y < height; ++y) {
      let k = (y + guard) * stride + guard;
      for (let x = 0; x < width; ++x, ++k, ++to) {
        const n = count[k];
        if (n === 0) { pixels[to] = 0; continue; }
        const alpha = n < 4096 ? alphas[n | 0] : Math.round(255 * Math.min(1, faintest + scale * Math.log1p(n)));
        pixels[to] = (alpha << 24 | colorOf(k, n)) >>> 0;
      }
    }
    this.context.putImageData(this.image, 0, 0);
  }
}

// Heaps of a layer, made when they are wanted: fine, and coarse for while the view moves. Above two million
// pixels a heap of half the resolution is as good.
function heapOf(layer, frame, channels) {
  let ratio = frame.width * frame.height * frame.ratio ** 2 > 2e6 ? frame.ratio / 2 : frame.ratio;
  if (frame.moving) ratio = Math.max(0.5, ratio / 2);
  const width = Math.ceil(frame.width * ratio), height = Math.ceil(frame.height * ratio);
  const which = frame.moving ? 'coarse' : 'fine';
  layer.heaps ||= {};
  let heap = layer.heaps[which];
  if (!heap || heap.width !== width || heap.height !== height) heap = layer.heaps[which] = new Heap(width, height, channels);
  heap.ratio = ratio;
  heap.clear();
  return heap;
}

// 0xbbggrr, as the bytes of an image lie in memory.
const packed = ([r, g, b]) => b << 16 | g << 8 | r;
