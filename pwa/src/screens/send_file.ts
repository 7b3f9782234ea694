/** "Send as file": another way out for what is not with the office. */
import { asFile } from '../state/outbox.svelte'

/** Hand the signed file to the phone's own share sheet; where there is none, save it. */
export async function sendFile(): Promise<void> {
  const file = await asFile()
  if (file === null) return
  if ('canShare' in navigator && navigator.canShare({ files: [file] })) {
    try {
      await navigator.share({ files: [file] })
      return
    } catch (error) {
      if (error instanceof DOMException && error.name === 'AbortError') return
      // Sharing was refused: saving always works.
    }
  }
  const address = URL.createObjectURL(file)
  const link = document.createElement('a')
  link.href = address
  link.download = file.name
  link.click()
  setTimeout(() => {
    URL.revokeObjectURL(address)
  }, 60_000)
}
