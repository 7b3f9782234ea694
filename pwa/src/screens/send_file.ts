/** "Send as file": another way out for what is not with the office. */
import { asFiles } from '../state/outbox.svelte'

/** Hand the signed files to the phone's own share sheet; where there is none, save them. */
export async function sendFile(): Promise<void> {
  const files = [...(await asFiles())]
  if (files.length === 0) return
  if ('canShare' in navigator && navigator.canShare({ files })) {
    try {
      await navigator.share({ files })
      return
    } catch (error) {
      if (error instanceof DOMException && error.name === 'AbortError') return
      // Sharing was refused: saving always works.
    }
  }
  for (const file of files) saveFile(file)
}

function saveFile(file: File): void {
  const address = URL.createObjectURL(file)
  const link = document.createElement('a')
  link.href = address
  link.download = file.name
  link.click()
  setTimeout(() => {
    URL.revokeObjectURL(address)
  }, 60_000)
}
