// Drizzle: relational queries, prepared; links by onConflictDoNothing.

import { and, eq, relations, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import { bigint, boolean, numeric, pgTable, primaryKey, text, timestamp } from "drizzle-orm/pg-core";
import pg from "pg";
import { MANY, connection, main } from "./worker.mjs";

const id = (name) => bigint(name, { mode: "number" });
const author = pgTable("author", {
  id: id("id").primaryKey(),
  name: text("name"),
  email: text("email"),
  active: boolean("active"),
  created: timestamp("created", { withTimezone: true }),
});
const category = pgTable("category", { id: id("id").primaryKey(), name: text("name"), slug: text("slug") });
const post = pgTable("post", {
  id: id("id").primaryKey(),
  author_id: id("author_id"),
  title: text("title"),
  body: text("body"),
  created: timestamp("created", { withTimezone: true }),
  price: numeric("price", { precision: 12, scale: 2 }),
});
const link = pgTable("post_category", { post_id: id("post_id"), category_id: id("category_id") },
  (t) => [primaryKey({ columns: [t.post_id, t.category_id] })]);
const schema = {
  author, category, post, link,
  authorRelations: relations(author, ({ many }) => ({ posts: many(post) })),
  postRelations: relations(post, ({ one, many }) => ({
    author: one(author, { fields: [post.author_id], references: [author.id] }),
    links: many(link),
  })),
  linkRelations: relations(link, ({ one }) => ({
    post: one(post, { fields: [link.post_id], references: [post.id] }),
    category: one(category, { fields: [link.category_id], references: [category.id] }),
  })),
};

const pool = new pg.Pool(connection);
const db = drizzle(pool, { schema });
const key = sql.placeholder("key");
const other = sql.placeholder("other");
const byId = (t, { asc }) => asc(t.id);
const deep = {
  posts: {
    orderBy: byId,
    with: { links: { columns: {}, orderBy: (t, { asc }) => asc(t.category_id), with: { category: true } } },
  },
};
const after = (t, { gt }) => gt(t.id, key);

const w1 = db.query.author.findFirst({ where: (t) => eq(t.id, key), with: deep }).prepare("w1");
const w2 = db.query.author.findMany({ where: after, orderBy: byId, limit: 50, with: deep }).prepare("w2");
const w3 = db.query.author.findMany({ where: after, orderBy: byId, limit: MANY, with: { posts: { orderBy: byId } } })
  .prepare("w3");
const w5 = db.query.post.findMany({ where: after, orderBy: byId, limit: 1000, with: { author: true } }).prepare("w5");
const add = db.insert(link).values({ post_id: key, category_id: other }).onConflictDoNothing().prepare("add");
const remove = db.delete(link).where(and(eq(link.post_id, key), eq(link.category_id, other))).prepare("remove");

function plain(value) {
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== "object" || value instanceof Date) return value;
  const { links, ...row } = value;
  for (const name of ["posts", "author"]) if (name in row) row[name] = plain(row[name]);
  if (links) row.categories = links.map((one) => one.category);
  return row;
}

await main({
  orm: {
    w1: (value) => w1.execute({ key: value }),
    w2: (value) => w2.execute({ key: value }),
    w3: (value) => w3.execute({ key: value }),
    w5: (value) => w5.execute({ key: value }),
    add: ([one, two]) => add.execute({ key: one, other: two }),
    remove: ([one, two]) => remove.execute({ key: one, other: two }),
  },
}, plain);
