// Every word of the console is said somewhere. Fails and lists the keys that stand nowhere where a key of their subject is asked for, and that no
// call of `t` or `say` can have by the type of what it is given.
import { relative } from 'node:path'
import ts from 'typescript'

const root = new URL('..', import.meta.url).pathname
const host = {
  ...ts.sys,
  onUnRecoverableConfigFileDiagnostic(problem) {
    throw new Error(ts.flattenDiagnosticMessageText(problem.messageText, '\n'))
  },
}
const config = ts.getParsedCommandLineOfConfigFile(`${root}tsconfig.json`, { noEmit: true }, host)
const program = ts.createProgram(config.fileNames, config.options)
const checker = program.getTypeChecker()
const sources = program.getSourceFiles().filter((file) => !file.fileName.includes('/node_modules/'))
const isTest = (file) => file.fileName.includes('.test.')

/** The words of one subject by the fingerprint of their keys: which file has them, and which keys nobody has said yet. */
const subjects = new Map()
const fingerprint = (keys) => [...keys].sort().join(' ')

function note(file, words) {
  const keys = words.properties.map((property) => property.name.text)
  const print = fingerprint(keys)
  if (subjects.has(print)) throw new Error(`${file.fileName}: another subject has the very same keys`)
  subjects.set(print, { file, unsaid: new Set(keys), count: keys.length })
}

function findWords(node, file) {
  if (ts.isCallExpression(node) && node.expression.getText() === 'defineWords') note(file, node.arguments[1])
  // The scan page brings no library for its words.
  if (ts.isVariableDeclaration(node) && node.name.getText() === 'WORDS') {
    let given = node.initializer
    while (!ts.isObjectLiteralExpression(given)) given = given.expression
    note(file, given)
  }
  ts.forEachChild(node, (child) => findWords(child, file))
}

const prints = new Map()

/** The subject of which this type is any key. */
function subjectOf(type) {
  if (!type?.isUnion()) return undefined
  if (!prints.has(type)) {
    const types = type.types.filter((one) => !(one.flags & (ts.TypeFlags.Undefined | ts.TypeFlags.Null)))
    const isKeys = types.every((one) => one.isStringLiteral())
    prints.set(type, isKeys ? fingerprint(types.map((one) => one.value)) : '')
  }
  return subjects.get(prints.get(type))
}

/** Take away what this type can be. */
function said(subject, type) {
  if (subjectOf(type) === subject) return // any key: says nothing
  if (type.isUnion()) for (const one of type.types) said(subject, one)
  else if (type.isStringLiteral()) subject.unsaid.delete(type.value)
  else if (type.flags & ts.TypeFlags.TemplateLiteral) {
    const form = new RegExp(`^${type.texts.join('.*')}$`)
    for (const key of subject.unsaid) if (form.test(key)) subject.unsaid.delete(key)
  }
}

function findSaid(node) {
  if (ts.isCallExpression(node) && node.arguments.length > 0) {
    const parameters = checker.getResolvedSignature(node)?.parameters ?? []
    for (const [at, parameter] of parameters.entries()) {
      const argument = node.arguments[at]
      const subject = argument && subjectOf(checker.getTypeOfSymbolAtLocation(parameter, node))
      if (subject) said(subject, checker.getTypeAtLocation(argument))
    }
  }
  if (ts.isStringLiteralLike(node)) subjectOf(checker.getContextualType(node))?.unsaid.delete(node.text)
  ts.forEachChild(node, findSaid)
}

for (const file of sources) if (!isTest(file)) findWords(file, file)
for (const file of sources) if (!isTest(file)) findSaid(file)

const dead = [...subjects.values()].filter((subject) => subject.unsaid.size > 0)
for (const { file, unsaid } of dead)
  process.stderr.write(`${relative(root, file.fileName)}: nobody says ${[...unsaid].join(', ')}\n`)
const count = [...subjects.values()].reduce((sum, subject) => sum + subject.count, 0)
process.stdout.write(`${count} words of ${subjects.size} subjects\n`)
if (dead.length > 0 || count === 0) process.exit(1)
