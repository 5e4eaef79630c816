type Child = Node | string | null | false

interface Options {
  class?: string
  click?: () => void
  on?: Partial<Record<string, (event: Event) => void>>
  attributes?: Record<string, string>
}

/** An element with its children; text stays text, null and false are left out. */
export function el<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  options: Options = {},
  ...children: Child[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name)
  if (options.class) element.className = options.class
  if (options.click) element.addEventListener('click', options.click)
  for (const [key, value] of Object.entries(options.attributes ?? {})) element.setAttribute(key, value)
  for (const [event, listener] of Object.entries(options.on ?? {}))
    if (listener) element.addEventListener(event, listener)
  element.append(...children.filter((child) => child !== null && child !== false))
  return element
}

/** A button that keeps the form around it from being sent. */
export function button(text: string, click: () => void, kind = ''): HTMLButtonElement {
  return el('button', { class: kind, click, attributes: { type: 'button' } }, text)
}
