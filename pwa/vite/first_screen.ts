/**
 * Which modules the first screen needs: those that the page reaches without a dynamic import. They
 * become one file, because each of many small ones is packed by itself and weighs more.
 */
interface Module {
  readonly isEntry: boolean
  readonly importers: readonly string[]
}

interface Graph {
  getModuleInfo(id: string): Module | null
}

/** Return the name of a module's file; null leaves it to the bundler. */
export function fileOf(id: string, graph: Graph): string | null {
  return isOnFirstScreen(id, graph, new Set()) ? 'first' : null
}

function isOnFirstScreen(id: string, graph: Graph, seen: Set<string>): boolean {
  if (seen.has(id)) return false
  seen.add(id)
  const module = graph.getModuleInfo(id)
  if (module === null) return false
  return module.isEntry || module.importers.some((one) => isOnFirstScreen(one, graph, seen))
}
