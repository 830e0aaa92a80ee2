// The picture: axes at once, layers in slices of a frame's time, each on a canvas of its own, put together in
// their order. A new view drops what is unfinished; the first slice already shows a sample of everything.

const sliceTime = 8, restTime = 30;  // ms of painting a frame, while the view moves and when it rests
const settleTime = 120;              // ms without a change: it rests

class Scene {
  constructor(stage, canvas, view, layers, axes) {
    Object.assign(this, { stage, canvas, view, layers, axes });
    this.context = canvas.getContext('2d');
    this.pending = 0;
    this.timer = 0;  // of the drawing at rest
    this.moving = false;
    this.fresh = false;
    this.work = [];
    this.waiting = [];  // resolved when everything is drawn
    this.onFrame = [];
    this.onDone = [];
  }

  // Draws again, from the start; coarser while the view moves.
  request(moving = false) {
    this.fresh = true;
    this.moving = moving;
    clearTimeout(this.timer);
    this.timer = moving ? setTimeout(() => this.request(), settleTime) : 0;
    if (!this.pending) this.pending = requestAnimationFrame(() => this.tick());
  }
  settled() {
    if (!this.pending && !this.timer) return Promise.resolve();
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  tick() {
    this.pending = 0;
    if (this.fresh) this.begin();
    this.slice();
    this.compose();
    if (this.work.length) { this.pending = requestAnimationFrame(() => this.tick()); return; }
    for (const call of this.onDone) call(this.frame);
    if (this.timer) return;
    for (const resolve of this.waiting.splice(0)) resolve();
  }

  begin() {
    this.fresh = false;
    const { clientWidth: width, clientHeight: height } = this.stage, ratio = Math.min(3, window.devicePixelRatio || 1);
    if (this.canvas.width !== Math.round(width * ratio) || this.canvas.height !== Math.round(height * ratio)) {
      this.canvas.width = Math.round(width * ratio);
      this.canvas.height = Math.round(height * ratio);
    }
    this.width = width;
    this.height = height;
    this.layOut(width, height, ratio);
    this.frame.moving = this.moving;
    this.work = [];
    for (const layer of this.layers) {
      const { plot } = this, w = Math.ceil(plot.width * ratio), h = Math.ceil(plot.height * ratio);
      if (!layer.sheet) layer.sheet = document.createElement('canvas');
      if (layer.sheet.width !== w || layer.sheet.height !== h) Object.assign(layer.sheet, { width: w, height: h });
      const c = layer.sheet.getContext('2d');
      c.setTransform(1, 0, 0, 1, 0, 0);
      c.clearRect(0, 0, w, h);
      c.setTransform(ratio, 0, 0, ratio, 0, 0);
      c.globalAlpha = 1;
      if (layer.active(this.frame)) this.work.push(layer.paint(this.frame, c));
    }
    for (const call of this.onFrame) call(this.frame);
  }

  slice() {
    const begun = performance.now();
    this.work = this.work.filter((work, k) => {
      this.frame.until = begun + (this.moving ? sliceTime : restTime) * (k + 1) / this.work.length;
      return !work.next().done;
    });
  }

  compose() {
    const { context: c, plot, frame } = this, ratio = frame.ratio;
    c.setTransform(ratio, 0, 0, ratio, 0, 0);
    c.fillStyle = theme.paper;
    c.fillRect(0, 0, this.width, this.height);
    if (spec.axes) this.paintGrid(c);
    for (const layer of this.layers)
      if (layer.active(frame)) c.drawImage(layer.sheet, plot.left, plot.top, layer.sheet.width / ratio, layer.sheet.height / ratio);
    if (spec.axes) this.paintAxes(c);
  }

  // Places the plot: room for the labels is measured.
  layOut(width, height, ratio) {
    const c = this.context, axes = this.axes;
    if (!spec.axes) {
      this.plot = { left: 0, top: 0, width, height };
      this.frame = new Frame(this.view, width, height, ratio, spec.equal);
      return;
    }
    const bottom = axes.x.label || axes.x.unit ? 48 : 30, top = 10, right = 16;
    const plotHeight = Math.max(40, height - top - bottom);
    let left = 0, plotWidth = width;
    for (let round = 0; round < 2; ++round) {  // with equal units the range of y depends on the width
      plotWidth = Math.max(40, width - left - right);
      this.frame = new Frame(this.view, plotWidth, plotHeight, ratio, spec.equal);
      this.yTicks = axes.y.ticks(...this.frame.y, Math.max(2, Math.floor(plotHeight / 46)));
      c.setTransform(1, 0, 0, 1, 0, 0);
      c.font = this.frame.font(12);
      this.yTitle = axes.y.title(this.yTicks.note);
      left = Math.ceil(10 + Math.max(18, ...this.yTicks.ticks.map((t) => c.measureText(t.label).width)) + (this.yTitle ? 24 : 4));
    }
    plotWidth = Math.max(40, width - left - right);
    this.frame = new Frame(this.view, plotWidth, plotHeight, ratio, spec.equal);
    c.font = this.frame.font(12);
    for (let most = Math.max(2, Math.floor(plotWidth / 50)); ; --most) {
      this.xTicks = axes.x.ticks(...this.frame.x, most);
      const { ticks } = this.xTicks, widths = ticks.map((t) => c.measureText(t.label).width);
      const fits = ticks.every((t, k) => k === 0 || Math.abs(this.frame.px(t.at) - this.frame.px(ticks[k - 1].at)) > (widths[k] + widths[k - 1]) / 2 + 12);
      if (fits || most <= 1) break;
    }
    this.plot = { left, top, width: plotWidth, height: plotHeight };
  }

  paintGrid(c) {
    const { plot, frame } = this;
    c.strokeStyle = theme.grid;
    c.lineWidth = 1;
    c.beginPath();
    const crisp = (v) => Math.round(v * frame.ratio) / frame.ratio + 0.5 / frame.ratio;
    for (const { at } of this.xTicks.ticks) { const x = crisp(plot.left + frame.px(at)); c.moveTo(x, plot.top); c.lineTo(x, plot.top + plot.height); }
    for (const { at } of this.yTicks.ticks) { const y = crisp(plot.top + frame.py(at)); c.moveTo(plot.left, y); c.lineTo(plot.left + plot.width, y); }
    c.stroke();
  }

  paintAxes(c) {
    const { plot, frame } = this, { left, top, width, height } = plot, base = top + height;
    c.strokeStyle = theme.frame;
    c.lineWidth = 1;
    c.strokeRect(left - 0.5, top - 0.5, width + 1, height + 1);
    c.beginPath();
    for (const { at } of this.xTicks.ticks) { const x = left + frame.px(at); c.moveTo(x, base); c.lineTo(x, base + 5); }
    for (const { at } of this.yTicks.ticks) { const y = top + frame.py(at); c.moveTo(left - 5, y); c.lineTo(left, y); }
    c.stroke();
    c.fillStyle = theme.ink;
    c.font = frame.font(12);
    c.textBaseline = 'top';
    c.textAlign = 'center';
    for (const { at, label } of this.xTicks.ticks) {
      const half = c.measureText(label).width / 2, x = left + frame.px(at);
      c.fillText(label, Math.min(x, this.width - half - 1), base + 8);
    }
    c.textBaseline = 'middle';
    c.textAlign = 'right';
    for (const { at, label } of this.yTicks.ticks) c.fillText(label, left - 9, top + frame.py(at));
    c.fillStyle = theme.faint;
    c.textAlign = 'center';
    c.textBaseline = 'bottom';
    c.fillText(shortened(c, this.axes.x.title(this.xTicks.note), width), left + width / 2, this.height - 6);
    if (!this.yTitle) return;
    c.save();
    c.translate(4, top + height / 2);
    c.rotate(-Math.PI / 2);
    c.textBaseline = 'top';
    c.fillText(shortened(c, this.yTitle, height), 0, 0);
    c.restore();
  }
}

// A text that fits, with its middle left out where it is too long.
function shortened(c, text, width) {
  if (c.measureText(text).width <= width) return text;
  for (let keep = text.length - 1; keep > 2; --keep) {
    const short = text.slice(0, Math.ceil(keep / 2)) + '\u2026' + text.slice(text.length - Math.floor(keep / 2));
    if (c.measureText(short).width <= width) return short;
  }
  return '';
}
