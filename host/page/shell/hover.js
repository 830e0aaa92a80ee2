// The nearest mark: a ring around it and a small table of its values, by pointer, by touch or by keyboard.

class Hover {
  constructor(scene, canvas, tip, said) {
    Object.assign(this, { scene, canvas, tip, said });
    this.context = canvas.getContext('2d');
    this.current = null;  // {layer, index}
    this.box = null;      // a rectangle that is being drawn, in pixels of the plot
  }

  find(x, y, reach) {
    const { frame, plot, layers } = this.scene;
    const px = x - plot.left, py = y - plot.top;
    if (px < -4 || py < -4 || px > plot.width + 4 || py > plot.height + 4) return null;
    let best = null;
    for (let k = layers.length - 1; k >= 0; --k) {
      const layer = layers[k];
      const found = layer.active(frame) && layer.nearest(frame, px, py, best ? best.distance : reach);
      if (found && (!best || found.distance < best.distance)) best = { layer, ...found };
    }
    for (let k = layers.length - 1; k >= 0 && !best; --k) {
      const layer = layers[k], index = layer.kind === 'cells' && layer.active(frame) ? layer.under(frame, px, py) : -1;
      if (index >= 0) best = { layer, index };
    }
    return best;
  }

  at(x, y, reach = 14) { this.show(this.find(x, y, reach), x, y); }

  show(found, x, y, aloud = false) {
    this.current = found;
    this.tip.hidden = !found;
    this.paint();
    if (!found) return;
    const { layer, index } = found, { heading, rows } = layer.facts(index, this.scene.frame);
    this.tip.replaceChildren();
    const title = document.createElement('strong'), table = document.createElement('table');
    title.textContent = heading;
    if (this.degree !== null && !rows.some(([name]) => name === 'degree')) rows.push(['connections', countText(this.degree)]);
    for (const [name, text] of rows) {
      const row = table.insertRow(), head = document.createElement('th');
      head.textContent = name;
      row.append(head);
      row.insertCell().textContent = text;
    }
    this.tip.append(title, table);
    this.placeTip(x, y);
    if (aloud) this.said.textContent = [heading, ...rows.map(([name, text]) => name + ' ' + text)].join(', ');
  }

  placeTip(x, y) {
    const { width, height } = this.scene, w = this.tip.offsetWidth, h = this.tip.offsetHeight, gap = 14;
    const left = x + gap + w <= width ? x + gap : x - gap - w >= 0 ? x - gap - w : Math.max(0, Math.min(width - w, x - w / 2));
    const top = y + gap + h <= height ? y + gap : Math.max(0, y - gap - h);
    this.tip.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
  }

  hide() { this.show(null); }

  paint() {
    const { frame, plot, width, height, layers } = this.scene, c = this.context;
    this.degree = null;
    if (!frame) return;
    if (this.canvas.width !== Math.round(width * frame.ratio) || this.canvas.height !== Math.round(height * frame.ratio)) {
      this.canvas.width = Math.round(width * frame.ratio);
      this.canvas.height = Math.round(height * frame.ratio);
    }
    c.setTransform(frame.ratio, 0, 0, frame.ratio, 0, 0);
    c.clearRect(0, 0, width, height);
    c.translate(plot.left, plot.top);
    if (this.box) this.paintBox(c, frame);
    if (!this.current) return;
    const { layer, index } = this.current;
    c.strokeStyle = theme.ring;
    c.lineWidth = 2;
    if (layer.kind === 'cells' || layer.given.bars) {
      const { x, y } = layer.box(index);
      c.strokeRect(frame.px(x[0]), frame.py(y[1]), frame.px(x[1]) - frame.px(x[0]), frame.py(y[0]) - frame.py(y[1]));
      return;
    }
    for (const other of layers)
      if (other.kind === 'segments' && other.visible && other.points() === layer) this.degree = other.paintAround(frame, c, index);
    const x = frame.px(layer.xs[index]), y = frame.py(layer.ys[index]), shown = layer.shownRadius || 3;
    const radius = Math.max(5, (layer.reach ? layer.reach(index, shown) : shown) + 2);
    c.beginPath();
    c.arc(x, y, radius, 0, 2 * Math.PI);
    c.fillStyle = rgb(layer.color(index));
    c.fill();
    c.lineWidth = 2;
    c.stroke();
  }

  paintBox(c, frame) {
    const { x0, y0, x1, y1 } = this.box;
    c.fillStyle = theme.faint + '22';
    c.strokeStyle = theme.ink;
    c.lineWidth = 1 / frame.ratio;
    c.fillRect(Math.min(x0, x1), Math.min(y0, y1), Math.abs(x1 - x0), Math.abs(y1 - y0));
    c.strokeRect(Math.min(x0, x1), Math.min(y0, y1), Math.abs(x1 - x0), Math.abs(y1 - y0));
  }

  // To the mark after (step 1) or before (-1) the present one; a mark outside is brought into view.
  step(step) {
    const { layers, view } = this.scene;
    const marks = layers.filter((l) => l.index && l.visible && l.count);
    if (!marks.length) return;
    let { layer, index } = this.current && this.current.layer.index ? this.current : { layer: marks[0], index: step > 0 ? -1 : 0 };
    for (let tries = 0; tries <= layer.count; ++tries) {
      index = (index + step + layer.count) % layer.count;
      if ((!layer.shown || layer.shown(index)) && !Number.isNaN(layer.xs[index] + layer.ys[index])) break;
    }
    const x = layer.xs[index], y = layer.ys[index];
    if (Number.isNaN(x + y)) return;
    if (!(x >= view.x[0] && x <= view.x[1] && y >= view.y[0] && y <= view.y[1])) {
      view.move(x - (view.x[0] + view.x[1]) / 2, y - (view.y[0] + view.y[1]) / 2);
      this.scene.begin();
      this.scene.request();
    }
    const { frame, plot } = this.scene;
    this.show({ layer, index }, plot.left + frame.px(x), plot.top + frame.py(y), true);
  }
}
