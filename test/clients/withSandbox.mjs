// Runs a command in a fresh sandbox: `node test/clients/withSandbox.mjs <command> [argument...]`. The command finds
// every variable that the server needs in its environment, as JSON in SANDBOX_ENV, and the endpoint in SANDBOX_ENDPOINT.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

const [command, ...words] = process.argv.slice(2);
const sandbox = spawn(process.execPath, ['dist/main.js', 'sandbox'], { stdio: ['pipe', 'pipe', 'inherit'] });
for await (const line of createInterface(sandbox.stdout)) {
  const { endpoint, env } = JSON.parse(line);
  const variables = { SANDBOX_ENV: JSON.stringify(env), SANDBOX_ENDPOINT: endpoint };
  const child = spawn(command, words, { stdio: 'inherit', env: { ...process.env, ...env, ...variables } });
  process.exitCode = await new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
  break;
}
sandbox.stdin.end();
