/**
 * antd takes the nonce for its own styles, but some of its parts (the scroll lock of dialogs, the measuring of scrollbars) make style elements
 * without it, and the policy refuses them. So every style element of this page carries the nonce from its birth.
 */
export function nonceStyles(nonce: string): void {
  if (!nonce) return
  const create = document.createElement.bind(document)
  document.createElement = ((name: string, options?: ElementCreationOptions) => {
    const element = create(name, options)
    if (name.toLowerCase() === 'style') element.nonce = nonce
    return element
  }) as typeof document.createElement
}
