// Run after adding a package, when the registry in use does not carry every platform: npm then leaves the optional
// packages of other platforms out of the lock file, and `npm ci` refuses that file, on every platform. Their names and
// exact versions stand in their parents' entries; this adds them (without a checksum, which nobody here could know).
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const FILE = fileURLToPath(new URL('../package-lock.json', import.meta.url));
const SYSTEMS = new Set([
  'aix',
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'win32',
]);
const PROCESSORS = new Set([
  'arm',
  'arm64',
  'ia32',
  'loong64',
  'mips64el',
  'ppc64',
  'riscv64',
  's390x',
  'wasm32',
  'x64',
]);

const lock = JSON.parse(readFileSync(FILE, 'utf8'));
const { packages } = lock;
let added = 0;
for (const [path, parent] of Object.entries({ ...packages })) {
  for (const [name, version] of Object.entries(parent.optionalDependencies ?? {})) {
    if (isLocked(path, name)) continue;
    const words = name.split(/[/-]/);
    const os = words.find((word) => SYSTEMS.has(word));
    const cpu = words.find((word) => PROCESSORS.has(word));
    if (!/^\d/.test(version) || (os === undefined && cpu === undefined)) {
      throw new Error(
        `${name} ${version} of ${path} is missing from the lock file and is not one platform's`,
      );
    }
    packages[`node_modules/${name}`] = {
      version,
      ...(cpu && { cpu: [cpu] }),
      ...(parent.dev && { dev: true }),
      ...(parent.license && { license: parent.license }),
      optional: true,
      ...(os && { os: [os] }),
    };
    added++;
  }
}
lock.packages = Object.fromEntries(Object.entries(packages).sort(([a], [b]) => a.localeCompare(b, 'en')));
if (added > 0) writeFileSync(FILE, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`${added} packages of other platforms added to the lock file`);

/** Whether Node's look-up from the folder upwards meets the package. */
function isLocked(folder, name) {
  if (packages[`${folder === '' ? '' : `${folder}/`}node_modules/${name}`] !== undefined) return true;
  if (folder === '') return false;
  const parent = folder.lastIndexOf('node_modules/');
  return isLocked(parent <= 0 ? '' : folder.slice(0, parent - 1), name);
}
