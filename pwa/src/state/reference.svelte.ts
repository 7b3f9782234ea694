/** Projects and people as this phone last heard of them. */

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
    return known.recent.flatMap((id) => known.projects.find((project) => project.id === id) ?? [])
  },
  /** When the list was last brought up to date; null when never. */
  get readAt(): number | null {
    return known.readAt
  },
}
