// What hands do: wheel, drag, pinch, keys and buttons, turned into changes of the view.

class Gestures {
  constructor(scene, hover, key) {
    Object.assign(this, { scene, hover, key, stage: scene.stage });
    this.pointers = new Map();
    const on = (name, call, options) => this.stage.addEventListener(name, call, options);
    on('wheel', (e) => this.wheel(e), { passive: false });
    on('pointerdown', (e) => this.down(e));
    on('pointermove', (e) => this.moved(e));
    on('pointerup', (e) => this.up(e));
    on('pointercancel', (e) => this.up(e));
    on('pointerleave', () => { if (!this.pointers.size) this.hover.hide(); });
    on('dblclick', (e) => { const p = this.place(e); this.zoomAt(2, p.x, p.y); });
    document.addEventListener('keydown', (e) => this.pressed(e));
    const help = byId('help');
    const buttons = { 'zoom-in': () => this.zoom(1.5), 'zoom-out': () => this.zoom(1 / 1.5), reset: () => this.reset(), ask: () => help.showModal() };
    for (const [id, call] of Object.entries(buttons)) byId(id).addEventListener('click', call);
    byId('save').addEventListener('click', () => savePicture(this.scene, this.key));
  }

  place(event) {
    const box = this.stage.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }
  changed() {
    this.hover.hide();
    this.scene.request(true);
  }
  reset() {
    this.scene.view.reset();
    this.changed();
  }
  zoom(factor) {
    const { plot } = this.scene;
    this.zoomAt(factor, plot.left + plot.width / 2, plot.top + plot.height / 2);
  }
  zoomAt(factor, x, y) {
    const { view, frame, plot } = this.scene;
    const along = spec.equal ? 'xy' : x < plot.left ? 'y' : y > plot.top + plot.height ? 'x' : 'xy';
    view.zoom(factor, ...frame.at(x - plot.left, y - plot.top), along);
    this.changed();
  }
  pan(dx, dy) {
    const { view, frame } = this.scene;
    view.move((frame.turnX ? dx : -dx) / frame.perX, (frame.turnY ? -dy : dy) / frame.perY);
    this.changed();
  }

  wheel(event) {
    event.preventDefault();
    const lines = event.deltaMode === 1 ? 16 : event.deltaMode === 2 ? 100 : 1;
    const delta = Math.max(-300, Math.min(300, event.deltaY * lines * (event.ctrlKey ? 5 : 1)));
    const p = this.place(event);
    this.zoomAt(Math.exp(-delta * 0.002), p.x, p.y);
  }

  down(event) {
    if (event.button !== 0) return;
    this.stage.setPointerCapture(event.pointerId);
    const p = this.place(event);
    this.pointers.set(event.pointerId, p);
    this.start = { ...p, moved: false, box: event.shiftKey };
    this.stage.focus({ preventScroll: true });
  }

  moved(event) {
    const p = this.place(event), before = this.pointers.get(event.pointerId);
    if (!before) {
      if (event.pointerType !== 'touch') this.hover.at(p.x, p.y);
      return;
    }
    if (this.pointers.size === 2) {
      this.pinch(event.pointerId, before, p);
    } else if (this.start.box) {
      const { plot } = this.scene;
      this.hover.box = { x0: this.start.x - plot.left, y0: this.start.y - plot.top, x1: p.x - plot.left, y1: p.y - plot.top };
      this.hover.hide();
    } else if (this.start.moved || Math.hypot(p.x - this.start.x, p.y - this.start.y) > 3) {
      this.start.moved = true;
      this.stage.classList.add('dragging');
      this.pan(p.x - before.x, p.y - before.y);
    } else {
      return;
    }
    this.pointers.set(event.pointerId, p);
  }

  pinch(id, before, now) {
    const [, other] = [...this.pointers].find(([key]) => key !== id);
    const apart = (a) => Math.max(10, Math.hypot(a.x - other.x, a.y - other.y));
    this.start.moved = true;
    this.pan((now.x - before.x) / 2, (now.y - before.y) / 2);
    this.zoomAt(apart(now) / apart(before), (now.x + other.x) / 2, (now.y + other.y) / 2);
  }

  up(event) {
    if (!this.pointers.delete(event.pointerId)) return;
    this.stage.classList.remove('dragging');
    const p = this.place(event), { box } = this.hover;
    this.hover.box = null;
    if (box && Math.abs(box.x1 - box.x0) > 5 && Math.abs(box.y1 - box.y0) > 5) this.zoomToBox(box);
    else if (!this.start.moved) this.hover.at(p.x, p.y, event.pointerType === 'touch' ? 28 : 14);
  }

  zoomToBox({ x0, y0, x1, y1 }) {
    const { view, frame } = this.scene;
    const [[left, right], [bottom, top]] = frame.between(x0, y0, x1, y1);
    const middle = [(left + right) / 2, (top + bottom) / 2];
    view.move(middle[0] - (view.x[0] + view.x[1]) / 2, middle[1] - (view.y[0] + view.y[1]) / 2);
    view.zoom((view.x[1] - view.x[0]) / (right - left), ...middle, 'x');
    view.zoom((view.y[1] - view.y[0]) / (top - bottom), ...middle, 'y');
    this.changed();
  }

  pressed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || byId('help').open) return;
    const step = 60, keys = {
      ArrowLeft: () => this.pan(step, 0), ArrowRight: () => this.pan(-step, 0), ArrowUp: () => this.pan(0, step), ArrowDown: () => this.pan(0, -step),
      '+': () => this.zoom(1.5), '=': () => this.zoom(1.5), '-': () => this.zoom(1 / 1.5), 0: () => this.reset(),
      '?': () => byId('help').showModal(), '[': () => this.hover.step(-1), ']': () => this.hover.step(1), Escape: () => this.hover.hide(),
    };
    if (!Object.hasOwn(keys, event.key)) return;
    event.preventDefault();
    keys[event.key]();
  }
}
