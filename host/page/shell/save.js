// What is shown as a PNG, with title and key, at the screen's resolution.

function savePicture(scene, key) {
  const { frame, width, height, canvas } = scene, ratio = frame.ratio, pad = 14, side = key.element.hidden ? 0 : 210;
  const sheet = document.createElement('canvas'), c = sheet.getContext('2d'), head = 40;
  sheet.width = Math.round((width + side + 2 * pad) * ratio);
  sheet.height = Math.round((height + head + 2 * pad) * ratio);
  c.scale(ratio, ratio);
  c.fillStyle = theme.paper;
  c.fillRect(0, 0, width + side + 2 * pad, height + head + 2 * pad);
  c.fillStyle = theme.ink;
  c.font = frame.font(17, '600');
  c.textBaseline = 'top';
  c.fillText(shortened(c, spec.title, width + side), pad, pad);
  c.drawImage(canvas, pad, pad + head, width, height);
  if (side) paintKey(c, scene, key, pad + width + 12, pad + head, side - 12, height);
  sheet.toBlob((blob) => {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(blob);
    link.download = (spec.title.replace(/[^\p{L}\p{N}._-]+/gu, '-').replace(/^-+|-+$/g, '') || 'picture').slice(0, 100) + '.png';
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    byId('said').textContent = 'Saved ' + link.download;
  }, 'image/png');
}

function paintKey(c, scene, key, x, y, width, height) {
  const text = (line, size, color, at, weight) => {
    c.font = scene.frame.font(size, weight);
    c.fillStyle = color;
    c.textAlign = 'left';
    c.textBaseline = 'top';
    c.fillText(shortened(c, line, width - (at - x)), at, y);
  };
  const bottom = y + height;
  for (const { layer } of key.bars) {
    text((layer.given.values || layer.given).label || 'value', 13, theme.ink, x, '600');
    c.save();
    c.translate(x, y + 20);
    const note = paintBar(c, layer.scale, width, scene.frame);
    c.restore();
    y += 56;
    if (note) { text(note, 11, theme.faint, x); y += 18; }
  }
  let family = null;
  for (const entry of key.buttons.filter((b) => b.shown())) {
    if (y > bottom - 18) { text('\u2026', 13, theme.ink, x); break; }
    if (entry.family !== family && entry.family.groups) {
      text(entry.family.given.categories.label, 13, theme.ink, x, '600');
      y += 22;
    }
    family = entry.family;
    const path = entry.icon().firstChild, outline = new Path2D(path.getAttribute('d'));
    c.save();
    c.translate(x + 8, y + 8);
    if (path.getAttribute('fill') === 'none') { c.strokeStyle = path.getAttribute('stroke'); c.lineWidth = 2; c.stroke(outline); }
    else { c.fillStyle = path.getAttribute('fill'); c.fill(outline); }
    c.restore();
    text(entry.name, 13, theme.ink, x + 22);
    y += 20;
  }
}
