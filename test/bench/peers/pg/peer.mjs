// The plain driver: corm, JSON made by hand in SQL, and rows put together here.

import { execFileSync } from "node:child_process";
import pg from "pg";
import { MANY, connection, main } from "./worker.mjs";

// The same statements as in Python.
const texts = JSON.parse(execFileSync("python3", ["-c", `
import json, statements
print(json.dumps([statements.corm_statements(${MANY}), statements.json_statements(${MANY}),
                  statements.row_statements(${MANY})]))`]));
const number = (text) => text.replaceAll("{0}", "$1").replaceAll("{1}", "$2");

pg.types.setTypeParser(pg.types.builtins.INT8, Number);
const client = new pg.Client(connection);
await client.connect();

const names = new Map();
const fetch = async (text, ...values) => {
  if (!names.has(text)) names.set(text, "s" + names.size);
  return (await client.query({ name: names.get(text), text, values, rowMode: "array" })).rows;
};

function documents(set, value) {
  const form = {};
  for (const workload of ["w1", "w2", "w3", "w5"]) {
    const text = number(set[workload]);
    form[workload] = async (key) => {
      const rows = await fetch(text, value(workload, key));
      return workload === "w1" ? rows[0][0] : rows.map((row) => row[0]);
    };
  }
  for (const verb of ["add", "remove"]) {
    const text = number(set[verb]);
    form[verb] = (key) => fetch(text, ...key);
  }
  return form;
}

const author = ([id, name, email, active, created]) => ({ id, name, email, active, created });
const post = ([id, author_id, title, body, created, price]) => ({ id, author_id, title, body, created, price });

function rows(set) {
  const form = {};
  const posts = number(set.posts);
  const categories = number(set.categories);
  for (const workload of ["w1", "w2", "w3"]) {
    const root = number(set[workload][0]);
    const deep = set[workload].includes("categories");
    form[workload] = async (key) => {
      const result = (await fetch(root, key)).map((row) => ({ ...author(row), posts: [] }));
      const byAuthor = new Map(result.map((one) => [one.id, one.posts]));
      const children = (await fetch(posts, [...byAuthor.keys()])).map(post);
      for (const child of children) byAuthor.get(child.author_id).push(child);
      if (deep) {
        const byPost = new Map();
        for (const child of children) byPost.set(child.id, (child.categories = []));
        for (const [id, key, name, slug] of await fetch(categories, [...byPost.keys()])) {
          byPost.get(id).push({ id: key, name, slug });
        }
      }
      return workload === "w1" ? result[0] : result;
    };
  }
  const text = number(set.w5[0]);
  form.w5 = async (key) => (await fetch(text, key)).map((row) => ({ ...post(row), author: author(row.slice(6)) }));
  return form;
}

await main({
  corm: documents(texts[0], (workload, key) => (workload === "w1" ? { id: key } : { id__gt: key })),
  json: documents(texts[1], (workload, key) => key),
  rows: rows(texts[2]),
});
