// Fails with one line when an npm script does not run under the Node that the project brings.
// The `node` npm package puts Node 24 first on the PATH of every npm script.
const major = Number(process.versions.node.split('.')[0]);
if (major < 24) {
  process.stderr.write(
    `This needs Node 24, and runs under ${process.version}. Run "npm ci" (it installs Node 24 into node_modules) and use npm scripts or npx.\n`,
  );
  process.exit(1);
}
