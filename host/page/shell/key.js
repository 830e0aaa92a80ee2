// The key: a bar for the colours of values, a button for each category and each named layer. A click hides or
// shows it, with Shift it alone is shown.

// A bar of colours with its numbers, at (0, 0).
function paintBar(c, scale, width, frame) {
  const pad = 6, span = width - 2 * pad;
  for (let x = 0; x < span; ++x) {
    c.fillStyle = rgb(scale.table[Math.round(x / span * 256)]);
    c.fillRect(pad + x, 0, 1.5, 14);
  }
  c.strokeStyle = theme.frame;
  c.lineWidth = 1;
  c.strokeRect(pad - 0.5, -0.5, span + 1, 15);
  c.fillStyle = theme.ink;
  c.font = frame.font(11);
  c.textBaseline = 'top';
  let ticks, note, most = 5;
  do {  // as many numbers as have room
    ({ ticks, note } = scale.log ? logTicks(scale.low, scale.high, most) : valueTicks(0, scale.low, scale.high, most));
    var room = ticks.reduce((sum, t) => sum + c.measureText(t.label).width + 8, 0);
  } while (room > width && --most > 0);
  for (const { at, label } of ticks) {
    const x = pad + (at - scale.low) / (scale.high - scale.low) * span, half = c.measureText(label).width / 2;
    c.fillRect(x - 0.5, 14, 1, 4);
    c.textAlign = 'center';
    c.fillText(label, Math.max(half, Math.min(width - half, x)), 20);
  }
  return note;
}

class Key {
  constructor(element, scene) {
    this.element = element;
    this.scene = scene;
    this.bars = [];
    this.buttons = [];
    for (const layer of scene.layers) this.add(layer);
    element.hidden = !element.childElementCount;
    this.refresh();
  }

  section(title) {
    const section = document.createElement('section'), heading = document.createElement('h2');
    heading.textContent = title;
    if (title) section.append(heading);
    this.element.append(section);
    return section;
  }

  add(layer) {
    const given = layer.given;
    if (layer.groups) {
      const section = this.section(given.categories.label), names = document.createElement('div');
      names.className = 'names';
      const counts = new Float64Array(layer.groupNames.length);
      for (const g of layer.groups) ++counts[g];
      layer.groupNames.forEach((name, g) => names.append(this.button(name, counts[g], {
        icon: () => markIcon(categoryMarker(g), categoryColor(g)), shown: () => !layer.hidden[g],
        set: (on) => { layer.hidden[g] = on ? 0 : 1; }, family: layer,
      })));
      section.append(names);
    } else if (layer.name) {
      if (!this.layersSection) {
        this.layersSection = this.section('');
        this.layersSection.className = 'names';
      }
      const line = layer.kind === 'lines' || layer.kind === 'segments';
      this.layersSection.append(this.button(layer.name, layer.kind === 'cells' ? 0 : given.said || layer.count, {
        icon: () => layer.kind === 'cells' || layer.values ? markIcon('square', layer.scale.table[128])
          : markIcon('circle', layer.kind === 'points' ? layer.color(0) : layer.color(), line ? 'line' : 'mark'),
        shown: () => layer.visible, set: (on) => { layer.visible = on; }, family: this,
      }));
    }
    if (layer.scale) {
      const section = this.section((given.values || given).label || 'value'), canvas = document.createElement('canvas'), note = document.createElement('p');
      const { low, high } = layer.scale.given;
      canvas.setAttribute('role', 'img');
      canvas.setAttribute('aria-label', `Colours from ${numberText(low)} to ${numberText(high)}`);
      section.append(canvas, note);
      this.bars.push({ canvas, note, layer });
    }
  }

  missing(layer) {
    if (layer.lacking === undefined) {
      layer.lacking = 0;
      for (const value of layer.values || layer.data) layer.lacking += layer.scale.lacks(value) ? 1 : 0;
    }
    return layer.lacking && layer.values ? countText(layer.lacking) + ' without a value: grey' : '';
  }

  button(name, count, entry) {
    const button = document.createElement('button'), label = document.createElement('span');
    button.type = 'button';
    label.className = 'name';
    label.textContent = name === '' ? '(empty)' : name;
    button.title = name;
    button.append(entry.icon(), label);
    if (count) {
      const number = document.createElement('span');
      number.className = 'count';
      number.textContent = typeof count === 'string' ? count : countText(count);
      button.append(number);
    }
    Object.assign(entry, { button, name });
    this.buttons.push(entry);
    button.addEventListener('click', (event) => this.toggle(entry, event.shiftKey));
    return button;
  }

  toggle(entry, alone) {
    const family = this.buttons.filter((other) => other.family === entry.family);
    if (alone) {
      const already = family.every((other) => other.shown() === (other === entry));
      for (const other of family) other.set(already || other === entry);
    } else {
      entry.set(!entry.shown());
    }
    this.refresh();
    this.scene.request();
  }

  // After a click, a change of size or of the colours of the page.
  refresh() {
    for (const entry of this.buttons) {
      entry.button.setAttribute('aria-pressed', String(entry.shown()));
      entry.button.querySelector('svg').replaceWith(entry.icon());
    }
    const ratio = window.devicePixelRatio || 1;
    for (const { canvas, note, layer } of this.bars) {
      const width = canvas.clientWidth;
      if (!width) continue;
      canvas.width = width * ratio;
      canvas.height = 44 * ratio;
      const c = canvas.getContext('2d');
      c.scale(ratio, ratio);
      c.translate(0, 1);
      const { beyond_low: below, beyond_high: above } = layer.scale.given;
      const cut = below + above > 0 ? countText(below + above) + ' beyond the ends' : '';
      note.textContent = [paintBar(c, layer.scale, width, Frame.prototype), cut, this.missing(layer)].filter((t) => t).join('; ');
    }
  }
}
