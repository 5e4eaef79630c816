import type { FormField, Values } from './form-fields'

/** Nothing, in whichever way a form or an answer says it, is the same. */
const told = (value: unknown) =>
  JSON.stringify(value === undefined || value === '' || (Array.isArray(value) && value.length === 0) ? null : value)
const differs = (a: Values, b: Values, name: string) => told(a[name]) !== told(b[name])

/** Fields that both sides changed, and not to the same. */
export function clashesOf(fields: readonly FormField[], base: Values, mine: Values, now: Values): FormField[] {
  return fields.filter(({ name }) => differs(base, mine, name) && differs(base, now, name) && differs(mine, now, name))
}

/** Three-way: what only one side changed is taken; of the rest, what was chosen. What is no field of the form, such as the version, is as it is now. */
export function mergedOf(
  fields: readonly FormField[],
  base: Values,
  mine: Values,
  now: Values,
  keepMine: ReadonlySet<string>,
): Values {
  const clash = new Set(clashesOf(fields, base, mine, now).map(({ name }) => name))
  const kept = fields.filter(({ name }) => (clash.has(name) ? keepMine.has(name) : differs(base, mine, name)))
  return { ...now, ...Object.fromEntries(kept.map(({ name }) => [name, mine[name]])) }
}
