// Runs before the first paint so that the page never flashes in the wrong theme. It is a file of its own because
// the Content-Security-Policy forbids inline scripts.
(function () {
  var choice = null;
  try {
    choice = window.localStorage.getItem('logstead.theme');
  } catch {
    // Storage is closed to us: the system's preference decides.
  }
  var dark =
    choice === 'dark' || (choice !== 'light' && window.matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light');
})();
