type Child = Node | string

interface Options {
  class?: string
  on?: Partial<Record<string, (event: Event) => void>>
  attributes?: Record<string, string>
}

/** An element with its children; text stays text. */
export function el<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  options: Options = {},
  ...children: Child[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name)
  if (options.class) element.className = options.class
  for (const [key, value] of Object.entries(options.attributes ?? {})) element.setAttribute(key, value)
  for (const [event, listener] of Object.entries(options.on ?? {})) if (listener) element.addEventListener(event, listener)
  element.append(...children)
  return element
}
