/** A line that says what is being done, where a person is looking; nothing elsewhere. */
export interface Progress {
  say(text: string): void;
  clear(): void;
}

export function createProgress(stream: NodeJS.WriteStream, quiet: boolean): Progress {
  if (quiet || !stream.isTTY) return { say: () => undefined, clear: () => undefined };
  const erase = '\r\u001b[2K';
  return {
    say: (text) => void stream.write(`${erase}${text.slice(0, (stream.columns ?? 80) - 4)} …`),
    clear: () => void stream.write(erase),
  };
}
