// PostGraphile: GraphQL executed in this process, without HTTP, by its simple
// lists with the filter plugin; links by the mutations that it makes.

import { grafast } from "grafast";
import { makeSchema } from "postgraphile";
import { makePgService } from "postgraphile/adaptors/pg";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";
import { PostGraphileConnectionFilterPreset } from "postgraphile-plugin-connection-filter";
import { MANY, connection, main } from "./worker.mjs";

const { schema, resolvedPreset } = await makeSchema({
  extends: [PostGraphileAmberPreset, PostGraphileConnectionFilterPreset],
  pgServices: [makePgService({
    connectionString: `postgres://postgres@/bench?host=${encodeURIComponent(connection.host)}`,
    schemas: ["public"],
    poolConfig: { max: 1 },
  })],
  schema: { defaultBehavior: "-connection +list +query:resource:list" },
});

const authorFields = "rowId name email active created";
const postFields = "rowId authorId title body created price";
const posts = (more) => `posts: postsByAuthorIdList(orderBy: ROW_ID_ASC) { ${postFields} ${more} }`;
const deep = posts(`links: postCategoriesByPostIdList(orderBy: CATEGORY_ID_ASC) {
  category: categoryByCategoryId { rowId name slug } }`);
const list = (name, count, fields) => `query ($key: BigInt!) {
  rows: ${name}(filter: { rowId: { greaterThan: $key } }, orderBy: ROW_ID_ASC, first: ${count}) { ${fields} } }`;
const sources = {
  w1: `query ($key: BigInt!) { rows: authorByRowId(rowId: $key) { ${authorFields} ${deep} } }`,
  w2: list("allAuthorsList", 50, `${authorFields} ${deep}`),
  w3: list("allAuthorsList", MANY, `${authorFields} ${posts("")}`),
  w5: list("allPostsList", 1000, `${postFields} author: authorByAuthorId { ${authorFields} }`),
  add: `mutation ($key: BigInt!, $other: BigInt!) {
    createPostCategory(input: { postCategory: { postId: $key, categoryId: $other } }) { clientMutationId } }`,
  remove: `mutation ($key: BigInt!, $other: BigInt!) {
    deletePostCategoryByPostIdAndCategoryId(input: { postId: $key, categoryId: $other }) { clientMutationId } }`,
};

async function execute(source, variableValues) {
  const result = await grafast({ schema, source, variableValues, resolvedPreset, requestContext: {} });
  if (result.errors) throw result.errors[0].originalError ?? result.errors[0];
  return result.data.rows;
}

const names = { rowId: "id", authorId: "author_id" };

function plain(value) {
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== "object") return value;
  const row = {};
  for (const [name, item] of Object.entries(value)) {
    if (name === "links") row.categories = item.map((one) => plain(one.category));
    else row[names[name] ?? name] = plain(item);
  }
  return row;
}

const form = {};
for (const workload of ["w1", "w2", "w3", "w5"]) {
  form[workload] = (key) => execute(sources[workload], { key: String(key) });
}
for (const verb of ["add", "remove"]) {
  form[verb] = ([one, two]) => execute(sources[verb], { key: String(one), other: String(two) });
}

await main({ list: form }, plain);
