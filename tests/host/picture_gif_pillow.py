"""An animation as Pillow reads it: `picture_gif_pillow.py PICTURE_GIF_TEST`. Skips where Pillow is absent."""
import os
import subprocess
import sys
import tempfile

try:
    from PIL import Image
except ImportError:
    if sys.executable != "/usr/bin/python3" and os.path.exists("/usr/bin/python3"):
        os.execv("/usr/bin/python3", ["/usr/bin/python3", *sys.argv])  # the one that Debian's packages belong to
    print("skipped: Pillow is not installed (Debian: apt-get install python3-pil)")
    sys.exit(77)

with tempfile.TemporaryDirectory(prefix="sluice_gif_") as folder:
    environment = {k: v for k, v in os.environ.items() if k != "GTEST_OUTPUT"}
    subprocess.run([sys.argv[1], "--gtest_filter=Gif.SampleForAnotherReader", "--gtest_brief=1"], check=True,
                   env={**environment, "SLUICE_GIF_SAMPLE": folder})
    animation = Image.open(os.path.join(folder, "sample.gif"))
    with open(os.path.join(folder, "sample.raw"), "rb") as file:
        raw = file.read()
    size = 61 * 47 * 3
    assert len(raw) == 9 * size and animation.n_frames == 9 and animation.size == (61, 47), animation
    assert animation.info["loop"] == 0, animation.info
    for k in range(9):
        animation.seek(k)
        assert animation.info["duration"] == 70, animation.info
        assert animation.convert("RGB").tobytes() == raw[k * size:(k + 1) * size], f"frame {k} differs"
    print("9 frames are as written")
