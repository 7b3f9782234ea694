/** Whether there is room for a list and, beside it, what was chosen from it. */

const media = matchMedia('(min-width: 900px) and (min-height: 30em)')
let isWide = $state(media.matches)

media.addEventListener('change', () => {
  isWide = media.matches
})

export const viewport = {
  get isWide(): boolean {
    return isWide
  },
}
