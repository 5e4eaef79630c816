"""Runs typst, in a process of its own: typst keeps what it has set for the next time, memory and receivers alike, and a process forgets both.

Run by its path, it reads one JSON object from standard input (the fields of `Drawing`) and writes the PDF to standard output; NO_FONT as its exit
code says that Chinese is to be printed and no font has its letters. It imports nothing of Paidan, so that it starts quickly.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

NO_FONT = 3
TIMEOUT_S = 120
FAMILIES = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "Microsoft YaHei",
    "PingFang SC",
    "Hiragino Sans GB",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "SimHei",
    "SimSun",
    "Droid Sans Fallback",
)
"""Fonts with Chinese letters, the best first."""
_IDEOGRAPHS = "\u2e80"


def draw(
    template: str, data: dict[str, Any], *, printed_at: int, font_folder: str = "", is_tagged: bool = True, use_system_fonts: bool = True
) -> bytes | None:
    """The PDF that the template makes of the data; None when it needs Chinese letters and no font has them.

    `printed_at`: seconds since 1970, the file's own time. Raises RuntimeError, without what was to be drawn, when it can't be drawn at all.
    """
    asked = {
        "template": template,
        "data": data,
        "printed_at": printed_at,
        "font_folder": font_folder,
        "is_tagged": is_tagged,
        "use_system_fonts": use_system_fonts,
    }
    command = [sys.executable, "-I", str(Path(__file__).resolve())]
    done = subprocess.run(command, input=json.dumps(asked).encode(), capture_output=True, timeout=TIMEOUT_S, check=False)  # noqa: S603 - our own file
    if done.returncode == NO_FONT:
        return None
    if done.returncode != 0:
        raise RuntimeError(f"typst ended with {done.returncode}")
    return done.stdout


def find_family(there: list[str]) -> str:
    """The best font for Chinese letters among these; empty when there is none."""
    names = {family.casefold() for family in there}
    return next((family for family in FAMILIES if family.casefold() in names), "")


def _answer(asked: dict[str, Any]) -> bytes | None:
    import typst

    folder = asked["font_folder"]
    fonts = typst.Fonts(include_system_fonts=asked["use_system_fonts"], font_paths=[folder] if folder else [])
    family = find_family(fonts.families())
    data = json.dumps({**asked["data"], "font": family}, ensure_ascii=False)
    if not family and max(data) >= _IDEOGRAPHS:
        return None
    compiler = typst.Compiler(asked["template"].encode(), font_paths=fonts, sys_inputs={"data": data})
    written = compiler.compile(format="pdf", timestamp=asked["printed_at"], pdf_tags=asked["is_tagged"])
    return written if isinstance(written, bytes) else None


if __name__ == "__main__":
    pdf = _answer(json.load(sys.stdin.buffer))
    if pdf is None:
        sys.exit(NO_FONT)
    sys.stdout.buffer.write(pdf)
