# ormar, by prefetch_related (its select_related joins everything), and corm
# through the same driver, asyncpg.  ormar's link models want a key of their
# own: it gets a copy of the links that has one.

import os
from datetime import datetime
from decimal import Decimal
from typing import List, Optional

import asyncpg
import orjson
import ormar
import sqlalchemy

import statements
from worker import MANY, main

base = ormar.OrmarConfig(
    metadata=sqlalchemy.MetaData(),
    database=ormar.DatabaseConnection(f"postgresql+asyncpg://postgres@/bench?host={os.environ['PGHOST']}"))


class Author(ormar.Model):
    ormar_config = base.copy(tablename="author")
    id: int = ormar.BigInteger(primary_key=True)
    name: str = ormar.Text()
    email: Optional[str] = ormar.Text(nullable=True)
    active: bool = ormar.Boolean()
    created: datetime = ormar.DateTime(timezone=True)


class Category(ormar.Model):
    ormar_config = base.copy(tablename="category")
    id: int = ormar.BigInteger(primary_key=True)
    name: str = ormar.Text()
    slug: str = ormar.Text()


class PostCategory(ormar.Model):
    ormar_config = base.copy(tablename="post_category_ormar")
    id: int = ormar.BigInteger(primary_key=True)


class Post(ormar.Model):
    ormar_config = base.copy(tablename="post")
    id: int = ormar.BigInteger(primary_key=True)
    author_id: Optional[Author] = ormar.ForeignKey(Author, related_name="posts")
    title: str = ormar.Text()
    body: Optional[str] = ormar.Text(nullable=True)
    created: datetime = ormar.DateTime(timezone=True)
    price: Optional[Decimal] = ormar.Decimal(max_digits=12, decimal_places=2, nullable=True)
    categories: Optional[List[Category]] = ormar.ManyToMany(
        Category, through=PostCategory, through_relation_name="post_id", through_reverse_relation_name="category_id")


async def w1(key):
    return await Author.objects.prefetch_related("posts__categories").get(id=key)


async def w2(key):
    return await Author.objects.prefetch_related("posts__categories").filter(id__gt=key).order_by("id").limit(50).all()


async def w3(key):
    return await Author.objects.prefetch_related("posts").filter(id__gt=key).order_by("id").limit(MANY).all()


async def w5(key):
    return await Post.objects.select_related("author_id").filter(id__gt=key).order_by("id").limit(1000).all()


linked = {}


async def add(key):
    post, category = linked[tuple(key)] = Post.construct(id=key[0]), Category.construct(id=key[1])
    await post.categories.add(category)


# ormar removes only what the object at hand has.
async def remove(key):
    post, category = linked.pop(tuple(key))
    await post.categories.remove(category)


def plain(value):
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, Author):
        row = {key: getattr(value, key) for key in statements.AUTHOR_KEYS}
        return dict(row, posts=[plain(post) for post in value.posts]) if value.posts else row
    if isinstance(value, Post):
        row = {key: getattr(value, key) for key in statements.POST_KEYS}
        author = row["author_id"]
        row["author_id"] = author.id
        if getattr(author, "name", None) and len(author.posts) <= 1:
            row["author"] = {key: getattr(author, key) for key in statements.AUTHOR_KEYS}
        elif value.categories:
            row["categories"] = [
                {"id": item.id, "name": item.name, "slug": item.slug} for item in value.categories]
        return row
    return value


texts = statements.corm_statements(MANY)
connection = None


def corm(workload):
    text = texts[workload].format("$1")

    async def read(key):
        rows = await connection.fetch(text, orjson.loads(statements.filter_of(workload, key)))
        return rows[0][0] if workload == "w1" else [row[0] for row in rows]

    return read


def link(verb):
    text = texts[verb].format("$1", "$2")

    async def write(key):
        await connection.fetch(text, str(key[0]), str(key[1]))

    return write


async def start():
    global connection
    connection = await asyncpg.connect(host=os.environ["PGHOST"], user="postgres", database="bench")
    for name in ("json", "jsonb"):
        await connection.set_type_codec(name, schema="pg_catalog", encoder=lambda v: orjson.dumps(v).decode(),
                                        decoder=orjson.loads)
    if not base.database.is_connected:
        await base.database.connect()


main({
    "corm": {workload: corm(workload) for workload in ("w1", "w2", "w3", "w5")} | {"add": link("add"), "remove": link("remove")},
    "orm": {"w1": w1, "w2": w2, "w3": w3, "w5": w5, "add": add, "remove": remove},
}, plain, start)
