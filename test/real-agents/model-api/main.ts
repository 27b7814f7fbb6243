// A model API to try agents with by hand: node test/real-agents/model-api/main.ts [PORT]
import { startModelApi } from './model-api.ts';

const secret = process.env['FAKE_SECRET'] ?? 'secret';
const { url } = await startModelApi(secret, {
  port: Number(process.argv[2] ?? 0),
  seen: ({ method, path, status, model, credentials }) =>
    console.log(JSON.stringify({ method, path, status, model, credentials })),
});
console.log(`${url} takes the credential ${secret}`);
