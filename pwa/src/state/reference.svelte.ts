/** Projects and people as this phone last heard of them. */
import { fetchFact, RECENT_PROJECTS, REFERENCE } from '../store/meta'
import { follow } from './local.svelte'

export interface Task {
  readonly id: string
  readonly name: string
}

export interface Project {
  readonly id: string
  readonly name: string
  readonly tasks: readonly Task[]
  readonly isBillable: boolean
  readonly isClosed: boolean
}

export interface PersonRef {
  readonly id: string
  readonly name: string
}

interface Known {
  readonly projects: readonly Project[]
  readonly people: readonly PersonRef[]
  readonly recent: readonly string[]
  readonly readAt: number | null
}

let known = $state.raw<Known>({ projects: [], people: [], recent: [], readAt: null })

export const reference = {
  /** By name; closed ones too. */
  get projects(): readonly Project[] {
    return known.projects
  },
  get people(): readonly PersonRef[] {
    return known.people
  },
  /** The projects this person used last, newest first, at most six, open ones only. */
  get recentProjects(): readonly Project[] {
    return known.recent
      .flatMap((id) => known.projects.find((project) => project.id === id) ?? [])
      .filter(({ isClosed }) => !isClosed)
  },
  /** When the list was last brought up to date; null when never. */
  get readAt(): number | null {
    return known.readAt
  },
}

follow(async ({ database }) => {
  const { projects, people, readAt } = await fetchFact(database, REFERENCE)
  const collator = new Intl.Collator()
  known = {
    projects: projects
      .map(({ id, name, tasks, billable, closed }) => ({
        id,
        name,
        tasks,
        isBillable: billable,
        isClosed: closed,
      }))
      .sort((one, other) => collator.compare(one.name, other.name)),
    people,
    recent: await fetchFact(database, RECENT_PROJECTS),
    readAt,
  }
})
