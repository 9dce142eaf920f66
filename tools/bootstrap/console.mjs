/** One line of progress, on stderr so that a command's own output stays clean. */
export function say(line) {
  process.stderr.write(`logstead: ${line}\n`);
}

export function fail(line) {
  say(line);
  process.exit(1);
}
