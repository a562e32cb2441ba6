// What every JavaScript peer shares: it reads commands as lines of JSON and
// answers by a line each.  A peer gives its forms, {name: {workload: function of
// a key}}, and a function that makes plain objects of what they return.

import { createInterface } from "node:readline";

export const MANY = Number(process.env.BENCH_MANY);
export const connection = { host: process.env.PGHOST, user: "postgres", database: "bench", max: 1 };

// The functions of one request: a link is added and removed again.
const steps = (form, workload) => (workload === "w7" ? [form.add, form.remove] : [form[workload]]);

async function run(functions, keys, seconds) {
  const times = [];
  const end = performance.now() + seconds * 1000;
  do {
    const key = keys[times.length % keys.length];
    const start = process.hrtime.bigint();
    for (const one of functions) await one(key);
    times.push(Number((process.hrtime.bigint() - start) / 1000n));
  } while (performance.now() < end);
  return times;
}

export async function main(forms, plain = (value) => value) {
  const out = (value) => process.stdout.write(JSON.stringify(value) + "\n");
  out(Object.fromEntries(Object.entries(forms).map(([name, form]) => [name, Object.keys(form)])));
  for await (const line of createInterface({ input: process.stdin })) {
    const command = JSON.parse(line);
    const form = forms[command.form];
    try {
      out({
        answer: command.do === "run"
          ? await run(steps(form, command.workload), command.keys, command.seconds)
          : plain(await form[command.workload](command.key)) ?? null,
      });
    } catch (error) {
      out({ error: String(error.message ?? error).slice(0, 2000) });
    }
  }
  process.exit(0);
}
