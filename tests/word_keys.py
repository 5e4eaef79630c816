"""The words of the console as its sources have them: their keys, which nobody should ever see."""

import re

from paidan.entrypoints.api.words import all_words
from paidan.entrypoints.console_build import CONSOLE

WORD = re.compile(r"^  (\w+): \[(.*?)\],\n", re.MULTILINE | re.DOTALL)
TEXT = re.compile(r"""'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)\"""")

# What a counterpart calls its own methods is no word of ours: such places say translate="no". The icons' library names them itself.
SHOWN_KEYS = r"""keys => {
  const known = new Set(keys), found = []
  const isKey = text => known.has(text) || /^[a-z]+(_[a-z]+)+$|\{\{\w+\}\}/.test(text)
  const look = (text, element) => { if (isKey(text) && !element.closest('[translate=no], .anticon')) found.push(text) }
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  while (texts.nextNode()) {
    const { parentElement: element, textContent } = texts.currentNode
    if (element && !['SCRIPT', 'STYLE'].includes(element.tagName)) look(textContent.trim(), element)
  }
  for (const name of ['aria-label', 'title', 'placeholder', 'alt'])
    for (const element of document.querySelectorAll(`[${name}]`)) look(element.getAttribute(name).trim(), element)
  return found
}"""
"""JavaScript: given `word_keys()`, every key that stands on the page, as a text, a name or a hint."""


def word_keys() -> list[str]:
    """Every key that is no text of any word, here or at the server: those could be meant."""
    keys: set[str] = set()
    texts = {text for words in all_words().values() for word in words for text in (word.zh, word.en)}
    for file in (CONSOLE / "src").rglob("*.ts*"):
        source = file.read_text(encoding="utf-8")
        if "defineWords(" not in source and "const WORDS" not in source:
            continue
        for key, given in WORD.findall(source):
            keys.add(key)
            texts.update(one or other for one, other in TEXT.findall(given))
    return sorted(keys - texts)
