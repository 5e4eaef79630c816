import type { FieldKind, FormField, Values } from './form-fields'

/** A list or pairs of which there are none. */
const isEmpty = (value: unknown) => typeof value === 'object' && value !== null && Object.keys(value).length === 0

/** Nothing, in whichever way a form or an answer says it, is the same; so are the same choices, in whichever order they were made. */
function told(kind: FieldKind, value: unknown): string {
  const isNothing = value === undefined || value === '' || isEmpty(value)
  if (isNothing) return JSON.stringify(null)
  return JSON.stringify(kind === 'many' && Array.isArray(value) ? value.map(String).sort() : value)
}

/** Whether a field says something else in one than in the other. */
const differs = ({ name, kind }: FormField, a: Values, b: Values) => told(kind, a[name]) !== told(kind, b[name])

/** Whether any field says something else. */
export const isChanged = (fields: readonly FormField[], base: Values, mine: Values): boolean =>
  fields.some((field) => differs(field, base, mine))

/** Fields that both sides changed, and not to the same. */
export function clashesOf(fields: readonly FormField[], base: Values, mine: Values, now: Values): FormField[] {
  return fields.filter((field) => differs(field, base, mine) && differs(field, base, now) && differs(field, mine, now))
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
  const kept = fields.filter((field) => (clash.has(field.name) ? keepMine.has(field.name) : differs(field, base, mine)))
  return { ...now, ...Object.fromEntries(kept.map(({ name }) => [name, mine[name]])) }
}
