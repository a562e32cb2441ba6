// Prisma with its adapter of pg, by both ways to load relations.

import { PrismaPg } from "@prisma/adapter-pg";
import client from "@prisma/client";
import { MANY, connection, main } from "./worker.mjs";

// Named statements are prepared once.
const names = new Map();
const statementNameGenerator = ({ sql }) => {
  if (!names.has(sql)) names.set(sql, "s" + names.size);
  return names.get(sql);
};
const prisma = new client.PrismaClient({ adapter: new PrismaPg(connection, { statementNameGenerator }) });

const order = { id: "asc" };
const deep = {
  posts: {
    orderBy: order,
    include: { links: { select: { category: true }, orderBy: { category_id: "asc" } } },
  },
};

const form = (relationLoadStrategy) => ({
  w1: (id) => prisma.author.findUnique({ relationLoadStrategy, where: { id }, include: deep }),
  w2: (id) => prisma.author.findMany({ relationLoadStrategy, where: { id: { gt: id } }, orderBy: order, take: 50, include: deep }),
  w3: (id) => prisma.author.findMany({
    relationLoadStrategy, where: { id: { gt: id } }, orderBy: order, take: MANY, include: { posts: { orderBy: order } },
  }),
  w5: (id) => prisma.post.findMany({
    relationLoadStrategy, where: { id: { gt: id } }, orderBy: order, take: 1000, include: { author: true },
  }),
  add: ([post_id, category_id]) => prisma.post_category.createMany({ data: [{ post_id, category_id }], skipDuplicates: true }),
  remove: ([post_id, category_id]) => prisma.post_category.deleteMany({ where: { post_id, category_id } }),
});

function plain(value) {
  if (typeof value === "bigint") return Number(value);
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== "object" || value instanceof Date || value.toFixed) return value;
  if (typeof value.count === "number") return value.count;
  const { links, ...row } = value;
  for (const name of Object.keys(row)) row[name] = plain(row[name]);
  if (links) row.categories = links.map((one) => plain(one.category));
  return row;
}

const query = form("query");
const { add, remove, ...join } = form("join");
await main({ query, join }, plain);
